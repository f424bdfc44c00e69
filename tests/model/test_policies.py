"""Combining: by hand for each policy, and the results said to be possible against every combination tried out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.model.contributions import ANY, Contribution, Result, Walked, combinations, contribution
from rulelang.model.policies import POLICIES, Combiner
from rulelang.values.numbers import Number as ExactNumber
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Date, Member, Number, Text

LEVEL = Choice(tuple(map(Member, ("low", "medium", "high"))), ordered=True)
WHOLE = Number(0)


def outcome(policy: str = "first", type_: Any = LEVEL, **settings: Any) -> Outcome:
    return Outcome("o", type_, policy=policy, **settings)


def combine(declared: Outcome, *groups: list[Contribution]) -> Result:
    return Combiner(declared).combine(groups)


def sure(*values: Any, branch: int = 0) -> Contribution:
    return Contribution(branch, values, (tuple(ANY if each is None else each for each in values),))


def maybe(*values: Any, branch: int = 0) -> Contribution:
    return Contribution(branch, (), (tuple(ANY if each is None else each for each in values), ()))


def told(result: Result) -> tuple[Any, str, tuple[Any, ...]]:
    return result.answer, result.standing, result.possible


@pytest.mark.parametrize(
    ("declared", "contributions", "expected"),
    [
        (outcome(), [], (None, "no rule", (None,))),
        (outcome(last_resort="low"), [], ("low", "decided", ("low",))),
        (outcome(), [sure("high"), sure("low")], ("high", "decided", ("high",))),
        (outcome(), [maybe("high"), sure("low"), maybe("medium")], ("low", "provisional", ("low", "high"))),
        (outcome(), [maybe("high")], (None, "undecided", ("high", None))),
        (outcome(), [maybe("low"), sure("low")], ("low", "decided", ("low",))),
        (outcome(last_resort="low"), [maybe("high")], ("low", "provisional", ("low", "high"))),
        (outcome(), [sure(None), sure("low")], (None, "undecided", (ANY,))),
        (outcome("last"), [sure("high"), sure("low")], ("low", "decided", ("low",))),
        (outcome("last"), [sure("high"), maybe("low")], ("high", "provisional", ("high", "low"))),
        (outcome("highest"), [sure("low"), sure("medium")], ("medium", "decided", ("medium",))),
        (outcome("highest"), [sure("medium"), maybe("low")], ("medium", "decided", ("medium",))),
        (outcome("highest"), [sure("medium"), maybe("high")], ("medium", "provisional", ("medium", "high"))),
        (outcome("highest"), [sure("high"), sure(None)], ("high", "decided", ("high",))),
        (outcome("highest"), [sure("medium"), sure(None)], (None, "undecided", (ANY,))),
        (outcome("highest"), [maybe("low"), maybe("low")], (None, "undecided", ("low", None))),
        (outcome("lowest"), [sure("medium"), maybe("high")], ("medium", "decided", ("medium",))),
        (outcome("highest", WHOLE, at_most=9), [sure(12), sure(7)], (9, "decided", (9,))),
        (outcome(type_=WHOLE, at_least=5, at_most=3), [sure(4)], (3, "decided", (3,))),
        (outcome("unique"), [sure("low"), maybe("high")], ("low", "decided", ("low",))),
        (outcome("unique"), [maybe("low"), maybe("high")], (None, "undecided", ("low", "high", None))),
        (outcome("sum", WHOLE), [], (0, "decided", (0,))),
        (outcome("sum", WHOLE, last_resort=7), [], (7, "decided", (7,))),
        (outcome("sum", WHOLE), [sure(1), sure(2)], (3, "decided", (3,))),
        (outcome("sum", WHOLE), [sure(1, 2)], (3, "decided", (3,))),
        (outcome("sum", WHOLE), [sure(1), maybe(2), maybe(2)], (1, "provisional", (1, 3, 5))),
        (outcome("sum", WHOLE), [sure(1), sure(None)], (None, "undecided", (ANY,))),
        (outcome("sum", WHOLE, at_most=10), [sure(8), sure(7)], (10, "decided", (10,))),
        (outcome("sum", WHOLE, at_most=10), [sure(12), maybe(7)], (10, "decided", (10,))),
        (outcome("sum", WHOLE), [sure(Fraction(1, 4)), sure(Fraction(1, 4))], (1, "decided", (1,))),
        (outcome("sum", Number(1)), [sure(Fraction(1, 3)), sure(Fraction(1, 3))], (Decimal("0.7"), "decided", None)),
        (outcome("collect", Text()), [], ((), "decided", ((),))),
        (outcome("collect", Text()), [sure("a"), sure("b"), sure("a")], (("a", "b"), "decided", (("a", "b"),))),
        (outcome("collect", Text()), [sure("a"), maybe("b")], (("a",), "provisional", (("a",), ("a", "b")))),
        (outcome("collect", Text()), [sure("a"), maybe("a")], (("a",), "decided", (("a",),))),
        (outcome("collect", Text()), [sure("a"), sure(None)], (None, "undecided", (ANY,))),
        (outcome("collect", Text()), [sure("a"), maybe(None)], (("a",), "provisional", None)),
        (outcome("collect", Text(), last_resort="none"), [], (("none",), "decided", (("none",),))),
        (outcome(when_missing="undecided"), [maybe("high"), sure("low")], (None, "undecided", ("low", "high"))),
        (outcome(when_missing="worst"), [maybe("high"), sure("low")], ("high", "provisional", ("high", "low"))),
        (outcome(when_missing="worst"), [maybe("medium")], ("medium", "provisional", ("medium", None))),
        (outcome("lowest", when_missing="worst"), [maybe("low"), sure("high")], ("low", "provisional", None)),
        (outcome(type_=WHOLE, when_missing="worst"), [sure(None)], (None, "undecided", (ANY,))),
        # A value that can't be told may be the worst there is.
        (outcome(when_missing="worst"), [sure(None)], ("high", "provisional", (ANY,))),
        (outcome("lowest", when_missing="worst"), [maybe(None), sure("high")], ("low", "provisional", None)),
        (outcome(when_missing="worst"), [sure("medium")], ("medium", "decided", ("medium",))),
    ],
)
def test_one_group(declared: Outcome, contributions: list[Contribution], expected: tuple[Any, str, Any]) -> None:
    answer, standing, possible = told(combine(declared, contributions))
    assert (answer, standing) == expected[:2]
    if expected[2] is not None:
        assert possible == expected[2]


def test_unique_broken_names_both_branches_and_both_values() -> None:
    result = combine(outcome("unique"), [sure("low", branch=3), maybe("medium"), sure("high", branch=5)])
    assert told(result) == (None, "undecided", ("low", "high"))
    assert result.rivals == (3, 5)


def test_the_branches_that_made_the_answer() -> None:
    given = [sure("low", branch=1), sure("high", branch=2), sure("high", branch=3)]
    assert combine(outcome(), given).branches == (1,)
    assert combine(outcome("last"), given).branches == (3,)
    assert combine(outcome("highest"), given).branches == (2,)
    assert combine(outcome("collect", Text()), given).branches == (1, 2, 3)
    assert combine(outcome(last_resort="low"), []).branches == ()
    assert combine(outcome(when_missing="worst"), [maybe("high"), sure("low", branch=1)]).branches == ()


def test_only_the_foremost_group_with_a_match_combines() -> None:
    points = outcome("sum", WHOLE)
    assert told(combine(points, [], [sure(1)], [sure(2)])) == (1, "decided", (1,))
    assert told(combine(points, [maybe(9)], [sure(1), maybe(2)], [sure(4)])) == (1, "provisional", (1, 9, 3))
    assert told(combine(outcome("last"), [sure("low")], [sure("high")])) == ("low", "decided", ("low",))


def test_too_many_totals_become_any_value() -> None:
    result = combine(outcome("sum", WHOLE), [sure(1), *(maybe(2**each) for each in range(9))])
    assert told(result) == (1, "provisional", (1, ANY))
    most = combine(outcome("sum", WHOLE), [maybe(2**each) for each in range(8)])
    assert len(most.possible) == 256


def test_many_doubtful_tags_have_a_shortest_and_a_longest_list() -> None:
    result = combine(outcome("collect", Text()), [sure("a"), *(maybe(f"t{each}") for each in range(20))])
    every = ("a", *(f"t{each}" for each in range(20)))
    assert told(result) == (("a",), "provisional", (("a",), every))
    assert result.readings == (("a",), every)


def test_conditions_on_a_list_are_tried_with_what_is_in_any_of_the_lists() -> None:
    either = Contribution(0, (), (("a",), ("b",), ("c",)))
    result = combine(outcome("collect", Text()), [either])
    assert set(result.readings[1]) == {"a", "b", "c"}
    assert result.readings[0] == ()


@pytest.mark.parametrize(
    ("walked", "expected"),
    [
        ([Walked(1, True, True, ("a",), (("a",),)), Walked(2, True, True, ("b",), (("b",),))], (1, ("a",), (("a",),))),
        (
            [Walked(1, False, False, ("a",), (("a",),)), Walked(2, True, True, ("b",), (("b",),))],
            (2, ("b",), (("b",),)),
        ),
        (
            [Walked(1, None, None, ("a",), (("a",),)), Walked(2, True, True, ("b",), (("b",),))],
            (2, ("b",), (("a",), ("b",))),
        ),
        ([Walked(1, None, None, ("a",), (("a",),))], (-1, (), (("a",), ()))),
        # A branch that is true and gives this outcome nothing ends the rule all the same.
        ([Walked(1, True, True), Walked(2, True, True, ("b",), (("b",),))], (1, (), ((),))),
        # Present answers say yes, what is possible leaves it open.
        ([Walked(1, None, True, ("a",), (("a",),))], (1, ("a",), (("a",), ()))),
    ],
)
def test_what_a_rule_gives(walked: list[Walked], expected: tuple[int, Any, Any]) -> None:
    assert contribution(walked) == Contribution(*expected)


def test_combinations_that_cannot_be_tried() -> None:
    assert list(combinations([("a", None), (1,)]) or ()) == [("a", 1), (None, 1)]
    assert combinations([("a", ANY)]) is None
    assert combinations([tuple(range(64)), tuple(range(65))]) is None


VALUES = {
    "first": (LEVEL, st.sampled_from(["low", "medium", "high"])),
    "last": (LEVEL, st.sampled_from(["low", "medium", "high"])),
    "unique": (LEVEL, st.sampled_from(["low", "medium", "high"])),
    "any": (LEVEL, st.sampled_from(["low", "medium", "high"])),
    "highest": (LEVEL, st.sampled_from(["low", "medium", "high"])),
    "lowest": (Date(), st.dates()),
    "sum": (Number(1), st.decimals(-9, 9, places=2).map(lambda each: each.normalize())),
    "collect": (Text(), st.sampled_from("abc")),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Outcome, list[list[Contribution]]]:
    policy = draw(st.sampled_from(sorted(POLICIES)))
    type_, values = VALUES[policy]
    caps: dict[str, ExactNumber] = {"at_most": 10} if policy == "sum" and draw(st.booleans()) else {}
    alternatives = st.lists(st.one_of(st.just(()), values.map(lambda each: (each,))), min_size=1, max_size=3)
    # Whatever is given now is one of the alternatives: present answers are possible answers.
    contributions = alternatives.map(lambda each: Contribution(0, each[0], tuple(dict.fromkeys(each))))
    groups = draw(st.lists(st.lists(contributions, max_size=3), min_size=1, max_size=2))
    return outcome(policy, type_, **caps), groups


@given(cases())
def test_possible_results_are_those_of_every_combination(case: tuple[Outcome, list[list[Contribution]]]) -> None:
    declared, groups = case
    result = combine(declared, *groups)
    every = [each for group in groups for each in group]
    expected = set()
    for combination in product(*(each.alternatives for each in every)):
        known = iter(Contribution(0, values, (values,)) for values in combination)
        tried = combine(declared, *([next(known) for _ in group] for group in groups))
        if not tried.rivals:
            assert tried.settled
            expected.add(tried.answer)
    if result.rivals:
        expected |= set(result.possible)
    if declared.policy == "collect":
        every_list = [set(each) for each in expected]
        ends = {frozenset(set.intersection(*every_list)), frozenset(set.union(*every_list))}
        assert {frozenset(each) for each in result.possible} == ends
        assert set(result.readings) == set(result.possible)
    else:
        assert set(result.possible) == expected
    assert result.settled == (len(expected) == 1 and not result.rivals)
