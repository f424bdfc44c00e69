"""A ruleset that ships is called by its name, and what it declares by its labels where the reader reads Chinese."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Call

TIERS = "零售/会员等级"


@pytest.mark.parametrize(("lang", "place"), [("zh", "（会员等级 第37行）"), ("en", "(retail/tiers:37)")])
def test_rules_are_placed_by_the_rulesets_name(call: Call, lang: str, place: str) -> None:
    done = call("explain", TIERS, "spend_12m=6000", "--lang", lang)
    assert place in done.stdout
    assert "site-packages" not in done.stdout and "tiers.rules" not in done.stdout


def test_a_ruleset_is_shown_in_chinese_units(call: Call) -> None:
    done = call("show", TIERS, "--lang", "zh")
    assert "2万元" in done.stdout and "可改变（每500元代价1）" in done.stdout and "金额（元）" in done.stdout
    assert "CNY" not in done.stdout and "tiers.rules" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--why-not", "白金"), "“白金”不是会员等级、折扣率"),
        (("--set", "银卡消费线=4000天"), "不能作为阈值“银卡消费线”的值"),
        (("--set", "银卡消费线=4000天"), "--set 银卡消费线=5000元"),
    ],
)
def test_messages_name_what_the_ruleset_declares_by_its_label(
    call: Call, arguments: tuple[str, str], message: str
) -> None:
    done = call("explain", TIERS, "近一年消费=6000", *arguments, "--lang", "zh")
    assert done.exit_code == 2
    assert message in done.stderr
