"""The customers that come along with the rulesets: the pages' commands run on them, and every kind of answer occurs."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.cli.main import cli
from rulelang.engine.deciding.population import Counting
from rulelang.engine.ruleset import Ruleset
from rulelang.model.expressions import Literal
from rulelang.model.program import Model
from rulelang.model.walking import fields_read
from rulelang.plugin.discover import discover
from rulelang.plugin.locate import shipped
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Choice, ListOf
from tests.oracle import decide

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 6, 30)
FILES = ("customers.csv", "客户.csv")
KEYS = ("customer_id", "客户编号")


def beside(rules: Path) -> list[Path]:
    """The customers' files beside a ruleset, or in the folder of the plug-in it belongs to."""
    folder = rules.parent.parent if rules.parent.name == "rulesets" and rules.parent.parent != ROOT else rules.parent
    return [folder / name for name in FILES if (folder / name).is_file()]


CUSTOMERS = [(each.name, file) for each in shipped(discover()) for file in beside(each.path)]
every_file = pytest.mark.parametrize(("name", "file"), CUSTOMERS, ids=lambda each: str(each).rpartition("/")[2])


@cache
def ruleset(name: str) -> Ruleset:
    return rulelang.load(name)


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def customers(name: str, file: Path) -> list[dict[str, Any]]:
    """The customers of a file, with the lists that the ruleset reads joined from the files beside it."""
    rows: list[dict[str, Any]] = [dict(each) for each in table(file)]
    key = next(each for each in KEYS if each in rows[0])
    for field in ruleset(name).model.fields.values():
        if isinstance(field.type, ListOf):
            titles = (field.name, field.label)
            records = next(
                found
                for title in titles
                if (path := file.with_name(f"{title}.csv")).is_file() and key in (found := table(path))[0]
            )
            for row in rows:
                row[field.name] = [
                    {title: cell for title, cell in each.items() if title not in KEYS and cell}
                    for each in records
                    if each[key] == row[key]
                ]
    return rows


def among_all(name: str, file: Path) -> Ruleset:
    """The ruleset with the cut points of all customers of a file, where it asks how a customer stands among them."""
    rules = ruleset(name)
    counting = Counting(rules.model, AS_OF)
    for decision in rules.decide_many(customers(name, file), AS_OF):
        counting.add(decision.values)
    return rules.with_cuts(counting.cuts()) if rules.model.measures else rules


def test_every_ruleset_comes_with_customers() -> None:
    assert {each.name for each in shipped(discover())} == {name for name, _ in CUSTOMERS}


@every_file
def test_every_class_and_every_doubt_occurs(name: str, file: Path) -> None:
    rules = among_all(name, file)
    decisions = list(rules.decide_many(customers(name, file), AS_OF))
    assert len(decisions) >= 30
    for outcome in rules.model.outcomes.values():
        if isinstance(outcome.type, Choice):
            assert written(rules.model, outcome.name) <= {each[outcome.name] for each in decisions}, outcome.name
    standings = {each.standing(outcome) for each in decisions for outcome in rules.model.outcomes}
    assert {"decided", "provisional", "undecided"} <= standings


def written(model: Model, outcome: str) -> set[object]:
    """The values that rules give an outcome by name; of a choice that rulesets share not all may be used."""
    assignments = (each for rule in model.rules for branch in rule.branches for each in branch.assignments)
    return {each.value.value for each in assignments if each.outcome == outcome and isinstance(each.value, Literal)}


@every_file
def test_decided_as_the_meaning_says(name: str, file: Path) -> None:
    """The engine against the slow interpreter of the model, on customers as people have them."""
    rules = among_all(name, file)
    measured = {each.name: fields_read(each.value) for each in rules.model.measures}  # a place by what it measures
    for row, decision in zip(customers(name, file), rules.decide_many(customers(name, file), AS_OF), strict=True):
        expected = decide(rules.model, dict(decision.values), AS_OF)
        for outcome in rules.model.outcomes:
            assert counted(expected.outcomes[outcome]) == decision[outcome], (row, outcome)
            assert expected.standings[outcome] == decision.standing(outcome), (row, outcome)
            missing = {one for each in expected.missing_for[outcome] for one in measured.get(each, (each,))}
            assert missing == set(decision.missing_for(outcome))


def counted(answer: object) -> object:
    """A length of time as the count of its unit, which is what an outcome holds."""
    return answer.amount if isinstance(answer, Duration) else answer


def commands() -> Iterator[str]:
    """The `run` and `explain` commands on shipped customers in the pages and in the README."""
    pages = (*sorted((ROOT / "rulesets").glob("*/README.md")), *sorted((ROOT / "plugins").glob("*/README.md")))
    call = re.compile(r"rulelang ((?:run|explain) \S+ (?:rulesets|plugins)/\S+[^\n`]*)")
    for page in (ROOT / "README.md", *pages):
        yield from call.findall(page.read_text("utf-8"))


@pytest.mark.parametrize("command", dict.fromkeys(commands()))
def test_the_commands_of_the_pages_run(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(cli, [*shlex.split(command), "--lang", "en"])
    # Customers with faults show how faults are reported: an order of an unknown category, a date that has not come yet.
    faulty = "records-left-out" in result.output or "future-date" in result.output
    assert (1 if faulty else 0) == result.exit_code, result.output
    assert "as of 2026-06-30" in result.output
