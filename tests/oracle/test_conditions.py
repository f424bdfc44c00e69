"""The oracle on cases worked by hand: conditions and fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rulelang.model import expressions as e
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from tests.oracle import NO_VALUE, decide
from tests.oracle.build import (
    DATE,
    DAYS,
    NUMBER,
    TEXT,
    choice,
    compare,
    days,
    field,
    literal,
    model,
    months,
    rule,
    when,
)
from tests.oracle.hand import (
    AS_OF,
    NO_RULE,
    R_X,
    R_Y,
    TEXTS,
    X_OVER_5,
    Y_OVER_5,
    D,
    T,
    V,
    X,
    Y,
    check,
    d,
    decided,
    t,
    undecided,
    v,
    x,
    y,
)

# --- conditions: a rule that gives "a" when the condition holds ------------------------------------------------------

CONDITIONS: list[tuple[str, e.Expression, dict[str, object], bool | None]] = [
    ("S3 a missing field is unknown", X_OVER_5, {}, None),
    ("S3 NaN is missing", X_OVER_5, {"x": float("nan")}, None),
    ("S3 zero is not missing", compare(x, "=", 0), {"x": 0}, True),
    ("S3 unknown and false is false", e.And((X_OVER_5, Y_OVER_5)), {"y": 1}, False),
    ("S3 unknown and true is unknown", e.And((X_OVER_5, Y_OVER_5)), {"y": 9}, None),
    ("S3 unknown or true is true", e.Or((X_OVER_5, Y_OVER_5)), {"y": 9}, True),
    ("S3 unknown or false is unknown", e.Or((X_OVER_5, Y_OVER_5)), {"y": 1}, None),
    ("S3 not unknown is unknown", e.Not(X_OVER_5), {}, None),
    ("S3 is missing is never unknown", e.IsMissing(x), {}, True),
    ("S3 arithmetic with a missing field is missing", e.IsMissing(e.Arithmetic("+", x, y, NUMBER)), {"x": 1}, True),
    ("at least 1 of: one true is enough", e.AtLeastOf(1, (X_OVER_5, Y_OVER_5)), {"x": 6}, True),
    ("at least 2 of: one unknown leaves it open", e.AtLeastOf(2, (X_OVER_5, Y_OVER_5)), {"x": 6}, None),
    ("at least 2 of: one false closes it", e.AtLeastOf(2, (X_OVER_5, Y_OVER_5)), {"x": 1}, False),
    ("at least 0 of is true", e.AtLeastOf(0, (X_OVER_5,)), {}, True),
    ("between includes both ends", e.Between(x, literal(1), literal(5)), {"x": 5}, True),
    ("between may leave out the upper end", e.Between(x, literal(1), literal(5), False), {"x": 5}, False),
    ("between is two comparisons", e.Between(x, literal(1), y), {"x": 0}, False),
    ("one of", e.OneOf(t, (literal("a"), literal("b"))), {"t": "b"}, True),
    ("one of, unknown text", e.OneOf(t, (literal("a"),)), {}, None),
    ("S7 text is compared after NFC and trimming", compare(t, "=", "é"), {"t": " e\u0301\u3000"}, True),
    ("S7 case counts", compare(t, "=", "a"), {"t": "A"}, False),
    ("like with a star", e.TextTest("like", t, "A*9"), {"t": "AB-9"}, True),
    ("like is anchored", e.TextTest("like", t, "A?"), {"t": "ABC"}, False),
    ("like takes other signs as they are", e.TextTest("like", t, "a.[b]"), {"t": "ax[b]"}, False),
    ("contains", e.TextTest("contains", t, "京"), {"t": "北京市"}, True),
    ("S6 0.1 + 0.2 is 0.3", compare(e.Arithmetic("+", x, y, NUMBER), "=", Decimal("0.3")), {"x": 0.1, "y": 0.2}, True),
    (
        "S6 a third is exact",
        compare(e.Arithmetic("*", e.Arithmetic("/", x, y, NUMBER), y, NUMBER), "=", 1),
        {"x": 1, "y": 3},
        True,
    ),
    ("S6 dividing by zero is unknown", compare(e.Arithmetic("/", x, y, NUMBER), ">", 0), {"x": 1, "y": 0}, None),
    ("S5 365 days are more than 364", e.AgeComparison(">", d, days(364)), {"d": date(2025, 3, 31)}, True),
    ("S5 and not more than 365", e.AgeComparison(">", d, days(365)), {"d": date(2025, 3, 31)}, False),
    ("S5 at least 365", e.AgeComparison(">=", d, days(365)), {"d": date(2025, 3, 31)}, True),
    ("S5 30 September and 6 months is 30 March", e.AgeComparison(">", d, months(6)), {"d": date(2025, 9, 30)}, True),
    ("S5 31 October and 5 months is 31 March", e.AgeComparison(">=", d, months(5)), {"d": date(2025, 10, 31)}, True),
    ("S5 a future date has a negative age", e.AgeComparison("<", d, days(0)), {"d": date(2026, 4, 1)}, True),
    ("S5 a step beyond the calendar is just far", e.AgeComparison("<", d, months(12 * 9000)), {"d": AS_OF}, True),
    ("within the last 6 months, first day", e.Within(d, "last", months(6)), {"d": date(2025, 9, 30)}, False),
    ("within the last 5 months, first day", e.Within(d, "last", months(5)), {"d": date(2025, 10, 31)}, True),
    ("within the last days includes today", e.Within(d, "last", days(3)), {"d": AS_OF}, True),
    ("within the last days excludes tomorrow", e.Within(d, "last", days(3)), {"d": date(2026, 4, 1)}, False),
    ("within the next month ends on 30 April", e.Within(d, "next", months(1)), {"d": date(2026, 4, 30)}, True),
    ("within the next month not on 1 May", e.Within(d, "next", months(1)), {"d": date(2026, 5, 1)}, False),
    ("within 1 month before", e.WithinOf(d, months(1), "before", literal(AS_OF)), {"d": date(2026, 2, 28)}, True),
    ("within 1 month after", e.WithinOf(d, months(1), "after", literal(AS_OF)), {"d": date(2026, 3, 30)}, False),
    ("last quarter", e.InPeriod(d, "quarter", -1), {"d": date(2025, 12, 31)}, True),
    ("next month in the same year", e.InPeriod(d, "month", 1), {"d": date(2026, 4, 30)}, True),
    ("age between two lengths", e.Between(d, days(0), days(10)), {"d": date(2026, 3, 21)}, True),
    ("days between", compare(e.DaysBetween(e.Today(), d), "=", Duration(3, "days")), {"d": date(2026, 3, 28)}, True),
    ("completed years", compare(e.AgeIn("years", d), "=", 18), {"d": date(2008, 3, 31)}, True),
    ("completed years, a day early", compare(e.AgeIn("years", d), "=", 17), {"d": date(2008, 4, 1)}, True),
    ("completed months of 31 January 2026", compare(e.AgeIn("months", d), "=", 2), {"d": date(2026, 1, 31)}, True),
    ("tomorrow is minus one year old", compare(e.AgeIn("years", d), "=", -1), {"d": date(2026, 4, 1)}, True),
    (
        "29 February has its anniversary on the 28th",
        compare(e.NextAnniversary(d), "=", date(2027, 2, 28)),
        {"d": date(2024, 2, 29)},
        True,
    ),
    ("today is an anniversary", compare(e.NextAnniversary(d), "=", AS_OF), {"d": date(2000, 3, 31)}, True),
    ("31 March 2026 is a Tuesday", compare(e.DatePart("weekday", d), "=", 2), {"d": AS_OF}, True),
    (
        "shift onto the month's last day",
        compare(e.DateShift(d, -1, months(1)), "=", date(2026, 2, 28)),
        {"d": AS_OF},
        True,
    ),
    ("yes stands alone", v, {"v": True}, True),
    ("no stands alone", v, {"v": False}, False),
    ("a named condition is its operand", e.Named("n", None, e.Not(v)), {}, None),
]


@pytest.mark.parametrize(
    ("condition", "row", "truth"), [case[1:] for case in CONDITIONS], ids=[case[0] for case in CONDITIONS]
)
def test_condition(condition: e.Expression, row: dict[str, object], truth: bool | None) -> None:
    built = model(X, Y, D, T, V, TEXTS, rule("r", when(condition, o="a")))
    answer, standing, possible, _ = {
        True: decided("a"),
        False: NO_RULE,
        None: undecided(("a", NO_VALUE)),
    }[truth]
    decision = decide(built, row, AS_OF)
    assert (answer, standing) == (decision.outcomes["o"], decision.standings["o"])
    assert set(possible) == set(decision.possible["o"])


BLANK_D = Field("d", DATE, may_be_blank=True)

BLANKS: list[tuple[str, e.Expression, bool]] = [
    ("a comparison is false", compare(d, "<", AS_OF), False),
    ("so is one with !=", compare(d, "!=", AS_OF), False),
    ("and its opposite true", e.Not(compare(d, "=", AS_OF)), True),
    ("an age comparison is false", e.AgeComparison(">", d, days(1)), False),
    ("a window is false", e.Within(d, "last", days(1)), False),
    ("a period is false", e.InPeriod(d, "year", 0), False),
    ("is missing is true", e.IsMissing(d), True),
    ("beside an unknown as well", compare(d, "<", field("e", DATE)), False),
]


@pytest.mark.parametrize(("condition", "truth"), [case[1:] for case in BLANKS], ids=[case[0] for case in BLANKS])
def test_blank_that_is_an_answer(condition: e.Expression, truth: bool) -> None:
    built = model(BLANK_D, Field("e", DATE), TEXTS, rule("r", when(condition, o="a")))
    check(built, {"d": None}, decided("a") if truth else NO_RULE)


def test_reckoning_with_a_blank_is_unknown() -> None:
    condition = compare(e.AgeIn("days", d), ">", 3)
    check(model(BLANK_D, TEXTS, rule("r", when(condition, o="a"))), {}, undecided(("a", NO_VALUE)))


# --- fields -----------------------------------------------------------------------------------------------------


def test_a_value_outside_its_limits_is_missing() -> None:
    built = model(Field("x", NUMBER, at_least=0, at_most=10), TEXTS, R_X)
    check(built, {"x": 10}, decided("x"))
    check(built, {"x": 11}, undecided(("x", NO_VALUE), "x"))


def test_declared_spellings_of_missing() -> None:
    built = model(Field("x", NUMBER, missing_values=("-1",)), TEXTS, R_X)
    check(built, {"x": -1}, undecided(("x", NO_VALUE), "x"))


def test_a_label_serves_as_the_key() -> None:
    built = model(Field("x", NUMBER, label="数"), TEXTS, R_X)
    check(built, {"数": 9}, decided("x"))


def test_dated_thresholds() -> None:
    limit = Threshold("limit", NUMBER, 5, dated=((date(2026, 3, 31), 7), (date(2026, 4, 1), 9)))
    built = model(X, limit, TEXTS, rule("r", when(compare(x, ">", e.ThresholdRef("limit", NUMBER)), o="a")))
    check(built, {"x": 8}, decided("a"))
    check(built, {"x": 7}, NO_RULE)


def test_reference_lists() -> None:
    built = model(T, ReferenceList("l", frozenset({"NA", "CN"})), TEXTS, rule("r", when(e.InList(t, "l"), o="a")))
    check(built, {"t": "NA"}, decided("a"))
    check(built, {"t": "na"}, NO_RULE)


def test_a_field_that_holds_a_length() -> None:
    built = model(Field("n", DAYS), TEXTS, rule("r", when(compare(field("n", DAYS), ">", Duration(3, "days")), o="a")))
    check(built, {"n": 4}, decided("a"))
    check(built, {"n": 3}, NO_RULE)


def test_a_member_that_does_not_exist_is_missing() -> None:
    kind = choice("a", "b")
    built = model(Field("k", kind), TEXTS, rule("r", when(compare(field("k", kind), "=", "a"), o="a")))
    check(built, {"k": "c"}, undecided(("a", NO_VALUE), "k"))


def test_who_won() -> None:
    decision = decide(model(X, Y, TEXTS, R_X, R_Y), {"x": 1, "y": 9}, AS_OF)
    assert {"o": "y"} == decision.rules
    last_resort = decide(model(X, Outcome("o", TEXT, last_resort="e"), R_X), {"x": 1}, AS_OF)
    assert {"o": "else"} == last_resort.rules
