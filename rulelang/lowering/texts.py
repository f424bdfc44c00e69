"""Turns patterns with plain wildcards into prefix, suffix and substring tests, which every back end has."""

from __future__ import annotations

from rulelang.lowering.plan import Compare, Constant, Matches, Operand, Test
from rulelang.model.text_tests import normal_pattern


def lower_text_test(kind: str, operand: Operand, pattern: str, negated: bool) -> Test:
    """A text test; `like "A*"` is `starts with "A"`."""
    pattern = normal_pattern(pattern)
    body = pattern.strip("*")
    if kind != "like" or "?" in body or "*" in body:
        return Matches(kind, operand, pattern, negated)
    leading, trailing = pattern.startswith("*"), pattern.endswith("*")
    if leading and trailing:
        return Matches("contains", operand, body, negated)
    if leading or trailing:
        return Matches("ends" if leading else "starts", operand, body, negated)
    return Compare("!=" if negated else "=", operand, Constant(body))
