"""What the rules read: the fields, and the texts that these are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rulelang.model.expressions import Comparison, Expression, InList, Literal, OneOf
from rulelang.model.program import Assignment, Hole, Model
from rulelang.model.walking import bare, fields_read, parts
from rulelang.values.text import near_key
from rulelang.vocabulary.types import Text


def fields_used(model: Model) -> tuple[str, ...]:
    """The fields that the rules read, in conditions, results and reasons, in the order declared."""
    used = {name for each in _expressions(model) for name in fields_read(each)}
    return tuple(name for name in model.fields if name in used)


def compared_texts(model: Model) -> Mapping[str, Mapping[str, str]]:
    """For each text field the texts that the rules compare it with, by their `near_key`."""
    found: dict[str, dict[str, str]] = {}
    for expression in _expressions(model):
        for part in parts(expression):
            field, texts = _compared(part, model)
            if field is not None:
                found.setdefault(field, {}).update({near_key(each): each for each in texts})
    return found


def _compared(part: Expression, model: Model) -> tuple[str | None, Iterable[str]]:
    match part:
        case Comparison("=" | "!=", left, right):
            sides: tuple[Expression, ...] = (left, right)
        case OneOf(value, options):
            sides = (value, *options)
        case InList(value, name):
            return next(iter(fields_read(bare(value))), None), model.lists[name].values
        case _:
            return None, ()
    names = [name for each in sides for name in fields_read(bare(each))]
    texts = [each.value for each in map(bare, sides) if isinstance(each, Literal) and isinstance(each.type, Text)]
    return (names[0] if len(names) == 1 else None), [each for each in texts if isinstance(each, str)]


def _expressions(model: Model) -> Iterable[Expression]:
    """Every expression of the rules."""
    for rule in model.rules:
        for branch in rule.branches:
            yield branch.condition
            for each in branch.assignments:
                yield from _of_assignment(each)
            if branch.reason is not None:
                for part in (*branch.reason.parts, *(branch.reason.other or ())):
                    if isinstance(part, Hole):
                        yield part.expression


def _of_assignment(assignment: Assignment) -> Iterable[Expression]:
    yield from (each for each in (assignment.value, assignment.at_least, assignment.at_most) if each is not None)
