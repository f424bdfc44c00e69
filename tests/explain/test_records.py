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
    assert "(orders: 1 record, 2 left out (channel, amount missing or unreadable))" in decision.why("tier", "en")
    assert "（订单：1条，另有2条未计入（channel、金额缺失或读不了））" in decision.why("tier", "zh")
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


GROUPS = rulelang.loads(
    """
field orders (订单): list of order (paid_on: date, amount: number, channel (渠道): one of online (线上), store (门店))
outcome days (几天): yes or no, else no
outcome one (同一): yes or no, else no
outcome last (最近): number
if in any 3 days of orders: (count >= 2 and sum of amount > 250) then days = yes
if for any one channel of orders: (sum of amount > 250) then one = yes
always last = amount of the latest of orders
"""
)


def test_which_group_it_was_is_shown() -> None:
    orders = [
        {"paid_on": date(2026, 1, 1), "amount": 100, "channel": "store"},
        {"paid_on": date(2026, 3, 30), "amount": 100, "channel": "store"},
        {"paid_on": date(2026, 4, 1), "amount": 200, "channel": "online"},
        {"paid_on": date(2026, 4, 20), "amount": 100, "channel": "online"},
    ]
    decision = GROUPS.decide({"orders": orders}, AS_OF)
    assert "(orders: 2026-03-30 to 2026-04-01, 2 records)" in decision.why("days", "en")
    assert "（订单：2026年3月30日至2026年4月1日，2条）" in decision.why("days", "zh")
    assert "(orders: online, 2 records)" in decision.why("one", "en")
    assert "（订单：线上，2条）" in decision.why("one", "zh")
    assert 100 == decision["last"]


def test_where_no_group_fits_the_records_are_counted() -> None:
    decision = GROUPS.decide({"orders": [{"paid_on": date(2026, 1, 1), "amount": 1}]}, AS_OF)
    assert "false: in any 3 days" in decision.why("days", "en")
    assert "(orders: 1 record)" in decision.why("days", "en")
