"""All questions that are asked of a ruleset, in the order in which their findings are shown."""

from __future__ import annotations

from rulelang.analysis.checks.beyond import beyond
from rulelang.analysis.checks.conflicts import conflicts
from rulelang.analysis.checks.gaps import gaps
from rulelang.analysis.checks.idle import idle, repeats
from rulelang.analysis.checks.reach import dead_values, score_ranges
from rulelang.analysis.checks.unused import unused
from rulelang.analysis.inquiry import Check, Finding, Inquiry

CHECKS: tuple[Check, ...] = (gaps, conflicts, unused, repeats, idle, dead_values, score_ranges, beyond)


def examine(inquiry: Inquiry) -> tuple[Finding, ...]:
    """Everything found; a rule that repeats another is not also called unreachable."""
    found = [each for check in CHECKS for each in check(inquiry)]
    repeated = {each.rule for each in found if each.code == "repeated-rule"}
    return tuple(each for each in found if each.code != "unreachable-rule" or each.rule not in repeated)
