"""Groups of records: every stretch of days and every value, and what may be in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import field, frozen

from rulelang.model.aggregates import Aggregator
from rulelang.model.contributions import Result
from rulelang.model.groups import GroupAggregator
from rulelang.values.durations import Duration

FIRST = date(2024, 2, 27)
AMOUNTS = (1, Decimal("0.1"), 5, -3, Decimal("0.2"), 8)


@frozen
class Remembering:
    """Holds of no group, and remembers what it was asked about."""

    asked: list[list[Any]] = field(factory=list)

    def now(self, values: Sequence[Any]) -> bool | None:
        self.asked.append(list(values))
        return False

    def tried(self, results: Sequence[Result]) -> bool | None:
        return False


def rows(days: Sequence[int]) -> list[Any]:
    return [
        (True, FIRST + timedelta(days=day), ((True, True), (amount > 0, amount)))
        for day, amount in zip(days, AMOUNTS, strict=False)
    ]


@pytest.mark.parametrize("days", [(0, 1, 2, 3, 4, 5), (3, 0, 0, 9, 2, 3), (0,), ()])
@pytest.mark.parametrize("length", [Duration(0, "days"), Duration(2, "days"), Duration(1, "months")])
def test_adding_up_day_by_day_gives_what_each_stretch_comes_to(days: tuple[int, ...], length: Duration) -> None:
    adding, plainly = Remembering(), Remembering()
    counts, sums = Aggregator("count"), Aggregator("sum")
    GroupAggregator((counts, sums), length).result((rows(days), adding))
    # A third aggregate that can't be added up day by day; what it comes to is left out again.
    aggregator = GroupAggregator((counts, sums, Aggregator("largest")), length)
    longer = [(status, day, (*pairs, pairs[1])) for status, day, pairs in rows(days)]
    aggregator.result((longer, plainly))
    assert [each[:2] for each in plainly.asked] == adding.asked
    assert len(adding.asked) == sum(
        1
        for start in set(days)
        for end in set(days)
        if 0 <= end - start <= (length.amount if length.unit == "days" else 31)
    )


def test_records_with_one_value_are_one_group() -> None:
    asked = Remembering()
    by_value = [(True, "a", ((True, 1),)), (True, "b", ((True, 2),)), (True, "a", ((True, 3),))]
    GroupAggregator((Aggregator("sum"),)).result((by_value, asked))
    assert [[4], [2]] == asked.asked
