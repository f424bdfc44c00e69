"""A ruleset as callers have it: customers of every kind, dates, thresholds, threads, pickles."""

from __future__ import annotations

import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, frozen

import rulelang
from rulelang.diagnostics.diagnostic import DataError, RuleError
from rulelang.engine.ruleset import Ruleset
from rulelang.model import expressions as e
from rulelang.model.program import Header, Requirement
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field, Outcome, Threshold
from tests.oracle.build import DATE, DAYS, MONEY, NUMBER, TEXT, compare, field, literal, model, rule, when

AS_OF = date(2026, 6, 1)
YEAR = Duration(365, "days")
LOST_AFTER, RICH = e.ThresholdRef("lost_after", DAYS), e.ThresholdRef("rich", MONEY)
LAST = field("last_purchase", DATE)
MODEL = model(
    Field("last_purchase", DATE, label="最近购买"),
    Field("spend", MONEY),
    Outcome("lifecycle", TEXT, label="生命周期"),
    Outcome("tier", TEXT, last_resort="plain"),
    Outcome("next_contact", DATE),
    Threshold(
        "lost_after", DAYS, Duration(365, "days"), label="流失天数", dated=((date(2027, 1, 1), Duration(30, "days")),)
    ),
    Threshold("rich", MONEY, 1000),
    rule("gone", when(e.AgeComparison(">", LAST, LOST_AFTER), lifecycle="lost", next_contact=e.Today())),
    rule("here", when(e.AgeComparison("<=", LAST, LOST_AFTER), lifecycle="active")),
    rule("rich", when(compare(field("spend", MONEY), ">", RICH), tier="gold")),
)
RULES = Ruleset(MODEL)
LONG_AGO = date(2025, 1, 1)


@dataclass
class DataCustomer:
    last_purchase: date | None
    spend: float = 0.1
    _private: int = 0


@frozen
class AttrsCustomer:
    last_purchase: date
    spend: Decimal = Decimal(2000)


class SlottedCustomer:
    __slots__ = ("最近购买",)

    def __init__(self, day: date) -> None:
        self.最近购买 = day


def database_row() -> sqlite3.Row:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    row: sqlite3.Row = connection.execute("select '2025-01-01' as last_purchase, 5 as spend").fetchone()
    connection.close()
    return row


@pytest.mark.parametrize(
    ("customer", "lifecycle", "tier"),
    [
        ({"last_purchase": LONG_AGO, "spend": 1}, "lost", "plain"),
        ({"最近购买": "2025-01-01", "spend": "2,000", "else": 1}, "lost", "gold"),
        (DataCustomer(LONG_AGO), "lost", "plain"),
        (AttrsCustomer(date(2026, 5, 1)), "active", "gold"),
        (SlottedCustomer(LONG_AGO), "lost", "plain"),
        (database_row(), "lost", "plain"),
    ],
)
def test_customers_of_every_kind(customer: Any, lifecycle: str, tier: str) -> None:
    decision = RULES.decide(customer, AS_OF)
    assert (decision["lifecycle"], decision["tier"]) == (lifecycle, tier)


@pytest.mark.parametrize("customer", [None, "x", 5, [1], ("a",)])
def test_what_is_no_customer(customer: object) -> None:
    with pytest.raises(TypeError, match=type(customer).__name__):
        RULES.decide(customer, AS_OF)


def test_rules_reach_no_private_attributes() -> None:
    seen = compare(field("_private"), "=", 0)
    curious = model(
        Field("_private", NUMBER),
        Field("__class__", TEXT),
        Outcome("o", TEXT),
        rule("r", when(seen, o="seen")),
        rule("s", when(e.Not(e.IsMissing(field("__class__", TEXT))), o="seen")),
    )
    assert Ruleset(curious).decide(DataCustomer(None), AS_OF)["o"] is None


def test_many_customers_on_one_day() -> None:
    decisions = RULES.decide_many([{"last_purchase": LONG_AGO}, AttrsCustomer(AS_OF)], AS_OF)
    assert [each["lifecycle"] for each in decisions] == ["lost", "active"]


def test_the_day_is_today_unless_given() -> None:
    assert RULES.decide({}).as_of == date.today()
    assert next(RULES.decide_many([{}])).as_of == date.today()
    assert RULES.compile()({"last_purchase": date.today()})["lifecycle"] == "active"
    assert RULES.decide({}, datetime(2026, 6, 1, 12, 0)).as_of == AS_OF


def test_dated_thresholds_follow_the_day() -> None:
    customer = {"last_purchase": date(2026, 11, 1)}
    assert RULES.decide(customer, date(2026, 12, 31))["lifecycle"] == "active"
    assert RULES.decide(customer, date(2027, 1, 1))["lifecycle"] == "lost"


def test_more_days_than_are_kept() -> None:
    days = [date.fromordinal(AS_OF.toordinal() + number) for number in range(200)]
    assert [RULES.decide({"last_purchase": each}, each)["lifecycle"] for each in days * 2] == ["active"] * 400
    assert len(RULES._situations) <= 64


