"""Which decisions can be made at once: a table that fills several columns is gone through only once."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.lowering.plan import Operand
from rulelang.lowering.planned import Plan, PlannedDecision
from rulelang.lowering.reading import aggregated_of, answers_of

CHAINS = ("first", "last")


def joint_decisions(plan: Plan) -> Iterator[tuple[PlannedDecision, ...]]:
    """Decisions that can be made at once: each rule gives all of them something, by the same policy."""
    done: set[str] = set()
    for position, decision in enumerate(plan.decisions):
        if decision.outcome.name in done:
            continue
        before = {each.outcome.name for each in plan.decisions[:position]}
        joint = [decision]
        for other in plan.decisions[position + 1 :]:
            if _goes_with(decision, other) and before.issuperset(_rest_on(other)):
                joint.append(other)
        done |= {each.outcome.name for each in joint}
        yield tuple(joint)


def _goes_with(decision: PlannedDecision, other: PlannedDecision) -> bool:
    names = {decision.outcome.name, other.outcome.name}
    return (
        decision.outcome.policy in CHAINS
        and decision.outcome.policy == other.outcome.policy
        and decision.groups == other.groups
        and all(names <= {gift.outcome for gift in branch.gifts} for rule in decision.rules for branch in rule.branches)
    )


def _rest_on(decision: PlannedDecision) -> Iterator[str]:
    """The outcomes that its values rest on, records included."""
    values = tuple(values_of(decision))
    yield from answers_of(*values)
    for each in aggregated_of(*values):
        yield from each.answers


def values_of(decision: PlannedDecision) -> Iterator[Operand]:
    """The values that its branches give."""
    name = decision.outcome.name
    return (
        gift.value
        for rule in decision.rules
        for branch in rule.branches
        for gift in branch.gifts
        if gift.outcome == name
    )
