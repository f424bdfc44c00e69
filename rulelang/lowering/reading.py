"""What a part of the plan reads."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import cache
from typing import Any

import attrs
from attrs import evolve

from rulelang.lowering.plan import (
    Aggregated,
    All,
    Answer,
    Blank,
    Element,
    Fixed,
    Input,
    Judged,
    Operand,
    Some,
    Stands,
    Test,
)
from rulelang.lowering.planned import Plan
from rulelang.model.expressions import AnyGroup


def inputs_of(*parts: Operand | Test) -> tuple[str, ...]:
    """The names of the fields read, each once, in the order of the plan."""
    return tuple(dict.fromkeys(each.name for part in parts for each in nodes(part) if isinstance(each, Input)))


def answers_of(*parts: Operand | Test) -> tuple[str, ...]:
    """The names of the outcomes read, each once, in the order of the plan."""
    return tuple(dict.fromkeys(each.name for part in parts for each in nodes(part) if isinstance(each, Answer)))


def silent_outcomes(plan: Plan) -> frozenset[str]:
    """The outcomes that rules read and that may come to nothing with nothing unknown."""
    if len(plan.decisions) == 1 and not plan.stages:
        return frozenset()  # no outcome reads itself
    # Where a test fails rests on the same outcomes as where it holds.
    parts = distinct(part for each in plan.branches for part in (each.true, *(gift.value for gift in each.gifts)))
    read = {*answers_of(*parts), *(name for each in plan.aggregations for name in each.aggregated.answers)}
    decisions = (*plan.decisions, *(each for stage in plan.stages for each in stage.decisions))
    may = (each.outcome for each in decisions if each.outcome.may_have_no_rule)
    return frozenset(each.name for each in may if each.name in read)


def elements_of(*parts: Operand | Test) -> tuple[tuple[str, str], ...]:
    """What is read of the record in hand, by list and name, each once, in the order of the plan."""
    found = ((each.list, each.name) for part in parts for each in nodes(part) if isinstance(each, Element))
    return tuple(dict.fromkeys(found))


def aggregated_of(*parts: Operand | Test) -> tuple[Aggregated, ...]:
    """The aggregates and quantifiers of whole lists read, whatever part of them, each once, in the order of the
    plan.
    """
    return tuple(dict.fromkeys(each for each in _aggregated(parts) if not is_grouped(each)))


def grouped_of(*parts: Operand | Test) -> tuple[Aggregated, ...]:
    """The same of the group in hand."""
    return tuple(dict.fromkeys(each for each in _aggregated(parts) if is_grouped(each)))


def is_grouped(aggregated: Aggregated) -> bool:
    """Whether it is found in the group in hand, not in a whole list."""
    return not isinstance(aggregated.expression, AnyGroup) and aggregated.expression.grouped


def _aggregated(parts: Iterable[Operand | Test]) -> Iterator[Aggregated]:
    for part in parts:
        for each in nodes(part):
            if isinstance(each, Aggregated):
                yield evolve(each, part="", whole=False)


def _reads_outcomes(plan: Plan) -> bool:
    """Whether a rule may read what others decide: no outcome reads itself."""
    return len(plan.decisions) + sum(len(each.decisions) for each in plan.stages) > 1


def asks_for_standings(plan: Plan) -> bool:
    """Whether a rule asks how an outcome stands."""
    return _reads_outcomes(plan) and any(
        isinstance(each, Stands) for test in distinct(branch.true for branch in plan.branches) for each in nodes(test)
    )


def asks_for_no_rule(plan: Plan) -> bool:
    """Whether something may hold because an outcome had no rule: answers alone can't tell that from a withheld one."""
    if not _reads_outcomes(plan):
        return False
    waiting = distinct(part for each in plan.branches for part in (each.true, *(gift.value for gift in each.gifts)))
    waiting += [part for each in plan.aggregations for part in each.parts]
    while waiting:
        for each in nodes(waiting.pop(), closed=(Judged,)):
            if isinstance(each, Judged):
                waiting.append(each.atom.false if each.false else each.atom.true)
            elif isinstance(each, Blank) and isinstance(each.operand, Answer):
                return True
    return False


def distinct(parts: Iterable[Operand | Test]) -> list[Operand | Test]:
    """Tests and operands, each once: rows of a large table have tests in common, joined by and or by or."""
    found: dict[int, Operand | Test] = {}
    for each in parts:
        for item in each.items if isinstance(each, All | Some) else (each,):
            found.setdefault(id(item), item)
    return list(found.values())


def nodes(part: Operand | Test, closed: tuple[type, ...] = ()) -> Iterator[Operand | Test]:
    """A test or operand and everything in it; recipes and what is aggregated record by record are closed.

    So are nodes of the kinds in ``closed``.
    """
    waiting: list[Any] = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, tuple):
            waiting.extend(reversed(each))
        elif (names := _names(each.__class__)) is not None:
            yield each
            if names and not isinstance(each, closed):
                waiting.extend([getattr(each, name) for name in names])


@cache
def _names(kind: Hashable) -> tuple[str, ...] | None:
    """The attributes of a kind of node, last first; None for what is no node."""
    if not isinstance(kind, type) or not attrs.has(kind):
        return None
    return () if kind in (Fixed, Aggregated) else tuple(each.name for each in reversed(attrs.fields(kind)))
