"""Gaps: customers who get no value for an outcome."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.analysis.cells import NONE
from rulelang.analysis.decisions import Decision
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget


def gaps(inquiry: Inquiry) -> Iterator[Finding]:
    """``gap``: all is known and there is no value; ``gap-when-missing``: only where something is missing."""
    for decision in inquiry.decisions():
        if decision.outcome.policy in ("sum", "collect") or decision.combiner.fallback is not None:
            continue
        try:
            found = _of_known(inquiry, decision)
            if found is None:
                found = _of_missing(inquiry, decision)
        except OutOfBudget:
            found = Finding("not-decided", decision.outcome.span, decision.outcome.name, values=(("question", "gap"),))
        if found is not None:
            yield found


def _of_known(inquiry: Inquiry, decision: Decision) -> Finding | None:
    formulas = inquiry.space.formulas
    wanted = tuple(formulas.opposite(giver.gives) for giver in decision.givers)
    within = inquiry.sound
    customer = inquiry.find(wanted, within)
    if customer is None:
        return None
    outcome = decision.outcome
    code = "gap-possible" if not customer.tried else "gap-inferred" if outcome.inferred else "gap"
    return Finding(code, outcome.span, outcome.name, customer=customer, wanted=wanted, within=tuple(within))


def _of_missing(inquiry: Inquiry, decision: Decision) -> Finding | None:
    outcome = decision.outcome
    wanted = (inquiry.space.within(decision.variable, decision.variable.cells.of_kind(NONE)),)
    within = inquiry.plausible
    customer = inquiry.find(wanted, within)
    if customer is None or not customer.tried:
        return None
    return Finding(
        "gap-when-missing", outcome.span, outcome.name, customer=customer, wanted=wanted, within=tuple(within)
    )
