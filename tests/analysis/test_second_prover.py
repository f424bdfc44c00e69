"""The second prover: what boxes call possible is decided with it, and named with its install line without it."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import pytest

import rulelang
from rulelang.analysis import solver
from rulelang.analysis.account import Range
from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, POSSIBLE, differences
from rulelang.diagnostics.catalogue import describe
from rulelang.engine.advice.findings import finding_diagnostics
from rulelang.engine.advice.proving import answers_of, prove

DAY = date(2026, 6, 30)


def told(rules: str, steps: int = 400_000) -> dict[str, tuple[str, str]]:
    """The findings by code: the sentence and what to do."""
    ruleset = rulelang.loads(rules)
    proved = prove(ruleset, DAY, steps)
    assert proved is not None
    found = finding_diagnostics(proved[1], ruleset.model, DAY, steps)
    shown = {each.code: describe(each) for each in found}
    return {code: (each.message, each.help or "") for code, each in shown.items()}


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "is_installed", lambda: False)


@pytest.fixture
def with_it() -> None:
    pytest.importorskip("z3", reason='the second prover: pip install "rulelang[prove]"')


FIELDS = (
    "field a: number\nfield b: number\nfield c: number\nfield x: date\nfield y: date\nfield s: text\nfield z: text\n"
)
CIRCLE = """\
outcome t: one of p, q, else p
if a > b and b > c and c > a then t = q
"""
APART = """\
outcome t: one of p, q, unique, else p
rule "one": if a + b > 100 then t = p
rule "other": if a < 40 and b <= 60 then t = q
"""
MEET = APART.replace("b <= 60", "b <= 61")
PRODUCT = """\
outcome t: one of p, q
if a * b > 100 then t = p
if a * b <= 100 and a > 0 then t = q
if a <= 0 and b > 0 then t = q
"""
COMPLETE = """\
outcome t: one of p, q
if a + b > 100 then t = p
if 2 * a + b * 2 <= 200 then t = q
"""
HALF_A_YEAR = """\
outcome t: one of p, q, else p
if y >= x + 6 months and y < x + 5 months then t = q
"""
HALF_A_YEAR_AND_A_DAY = """\
outcome t: one of p, q, unique
rule "one": if y >= x + 6 months then t = p
rule "other": if y <= x + 6 months then t = q
"""
TEXTS = """\
outcome t: one of p, q, else p
if s is z and s is "Oslo" and z is not "Oslo" then t = q
"""
SCORE = """\
outcome points: whole number, sum
outcome t: one of p, q, else p
if a > b then add 10 to points
if b > c then add 10 to points
if c > a then add 10 to points
if points >= 25 then t = q
"""


@pytest.mark.usefixtures("with_it")
@pytest.mark.parametrize(
    ("rules", "code", "says"),
    [
        (CIRCLE, "contradiction", "can never apply"),
        (CIRCLE, "dead-value", "No customer can ever get “q” as t"),
        (HALF_A_YEAR, "contradiction", "can never apply"),
        (TEXTS, "contradiction", "can never apply"),
        (SCORE, "contradiction", "“line 13” can never apply"),
        (MEET, "unique-conflict", "with a 39.99 and b 61"),
        (PRODUCT, "gap", "a 0 and b 0"),
        (HALF_A_YEAR_AND_A_DAY, "unique-conflict", "“one” and “other” both apply"),
    ],
)
def test_what_goes_over_several_fields_is_decided(rules: str, code: str, says: str) -> None:
    found = told(FIELDS + rules)
    assert says in found[code][0]
    assert not [each for each in found if each.endswith("-possible") or each == "not-decided"]


def range_of(rules: str) -> Range | None:
    proved = prove(rulelang.loads(rules), DAY)
    assert proved is not None
    assert proved.account is not None
    return next(each.range for each in proved.account.outcomes if each.name == "points")


@pytest.mark.usefixtures("with_it")
def test_points_whose_conditions_exclude_each_other_never_add_up() -> None:
    assert Range(0, 20, reached=True) == range_of(FIELDS + SCORE)


@pytest.mark.usefixtures("without")
def test_without_it_the_ends_of_a_score_are_not_claimed() -> None:
    assert Range(0, 30, reached=False, provable=True) == range_of(FIELDS + SCORE)


@pytest.mark.usefixtures("with_it")
@pytest.mark.parametrize("rules", [APART, COMPLETE])
def test_what_nobody_falls_into_is_proved_so(rules: str) -> None:
    assert {} == told(FIELDS + rules)


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    ("rules", "code"),
    [(COMPLETE, "gap-possible"), (APART, "unique-conflict-possible")],
)
def test_without_it_that_stays_possible_and_the_install_line_is_named(rules: str, code: str) -> None:
    found = told(FIELDS + rules)
    assert 'pip install "rulelang[prove]"' in found[code][1]


@pytest.mark.usefixtures("without")
def test_without_it_nothing_is_claimed() -> None:
    assert {"contradiction", "dead-value", "unique-conflict"}.isdisjoint(told(FIELDS + CIRCLE))


def test_it_is_loaded_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each == "z3" or each.startswith("z3.")]:
        monkeypatch.delitem(sys.modules, name)
    told(FIELDS + "outcome t: one of p, q, else p\nif a > 10 then t = q\n")
    assert "z3" not in sys.modules


def compared(old: str, new: str) -> dict[str, Any]:
    first, second = rulelang.loads(FIELDS + old), rulelang.loads(FIELDS + new)
    answers = {OLD: answers_of(first, DAY), NEW: answers_of(second, DAY)}
    return {each.outcome: each for each in differences(first.model, second.model, DAY, answers)}


@pytest.mark.usefixtures("with_it")
def test_differences_across_fields_are_decided() -> None:
    same = "outcome t: one of p, q, else p\nif a > b and b > c then t = q\n"
    assert EQUAL == compared(same, same.replace("b > c", "b > c and a > c"))["t"].kind
    found = compared(same, same.replace("b > c", "b > c and a > c + 5"))["t"]
    assert DIFFERENT == found.kind
    assert found.customer is not None
    values = found.customer.values
    assert values["c"] < values["b"] < values["a"] <= values["c"] + 5


@pytest.mark.usefixtures("without")
def test_without_it_equal_rules_across_fields_may_differ() -> None:
    same = "outcome t: one of p, q, else p\nif a > b and b > c then t = q\n"
    assert POSSIBLE == compared(same, same.replace("b > c", "b > c and a > c"))["t"].kind


@pytest.mark.usefixtures("with_it")
def test_its_answers_are_the_same_each_time() -> None:
    assert told(FIELDS + MEET) == told(FIELDS + MEET)
    assert compared(CIRCLE, CIRCLE.replace("c > a", "c > 1")) == compared(CIRCLE, CIRCLE.replace("c > a", "c > 1"))


@pytest.mark.usefixtures("with_it")
def test_what_is_not_decided_within_the_budget_says_which_fields_are_in_it() -> None:
    names = [f"f{number}" for number in range(12)]
    fields = "".join(f"field {name}: number\n" for name in names)
    batches = [names[place : place + 3] for place in range(10)]
    rules = "".join(f"if {a} * {b} > {c} * 7 then add 1 to points\n" for a, b, c in batches)
    found = told(f"{fields}outcome points: whole number, sum\n{rules}", steps=300)
    assert (
        "how many points can there be? (points). It goes over 12 fields (f0, f1, f2, f3, f4, f5, …)"
        in (found["not-decided"][0])
    )
