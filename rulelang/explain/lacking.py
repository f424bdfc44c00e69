"""Why a value can't be told although nothing is missing: no record counts, or a divisor is 0."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from rulelang.explain.records import tally
from rulelang.explain.words import PHRASES, in_language
from rulelang.lowering.needs import values_of
from rulelang.model import expressions as e
from rulelang.model.evaluation import value_of
from rulelang.model.program import Assignment
from rulelang.model.scope import Scope
from rulelang.model.walking import own_parts


@frozen
class Lack:
    """What a value has to do without: the records of a list, or (``divisor``) anything but 0 to divide by, as it is
    written.
    """

    name: str
    label: str | None = None
    divisor: bool = False

    def text(self, lang: str) -> str:
        """In words."""
        name = in_language(self.name, self.label, lang)
        return (
            PHRASES[lang]["divisor"].format(text=name)
            if self.divisor
            else PHRASES[lang]["no records"].format(name=name)
        )


def lacks(assignment: Assignment, scope: Scope, written: str) -> Iterator[Lack]:
    """Why an assignment gives no value for a customer of whom all that it reads is known; ``written`` is what it
    gives.
    """
    for value in values_of(assignment):
        if value_of(value, scope) is not None:
            continue
        empty = False
        for each in dict.fromkeys(own_parts(value)):
            if isinstance(each, e.Aggregate):
                found = tally(each, scope)
                if (
                    found is not None
                    and not found.counted
                    and not found.left_out
                    and value_of(each, scope) in (None, 0)
                ):
                    empty = True
                    yield Lack(each.list, scope.model.fields[each.list].label)
        for each in () if empty else own_parts(value):
            if isinstance(each, e.Arithmetic) and each.operator == "/" and value_of(each.right, scope) == 0:
                yield Lack(written, divisor=True)
