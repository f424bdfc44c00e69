"""What stays open in proofs is shown by customers: known ones, and ones put together with the records wanted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import rulelang
from rulelang.analysis.account import RULE, VALUE, Account, Proof
from rulelang.engine.advice.proving import prove
from rulelang.engine.advice.seen import Seen

DAY = date(2026, 6, 30)
HEAD = """\
field income: money in CNY
field due: date, may be future
field orders: list of order (paid_on: date, amount: money in CNY, way: one of in, out, shop: text)
outcome found: text, collect
"""


def account(rule: str, known: list[dict[str, Any]] | None = None) -> Account:
    rules = rulelang.loads(HEAD + f'rule "it": if {rule} then add "it" to found\n')
    proved = prove(rules, DAY, known=lambda: known or [])
    assert proved is not None and proved.account is not None
    return proved.account


@pytest.mark.parametrize(
    "condition",
    [
        "count of orders where (way is in and amount >= 100) within any 7 days >= 3",
        "for any one paid_on of orders where (way is in and amount < 100): (sum of amount >= 100)",
        "for any one shop of orders where (way is out): (count >= 10 and sum of amount >= 2000)",
        "in any 3 days of orders: (sum of amount where (way is in) >= 500"
        " and sum of amount where (way is out) >= 0.9 * sum of amount where (way is in))",
        "distinct orders.shop where (way is in) >= 10 and distinct orders.shop where (way is out) < 10",
        "count of orders where (paid_on more than 7 days ago) = 0"
        " and sum of orders.amount within the last 7 days >= 400",
        "sum of orders.amount where (way is in) within the last 30 days > 10 * income",
        "due > today + 12 months and any order has (way is out and amount >= 700)",
    ],
)
def test_customers_are_put_together_with_the_records_that_a_rule_asks_for(condition: str) -> None:
    assert (1, 1, ()) == (account(condition).rules.shown, account(condition).rules.of, account(condition).rules.open)


def test_what_no_customer_shows_stays_open() -> None:
    impossible = account(
        "sum of orders.amount where (way is in) > 10 and no order has (way is in)"
        " and count of orders where (way is in) >= 0"
    ).rules
    assert (0, ("it",)) == (impossible.shown, impossible.open)


def test_known_customers_show_what_they_do_and_no_more() -> None:
    rules = rulelang.loads(
        "field a: number\nfield b: number\noutcome x: one of p, q, r\n"
        'rule "r": if a * b > 100 then x = p otherwise if a * b < 0 then x = q otherwise x = r\n'
    )
    seen = Seen(rules, DAY, lambda: [{"a": 20, "b": 6}])
    assert seen.shows(Proof(RULE, rule="r", number=0, shown=False))
    assert seen.shows(Proof(VALUE, "x", value="p", shown=False))
    assert not seen.shows(Proof(VALUE, "x", value="q", shown=False))
    assert not seen.shows(Proof(RULE, rule="gone", number=0, shown=False))
