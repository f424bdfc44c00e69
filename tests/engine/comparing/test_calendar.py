"""The calendar against trying every day, on generated models and on what rules of the usual kinds say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

import rulelang
from rulelang.changes.turning import Turning
from rulelang.engine.comparing.calendar import Calendar, Change
from rulelang.engine.ruleset import Ruleset
from tests.analysis.searching import searching
from tests.strategies import Case, cases

START = date(2026, 6, 30)
SPAN = 45


def every_day(calendar: Calendar, values: Mapping[str, Any]) -> list[Change]:
    """The changes, found by deciding on every single day."""
    found = []
    before = calendar.held(calendar.start, values)
    day = calendar.start
    while day < calendar.end:
        day += timedelta(days=1)
        after = calendar.held(day, values)
        found += [
            Change(name, day, before[name], after[name]) for name in calendar.outcomes if before[name] != after[name]
        ]
        before = after
    return found


def test_no_day_is_missed_on_generated_models(fuzz: int | None, asked: Counter[str]) -> None:
    def check(case: Case) -> None:
        ruleset = Ruleset(case.model)
        calendar = Calendar(ruleset, case.as_of, case.as_of + timedelta(days=SPAN), tuple(case.model.outcomes))
        bound = ruleset.situation(case.as_of).bound
        for row in case.rows:
            values = dict(zip(bound.program.fields, bound.read(row, []), strict=True))
            asked["calendars of generated rules, by trying each of 45 days"] += len(calendar.outcomes)
            assert every_day(calendar, values) == list(calendar.changes(values, every=True))

    searching(fuzz, 80)(given(cases(most_rows=2))(check))()


HEAD = """\
threshold limit = 30 days; 60 days from 2026-08-01
field d: date
field f: date, may be future
field born: date
field n: number
field kind: text
field orders: list of order (paid_on: date, amount: number)
outcome rhythm: duration
outcome level: number
outcome a: one of old, new, soon, now, adult, party, august, sale, due, buyer, monday, other, else other
"""


@pytest.mark.parametrize(
    ("rules", "values", "expected"),
    [
        ("if d > 90 days then a = old", {"d": date(2026, 5, 1)}, {"2026-07-31": "old"}),
        ("if d >= 3 months then a = old", {"d": date(2026, 5, 31)}, {"2026-08-31": "old"}),
        ("if d > limit then a = old", {"d": date(2026, 7, 1)}, {"2026-08-31": "old"}),
        (
            "if d > limit then a = old",
            {"d": date(2026, 6, 20)},
            {"2026-07-21": "old", "2026-08-01": "other", "2026-08-20": "old"},
        ),
        ("if d within the last 30 days then a = new", {"d": date(2026, 6, 10)}, {"2026-07-11": "other"}),
        (
            "if f within the next 7 days then a = soon",
            {"f": date(2026, 7, 20)},
            {"2026-07-13": "soon", "2026-07-21": "other"},
        ),
        ("if f in this month then a = now", {"f": date(2026, 8, 9)}, {"2026-08-01": "now", "2026-09-01": "other"}),
        ("if age in years of born >= 18 then a = adult", {"born": date(2008, 7, 4)}, {"2026-07-04": "adult"}),
        (
            "if anniversary of born within the next 7 days then a = party",
            {"born": date(1990, 8, 20)},
            {"2026-08-13": "party", "2026-08-21": "other"},
        ),
        ("if month of today = 8 then a = august", {}, {"2026-08-01": "august", "2026-09-01": "other"}),
        ("if today - d > 90 days then a = old", {"d": date(2026, 5, 1)}, {"2026-07-31": "old"}),
        ("if f - today < 10 days then a = soon", {"f": date(2026, 8, 9)}, {"2026-07-31": "soon"}),
        (
            "rule R valid from 2026-07-15 until 2026-07-20: if n = 1 then a = sale",
            {"n": 1},
            {"2026-07-15": "sale", "2026-07-21": "other"},
        ),
        (
            "if n = 1 then rhythm = 20 days\nif n = 2 then rhythm = 40 days\nif d >= rhythm then a = due",
            {"n": 2, "d": date(2026, 6, 20)},
            {"2026-07-30": "due"},
        ),
        (
            "if count of orders within the last 30 days >= 1 then a = buyer",
            {"orders": ({"paid_on": date(2026, 6, 1), "amount": 5}, {"paid_on": date(2026, 6, 15), "amount": 5})},
            {"2026-07-16": "other"},
        ),
        (
            "if any order has (amount > 1 and paid_on > 2 months) then a = old",
            {"orders": ({"paid_on": date(2026, 6, 15), "amount": 2},)},
            {"2026-08-16": "old"},
        ),
        (
            "if weekday of today = 1 and n = 1 and today > 2026-09-10 then a = monday",
            {"n": 1},
            {
                "2026-09-14": "monday",
                "2026-09-15": "other",
                "2026-09-21": "monday",
                "2026-09-22": "other",
                "2026-09-28": "monday",
            },
        ),
    ],
)
def test_the_days_of_the_usual_conditions(rules: str, values: dict[str, Any], expected: dict[str, str]) -> None:
    ruleset = rulelang.loads(HEAD + rules.replace("rule R", 'rule "R"') + "\n")
    calendar = Calendar(ruleset, START, START + timedelta(days=90), ("a",))
    read = {name: values.get(name) for name in ruleset.situation(START).bound.program.fields}
    found = {each.day.isoformat(): each.after.answer for each in calendar.changes(read, every=True)}
    assert expected == found
    assert every_day(calendar, read) == list(calendar.changes(read, every=True))
    by_days = "weekday" not in rules
    assert by_days is (Turning(ruleset.model, START, START + timedelta(days=90)).days("a", read) is not None)


def test_few_days_are_decided() -> None:
    calendar = Calendar(rulelang.loads(HEAD + "if d > 90 days then a = old\n"), START, START + timedelta(days=365))
    assert ["old"] == [each.after.answer for each in calendar.changes({"d": date(2026, 6, 1)})]
    assert 2 == calendar.decided


def test_only_the_next_change_unless_every_one_is_asked_for() -> None:
    calendar = Calendar(
        rulelang.loads(HEAD + "if f within the next 7 days then a = soon\n"), START, START + timedelta(90)
    )
    assert ["soon"] == [each.after.answer for each in calendar.changes({"f": date(2026, 7, 20)})]


def test_an_outcome_that_counts_from_today_is_left_out_unless_named() -> None:
    rules = rulelang.loads(
        "field d: date\noutcome next: date\noutcome a: one of old\nif d > 5 days then next = today + 7 days, a = old\n"
    )
    calendar = Calendar(rules, START, START + timedelta(days=10))
    assert (("next",), ("a",)) == (calendar.daily, calendar.outcomes)
    named = Calendar(rules, START, START + timedelta(days=10), ("next",))
    assert 10 == len(list(named.changes({"d": date(2026, 1, 1)}, every=True)))


def test_the_rules_validity_ends_the_calendar() -> None:
    rules = rulelang.loads(
        'ruleset "R" version 1\n  valid until 2026-07-10\nfield d: date\nif d > 5 days then a = old\n'
    )
    calendar = Calendar(rules, START, START + timedelta(days=90))
    assert (date(2026, 7, 10), date(2026, 7, 10)) == (calendar.ends, calendar.end)


def test_what_is_decided_for_each_record_may_turn_on_any_day() -> None:
    rules = rulelang.loads(
        "field orders: list of order (paid_on: date)\noutcome order.alert: text\noutcome a: one of watch\n"
        'for each order: if paid_on > 30 days then alert = "old"\n'
        "if count of orders where (alert is known) >= 1 then a = watch\n"
    )
    calendar = Calendar(rules, START, START + timedelta(days=40), ("a",))
    values = {"orders": ({"paid_on": date(2026, 6, 15)},)}
    assert ["2026-07-16"] == [each.day.isoformat() for each in calendar.changes(values)]


def test_of_rules_that_add_up_the_one_that_made_the_difference_is_named() -> None:
    rules = rulelang.loads(
        "outcome points: whole number, sum\n"
        'rule "Always": if n = 1 then add 20 to points\n'
        'rule "Quiet": if d > 90 days then add 5 to points\n'
        'rule "Fresh": if e <= 60 days then add 7 to points\n'
    )
    calendar = Calendar(rules, START, START + timedelta(days=365), ("points",))
    values = {"n": 1, "d": START - timedelta(days=85), "e": START - timedelta(days=50)}
    read = {name: values.get(name) for name in rules.situation(START).bound.program.fields}
    first, second = calendar.changes(read, every=True)
    assert [27, 32, 25] == [first.before.answer, first.after.answer, second.after.answer]
    assert ["Quiet", "Fresh"] == [calendar.rule(read, each) for each in (first, second)]
