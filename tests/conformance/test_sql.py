"""Every conformance case on DuckDB and on SQLite, from the SQL that is emitted.

A case whose rules can't be carried is marked with what stands in the way: `notimpl` is not written yet, `notyet` waits
for the database, `never` it can't say. A mark that no longer holds fails, so that it goes.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

import rulelang
from rulelang.backends.sql.dialect import Dialect
from rulelang.backends.sql.dialects import DUCKDB, SQLITE
from tests.backends.sql.on_databases import emitted, run
from tests.conformance.case_files import ConformanceCase, read_cases
from tests.conformance.test_conformance import load, plain, read_texts

CASES = [case for case in read_cases() if case.error is None]

# Constructs that stand in the way, as the refusal names them.
NOTIMPL: Mapping[str, set[str]] = {
    "duckdb": {"list", "best of computed choices", "policy", "date and time", "working days", "place among all"},
    "sqlite": {
        "list",
        "best of computed choices",
        "best of computed values",
        "policy",
        "date and time",
        "working days",
        "place among all",
    },
}
NEVER: Mapping[str, set[str]] = {
    "duckdb": set(),
    "sqlite": {"number of too many digits", "date arithmetic"},
}
# What a column of its type can't hold is read by the engines' own doors.
COLUMNS = {"duckdb": DUCKDB, "sqlite": SQLITE}


def connect(name: str) -> Any:
    if name == "duckdb":
        return duckdb.connect()
    connection = sqlite3.connect(":memory:")
    connection.create_function("nfc", 1, lambda text: unicodedata.normalize("NFC", text), deterministic=True)
    return connection


@pytest.mark.parametrize("name", COLUMNS)
def test_every_mark_still_holds(name: str) -> None:
    """What is marked stands in the way of some case; a mark that nothing needs any more has to go."""
    met: set[str] = set()
    for case in {case.rules: case for case in CASES}.values():
        model = load(case.rules, case.files).model
        try:
            emitted(model, case.as_of, COLUMNS[name])
        except rulelang.RuleError as error:
            met |= {str(each.facts["construct"]) for each in error.diagnostics}
    assert NOTIMPL[name] | NEVER[name] == met


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_sql(case: ConformanceCase, name: str) -> None:
    dialect: Dialect = COLUMNS[name]
    model = load(case.rules, case.files).model
    row = read_texts(model, case.given)
    try:
        (found,) = run(model, [row], case.as_of, dialect, connect(name))
    except rulelang.RuleError as error:
        refused = {str(each.facts["construct"]) for each in error.diagnostics}
        assert refused <= NOTIMPL[name] | NEVER[name], "an unexpected refusal: either carry it or mark it"
        pytest.skip(f"not in SQL: {', '.join(sorted(refused))}")
    if found is None:
        pytest.skip("a value that no typed column holds")
    for outcome, expected in case.expect.items():
        if found.told:
            assert (plain(expected.answer), expected.standing) == (found.answers[outcome], found.standings[outcome])
