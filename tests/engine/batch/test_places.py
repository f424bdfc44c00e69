"""Where customers stand among all: DuckDB finds the same places and cut points as row by row."""

from __future__ import annotations

import csv
import json
import random
from datetime import date
from pathlib import Path

import attrs
import pytest

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.deciding.population import Cuts
from rulelang.engine.reading.cut_files import cuts_to_json
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source
from tests.conformance.case_files import read_cases
from tests.conformance.test_conformance import load

AS_OF = date(2026, 6, 30)
FIELDS = """
field spend: money in CNY, at least -100
field visits: whole number, may be blank
field since: date
field branch: text
field kind: one of retail (零售), business (企业)
outcome o1: yes or no, else no
outcome o2: yes or no
outcome o3: yes or no, else no
outcome n1: whole number
outcome n2: whole number
outcome n3: whole number
outcome n4: percent
outcome n5: whole number
"""
RULES = f"""{FIELDS}
if spend in the top 20% or visits in the bottom 3 then o1 = yes
if spend making up the top 80% then o2 = yes
if spend in the top 25% of each branch and share of total of spend < 10% then o3 = yes
always n1 = quintile of spend of each kind
always n2 = rank of visits
always n3 = decile of since
always n4 = share of total of spend of each branch
if spend is known and rank of spend of each branch <= 3 then n5 = 1
"""
RECKONED = f"""{FIELDS}
if spend in the top 20% then o1 = yes
always n1 = quintile of (spend / visits)
always n2 = rank of (spend - visits) of each branch
always n4 = share of total of (spend * visits)
"""


def customers(path: Path, count: int, branches: int, odd: bool = True) -> Path:
    chance = random.Random(count)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["spend", "visits", "since", "branch", "kind"])
        for _ in range(count):
            spend: object = chance.choice([chance.randint(0, 30), f"{chance.random() * 100:.2f}", "", 50, -3])
            branch = f"B{chance.randint(1, branches)}"
            kind = chance.choice(["retail", "business", "零售", ""])
            if odd and chance.random() < 0.1:
                spend = chance.choice(["¥12.5", "1e1", "-200", "x", "0.12345", " 7 "])
                branch = chance.choice([" B1", "Ｂ1", "", "b1"])
                kind = chance.choice(["RETAIL", "none"])
            since = chance.choice([f"20{chance.randint(10, 25)}-0{chance.randint(1, 9)}-28", "", "2027-01-01"])
            writer.writerow([spend, chance.choice(["", 0, 1, 2, 3, 40]), since, branch, kind])
    return path


def decided(rules: rulelang.Ruleset, data: Path, target: Path, engine: str, cuts: Cuts | None) -> RunSummary:
    with open_source(data) as source:
        return run(
            rules, source, RunOptions(AS_OF, engine=engine, cuts=cuts), target, target.with_suffix(".rejects.csv")
        )


def assert_alike(text: str, data: Path, folder: Path, cuts: Cuts | None = None) -> RunSummary:
    rules, found = rulelang.loads(text), {}
    for engine in ("python", "duckdb"):
        summary = decided(rules, data, folder / f"{engine}.csv", engine, cuts)
        notes = tuple(each for each in summary.notes if each.code != "rows-by-python")
        assert summary.cuts is not None
        kept = json.dumps(cuts_to_json(summary.cuts, rules.fingerprint))
        found[engine] = (kept, attrs.evolve(summary, target=None, rejects=None, notes=notes, cuts=None))
    assert (folder / "python.csv").read_text("utf-8") == (folder / "duckdb.csv").read_text("utf-8")
    assert found["python"] == found["duckdb"]
    return summary


@pytest.mark.parametrize(("count", "branches"), [(1, 1), (200, 4), (900, 200)])
@pytest.mark.parametrize("text", [RULES, RECKONED], ids=["of fields", "reckoned"])
def test_every_measure_with_ties_and_oddities(tmp_path: Path, text: str, count: int, branches: int) -> None:
    if count == 900:
        text = "\n".join(each for each in text.splitlines() if "n4 = share" not in each)  # of too many groups
    assert count == assert_alike(text, customers(tmp_path / "c.csv", count, branches), tmp_path).rows


@pytest.mark.parametrize("text", [RULES, RECKONED], ids=["of fields", "reckoned"])
def test_customers_are_held_against_saved_cuts(tmp_path: Path, text: str) -> None:
    rules = rulelang.loads(text)
    base = decided(rules, customers(tmp_path / "base.csv", 120, 3), tmp_path / "out.csv", "duckdb", None)
    assert base.cuts is not None
    assert_alike(text, customers(tmp_path / "c.csv", 80, 4), tmp_path, base.cuts)


def test_a_share_of_too_many_groups_is_refused_by_name(tmp_path: Path) -> None:
    data = customers(tmp_path / "c.csv", 2000, 900)
    with pytest.raises(rulelang.DataError) as raised:
        decided(rulelang.loads(RULES), data, tmp_path / "out.csv", "duckdb", None)
    assert "share of the total" == raised.value.diagnostics[0].facts["construct"]


def test_ordinary_rows_are_not_asked_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = customers(tmp_path / "c.csv", 100, 3, odd=False)
    text = data.read_text("utf-8").replace("零售", "retail").replace("2027", "2024")
    data.write_text(text, "utf-8")
    monkeypatch.setattr("rulelang.engine.running.row_run.RowRun.read", None)
    assert 100 == decided(rulelang.loads(RULES), data, tmp_path / "out.csv", "duckdb", None).decided


CASES = [
    case
    for case in read_cases()
    if case.base and case.error is None and not any(isinstance(each, list) for each in case.given.values())
]


@pytest.mark.parametrize("rules", dict.fromkeys(each.rules for each in CASES))
def test_conformance(tmp_path: Path, rules: str) -> None:
    """Every case about places, by the engine as a user runs it: customers in a file, against the base's cuts."""
    cases = [each for each in CASES if each.rules == rules]
    ruleset, first = load(rules, cases[0].files), cases[0]
    data = tmp_path / "c.jsonl"
    names = {each.label or each.name: each.name for each in ruleset.model.fields.values()}
    given = [{names.get(name, name): value for name, value in each.given.items()} for each in cases]
    data.write_text("\n".join(json.dumps({**dict.fromkeys(first.base[0]), **each}, default=str) for each in given))
    options = RunOptions(first.as_of, engine="duckdb", cuts=ruleset.count(first.base, first.as_of), language="en")
    with open_source(data) as source:
        run(ruleset, source, options, tmp_path / "out.jsonl")
    rows = map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    for case, row in zip(cases, rows, strict=True):
        for name, expected in case.expect.items():
            assert expected.answer == row[name] or float(str(expected.answer)) == row[name], case.name
