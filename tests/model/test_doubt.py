"""Doubt that travels: a condition on another outcome is known only where all that it may be agree."""

from __future__ import annotations

from typing import Any

import pytest

from rulelang.model.contributions import ANY, DECIDED, PROVISIONAL, UNDECIDED, Result
from rulelang.model.doubt import expanded, judged

SURE = Result("a", DECIDED, ("a",), ("a",))
DOUBTFUL = Result("a", PROVISIONAL, ("a", "b"), ("a", "b"))
OPEN = Result(None, UNDECIDED, ("b", None), ("b", None))
ANYTHING = Result(None, UNDECIDED, (ANY,), (ANY,))


def is_a(value: str | None) -> bool | None:
    return None if value is None else value == "a"


def is_text(value: str | None) -> bool | None:
    return None if value is None else True


@pytest.mark.parametrize(
    ("atom", "result", "expected"),
    [
        (is_a, SURE, (True, True)),
        (is_a, DOUBTFUL, (True, None)),
        (is_text, DOUBTFUL, (True, True)),
        (is_a, OPEN, (None, None)),
        (is_text, ANYTHING, (None, None)),
        (lambda value: value is None, OPEN, (True, None)),
        (lambda value: value is None, DOUBTFUL, (False, False)),
    ],
)
def test_conditions(atom: Any, result: Result, expected: tuple[bool | None, bool | None]) -> None:
    assert judged(atom, (), [result]) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (SURE, ("a!", ("a!",))),
        (DOUBTFUL, ("a!", ("a!", "b!"))),
        (OPEN, (None, ("b!", ANY))),
        (ANYTHING, (None, (ANY,))),
    ],
)
def test_values(result: Result, expected: tuple[Any, Any]) -> None:
    def exclaimed(value: str | None) -> str | None:
        return None if value is None else value + "!"

    assert expanded(exclaimed, (), [result]) == expected


def test_two_outcomes_are_tried_in_every_combination() -> None:
    assert judged(lambda left, right: left == right, (), [DOUBTFUL, DOUBTFUL]) == (True, None)
    assert judged(lambda number, left: number + len(left) == 2, (1,), [DOUBTFUL]) == (True, True)
