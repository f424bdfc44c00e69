"""Standings stand as conditions of their own, joined by and, or, not: nothing is reckoned or compared with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model import expressions as e
from rulelang.model.contents import values_of
from rulelang.model.expressions import Expression, HasStanding
from rulelang.model.program import Branch, Rule
from rulelang.model.walking import children, distinct, parts


def standings_as_values(rules: Iterable[Rule], memory: Memory = NO_MEMORY) -> tuple[Diagnostic, ...]:
    """Where a standing is compared, given to a function or assigned (``standing-as-value``)."""
    found = memory.each("standings", _in_branches, [rule.branches for rule in rules])
    places = (place for each in found for place in each)
    return tuple(Diagnostic("standing-as-value", each.span, {"name": each.outcome.name}) for each in places)


def _in_branches(branches: tuple[Branch, ...]) -> tuple[HasStanding, ...]:
    asked = distinct(branch.condition for branch in branches)
    given = distinct(value for branch in branches for value in values_of(branch))
    found = [place for each in asked for place in _misplaced(each, is_condition=True)]
    return (*found, *(place for each in given for place in _misplaced(each, is_condition=False)))


def _misplaced(expression: Expression, is_condition: bool) -> Iterator[HasStanding]:
    match expression:
        case HasStanding() if is_condition:
            return
        case e.And() | e.Or() | e.Not() | e.AtLeastOf() | e.Named() if is_condition:
            for each in children(expression):
                yield from _misplaced(each, is_condition)
        case _:
            yield from (each for each in parts(expression) if isinstance(each, HasStanding))
