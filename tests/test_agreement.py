"""The engine against the oracle: on any model, any customer, any day the same answers, standings and possible values.

A few hundred models by default; `pytest tests/test_agreement.py --fuzz 20000` searches on with fresh ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis.strategies import SearchStrategy

from rulelang.diagnostics.diagnostic import RuleError
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import ANY
from rulelang.values.durations import Duration
from tests import oracle
from tests.backends.sql.on_databases import run
from tests.servers.connections import EXECUTED
from tests.strategies import Case, cases
from tests.strategies.cases import many_rows
from tests.strategies.lists import list_cases
from tests.strategies.population import population_cases
from tests.strategies.written import written_cases

USUAL = 300


def search(
    check: Callable[[Case], None], fuzz: int | None, of: SearchStrategy[Case] | None = None, usual: int = USUAL
) -> None:
    """The usual cases, the same every time; or so many fresh ones."""
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    chosen = settings(max_examples=fuzz or usual, derandomize=fuzz is None, deadline=None, suppress_health_check=quiet)
    chosen(given(cases() if of is None else of)(check))()


def plain(value: object) -> object:
    """Numbers as fractions, so that 2 and 2.00 are one; a length of time as its count."""
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    return Fraction(value.amount) if isinstance(value, Duration) else value


def possible(values: Iterable[object]) -> set[object]:
    """Possible values as a set, lists without their order; beside a value that can't be told no other says more."""
    names = {ANY: "any", None: "none", oracle.ANY: "any", oracle.NO_VALUE: "none"}
    found = {frozenset(each) if isinstance(each, tuple) else names.get(each, plain(each)) for each in values}
    return found & {"any", "none"} if "any" in found else found


def test_decisions_agree(fuzz: int | None) -> None:
    def check(case: Case) -> None:
        ruleset = Ruleset(case.model)
        for row in case.rows:
            note(f"{case.as_of} {row}")
            expected = oracle.decide(case.model, row, case.as_of)
            decision = ruleset.decide(row, as_of=case.as_of)
            for name in case.model.outcomes:
                assert (plain(expected.outcomes[name]), expected.standings[name]) == (
                    plain(decision[name]),
                    decision.standing(name),
                )
                assert possible(expected.possible[name]) == possible(decision.possible(name))
                assert set(expected.missing_for[name]) == set(decision.missing_for(name))

    search(check, fuzz)


def test_winners_agree(fuzz: int | None) -> None:
    def check(case: Case) -> None:
        ruleset = Ruleset(case.model)
        one_wins = [each.name for each in case.model.outcomes.values() if each.policy not in ("sum", "collect")]
        for row in case.rows:
            note(f"{case.as_of} {row}")
            expected = oracle.decide(case.model, row, case.as_of)
            decision = ruleset.decide(row, as_of=case.as_of)
            for name in one_wins:
                if expected.standings[name] == "decided":
                    assert expected.rules[name] == decision.rule(name)

    search(check, fuzz)


def test_compiled_functions_agree(fuzz: int | None) -> None:
    def check(case: Case) -> None:
        compiled = Ruleset(case.model).compile(as_of=case.as_of)
        for row in case.rows:
            note(f"{case.as_of} {row}")
            expected = oracle.decide(case.model, row, case.as_of)
            found = {name: plain(value) for name, value in compiled(row).items()}
            assert {name: plain(value) for name, value in expected.outcomes.items()} == found

    search(check, fuzz)


def test_nested_data_agree(fuzz: int | None) -> None:
    """Customers with lists: aggregates, windows, runs, gaps, groups and looked-up values, at ends of months as well."""
    search(everything_agrees, fuzz, list_cases(), 120)


def test_hours_working_days_and_lookups_agree(fuzz: int | None) -> None:
    """Rules as written: to the second, on the edges of the holidays, in rows that are in force for a time."""
    search(everything_agrees, fuzz, written_cases(), 60)


