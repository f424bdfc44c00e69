"""What explanations say about lists: the result, how many records counted, how many were left out and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import rulelang

RULES = rulelang.loads(
    """
field spend (消费): number
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
