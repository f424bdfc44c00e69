"""Exact numbers: reading, reckoning, rounding, showing."""

from __future__ import annotations

import decimal
import enum
import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.values.errors import Unreadable
from rulelang.values.numbers import (
    EXACT,
    Number,
    Rational,
    add,
    canonical,
    compare,
    divide,
    exact,
    multiply,
    negate,
    read_number,
    round_half_up,
    show_number,
    subtract,
)

integers = st.integers(-(10**30) + 1, 10**30 - 1)
decimals = st.builds(
    lambda units, places: canonical(Decimal(units).scaleb(-places, EXACT)), integers, st.integers(0, 20)
)
numbers: st.SearchStrategy[Number] = integers | decimals
rationals: st.SearchStrategy[Rational] = numbers | st.fractions(max_denominator=10**6)

READABLE = [
    ("0", "0"),
    ("-1", "-1"),
    ("+5", "5"),
    ("007", "7"),
    ("1,234.50", "1234.5"),
    ("1,234,567", "1234567"),
    ("１，０００", "1000"),
    ("１２．５", "12.5"),
    (" 12\u3000", "12"),
    ("\ufeff12\xa0", "12"),
    ("¥1.5万", "15000"),
    ("1.2万", "12000"),
    ("1.2 万", "12000"),
    ("￥1,200.00", "1200"),
    ("¥ 1,200", "1200"),
    ("1,200元", "1200"),
    ("5万元", "50000"),
    ("1,200 USD", "1200"),
    ("-¥5", "-5"),
    ("¥-5", "-5"),
    ("−5", "-5"),
    ("15%", "0.15"),
    ("15 ％", "0.15"),
    ("-0.5%", "-0.005"),
    ("5‰", "0.005"),
    ("百分之十五", "0.15"),
    ("百分之12.5", "0.125"),
    ("千分之三", "0.003"),
    ("1.5亿", "150000000"),
    ("1亿2000万", "120000000"),
    ("1.5億", "150000000"),
    ("1.5萬", "15000"),
    ("3千", "3000"),
    ("3百万", "3000000"),
    ("十万", "100000"),
    ("两千", "2000"),
    ("1.2 million", "1200000"),
    ("3 Thousand", "3000"),
    ("5k", "5000"),
    ("(1,200)", "-1200"),
    ("（1,200.50）", "-1200.5"),
    ("(¥1,200)", "-1200"),
    ("¥(1,200)", "-1200"),
    ("(15%)", "-0.15"),
    ("1e5", "100000"),
    ("1E+5", "100000"),
    ("2.5e-3", "0.0025"),
    ("3.3333333333333335e-06", "0.0000033333333333333335"),
    (".5", "0.5"),
    ("5.", "5"),
    ("-0", "0"),
    ("-0.00", "0"),
    ("0e999999999", "0"),
    ("9" * 30, "9" * 30),
    ("-" + "9" * 30 + "." + "9" * 20, "-" + "9" * 30 + "." + "9" * 20),
    ("0." + "0" * 50 + "1" * 20, "0." + "0" * 50 + "1" * 20),
    ("1." + "0" * 100, "1"),
]

REFUSED = [
    ("", "not-a-number"),
    ("  ", "not-a-number"),
    ("-", "not-a-number"),
    ("()", "not-a-number"),
    (".", "not-a-number"),
    ("%", "not-a-number"),
    ("¥", "not-a-number"),
    ("元", "not-a-number"),
    ("万", "not-a-number"),
    ("百分之", "not-a-number"),
    ("abc", "not-a-number"),
    ("NaN", "not-a-number"),
    ("Infinity", "not-a-number"),
    ("--1", "not-a-number"),
    ("+-1", "not-a-number"),
    ("- 1", "not-a-number"),
    ("(-5)", "not-a-number"),
    ("(5", "not-a-number"),
    ("1-", "not-a-number"),
    ("1_000", "not-a-number"),
    ("0x10", "not-a-number"),
    ("٣", "not-a-number"),
    ("²", "not-a-number"),
    ("1.2.3", "not-a-number"),
    ("2026-01-31", "not-a-number"),
    ("1e5万", "not-a-number"),
    ("1e", "not-a-number"),
    ("1万2", "not-a-number"),
    ("1万2亿", "not-a-number"),
    ("1万20千", "not-a-number"),
    ("一万二", "not-a-number"),
    ("¥15%", "not-a-number"),
    ("3笔", "not-a-number"),
    ("1,2\x003", "not-a-number"),
    ("1,23", "digit-grouping"),
    ("1234,567", "digit-grouping"),
    ("1,00,000", "digit-grouping"),
    (",123", "not-a-number"),
    ("1,,000", "digit-grouping"),
    ("1,000.5,0", "not-a-number"),
    ("1234,50", "digit-grouping"),
    ("1.234,50", "digit-grouping"),
    ("1.234.567", "digit-grouping"),
    ("1 234,50", "digit-grouping"),
    ("1 234", "digit-grouping"),
    ("1'234", "digit-grouping"),
    ("¥100美元", "two-currencies"),
    ("$5元", "two-currencies"),
    ("1" + "0" * 30, "out-of-range"),
    ("1e30", "out-of-range"),
    ("1e-400", "out-of-range"),
    ("1e999999999999999999999", "out-of-range"),
    ("0.123456789012345678901", "out-of-range"),
    ("1.000000000000000000001", "out-of-range"),
    ("9" * 5000, "out-of-range"),
    ("x" * 5000, "not-a-number"),
]


