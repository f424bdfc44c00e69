"""The work that is timed: customers are put into a tier by the first of fourteen rules that fits.

Every engine gets the rules in its own notation, made from `RULES`; the function written by hand is written by hand.
"""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import define

Condition = tuple[str, str, Any]  # field, operator, value

RULES: Sequence[tuple[Sequence[Condition], str]] = (
    ((("days", ">", 730),), "lost"),
    ((("spend", ">=", 500000), ("orders", ">=", 24)), "diamond"),
    ((("spend", ">=", 500000),), "platinum"),
    ((("country", "==", "CN"), ("spend", ">=", 200000)), "platinum"),
    ((("days", ">", 365), ("orders", "<", 3)), "lost"),
    ((("vip", "==", True), ("spend", ">=", 100000)), "platinum"),
    ((("vip", "==", True),), "gold"),
    ((("spend", ">=", 100000), ("days", "<=", 90)), "gold"),
    ((("country", "==", "DE"), ("orders", ">=", 12)), "gold"),
    ((("country", "==", "US"), ("orders", ">=", 12)), "gold"),
    ((("days", ">", 180), ("spend", "<", 10000)), "silent"),
    ((("orders", ">=", 6), ("spend", ">=", 20000)), "silver"),
    ((("days", "<=", 30), ("orders", "==", 1)), "new"),
    ((("orders", ">=", 1),), "bronze"),
)
FALLBACK = "prospective"
COUNTRIES = ("CN", "DE", "US", "FR", "JP")


def by_hand(row: Mapping[str, Any]) -> dict[str, Any]:
    """The function a careful programmer writes: every value may be missing, and a missing one fits no condition."""
    days, spend, orders = row.get("days"), row.get("spend"), row.get("orders")
    country, vip = row.get("country"), row.get("vip")
    if days is not None and days > 730:
        tier = "lost"
    elif spend is not None and spend >= 500000 and orders is not None and orders >= 24:
        tier = "diamond"
    elif spend is not None and spend >= 500000:
        tier = "platinum"
    elif country == "CN" and spend is not None and spend >= 200000:
        tier = "platinum"
    elif days is not None and days > 365 and orders is not None and orders < 3:
        tier = "lost"
    elif vip is True and spend is not None and spend >= 100000:
        tier = "platinum"
    elif vip is True:
        tier = "gold"
    elif spend is not None and spend >= 100000 and days is not None and days <= 90:
        tier = "gold"
    elif country == "DE" and orders is not None and orders >= 12:
        tier = "gold"
    elif country == "US" and orders is not None and orders >= 12:
        tier = "gold"
    elif days is not None and days > 180 and spend is not None and spend < 10000:
        tier = "silent"
    elif orders is not None and orders >= 6 and spend is not None and spend >= 20000:
        tier = "silver"
    elif days is not None and days <= 30 and orders == 1:
        tier = "new"
    elif orders is not None and orders >= 1:
        tier = "bronze"
    else:
        tier = FALLBACK
    return {"tier": tier}


def with_slots(function: Callable[..., dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """The function by hand for objects with slots: the same text, with attributes instead of keys."""
    lines = inspect.getsource(function).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("    if days"))
    rules = re.sub(r"\b(days|spend|orders|country|vip)\b", r"row.\1", "\n".join(lines[first:]))
    namespace: dict[str, Any] = {"FALLBACK": FALLBACK}
    exec(f"def by_hand(row):\n{rules}", namespace)
    made: Callable[[Any], dict[str, Any]] = namespace["by_hand"]
    return made


@define
class Customer:
    """A customer as an object with slots."""

    days: int
    spend: int
    orders: int
    country: str
    vip: bool


DECLARATIONS = """\
field days: whole number
field spend: whole number
field orders: whole number
field country: text
field vip: yes or no
"""


def as_rules(rules: Sequence[tuple[Sequence[Condition], str]] = RULES) -> str:
    """The rule file."""
    tiers = ", ".join(dict.fromkeys([tier for _, tier in rules] + [FALLBACK]))
    lines = [DECLARATIONS, f"outcome tier: one of {tiers}, else {FALLBACK}"]
    lines += [f"if {' and '.join(map(_phrase, conditions))} then tier = {tier}" for conditions, tier in rules]
    return "\n".join(lines) + "\n"


def _phrase(condition: Condition) -> str:
    name, operator, value = condition
    if isinstance(value, bool):
        return name if value else f"not {name}"
    if operator == "==":
        return f'{name} is "{value}"' if isinstance(value, str) else f"{name} = {value}"
    return f"{name} {operator} {value}"


def customers(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Customers of whom everything is known, so that engines without a notion of missing take part."""
    dice = random.Random(seed)
    return [
        {
            "days": dice.randrange(800),
            "spend": int(dice.lognormvariate(10, 1.5)),
            "orders": dice.randrange(30),
            "country": dice.choice(COUNTRIES),
            "vip": dice.random() < 0.05,
        }
        for _ in range(count)
    ]


def many(count: int, seed: int = 1) -> list[tuple[Sequence[Condition], str]]:
    """So many rules with mixed conditions, for the curve of time per decision."""
    dice = random.Random(seed)
    rules: list[tuple[Sequence[Condition], str]] = []
    for number in range(count):
        low = dice.randrange(800)
        conditions: list[Condition] = [("days", ">=", low), ("days", "<", low + dice.randrange(1, 20))]
        conditions.append(("spend", ">=", dice.randrange(200_000)))
        if dice.random() < 0.5:
            conditions.append(("country", "==", dice.choice(COUNTRIES)))
        if dice.random() < 0.5:
            conditions.append(("orders", "==", dice.randrange(30)))
        rules.append((tuple(conditions), f"t{number % 50}"))
    return rules


def tariff(count: int) -> str:
    """A decision table of so many rows: a key and a range in each."""
    keys = max(1, count // 10)
    lines = [
        "field segment: text",
        "field spend: whole number",
        "outcome tier: text",
        'table "Tariff" (first):',
        "| segment | spend | => tier |",
        "|---|---|---|",
    ]
    for key in range(keys):
        lines += [f"| s{key} | {at * 1000} ..< {at * 1000 + 1000} | t{(key + at) % 50} |" for at in range(10)]
    return "\n".join(lines) + "\n"
