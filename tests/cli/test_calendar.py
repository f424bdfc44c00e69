"""``rulelang calendar``: the next change of each customer, the schedule file, both languages, wrong calls."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """\
threshold lost_after (流失天数) = 365 days
field last_purchase (最近购买): date
outcome stage (阶段): one of active (活跃), silent (沉默), lost (流失)
outcome due (下次): date
rule "Long ago" ("久未下单"): if last_purchase > lost_after then stage = lost
rule "A while ago" ("近期未下单"): if last_purchase > 90 days then stage = silent
rule "Lately" ("近期下单"): if last_purchase <= 90 days then stage = active
rule "Due": if last_purchase > 10 days then due = today + 7 days
"""
DATA = "id,最近购买\nA,2026-06-01\nB,2025-07-05\nC,2024-01-01\nD,\n"
CALL = ("calendar", "a.rules", "data.csv", "--as-of", "2026-06-30", "--key", "id")


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("a.rules").write_text(RULES, encoding="utf-8")
    Path("data.csv").write_text(DATA, encoding="utf-8")


def test_the_next_change_of_each_customer(call: Call) -> None:
    result = call(*CALL, "--within", "90 days")
    assert (0, "") == (result.exit_code, result.stderr)
    assert "2 change by themselves (50.0%)" in result.stdout
    rows = [line.split()[:6] for line in result.stdout.splitlines() if "2026-0" in line and "stage" in line]
    assert [
        ["2", "A", "2026-08-31", "stage", "active", "silent"],
        ["3", "B", "2026-07-06", "stage", "silent", "lost"],
    ] == rows
    assert "due: another every day" in result.stdout


def test_the_same_in_chinese(call: Call) -> None:
    result = call(*CALL, "--within", "3个月", "--lang", "zh")
    assert "2人的结论会自行改变（50.0%）" in result.stdout
    assert "沉默" in result.stdout and "久未下单" in result.stdout


def test_the_schedule_file_and_every_change(call: Call) -> None:
    assert 0 == call(*CALL, "--within", "2 years", "--every", "-o", "plan.csv").exit_code
    with open("plan.csv", encoding="utf-8") as file:
        rows = [(each["id"], each["date"], each["to"], each["rule"]) for each in csv.DictReader(file)]
    assert [
        ("A", "2026-08-31", "silent", "A while ago"),
        ("A", "2027-06-02", "lost", "Long ago"),
        ("B", "2026-07-06", "lost", "Long ago"),
    ] == rows


def test_json_and_a_threshold_set(call: Call) -> None:
    found = json.loads(call(*CALL, "--set", "流失天数=400天", "--format", "json").stdout)
    assert ["A", "B"] == [each["key"] for each in found["preview"]]
    assert "2026-08-10" == found["preview"][1]["date"]
    assert ["due"] == found["left_out"]


@pytest.mark.parametrize("within", ["soon", "3", "-5 days"])
def test_a_length_that_is_none(call: Call, within: str) -> None:
    result = call(*CALL, f"--within={within}")
    assert (2, True) == (result.exit_code, "not-a-length-option" in result.stderr)
