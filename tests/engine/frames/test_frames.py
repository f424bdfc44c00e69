"""Tables in memory: the same kind comes back, with the answers of the row engine beside their rows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest

import rulelang
from rulelang.engine.frames import decide

RULES = """
field last_purchase (最近购买): date
field spend: money in CNY, at most 9,000
field level: one of low (低), high (高)
field vip: yes or no
outcome tier (等级): one of gold (金), silver (银)
outcome score: whole number, sum
outcome due: date
outcome rate: number with 2 decimals
outcome ok: yes or no
if spend >= 100 then tier = gold, tag "big" ("大户"), ok = yes
otherwise if last_purchase > 365 days then tier = silver
if spend > 50 then add 3 to score, due = last_purchase + 30 days, rate = spend * 0.015
if level = high or vip then add 10 to score
"""
AS_OF = date(2026, 6, 1)
DATA: dict[str, list[Any]] = {
    "id": [1, 2, 3, 4, 5],
    "last_purchase": [date(2024, 1, 1), None, date(2026, 1, 1), date(2025, 6, 1), date(2025, 5, 31)],
    "spend": ["100", "x", "60.5", None, "99.99"],
    "level": ["low", "高", "high", "other", None],
    "vip": [True, False, None, True, None],
    "tier": ["a", "b", "c", "d", "e"],
}
KINDS: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "arrow": pyarrow.table,
    "pandas": lambda data: pandas.DataFrame(data, index=[f"k{n}" for n, _ in enumerate(next(iter(data.values())))]),
    "polars": lambda data: polars.DataFrame(data, strict=False),
    "lazy": lambda data: polars.DataFrame(data, strict=False).lazy(),
    "duckdb": lambda data: duckdb.connect().from_arrow(pyarrow.table(data)),
}


@pytest.fixture(scope="module")
def rules() -> rulelang.Ruleset:
    return rulelang.loads(RULES)


def rows_of(table: Any) -> list[dict[str, Any]]:
    """The rows with missing cells as None."""
    if isinstance(table, polars.LazyFrame):
        table = table.collect()
    if isinstance(table, polars.DataFrame):
        table = table.to_arrow()
    if isinstance(table, duckdb.DuckDBPyRelation):
        table = table.to_arrow_table()
    found = table.to_pylist() if isinstance(table, pyarrow.Table) else table.to_dict("records")
    return [{name: None if _absent(cell) else cell for name, cell in row.items()} for row in found]


def _absent(cell: Any) -> bool:
    return not isinstance(cell, list) and (cell is None or cell is pandas.NA or cell != cell)


@pytest.mark.parametrize("engine", ["python", "duckdb"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_the_same_kind_comes_back_with_the_answers_of_single_decisions(
    rules: rulelang.Ruleset, kind: str, engine: str
) -> None:
    given = KINDS[kind](DATA)
    done = rules.decide_table(given, as_of=AS_OF, engine=engine)
    assert type(given) is type(done.table) is type(done.rejects)
    found = rows_of(done.table)
    assert DATA["id"] == [each["id"] for each in found]
    assert DATA["tier"] == [each["tier_before"] for each in found], "a column called like an outcome stays"
    for number, row in enumerate(found):
        customer = {name: cells[number] for name, cells in DATA.items() if name not in ("id", "tier")}
        answers = ("tier", "score", "due", "rate", "ok", "tags")
        if customer["spend"] == "x":
            assert [None] * 6 == [row[each] for each in answers]
            assert "“x” in spend" in row["rejected_reason"]
            continue
        decision = rules.decide(customer, as_of=AS_OF)
        expected = [list(each) if isinstance(each, tuple) else each for each in map(decision.__getitem__, answers)]
        assert expected == [row[each] for each in answers]
    (rejected,) = rows_of(done.rejects)
    assert (2, 2, "spend") == (rejected["id"], rejected["rejected_row"], rejected["rejected_column"])
    assert (5, 1, ("id", "tier")) == (done.summary.rows, done.summary.rejected, done.summary.unused_columns)
    assert "not-a-member" in {each.diagnostic.code for each in done.summary.findings}


def test_pandas_keeps_its_index_and_columns_that_can_be_missing(rules: rulelang.Ruleset) -> None:
    frame = pandas.DataFrame({"spend": [100.0, float("nan"), 60.5], 7: ["x", "y", "z"]}, index=["a", "b", "c"])
    found = rules.run(frame, as_of=AS_OF)
    assert (["a", "b", "c"], ["spend", 7]) == (list(found.index), list(found.columns)[:2])
    assert ("Int64", "boolean") == (found["score"].dtype, found["ok"].dtype)
    assert Decimal("0.91") == found.loc["c", "rate"]
    assert "rejected_reason" not in found.columns, "every row could be read"
    assert ["spend", 7] == list(frame.columns), "what was given is as it was"


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_columns_of_every_type(rules: rulelang.Ruleset, engine: str) -> None:
    frame = pandas.DataFrame(
        {
            "last_purchase": pandas.to_datetime(
                ["2024-01-01 13:00:00.000000001", None, "2025-06-01"], format="ISO8601"
            ),
            "spend": [Decimal("100.00"), None, Decimal("60.50")],
            "level": pandas.Categorical(["low", None, "high"]),
            "vip": pandas.array([True, None, False], dtype="boolean"),
        }
    )
    found = rules.run(frame, as_of=AS_OF, engine=engine)
    assert ["gold", None, None] == [each if isinstance(each, str) else None for each in found["tier"]]
    assert [date(2024, 1, 31), None, date(2025, 7, 1)] == [each or None for each in found["due"]]
    assert [13, 0, 13] == list(found["score"])


def test_cells_of_several_types_are_read_one_by_one(rules: rulelang.Ruleset) -> None:
    frame = pandas.DataFrame({"spend": [100, "60.5", None, Decimal("1"), float("nan"), datetime(2026, 1, 1)]})
    done = rules.decide_table(frame, as_of=AS_OF)
    assert (["gold", None, None, None, None, None], 1) == (list(done.table["tier"]), done.summary.rejected)
    with pytest.raises(rulelang.DataError, match="engine-cannot"):
        rules.run(frame, as_of=AS_OF, engine="duckdb")


def test_many_rows_are_decided_by_duckdb_as_one_by_one(
    rules: rulelang.Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide, "_MANY", 1000)
    many = {name: cells * 300 for name, cells in DATA.items()}
    batches: list[object] = []
    in_batch = decide.run_in_batch
    monkeypatch.setattr(decide, "run_in_batch", lambda *given: batches.append(given) or in_batch(*given))
    fast = rules.decide_table(pyarrow.table(many), as_of=AS_OF)
    slow = rules.decide_table(pyarrow.table(many), as_of=AS_OF, engine="python")
    assert 1 == len(batches)
    assert slow.table.equals(fast.table)
    assert slow.rejects.equals(fast.rejects)
    assert slow.table.schema.equals(fast.table.schema)
    assert [each.standings for each in slow.summary.outcomes] == [each.standings for each in fast.summary.outcomes]


def test_what_duckdb_leaves_to_python_is_told(rules: rulelang.Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "_MANY", 1)
    lists = rulelang.loads(
        "field orders: list of order (paid_on: date, amount: money)\noutcome n: whole number\n"
        "always n = count of orders where (amount > 5)"
    )
    orders = polars.DataFrame({"id": [1, 1, 3], "amount": [7, 3, 9], "paid_on": [AS_OF] * 3})
    done = lists.decide_table(polars.DataFrame({"id": [1, 2, 3]}), as_of=AS_OF, lists={"orders": orders}, key="id")
    assert [1, 0, 1] == done.table["n"].to_list()
    whole = rules.decide_table(polars.DataFrame({"spend": [100, 1]}), as_of=AS_OF)
    assert ["gold", None] == whole.table["tier"].to_list()
    with pytest.raises(rulelang.DataError, match="key-needed"):
        lists.run(polars.DataFrame({"id": [1]}), lists={"orders": orders})


def test_the_example_of_the_readme() -> None:
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text("utf-8")
    (block,) = (each for each in re.findall(r"^```python\n(.*?)^```", readme, re.M | re.S) if "decide_table" in each)
    found: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), found)
    assert ["lost", "existing", None] == list(found["done"].table["lifecycle"])
    assert [3] == list(found["done"].rejects["id"])


def test_reasons_in_chinese(rules: rulelang.Ruleset) -> None:
    found = rules.run(
        polars.DataFrame({"最近购买": ["2024-01-01"], "spend": ["1元"]}), as_of=AS_OF, why=True, language="zh"
    )
    assert ["最近购买", "spend", "等级", "等级_状态", "等级_理由"] == found.columns[:5]
    assert ("银", "确定") == found.row(0)[2:4]


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_a_table_without_rows_has_typed_columns(rules: rulelang.Ruleset, engine: str) -> None:
    found = rules.run(pyarrow.table({"spend": pyarrow.array([], pyarrow.float64())}), as_of=AS_OF, engine=engine)
    assert (0, pyarrow.int64()) == (found.num_rows, found.schema.field("score").type)
    assert pyarrow.list_(pyarrow.string()) == found.schema.field("tags").type


def test_a_relation_stays_with_its_connection(rules: rulelang.Ruleset) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE customers AS SELECT 100 AS spend, 1 AS rulelang_row")
    found = rules.run(connection.table("customers"), as_of=AS_OF)
    connection.register("found", found)
    assert [("gold", 1)] == connection.sql(
        "SELECT tier, rulelang_row FROM customers JOIN found USING (spend, rulelang_row)"
    ).fetchall()


def test_what_is_no_table_or_can_not_be_is_refused_by_name(rules: rulelang.Ruleset) -> None:
    for given, options, code in (
        ([{"spend": 5}], {}, "not-a-table"),
        (pyarrow.table([[1], [2]], names=["spend", "spend"]), {}, "duplicate-column"),
        (pyarrow.table({"spend": [1]}), {"engine": "spark"}, "engine-cannot"),
        (pyarrow.table({"spend": [1]}), {"engine": "snail"}, "unknown-engine"),
        (pyarrow.table({"spend": [1]}), {"target": "x.csv"}, "table-has-no-target"),
    ):
        with pytest.raises(rulelang.DataError, match=code):
            rules.run(given, as_of=AS_OF, **options)  # type: ignore[call-overload]  # what people do


def test_data_that_fails_strict_checks_gets_no_answers() -> None:
    strict = rulelang.loads('field spend: money, unique\noutcome o: text\nif spend > 1 then o = "x"')
    for engine in ("python", "duckdb"):
        done = strict.decide_table(polars.DataFrame({"spend": [5, 5]}), quality="strict", engine=engine)
        assert (True, ["spend"]) == (done.summary.refused, done.table.columns)


def test_libraries_are_loaded_when_they_are_needed_and_a_missing_one_is_named() -> None:
    code = """
import sys
sys.modules['pyarrow'] = None  # as where it is not installed
import rulelang, polars
rules = rulelang.loads("if spend > 5 then tier = gold")
rules.decide({"spend": 6})
print([each for each in ("pandas", "duckdb", "pyarrow") if sys.modules.get(each)])
try:
    rules.run(polars.DataFrame({"spend": [6]}))
except rulelang.DataError as error:
    print(error.diagnostics[0].code, error.diagnostics[0].facts["extra"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ["[]", "missing-extra tables"] == done.stdout.splitlines(), done.stderr
