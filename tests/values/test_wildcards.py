"""Wildcards mean what a regular expression would, without its cost."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.values.wildcards import matches


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("A12", "A*", True),
        ("A", "A*", True),
        ("BA", "A*", False),
        ("a12", "A*", False),
        ("", "", True),
        ("", "*", True),
        ("x", "", False),
        ("北京市朝阳区", "*朝阳*", True),
        ("abc", "a?c", True),
        ("ac", "a?c", False),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("aab", "*ab", True),
        ("ab", "ab*ab", False),
        ("a\nb", "a*b", True),
        ("abcbd", "a*b?", True),
    ],
)
def test_examples(text: str, pattern: str, expected: bool) -> None:
    assert matches(text, pattern) is expected


@given(st.text("ab\n", max_size=8), st.text("ab*?", max_size=6))
def test_it_agrees_with_a_regular_expression(text: str, pattern: str) -> None:
    regular = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    assert matches(text, pattern) is (re.fullmatch(regular, text, re.DOTALL) is not None)


def test_a_pattern_full_of_stars_costs_little() -> None:
    started = time.perf_counter()
    assert not matches("a" * 5000, "*a" * 40 + "b")
    assert time.perf_counter() - started < 1
