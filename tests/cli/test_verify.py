"""``rulelang explain --certificate`` and ``rulelang verify``."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """\
ruleset "Tiers" ("等级") version 2
threshold gold_at (金卡线) = 100
field spend (消费): number
field phone (手机): text, personal
outcome tier (等级): one of gold (金), silver (银), else silver
rule "Rich" ("富裕"): if spend >= gold_at and phone is known then tier = gold because "spent {spend}" ("消费{spend}")
"""


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("a.rules").write_text(RULES, encoding="utf-8")


def test_a_certificate_is_written_and_holds(call: Call) -> None:
    made = call("explain", "a.rules", "spend=200", "手机=138", "--as-of", "2026-06-30", "--certificate", "c.json")
    assert (0, True) == (made.exit_code, "written to c.json" in made.stderr)
    result = call("verify", "c.json")
    assert (0, "") == (result.exit_code, result.stderr)
    assert "tier: gold (decided): holds\n  spent 200" in result.stdout
    assert "whether the inputs are the customer's it can't tell.\n" in result.stdout
    assert "等级：金（确定）：成立\n  消费200" in call("verify", "c.json", "a.rules", "--lang", "zh").stdout
    assert json.loads(call("verify", "c.json", "--format", "json").stdout)["holds"] is True


def test_a_change_is_noticed(call: Call) -> None:
    call("explain", "a.rules", "spend=200", "phone=138", "--certificate", "c.json")
    content = Path("c.json").read_text("utf-8")
    Path("c.json").write_text(content.replace('"gold"', '"silver"', 1), "utf-8")
    result = call("verify", "c.json")
    assert (1, True) == (result.exit_code, "certificate-changed" in result.stderr)


def test_rules_that_changed_since(call: Call) -> None:
    call("explain", "a.rules", "spend=200", "phone=138", "--certificate", "c.json", "--with-rules")
    Path("a.rules").write_text(RULES.replace("= 100", "= 150"), "utf-8")
    assert 0 == call("verify", "c.json").exit_code
    result = call("verify", "c.json", "a.rules")
    assert (1, True) == (result.exit_code, "certificate-other-rules" in result.stderr)


def test_masked_and_given(call: Call) -> None:
    call("explain", "a.rules", "spend=200", "phone=138", "--certificate", "c.json", "--mask", "personal")
    assert "138" not in Path("c.json").read_text("utf-8").replace("checksum", "").split('"outcomes"')[0]
    result = call("verify", "c.json")
    assert (1, True) == (result.exit_code, "certificate-masked" in result.stderr)
    assert "not replayed" in result.stdout
    result = call("verify", "c.json", "--given", "手机=138")
    assert 0 == result.exit_code
    assert "holds with the phone that you gave; whether it is the true one can't be told" in result.stdout
    assert "以您给出的手机重放，成立" in call("verify", "c.json", "--given", "手机=138", "--lang", "zh").stdout
    result = call("verify", "c.json", "--given", "spend=200")
    assert (0 != result.exit_code, True) == (True, "certificate-not-masked" in result.stderr)


def test_a_threshold_that_was_set(call: Call) -> None:
    call("explain", "a.rules", "spend=200", "phone=138", "--certificate", "c.json", "--set", "金卡线=180")
    assert 0 == call("verify", "c.json").exit_code


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("verify", "gone.json"), "no-such-file", 2),
        (("verify", "a.rules"), "certificate-unreadable", 1),
        (("explain", "a.rules", "spend=1", "--certificate", "c.json", "--mask", "phon"), "unknown-field-option", 2),
    ],
)
def test_what_is_refused(call: Call, arguments: tuple[str, ...], code: str, exit_code: int) -> None:
    result = call(*arguments)
    assert (exit_code, True) == (result.exit_code, code in result.stderr)
