"""The customers that come along with the rulesets: the pages' commands run on them, and every kind of answer occurs."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Choice
from tests.oracle import decide

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 6, 30)
CUSTOMERS = {
    "lifecycle": ROOT / "rulesets" / "lifecycle" / "customers.csv",
    "lifecycle/behaviour": ROOT / "rulesets" / "lifecycle" / "customers.csv",
    "value": ROOT / "rulesets" / "value" / "customers.csv",
}

every_ruleset = pytest.mark.parametrize("name", CUSTOMERS)


def customers(name: str) -> list[dict[str, str]]:
    with CUSTOMERS[name].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@every_ruleset
def test_every_class_and_every_doubt_occurs(name: str) -> None:
    rules = rulelang.load(name)
    decisions = list(rules.decide_many(customers(name), AS_OF))
    for outcome in rules.model.outcomes.values():
        if isinstance(outcome.type, Choice):
            assert set(outcome.type.keys()) <= {each[outcome.name] for each in decisions}, outcome.name
    standings = {each.standing(outcome) for each in decisions for outcome in rules.model.outcomes}
    assert {"decided", "provisional", "undecided"} <= standings


@every_ruleset
def test_decided_as_the_meaning_says(name: str) -> None:
    """The engine against the slow interpreter of the model, on customers as people have them."""
    rules = rulelang.load(name)
    for row, decision in zip(customers(name), rules.decide_many(customers(name), AS_OF), strict=True):
        expected = decide(rules.model, dict(decision.values), AS_OF)
        for outcome in rules.model.outcomes:
            assert counted(expected.outcomes[outcome]) == decision[outcome], (row, outcome)
            assert expected.standings[outcome] == decision.standing(outcome), (row, outcome)
            assert set(expected.missing_for[outcome]) == set(decision.missing_for(outcome)), (row, outcome)


def counted(answer: object) -> object:
    """A length of time as the count of its unit, which is what an outcome holds."""
    return answer.amount if isinstance(answer, Duration) else answer


def commands() -> Iterator[str]:
    """The `run` commands on shipped customers in the pages and in the README."""
    for page in (ROOT / "README.md", *sorted((ROOT / "rulesets").glob("*/README.md"))):
        yield from re.findall(r"rulelang (run \S+ rulesets/\S+[^\n`]*)", page.read_text("utf-8"))


@pytest.mark.parametrize("command", dict.fromkeys(commands()))
def test_the_commands_of_the_pages_run(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(cli, [*shlex.split(command), "--lang", "en"])
    assert 0 == result.exit_code, result.output
    assert "30 rows, as of 2026-06-30" in result.output
