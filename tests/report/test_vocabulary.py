"""A ruleset as data and as tables."""

from datetime import date
from decimal import Decimal

import pytest

from rulelang.engine.loading.reading import loads
from rulelang.report.terminal import Style
from rulelang.report.vocabulary import as_text, type_text, value_text, vocabulary_json
from rulelang.values.durations import Duration
from rulelang.vocabulary import types as t

RULES = """\
ruleset "Tiers" ("等级") version 2
threshold gold_at (金卡线) = CNY 10,000; CNY 12,000 from 2027-01-01 "Spending for gold" ("金卡的消费")
field spend (消费): money in CNY, at least 0, required
outcome tier (等级): one of gold (金), silver (银), else silver
rule "Gold" ("金卡"): if spend >= gold_at then tier = gold
rule "Off" switched off: if spend > CNY 1 then tier = silver
"""
LEVELS = t.Choice((t.Member("low", "低"), t.Member("high", "高")), ordered=True)


@pytest.mark.parametrize(
    ("type_", "english", "chinese"),
    [
        (t.YesNo(), "yes or no", "是否"),
        (t.Text(), "text", "文本"),
        (t.Number(), "number", "数字"),
        (t.Number(0), "whole number", "整数"),
        (t.Number(percent=True), "percent", "百分比"),
        (t.Money("CNY"), "money in CNY", "金额（元）"),
        (t.Money(), "money", "金额"),
        (t.Date(), "date", "日期"),
        (t.Date(may_be_future=True), "date, may be future", "日期，可为未来"),
        (t.Length("days"), "length in days", "时长（天）"),
        (LEVELS, "low < high", "低＜高"),
        (t.Choice(LEVELS.members), "one of low, high", "分为低、高"),
        (t.ListOf("order"), "list of order", "order的明细"),
    ],
)
def test_a_type_in_both_languages(type_: t.Type, english: str, chinese: str) -> None:
    assert (english, chinese) == (type_text(type_, "en"), type_text(type_, "zh"))


@pytest.mark.parametrize(
    ("value", "type_", "english", "chinese"),
    [
        (Decimal("1234567.50"), t.Money("CNY"), "CNY 1,234,567.50", "1234567.50元"),
        (10000, t.Money(), "10,000", "10,000"),
        (Decimal("0.15"), t.Number(percent=True), "15%", "15%"),
        ("low", LEVELS, "low", "低"),
        (Duration(365, "days"), t.Length("days"), "365 days", "365天"),
        (date(2026, 1, 31), t.Date(), "2026-01-31", "2026年1月31日"),
        (True, t.YesNo(), "yes", "是"),
    ],
)
def test_a_value_in_both_languages(value: object, type_: t.Type, english: str, chinese: str) -> None:
    assert (english, chinese) == (value_text(value, type_, "en"), value_text(value, type_, "zh"))


def test_a_ruleset_as_data() -> None:
    ruleset = loads(RULES, "tiers.rules")
    facts = vocabulary_json(ruleset.model, ruleset.fingerprint)
    assert {"fingerprint", "fields", "outcomes", "thresholds", "rules"} <= set(facts)
    assert ruleset.fingerprint == facts["fingerprint"]
    assert ("Tiers", "等级", 2) == tuple(facts[key] for key in ("name", "label", "version"))
    (field,), (outcome,), (threshold,) = facts["fields"], facts["outcomes"], facts["thresholds"]
    assert ("spend", "消费", "money in CNY", True, 0) == tuple(
        field[key] for key in ("name", "label", "type", "required", "at_least")
    )
    assert ("tier", "first", "silver") == tuple(outcome[key] for key in ("name", "policy", "else"))
    assert [{"name": "gold", "label": "金"}, {"name": "silver", "label": "银"}] == outcome["values"]
    assert (10000, [{"from": "2027-01-01", "value": 12000}]) == (threshold["value"], threshold["dated"])
    assert [("Gold", ["tier"], False, 5), ("Off", ["tier"], True, 6)] == [
        (each["name"], each["outcomes"], each["switched_off"], each["line"]) for each in facts["rules"]
    ]


def test_a_ruleset_as_tables_in_both_languages() -> None:
    ruleset = loads(RULES, "tiers.rules")
    english = as_text(ruleset.model, ruleset.fingerprint, "en", Style())
    assert f"Tiers version 2\nfingerprint {ruleset.fingerprint}\n" in english
    assert "Fields (1)\n  spend  消费  money in CNY\n" in english
    assert "  tier  等级  one of gold, silver  first rule wins  else silver\n" in english
    assert "  gold_at  金卡线  CNY 10,000; CNY 12,000 from 2027-01-01  Spending for gold\n" in english
    assert "  Gold  → tier  tiers.rules:5\n  Off   → tier  tiers.rules:6  switched off" in english
    chinese = as_text(ruleset.model, ruleset.fingerprint, "zh", Style())
    assert "等级 第2版\n指纹 " in chinese
    assert "  等级  tier  分为金、银  取首条  默认为银\n" in chinese
    assert "  金卡线  gold_at  1万元，自2027年1月1日起1.2万元  金卡的消费\n" in chinese
    assert "  金卡  → 等级  tiers.rules 第5行\n  Off   → 等级  tiers.rules 第6行  已停用" in chinese
