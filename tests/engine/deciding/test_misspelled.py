"""Keys that nothing reads: reported where they look like a missing field, left alone otherwise."""

from __future__ import annotations

from datetime import date

import pytest

import rulelang

RULES = rulelang.loads(
    "field last_purchase (最近购买): date\nfield spend: number\noutcome a: text\n"
    'if spend > 1 and last_purchase > 1 day then a = "x"'
)


@pytest.mark.parametrize(
    ("customer", "reported"),
    [
        ({"last_purchse": date(2024, 1, 1), "spend": 5}, ["last_purchse"]),
        ({"最近购物": date(2024, 1, 1), "spend": 5}, ["最近购物"]),
        ({"colour": "red", "spend": 5}, []),
        ({"last_purchase": date(2024, 1, 1), "spend": 5, "spnd": 6}, []),
    ],
)
def test_a_slip_of_the_pen_is_reported(customer: dict[str, object], reported: list[str]) -> None:
    problems = RULES.decide(customer, as_of=date(2026, 1, 1)).problems
    assert reported == [each.facts["key"] for each in problems if each.code == "key-not-read"]