def everything_agrees(case: Case) -> None:
    ruleset = Ruleset(case.model)
    compiled = ruleset.compile(as_of=case.as_of)
    for row in case.rows:
        note(f"{case.as_of} {row}")
        expected = oracle.decide(case.model, row, case.as_of)
        decision = ruleset.decide(row, as_of=case.as_of)
        answers = compiled(row)
        for name in case.model.outcomes:
            assert (plain(expected.outcomes[name]), expected.standings[name]) == (
                plain(decision[name]),
                decision.standing(name),
            )
            assert plain(answers[name]) == plain(decision[name])
            assert possible(expected.possible[name]) == possible(decision.possible(name))
            assert set(expected.missing_for[name]) == set(decision.missing_for(name))


def test_places_among_all_agree(fuzz: int | None) -> None:
    """Bases with ties, gaps and small groups; the last customer of a base is also held against those before."""

    def check(case: Case) -> None:
        ruleset = Ruleset(case.model)
        for base, customers in ((case.rows, case.rows), (case.rows[:-1], case.rows[-1:])):
            judged = ruleset.with_cuts(ruleset.count(base, case.as_of))
            compiled = judged.compile(as_of=case.as_of)
            for row in customers:
                note(f"{case.as_of} {row}")
                measured = oracle.places(case.model, base, row, case.as_of)
                expected = oracle.decide(case.model, {**row, **measured}, case.as_of)
                decision = judged.decide(row, as_of=case.as_of)
                answers = compiled(row)
                for name in case.model.outcomes:
                    assert (plain(expected.outcomes[name]), expected.standings[name]) == (
                        plain(decision[name]),
                        decision.standing(name),
                    )
                    assert plain(answers[name]) == plain(decision[name])
                    assert possible(expected.possible[name]) == possible(decision.possible(name))

    search(check, fuzz, population_cases(), 80)


@pytest.mark.parametrize("name", EXECUTED)
def test_sql_agrees(name: str, fuzz: int | None, database: Callable[[str], Any]) -> None:
    """A database gives the oracle's answers and standings wherever SQL can tell; what it can't carry is refused."""
    dialect, connection = EXECUTED[name], database(name)

    def check(case: Case) -> None:
        try:
            found = run(case.model, case.rows, case.as_of, dialect, connection)
        except RuleError as error:
            assert {"not-in-sql"} == {each.code for each in error.diagnostics}
            return
        for row, answered in zip(case.rows, found, strict=True):
            note(f"{case.as_of} {row}")
            if answered is None or not answered.told:
                continue
            expected = oracle.decide(case.model, row, case.as_of)
            for name in case.model.outcomes:
                assert (plain(expected.outcomes[name]), expected.standings[name]) == (
                    answered.answers[name],
                    answered.standings[name],
                )

    search(check, fuzz, usual=80 if name == "duckdb" else 20)


def test_tables_agree(fuzz: int | None, request: pytest.FixtureRequest, database: Callable[[str], Any]) -> None:
    """Many customers of each model: the oracle, Python row by row, and DuckDB. `--fuzz N` takes N models; of the rows
    that SQL leaves to Python the long search tries some.
    """
    count, some = (1000, 10) if fuzz else (60, 1)
    pairs = by_sql = 0
    dialect, connection = EXECUTED["duckdb"], database("duckdb")

    def check(case: Case) -> None:
        nonlocal pairs, by_sql
        rows = many_rows(case.model, case.as_of, count, len(repr(case.model)))
        ruleset = Ruleset(case.model)
        try:
            found = run(case.model, rows, case.as_of, dialect, connection)
        except RuleError as error:
            assert {"not-in-sql"} == {each.code for each in error.diagnostics}
            found = [None] * count
        for number, (row, answered) in enumerate(zip(rows, found, strict=True)):
            if number % some and (answered is None or not answered.told):
                continue
            expected = oracle.decide(case.model, row, case.as_of)
            decision = ruleset.decide(row, as_of=case.as_of)
            for name in case.model.outcomes:
                wanted = (plain(expected.outcomes[name]), expected.standings[name])
                assert wanted == (plain(decision[name]), decision.standing(name)), (case.as_of, row)
                if answered is not None and answered.told:
                    assert wanted == (answered.answers[name], answered.standings[name]), (case.as_of, row)
            pairs += 1
            by_sql += answered is not None and answered.told

    try:
        search(check, fuzz, cases(most_rows=1), 12)
    finally:
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            if fuzz:
                print(f"\n{pairs:,} pairs of a ruleset and a row, {by_sql:,} of them by DuckDB as well")
