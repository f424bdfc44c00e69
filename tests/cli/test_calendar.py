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


DATED = """\
threshold max_arrears = 30; 20 from 2027-01-01
list watch from "watch.csv"
field arrears (逾期): whole number
field since: date
field name: text
outcome decision (审批): one of approve, decline
outcome pack: yes or no, else no
outcome age: one of old, young
outcome seen: yes or no
if arrears <= max_arrears then decision = approve otherwise decision = decline
rule "Welcome", valid until 2026-12-31: if arrears < 5 then pack = yes
if since > 365 days then age = old otherwise age = young
if name is in watch then seen = yes otherwise seen = no
"""


def test_a_change_that_dated_rules_make_names_them(call: Call) -> None:
    Path("d.rules").write_text(DATED, encoding="utf-8")
    Path("watch.csv").write_text("name,valid_from\nBen,2027-01-01\nCem,\n", encoding="utf-8")
    Path("d.csv").write_text(
        "id,arrears,since,name\nA,25,2020-01-01,Ann\nB,3,2020-01-01,Ben\nC,31,2026-01-01,Cem\n", encoding="utf-8"
    )
    arguments = ("calendar", "d.rules", "d.csv", "--as-of", "2026-11-23", "--within", "3 months", "--key", "id")
    result = call(*arguments, "-o", "plan.csv")
    assert "1 change on 2027-01-01 because of threshold max_arrears: 30 → 20." in result.stdout
    assert "1 change on 2027-01-01 because of rule “Welcome” is no longer in force." in result.stdout
    with open("plan.csv", encoding="utf-8") as file:
        causes = {(each["id"], each["outcome"]): each["cause"] for each in csv.DictReader(file)}
    assert {
        ("A", "decision"): "threshold max_arrears: 30 → 20",
        ("B", "pack"): "rule “Welcome” is no longer in force",
        ("B", "seen"): "list watch: 1 added (Ben)",
        ("C", "age"): "",
    } == causes
    result = call(*arguments, "--lang", "zh").stdout
    assert "2027年1月1日的1项改变源于：阈值“max_arrears”：30 → 20。" in result
    found = json.loads(call(*arguments, "--format", "json").stdout)
    assert ["2027-01-01"] * 3 == [each["date"] for each in found["causes"]]
    assert [] == next(each["cause"] for each in found["preview"] if each["outcome"] == "age")
