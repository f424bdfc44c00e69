"""Functions of plug-ins on their own: what they may be, and what comes out of a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rulelang.plugin.plugin import Plugin
from rulelang.vocabulary.functions import Function, Parameter
from rulelang.vocabulary.types import Choice, Date, Length, ListOf, Member, Money, Number, Text, Type, YesNo

NUMBER = Parameter("number", Number())
LEVEL = Choice((Member("low", "低"), Member("high", "高")))


def function(call: Callable[..., Any], result: Type = NUMBER.type, **options: Any) -> Function:
    return Function("f", (NUMBER,), result, call, **options)


@pytest.mark.parametrize(
    ("result", "value", "canonical"),
    [
        (YesNo(), True, True),
        (Text(), " e\u0301 ", "é"),
        (Text(), "  ", None),
        (Number(), Decimal("2.500"), Decimal("2.5")),
        (Number(), Decimal("3.0"), 3),
        (Number(0), Decimal("3.0"), 3),
        (Money(), 7, 7),
        (Length(), 12, 12),
        (Date(), date(2026, 1, 1), date(2026, 1, 1)),
        (LEVEL, "high", "high"),
        (LEVEL, None, None),
    ],
)
def test_a_result_is_made_canonical(result: Type, value: object, canonical: object) -> None:
    found = function(lambda number: value, result).attempt((1,))
    assert (canonical, None) == found
    assert type(canonical) is type(found[0])


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (YesNo(), 1),
        (Text(), 1),
        (Number(), True),
        (Number(), "1"),
        (Number(), Decimal("NaN")),
        (Number(), Decimal("Infinity")),
        (Number(0), Decimal("2.5")),
        (Money(), None.__class__),
        (Length(), Decimal("1.5")),
        (Date(), datetime(2026, 1, 1)),
        (LEVEL, "高"),
        (LEVEL, ["high"]),
    ],
)
def test_a_result_of_another_type_is_a_failure(result: Type, value: object) -> None:
    found, cause = function(lambda number: value, result).attempt((1,))
    assert found is None
    assert cause is not None
    assert "as declared" in cause


def test_a_float_is_a_failure_that_says_what_to_return() -> None:
    said = "TypeError: 1.5 is a float, which is not exact: return a Decimal, an int or a Fraction"
    assert (None, said) == function(lambda number: 1.5).attempt((1,))


def test_an_exception_is_a_failure_with_its_cause() -> None:
    whole = Function("f", (Parameter("number", Number(0)),), Number(), lambda number: 1 / number)
    assert (None, "ZeroDivisionError: division by zero") == whole.attempt((0,))
    assert (function(lambda number: 1 / number).attempt((0,))[1] or "").startswith("DivisionByZero: ")


def test_an_unknown_argument_is_not_passed_on_unless_asked_for() -> None:
    seen: list[object] = []
    plain, given = function(seen.append), function(seen.append, unknown_in="given")
    assert (None, None, []) == (plain.value(None), plain.attempt((None,))[1], seen)
    given.value(None)
    assert [None] == seen


def test_a_number_without_finite_decimals_is_rounded_to_the_parameter() -> None:
    money = Function("f", (Parameter("amount", Money("CNY")), NUMBER), Text(), lambda *given: repr(given))
    assert "(Decimal('0.67'), Decimal('0.333333'))" == money.value(Fraction(2, 3), Fraction(1, 3))
    assert "(Decimal('0.0001'), 2)" == money.value(Fraction(1, 10_000), Fraction(2))


@pytest.mark.parametrize(
    "options",
    [
        {"name": "two words"},
        {"parameters": ()},
        {"unknown_in": "maybe"},
        {"result": ListOf("order")},
        {"parameters": (Parameter("orders", ListOf("order")),)},
        {"call": 3},
    ],
)
def test_what_no_rule_could_call_is_refused(options: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"name": "f", "parameters": (NUMBER,), "result": Text(), "call": str}
    with pytest.raises(ValueError, match=r"function"):
        Function(**{**facts, **options})


def test_a_plugin_with_two_functions_of_one_name_is_refused() -> None:
    one, other = function(abs), Function("g", (NUMBER,), Number(), abs, label="f")
    assert (None, None) == (Plugin("p", "1", functions=(one,)).vocabulary, Plugin("p", "1").rulesets)
    with pytest.raises(ValueError, match="two functions are called f"):
        Plugin("p", "1", Path(), functions=(one, other))
