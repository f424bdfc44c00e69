"""Reasons on one line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rulelang.engine.loading.reading import loads
from rulelang.explain.one_line import one_line

RULES = """
field last_purchase (最近购买): date
field spend: number
outcome lifecycle (生命周期): one of active (活跃), lost (流失)
outcome tier: one of gold, plain, else plain
outcome tags: text, collect
outcome grade: one of a, b, unique

rule "Gone" ("流失客户"):
  if last_purchase > 365 days then lifecycle = lost because "last order {last_purchase}" ("上次下单{last_purchase}")
rule "Here":
  if last_purchase <= 365 days and spend > 0 then lifecycle = active
rule "Gold": if spend > 100 then tier = gold
rule "Rich": if spend > 10 then tags = "rich" because "more than 10"
rule "Very": if spend > 1,000 then tags = "very rich"
rule "A": if spend > 5,000 then grade = a
rule "B": if spend > 6,000 then grade = b
"""
RULESET = loads(RULES)


@pytest.mark.parametrize(
    ("outcome", "customer", "english", "chinese"),
    [
        ("lifecycle", {"last_purchase": date(2020, 1, 1)}, "last order 2020-01-01", "上次下单2020年1月1日"),
        ("tags", {"spend": 20}, "more than 10", "more than 10"),
        ("tags", {"spend": 2000}, "more than 10; rule “Very”: spend > 1,000", None),
        ("tier", {"spend": 1}, "Decided by the last resort (else): no rule above applies", None),
        ("tags", {"spend": 1}, "No rule applies", "没有适用的规则"),
        ("tier", {}, "no rule above applies; Still possible: plain, gold; Would settle it: spend", None),
        ("lifecycle", {}, "Would settle it: last_purchase", None),
        ("grade", {"spend": 7000}, "Only one rule may match", None),
    ],
)
def test_one_line(outcome: str, customer: dict[str, Any], english: str, chinese: str | None) -> None:
    explanation = RULESET.decide(customer, date(2026, 6, 1)).explain(outcome)
    assert english in one_line(explanation, "en")
    assert "\n" not in one_line(explanation, "en")
    if chinese is not None:
        assert chinese == one_line(explanation, "zh")