@pytest.mark.parametrize(("text", "expected"), READABLE)
def test_spellings(text: str, expected: str) -> None:
    assert expected == show_number(read_number(text))


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_number(text)
    assert (reason, text) == (raised.value.reason, raised.value.text)


@given(numbers)
def test_what_is_shown_reads_back(number: Number) -> None:
    again = read_number(show_number(number))
    assert (number, type(number)) == (again, type(again))


@given(integers)
def test_digit_groups_read_back(number: int) -> None:
    assert number == read_number(f"{number:,}")


@given(numbers)
def test_a_number_has_one_form(number: Number) -> None:
    stretched = EXACT.add(number, Decimal("0.00000000000000000000"))
    again = exact(stretched)
    assert (number, type(number), str(number)) == (again, type(again), str(again))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e29, max_value=1e29))
def test_a_float_is_what_its_shortest_spelling_says(value: float) -> None:
    number = exact(value)
    assert number is not None
    assert value == float(number)
    assert number == read_number(repr(value))


class Index:
    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class SinglePrecision:
    """As numpy's float32 shows and converts itself."""

    def __init__(self, shown: str, converted: float) -> None:
        self.shown, self.converted = shown, converted

    def __str__(self) -> str:
        return self.shown

    def __float__(self) -> float:
        return self.converted


class BoolLike(Index):
    pass


BoolLike.__name__ = "bool_"


class OneElement(Index):
    def __len__(self) -> int:
        return 1


