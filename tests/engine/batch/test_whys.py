"""Standings and reasons: DuckDB writes what is written row by row, and what is told once for many is what each would
be told.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import attrs
import pytest

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.run import RunOptions, run
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sources.opening import open_source
from rulelang.explain.one_line import one_line
from tests.engine.batch.test_batch import AS_OF, ROWS, RULES, written

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(each.relative_to(ROOT / "rulesets") for each in (ROOT / "rulesets").rglob("customers.csv"))
REASONS = """
ruleset "Reasons" version 1
choice grade: silver (银) < gold (金)
field spend (消费): money in CNY, at least 0
field name (姓名): text, personal
field visits (次数): whole number
field paid (付款日): date
outcome tier (等级): one of gold (金), silver (银), bronze (铜), undecided when data is missing
outcome score (分数): whole number, sum, at most 100
outcome next (下次): date
outcome best: grade, highest wins
rule "Gold (金牌)": if spend >= 1000 and visits > 2 then tier = gold, add 5 to score
  because "spent {spend}, {visits} times" ("消费{spend}")
rule "Silver (银牌)": if spend >= 100 or name is "Ann" then tier = silver, add 1 to score because "{name} with {spend}"
  otherwise if visits = 0 then tier = bronze
rule "Often (常客)": if visits > 5 then add visits to score, tag "often" ("常客") because "{visits} times and {tier}"
rule "Old (旧)": if paid > 90 days then next = paid + 1 year, tag "old" because "{age of paid} days since {paid}"
rule "None (无)": if tier is bronze then tag "none"
rule "Best (最佳)": if visits > 3 then best = silver because "three"
rule "Best of all (优)": if spend > 3000 then best = gold
"""
CUSTOMERS = """spend,name,visits,paid
1200,Ann,3,2026-01-31
1200.50,Bob,3,2026-06-29
99,Ann,0,
99,Bob,0,2026-06-30
,Bob,7,2020-02-29
5000,Cid,,2026-01-01
¥1万,Dee,9,31/12/2025
-4,Eve,1,2027-01-01
x,Fay,1,2026-01-01
4000,Gus,8,2026-01-01
4000,Hal,8,2026-01-01
"""


def in_language(text: str, language: str) -> rulelang.Ruleset:
    return rulelang.Ruleset(attrs.evolve(rulelang.loads(text).model, language=language))


def decided(rules: rulelang.Ruleset, data: Path, target: Path, engine: str, as_of: date, reveal: bool) -> RunSummary:
    options = RunOptions(as_of, engine=engine, why=True, reveal=reveal)
    with open_source(data) as source:
        return run(rules, source, options, target, target.with_suffix(".rejects.csv"))


def assert_alike(
    rules: rulelang.Ruleset, data: Path, folder: Path, ending: str, as_of: date = AS_OF, reveal: bool = False
) -> None:
    found = {}
    for engine in ("python", "duckdb"):
        summary = decided(rules, data, folder / f"{engine}{ending}", engine, as_of, reveal)
        notes = tuple(each for each in summary.notes if each.code != "rows-by-python")
        found[engine] = attrs.evolve(summary, target=None, rejects=None, notes=notes)
    one, other = (folder / f"{engine}{ending}" for engine in ("python", "duckdb"))
    if ending == ".parquet":
        tables = []
        for each in (one, other):
            with open_source(each) as source:
                tables.append((source.columns, [list(row.cells) for row in source.rows()]))
        assert tables[0] == tables[1]
    else:
        assert one.read_text("utf-8") == other.read_text("utf-8")
    assert found["python"] == found["duckdb"]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_reasons_with_figures(tmp_path: Path, ending: str, language: str) -> None:
    data = tmp_path / "c.csv"
    data.write_text(CUSTOMERS, "utf-8")
    assert_alike(in_language(REASONS, language), data, tmp_path, ending, reveal=ending == ".csv")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_table_with_every_oddity(tmp_path: Path, language: str) -> None:
    assert_alike(in_language(RULES, language), written(tmp_path, ROWS * 2), tmp_path, ".csv")


def test_reasons_show_where_customers_stand_among_all(tmp_path: Path) -> None:
    rules = """
    field spend: money in CNY
    outcome fifth: whole number
    if spend is known then fifth = quintile of spend because "rank {rank of spend}"
    """
    data = tmp_path / "c.csv"
    data.write_text("spend\n1\n5\n5\n\n8\n9.5\n", "utf-8")
    assert_alike(rulelang.loads(rules), data, tmp_path, ".jsonl")
    share = rulelang.loads(rules.replace("rank of spend", "share of total of spend"))
    with pytest.raises(rulelang.DataError) as raised:
        decided(share, data, tmp_path / "out.csv", "duckdb", AS_OF, False)
    assert "share of the total" == raised.value.diagnostics[0].facts["construct"]


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_shipped_rulesets(tmp_path: Path, path: Path) -> None:
    data = ROOT / "rulesets" / path
    for name in sorted(data.parent.glob("*.rules"))[:1]:
        rules = rulelang.load(name)
        try:
            assert_alike(rules, data, tmp_path, ".csv", date(2026, 6, 30))
        except (rulelang.DataError, rulelang.RuleError) as error:
            assert {each.code for each in error.diagnostics} <= {"engine-cannot", "not-in-sql", "key-needed"}


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_what_is_told_once_is_what_each_customer_would_be_told(path: Path) -> None:
    data = ROOT / "rulesets" / path
    rules = rulelang.load(next(iter(sorted(data.parent.glob("*.rules")))))
    with open_source(data) as source:
        work = RowRun(rules, source, RunOptions(date(2026, 6, 30), why=True))
        for row in (*source.rows(), *source.rows()):
            values = work.values(row)[: len(work.decider.fields)]
            lines = work.reasons.lines(values, work.decider.decide(values))
            decision = rules.decide_values(values, work.as_of)
            assert lines == [one_line(decision.explain(each.name), work.language) for each in work.outcomes]
