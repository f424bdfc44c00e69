"""Generated rulesets over hurtful customers: what PostgreSQL decides is what Python decides, row by row and counted.

A few by default; `pytest tests/engine/database --fuzz 2000` searches on with fresh ones.
"""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
from hypothesis import HealthCheck, assume, given, note, settings

import rulelang
from rulelang.backends.sql.dialects import POSTGRES
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.run import run
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.running.summary import RunSummary
from rulelang.engine.sources.opening import open_source
from tests.backends.sql.on_databases import column_type, column_values
from tests.strategies import Case, cases

TABLE = "generated"


def test_the_engine_agrees(postgres_url: str, tmp_path: Path, fuzz: int | None) -> None:
    connection = psycopg.connect(postgres_url, autocommit=True)
    cursor = psycopg.ClientCursor(connection)
    url, target = f"{postgres_url}?table={TABLE}", tmp_path / "out.csv"

    def decided(case: Case, engine: str) -> tuple[RunSummary, list[list[str]]]:
        with open_source(url) as source:
            options = RunOptions(as_of=case.as_of, engine=engine, quality="off")
            summary = run(Ruleset(case.model), source, options, target)
        with open(target, encoding="utf-8", newline="") as file:
            return summary, sorted(csv.reader(file))

    @settings(max_examples=fuzz or 8, derandomize=fuzz is None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases())
    def check(case: Case) -> None:
        fields = [each for each in case.model.fields.values() if column_type(each, POSTGRES)]
        rows = [column_values(row, fields, POSTGRES) for row in case.rows]
        columns = "".join(f", {POSTGRES.identifier(each.name)} {column_type(each, POSTGRES)}" for each in fields)
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}; CREATE TABLE {TABLE} (row_ INTEGER{columns})")
        for number, row in enumerate(rows):
            if row is not None:
                marks = ", ".join(["%s"] * (len(row) + 1))
                cursor.execute(f"INSERT INTO {TABLE} VALUES ({marks})", [number, *row])
        try:
            other, found = decided(case, "database")
        except (rulelang.RuleError, rulelang.DataError) as error:
            assert {each.code for each in error.diagnostics} <= {"not-in-sql", "engine-cannot", "no-field-found"}
            assume(False)
        one, expected = decided(case, "python")
        note(f"{case.as_of} {rows}")
        assert expected == found
        assert [each.standings for each in one.outcomes] == [each.standings for each in other.outcomes]
        assert set(one.never_fired) == set(other.never_fired)
        assert [each.missing for each in one.fields] == [each.missing for each in other.fields]

    try:
        check()
    finally:
        connection.close()
