"""Generated rulesets over tables of awkward customers: DuckDB and Python write the same, with the same account."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from rulelang.diagnostics.diagnostic import DataError, RuleError
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.batch import run as batch
from rulelang.engine.batch import sets
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source
from tests.strategies import Case, cases


def table(case: Case, path: Path) -> None:
    """The customers of a case as a text table."""
    names = [each.name for each in case.model.fields.values()]
    rows = [[text(_value(case, row, name)) for name in names] for row in case.rows]
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["n", *names], *([n, *row] for n, row in enumerate(rows))])


def _value(case: Case, row: dict[str, object], name: str) -> object:
    label = case.model.fields[name].label
    return row.get(name, row.get(label) if label is not None else None)


def text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def both(case: Case, folder: Path, data: Path) -> Iterator[tuple[str, RunSummary, list[tuple[object, ...]]]]:
    for engine in ("duckdb", "python"):
        target = folder / f"{engine}.parquet"
        with open_source(data) as source:
            found = run(
                Ruleset(case.model), source, RunOptions(case.as_of, engine=engine), target, folder / "rejects.csv"
            )
        notes = tuple(each for each in found.notes if each.code not in ("decided-by-python", "rows-by-python"))
        yield (
            engine,
            attrs.evolve(found, target=None, notes=notes),
            duckdb.execute(f"SELECT * FROM '{target}'").fetchall(),
        )


@contextmanager
def somewhere() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def assert_alike(case: Case) -> None:
    with somewhere() as folder:
        data = folder / "data.csv"
        table(case, data)
        try:
            (_, one, rows), (_, other, expected) = both(case, folder, data)
        except RuleError as error:
            assert {"not-in-sql"} == {each.code for each in error.diagnostics}
            return
        except DataError as error:
            assert {each.code for each in error.diagnostics} <= {"ambiguous-date", "ambiguous-number", "engine-cannot"}
            return
        assert expected == rows
        assert other == one


@pytest.mark.parametrize("way", ["patterns", "cells", "sets"])
def test_generated_rulesets(way: str, fuzz: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """By patterns of what is unknown, by cells, and by sets of bits for every decision that can be told so."""
    if way != "patterns":
        monkeypatch.setattr(batch, "MOST_BRANCHES", -1)
    if way == "sets":
        monkeypatch.setattr(sets, "FEWEST", 1)
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    chosen = settings(
        max_examples=fuzz or 4, derandomize=fuzz is None, deadline=None, suppress_health_check=quiet,
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    chosen(given(cases(most_rows=30))(assert_alike))()
