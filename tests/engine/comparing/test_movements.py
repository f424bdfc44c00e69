"""Moves and their causes: versions with some of the edits against what the edits say, on generated models."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import rulelang
from rulelang.changes.edits import compare
from rulelang.changes.versions import Versions
from rulelang.engine.comparing.movements import DOWN, UP, Held, Movements, direction
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import BLANK
from rulelang.model.program import Model, Rule
from rulelang.vocabulary.declarations import Threshold
from rulelang.vocabulary.types import Number
from tests.strategies import Case, cases

TODAY = date(2026, 6, 30)
quiet = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Case, Model]:
    """A case and another version of its model, some edits away."""
    case = draw(cases())
    rules: list[Rule] = list(case.model.rules)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(rules) - 1, 0)))
        what = draw(st.sampled_from(("drop", "swap", "priority", "branch", "double")))
        if not rules:
            break
        rule = rules[place]
        if what == "drop":
            del rules[place]
        elif what == "swap":
            rules.insert(0, rules.pop(place))
        elif what == "priority":
            rules[place] = evolve(rule, priority=1 if rule.priority is None else None)
        elif what == "branch" and len(rule.branches) > 1:
            rules[place] = evolve(rule, branches=rule.branches[1:])
        elif what == "double":
            rules.append(evolve(rule, name=f"{rule.name} again", priority=None))
    outcomes = dict(case.model.outcomes)
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(outcomes)))
        outcomes[name] = evolve(outcomes[name], last_resort=None)
    return case, evolve(case.model, rules=tuple(rules), outcomes=outcomes)


def with_spare(model: Model, value: int) -> Model:
    """The model with a threshold that nobody reads: its edit keeps the others from being all."""
    return evolve(model, thresholds={**model.thresholds, "spare": Threshold("spare", Number(0), value)})


def answers(model: Model, row: Any, day: date) -> dict[str, Held]:
    decision = Ruleset(model).decide(row, day)
    return {
        name: Held(decision[name])
        if decision[name] is not None
        else Held(None, "undecided" if decision.standing(name) == "undecided" else "no rule")
        for name in model.outcomes
    }


@quiet
@given(edited())
def test_all_edits_together_are_the_new_version(drawn: tuple[Case, Model]) -> None:
    case, new = drawn
    versions = compare(with_spare(case.model, 1), with_spare(new, 2))
    spare = next(number for number, each in enumerate(versions.edits) if each.name == "spare")
    made = versions.model(frozenset(range(len(versions.edits))) - {spare})
    kept = versions.model(frozenset({spare}))
    assert made is not None and kept is not None
    for row in case.rows:
        assert answers(new, row, case.as_of) == answers(made, row, case.as_of)
        assert answers(case.model, row, case.as_of) == answers(kept, row, case.as_of)


@quiet
@given(edited())
def test_a_cause_brings_the_move_and_nothing_in_it_is_idle(drawn: tuple[Case, Model]) -> None:
    case, new = drawn
    versions = compare(case.model, new)
    movements = Movements(versions, (case.as_of, case.as_of))
    for row in case.rows:
        bound = Ruleset(case.model).situation(case.as_of).bound
        values = dict(zip(bound.program.fields, bound.read(row, []), strict=True))
        read = Ruleset(new).situation(case.as_of).bound
        values |= dict(zip(read.program.fields, read.read(row, []), strict=True))
        before, after = answers(case.model, row, case.as_of), answers(new, row, case.as_of)
        moves = {each.outcome: each for each in movements.of((values, values))}
        assert {name for name in after if before[name] != after[name]} == set(moves)
        for name, move in moves.items():
            assert (before[name], after[name]) == (move.before, move.after)
            assert move.cause
            for chosen in move.cause:
                assert after[name] == held(versions, chosen, row, case.as_of)[name]
                if len(chosen) > 1:
                    assert all(
                        after[name] != held(versions, chosen - {each}, row, case.as_of).get(name) for each in chosen
                    )


def held(versions: Versions, chosen: frozenset[int], row: Any, day: date) -> dict[str, Held]:
    model = versions.model(chosen)
    return {} if model is None else answers(model, row, day)


RULES = """\
threshold gold_at = 100
threshold silver_at = 50
field spend: number
field vip: yes or no
outcome tier: one of gold, silver, bronze, else bronze
outcome score: whole number, sum
rule "Gold": if spend >= gold_at and vip is yes then tier = gold, score = 10
rule "Silver": if spend >= silver_at then tier = silver, score = 5
"""


def moves(old: str, new: str, **values: Any) -> dict[str, tuple[Any, Any, list[set[str]]]]:
    versions = compare(rulelang.loads(old).model, rulelang.loads(new).model)
    found = Movements(versions, (TODAY, TODAY)).of((values, values))
    return {
        each.outcome: (
            each.before.answer,
            each.after.answer,
            [{versions.edits[number].name for number in chosen} for chosen in each.cause],
        )
        for each in found
    }


def test_one_edit_is_the_cause() -> None:
    new = RULES.replace("gold_at = 100", "gold_at = 200").replace("silver_at = 50", "silver_at = 60")
    assert {"tier": ("gold", "silver", [{"gold_at"}]), "score": (15, 5, [{"gold_at"}])} == moves(
        RULES, new, spend=150, vip=True
    )


def test_two_edits_work_together() -> None:
    new = RULES.replace("gold_at = 100", "gold_at = 200").replace("silver_at = 50", "silver_at = 160")
    assert ("gold", "bronze", [{"gold_at", "silver_at"}]) == moves(RULES, new, spend=150, vip=True)["tier"]


def test_each_of_two_edits_would_do() -> None:
    new = RULES.replace("spend >= gold_at and vip is yes", "spend >= gold_at and vip is no")
    new = new.replace("gold_at = 100", "gold_at = 200")
    assert ("gold", "silver", [{"Gold"}, {"gold_at"}]) == moves(RULES, new, spend=150, vip=True)["tier"]


def test_edits_that_undo_each_other_move_nobody_and_are_counted() -> None:
    new = RULES.replace("gold_at = 100", "gold_at = 200").replace("spend >= gold_at and", "spend * 2 >= gold_at and")
    versions = compare(rulelang.loads(RULES).model, rulelang.loads(new).model)
    movements = Movements(versions, (TODAY, TODAY))
    values = {"spend": 150, "vip": True}
    assert () == movements.of((values, values))
    tier = next(each for each in movements.summary() if each.outcome.name == "tier")
    assert 0 == tier.count()
    assert 1 == sum(tier.alone.values())


def test_new_values_of_a_choice_come_with_the_rule_that_gives_them() -> None:
    new = RULES.replace("one of gold", "one of diamond, gold")
    new = new.replace('rule "Gold"', 'rule "Diamond": if spend >= 1000 then tier = diamond\nrule "Gold"')
    assert ("gold", "diamond", [{"Diamond"}]) == moves(RULES, new, spend=1000, vip=True)["tier"]


def test_edits_that_make_a_circle_alone_are_no_cause() -> None:
    old = "field x: number\noutcome a: number\noutcome b: number\n"
    old += 'rule "A": if b = 1 then a = 1\nrule "B": if x = 1 then b = 1\n'
    new = old.replace("if b = 1", "if x = 2").replace("if x = 1 then b", "if a = 1 then b")
    assert {"a": (None, 1, [{"A"}]), "b": (None, 1, [{"A", "B"}])} == moves(old, new, x=2)


def test_up_and_down() -> None:
    model = rulelang.loads(
        "field x: number\noutcome plain: one of best, middle, worst\noutcome level: low < high\n"
        "outcome n: number\nif x = 1 then plain = best, level = low, n = 1\n"
    ).model
    for name, worse, better in (("plain", "worst", "best"), ("level", "low", "high"), ("n", 1, 2)):
        outcome = model.outcomes[name]
        assert UP == direction(outcome, Held(worse), Held(better))
        assert DOWN == direction(outcome, Held(better), Held(worse))
        assert "" == direction(outcome, Held(None, "undecided"), Held(better))


def test_combinations_of_three_edits_are_models_that_decide() -> None:
    new = RULES.replace("100", "120").replace("50", "70").replace("score = 5", "score = 6")
    versions = compare(rulelang.loads(RULES).model, rulelang.loads(new).model)
    assert 3 == len(versions.edits)
    for size in range(4):
        for chosen in combinations(range(3), size):
            model = versions.model(frozenset(chosen))
            assert model is not None
            gold = Ruleset(model).decide({"spend": 110, "vip": True}, TODAY)["tier"] == "gold"
            assert gold is (not any(versions.edits[each].name == "gold_at" for each in chosen))


def test_blank_is_read_as_each_version_declares_it() -> None:
    old = 'field spend: number, may be blank\noutcome a: text\nif spend is missing then a = "none"\n'
    versions = compare(rulelang.loads(old).model, rulelang.loads(old.replace(", may be blank", "")).model)
    movements = Movements(versions, (TODAY, TODAY))
    assert () == movements.of(({"spend": BLANK}, {"spend": None}))


def test_rules_for_each_record_are_edits_like_others() -> None:
    old = "field orders: list of order (amount: number)\noutcome order.alert: text\noutcome a: text\n"
    old += 'for each order: if amount > 10 then alert = "large"\n'
    old += 'if count of orders where (alert is known) >= 1 then a = "watch"\n'
    values = {"orders": ({"amount": 8},)}
    versions = compare(
        rulelang.loads(old).model, rulelang.loads(old.replace("> 10", "> 5").replace(">= 1", ">= 0")).model
    )
    moves = Movements(versions, (TODAY, TODAY)).of((values, values))
    assert [("a", "watch", [1, 1])] == [
        (each.outcome, each.after.answer, [len(one) for one in each.cause]) for each in moves
    ]
