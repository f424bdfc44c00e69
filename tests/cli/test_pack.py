"""``rulelang pack``: a rulepack, and the commands that take one in place of rules."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """\
use retail
field member_card (会员卡号): text
field spend (消费): whole number
outcome card (卡): one of right (对), wrong (错)
outcome score: whole number, sum
if luhn_valid(member_card) then card = right otherwise card = wrong
if spend > 10 then add 2 to score
example "Fine":
  given member_card = "79927398713"
  expect card = right
"""


@pytest.fixture
def packed(call: Call) -> str:
    Path("cards.rules").write_text(RULES, "utf-8")
    Path("cards.samples.csv").write_text("name,spend,expect score\nrich,11,2\npoor,10,0\n", "utf-8")
    Path("customers.csv").write_text("member_card,spend\n79927398713,5\n1234,20\n", "utf-8")
    result = call("pack", "cards.rules", "-o", "cards.rulepack")
    assert (0, "") == (result.exit_code, result.stdout)
    assert "cards.rulepack" in result.stderr
    return "cards.rulepack"


@pytest.mark.parametrize(
    "command",
    [
        ["run", "RULES", "customers.csv", "-o", "-", "--as-of", "2026-06-01"],
        ["explain", "RULES", "member_card=1234", "spend=20", "--as-of", "2026-06-01"],
        ["show", "RULES", "--format", "json"],
        ["show", "RULES", "--lang", "zh"],
        ["check", "RULES"],
        ["test", "RULES", "--format", "json"],
    ],
)
def test_commands_take_it_in_place_of_the_rules(call: Call, packed: str, command: list[str]) -> None:
    by_rules, by_pack = (
        call(*(name if each == "RULES" else each for each in command)) for name in ("cards.rules", packed)
    )
    assert (0, 0) == (by_rules.exit_code, by_pack.exit_code)
    assert by_rules.stdout.replace("cards.rules", packed) == by_pack.stdout.replace("cards.rules", packed)


def test_samples_beside_it_and_examples_in_it_are_tried(call: Call, packed: str) -> None:
    Path("cards.rules").unlink()
    result = call("test", packed)
    assert 0 == result.exit_code
    assert "3" in result.stdout


def test_a_folder_counts_its_rules_once(call: Call, packed: str) -> None:
    assert call("test", "cards.rules").stdout == call("test", ".").stdout


def test_a_changed_pack_is_refused(call: Call, packed: str) -> None:
    path = Path(packed)
    path.write_text(path.read_text("utf-8").replace("79927398713", "79927398714"), "utf-8")
    for command in (["run", packed, "customers.csv"], ["show", packed], ["check", packed], ["test", packed]):
        result = call(*command)
        assert 1 == result.exit_code
        assert "rulepack-changed" in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["cards.rules", "-o", "cards.json"], 2, "rulepack-ending"),
        (["cards.rules"], 2, "-o"),
        (["wrong.rules", "-o", "x.rulepack"], 1, "unknown-name"),
        (["cards.rules", "-o", "no/x.rulepack"], 2, "no-such-folder"),
    ],
)
def test_nothing_is_written_where_the_call_or_the_rules_are_wrong(
    call: Call, packed: str, arguments: list[str], code: int, said: str
) -> None:
    Path("wrong.rules").write_text(RULES + "if spnd > 3 then score = 1\n", "utf-8")
    before = sorted(Path().iterdir())
    result = call("pack", *arguments)
    assert code == result.exit_code
    assert said in result.stderr
    assert before == sorted(Path().iterdir())


# --- functions of plug-ins in commands ---


@pytest.mark.parametrize(
    ("lang", "text"), [("en", "luhn_valid(number: text): yes or no"), ("zh", "校验位正确（号码：文本）：是否")]
)
def test_functions_are_listed(call: Call, packed: str, lang: str, text: str) -> None:
    assert text in call("plugins", "--lang", lang).stdout
    assert text in call("show", "cards.rules", "--lang", lang).stdout


def test_functions_are_listed_for_other_programs(call: Call, packed: str) -> None:
    (function,) = json.loads(call("show", packed, "--format", "json").stdout)["functions"]
    assert function in json.loads(call("plugins", "--format", "json").stdout)["functions"]
    assert ("luhn_valid", "yes or no", "retail") == tuple(function[each] for each in ("name", "result", "plugin"))
    assert [{"name": "number", "label": "号码", "type": "text"}] == function["parameters"]


def test_a_function_is_translated_there_and_back(call: Call, packed: str) -> None:
    chinese = call("translate", "cards.rules", "--to", "zh").stdout
    assert "校验位正确（会员卡号）" in chinese
    Path("zh.rules").write_text(chinese, "utf-8")
    back = call("translate", "zh.rules", "--to", "en").stdout
    Path("en.rules").write_text(back, "utf-8")
    shown = {json.loads(call("show", each, "--format", "json").stdout)["fingerprint"] for each in ("zh.rules", packed)}
    assert 1 == len(shown)
    assert "if luhn_valid(member_card)" in back
    call("fmt", "zh.rules")
    assert "校验位正确（会员卡号）" in Path("zh.rules").read_text("utf-8")
