"""``rulelang explain`` beyond why: ``--why-not``, ``--margins``, ``--worth-asking``."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """\
threshold gold_at (金卡线) = 100
field spend (消费): number
field visits (到访): whole number
field phone (手机): text, personal
outcome tier (等级): one of gold (金), silver (银), else silver, undecided when data is missing
outcome metal: one of gold, tin, else tin
rule "Rich" ("富裕"): if spend >= gold_at and visits >= 3 then tier = gold
"""


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("a.rules").write_text(RULES, encoding="utf-8")
    Path("data.csv").write_text("spend,visits,phone\n50,5,1\n,5,1\n,2,1\n200,,1\n,,1\n", encoding="utf-8")


def test_why_not_and_the_nearest_change(call: Call) -> None:
    result = call("explain", "a.rules", "spend=50", "visits=1", "--why-not", "tier=gold")
    assert (0, "") == (result.exit_code, result.stderr)
    told = result.stdout.partition("tier: why not gold")[2]
    assert "false: spend >= gold_at (spend = 50, gold_at = 100)" in told
    assert "false: visits >= 3 (visits = 1)" in told
    assert "spend: 50 → 100 (50 more)" in told and "visits: 1 → 3 (2 more)" in told


def test_in_chinese_with_costs_and_kept_fields(call: Call) -> None:
    result = call("explain", "a.rules", "消费=50", "到访=5", "--why-not", "等级=金", "--lang", "zh")
    assert "等级为什么不是金" in result.stdout and "消费：50 → 100（多50）" in result.stdout
    kept = call("explain", "a.rules", "消费=50", "到访=5", "--why-not", "等级=金", "--keep", "消费", "--lang", "zh")
    assert "没有找到能得到金的改变" in kept.stdout


def test_margins(call: Call) -> None:
    found = json.loads(call("explain", "a.rules", "spend=50", "visits=5", "--margins", "--format", "json").stdout)
    assert [("spend", 50, 100, False), ("visits", 5, 2, True)] == [
        (each["field"], each["value"], each["turns_at"], each["truth"]) for each in found["margins"]
    ]
    assert "50 more" in call("explain", "a.rules", "spend=50", "visits=5", "--margins").stdout


def test_what_is_worth_asking_for(call: Call) -> None:
    result = call("explain", "a.rules", "data.csv", "--worth-asking")
    assert (0, "") == (result.exit_code, result.stderr)
    assert "tier: 3 of 5 open (60.0%)" in result.stdout
    lines = [line.split() for line in result.stdout.splitlines() if line.startswith(("  spend", "  visits"))]
    assert [["visits", "2", "1", "33.3%", "1"], ["spend", "2", "1", "33.3%", "1"]] == sorted(lines, reverse=True)
    found = json.loads(call("explain", "a.rules", "data.csv", "--worth-asking", "--format", "json").stdout)
    assert ["tier"] == [each["name"] for each in found["outcomes"]]
    assert 3 == found["outcomes"][0]["together"][-1]["closed"]


def test_a_field_that_is_kept_is_not_named_among_those_that_may_change(call: Call) -> None:
    Path("b.rules").write_text(
        "field income: number, changeable (cost 1)\nfield debt: number, changeable (cost 5)\n"
        "outcome grade: one of good, poor, else poor\nif income > 10 and debt < 5 then grade = good\n",
        "utf-8",
    )
    wanted = ("explain", "b.rules", "income=1", "debt=9", "--why-not", "good")
    assert "Nearest change that brings good (cost 6):\n" in call(*wanted).stdout
    kept = call(*wanted, "--keep", "debt").stdout
    assert "  No change found that brings good (changeable: income).\n" in kept


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--why-not", "platinum"), "no-such-answer"),
        (("--why-not", "gold"), "several-outcomes"),
        (("--why-not", "tier=tin"), "no-such-answer"),
        (("--why-not", "tier=gold", "--keep", "spent"), "unknown-field-option"),
        (("--why-not", "tier=gold", "--cost", "spend=dear"), "not-a-pair"),
    ],
)
def test_wrong_calls(call: Call, arguments: tuple[str, ...], code: str) -> None:
    result = call("explain", "a.rules", "spend=50", *arguments)
    assert (2, True) == (result.exit_code, code in result.stderr)


SHOP = """\
field name (姓名): text
field spend (消费): money in EUR
field orders (订单): list of order (status (状态): one of paid (已付), open (未付))
outcome group (客群): one of top (头部), rest (其余)
outcome campaign (活动): yes or no, else no
outcome offer (优惠): one of big (大), none_ (无优惠), else none_
let paid (已付单数) = count of orders where (status is paid)
rule "Top": if spend in the top 20% then group = top
otherwise group = rest
rule "In": if paid >= 3 then campaign = yes
rule "Offer": if campaign is yes then offer = big
"""
BASE = [{"name": f"n{number}", "spend": number * 10, "orders": [{"status": "paid"}]} for number in range(1, 11)]


@pytest.fixture
def shop(files: None) -> None:
    Path("shop.rules").write_text(SHOP, encoding="utf-8")
    Path("shop.json").write_text(json.dumps(BASE), encoding="utf-8")


def test_why_not_of_places_and_records(call: Call, shop: None) -> None:
    asked = ("--why-not", "top", "--why-not", "big")
    told = call("explain", "shop.rules", "shop.json", "name=n5", *asked).stdout
    assert "by the cut points as they are now:\n    spend: €50 → €90 (€40 more)" in told
    assert "  campaign (now no): why not yes\n    rule “In” (shop.rules:10) → yes\n      false: paid >= 3" in told
    assert "    orders: 2 more (such as status paid)" in told
    told = call("explain", "shop.rules", "shop.json", "姓名=n5", *asked, "--lang", "zh").stdout
    assert "按目前的分界点：\n    消费：50欧元 → 90欧元（多40欧元）" in told
    assert "  活动（现为否）为什么不是“是”：" in told and "    订单：再有2条（如状态＝已付）" in told
    alone = call("explain", "shop.rules", "spend=50", "--why-not", "top").stdout
    assert "places among all customers were not tried" in alone


def test_why_not_of_a_branch_that_is_passed_over(call: Call, shop: None) -> None:
    told = call("explain", "shop.rules", "shop.json", "name=n10", "--why-not", "rest").stdout
    assert (
        "  rule “Top” (shop.rules:9) → rest\n    an earlier branch of the rule applies:\n      true: spend in" in told
    )
    zh = call("explain", "shop.rules", "shop.json", "name=n10", "--why-not", "rest", "--lang", "zh").stdout
    assert "    同一规则中前面的分支已成立：\n      成立：消费" in zh


def test_margins_of_what_is_reckoned_of_records(call: Call, shop: None) -> None:
    asked = ("explain", "shop.rules", "shop.json", "name=n5", "--margins")
    found = json.loads(call(*asked, "--format", "json").stdout)["margins"]
    assert [("paid", 1, 3, False)] == [
        (each["field"], each["value"], each["turns_at"], each["truth"]) for each in found
    ]
    assert "已付单数" in call(*asked, "--lang", "zh").stdout


def test_a_cost_does_not_tell_what_is_starred(call: Call) -> None:
    rules = "field income: money in CNY, sensitive, changeable (cost 1 per 100)\noutcome limit: one of low, high\n"
    Path("a.rules").write_text(rules + "if income >= 50000 then limit = high otherwise limit = low\n", encoding="utf-8")
    asked = ("explain", "a.rules", "income=8000", "--why-not", "high")
    starred = call(*asked).stdout
    assert "Nearest change that brings high:\n    income: *** → ***\n" in starred
    assert "(cost 420):\n    income: ¥8000 → ¥50,000" in call(*asked, "--reveal").stdout
    assert '"cost": null' in call(*asked, "--format", "json").stdout


def test_the_rule_that_goes_before_is_named(call: Call) -> None:
    Path("veto.rules").write_text(
        "field refuses: yes or no\nfield score: number\noutcome grade (等级): one of low (低), high (高)\n"
        'rule "Points": if score < 5 then grade = low otherwise grade = high\n'
        'rule "Veto" ("否决"), priority 1: if refuses is yes then grade = high because "refuses"\n',
        "utf-8",
    )
    told = call("explain", "veto.rules", "refuses=yes", "score=9", "--why-not", "grade=low").stdout
    after = told[told.index("why not low") :]
    assert "What goes before and applies:\n    rule “Veto”" in after
    assert (
        "先于它们且适用的规则："
        in call("explain", "veto.rules", "refuses=yes", "score=9", "--why-not", "grade=low", "--lang", "zh").stdout
    )
    # Nothing goes before where only the rule's own condition fails.
    assert "goes before" not in call("explain", "veto.rules", "refuses=no", "score=9", "--why-not", "grade=low").stdout


def test_what_closes_nothing_more_is_not_worth_a_line(call: Call) -> None:
    Path("ask.rules").write_text(
        "field a: yes or no\nfield b: yes or no\nfield c: yes or no\noutcome x: one of p, q\n"
        "if a then x = p\nif a is no and b and c then x = q\n",
        "utf-8",
    )
    Path("ask.csv").write_text("id,a,b,c\n1,,no,yes\n2,,,\n3,no,yes,\n", "utf-8")
    told = json.loads(call("explain", "ask.rules", "ask.csv", "--worth-asking", "--format", "json").stdout)
    closed = [each["closed"] for outcome in told["outcomes"] for each in outcome["together"]]
    assert closed == sorted(set(closed)) and closed
