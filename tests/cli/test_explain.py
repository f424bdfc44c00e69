"""``rulelang explain``, ``show`` and ``plugins``."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """\
ruleset "Tiers" ("等级") version 2
threshold gold_at (金卡线) = 100
field spend (消费): number
field phone (手机): text
outcome tier (等级): one of gold (金), silver (银), else silver
rule "Rich" ("富裕"): if spend >= gold_at and phone is known then tier = gold because "spent {spend}" ("消费{spend}")
"""
DATA = "id,spend,phone\n1,50,\n2,200,138\n"


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("a.rules").write_text(RULES, encoding="utf-8")
    Path("data.csv").write_text(DATA, encoding="utf-8")


def test_a_customer_given_by_values(call: Call) -> None:
    result = call("explain", "a.rules", "spend=200", "手机＝138")
    assert (0, "") == (result.exit_code, result.stderr)
    assert result.stdout.startswith("tier: gold (decided)")
    assert "Rich" in result.stdout
    assert "spent 200" in result.stdout


def test_a_customer_who_is_a_row_of_the_data(call: Call) -> None:
    assert "tier: gold (decided)" in call("explain", "a.rules", "data.csv", "--row", "3").stdout
    assert "tier: silver (decided)" in call("explain", "a.rules", "data.csv", "--row", "2").stdout


@pytest.mark.parametrize("who", ["id=2", "ID＝2", "phone=138", "手机=138", "消费=200"])
def test_a_customer_who_is_named_by_a_column(call: Call, who: str) -> None:
    assert "tier: gold (decided)" in call("explain", "a.rules", "data.csv", who).stdout
    assert "tier: gold (decided)" in call("explain", "a.rules", "data.csv", "id=2", who).stdout


def test_a_column_that_is_only_checked_is_known_by_its_field(call: Call) -> None:
    Path("c.rules").write_text("use crm\n" + RULES.replace("field phone (手机): text\n", ""), "utf-8")
    Path("own.csv").write_text("Client no,spend,phone\nK1,50,\nK2,200,138\n", "utf-8")
    for who in ("customer_id=K2", "客户编号=K2", "client NO=k2"):
        result = call("explain", "c.rules", "own.csv", who, "--map", "Client no=customer_id")
        assert "tier: gold (decided)" in result.stdout, result.stderr


def test_the_same_in_chinese(call: Call) -> None:
    result = call("explain", "a.rules", "消费=200", "手机=138", "--lang", "zh")
    assert result.stdout.startswith("等级：金（确定）")
    assert "消费200" in result.stdout
    assert "基准日" in result.stdout


def test_what_is_missing_is_named(call: Call) -> None:
    unknown = json.loads(call("explain", "a.rules", "phone=1", "--format", "json", "--as-of", "2026-01-31").stdout)
    tier = unknown["outcomes"]["tier"]
    assert ("silver", "provisional", ["spend"]) == (tier["value"], tier["standing"], tier["missing"])
    assert {"gold", "silver"} == set(tier["possible"])
    assert "2026-01-31" == unknown["as_of"]


def test_a_threshold_can_be_set(call: Call) -> None:
    result = call("explain", "a.rules", "spend=200", "phone=1", "--set", "金卡线=500")
    assert "tier: silver" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["a.rules"], 2, "missing-argument"),
        (["a.rules", "spnd=1"], 2, "unknown-field-option"),
        (["a.rules", "spend"], 2, "not-a-pair"),
        (["a.rules", "data.csv"], 2, "which-row"),
        (["a.rules", "data.csv", "spend=120"], 2, "no-such-customer"),
        (["a.rules", "data.csv", "spnd=120"], 2, "unknown-column-option"),
        (["a.rules", "twice.csv", "spend=5"], 2, "several-customers"),
        (["a.rules", "data.csv", "spend=5", "--row", "2"], 2, "extra-argument"),
        (["a.rules", "nowhere.csv", "spend=5"], 2, "no-such-file"),
        (["m.rules", "either.csv", "--row", "2"], 1, "ambiguous-number"),
        (["a.rules", "data.csv", "--row", "1"], 2, "no-such-row"),
        (["a.rules", "data.csv", "--row", "4"], 2, "no-such-row"),
        (["a.rules", "data.csv", "--row", "x"], 2, "bad-argument"),
        (["a.rules", "nowhere.csv", "--row", "2"], 2, "no-such-file"),
        (["a.rules", "spend=1", "--outcome", "tir"], 2, "unknown-outcome"),
        (["a.rules", "spend=lots"], 1, "unreadable-value"),
        (["a.rules", "bad.csv", "--row", "2"], 1, "unreadable-value"),
    ],
)
def test_what_goes_wrong(call: Call, arguments: list[str], exit_code: int, code: str) -> None:
    Path("bad.csv").write_text("spend\nlots\n")
    Path("twice.csv").write_text("spend\n5\n5\n")
    Path("either.csv").write_text("spend\n48.500\n")
    Path("m.rules").write_text("field spend: money\nif spend > 1 then y = a\n")
    result = call("explain", *arguments)
    assert (exit_code, "") == (result.exit_code, result.stdout), result.stderr
    assert f"error {code}: " in result.stderr


def test_show_as_text_and_for_programs(call: Call) -> None:
    text = call("show", "a.rules")
    assert 0 == text.exit_code
    assert text.stdout.startswith("Tiers version 2\nfingerprint ")
    assert call("show", "a.rules", "--lang", "zh").stdout.startswith("等级 第2版\n指纹 ")
    facts = json.loads(call("show", "a.rules", "--format", "json").stdout)
    assert {"fingerprint", "fields", "outcomes", "thresholds", "rules"} <= set(facts)
    assert facts["fingerprint"] in text.stdout
    assert 2 == call("show", "nowhere.rules").exit_code


def test_plugins_are_listed(call: Call) -> None:
    Path("mine/rulesets").mkdir(parents=True)
    Path("mine/plugin.toml").write_text('name = "mine"\nversion = "1.2"\nlabel = "我的"\nsummary = "ours"\n', "utf-8")
    Path("mine/rulesets/tiers.rules").write_text(RULES, "utf-8")
    result = call("plugins", "--plugin-dir", "mine")
    assert "mine" in result.stdout and "1.2" in result.stdout and "ours" in result.stdout
    assert re.search(r"^mine/tiers +Tiers · 等级$", result.stdout, re.MULTILINE)
    facts = json.loads(call("plugins", "--plugin-dir", "mine", "--format", "json").stdout)
    assert ("mine", "1.2") in [(each["name"], each["version"]) for each in facts["plugins"]]
    shown = call("show", "mine/tiers", "--plugin-dir", "mine")
    assert 0 == shown.exit_code, shown.stderr


def test_a_plugin_that_can_not_be_loaded_is_named_and_the_rest_goes_on(call: Call) -> None:
    Path("broken").mkdir()
    Path("broken/plugin.toml").write_text("name = ")
    result = call("plugins", "--plugin-dir", "broken")
    assert 1 == result.exit_code
    assert "plug-in" in result.stdout
    assert "warning plugin-failed: The plug-in “broken”" in result.stderr


def test_a_customer_among_all(call: Call) -> None:
    Path("best.rules").write_text(
        "field spend (消费): number\noutcome best: yes or no, else no\nif spend in the top 1 then best = yes\n", "utf-8"
    )
    assert "best: yes (decided)" in call("explain", "best.rules", "data.csv", "--row", "3").stdout
    call("run", "best.rules", "data.csv", "--save-cuts", "cuts.json")
    assert "best: no (decided)" in call("explain", "best.rules", "spend=199", "--cuts", "cuts.json").stdout
    assert (
        "best: yes (decided)" in call("explain", "best.rules", "data.csv", "--row", "3", "--cuts", "cuts.json").stdout
    )
    assert "best: no (provisional)" in call("explain", "best.rules", "spend=199").stdout


def test_fields_that_are_left_alone_are_named_and_tried_when_asked_for(call: Call) -> None:
    Path("p.rules").write_text(
        "field debt (负债): number, sensitive\noutcome grade: one of A, B\n"
        "if debt <= 10 then grade = A\notherwise grade = B\n",
        encoding="utf-8",
    )
    alone = call("explain", "p.rules", "debt=30", "--why-not", "A").stdout
    assert "No change found that brings A (not tried, as they are personal or nobody can change them: debt;" in alone
    assert (
        "未试个人信息和改变不了的字段：负债"
        in call("explain", "p.rules", "debt=30", "--why-not", "A", "--lang", "zh").stdout
    )
    asked = ("explain", "p.rules", "debt=30", "--why-not", "A", "--change", "debt", "--margins")
    assert "debt: *** → ***" in call(*asked).stdout
    shown = call(*asked, "--reveal").stdout
    assert "debt: 30 → 10" in shown and "***" not in shown


def test_what_is_missing_is_filled_in_with_the_least_that_will_do(call: Call) -> None:
    Path("a.rules").write_text(
        "field aum: number\noutcome tier: one of basic, gold, wealth\n"
        "if aum >= 6000 then tier = wealth\notherwise if aum >= 50 then tier = gold\notherwise tier = basic\n",
        encoding="utf-8",
    )
    Path("none.csv").write_text("id,aum\n1,\n", encoding="utf-8")
    told = call("explain", "a.rules", "none.csv", "id=1", "--why-not", "gold").stdout
    assert "aum: missing → 50\n" in told


def test_a_customer_with_more_than_the_whole_is_explained_and_tested(call: Call) -> None:
    Path("over.rules").write_text(
        "field share: percent\nfield parts: list of part (rate: percent)\noutcome a: yes or no\n"
        'rule "r": if share > 100% then a = yes otherwise a = no\n'
        'example "over":\n  given share = 110%\n  expect a = yes\n',
        "utf-8",
    )
    Path("over.csv").write_text("id,share\n1,110%\n", "utf-8")
    result = call("explain", "over.rules", "over.csv", "--row", "2")
    assert "a: yes (decided)" in result.stdout
    assert "share = 110%" in result.stdout
    assert 0 == call("test", "over.rules").exit_code
