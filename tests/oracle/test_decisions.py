"""The oracle on cases worked by hand: rules, policies, standings, and doubt that travels."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rulelang.model import expressions as e
from rulelang.model.program import Assignment, Rule
from rulelang.vocabulary.declarations import Field, Outcome
from tests.oracle import ANY, NO_VALUE
from tests.oracle.build import (
    LEVEL,
    NUMBER,
    TEXT,
    WHOLE,
    always,
    compare,
    field,
    literal,
    model,
    outcome,
    rule,
    when,
)
from tests.oracle.hand import (
    AS_OF,
    IF_X,
    IF_Y,
    NO_RULE,
    R_X,
    R_Y,
    TAGS,
    TEXTS,
    X_OVER_5,
    Y_OVER_5,
    Expected,
    X,
    Y,
    check,
    decided,
    provisional,
    undecided,
    x,
    y,
)

# --- rules, policies, standings ---------------------------------------------------------------------------------------


def graded(policy: str, **settings: Any) -> Outcome:
    return Outcome("o", LEVEL, policy=policy, **settings)


def level(name: str, condition: e.Expression, key: str, **settings: Any) -> Rule:
    return rule(name, when(condition, o=literal(key, LEVEL)), **settings)


def scored(name: str, condition: e.Expression, number: int | str, **caps: Any) -> Rule:
    return rule(name, when(condition, Assignment("o", literal(Decimal(number)), **caps)))


SCORE = Outcome("o", WHOLE, policy="sum", at_most=100)
HIGH_X, LOW_Y, MEDIUM = level("x", X_OVER_5, "high"), level("y", Y_OVER_5, "low"), level("z", e.ALWAYS, "medium")
OTHERWISE = rule("x", IF_X, IF_Y, always(o="z"))

DECISIONS: list[tuple[str, tuple[Any, ...], dict[str, object], Expected]] = [
    ("S1 first: the first that matches", (TEXTS, R_X, R_Y), {"x": 9, "y": 9}, decided("x")),
    ("S1 first: a later one may fire", (TEXTS, R_X, R_Y), {"x": 1, "y": 9}, decided("y")),
    ("S4 first: an earlier unknown makes it provisional", (TEXTS, R_X, R_Y), {"y": 9}, provisional(("y", "x"), "x")),
    ("S4 first: a later unknown does not", (TEXTS, R_X, R_Y), {"x": 9}, decided("x")),
    ("S4 first: unknown and none", (TEXTS, R_X, R_Y), {"x": 1}, undecided(("y", NO_VALUE), "y")),
    ("S4 first: both unknown", (TEXTS, R_X, R_Y), {}, undecided(("x", "y", NO_VALUE), "x", "y")),
    ("S4 nothing matches and nothing is unknown", (TEXTS, R_X, R_Y), {"x": 1, "y": 1}, NO_RULE),
    ("S1 else is the last resort", (Outcome("o", TEXT, last_resort="e"), R_X), {"x": 1}, decided("e")),
    (
        "S4 else while something is unknown",
        (Outcome("o", TEXT, last_resort="e"), R_X),
        {},
        provisional(("e", "x"), "x"),
    ),
    ("S4 two ways to one value are one value", (Outcome("o", TEXT, last_resort="x"), R_X), {}, decided("x")),
    ("S1 last: the last that matches", (Outcome("o", TEXT, policy="last"), R_X, R_Y), {"x": 9, "y": 9}, decided("y")),
    ("S4 last: an earlier unknown can't win", (Outcome("o", TEXT, policy="last"), R_X, R_Y), {"y": 9}, decided("y")),
    (
        "S4 last: a later unknown can",
        (Outcome("o", TEXT, policy="last"), R_X, R_Y),
        {"x": 9},
        provisional(("x", "y"), "y"),
    ),
    ("S1 unique: one match", (Outcome("o", TEXT, policy="unique"), R_X, R_Y), {"x": 9, "y": 1}, decided("x")),
    (
        "S1 unique: two are never picked from",
        (Outcome("o", TEXT, policy="unique"), R_X, R_Y),
        {"x": 9, "y": 9},
        undecided(("x", "y")),
    ),
    (
        "S4 unique: what would clash can't be",
        (Outcome("o", TEXT, policy="unique"), R_X, R_Y),
        {"x": 9},
        ("x", "decided", ("x",), ()),
    ),
    ("S1 highest", (graded("highest"), HIGH_X, MEDIUM), {"x": 9}, decided("high")),
    ("S1 lowest", (graded("lowest"), LOW_Y, MEDIUM), {"y": 9}, decided("low")),
    ("S4 highest: a veto stays decided", (graded("highest"), HIGH_X, LOW_Y, MEDIUM), {"x": 9}, decided("high")),
    ("S4 highest: a lower unknown can't matter", (graded("highest"), LOW_Y, MEDIUM), {}, decided("medium")),
    ("S4 highest: a higher one can", (graded("highest"), HIGH_X, MEDIUM), {}, provisional(("medium", "high"), "x")),
    (
        "undecided when data is missing",
        (graded("highest", when_missing="undecided"), HIGH_X, MEDIUM),
        {},
        undecided(("medium", "high"), "x"),
    ),
    (
        "worst when data is missing",
        (graded("highest", when_missing="worst"), HIGH_X, MEDIUM),
        {},
        provisional(("high", "medium"), "x"),
    ),
    (
        "worst of lowest",
        (graded("lowest", when_missing="worst"), LOW_Y, MEDIUM),
        {},
        provisional(("low", "medium"), "y"),
    ),
    ("S1 sum adds up", (SCORE, scored("x", X_OVER_5, 30), scored("y", Y_OVER_5, 20)), {"x": 9, "y": 9}, decided(50)),
    ("S1 sum of nothing is 0", (SCORE, scored("x", X_OVER_5, 30)), {"x": 1}, decided(0)),
    (
        "S4 sum: what could still come",
        (SCORE, scored("x", X_OVER_5, 30), scored("y", Y_OVER_5, 20)),
        {"y": 9},
        provisional((20, 50), "x"),
    ),
    (
        "sum is capped at the end",
        (SCORE, scored("x", X_OVER_5, 130), scored("y", Y_OVER_5, -50)),
        {"x": 9, "y": 9},
        decided(80),
    ),
    (
        "a cap may settle a doubt",
        (SCORE, scored("x", X_OVER_5, 130), scored("y", Y_OVER_5, 50)),
        {"x": 9},
        decided(100),
    ),
    (
        "S6 a sum rounds once, after adding",
        (SCORE, scored("x", X_OVER_5, "0.4"), scored("y", Y_OVER_5, "0.4")),
        {"x": 9, "y": 9},
        decided(1),
    ),
    ("S6 half up", (SCORE, scored("x", X_OVER_5, "2.5")), {"x": 9}, decided(3)),
    ("S6 half up, below zero", (SCORE, scored("x", X_OVER_5, "-2.5")), {"x": 9}, decided(-3)),
    ("a cap of one assignment", (SCORE, scored("x", X_OVER_5, 60, at_most=y)), {"x": 9, "y": 40}, decided(40)),
    (
        "an unknown cap makes the value unknown",
        (SCORE, scored("x", X_OVER_5, 60, at_most=y)),
        {"x": 9},
        undecided((ANY,), "y"),
    ),
    ("S1 collect, in the order of rules", (TAGS, R_X, R_Y), {"x": 9, "y": 9}, decided(("x", "y"))),
    ("S1 collect nothing", (TAGS, R_X), {"x": 1}, decided(())),
    (
        "collect keeps the first of two alike",
        (TAGS, R_X, rule("again", IF_X), R_Y),
        {"x": 9, "y": 9},
        decided(("x", "y")),
    ),
    (
        "S4 collect: the shortest and the longest list",
        (TAGS, R_X, R_Y),
        {"y": 9},
        provisional((("y",), ("x", "y")), "x"),
    ),
    ("S3 otherwise: taken when no earlier is true", (TEXTS, OTHERWISE), {"x": 1, "y": 1}, decided("z")),
    ("S4 otherwise: unknown branches stay possible", (TEXTS, OTHERWISE), {"x": 1}, provisional(("z", "y"), "y")),
    ("S4 otherwise: two unknown branches", (TEXTS, OTHERWISE), {}, provisional(("z", "x", "y"), "x", "y")),
    ("S3 otherwise: an earlier true branch ends it", (TEXTS, OTHERWISE), {"x": 9}, decided("x")),
    (
        "a branch that sets another outcome sets nothing here",
        (TEXTS, Outcome("p", TEXT), rule("r", when(X_OVER_5, p="p"), always(o="o"))),
        {"x": 9},
        NO_RULE,
    ),
    ("S1 priority 1 goes first", (TEXTS, R_X, rule("y", IF_Y, priority=1)), {"x": 9, "y": 9}, decided("y")),
    (
        "S1 only the foremost priority combines",
        (SCORE, rule("x", when(X_OVER_5, o=30), priority=1), scored("y", Y_OVER_5, 20)),
        {"x": 9, "y": 9},
        decided(30),
    ),
    (
        "S4 a possible foremost priority",
        (SCORE, rule("x", when(X_OVER_5, o=30), priority=1), scored("y", Y_OVER_5, 20)),
        {"y": 9},
        provisional((20, 30), "x"),
    ),
    (
        "S10 a rule out of force",
        (TEXTS, rule("x", IF_X, valid_until=date(2026, 3, 30)), R_Y),
        {"x": 9, "y": 9},
        decided("y"),
    ),
    ("S10 a rule on its last day", (TEXTS, rule("x", IF_X, valid_until=AS_OF), R_Y), {"x": 9, "y": 9}, decided("x")),
    ("a rule switched off", (TEXTS, rule("x", IF_X, switched_off=True), R_Y), {"y": 9}, decided("y")),
    (
        "an unknown value leaves the winner undecided",
        (Outcome("o", NUMBER), rule("r", always(o=x))),
        {},
        undecided((ANY,), "x"),
    ),
    (
        "S6 a value is rounded to its outcome's scale",
        (Outcome("o", NUMBER), rule("r", always(o=e.Arithmetic("/", x, y, NUMBER)))),
        {"x": 1, "y": 3},
        decided(Decimal("0.333333")),
    ),
    (
        "an unknown grade can't pass the top",
        (graded("highest"), HIGH_X, rule("g", always(o=field("g", LEVEL)))),
        {"x": 9},
        decided("high"),
    ),
]


@pytest.mark.parametrize(
    ("parts", "row", "expected"), [case[1:] for case in DECISIONS], ids=[case[0] for case in DECISIONS]
)
def test_decision(parts: tuple[Any, ...], row: dict[str, object], expected: Expected) -> None:
    check(model(X, Y, Field("g", LEVEL), *parts), row, expected)


# --- doubt travels: outcome `o` reads outcome `p` ---------------------------------------------------------------------

GRADE = Outcome("p", LEVEL)
p = outcome("p", LEVEL)
P_RULES = (rule("p1", when(X_OVER_5, p=literal("high", LEVEL))), rule("p2", when(Y_OVER_5, p=literal("low", LEVEL))))
AT_LEAST_LOW = compare(p, ">=", "low")

DERIVED: list[tuple[str, tuple[Any, ...], dict[str, object], Expected]] = [
    ("a decided outcome is a value", (GRADE, rule("r", when(compare(p, "=", "high"), o="a"))), {"x": 9}, decided("a")),
    (
        "a provisional one counts with its answer",
        (GRADE, rule("r", when(compare(p, "=", "low"), o="a"))),
        {"y": 9},
        provisional(("a", NO_VALUE), "x"),
    ),
    ("unless all its values agree", (GRADE, rule("r", when(AT_LEAST_LOW, o="a"))), {"y": 9}, decided("a")),
    (
        "an undecided one reads as missing",
        (GRADE, rule("r", when(AT_LEAST_LOW, o="a"))),
        {"x": 1},
        undecided(("a", NO_VALUE), "y"),
    ),
    (
        "and is missing is in doubt with it",
        (GRADE, rule("r", when(e.IsMissing(p), o="a"))),
        {"x": 1},
        provisional(("a", NO_VALUE), "y"),
    ),
    (
        "no rule reads as missing, for certain",
        (GRADE, rule("r", when(e.IsMissing(p), o="a"))),
        {"x": 1, "y": 1},
        decided("a"),
    ),
    (
        "condition by condition",
        (GRADE, rule("r", when(e.Or((compare(p, "=", "low"), compare(p, "!=", "low"))), o="a"))),
        {"y": 9},
        provisional(("a", NO_VALUE), "x"),
    ),
    (
        "the value of an outcome in doubt",
        (Outcome("o", LEVEL), GRADE, rule("r", always(o=p))),
        {"y": 9},
        provisional(("low", "high"), "x"),
    ),
    (
        "an answer given although data is missing",
        (
            Outcome("o", TEXT, last_resort="e"),
            Outcome("p", LEVEL, when_missing="undecided"),
            rule("r", when(AT_LEAST_LOW, o="a")),
        ),
        {"y": 9},
        provisional(("e", "a"), "x"),
    ),
]


@pytest.mark.parametrize(
    ("parts", "row", "expected"), [case[1:] for case in DERIVED], ids=[case[0] for case in DERIVED]
)
def test_doubt_travels(parts: tuple[Any, ...], row: dict[str, object], expected: Expected) -> None:
    first = [each for each in parts if isinstance(each, Outcome) and each.name == "p"]
    given = [each for each in parts if isinstance(each, Outcome) and each.name == "o"] or [TEXTS]
    rules = [each for each in parts if isinstance(each, Rule)]
    check(model(X, Y, *first, *given, *P_RULES, *rules), row, expected)


def test_collected_tags_in_doubt() -> None:
    tags = Outcome("p", TEXT, policy="collect")
    holds = e.TextTest("contains", outcome("p"), "x")
    built = model(
        X,
        Y,
        tags,
        TEXTS,
        rule("x", when(X_OVER_5, p="x")),
        rule("y", when(Y_OVER_5, p="y")),
        rule("r", when(holds, o="a")),
    )
    check(built, {"x": 9}, decided("a"))
    check(built, {"y": 9}, undecided(("a", NO_VALUE), "x"))
