"""Gaps: customers who get no value for an outcome."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from rulelang.analysis.account import COMPLETE, ELSE, EVERYBODY, KNOWN, LIST, TOTAL, Proof
from rulelang.analysis.cells import MISSING
from rulelang.analysis.decisions import Decision
from rulelang.analysis.formula import Box
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget
from rulelang.analysis.likeness import fields_behind, outcomes_read_by
from rulelang.analysis.solve import Budget
from rulelang.analysis.witness import Customer, elsewhere, made_small
from rulelang.model.contributions import BLANK
from rulelang.model.walking import answers_named

# Of the gaps of one outcome so many are shown, each by a customer, and so many are counted.
MOST_SHOWN, MOST_COUNTED = 5, 12


def gaps(inquiry: Inquiry) -> Iterator[Finding | Proof]:
    """``gap``: all is known and there is no value; ``gap-when-missing``: only where something is missing.

    ``gap-undecided``: all is known, and yet something can't be reckoned, as where a divisor is zero.
    """
    read = outcomes_read_by(inquiry.model)
    for decision in inquiry.decisions():
        if decision.outcome.name in read:
            inquiry.rule_out(decision)
        name = decision.outcome.name
        if decision.combiner.fallback is not None or decision.outcome.policy in ("sum", "collect"):
            own = {"sum": TOTAL, "collect": LIST}.get(decision.outcome.policy)
            yield Proof(COMPLETE, name, value=ELSE if own is None or decision.outcome.last_resort is not None else own)
            continue
        try:
            found = _of_known(inquiry, decision)
            missing = found if isinstance(found, Finding) else _of_missing(inquiry, decision)
        except OutOfBudget:
            yield inquiry.left_open("gap", decision.outcome.span, name)
            continue
        if isinstance(missing, Finding):
            yield missing
        if found is True:
            yield Proof(COMPLETE, name, value=EVERYBODY if missing is True else KNOWN)


def _of_known(inquiry: Inquiry, decision: Decision) -> Finding | bool:
    """A customer of whom all is known: nothing is given, or what is given is withheld; else whether it is proved."""
    formulas, outcome = inquiry.space.formulas, decision.outcome
    within = inquiry.sound
    for name in _read(decision):
        variable = inquiry.program.outcome(name)
        if within[variable.number] & ~variable.cells.of_kind(MISSING):
            within[variable.number] &= ~variable.cells.of_kind(MISSING)  # what is undecided is said where it arises
    wanted = tuple(formulas.opposite(giver.gives) for giver in decision.givers)
    customer = inquiry.find(wanted, within)
    if customer is None and outcome.when_missing:
        wanted = (inquiry.space.within(decision.variable, decision.variable.cells.of_kind(MISSING)),)
        customer = inquiry.find(wanted, within)
        if customer is not None and not customer.tried:
            return False
    if customer is None:
        return True
    customer = _of_what_matters(inquiry, outcome.name, customer)
    code = "gap-inferred" if outcome.inferred else "gap"
    if not customer.tried:
        code = "gap-possible"
    elif inquiry.answers(customer.values).get(outcome.name) is not BLANK:
        code = "gap-undecided"
    else:
        wanted = (*wanted, decision.silent)  # of others it is open only whether a rule gives them something
    further, more = ((), 0) if code == "gap-possible" else _further(inquiry, outcome.name, wanted, within, customer)
    return Finding(
        code,
        outcome.span,
        outcome.name,
        customer=customer,
        wanted=wanted,
        within=tuple(within),
        further=further,
        more=more,
    )


def _further(
    inquiry: Inquiry, outcome: str, wanted: tuple[int, ...], within: Box, first: Customer
) -> tuple[tuple[Customer, ...], int]:
    """Customers in other gaps of an outcome than the first one, each as small as can be; how many more there are at
    least. They are of the kind of the first: nothing is given to any of them, or it is withheld from all.
    """
    found: list[Customer] = []
    silent = inquiry.answers(first.values).get(outcome) is BLANK
    asked, last = list(wanted), first
    while last.box and len(found) < MOST_COUNTED:
        asked.append(elsewhere(inquiry.solver, last, runs=True))
        try:
            other = inquiry.find(asked, within)
            if other is None or not other.tried or not other.box:
                break
            if len(found) < MOST_SHOWN - 1:
                other = made_small(inquiry.solver, wanted, other, within, Budget(inquiry.steps), {"": inquiry.answers})
        except OutOfBudget:
            break
        last = other
        if (inquiry.answers(other.values).get(outcome) is BLANK) is silent:
            found.append(_of_what_matters(inquiry, outcome, other))
    told = {each.told for each in (first, *found)}
    shown = {each.told: each for each in found[: MOST_SHOWN - 1] if each.told != first.told}
    return tuple(shown.values()), len(told) - 1 - len(shown) if len(found) >= MOST_SHOWN else 0


def _read(decision: Decision) -> set[str]:
    """The outcomes that the rules of a decision read."""
    branches = (each.branch for giver in decision.givers for each in giver.branches)
    return {name for branch in branches for name in answers_named(branch.condition)}


def _of_missing(inquiry: Inquiry, decision: Decision) -> Finding | bool:
    """A customer for whom no rule gives a value, whatever else comes to be known of them; else whether it is proved."""
    outcome, formulas = decision.outcome, inquiry.space.formulas
    wanted = (decision.silent, *(formulas.opposite(giver.gives) for giver in decision.givers))
    within = inquiry.plausible
    customer = inquiry.find(wanted, within)
    if customer is None:
        return True
    if not customer.tried or inquiry.answers(customer.values).get(outcome.name) is not BLANK:
        return False
    customer = _of_what_matters(inquiry, outcome.name, customer)
    return Finding(
        "gap-when-missing", outcome.span, outcome.name, customer=customer, wanted=wanted, within=tuple(within)
    )


def _of_what_matters(inquiry: Inquiry, outcome: str, customer: Customer) -> Customer:
    """The customer without the fields that only other outcomes rest on."""
    if not customer.tried:
        return customer
    behind = fields_behind(outcome, inquiry.model)
    return evolve(customer, told=tuple(each for each in customer.told if each.name in behind))
