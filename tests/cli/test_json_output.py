"""What commands print for programs: failures too, one number of the format, numbers that are numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Call

RULES = """field income: money, at least 0
field vip: yes or no
outcome fee: money, else 0
if income > 1000 then fee = income * 0.5%
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("fee.rules").write_text(RULES, "utf-8")
    Path("broken.rules").write_text("field x: number\noutcome o: yes or no\nif x > then o = yes\n", "utf-8")
    Path("c.csv").write_text("income,vip\n5000.5,yes\n150000,no\n20000,no\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        ("run nowhere.rules c.csv", "no-such-file", 2),
        ("run broken.rules c.csv", "missing-word", 1),
        ("diff fee.rules broken.rules", "missing-word", 1),
        ("diff fee.rules nowhere.rules", "no-such-file", 2),
        ("run fee.rules c.csv --asof 2026-01-01", "no-such-option", 2),
        ("run fee.rules c.csv --engine abacus", "unknown-engine", 2),
        ("doctor fee.rules nowhere.csv", "no-such-file", 2),
        ("sql fee.rules --dialect klingon", "unknown-dialect", 2),
        ("pack fee.rules -o fee.txt", "rulepack-ending", 2),
    ],
)
def test_a_failure_is_json_on_standard_output(
    files: Path, call: Call, arguments: str, code: str, exit_code: int
) -> None:
    done = call(*arguments.split(), "--format", "json")
    told = json.loads(done.stdout)
    assert [code] == [each["code"] for each in told["diagnostics"]]
    assert (1, exit_code) == (told["format"], told["exit_code"])
    assert exit_code == done.exit_code
    assert code in done.stderr  # people read it there, as ever


def test_a_failure_leaves_the_stream_of_a_result_alone(files: Path, call: Call) -> None:
    done = call("run", "broken.rules", "c.csv", "-o", "-", "--format", "json")
    assert ("", 1) == (done.stdout, done.exit_code)


def test_numbers_are_numbers_with_all_their_decimals(files: Path, call: Call) -> None:
    told = json.loads(call("run", "fee.rules", "c.csv", "--format", "json").stdout, parse_float=Decimal)
    (fee,) = told["outcomes"]
    assert (Decimal("25.00"), 750, Decimal("875.00")) == (fee["least"], fee["greatest"], fee["total"])
    why = json.loads(
        call("explain", "fee.rules", "c.csv", "--row", "2", "--format", "json").stdout, parse_float=Decimal
    )
    assert Decimal("25.00") == why["outcomes"]["fee"]["value"]


def test_doctor_pack_and_sql_report_to_programs(files: Path, call: Call) -> None:
    told = json.loads(call("doctor", "fee.rules", "c.csv", "--format", "json").stdout)
    assert told["agree"]
    assert [("duckdb", None)] * 2 == [(each["engine"], each["difference"]) for each in told["checked"]]
    packed = json.loads(call("pack", "fee.rules", "-o", "fee.rulepack", "--format", "json").stdout)
    query = json.loads(call("sql", "fee.rules", "--dialect", "duckdb", "--format", "json").stdout)
    assert packed["fingerprint"] == query["fingerprint"]
    assert "SELECT" in query["sql"]
