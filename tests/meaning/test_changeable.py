"""Fields declared changeable: read and printed in both languages, kept in rulepacks, no part of the fingerprint."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.position import Source
from rulelang.engine.rulepack import read_pack
from rulelang.pipeline import read_sources
from rulelang.report.vocabulary import vocabulary_json
from rulelang.syntax.format import format_text
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Changeable

ENGLISH = """\
field income (月收入): money in CNY, at least 0, changeable (cost 1 per 1000)
field plan (方案): one of basic (基础), plus (升级), changeable (cost 5)
field visits (到店次数): whole number, changeable
field since (入会日期): date, changeable (cost 0.5 per 7 days)
field tenure (在职月数): duration in months, changeable (cost 2 per 6 months)
field age (年龄): whole number
outcome tier (等级): one of gold (金), silver (银), else silver
if income > ¥100 and plan is plus and visits > 3 then tier = gold
if since > 30 days and tenure > 1 year and age > 17 then tier = gold
"""
CHINESE = """\
字段月收入（income）：金额（元），不低于0，可改变（每1000代价1）
字段方案（plan）：分为基础（basic）、升级（plus），可改变（代价5）
字段到店次数（visits）：整数，可改变
字段入会日期（since）：日期，可改变（每7天代价0.5）
字段在职月数（tenure）：时长（月），可改变（每6个月代价2）
字段年龄（age）：整数
结论等级（tier）：分为金（gold）、银（silver），默认为银
如果月收入超过100元且方案为升级且到店次数超过3，那么等级为金
如果入会日期超过30天且在职月数超过1年且年龄超过17，那么等级为金
"""
DECLARED = {
    "income": Changeable(1, 1000),
    "plan": Changeable(5),
    "visits": Changeable(),
    "since": Changeable(Decimal("0.5"), Duration(7, "days")),
    "tenure": Changeable(2, Duration(6, "months")),
}


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_what_is_changeable_is_read_in_both_languages(text: str) -> None:
    fields = rulelang.loads(text).model.fields
    assert DECLARED == {name: each.changeable for name, each in fields.items() if each.changeable is not None}
    assert [] == [each.code for each in read_sources([Source("x.rules", text)], Path()).diagnostics]


@pytest.mark.parametrize(
    ("written", "cost"),
    [
        ("field x: number, can be changed (costs 2 for every 3)", Changeable(2, 3)),
        ("field x: number, changeable (per 3 cost 2)", Changeable(2, 3)),
        ("字段x：数字，可以改变（代价为2每3）", Changeable(2, 3)),
        ("字段x：数字，可改变", Changeable()),
    ],
)
def test_other_ways_to_say_it(written: str, cost: Changeable) -> None:
    assert cost == rulelang.loads(f"{written}\nif x > 1 then y = 1\n").model.fields["x"].changeable


def test_printing_keeps_it_in_either_language() -> None:
    assert ENGLISH == format_text(Source("x.rules", ENGLISH)).text
    assert CHINESE == format_text(Source("x.rules", CHINESE)).text
    for text, language, costs in (
        (
            ENGLISH,
            "zh",
            (
                "可改变（每1000代价1）",
                "可改变（代价5）",
                "可改变\n",
                "可改变（每7天代价0.5）",
                "可改变（每6个月代价2）",
            ),
        ),
        (
            CHINESE,
            "en",
            ("(cost 1 per 1000)", "(cost 5)", "changeable\n", "(cost 0.5 per 7 days)", "(cost 2 per 6 months)"),
        ),
    ):
        translated = format_text(Source("x.rules", text), language).text
        assert [] == [each for each in costs if each not in translated]


def test_it_is_no_part_of_the_fingerprint() -> None:
    without = "\n".join(line.partition(", changeable")[0] for line in ENGLISH.splitlines()) + "\n"
    assert "changeable" not in without
    prints = {rulelang.loads(each).fingerprint for each in (ENGLISH, CHINESE, without)}
    assert 1 == len(prints)


def test_a_rulepack_keeps_it(tmp_path: Path) -> None:
    rules = rulelang.loads(ENGLISH)
    rules.save(tmp_path / "x.rulepack")
    assert rules.model.fields == read_pack(tmp_path / "x.rulepack").fields


def test_other_programs_are_told() -> None:
    rules = rulelang.loads(ENGLISH)
    told = {each["name"]: each["changeable"] for each in vocabulary_json(rules.model, rules.fingerprint)["fields"]}
    assert {"cost": "1", "per": 1000} == told["income"]
    assert {"cost": "5", "per": None} == told["plan"]
    assert told["age"] is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("list of order (paid_on: date), changeable", "change-type"),
        ("number, changeable (cost 3 days)", "change-cost"),
        ("number, changeable (cost -1)", "change-cost"),
        ("number, changeable (cost yes)", "change-cost"),
        ("number, changeable (cost 1 per 0)", "change-per"),
        ("number, changeable (cost 1 per 30 days)", "change-per"),
        ("date, changeable (cost 1 per 2 months)", "change-per"),
        ("date, changeable (cost 1 per 5)", "change-per"),
        ("text, changeable (cost 1 per 5)", "change-per"),
        ("yes or no, changeable (cost 1 per 5)", "change-per"),
        ("money in CNY, changeable (cost 1 per $5)", "change-per"),
    ],
)
def test_what_does_not_fit_is_said(written: str, code: str) -> None:
    found = read_sources([Source("x.rules", f"field x: {written}\nfield z: number\nif z > 1 then y = 1\n")], Path())
    assert code in [each.code for each in found.diagnostics]


@pytest.mark.parametrize("name", ["age", "customer_age", "birth_date", "gender", "年龄", "出生日期", "性别"])
def test_what_nobody_can_change_is_pointed_out(name: str) -> None:
    text = f"field {name}: number, changeable\nif {name} > 1 then y = 1\n"
    codes = [each.code for each in read_sources([Source("x.rules", text)], Path()).diagnostics]
    assert "change-unchangeable" in codes
    assert "change-unchangeable" not in [
        each.code for each in read_sources([Source("x.rules", text.replace(name, "average"))], Path()).diagnostics
    ]
