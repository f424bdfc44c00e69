"""What sample customers reach, counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulelang.model import expressions as e
from rulelang.model.program import Branch, Model, Rule
from rulelang.testing.coverage import Coverage, Seen, atoms, cover
from rulelang.vocabulary.declarations import Field, Outcome
from tests.oracle import build as hand

A = hand.compare(hand.field("a"), ">", 10)
B = hand.compare(hand.field("b"), ">", 10)
VIP = hand.field("vip", hand.YESNO)
OUT = Outcome("out", hand.TEXT)
FIELDS = (Field("a", hand.NUMBER, at_most=1000), Field("b", hand.NUMBER), Field("vip", hand.YESNO))
DAY = date(2026, 1, 1)


def model(*rules: Rule) -> Model:
    return hand.model(*FIELDS, OUT, *rules)


def covered(rules: Model, *customers: dict[str, Any], outcomes: dict[str, Any] | None = None) -> Coverage:
    return cover(rules, [Seen(each, outcomes or {}, DAY) for each in customers])


def seen(coverage: Coverage) -> list[tuple[bool, bool]]:
    return [(each.seen_true, each.seen_false) for each in coverage.conditions]


def gaps(coverage: Coverage) -> list[str]:
    return [each.code for each in coverage.gaps()]


def test_single_conditions_lie_below_and_or_not_bullets_and_names() -> None:
    condition = e.Not(e.And((A, e.Or((e.Named("big", None, B), e.ALWAYS)), e.AtLeastOf(1, (VIP, A)))))
    assert (A, B, VIP, A) == atoms(condition)


def test_nothing_to_count_is_everything() -> None:
    coverage = covered(model())
    assert (100, 100) == (coverage.rules_percent, coverage.conditions_percent)
    assert () == coverage.gaps()


def test_without_samples_nothing_is_reached() -> None:
    coverage = covered(model(hand.rule("r", hand.when(A, out="x"))))
    assert (0, 0) == (coverage.rules_percent, coverage.conditions_percent)
    assert ["branch-not-covered"] == gaps(coverage)


def test_each_branch_counts() -> None:
    rules = model(hand.rule("r", hand.when(A, out="x"), hand.when(B, out="y"), hand.always(out="z")))
    coverage = covered(rules, {"a": 11}, {"a": 1, "b": 1})
    assert [1, 0, 1] == [each.taken for each in coverage.branches]
    assert 66 == coverage.rules_percent
    assert [(True, True), (False, True)] == seen(coverage)
    assert 75 == coverage.conditions_percent
    (gap,) = coverage.gaps()
    assert {"rule": "r", "rule_zh": "r", "number": 2} == gap.facts


def test_conditions_of_a_later_branch_are_seen_only_where_it_comes_up() -> None:
    rules = model(hand.rule("r", hand.when(A, out="x"), hand.when(B, out="y")))
    assert [(True, False), (False, False)] == seen(covered(rules, {"a": 11, "b": 11}))


def test_an_unknown_condition_is_seen_neither_way() -> None:
    rules = model(hand.rule("r", hand.when(e.Or((A, B)), out="x")))
    coverage = covered(rules, {"a": 11})
    assert [(True, False), (False, False)] == seen(coverage)
    assert ["condition-never-false", "condition-never-true", "condition-never-false"] == gaps(coverage)


def test_a_value_outside_its_limits_counts_as_missing() -> None:
    rules = model(hand.rule("r", hand.when(A, out="x")))
    assert [(False, False)] == seen(covered(rules, {"a": 1001}))
    assert [(True, False)] == seen(covered(rules, {"a": 1000}))


def test_conditions_on_outcomes_see_what_was_decided() -> None:
    rules = model(hand.rule("r", hand.when(hand.compare(hand.outcome("out"), "=", "x"), out="y")))
    assert [(True, False)] == seen(covered(rules, {}, outcomes={"out": "x"}))
    assert [(False, False)] == seen(covered(rules, {}, outcomes={"out": None}))


def test_a_condition_used_twice_counts_in_each_place() -> None:
    two = hand.rule("two", hand.when(B, out="y"), hand.when(A, out="z"))
    rules = model(hand.rule("one", hand.when(A, out="x")), two)
    assert [(True, False), (True, False), (False, False)] == seen(covered(rules, {"a": 11, "b": 11}))


def test_rules_switched_off_are_not_counted_and_rules_not_in_force_not_reached() -> None:
    off = hand.rule("off", hand.when(A, out="x"), switched_off=True)
    later = hand.rule("later", hand.when(A, out="y"), valid_from=date(2027, 1, 1))
    coverage = cover(model(off, later), [Seen({"a": 11}, {}, DAY)])
    assert [("later", 0)] == [(each.rule, each.taken) for each in coverage.branches]
    assert 100 == cover(model(off, later), [Seen({"a": 11}, {}, date(2027, 1, 1))]).rules_percent


def test_percentages_are_rounded_down() -> None:
    branches = tuple(Branch(hand.compare(hand.field("a"), "=", number), ()) for number in range(200))
    rules = model(Rule("many", branches))
    assert 99 == covered(rules, *({"a": number} for number in range(199))).rules_percent
    assert 100 == covered(rules, *({"a": number} for number in range(200))).rules_percent


customers = st.fixed_dictionaries({"a": st.none() | st.integers(0, 20), "b": st.none() | st.integers(0, 20)})


@given(st.lists(customers, max_size=4), customers)
def test_one_more_sample_never_lowers_coverage(few: list[dict[str, Any]], more: dict[str, Any]) -> None:
    rules = model(
        hand.rule("one", hand.when(e.And((A, B)), out="x"), hand.when(e.Not(B), out="y")),
        hand.rule("two", hand.when(e.IsMissing(hand.field("a")), out="z")),
    )
    before, after = covered(rules, *few), covered(rules, *few, more)
    assert before.rules_percent <= after.rules_percent
    assert before.conditions_percent <= after.conditions_percent
    assert set(gaps(after)) <= {"branch-not-covered", "condition-never-true", "condition-never-false"}
    assert (100 == after.rules_percent and 100 == after.conditions_percent) == (() == after.gaps())
