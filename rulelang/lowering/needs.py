"""Which fields leave something unknown when they are missing."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.program import Assignment, Branch, Model
from rulelang.model.walking import bare, children, fields_read


def expressions_of(branch: Branch) -> Iterator[Expression]:
    """Everything a branch judges or reckons with."""
    yield branch.condition
    for assignment in branch.assignments:
        yield from values_of(assignment)


def values_of(assignment: Assignment) -> Iterator[Expression]:
    """The value of an assignment, and its caps."""
    yield from (each for each in (assignment.value, assignment.at_most, assignment.at_least) if each is not None)


def needed_fields(model: Model) -> frozenset[str]:
    """The fields with which everything is known.

    A field that is only asked whether it is missing isn't among them, nor one that may be blank and is only compared.
    """
    needed: set[str] = set()
    for rule in model.rules:
        if not rule.switched_off:
            for branch in rule.branches:
                needed.update(_in_condition(branch.condition, model))
                for assignment in branch.assignments:
                    needed.update(name for value in values_of(assignment) for name in fields_read(value))
    return frozenset(needed)


def _in_condition(condition: Expression, model: Model) -> Iterator[str]:
    condition = bare(condition)
    match condition:
        case e.And() | e.Or() | e.Not() | e.AtLeastOf():
            for each in children(condition):
                yield from _in_condition(each, model)
        case e.IsMissing(operand=operand) if isinstance(bare(operand), e.FieldRef):
            return
        case e.FieldRef():
            yield from _compared(condition, model)
        case _:
            for each in children(condition):
                yield from _compared(each, model)


def _compared(operand: Expression, model: Model) -> Iterator[str]:
    """What a comparison needs of one of its sides."""
    operand = bare(operand)
    if not isinstance(operand, e.FieldRef):
        yield from fields_read(operand)
    elif not model.fields[operand.name].may_be_blank:
        yield operand.name
