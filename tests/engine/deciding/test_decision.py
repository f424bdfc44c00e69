"""A decision: answers, standings, what is possible and missing, who won, what was noticed on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from rulelang.engine.deciding.decision import Decision
from rulelang.engine.ruleset import Ruleset
from rulelang.model import expressions as e
from rulelang.model.contributions import ANY
from rulelang.vocabulary.declarations import Field, Outcome
from tests.oracle.build import (
    DATE,
    LEVEL,
    NUMBER,
    TEXT,
    WHOLE,
    always,
    compare,
    days,
    field,
    model,
    outcome,
    rule,
    when,
)
from tests.strategies import Case, cases

AS_OF = date(2026, 6, 1)
x, y, z = field("x"), field("y"), field("z")
RATIO = e.Arithmetic("/", x, y, NUMBER)
MODEL = model(
    *(Field(name, NUMBER) for name in "xyz"),
    Field("city", TEXT),
    Field("day", DATE),
    Field("b", NUMBER, may_be_blank=True),
    Outcome("risk", LEVEL, label="风险", policy="highest"),
    Outcome("action", TEXT, last_resort="none"),
    Outcome("score", WHOLE, policy="sum"),
    Outcome("tags", TEXT, policy="collect"),
    Outcome("one", TEXT, policy="unique"),
    rule("veto", when(compare(x, ">", 10), risk="high")),
    rule("medium", when(compare(y, ">", 10), risk="medium")),
    rule("low", always(risk="low")),
    rule("act", when(compare(outcome("risk", LEVEL), ">=", "medium"), action="call")),
    rule("points", when(compare(x, ">", 0), score=5, tags="x"), when(compare(RATIO, ">", 2), score=1)),
    rule("more", when(compare(z, ">", 0), score=2, tags="z")),
    rule("a", when(compare(x, "=", 1), one="a")),
    rule("b", when(compare(y, "=", 1), one="b")),
    rule("town", when(compare(field("city", TEXT), "=", "Paris"), one="town")),
    rule("late", when(e.AgeComparison(">", field("day", DATE), days(30)), one="late")),
)
RULES = Ruleset(MODEL)
ALL = {"x": 1, "y": 0, "z": 0, "city": "Rome", "day": AS_OF}


def decide(**customer: Any) -> Decision:
    return RULES.decide(customer, AS_OF)


def told(decision: Decision, name: str) -> tuple[Any, str, tuple[Any, ...], tuple[str, ...]]:
    return decision[name], decision.standing(name), decision.possible(name), decision.missing_for(name)


def test_everything_known() -> None:
    decision = decide(**ALL)
    assert dict(decision.outcomes) == {"risk": "low", "action": "none", "score": 5, "tags": ("x",), "one": "a"}
    assert {decision.standing(each) for each in decision.outcomes} == {"decided"}
    assert decision.missing == () and decision.problems == ()
    assert told(decision, "tags") == (("x",), "decided", (("x",),), ())
    assert told(decide(**{**ALL, "x": 2}), "one") == (None, "no rule", (None,), ())


def test_a_veto_stays_decided_whatever_is_missing() -> None:
    assert told(decide(x=11), "risk") == ("high", "decided", ("high",), ())
    assert told(decide(x=11), "action") == ("call", "decided", ("call",), ())


def test_doubt_travels_and_names_its_fields() -> None:
    decision = decide(x=5)
    assert told(decision, "risk") == ("low", "provisional", ("low", "medium"), ("y",))
    assert told(decision, "action") == ("none", "provisional", ("none", "call"), ("y",))
    assert decision.missing == ("y", "z", "city", "day")


def test_what_a_missing_field_cannot_change_is_not_asked_for() -> None:
    # Medium is certain: only a veto could change the risk, so only its field is missing.
    assert told(decide(y=11), "risk") == ("medium", "provisional", ("medium", "high"), ("x",))
    # The action is the same either way.
    assert told(decide(y=11), "action") == ("call", "decided", ("call",), ())


def test_sums_and_lists() -> None:
    decision = decide(x=1)
    assert told(decision, "score") == (5, "provisional", (5, 7), ("z",))
    assert told(decision, "tags") == (("x",), "provisional", (("x",), ("x", "z")), ("z",))


def test_outcomes_go_by_label_and_unknown_ones_are_refused() -> None:
    assert decide(**ALL)["风险"] == "low"
    assert decide(**ALL).standing("风险") == "decided"
    for ask in (decide(**ALL).standing, decide(**ALL).why, decide(**ALL).__getitem__):
        with pytest.raises(KeyError):
            ask("nothing")


@pytest.mark.parametrize(
    ("customer", "outcome_name", "expected"),
    [
        (ALL, "risk", ("low",)),
        (ALL, "action", ("else",)),
        (ALL, "score", ("points",)),
        ({**ALL, "z": 1}, "score", ("points", "more")),
        ({**ALL, "z": 1}, "tags", ("points", "more")),
        ({**ALL, "x": 2}, "one", ()),
        ({"x": 5}, "risk", ("low",)),
        ({"x": 5}, "action", ("else",)),
        ({"y": 1}, "one", ("b",)),
    ],
)
def test_who_won(customer: dict[str, Any], outcome_name: str, expected: tuple[str, ...]) -> None:
    decision = decide(**customer)
    assert decision.rules(outcome_name) == expected
    assert decision.rule(outcome_name) == (expected[0] if expected else None)


def test_rivals_are_a_problem_never_a_pick() -> None:
    decision = decide(**{**ALL, "y": 1})
    assert told(decision, "one") == (None, "undecided", ("a", "b"), ())
    [found] = decision.problems
    assert found.code == "unique-violated"
    assert found.facts == {"outcome": "one", "first": "a", "second": "b", "first_value": "a", "second_value": "b"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"day": date(2026, 6, 2)}, ["future-date"]),
        ({"city": "paris"}, ["near-miss"]),
        ({"city": "Ｐａｒｉｓ"}, ["near-miss"]),
        ({"city": "Paris "}, ["unique-violated"]),
        ({"x": -1, "y": 0}, ["division-by-zero"]),
        # Nobody has to know what a division comes to that stands behind a true condition.
        ({"x": 1, "y": 0}, []),
        ({"x": -1, "y": None}, []),
    ],
)
def test_problems(changes: dict[str, Any], codes: list[str]) -> None:
    assert [each.code for each in decide(**{**ALL, **changes}).problems] == codes


def test_an_unknown_value_is_any_value() -> None:
    rules = Ruleset(model(Field("x", NUMBER), Outcome("o", NUMBER), rule("r", always(o=field("x")))))
    assert told(rules.decide({}, AS_OF), "o") == (None, "undecided", (ANY,), ("x",))


def test_the_values_as_the_rules_saw_them() -> None:
    assert decide(x="1", city=" Paris ").values == {
        "x": 1, "y": None, "z": None, "city": "Paris", "day": None,
    }  # fmt: skip


@settings(suppress_health_check=list(HealthCheck), max_examples=80)
@given(cases())
def test_the_generated_code_and_the_walk_through_the_model_agree(case: Case) -> None:
    rules = Ruleset(case.model)
    for row in case.rows:
        decision = rules.decide(row, case.as_of)
        walked = decision.evaluation().results
        for name in case.model.outcomes:
            assert (walked[name].answer, walked[name].standing) == (decision[name], decision.standing(name))
            assert set(walked[name].possible) == set(decision.possible(name))
