"""The nearest change, the boundaries and what is worth asking for, each against trying everything in a small world."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulelang
from rulelang.engine.advice.alternatives import Allowed, nearest_change
from rulelang.engine.advice.further_records import Further
from rulelang.engine.advice.worth_asking import worth_asking
from rulelang.engine.reading.customers import Reading
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.sources.opening import open_source
from rulelang.explain.boundaries import boundaries
from rulelang.model.evaluation import truth_of

DAY = date(2026, 6, 30)
HEAD = """\
threshold gold_at = 20
field spend: whole number, at least 0, at most 30
field visits: whole number, at least 0, at most 30
field vip: yes or no
field city: one of rome, oslo, bern
field since: date
field phone: text, personal
outcome tier: one of gold, silver, bronze, else bronze
outcome level: one of high, low
"""
RULES = (
    HEAD
    + """\
rule "Gold": if spend >= gold_at and (visits >= 5 or vip is yes) then tier = gold
rule "Silver": if spend >= 10 and city is one of rome, oslo then tier = silver
rule "High": if tier is gold and since > 30 days then level = high
rule "Low": if tier is not gold then level = low
"""
)
WORLD = {
    "spend": range(31),
    "visits": range(0, 31, 5),
    "vip": (True, False),
    "city": ("rome", "oslo", "bern"),
}
LOADED = rulelang.loads(RULES)
customers = st.fixed_dictionaries({name: st.sampled_from(list(options)) for name, options in WORLD.items()})


def fewest(ruleset: Ruleset, customer: dict[str, Any], outcome: str, wanted: str) -> int | None:
    """How many fields have to change, found by deciding every customer there is."""
    decide = ruleset.compile(DAY)
    best = None
    for values in product(*WORLD.values()):
        other = {**customer, **dict(zip(WORLD, values, strict=True))}
        changed = sum(other[name] != customer[name] for name in WORLD)
        if (best is None or changed < best) and decide(other)[outcome] == wanted:
            best = changed
    return best


@settings(max_examples=40, deadline=None, derandomize=True)
@given(customers, st.sampled_from(["gold", "silver", "bronze"]))
def test_no_change_of_fewer_fields_exists(customer: dict[str, Any], wanted: str) -> None:
    decision = LOADED.decide(customer, DAY)
    if decision["tier"] == wanted:
        return
    found = nearest_change(LOADED, decision, "tier", wanted)
    expected = fewest(LOADED, customer, "tier", wanted)
    assert expected == (None if found.changes is None else len(found.changes))
    if found.changes is not None:
        other = {**customer, **{each.field.name: each.after for each in found.changes}}
        assert wanted == LOADED.decide(other, DAY)["tier"]


def changes(customer: dict[str, Any], outcome: str, wanted: str, **allowed: Any) -> dict[str, Any] | None:
    found = nearest_change(LOADED, LOADED.decide(customer, DAY), outcome, wanted, Allowed(**allowed))
    return None if found.changes is None else {each.field.name: each.after for each in found.changes}


POOR = {"spend": 12, "visits": 7, "vip": False, "city": "bern", "since": DAY}


def test_at_the_boundary() -> None:
    assert {"spend": 20} == changes(POOR, "tier", "gold")
    assert {"city": "oslo"} == changes(POOR, "tier", "silver") or {"city": "rome"} == changes(POOR, "tier", "silver")


def test_through_other_outcomes() -> None:
    assert {"spend": 20, "since": DAY - timedelta(days=31)} == changes(POOR, "level", "high")


def test_kept_only_and_costs() -> None:
    assert changes(POOR, "tier", "gold", kept=("spend",)) is None
    assert changes({**POOR, "visits": 0}, "tier", "gold", only=("visits", "vip")) is None
    few = {**POOR, "visits": 0}
    assert {"spend": 20, "vip": True} == changes(few, "tier", "gold", costs={"visits": Decimal(5)})
    assert {"spend": 20, "visits": 5} == changes(few, "tier", "gold", costs={"vip": Decimal(5)})


def test_personal_fields_only_where_they_are_named() -> None:
    rules = rulelang.loads(
        "field phone: text, personal\noutcome a: one of yes_, no_, else no_\nif phone is known then a = yes_\n"
    )
    decision = rules.decide({}, DAY)
    assert nearest_change(rules, decision, "a", "yes_").changes is None
    named = nearest_change(rules, decision, "a", "yes_", Allowed(only=("phone",))).changes
    assert named is not None and ["phone"] == [each.field.name for each in named]


def test_a_date_does_not_move_into_the_future() -> None:
    rules = rulelang.loads("field since: date\noutcome a: one of yes_\nif since > 2026-12-31 then a = yes_\n")
    assert nearest_change(rules, rules.decide({"since": DAY}, DAY), "a", "yes_").changes is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(customers)
def test_boundaries_are_where_a_condition_turns_and_not_before(customer: dict[str, Any]) -> None:
    evaluation = LOADED.decide(customer, DAY).evaluation()
    found = boundaries("tier", evaluation)
    assert found
    for each in found:
        sign = 1 if each.at > each.value else -1
        for value in range(each.value, each.at + sign, sign):
            scope = rulelang_scope(evaluation.scope, each.field, value)
            assert (truth_of(each.condition, scope) is each.truth) is (value != each.at)


def rulelang_scope(scope: Any, name: str, value: Any) -> Any:
    from rulelang.explain.boundaries import with_value

    return with_value(scope, name, value)


@pytest.mark.parametrize(
    ("rules", "values", "expected"),
    [
        ("field d: date\nif d > 90 days then a = old\n", {"d": DAY}, [DAY - timedelta(days=91)]),
        (
            "field d: date\nif d within the last 7 days then a = new\n",
            {"d": DAY - timedelta(days=3)},
            [DAY - timedelta(days=8)],
        ),
        ("field n: money in CNY\nif n >= ¥100 then a = rich\n", {"n": Decimal("250.5")}, [Decimal("99.99")]),
        ("field n: number\nif n > 0.125 then a = rich\n", {"n": 0}, [Decimal("0.126")]),
        ("field n: number\nif n between 5 and 6 then a = mid\n", {"n": 1000}, [6]),
    ],
)
def test_boundaries_of_dates_money_and_numbers(rules: str, values: dict[str, Any], expected: list[Any]) -> None:
    ruleset = rulelang.loads(
        rules.split("\n")[0] + "\noutcome a: one of old, new, rich, mid\n" + rules.split("\n")[1] + "\n"
    )
    assert expected == [each.at for each in boundaries("a", ruleset.decide(values, DAY).evaluation())]


def test_worth_asking_is_what_trying_every_answer_says(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    rows = ["25,,yes,bern", "25,,no,bern", "5,,,rome", ",9,yes,rome", ",9,yes,bern", "15,,yes,"]
    file.write_text("spend,visits,vip,city\n" + "\n".join(rows) + "\n", "utf-8")
    with open_source(str(file)) as source:
        asked = worth_asking(LOADED, DAY, ["tier"], source, Reading())
    (tier,) = asked.outcomes
    expected: dict[str, tuple[int, int]] = {}
    opened = 0
    for row in rows:
        known = {name: cell for name, cell in zip(WORLD, row.split(","), strict=True) if cell}
        if LOADED.decide(known, DAY).standing("tier") in ("decided", "no rule"):
            continue
        opened += 1
        for name in LOADED.decide(known, DAY).missing_for("tier"):
            settled = [
                LOADED.decide({**known, name: value}, DAY).standing("tier") in ("decided", "no rule")
                for value in WORLD[name]
            ]
            closes, may = expected.get(name, (0, 0))
            expected[name] = closes + all(settled), may + (any(settled) and not all(settled))
    assert (6, opened) == (tier.customers, tier.open)
    assert opened > 2
    assert expected == {each.field.name: (each.closes, each.may_close) for each in tier.fields}


# --- fields declared changeable, with what a change costs ---

CHANGEABLE = """\
field spend: whole number, at least 0, at most 30, changeable (cost 1 per 2)
field visits: whole number, at least 0, at most 9, changeable
field plan: one of basic, plus, pro, changeable (cost 5)
field age: whole number, at least 0, at most 90
outcome tier: one of gold, silver, bronze, else bronze
outcome level: one of high, low, else low
rule "Gold": if spend >= 20 and (visits >= 5 or plan is pro) and age >= 18 then tier = gold
rule "Silver": if spend between 8 and 14 or plan is plus then tier = silver
rule "High": if tier is not bronze and visits <> spend then level = high
""".replace("<>", "!=")
PRICED = rulelang.loads(CHANGEABLE)
PRICES = {"spend": range(31), "visits": range(10), "plan": ("basic", "plus", "pro")}
priced = st.fixed_dictionaries(
    {
        **{name: st.sampled_from(list(options)) for name, options in PRICES.items()},
        "age": st.sampled_from([17, 18, 40]),
    }
)


def price(before: dict[str, Any], after: dict[str, Any]) -> Fraction:
    """What a change costs, said once more by hand."""
    total = Fraction(abs(before["spend"] - after["spend"]), 2)
    total += before["visits"] != after["visits"]
    return total + 5 * (before["plan"] != after["plan"])


def cheapest(customer: dict[str, Any], wanted: str) -> Fraction | None:
    decide = PRICED.compile(DAY)
    found = []
    for values in product(*PRICES.values()):
        other = {**customer, **dict(zip(PRICES, values, strict=True))}
        if decide(other)["tier"] == wanted:
            found.append(price(customer, other))
    return min(found, default=None)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(priced, st.sampled_from(["gold", "silver", "bronze"]))
def test_no_cheaper_change_exists(customer: dict[str, Any], wanted: str) -> None:
    decision = PRICED.decide(customer, DAY)
    if decision["tier"] == wanted:
        return
    found = nearest_change(PRICED, decision, "tier", wanted)
    expected = cheapest(customer, wanted)
    assert expected == (None if found.changes is None else found.cost)
    if found.changes is not None:
        other = {**customer, **{each.field.name: each.after for each in found.changes}}
        assert (wanted, expected) == (PRICED.decide(other, DAY)["tier"], price(customer, other))


YOUNG = {"spend": 20, "visits": 5, "plan": "basic", "age": 17}


def test_only_what_is_declared_changeable_changes() -> None:
    found = nearest_change(PRICED, PRICED.decide(YOUNG, DAY), "tier", "gold")
    assert (None, ("spend", "visits", "plan")) == (found.changes, tuple(each.name for each in found.only))
    named = nearest_change(PRICED, PRICED.decide(YOUNG, DAY), "tier", "gold", Allowed(only=("age",)))
    assert named.changes is not None and {"age": 18} == {each.field.name: each.after for each in named.changes}


def test_a_cost_given_takes_the_place_of_the_one_declared() -> None:
    poor = {"spend": 0, "visits": 0, "plan": "basic", "age": 40}
    found = nearest_change(PRICED, PRICED.decide(poor, DAY), "tier", "silver")
    assert found.changes is not None and ["spend"] == [each.field.name for each in found.changes]
    dear = nearest_change(PRICED, PRICED.decide(poor, DAY), "tier", "silver", Allowed(costs={"plan": Decimal(3)}))
    assert dear.changes is not None and (["plan"], 3) == ([each.field.name for each in dear.changes], dear.cost)


def test_what_is_missing_is_filled_in_for_one_step() -> None:
    found = nearest_change(PRICED, PRICED.decide({"visits": 5, "plan": "basic", "age": 40}, DAY), "tier", "gold")
    assert found.changes is not None
    assert ({"spend": 20}, 1) == ({each.field.name: each.after for each in found.changes}, found.cost)


def test_a_date_costs_by_its_days_and_exactly() -> None:
    rules = rulelang.loads(
        "field since: date, changeable (cost 0.1 per 1 week)\nfield rate: percent, changeable (cost 1 per 10%)\n"
        "outcome a: one of yes_\nif since >= 30 days and rate <= 0.2 then a = yes_\n"
    )
    found = nearest_change(rules, rules.decide({"since": DAY, "rate": Decimal("0.5")}, DAY), "a", "yes_")
    assert Fraction(30, 70) + 3 == found.cost


@pytest.mark.parametrize("name", ["age", "birth_date", "gender", "年龄", "出生日期", "性别"])
def test_what_nobody_can_change_is_left_as_it_is_where_nothing_is_declared(name: str) -> None:
    rules = rulelang.loads(
        f'field {name}: text\noutcome a: one of yes_, no_, else no_\nif {name} is "x" then a = yes_\n'
    )
    assert nearest_change(rules, rules.decide({name: "y"}, DAY), "a", "yes_").changes is None
    assert nearest_change(rules, rules.decide({name: "y"}, DAY), "a", "yes_", Allowed(only=(name,))).changes is not None


def test_more_than_three_fields_may_have_to_change() -> None:
    fields = [f"f{number}" for number in range(5)]
    lines = [f"field {each}: whole number, at least 0, at most 3, changeable" for each in fields]
    condition = " and ".join(f"{each} >= 2" for each in fields)
    rules = rulelang.loads("\n".join([*lines, "outcome a: one of yes_", f"if {condition} then a = yes_"]) + "\n")
    found = nearest_change(rules, rules.decide(dict.fromkeys(fields, 0), DAY), "a", "yes_")
    assert found.changes is not None and (5, 5) == (len(found.changes), found.cost)


ORDERS = """\
field consent: yes or no
field orders: list of order (day: date, amount: money in EUR, status: one of paid, returned)
outcome campaign: yes or no, else no
outcome offer: one of big, small
outcome spent: one of much, little, else little
outcome flags: text, collect
if consent is yes and count of orders where (status is paid) within the last 90 days is at least 3 then campaign = yes
if campaign is yes then offer = big
if sum of orders.amount where (status is paid) >= 500 then spent = much
if at least 2 orders where (status is returned) within any 30 days then add "returner" to flags
"""


@pytest.mark.parametrize(
    ("outcome", "wanted", "changed"),
    [
        ("campaign", True, {"consent": True, "orders": 2}),
        ("offer", "big", {"consent": True, "orders": 2}),
        ("spent", "much", {"orders": 1}),
        ("flags", "returner", {"orders": 2}),
    ],
)
@pytest.mark.parametrize("before", [[{"day": DAY, "amount": 20, "status": "paid"}], []])
def test_records_that_are_wanting(outcome: str, wanted: Any, changed: dict[str, Any], before: list[Any]) -> None:
    rules = rulelang.loads(ORDERS)
    customer = {"consent": False, "orders": before}
    found = nearest_change(rules, rules.decide(customer, DAY), outcome, wanted).changes
    assert found is not None
    more = {each.field.name: each.after.count if isinstance(each.after, Further) else each.after for each in found}
    lacking = {"orders": changed["orders"] + (not before and "consent" in changed)}
    assert more == {**changed, **lacking}
    other = {
        each.field.name: each.after.added_to(before) if isinstance(each.after, Further) else each.after
        for each in found
    }
    answer = rules.decide({**customer, **other}, DAY)[outcome]
    assert answer == wanted or wanted in answer


def test_records_stay_where_the_list_is_kept_or_not_among_the_changeable() -> None:
    rules = rulelang.loads(ORDERS)
    decision = rules.decide({"consent": True, "orders": []}, DAY)
    assert nearest_change(rules, decision, "campaign", True, Allowed(kept=("orders",))).changes is None
    assert nearest_change(rules, decision, "campaign", True, Allowed(only=("consent",))).changes is None
    assert nearest_change(rules, decision, "campaign", True, Allowed(only=("orders",))).changes is not None


PLACES = """\
field spend: money in EUR
field visits: whole number
outcome group: one of top, rest
outcome fifth: whole number
outcome place: whole number
outcome segment: one of best, other, else other
if spend in the top 20% then group = top otherwise group = rest
always fifth = quintile of spend
always place = rank of visits
if fifth >= 4 and place <= 2 then segment = best
"""
BASE = [{"spend": each * 10, "visits": each} for each in range(1, 11)]


@pytest.mark.parametrize(
    ("outcome", "wanted", "changed"),
    [
        ("group", "top", {"spend": Decimal(90)}),
        ("fifth", 4, {"spend": Decimal("64.01")}),
        ("place", 2, {"visits": 9}),
        ("segment", "best", {"spend": Decimal("64.01"), "visits": 9}),
    ],
)
def test_places_among_all_by_the_cut_points_as_they_are(outcome: str, wanted: Any, changed: dict[str, Any]) -> None:
    rules = rulelang.loads(PLACES)
    counted = rules.with_cuts(rules.count(BASE, DAY))
    customer = BASE[3]
    decision = counted.decide(customer, DAY)
    found = nearest_change(counted, decision, outcome, wanted, measured=counted.measured.read(customer))
    assert found.changes is not None and found.by_cuts
    assert {each.field.name: each.after for each in found.changes} == changed
    assert counted.decide({**customer, **changed}, DAY)[outcome] == wanted
    without = nearest_change(rules, rules.decide(customer, DAY), outcome, wanted)
    assert without.changes is None


def test_without_cut_points_places_are_said_not_to_be_tried() -> None:
    rules = rulelang.loads(PLACES)
    found = nearest_change(rules, rules.decide(BASE[3], DAY), "group", "top")
    assert (found.changes, [each.label for each in found.placed]) == (None, ["spend in the top 20%"])
