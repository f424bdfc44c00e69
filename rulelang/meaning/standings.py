"""Standings stand as conditions of their own, joined by and, or, not: nothing is reckoned or compared with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression, HasStanding
from rulelang.model.program import Branch, Rule
from rulelang.model.walking import children, distinct, parts


def standings_as_values(rules: Iterable[Rule], memory: Memory = NO_MEMORY) -> tuple[Diagnostic, ...]:
    """Where a standing is compared, given to a function or assigned (``standing-as-value``)."""
    branches = [branch for rule in rules for branch in rule.branches]
    asked = distinct(branch.condition for branch in branches)
    given = distinct(value for branch in branches for value in _values(branch))
    found = memory.each("standings", lambda each: tuple(_misplaced(each, is_condition=True)), asked)
    found += memory.each("standings of values", lambda each: tuple(_misplaced(each, is_condition=False)), given)
    places = (place for each in found for place in each)
    return tuple(Diagnostic("standing-as-value", each.span, {"name": each.outcome.name}) for each in places)


def _values(branch: Branch) -> Iterator[Expression]:
    for given in branch.assignments:
        yield from (each for each in (given.value, given.at_least, given.at_most) if each is not None)


def _misplaced(expression: Expression, is_condition: bool) -> Iterator[HasStanding]:
    match expression:
        case HasStanding() if is_condition:
            return
        case e.And() | e.Or() | e.Not() | e.AtLeastOf() | e.Named() if is_condition:
            for each in children(expression):
                yield from _misplaced(each, is_condition)
        case _:
            yield from (each for each in parts(expression) if isinstance(each, HasStanding))
