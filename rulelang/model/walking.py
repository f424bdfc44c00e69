"""What an expression consists of and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import attrs

from rulelang.model.expressions import Arithmetic, Expression, FieldRef, Named, OutcomeRef

_KINDS = get_args(Expression)
_ATTRIBUTES: dict[type, tuple[str, ...]] = {
    kind: tuple(each.name for each in attrs.fields(kind) if each.name not in ("type", "span")) for kind in _KINDS
}


def children(expression: Expression) -> Iterator[Expression]:
    """The expressions an expression is made of, as written from left to right."""
    for name in _ATTRIBUTES[type(expression)]:
        part = getattr(expression, name)
        if isinstance(part, _KINDS):
            yield part
        elif isinstance(part, tuple):
            yield from (each for each in part if isinstance(each, _KINDS))


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression itself and everything in it."""
    waiting = [expression]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(reversed(list(children(each))))


def fields_read(expression: Expression) -> tuple[str, ...]:
    """The names of the fields it reads, each once, in the order written."""
    return tuple(dict.fromkeys(each.name for each in parts(expression) if isinstance(each, FieldRef)))


def outcomes_read(expression: Expression) -> tuple[str, ...]:
    """The names of the outcomes it reads, each once, in the order written."""
    return tuple(dict.fromkeys(each.name for each in parts(expression) if isinstance(each, OutcomeRef)))


def divides(expression: Expression) -> bool:
    """Whether a division is in it."""
    return any(isinstance(each, Arithmetic) and each.operator == "/" for each in parts(expression))


def bare(expression: Expression) -> Expression:
    """The expression without the names given to it."""
    while isinstance(expression, Named):
        expression = expression.operand
    return expression
