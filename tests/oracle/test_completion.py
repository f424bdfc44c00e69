"""What S4 promises, as a law: whatever the missing fields turn out to be, the answer was among the possible values."""

from __future__ import annotations

from datetime import date

import attrs
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from rulelang.model.expressions import IsMissing
from rulelang.model.program import Model
from rulelang.vocabulary.declarations import Outcome
from tests.oracle import ANY, decide
from tests.oracle.world import expressions, parts, read_customer
from tests.strategies import as_of_dates, models, rows

Row = dict[str, object]


def _without_clashes(outcome: Outcome) -> Outcome:
    return attrs.evolve(outcome, policy="first") if outcome.policy in ("unique", "any") else outcome


@st.composite
def completions(draw: st.DrawFn) -> tuple[Model, date, Row, Row]:
    """A customer, and the same customer with some of the missing fields filled in."""
    model = draw(models())
    # A clash under `unique` or `any` is an error, not one of the possible values: here the first match wins instead.
    outcomes = model.outcomes.values()
    first = {each.name: _without_clashes(each) for each in outcomes}
    model = attrs.evolve(model, outcomes=first)
    # `is missing` is never unknown (S3): what it sees now says nothing about later.
    assume(not any(isinstance(part, IsMissing) for each in expressions(model.rules) for part in parts(each)))
    as_of = draw(as_of_dates())
    before, other = draw(rows(model, as_of)), draw(rows(model, as_of))
    known = read_customer(model, before)
    after: Row = {}
    for field in model.fields.values():
        row = before if known[field.name] is not None else other
        after[field.name] = row.get(field.name, row.get(field.label or ""))
    return model, as_of, before, after


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(completions())
def test_completing_a_customer_stays_within_the_possible(case: tuple[Model, date, Row, Row]) -> None:
    model, as_of, before, after = case
    note(f"{as_of}: {before} then {after}")
    open_answer, answer = decide(model, before, as_of), decide(model, after, as_of)
    for name, outcome in model.outcomes.items():
        earlier, later = open_answer.possible[name], answer.possible[name]
        if ANY in earlier:
            continue
        if outcome.policy == "collect":
            assert held_by_all(earlier) <= held_by_all(later)
            assert held_by_any(later) <= held_by_any(earlier)
        else:
            assert set(later) <= set(earlier)


def held_by_all(lists: tuple[object, ...]) -> set[object]:
    return set.intersection(*(set(each) for each in lists if isinstance(each, tuple)))


def held_by_any(lists: tuple[object, ...]) -> set[object]:
    return set().union(*(each for each in lists if isinstance(each, tuple)))
