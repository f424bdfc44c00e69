"""Counting answers and findings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.account.summary import ClassCount
from rulelang.engine.account.tally import FindingTally, OutcomeTally
from rulelang.vocabulary.declarations import Outcome, Value
from rulelang.vocabulary.types import Choice, Date, Member, Number, Text, Type, YesNo


def counted(type_: Type, *answers: Value | tuple[Value, ...] | None) -> OutcomeTally:
    tally = OutcomeTally(Outcome("o", type_))
    for each in answers:
        tally.count(each, "undecided" if each is None else "decided")
    return tally


def test_every_value_of_a_choice_is_listed_in_its_order() -> None:
    grades = Choice((Member("low"), Member("medium"), Member("high")))
    summary = counted(grades, "high", "low", "high", None).summary()
    assert (ClassCount("low", 1), ClassCount("medium", 0), ClassCount("high", 2)) == summary.classes
    assert (ClassCount(True, 0), ClassCount(False, 1)) == counted(YesNo(), False).summary().classes
    assert summary.least is summary.greatest is summary.total is None
    assert {"decided": 3, "provisional": 0, "undecided": 1, "no rule": 0} == summary.standings


def test_other_values_come_commonest_first() -> None:
    summary = counted(Text(), "b", "a", "b", "c").summary()
    assert (ClassCount("b", 2), ClassCount("a", 1), ClassCount("c", 1)) == summary.classes


def test_collected_values_count_one_by_one() -> None:
    assert (ClassCount("a", 2), ClassCount("b", 1)) == counted(Text(), ("a", "b"), ("a",), ()).summary().classes


def test_numbers_and_dates_are_measured() -> None:
    numbers = counted(Number(), Decimal("0.1"), Decimal("0.2"), 5, None).summary()
    assert (Decimal("0.1"), 5, Decimal("5.3")) == (numbers.least, numbers.greatest, numbers.total)
    dates = counted(Date(), date(2026, 1, 31), date(2025, 1, 31)).summary()
    assert (date(2025, 1, 31), date(2026, 1, 31), None) == (dates.least, dates.greatest, dates.total)
    assert counted(Number()).summary().total is None


def test_too_many_values_are_summed_up() -> None:
    summary = counted(Number(), *range(1500), 7).summary()
    assert (1000, 500) == (len(summary.classes), summary.others)
    assert ClassCount(7, 2) == summary.classes[0]


def test_findings_keep_their_first_row() -> None:
    tally = FindingTally()
    rows = {2: ("future-date", "a"), 3: ("near-miss", "a"), 4: ("near-miss", "a"), 5: ("near-miss", "b")}
    for row, (code, field) in rows.items():
        tally.count(Diagnostic(code, facts={"field": field}), row)
    found = [(each.diagnostic.code, each.diagnostic.facts, each.count) for each in tally.summary()]
    assert ("near-miss", {"field": "a", "row": 3}, 2) == found[0]
    assert [("future-date", {"field": "a", "row": 2}, 1), ("near-miss", {"field": "b", "row": 5}, 1)] == found[1:]
