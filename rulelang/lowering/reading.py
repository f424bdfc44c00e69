"""What a part of the plan reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from rulelang.lowering.plan import Answer, Fixed, Input, Operand, Test


def inputs_of(*parts: Operand | Test) -> tuple[str, ...]:
    """The names of the fields read, each once, in the order of the plan."""
    return tuple(dict.fromkeys(each.name for part in parts for each in nodes(part) if isinstance(each, Input)))


def answers_of(*parts: Operand | Test) -> tuple[str, ...]:
    """The names of the outcomes read, each once, in the order of the plan."""
    return tuple(dict.fromkeys(each.name for part in parts for each in nodes(part) if isinstance(each, Answer)))


def nodes(part: Operand | Test) -> Iterator[Operand | Test]:
    """A test or operand and everything in it; recipes are closed."""
    waiting: list[Any] = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, tuple):
            waiting.extend(reversed(each))
        elif attrs.has(type(each)):
            yield each
            if not isinstance(each, Fixed):
                waiting.extend(getattr(each, attribute.name) for attribute in reversed(attrs.fields(type(each))))
