"""``rulelang groups``: what it prints and writes, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """field spend (消费): money
field orders (订单数): whole number
outcome x: yes or no
if spend > orders then x = yes
"""
ROWS = [f"{10 * n},{n % 3}" for n in range(1, 9)] + [f"{5000 + 10 * n},{20 + n}" for n in range(8)]


@pytest.fixture(autouse=True)
def files(call: Call) -> None:
    Path("x.rules").write_text(RULES, "utf-8")
    Path("customers.csv").write_text("\n".join(["spend,orders", *ROWS]) + "\n", "utf-8")


def test_what_it_writes_runs_and_has_no_finding(call: Call) -> None:
    result = call("groups", "x.rules", "customers.csv", "-o", "groups.rules", "--as-of", "2026-06-30")
    assert 0 == result.exit_code, result.output
    assert "group_1  spend high, orders high          8  50.0%" in result.stdout
    assert "written to groups.rules" in result.stderr
    assert "if orders >= " in Path("groups.rules").read_text("utf-8")
    assert call("check", "groups.rules").output.endswith("1 file checked: nothing found\n")
    assert "group_2      8  50.0%" in call("run", "groups.rules", "customers.csv").stdout


def test_without_a_file_the_rules_are_printed_in_the_reader_s_language(call: Call) -> None:
    result = call("groups", "x.rules", "customers.csv", "--lang", "zh", "--by", "消费", "--groups", "2")
    assert 0 == result.exit_code
    assert "规则“第1组：消费偏高”（“Group 1: spend high”）：" in result.stdout
    assert "各组分得清楚" in result.stdout


def test_for_a_program(call: Call) -> None:
    content = json.loads(call("groups", "x.rules", "customers.csv", "--format", "json").stdout)
    assert [each["customers"] for each in content["groups"]] == [8, 8]
    assert content["agreement"] == 1
    assert content["groups"][0]["typical"][0] == {
        "field": "spend", "value_is": "number", "member": None, "value": 5035.0,
    }  # fmt: skip


def test_rejected_rows_make_the_exit_code_one(call: Call) -> None:
    with open("customers.csv", "a", encoding="utf-8") as file:
        file.write("many,1\n,2\n")
    result = call("groups", "x.rules", "customers.csv")
    assert 1 == result.exit_code
    assert "1 rows can't be read" in result.stdout
    assert "1 customers lack a field and were not compared" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("--groups", "1"), "group-count", 2),
        (("--groups", "21"), "group-count", 2),
        (("--by", "spent"), "unknown-field-option", 2),
        (("--groups", "17"), "too-few-customers", 1),
    ],
)
def test_a_wrong_call_says_what_to_do(call: Call, arguments: tuple[str, ...], code: str, exit_code: int) -> None:
    result = call("groups", "x.rules", "customers.csv", *arguments)
    assert exit_code == result.exit_code, result.output
    assert f"error {code}: " in result.stderr
