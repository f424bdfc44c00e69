"""``rulelang new``: a ruleset and a plug-in that work as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Call

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
PLUGIN = "rulelang-my-trade/rulelang_my_trade"


@LANGUAGES
@pytest.mark.parametrize("name", ["follow-up", "跟进 2026"])
def test_a_new_ruleset_passes_its_samples_and_has_no_finding(call: Call, lang: str, name: str) -> None:
    result = call("new", "ruleset", name, "--lang", lang)
    assert (0, f"{name}.rules\n{name}.samples.csv\n") == (result.exit_code, result.stdout)
    assert 0 == call("test", "--min-coverage", "100").exit_code
    assert [] == json.loads(call("check", ".", "--format", "json").stdout)["diagnostics"]
    assert 0 == call("fmt", "--check", ".").exit_code


def test_both_languages_start_with_the_same_rules(call: Call) -> None:
    call("new", "ruleset", "one", "--lang", "en")
    call("new", "ruleset", "One", "--lang", "zh")
    shown = [json.loads(call("show", f"{name}.rules", "--format", "json").stdout) for name in ("one", "One")]
    assert shown[0]["fingerprint"] == shown[1]["fingerprint"]
    assert "规则“久未联系”" in Path("One.rules").read_text("utf-8")


@LANGUAGES
def test_a_new_plugin_is_written_in_the_reader_s_language(call: Call, lang: str) -> None:
    result = call("new", "plugin", "my_trade", "--label", "我的行业", "--lang", lang)
    assert 0 == result.exit_code
    assert 9 == len(result.stdout.splitlines())
    assert not [each for each in Path().rglob("*") if each.is_file() and re.search(r"@\w+@", each.read_text("utf-8"))]
    rules = Path(PLUGIN, "rulesets/next-step.rules").read_text("utf-8")
    assert {"en": "\nuse my_trade\n", "zh": "\n使用my_trade\n"}[lang] in rules


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("package", "x"), "bad-choice"),
        (("plugin", "My Trade"), "plugin-name"),
        (("plugin", "我的行业"), "plugin-name"),
        (("plugin", "../x"), "plugin-name"),
        (("ruleset", "../x"), "ruleset-name"),
        (("ruleset", ".x"), "ruleset-name"),
    ],
)
@LANGUAGES
def test_a_wrong_call_writes_nothing(call: Call, arguments: tuple[str, ...], code: str, lang: str) -> None:
    result = call("new", *arguments, "--lang", lang)
    assert (2, "") == (result.exit_code, result.stdout)
    assert code in result.stderr
    assert [] == list(Path().iterdir())


def test_nothing_is_ever_overwritten(call: Call) -> None:
    Path("mine.samples.csv").write_text("mine", "utf-8")
    result = call("new", "ruleset", "mine")
    assert (2, "") == (result.exit_code, result.stdout)
    assert "file-there" in result.stderr
    assert ["mine.samples.csv"] == [each.name for each in Path().iterdir()]
