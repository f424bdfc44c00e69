"""Lists of records: the engine against the oracle, and what the generated code looks like."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from rulelang.engine.ruleset import Ruleset
from rulelang.model import contributions
from rulelang.model.walking import parts
from tests import oracle
from tests.oracle.world import expressions
from tests.strategies.cases import Case
from tests.strategies.lists import KINDS, list_cases

SETTINGS = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def in_words_of_the_engine(value: Any) -> Any:
    return {oracle.ANY: contributions.ANY, oracle.NO_VALUE: None}.get(value, value)


@SETTINGS
@given(list_cases())
def test_the_engine_agrees_with_the_oracle(case: Case) -> None:
    ruleset = Ruleset(case.model)
    answers = ruleset.compile(case.as_of)
    for row in case.rows:
        expected = oracle.decide(case.model, row, case.as_of)
        decision = ruleset.decide(row, case.as_of)
        assert expected.outcomes == decision.outcomes
        assert expected.outcomes == answers(row)
        for name in case.model.outcomes:
            possible = {in_words_of_the_engine(each) for each in expected.possible[name]}
            assert (expected.standings[name], possible) == (decision.standing(name), set(decision.possible(name)))
            assert set(expected.missing_for[name]) == set(decision.missing_for(name))


@SETTINGS
@given(list_cases())
def test_explanations_judge_as_decisions_do(case: Case) -> None:
    for row in case.rows:
        decision = Ruleset(case.model).decide(row, case.as_of)
        for name in case.model.outcomes:
            explanation = decision.explain(name)
            found = (explanation.answer, explanation.standing, set(explanation.possible))
            assert (decision[name], decision.standing(name), set(decision.possible(name))) == found


def test_every_kind_is_generated_and_every_standing_reached() -> None:
    seen: Counter[object] = Counter()

    @settings(SETTINGS, phases=[Phase.generate])
    @given(list_cases())
    def collect(case: Case) -> None:
        found = {part for each in expressions(case.model.rules) for part in parts(each)}
        seen.update(getattr(each, "kind", getattr(each, "quantifier", None)) for each in found)
        for row in case.rows:
            decision = Ruleset(case.model).decide(row, case.as_of)
            seen.update(decision.standing(name) for name in case.model.outcomes)
            seen.update(each.code for each in decision.problems)

    collect()
    wanted = {*KINDS, "any", "every", "no", *contributions.STANDINGS, "records-left-out", "list-incomplete"}
    assert set() == {each for each in wanted if seen[each] < 3}
