"""What a part of the plan reads."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any

import attrs
from attrs import evolve

from rulelang.lowering.plan import Aggregated, Answer, Fixed, Input, Operand, Test


def inputs_of(*parts: Operand | Test) -> tuple[str, ...]:
    """The names of the fields read, each once, in the order of the plan."""
    return tuple(dict.fromkeys(each.name for part in parts for each in nodes(part) if isinstance(each, Input)))


def answers_of(*parts: Operand | Test) -> tuple[str, ...]:
    """The names of the outcomes read, each once, in the order of the plan."""
    return tuple(dict.fromkeys(each.name for part in parts for each in nodes(part) if isinstance(each, Answer)))


def aggregated_of(*parts: Operand | Test) -> tuple[Aggregated, ...]:
    """The aggregates and quantifiers read, whatever part of them, each once, in the order of the plan."""
    found = (
        evolve(each, part="", whole=False) for part in parts for each in nodes(part) if isinstance(each, Aggregated)
    )
    return tuple(dict.fromkeys(found))


def nodes(part: Operand | Test) -> Iterator[Operand | Test]:
    """A test or operand and everything in it; recipes and what is aggregated record by record are closed."""
    waiting: list[Any] = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, tuple):
            waiting.extend(reversed(each))
        elif (names := _names(each.__class__)) is not None:
            yield each
            if names:
                waiting.extend([getattr(each, name) for name in names])


@cache
def _names(kind: Hashable) -> tuple[str, ...] | None:
    """The attributes of a kind of node, last first; None for what is no node."""
    if not isinstance(kind, type) or not attrs.has(kind):
        return None
    return () if kind in (Fixed, Aggregated) else tuple(each.name for each in reversed(attrs.fields(kind)))
