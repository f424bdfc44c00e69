"""Which values an outcome can have: members nobody can get, the range of a score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rulelang.analysis.account import RANGE, VALUE, Proof, Range
from rulelang.analysis.decisions import Decision
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget
from rulelang.analysis.solve import Budget
from rulelang.analysis.witness import Customer
from rulelang.values.numbers import add
from rulelang.vocabulary.types import Choice

MOST_GIVERS = 60


def dead_values(inquiry: Inquiry) -> Iterator[Finding | Proof]:
    """``dead-value``: a declared value that nobody can get."""
    for decision in inquiry.decisions():
        outcome = decision.outcome
        if outcome.inferred or not isinstance(outcome.type, Choice) or outcome.policy == "collect":
            continue
        if len(inquiry.program.deciding(outcome.name)) < len(_switched_on(inquiry, outcome.name)):
            continue  # rules that hold on other days may give it
        for key in (member.key for member in outcome.type.members):
            mask = decision.variable.cells.mask_of(key)
            if not mask and outcome.type.name is not None:
                continue  # a choice that others share may well have more members than one of them gives
            wanted = [inquiry.space.within(decision.variable, mask)]
            try:
                shown = bool(mask) and inquiry.shows(wanted)
                if shown or (mask and not inquiry.never(wanted, inquiry.everybody)):
                    yield Proof(VALUE, outcome.name, value=key, shown=shown)
                    continue
            except OutOfBudget:
                yield inquiry.left_open("dead", outcome.span, outcome.name, value=key)
                continue
            yield Finding("dead-value", outcome.span, outcome.name, values=(("value", key),))
            yield Proof(VALUE, outcome.name, shown=False)


def _switched_on(inquiry: Inquiry, name: str) -> list[object]:
    return [each for each in inquiry.model.decision(name) if not each.switched_off]


def score_ranges(inquiry: Inquiry) -> Iterator[Finding | Proof]:
    """The least and the most that a sum can come to; ``limit-never-reached`` where that lies within its limits."""
    for decision in inquiry.decisions():
        outcome = decision.outcome
        if outcome.policy != "sum" or len(decision.groups) > 1:
            continue
        try:
            ends = [each for way in (-1, 1) if (each := _extreme(inquiry, decision, way)) is not None]
        except OutOfBudget:
            over = [giver.gives for giver in decision.givers]
            yield inquiry.left_open("range", outcome.span, outcome.name, over=over)
            continue
        if len(ends) == 2:
            least, most = (total for total, _ in ends)
            low, high = decision.combiner.finished(least), decision.combiner.finished(most)
            customers = [customer for _, customer in ends]
            reached, provable = all(each.tried for each in customers), any(each.provable for each in customers)
            yield Proof(RANGE, outcome.name, value=Range(low, high, reached, provable))
            if outcome.at_most is not None and most < outcome.at_most:
                values = (("limit", outcome.at_most), ("end", high))
                yield Finding("limit-never-reached", outcome.span, outcome.name, values=values)


def _extreme(inquiry: Inquiry, decision: Decision, way: int) -> tuple[Any, Customer] | None:
    """The greatest (``way`` 1) or the least total with who has it; None where a rule adds what is no constant.

    Rule by rule the larger gift is tried first, and given up where the best of the rest can't make up for it.
    """
    formulas, budget = inquiry.space.formulas, Budget(inquiry.steps)
    options: list[list[tuple[Any, int]]] = []
    for giver in decision.givers:
        given: list[tuple[Any, int]] = []
        for each in giver.branches:
            if each.gift is None:
                continue
            if each.gift.values is None:
                return None
            total: Any = 0
            for value in each.gift.values:
                total = add(total, value)
            given.append((total, each.taken))
        given.append((0, formulas.opposite(giver.gives)))
        options.append(sorted(given, key=lambda pair: -way * pair[0]))
    best_rest: list[Any] = [0]
    for given in reversed(options):
        best_rest.append(add(best_rest[-1], given[0][0]))
    best_rest.reverse()
    best: tuple[Any, Customer] | None = None
    stack: list[tuple[int, Any, tuple[int, ...]]] = [(0, 0, ())]
    while stack:
        place, total, chosen = stack.pop()
        reachable = add(total, best_rest[place])
        if best is not None and way * reachable <= way * best[0]:
            continue
        if place == len(options):
            customer = inquiry.find(list(chosen), inquiry.plausible)
            best = best if customer is None else (total, customer)
            continue
        if inquiry.solver.solve(list(chosen), inquiry.plausible, budget) is None:
            continue
        for value, formula in reversed(options[place]):
            stack.append((place + 1, add(total, value), (*chosen, formula)))
    return best
