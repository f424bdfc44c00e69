"""Why: who won and who lost, what each condition saw, what is missing; private values starred."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import rulelang
from rulelang.engine.deciding.decision import Decision
from rulelang.explain.why import LOST, OPEN, UNMATCHED, WON
from rulelang.model import expressions as e
from rulelang.vocabulary.declarations import Field, Outcome
from tests.oracle.build import DATE, NUMBER, TEXT, compare, days, field, literal, model, rule, when

AS_OF = date(2026, 6, 1)
RULES = rulelang.loads(
    """\
threshold lost_after (流失天数) = 365 days
field last_purchase (最近购买): date
field phone (手机): text, personal
field spend (消费): money in CNY
field city (城市): text
field first_order (首单): date, may be blank
outcome lifecycle (生命周期): one of new (新), active (活跃), lost (流失), else new
outcome points (积分): whole number, sum
choice level: low (低) < high (高)
outcome grade (等级): level, highest wins, undecided when data is missing
outcome only (唯一值): text, unique
rule "Gone" ("久未下单"):
  if last_purchase > lost_after and phone is known then lifecycle = lost
  because "{age of last_purchase} days, {phone}" ("已{age of last_purchase}天，{phone}")
rule "Here": if spend > 100 then lifecycle = active, add 5 to points otherwise if spend > 50 then lifecycle = new
rule "First": if first_order after 2020-01-01 then add 1 to points
rule "Grade": if city is "Paris" then grade = high
rule "Rest": always grade = low
rule "A": if spend = 7 then only = "a"
rule "B": if spend < 10 then only = "b"
""",
    name="shop.rules",
)


def decide(**customer: Any) -> Decision:
    return RULES.decide(customer, AS_OF)


GONE = {"last_purchase": date(2025, 1, 1), "phone": "13800000000", "spend": 500}


def test_the_winner_with_its_reason_and_what_each_condition_saw() -> None:
    english = decide(**GONE).why("lifecycle", lang="en").splitlines()
    assert english[:7] == [
        "lifecycle: lost (decided), as of 2026-06-01",
        "  Decided by:",
        "    rule “Gone” (shop.rules:13) → lost",
        "      because 516 days, ***",
        "      true: last_purchase > lost_after (last_purchase = 2025-01-01, lost_after = 365 days)",
        "      true: phone is known (phone = ***)",
        "  Matched but did not win:",
    ]
    chinese = decide(**GONE).why("lifecycle", lang="zh").splitlines()
    assert chinese[:4] == [
        "生命周期：流失（确定），基准日2026年6月1日",
        "  采用：",
        "    规则“久未下单”（shop.rules 第13行） → 流失",
        "      理由：已516天，***",
    ]
    assert "  符合但未采用：" in chinese


def test_private_values_are_shown_to_who_asks_for_them() -> None:
    hidden, shown = (decide(**GONE).why("lifecycle", reveal=each) for each in (False, True))
    assert "13800000000" not in hidden
    assert shown.count("13800000000") == 2


@pytest.mark.parametrize(
    ("customer", "outcome", "roles"),
    [
        (GONE, "lifecycle", {WON: ["Gone"], LOST: ["Here"]}),
        ({"spend": 60, "phone": "1"}, "lifecycle", {WON: ["Here"], OPEN: ["Gone"], UNMATCHED: ["Here"]}),
        ({"last_purchase": AS_OF, "spend": 1}, "lifecycle", {UNMATCHED: ["Gone", "Here", "Here"]}),
        ({"spend": 500}, "points", {WON: ["Here"], UNMATCHED: ["First"]}),
        ({"city": "Rome"}, "grade", {WON: ["Rest"], UNMATCHED: ["Grade"]}),
        ({}, "grade", {LOST: ["Rest"], OPEN: ["Grade"]}),
        ({"spend": 7}, "only", {LOST: ["A", "B"]}),
    ],
)
def test_the_part_each_rule_had(customer: dict[str, Any], outcome: str, roles: dict[str, list[str]]) -> None:
    explanation = decide(**customer).explain(outcome)
    found = {role: [each.rule for each in explanation.of_role(role)] for role in (WON, LOST, OPEN, UNMATCHED)}
    assert {role: rules for role, rules in found.items() if rules} == roles


def test_a_rule_that_did_not_match_shows_the_first_condition_that_decided() -> None:
    explanation = decide(last_purchase=AS_OF, phone=None).explain("lifecycle")
    [gone, *_] = explanation.of_role(UNMATCHED)
    [judgement] = gone.judgements
    assert (judgement.text, judgement.truth) == ("last_purchase > lost_after", False)
    assert [(each.name, each.value) for each in judgement.seen] == [("last_purchase", AS_OF), ("lost_after", 365)]


@pytest.mark.parametrize(
    ("customer", "outcome", "english", "chinese"),
    [
        (
            {"spend": 1, "phone": "1"},
            "lifecycle",
            ["Decided by the last resort (else): no rule above applies.", "Still possible: new, lost"],
            ["采用默认值：以上规则均不适用。", "目前为“新”，补齐资料后可能变为“流失”"],
        ),
        ({"spend": 1, "phone": "1"}, "lifecycle", ["Would settle it: last_purchase"], ["补齐“最近购买”后即可确定"]),
        ({"spend": 1}, "points", ["No rule adds anything to it."], ["没有规则为其增加内容。"]),
        (
            {},
            "grade",
            ["grade: no answer (undecided)", "Data is missing, and this outcome is then left undecided."],
            ["等级：没有结论（待定）", "资料不全，该结论按规定待定。", "仍可能为“低”或“高”"],
        ),
        (
            {"spend": 7},
            "only",
            ["Only one rule may match, and these do:", "rule “A” (shop.rules:19) → a"],
            ["只允许一条规则符合，而下列规则同时符合："],
        ),
        ({"spend": 99}, "only", ["only: no answer (no rule)", "false: spend = 7"], ["唯一值：没有结论（无适用规则）"]),
        ({"spend": 500}, "points", ["Adds up from:", "first_order blank"], ["合计自：", "首单空白"]),
        (
            {"phone": "1"},
            "lifecycle",
            ["can't tell: last_purchase > lost_after (last_purchase missing"],
            ["无法判断：", "最近购买缺失"],
        ),
    ],
)
def test_in_words(customer: dict[str, Any], outcome: str, english: list[str], chinese: list[str]) -> None:
    decision = decide(**customer)
    for lang, wanted in (("en", english), ("zh", chinese)):
        text = decision.why(outcome, lang=lang)
        assert [each for each in wanted if each not in text] == [], text


def test_the_reader_of_the_file_is_the_one_addressed() -> None:
    assert decide(**GONE).why("lifecycle") == decide(**GONE).why("lifecycle", lang="en")


def test_of_many_rules_the_first_are_listed() -> None:
    rules = [rule(f"r{each}", when(compare(field("x"), "=", each), o="x")) for each in range(30)]
    text = rulelang.Ruleset(model(Field("x", NUMBER), Outcome("o", TEXT), *rules)).decide({"x": -1}, AS_OF).why("o")
    assert text.count("rule “") == 20
    assert "… and 10 more" in text


def test_rules_without_a_file_are_spelt_plainly() -> None:
    old = e.AgeComparison(">", field("d", DATE), days(30))
    elsewhere = e.Not(e.OneOf(field("t", TEXT), (literal("a"), literal("c"))))
    rules = model(
        Field("d", DATE), Field("t", TEXT), Outcome("o", TEXT), rule("r", when(e.And((old, elsewhere)), o="x"))
    )
    text = rulelang.Ruleset(rules).decide({"d": date(2026, 1, 1), "t": "b"}, AS_OF).why("o")
    assert "true: d > 30 days (d = 2026-01-01)" in text
    assert 'true: not t is one of "a", "c" (t = b)' in text
