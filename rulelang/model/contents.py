"""What a model consists of, across all its rules."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.memory import NO_MEMORY, Memory
from rulelang.model.expressions import Call, Expression
from rulelang.model.program import Hole, Model, Rule
from rulelang.model.walking import distinct, parts


def expressions(model: Model) -> Iterator[Expression]:
    """Every outermost expression: of rules (their reasons included), requirements and measures."""
    for rule in model.rules:
        yield from of_rule(rule)
    yield from (each.condition for each in model.requirements)
    for measure in model.measures:
        yield measure.value


def functions_called(model: Model, memory: Memory = NO_MEMORY) -> tuple[str, ...]:
    """The functions of plug-ins that it calls, each once, by name."""
    return tuple(
        sorted({name for each in memory.each("called", _called, distinct(expressions(model))) for name in each})
    )


def _called(outermost: Expression) -> tuple[str, ...]:
    return tuple(each.function for each in parts(outermost) if isinstance(each, Call))


def of_rule(rule: Rule) -> Iterator[Expression]:
    """Every outermost expression of a rule, its reasons included."""
    for branch in rule.branches:
        yield branch.condition
        for each in branch.assignments:
            yield from (part for part in (each.value, each.at_least, each.at_most) if part is not None)
        if branch.reason is not None:
            shown = (*branch.reason.parts, *(branch.reason.other or ()))
            yield from (part.expression for part in shown if isinstance(part, Hole))
