"""Rules that count hours, on the command line: an as-of date with its time, and what goes by whole days only."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from xlsxwriter import Workbook

from rulelang.cli.main import cli

RULES = """\
field opened (受理): date and time
outcome late (迟): text
outcome due (期限): date and time
rule "Late": if opened more than 2 hours ago then late = "yes" otherwise late = "no"
always due = opened + 4 hours
example "late" as of 2026-06-01 15:30:
  given opened = 2026-06-01 13:29
  expect late = "yes"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hours.rules").write_text(RULES, "utf-8")
    (tmp_path / "now.csv").write_text(
        "opened\n2026-06-01 13:30\n2026-06-01T13:29:59+08:00\n2026年6月1日13时29分\n2026-06-01\n", "utf-8"
    )
    return tmp_path


def call(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*map(str, arguments), "--lang", "en"])
    return result.exit_code, result.output


def test_hours_count_to_the_second_as_of_a_moment(folder: Path) -> None:
    out = folder / "out.csv"
    code, output = call("run", folder / "hours.rules", folder / "now.csv", "--as-of", "2026-06-01T15:30", "-o", out)
    assert 1 == code  # a zone and a day without a time are told
    assert "zone-as-written" in output and "no-time-of-day" in output and "as of 2026-06-01 15:30" in output
    found = [line.split(",")[-2:] for line in out.read_text("utf-8").splitlines()[1:]]
    assert ["no", "yes", "yes", "yes"] == [late for late, _ in found]
    assert "2026-06-01 17:30:00" == found[0][1]


def test_a_workbook_and_json_have_moments_too(folder: Path) -> None:
    with Workbook(folder / "now.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write("A1", "opened")
        sheet.write_datetime("A2", datetime(2026, 6, 1, 13, 29), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    (folder / "now.json").write_text(json.dumps([{"opened": "2026-06-01T13:29:00"}]), "utf-8")
    for name in ("now.xlsx", "now.json"):
        code, output = call("run", folder / "hours.rules", folder / name, "--as-of", "2026-06-01 15:30", "-o", "-")
        assert 0 == code, output
        assert '"late": "yes"' in output


def test_a_day_alone_is_refused_where_hours_count(folder: Path) -> None:
    code, output = call("run", folder / "hours.rules", folder / "now.csv", "--as-of", "2026-06-01")
    assert 0 != code and "as-of-needs-time" in output


def test_examples_have_a_time(folder: Path) -> None:
    assert 0 == call("test", folder / "hours.rules")[0]


def test_what_goes_by_whole_days_says_so(folder: Path) -> None:
    rules = folder / "hours.rules"
    assert "not-analysed: Not looked into: conditions on times of day (" in call("check", rules)[1]
    assert "proved for every customer" in call("diff", rules, rules)[1]
    assert "calendar-of-days" in call("calendar", rules, folder / "now.csv")[1]


def test_a_certificate_keeps_the_moment(folder: Path) -> None:
    customer = ("explain", folder / "hours.rules", folder / "now.csv", "--row", "2", "--as-of", "2026-06-01T15:30")
    assert 0 == call(*customer, "--certificate", folder / "c.json")[0]
    assert 0 == call("verify", folder / "c.json")[0]
