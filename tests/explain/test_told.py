"""What explanations call things: a table's cells, a later branch, an undecided outcome, a value that can't be told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import rulelang
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.explain.one_line import one_line

AS_OF = date(2026, 6, 30)
RULES = """\
field n (次数): number
field city (城市): text
field seen (到访日): date
field spend (消费): money in EUR
field orders (订单): list of order (amount (金额): money in EUR, channel (渠道): one of web (网店), app (应用))
threshold high (上限) = 9
list near (近处) = "x", "y"
outcome a: yes or no, undecided when data is missing
outcome b: one of x, y
outcome favourite (常用): one of web (网店), app (应用)
outcome mean (均值): number
outcome each_ (单价): number
outcome coupon: money in EUR, sum
outcome size: one of big, small, else small
if n > 3 then a = yes
table "T":
| a   | n             | city            | seen       | n * 2 | => b |
|-----|---------------|-----------------|------------|-------|------|
| no  | -             | -               | -          | -     | x    |
| -   | 5 ..< high    | -               | -          | -     | x    |
| -   | 5 .. 9        | -               | -          | -     | x    |
| -   | >= high       | -               | -          | -     | x    |
| -   | -             | "r"             | -          | -     | x    |
| -   | -             | "r", "s"        | -          | -     | x    |
| -   | -             | not "q"         | -          | -     | x    |
| -   | -             | not "q", "s"    | -          | -     | x    |
| -   | -             | starts with "r" | -          | -     | x    |
| -   | -             | in near         | -          | -     | x    |
| -   | -             | -               | > 60 days  | -     | x    |
| -   | -             | -               | is missing | -     | x    |
| -   | -             | -               | -          | 5     | x    |
rule "Likes": always favourite = most frequent orders.channel
rule "Mean": always mean = average of orders.amount
rule "Each" ("单笔"): always each_ = spend / n
if spend > 0 then add spend * 0.333 to coupon
rule "Size": if spend >= 100 then size = big because "spent {spend}, {n} times" otherwise size = small
"""
LOADED = rulelang.loads(RULES, name="t.rules")
CUSTOMER = {"n": 4, "city": "q", "seen": date(2026, 6, 1), "spend": 1, "orders": []}


def why(outcome: str, lang: str = "en", **changed: Any) -> str:
    return LOADED.decide({**CUSTOMER, **changed}, AS_OF).why(outcome, lang)


def line(outcome: str, lang: str = "en", **changed: Any) -> str:
    return one_line(LOADED.decide({**CUSTOMER, **changed}, AS_OF).explain(outcome), lang)


def test_cells_are_told_with_the_title_of_their_column() -> None:
    english = [each.strip().partition(" (")[0] for each in why("b").splitlines() if "false:" in each]
    assert english == [
        *("false: a is no", "false: n between 5 ..< high", "false: n between 5 and 9", "false: n >= high"),
        *('false: city is "r"', 'false: city is one of "r", "s"', 'false: city is not "q"'),
        *('false: city is not one of "q", "s"', 'false: city starts with "r"', "false: city is in near"),
        *("false: seen > 60 days", "false: seen is missing", "false: n * 2 is 5"),
    ]
    chinese = why("b", "zh")
    for told in ("次数在5到上限（不含）之间", "次数不低于上限", "城市为“r”", "到访日缺失", "次数×2为5"):
        assert f"不成立：{told}" in chinese, chinese


def test_a_chinese_table() -> None:
    rules = rulelang.loads(
        "字段等级：分为金、银\n字段消费：数值\n结论折扣：整数\n表“折扣表”：\n"
        "| 等级 | 消费 | ⇒折扣 |\n|---|---|---|\n| 金 | - | 2 |\n"
        "| 不是金 | - | 1 |\n| - | 1万以上 | 3 |\n"
    )
    told = rules.decide({"等级": "银", "消费": 5}, AS_OF).why("折扣", "zh")
    assert "不成立：等级为金（等级＝银）" in told and "成立：等级不为金" in told and "不成立：消费1万以上" in told


def test_an_undecided_outcome_is_not_called_missing() -> None:
    assert "can't tell: a is no (a: undecided)" in why("b", n=None)
    assert "无法判断：a为否（a：待定）" in why("b", "zh", n=None)


def test_the_branch_after_otherwise_says_so() -> None:
    assert line("size") == "rule “Size”, otherwise"
    assert line("size", "zh") == "规则“Size”的“否则”"


def test_what_is_not_known_in_a_reason() -> None:
    assert "because spent €200, (not known) times" in why("size", spend=200, n=None)
    assert "理由：spent 200欧元, （未知） times" in why("size", "zh", spend=200, n=None)


@pytest.mark.parametrize("outcome", ["favourite", "mean"])
def test_no_records_leave_no_value(outcome: str) -> None:
    for lang, wanted in (("en", "no record of orders counts, so there is no such value"), ("zh", "订单没有计入的记录")):
        assert wanted in why(outcome, lang) and wanted in line(outcome, lang)
        assert "possible" not in why(outcome, lang) and "可能" not in why(outcome, lang)


def test_a_divisor_that_is_nothing_comes_with_its_rule() -> None:
    assert "the divisor is 0: spend / n" in why("each_", n=0)
    found = [each for each in LOADED.decide({**CUSTOMER, "n": 0}, AS_OF).problems if each.code == "division-by-zero"]
    assert [_facts(each) for each in found] == [("Each", "单笔")]


def _facts(found: Diagnostic) -> tuple[Any, Any]:
    return found.facts["rule"], found.facts["rule_zh"]


def test_what_adds_up_alone_is_told_as_it_is_rounded() -> None:
    assert "→ €0.33" in why("coupon")


def test_what_settles_a_place_is_what_it_is_measured_by() -> None:
    rules = rulelang.loads(
        "field spend: money in EUR\noutcome g: one of a, b, else b\n"
        'if spend in the top 20% then g = a because "place {rank of spend}"\n'
    )
    counted = rules.with_cuts(rules.count([{"spend": each} for each in range(10)], AS_OF))
    assert counted.decide({}, AS_OF).missing_for("g") == ("spend",)
    assert {each.label for each in counted.model.fields.values()} >= {"spend in the top 20%", "rank of spend"}
