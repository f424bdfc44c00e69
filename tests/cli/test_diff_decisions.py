"""``rulelang diff --decisions``: what an earlier run decided, decided again."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

OLD = """\
threshold gold_at (金卡线) = 100
field spend (消费): number
field since (入会日): date
outcome tier (等级): one of gold (金), silver (银), bronze (铜), undecided when data is missing
outcome note: text
rule "Rich" ("富裕"): if spend >= gold_at then tier = gold, tag "big" ("大户") because "spent {spend}" ("消费{spend}")
rule "Loyal" ("忠诚"): if since > 2 years then tier = silver, tag "old", note = "thanks" ("谢谢")
"""
NEW = OLD.replace("= 100", "= 150")
DATA = "id,spend,since\nA,200,2020-01-01\nB,120,2020-01-01\nC,5,2024-01-01\nD,,2026-01-01\nE,5,2026-01-01\n"
DAY = ("--as-of", "2026-06-30")


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("old.rules").write_text(OLD, encoding="utf-8")
    Path("new.rules").write_text(NEW, encoding="utf-8")
    Path("data.csv").write_text(DATA, encoding="utf-8")
    for target in ("then.csv", "then.jsonl", "zh.csv"):
        lang = ("--output-lang", "zh") if target == "zh.csv" else ()
        assert call("run", "old.rules", "data.csv", "--why", "-o", target, *DAY, *lang).exit_code == 0


@pytest.mark.parametrize("file", ["then.csv", "then.jsonl", "zh.csv"])
def test_nothing_differs_with_the_same_rules_on_the_same_day(call: Call, file: str) -> None:
    found = json.loads(call("diff", "old.rules", "--decisions", file, *DAY, "--format", "json").stdout)
    assert (5, 0) == (found["rows"], found["differing"])
    assert ["tier", "note", "tags"] == [each["name"] for each in found["outcomes"]]


@pytest.mark.parametrize("file", ["then.csv", "then.jsonl", "zh.csv"])
def test_what_would_differ_and_the_rule_that_decides_now(call: Call, file: str) -> None:
    found = json.loads(call("diff", "new.rules", "--decisions", file, *DAY, "--format", "json").stdout)
    assert [("tier", "gold", "silver", "Loyal"), ("tags", ["big", "old"], ["old"], "Loyal")] == [
        (each["outcome"], each["recorded"], each["now"], each["cause"]) for each in found["preview"]
    ]
    reason = found["preview"][0]["recorded_reason"]
    assert reason == ("消费120" if file == "zh.csv" else "spent 120")


def test_with_the_older_version_the_edit_is_named(call: Call) -> None:
    result = call("diff", "old.rules", "new.rules", "--decisions", "then.csv", *DAY, "--key", "id", "-o", "differ.csv")
    assert (0, True) == (result.exit_code, "1 would differ now (20.0%)" in result.stdout)
    with open("differ.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert ["threshold gold_at: 100 → 150"] * 2 == [each["cause"] for each in rows]
    assert ("B", "gold", "silver", "spent 120") == tuple(
        rows[0][each] for each in ("id", "recorded", "now", "recorded_reason")
    )


def test_an_answer_that_the_older_rules_do_not_give_either(call: Call) -> None:
    text = Path("then.csv").read_text("utf-8").replace("A,200,2020-01-01,gold", "A,200,2020-01-01,bronze")
    Path("then.csv").write_text(text, "utf-8")
    result = call(
        "diff", "old.rules", "new.rules", "--decisions", "then.csv", *DAY, "--outcome", "tier", "--lang", "zh"
    )
    assert "旧版本也得不出当时的结论" in result.stdout
    assert "现在会不同的2行（40.0%）" in result.stdout


def test_time_alone(call: Call) -> None:
    found = json.loads(
        call("diff", "old.rules", "--decisions", "then.csv", *DAY, "--as-of", "2028-06-30", "--format", "json").stdout
    )
    assert ["day"] == [each["kind"] for each in found["edits"]]
    tier = found["outcomes"][0]
    assert [{"cause": [[1]], "count": 1}] == tier["causes"]


def test_without_a_day_it_is_said_that_time_may_be_the_cause(call: Call) -> None:
    told = "decisions-held-against-today"
    assert told in call("diff", "old.rules", "--decisions", "then.csv").stderr
    assert told not in call("diff", "old.rules", "--decisions", "then.csv", *DAY).stderr


def test_a_file_without_decisions(call: Call) -> None:
    result = call("diff", "new.rules", "--decisions", "data.csv")
    assert (2, True) == (result.exit_code, "no-decisions" in result.stderr)


def test_limits_hold_for_decisions_too(call: Call) -> None:
    wanted = ("diff", "new.rules", "--decisions", "then.csv", *DAY)
    result = call(*wanted, "--limit", "any:tier<=0", "--limit", "up<=1")
    assert 1 == result.exit_code
    assert "  any:tier<=0: exceeded by tier, 1 / 5 (20.0%)\n  up<=1: kept\n" in result.stdout
    assert "  变动:等级<=0：超出，等级：1 / 5 (20.0%)\n" in (
        call(*wanted, "--limit", "变动:等级<=0", "--lang", "zh").stdout
    )
    found = json.loads(call(*wanted, "--limit", "any<=1", "--format", "json").stdout)
    assert [{"limit": "any<=1", "exceeded": []}] == found["limits"]
    assert 0 == call(*wanted, "--limit", "any:tier<=20%").exit_code