class Level(enum.IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (0.1, Decimal("0.1")),
        (2.0, 2),
        (-0.0, 0),
        (1e22, 10**22),
        (Decimal("1.50"), Decimal("1.5")),
        (Decimal("1E+3"), 1000),
        (Decimal("-0"), 0),
        (Fraction(1, 8), Decimal("0.125")),
        (Fraction(6, 3), 2),
        (Index(7), 7),
        (Level.LOW, 1),
        (SinglePrecision("0.1", 0.10000000149011612), Decimal("0.1")),
        (SinglePrecision("-1e-05", -9.999999747378752e-06), Decimal("-0.00001")),
        (SinglePrecision("<half>", 0.5), Decimal("0.5")),
        (None, None),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (SinglePrecision("nan", float("nan")), None),
    ],
)
def test_python_numbers(value: object, expected: Number | None) -> None:
    number = exact(value)
    assert (expected, type(expected)) == (number, type(number))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "not-a-number"),
        ("5", "not-a-number"),
        (b"5", "not-a-number"),
        ([5], "not-a-number"),
        (object(), "not-a-number"),
        (1 + 2j, "not-a-number"),
        (BoolLike(1), "not-a-number"),
        (OneElement(1), "not-a-number"),
        (math.inf, "not-finite"),
        (-math.inf, "not-finite"),
        (Decimal("Infinity"), "not-finite"),
        (SinglePrecision("inf", math.inf), "not-finite"),
        (Fraction(1, 3), "not-exact"),
        (10**30, "out-of-range"),
        (-(10**30), "out-of-range"),
        (10**5000, "out-of-range"),
        (Index(10**5000), "out-of-range"),
        (1e30, "out-of-range"),
        (Decimal("1E+999999999"), "out-of-range"),
        (Decimal("1E-999999999"), "out-of-range"),
        (Decimal("1." + "1" * 200_000), "out-of-range"),
        (Fraction(1, 2**340), "out-of-range"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_python_values_that_are_no_numbers(value: object, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        exact(value)
    assert reason == raised.value.reason


def _half_up(number: Rational, places: int) -> Fraction:
    """Rounding as the school book says it."""
    scaled = abs(Fraction(number)) * Fraction(10) ** places
    units = math.floor(scaled + Fraction(1, 2))
    return Fraction(units if number >= 0 else -units) / Fraction(10) ** places


@given(rationals, st.integers(-5, 25))
def test_rounding_is_half_away_from_zero(number: Rational, places: int) -> None:
    rounded = round_half_up(number, places)
    assert _half_up(number, places) == Fraction(rounded)
    assert isinstance(rounded, int) or rounded == canonical(rounded) != rounded.to_integral_value()


@given(st.integers(-(10**12), 10**12), st.integers(0, 6), st.sampled_from([Decimal, Fraction]))
def test_a_half_rounds_away_from_zero(units: int, places: int, kind: type[Decimal] | type[Fraction]) -> None:
    half = Fraction(2 * units + 1, 2 * 10**places)
    number: Rational = half if kind is Fraction else Decimal(2 * units + 1) / 2 / 10**places
    away = Fraction(units + 1 if units >= 0 else units, 10**places)
    assert away == Fraction(round_half_up(number, places))


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [
        (Decimal("0.5"), 0, 1),
        (Decimal("-0.5"), 0, -1),
        (Decimal("-0.4"), 0, 0),
        (Decimal("2.675"), 2, Decimal("2.68")),
        (Decimal("1.995"), 2, 2),
        (Fraction(2, 3), 6, Decimal("0.666667")),
        (Fraction(-1, 3), 0, 0),
        (1250, -2, 1300),
        (Decimal("1249.99"), -2, 1200),
        (7, 2, 7),
    ],
)
def test_rounding(number: Rational, places: int, expected: Number) -> None:
    rounded = round_half_up(number, places)
    assert (str(expected), type(expected)) == (str(rounded), type(rounded))


@given(rationals, rationals)
def test_reckoning_is_exact(left: Rational, right: Rational) -> None:
    a, b = Fraction(left), Fraction(right)
    assert a + b == Fraction(add(left, right))
    assert a - b == Fraction(subtract(left, right))
    assert a * b == Fraction(multiply(left, right))
    assert -a == Fraction(negate(left))
    assert (a > b) - (a < b) == compare(left, right)
    if b:
        assert a / b == divide(left, right)


def test_reckoning_ignores_the_precision_of_the_thread() -> None:
    with decimal.localcontext(prec=3):
        assert Decimal("123456.789") == add(Decimal("123456"), Decimal("0.789"))
        assert Decimal("-123456.789") == negate(Decimal("123456.789"))
        assert Decimal("123456.8") == round_half_up(Decimal("123456.789"), 1)
        assert Decimal("0.123456") == read_number("12.3456%")
        assert Decimal("-1234567.89") == read_number("-1,234,567.89")
        assert "123456.79" == show_number(Decimal("123456.789"), 2)


def test_whole_results_are_ints() -> None:
    half = Decimal("0.5")
    results = [add(half, half), multiply(half, 2), subtract(Decimal("1.5"), half)]
    assert [(1, int)] * 3 == [(each, type(each)) for each in results]


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    assert Decimal("0.3") == add(Decimal("0.1"), Decimal("0.2"))


def test_dividing_by_zero_says_so() -> None:
    with pytest.raises(ZeroDivisionError):
        divide(Decimal("1.5"), 0)


def test_the_context_never_rounds() -> None:
    tiny = Decimal("1E-90000")
    with pytest.raises(decimal.Inexact):
        EXACT.add(Decimal("1E+90000"), tiny)


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [
        (Decimal("1E+3"), None, "1000"),
        (Decimal("1.50"), None, "1.5"),
        (Decimal("1E-7"), None, "0.0000001"),
        (-5, None, "-5"),
        (1200, 2, "1200.00"),
        (Decimal("0.005"), 2, "0.01"),
        (Decimal("-0.004"), 2, "0.00"),
        (Decimal("12.5"), 0, "13"),
        (1250, -2, "1300"),
    ],
)
def test_numbers_are_shown_plainly(number: Number, places: int | None, expected: str) -> None:
    assert expected == show_number(number, places)


def test_very_long_integers_are_shown() -> None:
    assert "1" + "0" * 5000 == show_number(10**5000)
