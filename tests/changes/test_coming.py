"""The days on which rules change by what they say with a date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rulelang
from rulelang.changes.coming import coming_days

RULES = """\
field country: text
field spend: number
list risky from "risky.csv" column country
threshold high = 10; 20 from 2026-07-01; 30 from 2027-01-01
outcome tier: one of gold, silver
rule "June", valid from 2026-06-10 until 2026-06-30: if spend > 5 then tier = gold
if spend > high and country is not in risky then tier = gold otherwise tier = silver
"""
LIST = "country,valid_from,valid_until\nIR,,\nMM,2026-09-01,2028-02-28\n"


def days(folder: Path, text: str, after: date) -> list[str]:
    (folder / "risky.csv").write_text(LIST, "utf-8")
    (folder / "main.rules").write_text(text, "utf-8")
    return [each.isoformat() for each in coming_days([rulelang.load(folder / "main.rules").model], after)]


def test_dated_values_validity_and_rows_of_lists_begin_and_end(tmp_path: Path) -> None:
    expected = ["2026-06-10", "2026-07-01", "2026-09-01", "2027-01-01", "2028-02-29"]
    assert expected == days(tmp_path, RULES, date(2026, 6, 1))


def test_only_later_days_on_which_the_ruleset_is_valid_count(tmp_path: Path) -> None:
    header = 'ruleset "Tiers" valid from 2026-01-01 until 2026-12-31\n'
    assert ["2026-09-01"] == days(tmp_path, header + RULES, date(2026, 7, 1))
