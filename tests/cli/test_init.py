"""``rulelang init``: a start that works."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

FILES = {
    "en": ["README.md", "customers.csv", "lifecycle.rules", "lifecycle.samples.csv"],
    "zh": ["README.md", "客户.csv", "生命周期.rules", "生命周期.样例.csv"],
}
OUTCOMES = {"en": "lifecycle", "zh": "生命周期"}
LOST = {"en": "lost", "zh": "流失"}
LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])


@LANGUAGES
def test_the_files_are_written_and_named(call: Call, lang: str) -> None:
    result = call("init", "start", "--lang", lang)
    assert 0 == result.exit_code
    assert FILES[lang] == sorted(path.name for path in Path("start").iterdir())
    assert {str(Path("start", name)) for name in FILES[lang]} == set(result.stdout.split())
    assert "rulelang test" in result.stderr


@LANGUAGES
def test_nothing_is_ever_overwritten(call: Call, lang: str) -> None:
    Path("full").mkdir()
    Path("full", "mine.txt").write_text("mine")
    Path("file").write_text("mine")
    for name, code in (("full", "folder-not-empty"), ("file", "not-a-folder")):
        result = call("init", name, "--lang", lang)
        assert (2, "") == (result.exit_code, result.stdout)
        assert code in result.stderr
    assert ["mine.txt"] == [path.name for path in Path("full").iterdir()]
    Path("empty").mkdir()
    assert 0 == call("init", "empty").exit_code


@LANGUAGES
def test_the_start_is_in_the_standard_layout(call: Call, lang: str) -> None:
    call("init", "start", "--lang", lang)
    result = call("fmt", "--check", "start")
    assert (0, "") == (result.exit_code, result.stderr)


@LANGUAGES
def test_the_start_has_no_findings(call: Call, lang: str) -> None:
    call("init", "start", "--lang", lang)
    result = call("check", "start", "--format", "json")
    assert [] == json.loads(result.stdout)["diagnostics"]


@LANGUAGES
def test_the_samples_pass_and_reach_every_rule(call: Call, lang: str) -> None:
    call("init", "start", "--lang", lang)
    result = call("test", "start", "--coverage", "--min-coverage", "100", "--lang", lang)
    assert (0, "") == (result.exit_code, result.stderr)
    assert ("all samples pass (15)" if lang == "en" else "15个样例全部通过") in result.stdout


@LANGUAGES
def test_the_customers_can_be_run(call: Call, lang: str) -> None:
    call("init", "start", "--lang", lang)
    rules, customers = (
        f"start/{name}" for name in FILES[lang] if name.endswith(".rules") or name in ("customers.csv", "客户.csv")
    )
    rules, customers = (rules, customers) if rules.endswith(".rules") else (customers, rules)
    result = call("run", rules, customers, "--as-of", "2026-06-01", "--format", "json", "--lang", lang)
    summary = json.loads(result.stdout)
    assert (0, 10, 0) == (result.exit_code, summary["rows"], summary["rejected"])
    lifecycle = next(each for each in summary["outcomes"] if OUTCOMES[lang] in (each["name"], each["label"]))
    counts = {each["value"]: each["count"] for each in lifecycle["classes"]}
    assert 2 == counts[LOST[lang]]
    explained = call("explain", rules, customers, "--row", "4", "--as-of", "2026-06-01", "--lang", lang)
    assert 0 == explained.exit_code
    assert LOST[lang] in explained.stdout
