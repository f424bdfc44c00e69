"""What can come about, all conditions taken together: exact where it can be told, and never too little."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import rulelang
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import ANY, UNDECIDED
from rulelang.model.program import Model
from tests.oracle.test_completion import Row, completions

AS_OF = date(2026, 6, 30)
OFFER = """\
outcome campaign: yes or no, else no, undecided when data is missing
outcome offer (报价): one of big (大), middle (中), small (小)
if consent is yes and revenue > 500 then campaign = yes
if campaign is yes and revenue >= 1500 then offer = big
otherwise if campaign is yes and revenue >= 900 then offer = middle
otherwise if campaign is yes then offer = small
"""
CYCLE = """\
field last: date
field visits: whole number, at least 1
outcome cycle: one of lost, silent, new
outcome coupon: whole number, sum
outcome tags: text, collect
if last > 180 days then cycle = lost
otherwise if last > 90 days then cycle = silent
otherwise if visits = 1 then cycle = new
if cycle is new then add 20 to coupon, add "welcome" to tags
if cycle is lost then add 10 to coupon, add "win-back" to tags
if cycle is not missing then add "known" to tags
"""


def possible(rules: str, outcome: str, **customer: Any) -> tuple[Any, ...]:
    return rulelang.loads(rules).decide(customer, AS_OF).explain(outcome).possible


@pytest.mark.parametrize(
    ("rules", "outcome", "customer", "wanted"),
    [
        # A branch after `otherwise` that holds only where the one before it holds.
        (OFFER, "offer", {"revenue": 2000}, {"big", None}),
        (OFFER, "offer", {"revenue": 1000}, {"middle", None}),
        (OFFER, "offer", {"consent": True}, {"big", "middle", "small", None}),
        # Two conditions on one field, or on one outcome, that never hold together.
        (CYCLE, "coupon", {}, {0, 10, 20}),
        (CYCLE, "coupon", {"visits": 2}, {0, 10}),
        (CYCLE, "coupon", {"last": date(2026, 6, 1)}, {0, 20}),
        (CYCLE, "cycle", {"visits": 2}, {"lost", "silent", None}),
        # A list as its ends: what is in every one, and what is in any.
        (CYCLE, "tags", {"last": date(2025, 6, 1)}, {("win-back", "known")}),
        (CYCLE, "tags", {"last": date(2026, 6, 1)}, {(), ("welcome", "known")}),
        # A field's limits, and where one value ends and the next begins.
        ("field n: whole number, at least 3\noutcome a: one of x, y\nif n < 3 then a = x\nif n >= 3 then a = y",
         "a", {}, {"y"}),
        ("field n: whole number\noutcome a: one of x, y, else y\nif n > 3 and n < 4 then a = x", "a", {}, {"y"}),
        ("field n: number\noutcome a: one of x, y, else y\nif n > 3 and n < 4 then a = x", "a", {}, {"x", "y"}),
        ("field t: text\noutcome a: one of x, y, z\n"
         'if t is one of "p", "q" then a = x\nif t is "p" then a = y\nif t is not "p" then a = z', "a", {}, {"x", "z"}),
        # The same condition twice, whatever it asks: it holds of both or of neither.
        ("field m: number\nfield n: number\noutcome a: one of x, y, else y\n"
         "if m > n and not m > n then a = x", "a", {}, {"y"}),
        # How many records there are.
        ("field orders: list of order (day: date)\noutcome a: one of x, y, else y\n"
         "if number of orders >= 5 and number of orders < 5 then a = x", "a", {}, {"y"}),
        # Not taken apart: a function of two fields stays as it was judged.
        ("field m: number\nfield n: number\noutcome a: one of x, y, else y\n"
         "if m + n > 3 and m + n < 2 then a = x", "a", {}, {"x", "y"}),
    ],
)  # fmt: skip
def test_the_values_that_can_come_about(rules: str, outcome: str, customer: dict[str, Any], wanted: set[Any]) -> None:
    assert set(possible(rules, outcome, **customer)) == wanted


def test_the_standing_stays_what_conditions_one_by_one_make_it() -> None:
    rules = "outcome a: one of x, y, else y\nfield n: whole number\nif n > 3 and n < 3 then a = x"
    decision = rulelang.loads(rules).decide({}, AS_OF)
    assert (decision.standing("a"), set(decision.possible("a"))) == ("provisional", {"x", "y"})
    assert "Whatever is missing can't change it, all conditions taken together." in decision.why("a", "en")
    assert "综合各条件，补齐资料后也不会改变。" in decision.why("a", "zh")


def test_too_wide_a_choice_is_left_as_it_was() -> None:
    fields = [f"f{number}" for number in range(12)]
    rules = "".join(f"field {each}: yes or no\n" for each in fields)
    rules += "outcome a: one of x, y, else y\nif " + " and ".join(fields) + " and not f0 then a = x"
    assert set(possible(rules, "a")) == {"x", "y"}


def test_in_words_the_present_answer_is_among_them() -> None:
    told = rulelang.loads(CYCLE).decide({}, AS_OF)
    assert "Still possible: 0, 10, 20" in told.why("coupon", "en")
    assert "目前为0，补齐资料后可能变为10或20" in told.why("coupon", "zh")
    offer = rulelang.loads(OFFER).decide({"revenue": 2000}, AS_OF)
    assert "Still possible: big, no value" in offer.why("offer", "en")
    assert "仍可能为“大”或没有结论" in offer.why("offer", "zh")


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=50)
@given(completions())
def test_whatever_comes_to_be_known_is_among_them(case: tuple[Model, date, Row, Row]) -> None:
    model, as_of, before, after = case
    ruleset = Ruleset(model)
    earlier, later = ruleset.decide(before, as_of), ruleset.decide(after, as_of)
    for name, outcome in model.outcomes.items():
        shown = earlier.explain(name).possible
        if ANY in shown or later.standing(name) == UNDECIDED or later.standing(name) == "provisional":
            continue
        if outcome.policy == "collect":
            lists = [each for each in shown if isinstance(each, tuple)]
            assert {one for one in later[name] if all(one in each for each in lists)} >= set.intersection(
                *map(set, lists)
            )
            assert set(later[name]) <= set().union(*lists)
        else:
            assert later[name] in shown
