"""What the hand-worked cases of the oracle share: fields x, y, d, t, v; an outcome `o`; short ways to expect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rulelang.model.program import Model
from rulelang.vocabulary.declarations import Field, Outcome
from tests.oracle import NO_VALUE, decide
from tests.oracle.build import DATE, NUMBER, TEXT, YESNO, compare, field, rule, when

AS_OF = date(2026, 3, 31)
X, Y = Field("x", NUMBER), Field("y", NUMBER)
x, y = field("x"), field("y")
X_OVER_5, Y_OVER_5 = compare(x, ">", 5), compare(y, ">", 5)
D, T, V = Field("d", DATE), Field("t", TEXT), Field("v", YESNO)
d, t, v = field("d", DATE), field("t", TEXT), field("v", YESNO)
TEXTS, TAGS = Outcome("o", TEXT), Outcome("o", TEXT, policy="collect")
IF_X, IF_Y = when(X_OVER_5, o="x"), when(Y_OVER_5, o="y")
R_X, R_Y = rule("x", IF_X), rule("y", IF_Y)

Expected = tuple[Any, str, tuple[Any, ...], tuple[str, ...]]

NO_RULE: Expected = (None, "no rule", (NO_VALUE,), ())


def decided(value: Any) -> Expected:
    return value, "decided", (value,), ()


def undecided(possible: tuple[Any, ...], *missing: str) -> Expected:
    return None, "undecided", possible, missing


def provisional(possible: tuple[Any, ...], *missing: str) -> Expected:
    return possible[0], "provisional", possible, missing


def check(built: Model, row: Mapping[str, object], expected: Expected, name: str = "o") -> None:
    answer, standing, possible, missing = expected
    decision = decide(built, row, AS_OF)
    assert (answer, standing) == (decision.outcomes[name], decision.standings[name])
    assert set(possible) == set(decision.possible[name])
    assert missing == decision.missing_for[name]
