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
from tests.oracle import ANY, decide
from tests.oracle.world import expressions, outcomes_read, parts
from tests.strategies import Case, cases

SETTINGS = settings(
    max_examples=400,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

TABLES = {Aggregate, AnyGroup, ElementRef, Lookup, Quantified}  # customers are flat here
REASONS = {MissingFor}  # shown, never reckoned with
MOMENTS = {Now, DayOf}  # time of day: tests/conformance/hours.toml
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
