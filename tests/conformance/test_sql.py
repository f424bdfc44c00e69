"""Every conformance case on the databases that are there, from the SQL that is emitted.

A case whose rules can't be carried is marked with what stands in the way: `notimpl` is not written yet, `notyet` waits
for the database, `never` it can't say. A mark that no longer holds fails, so that it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

import rulelang
from rulelang.backends.sql.dialect import Dialect
from rulelang.engine.deciding.population import Cuts
from tests.backends.sql.on_databases import emitted, run
from tests.conformance.case_files import ConformanceCase, read_cases
from tests.conformance.test_conformance import load, plain, read_texts
from tests.servers.connections import EXECUTED

CASES = [case for case in read_cases() if case.error is None]

# Constructs that stand in the way, as the refusal names them.
_EVERYWHERE = {
    "list",
    "best of computed choices",
    "agreement of computed values",
    "date and time",
    "working days",
    "place by a reckoned value",
}
NOTIMPL: Mapping[str, set[str]] = {
    "duckdb": _EVERYWHERE,
    "sqlite": {*_EVERYWHERE, "best of computed values"},
    "postgres": _EVERYWHERE,
    "mysql": {*_EVERYWHERE, "best of computed values"},
    "clickhouse": {*_EVERYWHERE, "best of computed values"},
}
NEVER: Mapping[str, set[str]] = {
    "duckdb": set(),
    "sqlite": {"number of too many digits", "date arithmetic", "share of the total"},
    "postgres": set(),
    "mysql": {"number of too many digits", "share of the total"},
    "clickhouse": {"date arithmetic"},
}


def cuts_of(ruleset: rulelang.Ruleset, case: ConformanceCase) -> Cuts | None:
    """The cut points of the base that a case is held against."""
    return ruleset.count(case.base, case.as_of) if case.base else None


@pytest.mark.parametrize("name", EXECUTED)
def test_every_mark_still_holds(name: str) -> None:
    """What is marked stands in the way of some case; a mark that nothing needs any more has to go."""
    met: set[str] = set()
    for case in {case.rules: case for case in CASES}.values():
        ruleset = load(case.rules, case.files)
        try:
            emitted(ruleset.model, case.as_of, EXECUTED[name], cuts_of(ruleset, case))
        except rulelang.RuleError as error:
            met |= {str(each.facts["construct"]) for each in error.diagnostics}
    assert NOTIMPL[name] | NEVER[name] == met


@pytest.mark.parametrize("name", EXECUTED)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_sql(case: ConformanceCase, name: str, database: Callable[[str], Any]) -> None:
    dialect: Dialect = EXECUTED[name]
    ruleset = load(case.rules, case.files)
    model = ruleset.model
    row = read_texts(model, case.given)
    try:
        (found,) = run(model, [row], case.as_of, dialect, database(name), cuts_of(ruleset, case))
    except rulelang.RuleError as error:
        refused = {str(each.facts["construct"]) for each in error.diagnostics}
        assert refused <= NOTIMPL[name] | NEVER[name], "an unexpected refusal: either carry it or mark it"
        pytest.skip(f"not in SQL: {', '.join(sorted(refused))}")
    if found is None:
        pytest.skip("a value that no typed column holds")
    for outcome, expected in case.expect.items():
        if found.told:
            assert (plain(expected.answer), expected.standing) == (found.answers[outcome], found.standings[outcome])
