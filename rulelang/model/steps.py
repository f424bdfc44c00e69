"""All outcomes of a model, those of customers and those of records, in one order in which they can be decided."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.model.program import Model
from rulelang.model.walking import outcomes_read
from rulelang.vocabulary.declarations import Outcome


def steps(model: Model) -> Iterator[Outcome]:
    """Every outcome after those its rules read; the customer's as soon as may be."""
    if not model.record_outcomes:
        yield from model.outcomes.values()
        return
    rows = [list(model.outcomes.values()), list(model.record_outcomes.values())]
    done: set[str] = set()
    while any(rows):
        # Each row is in order, so the first of one of them is always ready.
        row = next(each for each in rows if each and _reads(each[0], model) <= done)
        outcome = row.pop(0)
        done.add(outcome.name)
        yield outcome


def _reads(outcome: Outcome, model: Model) -> set[str]:
    """The outcomes that the rules of an outcome read."""
    found: set[str] = set()
    for rule in model.decision(outcome.name):
        for branch in rule.branches:
            found.update(outcomes_read(branch.condition))
            for each in branch.assignments:
                if each.outcome == outcome.name:
                    for part in (each.value, each.at_least, each.at_most):
                        found.update(() if part is None else outcomes_read(part))
    return found
