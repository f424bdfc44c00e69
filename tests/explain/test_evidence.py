"""Which records made a condition over a list hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rulelang.engine.loading.reading import loads
from rulelang.report.explanation import decision_json

DAY = date(2026, 6, 30)
FIELDS = """
field orders (订单): list of order (paid_on (付款日): date, amount (金额): money in CNY, shop (店): text){private}
outcome found (结果): yes or no
rule "r": if {condition} then found = yes
"""
ORDERS: list[dict[str, Any]] = [
    {"paid_on": date(2026, 1, 1), "amount": 5, "shop": "A"},
    {"paid_on": date(2026, 3, 1), "amount": 70, "shop": "B"},
    {"paid_on": date(2026, 3, 5), "amount": 80, "shop": "A"},
    {"paid_on": date(2026, 3, 8), "amount": 90, "shop": "B"},
    {"paid_on": date(2026, 6, 1), "amount": 100, "shop": "C"},
    {"paid_on": None, "amount": None, "shop": "D"},
]


def evidence(condition: str, orders: list[dict[str, Any]] = ORDERS) -> list[list[int]]:
    rules = loads(FIELDS.format(private="", condition=condition))
    decision = rules.decide({"orders": orders}, DAY)
    (outcome,) = decision_json(decision, ["found"], "en")["outcomes"].values()
    return [[record["number"] for record in each["records"]] for each in outcome["evidence"]]


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        ("count of orders where (amount >= 80) is at least 2", [[3, 4, 5]]),
        ("sum of orders.amount within the last 60 days >= 100", [[5]]),
        ('any order has (shop is "A")', [[1, 3]]),
        ("largest of orders.amount >= 100", [[5]]),
        ("latest of orders.paid_on > 2026-01-01", [[5]]),
        ("at least 3 orders within any 7 days", [[2, 3, 4]]),
        ("in any 4 days of orders: (sum of amount >= 150)", [[2, 3]]),
        ("for any one shop of orders: (count >= 2 and sum of amount >= 160)", [[2, 4]]),
        ("count of orders is at least 2 and sum of orders.amount >= 10", [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5]]),
        ('no order has (shop is "Z")', []),
        ("count of orders where (amount > 1000) is at least 1", []),
    ],
)
def test_the_records_that_count_are_told(condition: str, numbers: list[list[int]]) -> None:
    assert numbers == evidence(condition)


def test_the_first_ten_are_shown_with_their_number() -> None:
    rules = loads(
        FIELDS.format(private="", condition="count of orders is at least 2 and count of orders is at most 20")
    )
    decision = rules.decide({"orders": ORDERS * 2}, DAY)
    told = decision.why("found", "en")
    assert "no. 2: paid_on = 2026-03-01, amount = ¥70, shop = B" in told
    assert 1 == told.count("no. 1:"), "the same records are told once"
    assert "… and 2 more" in told
    assert "第2条：付款日＝2026年3月1日、金额＝70元、店＝B" in decision.why("found", "zh")
    assert "no. 6: shop = D" in told


def test_personal_records_are_told_by_their_place_alone() -> None:
    rules = loads(FIELDS.format(private=", personal", condition='count of orders where (shop is "B") is at least 2'))
    decision = rules.decide({"orders": ORDERS}, DAY)
    assert "no. 2, 4: ***" in decision.why("found", "en")
    assert "第2、4条：***" in decision.why("found", "zh")
    (outcome,) = decision_json(decision, ["found"], "en")["outcomes"].values()
    assert [{"number": 2, "values": None}, {"number": 4, "values": None}] == outcome["evidence"][0]["records"]
    assert "shop = B" in decision.why("found", "en", reveal=True)
