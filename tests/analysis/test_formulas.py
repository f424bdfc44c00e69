"""Formulas against the rules themselves: on any model, any customer, any day a condition is true, false or unknown in
its cells exactly as it is for the customer, and the answer is among those that are held possible.

A few hundred models by default; `pytest tests/analysis --fuzz 20000` searches on with fresh ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, note

from rulelang.analysis.formula import NO, YES
from rulelang.analysis.normal import is_told
from rulelang.analysis.points import point_of
from rulelang.analysis.program import Program
from rulelang.analysis.solve import Solver
from rulelang.analysis.space import Space
from rulelang.engine.advice.proving import answers_of
from rulelang.engine.ruleset import Ruleset
from rulelang.model.evaluation import aggregated_value, truth_of
from rulelang.model.scope import Scope
from rulelang.model.walking import aggregates_read
from rulelang.values.moments import Moment
from tests.analysis.searching import searching
from tests.strategies import Case, cases
from tests.strategies.foreach import each_cases
from tests.strategies.lists import list_cases
from tests.strategies.written import written_cases

# Customers without records; with lists; with rules for each record; with hours, working days and reference tables.
KINDS = {"fields": (cases, 120), "lists": (list_cases, 60), "records": (each_cases, 40), "hours": (written_cases, 40)}


def search(check: Callable[[Case], None], fuzz: int | None, kind: str) -> None:
    """The usual cases, the same every time; or so many fresh ones."""
    strategy, usual = KINDS[kind]
    chosen = searching(fuzz, usual)
    chosen(given(strategy())(check))()


def read_row(ruleset: Ruleset, row: Mapping[str, object], case: Case) -> dict[str, Any]:
    """A customer's values as the rules see them."""
    bound = ruleset.situation(case.as_of).bound
    return dict(zip(bound.program.fields, bound.read(row, []), strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_conditions_hold_in_the_cells_in_which_they_hold_for_customers(
    fuzz: int | None, kind: str, asked: Counter[str]
) -> None:
    def check(case: Case) -> None:
        ruleset = Ruleset(case.model)
        space = Space()
        as_of = Moment.of(case.as_of) if isinstance(case.as_of, datetime) else case.as_of
        program = Program(case.model, Scope(case.model, as_of, {}, {}), space)
        program.read()
        space.cut()
        pairs = {branch.condition: program.pair(branch.condition) for rule in program.rules for branch in rule.branches}
        decisions = [program.decide(name) for name in case.model.outcomes]
        solver = Solver(space, program.definition)
        answers = answers_of(ruleset, as_of)
        for row in case.rows:
            note(f"{case.as_of} {row}")
            values = read_row(ruleset, row, case)
            point = point_of(solver, values, {"": answers})
            if point is None:
                continue
            outcomes = answers(values)
            seen = {name: values.get(name) for name in case.model.fields}
            for condition, pair in pairs.items():
                if not is_told(condition):
                    continue
                scope = Scope(case.model, as_of, seen, outcomes)
                read = {each: aggregated_value(each, scope) for each in aggregates_read(condition)}
                truth = truth_of(condition, evolve(scope, aggregated=read))
                asked["conditions in cells, by the rules"] += 1
                found = (space.formulas.status(pair.true, point), space.formulas.status(pair.false, point))
                assert (YES if truth is True else NO, YES if truth is False else NO) == found, (condition, truth)
            for decision in decisions:
                if decision.outcome.policy == "collect":
                    continue
                possible = decision.possible(point)
                assert possible & point[decision.variable.number], decision.outcome.name
            for number, laws in space.axioms.items():
                assert all(space.formulas.status(law, point) != NO for law in laws), space.variables[number]

    search(check, fuzz, kind)
