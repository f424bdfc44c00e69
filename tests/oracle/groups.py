"""Groups of records, by brute force: every stretch of days or common value, every way to place what is unknown (S3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import attrs

from rulelang.model import expressions as e
from tests.oracle import calendar, lists
from tests.oracle.world import ANY, NO_VALUE, World

Member = tuple[bool | None, Any]  # whether a record is in a group, and the record


def read(condition: e.Expression) -> list[e.Aggregate | e.Quantified]:
    """The aggregates that a condition asks of the group."""
    return [each for each in dict.fromkeys(lists.own_parts(condition)) if lists.is_grouped(each)]  # type: ignore[misc]  # only those are grouped


def present(group: e.AnyGroup, world: World) -> bool | None:
    """Whether the condition holds of some group of the records that surely count and belong somewhere."""
    from tests.oracle.evaluate import any_of, holds  # conditions hold groups, groups conditions

    known = [(True, by, record) for truth, (by, record) in _judged(group, world) if truth and by is not None]
    found = []
    for members in _groups(group, known, world):
        results = {each: lists.result_now(each, _of(each, members, world), world) for each in read(group.condition)}
        found.append(holds(group.condition, attrs.evolve(world, assumed={**world.assumed, **results})))
    return any_of(found)


def status(group: e.AnyGroup, world: World) -> bool | None:
    """The same whatever is unknown: records in doubt may be in a group or not, those that belong nowhere in any."""
    from tests.oracle.evaluate import any_of  # conditions hold groups, groups conditions

    relevant = [(truth, by, record) for truth, (by, record) in _judged(group, world) if truth is not False]
    loose: list[Member] = [(None, record) for _, by, record in relevant if by is None]
    candidates = list(_groups(group, [each for each in relevant if each[1] is not None], world))
    found = []
    for members in [*candidates, *([[]] if loose else [])]:
        truth = _tried(group.condition, [*members, *loose], world)
        is_there = any(surely for surely, _ in members)
        found.append(truth if is_there or truth is False else None)
    return any_of(found)


def _judged(group: e.AnyGroup, world: World) -> list[tuple[bool | None, Any]]:
    found = lists.records(group, world)
    assert found is not None
    return found


def _groups(group: e.AnyGroup, known: list[tuple[bool | None, Any, Any]], world: World) -> Iterator[list[Member]]:
    from tests.oracle.evaluate import value_of  # conditions hold groups, groups conditions

    values = list(dict.fromkeys(by for _, by, _ in known))
    if group.length is None:
        for value in values:
            yield [(truth, record) for truth, by, record in known if by == value]
        return
    length: Any = value_of(group.length, world)
    for first, last in product(values, values):
        if first <= last and calendar.day_of(last) <= calendar.later(first, length):
            yield [(truth, record) for truth, by, record in known if first <= by <= last]


def _of(aggregate: e.Aggregate | e.Quantified, members: list[Member], world: World) -> list[tuple[bool | None, Any]]:
    from tests.oracle.evaluate import all_of  # conditions hold groups, groups conditions

    found = []
    for inside, record in members:
        counts, value = lists.judge(aggregate, record, world)
        found.append((all_of([inside, counts]), value))
    return found


def _tried(condition: e.Expression, members: list[Member], world: World) -> bool | None:
    """Kleene over the parts of a condition; one that asks several things of a group has to hold for all they may be."""
    from tests.oracle.evaluate import all_of, any_of, at_least, holds, opposite  # as above

    match condition:
        case e.And(items=items):
            return all_of(_tried(each, members, world) for each in items)
        case e.Or(items=items):
            return any_of(_tried(each, members, world) for each in items)
        case e.Not(item=item):
            return opposite(_tried(item, members, world))
        case e.AtLeastOf(count=count, items=items):
            return at_least(count, [_tried(each, members, world) for each in items])
        case e.Named(operand=operand):
            return _tried(operand, members, world)
    asked = read(condition)
    found: set[bool | None] = set()
    for values in product(*(lists.results(each, _of(each, members, world), world) for each in asked)):
        if ANY in values:
            return None
        plain = [None if value is NO_VALUE else value for value in values]
        results: dict[e.Expression, Any] = dict(zip(asked, plain, strict=True))
        found.add(holds(condition, attrs.evolve(world, assumed={**world.assumed, **results})))
    return found.pop() if len(found) == 1 else None
