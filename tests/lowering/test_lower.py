"""What the passes make of a condition: negations inward, ages as cut-off dates, ranks as membership, no division."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings

from rulelang.lowering.conditions import lower_condition
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.lower import lower
from rulelang.lowering.plan import (
    All,
    Always,
    Answer,
    AtLeast,
    Atom,
    Blank,
    Compare,
    Constant,
    Fixed,
    Has,
    In,
    InList,
    Input,
    Judged,
    Matches,
    Missing,
    Quotient,
    Reckon,
    Rounded,
    Shift,
    Some,
    Stands,
    Switch,
    Test,
)
from rulelang.lowering.reading import answers_of, nodes
from rulelang.lowering.recipes import Evaluated, Given, InForce, LatestAged, LatestCompleted
from rulelang.model import expressions as e
from rulelang.model.program import Branch, Model
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from tests.oracle.build import (
    DATE,
    DAYS,
    LEVEL,
    MONEY,
    NUMBER,
    TEXT,
    WHOLE,
    YESNO,
    compare,
    days,
    field,
    literal,
    model,
    months,
    outcome,
    rule,
    when,
)
from tests.strategies import Case, cases

MODEL = model(
    Field("n", NUMBER),
    Field("w", WHOLE),
    Field("m", MONEY),
    Field("d", DATE),
    Field("k", DAYS),
    Field("t", TEXT),
    Field("v", YESNO),
    Field("c", LEVEL),
    Field("b", NUMBER, may_be_blank=True),
    Outcome("o", TEXT),
    Outcome("tags", TEXT, policy="collect"),
    Threshold("limit", DAYS, days(365).value),
    ReferenceList("cities", frozenset({"Paris"})),
)
n, w, d, t, v, c, b = (
    field(each.name, each.type) for each in (MODEL.fields[name] for name in ("n", "w", "d", "t", "v", "c", "b"))
)
N, W, D, T, V, C, B = Input("n"), Input("w", True), Input("d"), Input("t"), Input("v"), Input("c"), Input("b")
OTHER, TAGS = Answer("o"), Answer("tags")
LIMIT = e.ThresholdRef("limit", DAYS)
ONE, ZERO, FIVE = Constant(1), Constant(0), Constant(5)
N_OVER_5, N_UP_TO_5 = Compare(">", N, FIVE), Compare("<=", N, FIVE)


def true(condition: e.Expression) -> Test:
    return lower_condition(condition, MODEL)


def false(condition: e.Expression) -> Test:
    return lower_condition(condition, MODEL, negated=True)


def divided(left: e.Expression, right: e.Expression) -> e.Arithmetic:
    return e.Arithmetic("/", left, right, NUMBER)


OVER_5 = compare(n, ">", 5)
T_MISSING = e.IsMissing(t)


@pytest.mark.parametrize(
    ("condition", "is_true", "is_false"),
    [
        (OVER_5, N_OVER_5, N_UP_TO_5),
        (e.Not(OVER_5), N_UP_TO_5, N_OVER_5),
        (e.Not(e.Not(OVER_5)), N_OVER_5, N_UP_TO_5),
        (
            e.Not(e.Or((OVER_5, e.And((T_MISSING, v))))),
            All((N_UP_TO_5, Some((Missing(T, negated=True), Compare("=", V, Constant(False)))))),
            Some((N_OVER_5, All((Missing(T), Compare("=", V, Constant(True)))))),
        ),
        (e.And((OVER_5, e.ALWAYS)), N_OVER_5, N_UP_TO_5),
        (e.Or((OVER_5, e.ALWAYS)), Always(), Always(never=True)),
        (e.And((OVER_5, e.And((v, OVER_5)))), All((N_OVER_5, Compare("=", V, Constant(True)))), None),
        (
            e.AtLeastOf(2, (OVER_5, T_MISSING, v)),
            AtLeast(2, (N_OVER_5, Missing(T), Compare("=", V, Constant(True)))),
            AtLeast(2, (N_UP_TO_5, Missing(T, negated=True), Compare("=", V, Constant(False)))),
        ),
        (e.AtLeastOf(1, (OVER_5, T_MISSING)), Some((N_OVER_5, Missing(T))), None),
        (e.AtLeastOf(2, (OVER_5, T_MISSING)), All((N_OVER_5, Missing(T))), None),
        (e.AtLeastOf(3, (OVER_5, T_MISSING)), Always(never=True), Always()),
        (e.Named("named", None, OVER_5), N_OVER_5, N_UP_TO_5),
        # A field that may be blank compares with nothing, so the negation holds as well.
        (compare(b, ">", 5), Compare(">", B, FIVE), Some((Compare("<=", B, FIVE), Blank(B)))),
        (e.IsMissing(b), Missing(B), Missing(B, negated=True)),
        # Ages are dates: at least and its opposite ask whether the length is reached, the others if it is exceeded.
        (
            e.AgeComparison(">", d, LIMIT),
            Compare("<=", D, Fixed(LatestAged(LIMIT, exceeded=True))),
            Compare(">", D, Fixed(LatestAged(LIMIT, exceeded=True))),
        ),
        (
            e.AgeComparison(">=", d, months(6)),
            Compare("<=", D, Fixed(LatestAged(months(6), exceeded=False))),
            Compare(">", D, Fixed(LatestAged(months(6), exceeded=False))),
        ),
        (
            e.AgeComparison(">", d, field("k", DAYS)),
            Compare("<", Shift(D, Input("k", True), "days", 1), Fixed(Evaluated(e.Today()))),
            Compare(">=", Shift(D, Input("k", True), "days", 1), Fixed(Evaluated(e.Today()))),
        ),
        (
            e.Comparison(">=", e.AgeIn("years", d), literal(18)),
            Compare("<=", D, Fixed(LatestCompleted("years", literal(18), exceeded=False))),
            Compare(">", D, Fixed(LatestCompleted("years", literal(18), exceeded=False))),
        ),
        (
            e.Comparison("<", literal(Decimal("17.5")), e.AgeIn("years", d)),
            Compare("<=", D, Fixed(LatestCompleted("years", literal(Decimal("17.5")), exceeded=True))),
            None,
        ),
        (
            e.Between(n, literal(1), literal(5), include_high=False),
            All((Compare(">=", N, ONE), Compare("<", N, FIVE))),
            Some((Compare("<", N, ONE), Compare(">=", N, FIVE))),
        ),
        # Ordered choices are membership.
        (compare(c, ">=", "medium"), In(C, ("medium", "high")), In(C, ("low",))),
        (compare(literal("medium", LEVEL), ">", c), In(C, ("low",)), In(C, ("medium", "high"))),
        (compare(c, "<", "low"), Always(never=True), In(C, ("low", "medium", "high"))),
        (compare(c, "=", "low"), Compare("=", C, Constant("low")), Compare("!=", C, Constant("low"))),
        (e.OneOf(t, (literal("a"), literal(" a "), literal("b"))), In(T, ("a", "b")), In(T, ("a", "b"), negated=True)),
        (
            e.OneOf(n, (literal(5), w)),
            Some((In(N, (5,)), Compare("=", N, W))),
            All((In(N, (5,), negated=True), Compare("!=", N, W))),
        ),
        (e.InList(t, "cities"), InList(T, "cities"), InList(T, "cities", negated=True)),
        # Patterns with plain wildcards are what every back end has.
        (e.TextTest("like", t, "A*"), Matches("starts", T, "A"), Matches("starts", T, "A", negated=True)),
        (e.TextTest("like", t, "*A"), Matches("ends", T, "A"), None),
        (e.TextTest("like", t, "*A*"), Matches("contains", T, "A"), None),
        (e.TextTest("like", t, "*"), Matches("contains", T, ""), None),
        (e.TextTest("like", t, "A?"), Matches("like", T, "A?"), None),
        (e.TextTest("like", t, "A*B"), Matches("like", T, "A*B"), None),
        (e.TextTest("like", t, "A"), Compare("=", T, Constant("A")), Compare("!=", T, Constant("A"))),
        # Divisions become products, by the sign of the divisor; a constant one is cleared.
        (compare(divided(n, literal(4)), ">", 5), Compare(">", N, Constant(20)), Compare("<=", N, Constant(20))),
        (compare(divided(n, literal(-4)), ">", 5), Compare("<", N, Constant(-20)), Compare(">=", N, Constant(-20))),
        (compare(divided(n, literal(0)), ">", 5), Always(never=True), Always(never=True)),
        (
            compare(divided(n, w), ">", 5),
            Some(
                (
                    All((Compare(">", W, ZERO), Compare(">", N, Reckon("*", FIVE, W)))),
                    All((Compare("<", W, ZERO), Compare("<", N, Reckon("*", FIVE, W)))),
                )
            ),
            Some(
                (
                    All((Compare(">", W, ZERO), Compare("<=", N, Reckon("*", FIVE, W)))),
                    All((Compare("<", W, ZERO), Compare(">=", N, Reckon("*", FIVE, W)))),
                )
            ),
        ),
        (
            compare(divided(n, w), "=", 5),
            All((Compare("!=", W, ZERO), Compare("=", N, Reckon("*", FIVE, W)))),
            All((Compare("!=", W, ZERO), Compare("!=", N, Reckon("*", FIVE, W)))),
        ),
        # A condition on another outcome stays whole, so that it can be tried with all that this may be.
        (
            compare(outcome("o"), "=", "x"),
            Judged(
                Atom(
                    Compare("=", OTHER, Constant("x")),
                    Some((Compare("!=", OTHER, Constant("x")), Blank(OTHER))),  # nothing compares with no rule
                    ("o",),
                )
            ),
            None,
        ),
        (
            e.TextTest("contains", outcome("tags"), "x"),
            Judged(Atom(Has(TAGS, "x"), Has(TAGS, "x", negated=True), ("tags",))),
            None,
        ),
    ],
)
def test_conditions(condition: e.Expression, is_true: Test, is_false: Test | None) -> None:
    assert true(condition) == is_true
    if is_false is not None:
        assert false(condition) == is_false


def with_rule(*branches: Branch, **validity: date) -> Model:
    return evolve(MODEL, rules=(rule("r", *branches, **validity),))


def test_assigned_values_are_rounded_once_and_what_reads_no_customer_is_fixed() -> None:
    shop = model(
        Field("n", NUMBER),
        Field("w", WHOLE),
        Outcome("whole", WHOLE),
        Outcome("money", MONEY),
        Outcome("total", MONEY, policy="sum"),
        Threshold("limit", NUMBER, 3),
        rule("r", when(e.ALWAYS, whole=literal(Decimal("2.5")), money=literal(Decimal("9.995")), total=n)),
        rule("s", when(e.ALWAYS, whole=w, money=divided(n, w), total=divided(n, literal(4)))),
        rule("t", when(e.ALWAYS, money=divided(e.ThresholdRef("limit", NUMBER), literal(7)))),
    )
    gifts = [[gift.value for gift in each.branches[0].gifts] for each in lower(shop).rules]
    assert gifts[0] == [Constant(3), Constant(Decimal("10")), N]
    assert gifts[1] == [W, Rounded(Quotient(N, W), 2), Reckon("*", N, Constant(Decimal("0.25")))]
    [[gift]] = gifts[2:]
    assert isinstance(gift, Fixed) and isinstance(gift.recipe, Given) and gift.fallible
    assert fixed_value(gift.recipe, shop, date(2026, 1, 1)) == Decimal("0.43")


def test_a_rule_counts_on_the_days_of_its_validity() -> None:
    dated = with_rule(when(OVER_5, o="x"), valid_from=date(2026, 1, 1))
    [branch] = lower(dated).branches
    switch = Fixed(InForce(date(2026, 1, 1), None))
    assert branch.true == All((Switch(switch), N_OVER_5))
    assert branch.false == Some((Switch(switch, negated=True), N_UP_TO_5))


def test_rules_that_are_switched_off_are_left_out_and_priorities_make_groups() -> None:
    parts = [
        rule(name, when(OVER_5, o=name), priority=each) for name, each in (("a", None), ("b", 2), ("c", 1), ("d", 2))
    ]
    plan = lower(model(Field("n", NUMBER), Outcome("o", TEXT), *parts, rule("off", when(v, o="x"), switched_off=True)))
    assert [[each.name for each in group] for group in plan.decisions[0].groups] == [["c"], ["b", "d"], ["a"]]
    assert plan.inputs == ("n",)


@pytest.mark.parametrize(
    ("condition", "needed", "reckoned"),
    [
        (OVER_5, {"n"}, set()),
        (T_MISSING, set(), set()),
        (e.And((T_MISSING, e.TextTest("starts", t, "x"))), {"t"}, set()),
        (compare(b, ">", 5), {"b"}, set()),
        (compare(e.Arithmetic("+", b, n, NUMBER), ">", 5), {"b", "n"}, {"b", "n"}),
    ],
)
def test_what_leaves_something_unknown(condition: e.Expression, needed: set[str], reckoned: set[str]) -> None:
    plan = lower(with_rule(when(condition, o="x")))
    assert plan.needed == needed
    assert plan.reckoned == reckoned


@settings(suppress_health_check=list(HealthCheck), max_examples=60)
@given(cases(most_rows=1))
def test_conditions_on_other_outcomes_stand_inside_atoms_only(case: Case) -> None:
    for branch in lower(case.model).branches:
        for test in (branch.true, branch.false):
            inside = [each for each in nodes(test) if isinstance(each, Judged)]
            names = {name for each in inside for name in (*answers_of(each.atom.true), *answers_of(each.atom.false))}
            asked = {each.answer.name for each in nodes(test) if isinstance(each, Stands)}  # how one stands is no doubt
            assert set(answers_of(test)) <= names | asked
            assert all(set(answers_of(each.atom.true)) <= set(each.atom.answers) for each in inside)
