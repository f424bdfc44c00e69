"""What explanations say about lists: the result, how many records counted, how many were left out and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import rulelang

RULES = rulelang.loads(
    """
field spend (消费): number
field orders (订单): list of order (paid_on: date, amount (金额): number, channel: one of online, store)
outcome tier (等级): one of gold (金), silver (银), else silver
if count of orders where (amount >= 100 and channel is online) is at least 2
   and average of orders.amount > 5
   and any order has (amount > customer's spend)
then tier = gold
"""
)
RECENT = rulelang.loads(
    """
field orders: list of order (paid_on: date, amount: number), complete from 2026-01-01
outcome tier: one of gold, silver, else silver
if sum of orders.amount within the last 12 months > 5 then tier = gold
"""
)
AS_OF = date(2026, 6, 1)


def order(amount: int | None, channel: str | None = "online") -> dict[str, Any]:
    return {"paid_on": date(2026, 5, 1), "amount": amount, "channel": channel}


def test_results_and_records_are_shown() -> None:
    decision = RULES.decide({"spend": 3, "orders": [order(100), order(200), order(5, "store")]}, AS_OF)
    text = decision.why("tier", "en")
    assert "is at least 2 (orders: 2 records)" in text
    assert "average of orders.amount > 5 (orders: 101.666667 from 3 records)" in text
    assert "(orders: 3 records, spend = 3)" in text
    assert () == decision.problems


def test_what_is_left_out_is_shown_with_its_reason() -> None:
    decision = RULES.decide({"spend": 3, "orders": [order(100), order(200, None), order(None)]}, AS_OF)
    assert "(orders: 1 record, 2 left out for want of channel, amount)" in decision.why("tier", "en")
    assert "（订单：1条，另有2条未计入（缺channel、金额））" in decision.why("tier", "zh")
    assert ("orders",) == decision.missing
    (first, *_) = decision.problems
    assert "records-left-out" == first.code
    assert {"list": "orders", "count": 2, "fields": ("amount", "channel")} == {
        **first.facts,
        "fields": tuple(sorted(first.facts["fields"])),
    }


def test_an_absent_list_is_missing() -> None:
    decision = RULES.decide({"spend": 3}, AS_OF)
    assert "(orders missing)" in decision.why("tier", "en")
    assert ("orders",) == decision.missing


def test_a_window_before_the_list_is_complete_is_reported() -> None:
    decision = RECENT.decide({"orders": [order(9)]}, AS_OF)
    assert "provisional" == decision.standing("tier")
    assert () == decision.missing
    assert [("list-incomplete", date(2026, 1, 1))] == [
        (each.code, each.facts["complete_from"]) for each in decision.problems
    ]
    assert () == RECENT.decide({"orders": [order(9)]}, date(2027, 6, 1)).problems


def test_a_date_in_the_future_is_reported_once_per_field() -> None:
    records = [{"paid_on": date(2026, 7, 1), "amount": 1}, {"paid_on": date(2026, 8, 1), "amount": 1}]
    found = [each for each in RECENT.decide({"orders": records}, AS_OF).problems if each.code == "future-date"]
    assert [{"field": "orders.paid_on", "value": date(2026, 8, 1), "as_of": AS_OF}] == [each.facts for each in found]


@pytest.mark.parametrize("reveal", [False, True])
def test_a_personal_list_shows_no_results(reveal: bool) -> None:
    rules = rulelang.loads(
        """
        field visits: list of visit (days: number), personal
        outcome a: text
        if sum of visits.days > 5 then a = "x" because "{sum of visits.days} days"
        """
    )
    text = rules.decide({"visits": [{"days": 41}]}, AS_OF).why("a", "en", reveal=reveal)
    assert reveal is ("41" in text)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([6, 7], "0 exceptions"), ([6, 5], "1 exception"), ([6, None], "0 exceptions, 1 left out")],
)
def test_of_every_record_the_exceptions_are_counted(amounts: list[int | None], expected: str) -> None:
    rules = rulelang.loads(
        """
        field orders: list of order (amount: number)
        outcome a: text
        if every order has (amount > 5) then a = "x"
        """
    )
    assert expected in rules.decide({"orders": [{"amount": each} for each in amounts]}, AS_OF).why("a", "en")
