"""A public data set of 45,211 customers, decided by rules and counted by a query written independently.

Skipped where the data (UCI Bank Marketing, CC BY 4.0) is not at hand; ``RULELANG_DATA`` names its folder.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from rulelang.engine.loading import loads
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source

FOLDER = Path(os.environ.get("RULELANG_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
FILE = FOLDER / "bank_marketing" / "bank-full.csv"
ROWS = 45_211

RULES = """
ruleset "Bank contacts" version 1

threshold rich = 5,000 EUR
threshold poor = 1,000 EUR

field age: whole number, between 18 and 100
field balance: money in EUR
field pdays: whole number, missing is written "-1"
field previous: whole number
field poutcome: text, missing is written "unknown"
field duration: whole number

outcome tier: one of high, medium, low, overdrawn
outcome standing: one of recent, earlier, never
outcome score: whole number, sum, at most 100

rule "Overdrawn": if balance < 0 EUR then tier = overdrawn
rule "High": if balance >= rich then tier = high because "balance {balance}"
rule "Medium": if balance >= poor then tier = medium
rule "Low": if balance < poor then tier = low

rule "Never": if pdays is missing then standing = never
rule "Recent": if pdays <= 180 then standing = recent
rule "Earlier": if pdays > 180 then standing = earlier

rule "Bought before": if poutcome is "success" then add 40 to score
rule "Long talk": if duration > 600 then add 30 to score
rule "Called before": if previous >= 2 then add 10 to score
rule "Rich": if tier is high then add 20 to score
rule "Young or old": if age is not between 25 and 60 then add 5 to score
"""

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the data set is not at hand")


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bank") / "decided.csv"
    with open_source(FILE) as source:
        summary = run(loads(RULES), source, RunOptions(as_of=date(2026, 6, 1)), target)
    assert (ROWS, 0) == (summary.rows, summary.rejected)
    assert () == summary.findings == summary.notes == summary.never_fired
    tier, standing, score = summary.outcomes
    assert {"decided": ROWS, "provisional": 0, "undecided": 0, "no rule": 0} == tier.standings == standing.standings
    with FILE.open(newline="") as stream:
        unknown = sum(row["poutcome"] == "unknown" for row in csv.DictReader(stream, delimiter=";"))
    assert unknown == score.standings["provisional"]
    return target


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def expected(row: dict[str, str]) -> tuple[str, str, str]:
    """What the rules say, in plain Python."""
    balance, pdays, age = int(row["balance"]), int(row["pdays"]), int(row["age"])
    tier = "overdrawn" if balance < 0 else "high" if balance >= 5000 else "medium" if balance >= 1000 else "low"
    contact = "never" if pdays == -1 else "recent" if pdays <= 180 else "earlier"
    score = 40 * (row["poutcome"] == "success") + 30 * (int(row["duration"]) > 600)
    score += 10 * (int(row["previous"]) >= 2) + 20 * (tier == "high") + 5 * (age < 25 or age > 60)
    return tier, contact, str(min(score, 100))


def test_every_row_is_decided_as_the_query_decides_it(decided: Path) -> None:
    answers = [(row["tier"], row["standing"], row["score"]) for row in table(decided)]
    wanted = [expected(row) for row in table(FILE)]
    assert ROWS == len(answers)
    assert Counter(wanted) == Counter(answers)
    assert wanted == answers


def test_the_columns_of_the_input_pass_through(decided: Path) -> None:
    with FILE.open(newline="") as before, decided.open(newline="") as after:
        rows = zip(csv.reader(before, delimiter=";"), csv.reader(after, delimiter=";"), strict=True)
        assert all(one == other[:-3] for one, other in rows)
