"""The generated cases reach everything there is to reach."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from hypothesis import HealthCheck, Phase, given, settings

from rulelang.model.expressions import (
    Aggregate,
    AnyGroup,
    DayOf,
    ElementRef,
    Expression,
    Lookup,
    MissingFor,
    Now,
    Quantified,
)
from rulelang.vocabulary.declarations import POLICIES
from rulelang.vocabulary.types import Length
from tests.oracle import ANY, decide, places
from tests.oracle.world import expressions, outcomes_read, parts
from tests.strategies import Case, cases
from tests.strategies.population import FIGURES, PLACES, population_cases
from tests.strategies.written import written_cases

SETTINGS = settings(
    max_examples=400,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

TABLES = {Aggregate, AnyGroup, ElementRef, Lookup, Quantified}  # customers are flat here
REASONS = {MissingFor}  # shown, never reckoned with
MOMENTS = {Now, DayOf}  # in the rules that are written
DOUBT = ("provisional", "undecided")


def test_everything_is_generated_and_every_standing_reached() -> None:
    seen: Counter[object] = Counter()

    @SETTINGS
    @given(cases())
    def collect(case: Case) -> None:
        seen.update({type(part) for each in expressions(case.model.rules) for part in parts(each)})
        seen.update(f"policy {each.policy}" for each in case.model.outcomes.values())
        for row in case.rows:
            decision = decide(case.model, row, case.as_of)
            for name, standing in decision.standings.items():
                seen[standing] += 1
                seen["any"] += ANY in decision.possible[name]
                seen["several"] += len(decision.possible[name]) > 2
                read = {one for each in expressions(case.model.decision(name)) for one in outcomes_read(each)}
                doubtful = {one for one in read if decision.standings[one] in DOUBT}
                seen["doubt travels"] += bool(doubtful) and standing in DOUBT

    collect()
    wanted = {*get_args(Expression)} - TABLES - REASONS - MOMENTS
    wanted |= {f"policy {each}" for each in POLICIES}
    wanted |= {"decided", "provisional", "undecided", "no rule", "any", "several", "doubt travels"}
    assert set() == {each for each in wanted if seen[each] < 3}


def test_written_rules_reach_hours_working_days_and_lookups() -> None:
    seen: Counter[object] = Counter()

    @settings(SETTINGS, max_examples=70)
    @given(written_cases())
    def collect(case: Case) -> None:
        found = [part for each in expressions(case.model.rules) for part in parts(each)]
        seen.update({type(part) for part in found})
        seen.update({part.type.unit for part in found if isinstance(part.type, Length)})
        for row in case.rows:
            seen.update(decide(case.model, row, case.as_of).standings.values())

    collect()
    wanted = {Now, DayOf, Lookup, Aggregate, Quantified, "minutes", "working days", "days", "months"}
    assert set() == {each for each in (*wanted, "decided", *DOUBT, "no rule") if not seen[each]}


def test_bases_reach_every_measure() -> None:
    seen: Counter[object] = Counter()

    @settings(SETTINGS, max_examples=70)
    @given(population_cases())
    def collect(case: Case) -> None:
        seen.update(f"{each.kind} {'of each' if each.group else 'of all'}" for each in case.model.measures)
        for row in case.rows:
            seen.update(value is None for value in places(case.model, case.rows, row, case.as_of).values())

    collect()
    wanted = {f"{kind} {whole}" for kind in (*PLACES, *FIGURES) for whole in ("of all", "of each")}
    assert set() == {each for each in (*wanted, True, False) if not seen[each]}
