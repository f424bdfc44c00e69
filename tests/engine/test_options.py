"""Options of `Ruleset.run`: the same for a file and for a table in memory, and known to type checkers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.engine.frames.decide import decide_table
from rulelang.engine.options import FileOptions, TableOptions
from rulelang.engine.run import run_file

AS_OF = date(2026, 6, 1)
RULES = """field id: text
field income: money
field share: number
field orders: list of order (amount: money)
threshold rich = CNY 100
outcome level: low < high
outcome place: one of first, second
if income > rich or previous level is high then level = high otherwise level = low
if count of orders > 1 then place = first otherwise place = second
"""
OWN = 'id,income,share\na,50,"1,5"\nb,200,2\nc,50,3\n'
ORDERS = "id,amount\na,1\na,2\nb,3\n"
LAST = "id,level\na,high\nc,low\n"


@pytest.mark.parametrize(
    ("options", "function"), [(FileOptions, run_file), (TableOptions, decide_table)], ids=["file", "table"]
)
def test_type_checkers_know_every_option_and_no_other(options: Any, function: Callable[..., Any]) -> None:
    named = {
        name
        for name, each in inspect.signature(function).parameters.items()
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert set(options.__annotations__) | set(options.__optional_keys__) == named


@pytest.mark.parametrize("thresholds", [None, {"rich": 300}])
def test_a_file_and_a_table_take_the_same(tmp_path: Path, thresholds: dict[str, int] | None) -> None:
    pandas = pytest.importorskip("pandas")
    rules = rulelang.loads(RULES)
    files = {}
    for name, text in (("own", OWN), ("orders", ORDERS), ("last", LAST)):
        files[name] = tmp_path / f"{name}.csv"
        files[name].write_text(text, "utf-8")
    shared: dict[str, Any] = {"as_of": AS_OF, "key": "id", "thresholds": thresholds, "decimal_comma": True}
    target = tmp_path / "out.csv"
    rules.run(files["own"], target, lists={"orders": files["orders"]}, previous=files["last"], **shared)
    frames = {name: pandas.read_csv(path, dtype=str) for name, path in files.items()}
    found = rules.run(frames["own"], lists={"orders": frames["orders"]}, previous=frames["last"], **shared)
    written = pandas.read_csv(target, dtype=str)
    levels = ["high", "high", "low"] if thresholds is None else ["high", "low", "low"]
    for decided in (written, found):
        assert levels == decided["level"].tolist()
        assert ["first", "second", "second"] == decided["place"].tolist()
    assert list(written.columns) == list(found.columns)


def test_cut_points_of_an_earlier_run_serve_files_and_tables(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    rules = rulelang.loads(
        "field v: number\noutcome top: yes or no\nif v in the top 50% then top = yes otherwise top = no"
    )
    base = rules.decide_table(pandas.DataFrame({"v": [1, 2, 3, 4]}), as_of=AS_OF).summary.cuts
    (tmp_path / "one.csv").write_text("v\n4\n", "utf-8")
    found = rules.run(pandas.DataFrame({"v": [4, 1]}), as_of=AS_OF, cuts=base)
    assert [True, False] == found["top"].tolist()
    summary = rules.run(tmp_path / "one.csv", as_of=AS_OF, cuts=base)
    assert [True] == [each.value for each in summary.outcomes[0].classes if each.count]


def test_the_last_run_needs_a_key(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    (tmp_path / "own.csv").write_text(OWN, "utf-8")
    for data in (tmp_path / "own.csv", pandas.DataFrame({"id": ["a"]})):
        with pytest.raises(rulelang.DataError) as error:
            rulelang.loads(RULES).run(data, previous=data)
        assert ["previous-needs-key"] == [each.code for each in error.value.diagnostics]
