"""Tests of texts: contains, starts with, ends with, like."""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from rulelang.values.text import clean_text
from rulelang.values.wildcards import matches

TEXT_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "starts": str.startswith,
    "ends": str.endswith,
    "like": matches,
}


def pattern_holds(kind: str, text: Any, pattern: str) -> bool:
    """A text test; of the values of a collect outcome one has to equal the pattern."""
    if isinstance(text, tuple):
        return clean_text(pattern) in text
    return TEXT_TESTS[kind](text, normal_pattern(pattern))


def normal_pattern(pattern: str) -> str:
    """A pattern in the form texts have inside; its outer white space counts."""
    return pattern if pattern.isascii() else unicodedata.normalize("NFC", pattern)
