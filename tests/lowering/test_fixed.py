"""Values computed once per as-of date: cut-off dates by the calendar of S5, periods, ranks, validities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.recipes import Evaluated, InForce, LatestAged, LatestCompleted, PeriodEdge, RankOf, Recipe
from rulelang.model import expressions as e
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Threshold
from tests.oracle.build import DAYS, LEVEL, NUMBER, days, literal, model, months

MODEL = model(
    Threshold("after", DAYS, Duration(30, "days"), dated=((date(2026, 7, 1), Duration(60, "days")),)),
    Threshold("level", LEVEL, "medium"),
)
AFTER = e.ThresholdRef("after", DAYS)
LEAP, FEBRUARY = date(2024, 2, 29), date(2026, 2, 28)


@pytest.mark.parametrize(
    ("recipe", "as_of", "expected"),
    [
        (Evaluated(AFTER), date(2026, 6, 30), 30),
        (Evaluated(AFTER), date(2026, 7, 1), 60),
        (Evaluated(e.DateShift(e.Today(), 1, AFTER)), date(2026, 6, 1), date(2026, 7, 1)),
        (LatestAged(AFTER, exceeded=False), date(2026, 7, 1), date(2026, 5, 2)),
        (LatestAged(days(0), exceeded=True), date(2026, 7, 1), date(2026, 6, 30)),
        # 31 August is due on 28 February: on the last day of its month every day of the earlier month is.
        (LatestAged(months(6), exceeded=False), FEBRUARY, date(2025, 8, 31)),
        (LatestAged(months(6), exceeded=True), FEBRUARY, date(2025, 8, 27)),
        (LatestAged(months(12), exceeded=False), LEAP, date(2023, 2, 28)),
        (LatestCompleted("years", literal(18), exceeded=False), LEAP, date(2006, 2, 28)),
        (LatestCompleted("years", literal(18), exceeded=True), LEAP, date(2005, 2, 28)),
        # More than 17 and a half completed years are at least 18, at least 17 and a half as well.
        (LatestCompleted("years", literal(Decimal("17.5")), exceeded=True), LEAP, date(2006, 2, 28)),
        (LatestCompleted("years", literal(Decimal("17.5")), exceeded=False), LEAP, date(2006, 2, 28)),
        (PeriodEdge("month", -1, 0), date(2026, 3, 31), date(2026, 2, 1)),
        (PeriodEdge("month", -1, 1), date(2026, 3, 31), date(2026, 2, 28)),
        (PeriodEdge("quarter", 0, 1), date(2026, 2, 1), date(2026, 3, 31)),
        (RankOf(e.ThresholdRef("level", LEVEL), LEVEL.keys()), LEAP, 1),
        (InForce(date(2026, 1, 1), date(2026, 1, 31)), date(2026, 1, 31), True),
        (InForce(date(2026, 1, 1), date(2026, 1, 31)), date(2026, 2, 1), False),
        (InForce(None, None), LEAP, True),
        (Evaluated(e.Arithmetic("/", literal(1), literal(0), NUMBER)), LEAP, None),
    ],
)
def test_recipes(recipe: Recipe, as_of: date, expected: object) -> None:
    assert fixed_value(recipe, MODEL, as_of) == expected
