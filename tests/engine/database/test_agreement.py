"""Generated rulesets over hurtful customers: what PostgreSQL decides is what Python decides, row by row and counted.

A few by default; `pytest tests/engine/database --fuzz 500` searches on with fresh ones, and with many more customers.
"""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, note, settings

import rulelang
from rulelang.backends.sql.dialects import POSTGRES
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.run import run
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.opening import open_source
from tests.backends.sql.on_databases import column_type, column_values
from tests.strategies import Case, cases
from tests.strategies.cases import many_rows

TABLE = "generated"
_MANY = 400  # customers of a ruleset in a long search


def test_the_engine_agrees(postgres_url: str, tmp_path: Path, fuzz: int | None, request: pytest.FixtureRequest) -> None:
    connection = psycopg.connect(postgres_url, autocommit=True)
    cursor = psycopg.ClientCursor(connection)
    url, target = f"{postgres_url}?table={TABLE}", tmp_path / "out.csv"
    rulesets = pairs = 0

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
        customers = case.rows if fuzz is None else many_rows(case.model, case.as_of, _MANY, len(repr(case.model)))
        rows = [column_values(row, fields, POSTGRES) for row in customers]
        columns = "".join(f", {POSTGRES.identifier(each.name)} {column_type(each, POSTGRES)}" for each in fields)
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}; CREATE TABLE {TABLE} (row_ INTEGER{columns})")
        with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
            for number, row in enumerate(rows):
                if row is not None:
                    copy.write_row([number, *row])
        try:
            other, found = decided(case, "database")
        except (rulelang.RuleError, rulelang.DataError) as error:
            assert {each.code for each in error.diagnostics} <= {"not-in-sql", "engine-cannot", "no-field-found"}
            assume(False)
        one, expected = decided(case, "python")
        nonlocal rulesets, pairs
        rulesets, pairs = rulesets + 1, pairs + one.rows
        note(f"{case.as_of} {rows}")
        assert expected == found
        assert [each.standings for each in one.outcomes] == [each.standings for each in other.outcomes]
        assert set(one.never_fired) == set(other.never_fired)
        assert [each.missing for each in one.fields] == [each.missing for each in other.fields]

    try:
        check()
    finally:
        connection.close()
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            if fuzz:
                print(f"\n{pairs:,} pairs of a ruleset and a row in PostgreSQL, of {rulesets:,} rulesets")
