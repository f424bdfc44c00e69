"""Gaps: each one of an outcome is shown, by its smallest customer, and those that open on a later day."""

from __future__ import annotations

from datetime import date

import pytest

import rulelang
from rulelang.analysis.checks.gaps import MOST_SHOWN
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.advice.checking import checked

DAY = date(2026, 6, 30)
HOLES = """\
field region: one of north, south, east
field kind: one of active, retired
field income: money in CNY, at least 0
outcome limit: number
table "Limits":
| region | kind    | income        | => limit |
|--------|---------|---------------|----------|
| north  | -       | 1 ..< 5000    | 1        |
| north  | -       | >= 5000       | 2        |
| south  | -       | < 7499        | 3        |
| south  | -       | >= 7500       | 4        |
| east   | active  | -             | 5        |
| east   | retired | < 19999.99    | 6        |
| east   | retired | >= 20000      | 7        |
"""
LATER = """\
field score: whole number, at least 0
field birth_date: date
threshold top = 100; 90 from 2027-01-01
outcome grade: one of a, b, c
if score between 50 and top then grade = a
if score < 40 then grade = b
if birth_date > 10 years then grade = c
"""


def gaps(text: str) -> list[Diagnostic]:
    return [each for each in checked(rulelang.loads(text), DAY) if each.code.startswith("gap")]


def test_every_hole_of_a_table_is_shown_with_its_smallest_customer() -> None:
    (found,) = gaps(HOLES)
    assert "region south and income ¥7499" == found.facts["customer"]
    assert (
        "region north and income ¥0.99; one with region east and income ¥19,999.99 and kind retired"
        == found.facts["further"]
    )
    assert "region为north、income为0.99元的客户；" in found.facts["further_zh"]


@pytest.mark.parametrize(
    ("row", "left"),
    [
        (("| 1 ..< 5000    |", "| 0 ..< 5000    |"), ("south", "east")),
        (("< 7499 ", "< 7500 "), ("north", "east")),
        (("< 19999.99", "< 20000   "), ("south", "north")),
    ],
)
def test_a_hole_that_is_filled_is_told_no_more(row: tuple[str, str], left: tuple[str, str]) -> None:
    assert row[0] in HOLES
    (found,) = gaps(HOLES.replace(*row))
    told = f"{found.facts['customer']}; {found.facts['further']}"
    assert sorted(left) == sorted(each for each in ("north", "south", "east") if f"region {each}" in told)


def test_of_conditions_each_that_fails_is_told_alone() -> None:
    (found,) = gaps(
        "field age: whole number\nfield income: number\noutcome limit: number\n"
        "if age >= 18 and income >= 1000 then limit = 5\n"
    )
    assert ("age 17", "income 999.99") == (found.facts["customer"], found.facts["further"])


def test_many_gaps_are_counted() -> None:
    rules = "".join(f"if n = {number}0 then limit = {number}\n" for number in range(1, 10))
    (found,) = gaps(f"field n: whole number, at least 0\noutcome limit: number\n{rules}")
    shown = [found.facts["customer"], *found.facts["further"].split("; one with ")]
    assert MOST_SHOWN == len(shown)
    assert shown[-1].endswith("; and at least 5 more")
    numbers = [int(each.split()[1].rstrip(";")) for each in shown]
    assert len(set(numbers)) == MOST_SHOWN and all(number % 10 for number in numbers)


def test_a_gap_of_today_hides_no_other_of_a_later_day() -> None:
    first, second = gaps(LATER)
    assert "since" not in first.facts
    assert "score 40" in first.facts["customer"] and "score 101" in first.facts["further"]
    assert (date(2027, 1, 1), True) == (second.facts["since"], second.facts["customer"].startswith("score 91 "))
    assert "further" not in second.facts
    # Nothing opens where the date only lets the same people through.
    assert 1 == len(gaps(LATER.replace("90 from", "100 from")))
