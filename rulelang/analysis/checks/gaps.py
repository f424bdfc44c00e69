"""Gaps: customers who get no value for an outcome."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from rulelang.analysis.account import COMPLETE, ELSE, EVERYBODY, KNOWN, LIST, TOTAL, Proof
from rulelang.analysis.cells import MISSING
from rulelang.analysis.decisions import Decision
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget
from rulelang.analysis.likeness import fields_behind, outcomes_read_by
from rulelang.analysis.witness import Customer
from rulelang.model.contributions import BLANK
from rulelang.model.walking import answers_named


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
    return Finding(code, outcome.span, outcome.name, customer=customer, wanted=wanted, within=tuple(within))


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
