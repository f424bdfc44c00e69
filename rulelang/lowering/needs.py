"""Which fields leave something unknown when they are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.lists import PICKS
from rulelang.model.program import Assignment, Branch, Model
from rulelang.model.walking import answers_named, bare, blank_with, children, distinct, fields_read, parts


def expressions_of(branch: Branch) -> Iterator[Expression]:
    """Everything a branch judges or reckons with."""
    yield branch.condition
    for assignment in branch.assignments:
        yield from values_of(assignment)


def values_of(assignment: Assignment) -> Iterator[Expression]:
    """The value of an assignment, and its caps."""
    yield from (each for each in (assignment.value, assignment.at_most, assignment.at_least) if each is not None)


def needed_and_reckoned_fields(model: Model) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that leave something unknown when they are missing: all but those only asked whether they are; and
    those that do when they are blank: all that are more than compared."""
    lists = (each.list for each in model.record_outcomes.values() if each.list is not None)
    uses = dict.fromkeys(_uses(model, e.FieldRef, fields_read))
    needed = frozenset((*lists, *(name for name, _ in uses)))
    return needed, frozenset(name for name, compared in uses if not compared)


def reckoned_outcomes(model: Model) -> frozenset[str]:
    """The outcomes that leave something unknown when no rule applied: all that are more than compared."""
    if len(model.outcomes) + len(model.record_outcomes) < 2:
        return frozenset()  # no outcome reads itself
    return frozenset(name for name, compared in _uses(model, e.OutcomeRef, answers_named) if not compared)


def reckoned_picks(model: Model) -> frozenset[e.Aggregate]:
    """What is read of the latest and earliest records, and leaves something unknown where there is no such record."""
    return frozenset(pick for pick, compared in _uses(model, e.Aggregate, _picks) if not compared)


def _picks(expression: Expression) -> tuple[e.Aggregate, ...]:
    return tuple(each for each in parts(expression) if isinstance(each, e.Aggregate) and each.kind in PICKS)


Kind = type[e.FieldRef] | type[e.OutcomeRef] | type[e.Aggregate]
Read = TypeVar("Read")
Reader = Callable[[Expression], tuple[Read, ...]]


def _uses(model: Model, kind: Kind, read: Reader[Read]) -> Iterator[tuple[Read, bool]]:
    """Every use of a field, an outcome or a record, and whether it is only compared there."""
    branches = [branch for rule in model.rules if not rule.switched_off for branch in rule.branches]
    for condition in distinct(branch.condition for branch in branches):
        yield from _in_condition(condition, kind, read)
    for value in distinct(value for branch in branches for each in branch.assignments for value in values_of(each)):
        yield from ((name, False) for name in read(value))


def _in_condition(condition: Expression, kind: Kind, read: Reader[Read]) -> Iterator[tuple[Read, bool]]:
    condition = bare(condition)
    match condition:
        case e.And() | e.Or() | e.Not() | e.AtLeastOf():
            for each in children(condition):
                yield from _in_condition(each, kind, read)
        case e.IsMissing(operand=operand) if isinstance(blank_with(operand), kind):
            return
        case e.FieldRef() | e.OutcomeRef() | e.Aggregate() if isinstance(condition, kind):
            yield from ((name, kind is not e.Aggregate or name == condition) for name in read(condition))
        case e.Quantified() | e.AnyGroup() | e.Call():
            yield from ((name, False) for name in read(condition))
        case _:
            for each in children(condition):
                side = blank_with(each)
                if type(side) is e.Literal:  # reads nothing
                    continue
                direct = isinstance(side, kind)
                yield from ((name, direct and (kind is not e.Aggregate or name == side)) for name in read(side))
