"""Reasons on one line."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
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
        ("tags", {"spend": 1}, "No rule adds anything to it", "没有规则为其增加内容"),
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


FUTURE = """
field last_purchase (最近购买): date
field birth_date (出生日期): date, personal
field due: date, may be future
field orders (订单): list of order (paid_on (付款日): date, amount: number)
field other: date
outcome a: one of x, y, else y
outcome b: whole number
outcome c: text
if last_purchase < 90 days and due is known and birth_date is known then a = x because "bought {last_purchase}"
if a is x and count of orders within the last 30 days >= 0 then b = 1
if other is known then c = "c"
"""


def test_dates_in_the_future_are_marked_where_an_answer_rests_on_them() -> None:
    rules = loads(FUTURE)
    customer: dict[str, Any] = {"last_purchase": date(2027, 3, 1), "due": date(2028, 1, 1), "other": date(2020, 1, 1)}
    customer |= {"birth_date": date(2030, 1, 1), "orders": [{"paid_on": date(2027, 1, 2), "amount": 1}]}
    decision = rules.decide(customer, as_of=date(2026, 6, 30))
    marks = "last_purchase 2027-03-01 lies in the future; birth_date *** lies in the future"
    assert f"bought 2027-03-01; {marks}" == decision.reason("a")
    assert decision.reason("b").endswith(f"orders.paid_on 2027-01-02 lies in the future; {marks}")
    assert "“订单.付款日”2027年1月2日在未来" in decision.reason("b", lang="zh")
    assert "future" not in decision.reason("c")
    assert "  last_purchase 2027-03-01 lies in the future" in decision.why("a").splitlines()


@pytest.mark.parametrize("order", [(0, 1, 0), (1, 0, 1)])
def test_marks_are_not_kept_for_other_rows(order: tuple[int, ...], tmp_path: Path) -> None:
    days = ("2026-06-01", "2027-03-01")
    rules = loads('if last_purchase < 90 days then a = x because "bought {last_purchase}"')
    (tmp_path / "c.csv").write_text("last_purchase\n" + "\n".join(days[each] for each in order) + "\n", "utf-8")
    rules.run(tmp_path / "c.csv", tmp_path / "o.csv", as_of=date(2026, 6, 30), why=True)
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text("utf-8").splitlines()))
    told = ["bought 2026-06-01", "bought 2027-03-01; last_purchase 2027-03-01 lies in the future"]
    assert [told[each] for each in order] == [each["a_reason"] for each in rows]
