"""Conflicts: two rules for one customer where the outcome allows one."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.analysis.decisions import Decision
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget

MOST_SHOWN = 20


def conflicts(inquiry: Inquiry) -> Iterator[Finding]:
    """``unique-conflict`` for each two rules of a unique outcome that match one customer."""
    for decision in inquiry.decisions():
        if decision.outcome.policy == "unique":
            yield from _of(inquiry, decision)


def _of(inquiry: Inquiry, decision: Decision) -> Iterator[Finding]:
    formulas, outcome, shown = inquiry.space.formulas, decision.outcome, 0
    givers, rivals = decision.givers, inquiry.rivals(decision)
    for place, giver in enumerate(givers):
        for other in rivals[place]:
            if other <= place or givers[other].rule.priority != giver.rule.priority:
                continue
            wanted = (formulas.all_of((giver.gives, givers[other].gives)),)
            within = inquiry.plausible
            try:
                customer = inquiry.find(wanted, within)
            except OutOfBudget:
                yield inquiry.left_open("conflict", outcome.span, outcome.name)
                return
            if customer is None:
                continue
            yield Finding(
                "unique-conflict" if customer.tried else "unique-conflict-possible",
                giver.rule.span,
                outcome.name,
                giver.rule.name,
                (givers[other].rule,),
                customer=customer,
                wanted=wanted,
                within=tuple(within),
            )
            shown += 1
            if shown == MOST_SHOWN:
                return
