"""Validities that end before they begin."""

from __future__ import annotations

from collections.abc import Iterable

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.syntax import statements as s


def misdated(statements: Iterable[s.Statement]) -> tuple[Diagnostic, ...]:
    """A finding for each ruleset and rule whose last day lies before its first."""
    return tuple(
        Diagnostic("validity-reversed", each.span, {"start": each.valid_from, "until": each.valid_until})
        for each in statements
        if isinstance(each, s.RulesetStatement | s.RuleStatement)
        and each.valid_from is not None
        and each.valid_until is not None
        and each.valid_until < each.valid_from
    )
