"""All questions that are asked of a ruleset, in the order in which their findings are shown."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from rulelang.analysis.account import Account, Proof
from rulelang.analysis.checks.beyond import beyond
from rulelang.analysis.checks.conflicts import conflicts
from rulelang.analysis.checks.gaps import gaps
from rulelang.analysis.checks.idle import idle, repeats
from rulelang.analysis.checks.reach import dead_values, score_ranges
from rulelang.analysis.checks.unused import unused
from rulelang.analysis.inquiry import Check, Finding, Inquiry

CHECKS: tuple[Check, ...] = (gaps, conflicts, unused, repeats, idle, dead_values, score_ranges, beyond)


def examine(inquiry: Inquiry, shows: Callable[[Proof], bool] | None = None) -> tuple[tuple[Finding, ...], Account]:
    """Everything found, and what was proved; a rule that repeats another is not also called unreachable. Where a proof
    stays open, ``shows`` says whether some customer shows it all the same.
    """
    answers = [each for check in CHECKS for each in check(inquiry)]
    if shows is not None:
        answers = [
            evolve(each, shown=True) if isinstance(each, Proof) and not each.shown and shows(each) else each
            for each in answers
        ]
    found = [each for each in answers if isinstance(each, Finding)]
    repeated = {each.rule for each in found if each.code == "repeated-rule"}
    findings = tuple(each for each in found if each.code != "unreachable-rule" or each.rule not in repeated)
    outcomes = [each.outcome.name for each in inquiry.decisions()]
    return findings, Account.of(outcomes, [each for each in answers if isinstance(each, Proof)])
