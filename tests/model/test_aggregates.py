"""What records come to: the answer, and every result still possible."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.model.aggregates import EXISTS, MOST_OPEN, Aggregator, Rows, joined, settled, total
from rulelang.model.contributions import ANY

KINDS = ("count", "sum", "average", "largest", "smallest", "distinct", "most_frequent")


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("count", [5, 5], 2),
        ("sum", [], 0),
        ("sum", [Decimal("0.1"), Decimal("0.2")], Decimal("0.3")),
        ("sum", [Decimal("0.5"), Decimal("0.5")], 1),
        ("sum", [10**40, Decimal("1E-9")], Decimal(10**40) + Decimal(0)),
        ("average", [1, 2, 4], Fraction(7, 3)),
        ("average", [], None),
        ("largest", [Decimal("2.5"), 2], Decimal("2.5")),
        ("smallest", [], None),
        ("latest", [date(2026, 1, 1), date(2025, 1, 1)], date(2026, 1, 1)),
        ("earliest", [date(2026, 1, 1), date(2025, 1, 1)], date(2025, 1, 1)),
        ("distinct", ["a", "b", "a"], 2),
        ("most_frequent", ["b", "a", "b"], "b"),
        ("most_frequent", ["b", "a"], "a"),
        ("most_frequent", [True, False], False),
    ],
)
def test_the_result_of_values(kind: str, values: list[Any], expected: Any) -> None:
    found = Aggregator(kind).value(values)
    if values == [10**40, Decimal("1E-9")]:
        assert Fraction(10**40) + Fraction(1, 10**9) == Fraction(found)
    else:
        assert (expected, type(expected)) == (found, type(found))


def test_choices_are_ranked_as_declared() -> None:
    order = ("low", "medium", "high")
    assert "high" == Aggregator("largest", order).value(["low", "high", "medium"])
    assert "low" == Aggregator("smallest", order).value(["high", "low"])
    assert "medium" == Aggregator("most_frequent", order).value(["high", "medium"])


def test_fractions_add_up_with_decimals() -> None:
    assert Fraction(5, 6) == total([Fraction(1, 3), Decimal("0.5")])


@pytest.mark.parametrize(
    ("rows", "inverted", "expected"),
    [
        ([], False, False),
        ([], True, True),
        ([(None, True)], False, None),
        ([(None, True), (True, True)], False, True),
        ([(None, True), (True, True)], True, False),
        (None, False, None),
    ],
)
def test_quantifiers(rows: Rows | None, inverted: bool, expected: bool | None) -> None:
    result = Aggregator(EXISTS, inverted=inverted).result(rows)
    assert (expected, (expected,), True) == (result.answer, result.readings, result.settled)


@given(
    kind=st.sampled_from(KINDS),
    rows=st.lists(st.tuples(st.sampled_from((True, None)), st.sampled_from((0, 1, 1, Decimal("0.5"), -3))), max_size=6),
)
def test_possible_results_are_those_of_all_ways_to_decide(kind: str, rows: list[tuple[bool | None, Any]]) -> None:
    aggregator = Aggregator(kind)
    sure = [value for status, value in rows if status]
    maybe = [value for status, value in rows if status is None]
    expected = {
        aggregator.value([*sure, *(value for value, taken in zip(maybe, choice, strict=True) if taken)])
        for choice in product((False, True), repeat=len(maybe))
    }
    result = aggregator.result(rows)
    assert aggregator.value(sure) == result.answer
    assert expected == set(result.readings)
    assert (len(expected) == 1) is result.settled


@pytest.mark.parametrize("kind", [each for each in KINDS if each != "count"])
@pytest.mark.parametrize("status", [True, None])
def test_a_missing_value_could_be_any(kind: str, status: bool | None) -> None:
    result = Aggregator(kind).result([(True, 5), (status, None)])
    assert (Aggregator(kind).value([5]), (ANY,)) == (result.answer, result.readings)


def test_too_many_to_try() -> None:
    few, many = [(None, 2**place) for place in range(MOST_OPEN)], [(None, 1)] * (MOST_OPEN + 1)
    assert 2**MOST_OPEN == len(Aggregator("sum").result(few).readings)
    assert (ANY,) == Aggregator("sum").result(many).readings
    assert tuple(range(MOST_OPEN + 2)) == Aggregator("count").result(many).readings
    assert (ANY,) == Aggregator("count").result([(None, 1)] * 5000).readings


def test_results_of_several_worlds_are_joined() -> None:
    now = settled(1)
    assert settled(1) == joined([settled(1), settled(1)], now)
    both = joined([settled(1), settled(None)], now)
    assert (1, (1, None), False) == (both.answer, both.readings, both.settled)
