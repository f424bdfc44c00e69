"""Proofs by trying everybody: what is proved holds for every customer, unreadable and missing values included."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest

import rulelang
from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, POSSIBLE, differences
from rulelang.analysis.exhaustive import Everybody, tried_on_everybody
from rulelang.engine.advice.proving import answers_of, decider_of
from rulelang.engine.ruleset import Ruleset

DAY = date(2026, 6, 30)
GRID = """\
field r: whole number, between 0 and 6
field f: whole number, between 0 and 6
outcome a: whole number
outcome b: whole number
outcome s: one of x, y, z, undecided when data is missing
outcome t: text, else "-"
if r >= 4 then a = 3
otherwise if r >= 2 then a = 2
otherwise a = 1
if f >= 4 then b = 3
otherwise if f >= 2 then b = 2
otherwise b = 1
if a >= 3 and b >= 3 then s = x
if a >= 3 and b between 2 ..< 3 then s = y
if a < 3 then s = z
if s is y then t = "yes"
"""
SUM = """\
field r: whole number
field f: whole number
outcome s: whole number, sum
outcome g: one of hi, lo, undecided when data is missing
if r > 2 then add 2 to s
otherwise add 0 to s
if f > 2 then add 3 to s
if r > f then add 4 to s
if s >= 5 then g = hi
otherwise g = lo
"""


def tried(old: str, new: str, outcome: str) -> Everybody | None:
    first, second = loaded(old), loaded(new)
    return tried_on_everybody(first.model, second.model, outcome, DAY, decider_of(DAY))


@cache
def loaded(text: str) -> Ruleset:
    return rulelang.loads(text)


def answers(text: str, r: Any, f: Any) -> dict[str, tuple[Any, str]]:
    decision = loaded(text).decide({"r": r, "f": f}, DAY)
    return {name: (decision[name], decision.standing(name)) for name in decision.outcomes}


CHANGES = [
    (GRID, "2 ..< 3", "2 .. 3"),
    (GRID, "2 ..< 3", "1 ..< 3"),
    (GRID, "if a < 3 then", "if a < 3 or b > 7 then"),
    (GRID, "r >= 4", "r > 4"),
    (GRID, "f >= 4", "f > 3"),
    (GRID, "a >= 3 and b >= 3", "a >= 3 and b > 2"),
    (SUM, "otherwise add 0 to s\n", ""),
    (SUM, "s >= 5", "s > 4"),
    (SUM, "s >= 5", "s > 5"),
    (SUM, "r > f", "f < r"),
]


@pytest.mark.parametrize(("text", "before", "after"), CHANGES)
def test_the_proof_agrees_with_every_customer(text: str, before: str, after: str) -> None:
    changed = text.replace(before, after)
    assert changed != text
    values = [None, *range(7)]
    verdicts = rulelang_differences(text, changed)
    decided = [(answers(text, r, f), answers(changed, r, f)) for r, f in product(values, values)]
    for outcome in decided[0][0]:
        found = tried(text, changed, outcome)
        alike = all(old[outcome][0] == new[outcome][0] for old, new in decided)
        if found is not None:
            assert (found.customer is None) == alike, outcome
            assert not found.alike or all(old[outcome] == new[outcome] for old, new in decided)
        assert verdicts[outcome] in ((EQUAL, POSSIBLE) if alike else (DIFFERENT, POSSIBLE))


def rulelang_differences(old: str, new: str) -> dict[str, str]:
    first, second = loaded(old), loaded(new)
    asked = {OLD: answers_of(first, DAY), NEW: answers_of(second, DAY)}
    found = differences(first.model, second.model, DAY, asked, decider=decider_of(DAY))
    return {each.outcome: each.kind for each in found}


def test_rows_that_touch_are_the_same_though_more_may_be_possible() -> None:
    found = tried(GRID, GRID.replace("2 ..< 3", "2 .. 3"), "s")
    assert Everybody(alike=False) == found
    assert "equal" == rulelang_differences(GRID, GRID.replace("2 ..< 3", "2 .. 3"))["t"]


def test_a_condition_on_two_fields_is_taken_as_it_is() -> None:
    assert Everybody() == tried(SUM, SUM.replace("otherwise add 0 to s\n", ""), "s")
    # What nobody may be like is no difference, and no proof either.
    assert tried(SUM, SUM.replace("r > f", "r > f and r > 2"), "s") is None


def test_nothing_is_said_where_a_value_is_reckoned_or_kinds_are_many() -> None:
    reckoned = "field r: whole number\noutcome s: whole number\nif r > 2 then s = r * 2\n"
    assert tried(reckoned, reckoned, "s") is None
    first = loaded(GRID)
    assert tried_on_everybody(first.model, first.model, "s", DAY, decider_of(DAY), most=3) is None