@pytest.mark.parametrize(
    ("values", "customer", "expected"),
    [
        ({"lost_after": "400 days"}, {"last_purchase": date(2025, 5, 1)}, "active"),
        ({"lost_after": Duration(400, "days")}, {"last_purchase": date(2025, 5, 1)}, "active"),
        ({"lost_after": timedelta(400)}, {"last_purchase": date(2025, 5, 1)}, "active"),
        ({"流失天数": "30天"}, {"last_purchase": date(2026, 5, 1)}, "lost"),
        ({"rich": "¥1万"}, {"last_purchase": AS_OF}, "active"),
    ],
)
def test_other_thresholds(values: dict[str, Any], customer: dict[str, Any], expected: str) -> None:
    changed = RULES.with_thresholds(**values)
    assert changed.decide(customer, AS_OF)["lifecycle"] == expected
    assert changed.fingerprint != RULES.fingerprint
    assert changed.decide(customer, date(2027, 1, 1)).as_of == date(2027, 1, 1)
    assert RULES.decide({"last_purchase": date(2025, 5, 1)}, AS_OF)["lifecycle"] == "lost", "the first is as it was"


def test_a_threshold_set_is_not_dated_any_more() -> None:
    assert (
        RULES.with_thresholds(lost_after="365 days").decide({"last_purchase": AS_OF}, date(2027, 1, 5))["lifecycle"]
        == "active"
    )


@pytest.mark.parametrize(("years", "answer"), [(2000, "old"), (3000, None), (10**15, None)])
def test_a_threshold_beyond_the_calendar_is_reached_by_no_date(years: int, answer: str | None) -> None:
    rules = rulelang.loads(
        'field born: date\noutcome grade: text\nthreshold far = 100\nif age in years of born >= far then grade = "old"'
    )
    assert answer == rules.with_thresholds(far=years).decide({"born": date(1, 1, 1)}, AS_OF)["grade"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"lost_aftre": 3}, "unknown-threshold"),
        ({"lost_after": "6 months"}, "threshold-value"),
        ({"lost_after": "soon"}, "threshold-value"),
        ({"lost_after": 400}, "threshold-value"),
        ({"rich": "much"}, "threshold-value"),
        ({"rich": None}, "threshold-value"),
    ],
)
def test_thresholds_that_do_not_fit(values: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleError) as raised:
        RULES.with_thresholds(**values)
    [found] = raised.value.diagnostics
    assert found.code == code
    if code == "unknown-threshold":
        assert found.nearest == ("lost_after",)


def test_a_percentage_beyond_the_whole_needs_its_sign() -> None:
    rules = rulelang.loads(
        "field p: percent\nthreshold k = 15%\noutcome high: yes or no, else no\nif p > k then high = yes\n"
    )
    for value in (20, 20.0, Decimal("1.5"), "20"):
        with pytest.raises(RuleError) as set_so:
            rules.with_thresholds(k=value)
        with pytest.raises(DataError) as given:
            rules.decide({"p": value})
        codes = [each.diagnostics[0].code for each in (set_so.value, given.value)]
        assert ["threshold-value", "ambiguous-percent"] == codes
    stricter = rules.with_thresholds(k="120%")
    assert [True, False] == [each["high"] for each in stricter.decide_many([{"p": "150%"}, {"p": 1}])]
    assert rules.decide({"p": Decimal("0.18")})["high"]


def test_a_ruleset_outside_its_validity() -> None:
    dated = Ruleset(evolve(MODEL, header=Header(valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))))
    assert dated.decide({}, date(2026, 12, 31)).as_of == date(2026, 12, 31)
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(RuleError) as raised:
            dated.decide({}, day)
        assert raised.value.diagnostics[0].code == "outside-validity"
        with pytest.raises(RuleError):
            dated.decide_many([], day)
        with pytest.raises(RuleError):
            dated.compile(day)


def test_requirements_hold_on_the_day() -> None:
    limit = Requirement(
        e.Comparison(">=", LOST_AFTER, literal(Duration(90, "days"))), "lost_after >= 90 days", "one quarter"
    )
    strict = Ruleset(evolve(MODEL, requirements=(limit,)))
    assert strict.decide({}, AS_OF)
    with pytest.raises(RuleError) as raised:
        strict.decide({}, date(2027, 1, 1))
    [found] = raised.value.diagnostics
    assert (found.code, found.facts["text"], found.facts["note"]) == (
        "requirement-not-met",
        "lost_after >= 90 days",
        "one quarter",
    )


def test_it_pickles_and_so_do_decisions() -> None:
    customer = {"last_purchase": LONG_AGO}
    decision = RULES.decide(customer, AS_OF)
    again = pickle.loads(pickle.dumps(RULES))
    assert again == RULES and again.fingerprint == RULES.fingerprint
    assert again.decide(customer, AS_OF).outcomes == decision.outcomes
    copy = pickle.loads(pickle.dumps(decision))
    assert (copy.outcomes, copy.standing("tier"), copy.missing) == (
        decision.outcomes,
        decision.standing("tier"),
        decision.missing,
    )
    assert copy.why("lifecycle") == decision.why("lifecycle")


def test_threads_share_it() -> None:
    fresh = Ruleset(MODEL)
    days = [date.fromordinal(AS_OF.toordinal() - number % 7) for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda day: fresh.decide({"last_purchase": LONG_AGO}, day)["next_contact"], days))
    assert found == days


def test_the_public_names() -> None:
    assert rulelang.Ruleset is Ruleset
    assert rulelang.DataError is DataError and rulelang.RuleError is RuleError


def test_an_error_is_told_in_words_and_with_the_nearest_name() -> None:
    rules = rulelang.loads("threshold limit = 5\nif n > limit then a = yes\n")
    with pytest.raises(RuleError, match=r"^unknown-threshold: .*“limt”.*limit"):
        rules.with_thresholds(limt="6")
