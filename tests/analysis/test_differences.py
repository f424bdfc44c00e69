"""Two rulesets: what is proved equal is equal for every customer tried, what is said to differ does."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice
from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

import rulelang
from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, Verdict, differences
from rulelang.analysis.mutants import mutants
from rulelang.engine.advice.proving import answers_of, decider_of
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import BLANK
from tests.analysis.searching import searching
from tests.analysis.test_formulas import read_row
from tests.strategies import Case, cases

DAY = date(2026, 6, 30)
LEVELS = """\
field balance: number
field city: text
outcome level: one of high, low
outcome greeting: text
if balance > 100 then level = high
if balance <= 100 then level = low
if level is high and city is "Paris" then greeting = "bonjour"
"""
SCORES = """\
field a: whole number
field b: whole number
outcome score: whole number, sum, at most 30
outcome grade: one of hi, lo, undecided when data is missing
if a > 10 then add 10 to score
if a > 20 then add 10 to score
if b > 5 then add 5 to score
if score >= 20 then grade = hi
otherwise grade = lo
"""


def compared(old: str, new: str) -> dict[str, Verdict]:
    first, second = rulelang.loads(old), rulelang.loads(new)
    answers = {OLD: answers_of(first, DAY), NEW: answers_of(second, DAY)}
    return {each.outcome: each for each in differences(first.model, second.model, DAY, answers)}


def told(verdict: Verdict) -> dict[str, Any]:
    assert verdict.customer is not None
    return {each.name: each.value for each in verdict.customer.told}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LEVELS, LEVELS),
        (LEVELS, LEVELS.replace("if balance <= 100", "if not (balance > 100)")),
        (LEVELS, LEVELS.replace("level is high and", "not (level is low) and")),
        (LEVELS, LEVELS.replace("balance > 100", "balance * 2 > 200")),
        (LEVELS, LEVELS.replace("balance > 100", "balance / 4 > 25")),
        (SCORES, SCORES),
        (SCORES, SCORES.replace("if b > 5", "if b > 5 and b > 3")),
        (SCORES, SCORES.replace("if a > 20", "if a >= 21")),
        (SCORES, SCORES.replace("at most 30", "at most 25")),
    ],
)
def test_the_same_said_otherwise_is_equal(old: str, new: str) -> None:
    assert {EQUAL} == {each.kind for each in compared(old, new).values()}


def test_a_difference_comes_with_the_customer_at_the_boundary() -> None:
    found = compared(LEVELS, LEVELS.replace("> 100", ">= 100"))
    level, greeting = found["level"], found["greeting"]
    assert (DIFFERENT, {"balance": 100}, "low", "high") == (level.kind, told(level), level.old, level.new)
    assert {"balance": 100, "city": "Paris"} == told(greeting)
    assert (BLANK, "bonjour") == (greeting.old, greeting.new)


def test_a_difference_travels_through_sums_and_grades() -> None:
    found = compared(SCORES, SCORES.replace("if a > 20", "if a > 21"))
    assert ({"a": 21}, 20, 10) == (told(found["score"]), found["score"].old, found["score"].new)
    assert ({"a": 21}, "hi", "lo") == (told(found["grade"]), found["grade"].old, found["grade"].new)


def test_rules_that_exclude_each_other_may_change_places() -> None:
    lines = LEVELS.splitlines(keepends=True)
    lines[4], lines[5] = lines[5], lines[4]
    assert {EQUAL} == {each.kind for each in compared(LEVELS, "".join(lines)).values()}


def test_comparisons_between_fields_are_found_and_never_proved_wrongly() -> None:
    text = 'field price: number\nfield limit: number\noutcome s: text\nif price > limit then s = "over"\n'
    found = compared(text, text.replace("price > limit", "limit < price"))["s"]
    assert EQUAL == found.kind
    found = compared(text, text.replace(">", ">="))["s"]
    assert (DIFFERENT, BLANK, "over") == (found.kind, found.old, found.new)
    assert found.customer is not None
    assert found.customer.values["price"] == found.customer.values["limit"]


GIVEN_ON = """\
choice level: low < medium < high
field a: whole number
field wish: level
outcome first: level
outcome second: level, highest wins
if a > 10 then first = wish
if a <= 10 then first = low
if a > 20 then second = first
if a > 30 then second = medium
if a <= 20 then second = low
"""


def test_what_is_given_on_is_told_from_other_values() -> None:
    assert {EQUAL} == {each.kind for each in compared(GIVEN_ON, GIVEN_ON).values()}
    found = compared(GIVEN_ON, GIVEN_ON.replace("second = first", "second = wish"))
    assert DIFFERENT not in {each.kind for each in found.values()}
    found = compared(GIVEN_ON, GIVEN_ON.replace("first = wish", "first = high"))
    assert (DIFFERENT, DIFFERENT) == (found["first"].kind, found["second"].kind)


@st.composite
def edits(draw: st.DrawFn) -> tuple[Case, Any]:
    """A model with customers, and one of its mutants."""
    case = draw(cases())
    changed = list(islice(mutants(case.model), 40))
    assume(changed)  # of rules for records alone there are none
    return case, draw(st.sampled_from(changed))


def test_what_is_proved_holds_for_every_customer(fuzz: int | None, asked: Counter[str]) -> None:
    chosen = searching(fuzz, 150)

    def check(pair: tuple[Case, Any]) -> None:
        case, mutant = pair
        first, second = Ruleset(case.model), Ruleset(mutant.model)
        answers = {OLD: answers_of(first, case.as_of), NEW: answers_of(second, case.as_of)}
        verdicts = differences(case.model, mutant.model, case.as_of, answers, 20_000, decider_of(case.as_of))
        note(f"{mutant.change} {[(each.outcome, each.kind) for each in verdicts]}")
        for each in verdicts:
            asked["differences of generated rules, by customers at their constants"] += 1
            if each.kind == DIFFERENT:
                assert each.customer is not None
                assert each.old != each.new
        for row in case.rows:
            values = read_row(first, row, case)
            old, new = (answers[each](values) for each in (OLD, NEW))
            for each in verdicts:
                if each.kind == EQUAL:
                    assert _plain(old[each.outcome]) == _plain(new[each.outcome]), each.outcome

    chosen(given(edits())(check))()


def _plain(answer: Any) -> Any:
    """Lists as sets; of no value at all it doesn't matter here which kind it is."""
    if isinstance(answer, tuple):
        return frozenset(answer)
    return None if answer is BLANK else answer
