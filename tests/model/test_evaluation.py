"""The reading of the model itself: three-valued, exact, blanks that are answers; half of a between may settle it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from rulelang.model import expressions as e
from rulelang.model.assigning import assigned_value
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of, value_of
from rulelang.model.kleene import at_least, every, some
from rulelang.model.program import Assignment
from rulelang.model.scope import Scope
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from tests.oracle.build import (
    DATE,
    DAYS,
    LEVEL,
    MONEY,
    NUMBER,
    TEXT,
    WHOLE,
    YESNO,
    compare,
    days,
    field,
    literal,
    model,
    months,
    outcome,
)

AS_OF = date(2026, 2, 28)
MODEL = model(
    *(Field(name, NUMBER) for name in ("x", "y")),
    Field("b", NUMBER, may_be_blank=True),
    Field("d", DATE),
    Field("t", TEXT),
    Field("v", YESNO),
    Field("level", LEVEL),
    Outcome("tags", TEXT, policy="collect"),
    Threshold("limit", DAYS, days(30).value),
    ReferenceList("cities", frozenset({"Paris"})),
)
x, y, b, d, t, v = (field(name, MODEL.fields[name].type) for name in ("x", "y", "b", "d", "t", "v"))
LEVEL_FIELD = field("level", LEVEL)


def scope(**values: Any) -> Scope:
    return Scope(MODEL, AS_OF, values, {"tags": ("a", "b")})


def ratio(left: e.Expression, right: e.Expression) -> e.Arithmetic:
    return e.Arithmetic("/", left, right, NUMBER)


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        (compare(x, ">", 5), {"x": 6}, True),
        (compare(x, ">", 5), {}, None),
        (e.And((compare(x, ">", 5), compare(y, ">", 5))), {"x": 1}, False),
        (e.Or((compare(x, ">", 5), compare(y, ">", 5))), {"x": 6}, True),
        (e.Not(compare(x, ">", 5)), {}, None),
        (e.AtLeastOf(2, (compare(x, ">", 5), compare(y, ">", 5), v)), {"x": 6, "v": True}, True),
        (e.AtLeastOf(2, (compare(x, ">", 5), compare(y, ">", 5), v)), {"x": 6}, None),
        (compare(b, ">", 5), {"b": BLANK}, False),
        (compare(b, "!=", 5), {"b": BLANK}, False),
        (e.Not(compare(b, ">", 5)), {"b": BLANK}, True),
        (compare(b, ">", 5), {"b": None}, None),
        (compare(e.Arithmetic("+", b, x, NUMBER), ">", 5), {"b": BLANK, "x": 9}, None),
        (e.IsMissing(b), {"b": BLANK}, True),
        (compare(ratio(x, y), "=", literal(Decimal("0.5"))), {"x": 1, "y": 2}, True),
        (compare(ratio(x, y), "=", 1), {"x": 1, "y": 0}, None),
        (e.Between(x, literal(1), y), {"x": 0}, False),
        (e.Between(x, literal(1), y), {"x": 2}, None),
        (e.Between(x, literal(1), literal(5), include_high=False), {"x": 5}, False),
        (e.Between(d, days(1), days(30)), {"d": date(2026, 1, 29)}, True),
        (e.Between(d, days(1), days(30)), {"d": date(2026, 1, 28)}, False),
        (e.OneOf(x, (literal(1), y)), {"x": 1}, True),
        (e.OneOf(x, (literal(1), y)), {"x": 2}, None),
        (e.InList(t, "cities"), {"t": "Paris"}, True),
        (e.InList(t, "cities"), {}, None),
        (compare(LEVEL_FIELD, ">=", "medium"), {"level": "high"}, True),
        (e.AgeComparison(">=", d, months(6)), {"d": date(2025, 8, 31)}, True),
        (e.AgeComparison(">", d, months(6)), {"d": date(2025, 8, 28)}, False),
        (e.AgeComparison(">", d, months(6)), {"d": date(2025, 8, 27)}, True),
        (e.AgeComparison("<", d, e.ThresholdRef("limit", DAYS)), {"d": date(2026, 1, 30)}, True),
        (e.Within(d, "last", months(1)), {"d": date(2026, 1, 28)}, True),
        (e.Within(d, "last", months(1)), {"d": date(2026, 3, 1)}, False),
        (e.Within(d, "next", days(7)), {"d": date(2026, 3, 7)}, True),
        (e.WithinOf(d, days(7), "after", literal(AS_OF)), {"d": date(2026, 3, 8)}, False),
        (e.WithinOf(d, days(7), "before", literal(AS_OF)), {"d": date(2026, 2, 21)}, True),
        (e.InPeriod(d, "quarter", -1), {"d": date(2025, 10, 1)}, True),
        (e.TextTest("like", t, "P?r*"), {"t": "Paris"}, True),
        (e.TextTest("contains", outcome("tags"), "b"), {}, True),
        (e.TextTest("contains", outcome("tags"), "c"), {}, False),
        (v, {"v": True}, True),
        (v, {"v": BLANK}, False),
        (v, {}, None),
    ],
)
def test_conditions(condition: e.Expression, values: dict[str, Any], expected: bool | None) -> None:
    assert truth_of(condition, scope(**values)) is expected


@pytest.mark.parametrize(
    ("value", "values", "expected"),
    [
        (e.Arithmetic("+", literal(Decimal("0.1")), literal(Decimal("0.2")), NUMBER), {}, Decimal("0.3")),
        (ratio(literal(1), literal(3)), {}, Fraction(1, 3)),
        (e.Negated(x, NUMBER), {"x": Decimal("1.5")}, Decimal("-1.5")),
        (e.DateShift(e.Today(), 1, months(1)), {}, date(2026, 3, 28)),
        (e.DateShift(d, -1, e.ThresholdRef("limit", DAYS)), {"d": AS_OF}, date(2026, 1, 29)),
        (e.DaysBetween(e.Today(), d), {"d": date(2026, 2, 1)}, 27),
        (e.AgeIn("years", d), {"d": date(2008, 2, 29)}, 18),
        (e.DatePart("weekday", e.Today()), {}, 6),
        (e.NextAnniversary(d), {"d": date(2000, 2, 29)}, AS_OF),
        (literal("  x "), {}, "x"),
        (days(30), {}, 30),
        (e.Arithmetic("*", x, y, NUMBER), {"x": 2}, None),
    ],
)
def test_values(value: e.Expression, values: dict[str, Any], expected: object) -> None:
    assert value_of(value, scope(**values)) == expected


@pytest.mark.parametrize(
    ("outcome_type", "policy", "value", "caps", "expected"),
    [
        (WHOLE, "first", literal(Decimal("2.5")), (None, None), 3),
        (WHOLE, "first", literal(Decimal("-2.5")), (None, None), -3),
        (MONEY, "first", ratio(literal(10), literal(3)), (None, None), Decimal("3.33")),
        (WHOLE, "sum", literal(Decimal("2.5")), (None, None), Decimal("2.5")),
        (WHOLE, "first", literal(9), (None, literal(5)), 5),
        (WHOLE, "first", literal(1), (literal(5), None), 5),
        (WHOLE, "first", literal(1), (literal(9), literal(5)), 5),
        (WHOLE, "first", literal(1), (None, x), None),
        (MONEY, "first", literal(9), (None, ratio(literal(10), literal(3))), Decimal("3.33")),
        (TEXT, "first", literal("x"), (None, None), "x"),
    ],
)
def test_assigned_values(outcome_type: Any, policy: str, value: Any, caps: Any, expected: object) -> None:
    assignment = Assignment("o", value, *caps)
    assert assigned_value(assignment, Outcome("o", outcome_type, policy=policy), scope()) == expected


def test_kleene() -> None:
    assert [every(each) for each in ([], [True, None], [None, False])] == [True, None, False]
    assert [some(each) for each in ([], [False, None], [None, True])] == [False, None, True]
    assert [at_least(1, each) for each in ([None, True], [None, False], [False])] == [True, None, False]
