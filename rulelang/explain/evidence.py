"""The records that made a condition over a list hold: those of the window, the group or the value that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from attrs import frozen

from rulelang.model import expressions as e
from rulelang.model.aggregates import Aggregator
from rulelang.model.evaluation import aggregator_for, judged_records, rows_of
from rulelang.model.expressions import Aggregated
from rulelang.model.groups import GroupAggregator
from rulelang.model.records import is_unjudged
from rulelang.model.scope import Scope
from rulelang.values.moments import advanced

MOST_SHOWN = 10
_MOST_TRIED = 1000  # a busiest window is not looked for among more records
_ENDS = ("largest", "smallest", "latest", "earliest")

Numbered = tuple[int, Mapping[str, Any]]


@frozen
class Evidence:
    """How many records there are, and the first of them with their places in the list, from 1."""

    count: int = 0
    first: tuple[Numbered, ...] = ()


def evidence(expression: Aggregated, scope: Scope) -> Evidence:
    """The records that an aggregate, a quantifier or a group comes to what it comes to by; none where the list is
    unknown.
    """
    judged = judged_records(expression, scope)
    if judged is None:
        return Evidence()
    numbered = [(number, record, truth, value) for number, (record, truth, value) in enumerate(judged, 1)]
    aggregator = aggregator_for(expression, scope)
    if isinstance(aggregator, GroupAggregator):
        members = _of_group(expression, aggregator, scope, [each[:2] for each in numbered if each[2] is not False])
        return Evidence(len(members), tuple(members[:MOST_SHOWN]))
    counting = [
        (number, record, value)
        for number, record, truth, value in numbered
        if truth and not is_unjudged(expression, truth, value)
    ]
    if isinstance(expression, e.Aggregate):
        counting = _that_matter(expression, aggregator, counting)
    first = ((number, record) for number, record, _ in counting)
    return Evidence(len(counting), tuple(islice(first, MOST_SHOWN)))


def _of_group(
    expression: Aggregated, aggregator: GroupAggregator, scope: Scope, numbered: Sequence[Numbered]
) -> list[Numbered]:
    """The records of the first group of which the condition holds."""
    found = rows_of(expression, scope)
    rows, _ = found
    members = {id(each) for each in aggregator.found(found) or ()}
    return [record for record, row in zip(numbered, rows, strict=True) if id(row) in members]


Counting = tuple[int, Mapping[str, Any], Any]


def _that_matter(expression: e.Aggregate, aggregator: Aggregator, counting: list[Counting]) -> list[Counting]:
    """Of the records that count those of the busiest window, or those with the largest, smallest, latest value."""
    answer = aggregator.result([(True, value) for _, _, value in counting]).answer
    if answer is None:
        return counting
    if expression.kind in _ENDS:
        return [each for each in counting if each[2] == answer]
    length = aggregator.length
    if expression.rolling is None or length is None or len(counting) > _MOST_TRIED:
        return counting
    days = sorted({day for _, _, day in counting if day is not None})
    for first in days:
        last = advanced(first, length)
        inside = [each for each in counting if each[2] is not None and first <= each[2] <= last]
        if len(inside) == answer:
            return inside
    return counting
