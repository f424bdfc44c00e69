"""Conflicts: two rules for one customer where the outcome allows one, or different values where all are to agree."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.analysis.account import CONSISTENT, Proof
from rulelang.analysis.decisions import Decision, Giver, Taken
from rulelang.analysis.formula import NEVER
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget

MOST_SHOWN = 20


def conflicts(inquiry: Inquiry) -> Iterator[Finding | Proof]:
    """``unique-conflict`` for each two rules of a unique outcome that match one customer.

    ``agreement-conflict`` for each two that give a customer different constants where all rules are to agree.
    """
    for decision in inquiry.decisions():
        if decision.outcome.policy in ("unique", "any"):
            yield from _of(inquiry, decision)


def _of(inquiry: Inquiry, decision: Decision) -> Iterator[Finding | Proof]:
    outcome, shown = decision.outcome, 0
    givers, rivals = decision.givers, inquiry.rivals(decision)
    for place, giver in enumerate(givers):
        for other in rivals[place]:
            if other <= place or givers[other].rule.priority != giver.rule.priority:
                continue
            wanted = (_meet(inquiry, decision, giver, givers[other]),)
            if wanted == (NEVER,):
                continue
            within = inquiry.plausible
            try:
                customer = inquiry.find(wanted, within)
            except OutOfBudget:
                yield inquiry.left_open("conflict", outcome.span, outcome.name)
                return
            if customer is None:
                continue
            code = "unique-conflict" if outcome.policy == "unique" else "agreement-conflict"
            yield Finding(
                code if customer.tried else f"{code}-possible",
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
    if not shown:
        yield Proof(CONSISTENT, outcome.name)


def _meet(inquiry: Inquiry, decision: Decision, one: Giver, other: Giver) -> int:
    """Where two rules both apply; where all are to agree, with different constants."""
    formulas = inquiry.space.formulas
    if decision.outcome.policy == "unique":
        return formulas.all_of((one.gives, other.gives))
    return formulas.any_of(
        formulas.all_of((first.taken, second.taken))
        for first in one.branches
        for second in other.branches
        if _differ(decision, first, second)
    )


def _differ(decision: Decision, first: Taken, second: Taken) -> bool:
    """Whether two branches give constants, and not the same."""
    values = [None if each.gift is None else each.gift.values for each in (first, second)]
    if any(each is None or None in each for each in values):
        return False
    told = [{decision.combiner.finished(value) for value in each} for each in values if each is not None]
    return told[0] != told[1]
