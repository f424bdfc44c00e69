"""Lowers what is decided for each record of a list, into stages: what can be decided in one loop over the records."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.lowering.aggregates import needed_elements
from rulelang.lowering.needs import expressions_of
from rulelang.lowering.planned import PlannedDecision, PlannedEach, PlannedRule
from rulelang.lowering.reading import aggregated_of, answers_of, elements_of, inputs_of
from rulelang.model.program import Model


def lower_each(decisions: Sequence[PlannedDecision], model: Model) -> tuple[PlannedEach, ...]:
    """The stages of the decisions about records, each after those it rests on.

    Decisions of one list that wait for the same outcomes are one stage. What rests on another outcome of the same
    record waits for all that the other waits for.
    """
    waits: dict[str, frozenset[str]] = {}
    stages: dict[tuple[str, frozenset[str]], list[PlannedDecision]] = {}
    for decision in decisions:
        outcome = decision.outcome
        assert outcome.list is not None, "decided for each record of a list"
        reads = _Reads(decision.rules)
        own = {each.name for each in model.outcomes_of(outcome.list)}
        waits_for = frozenset(name for name in reads.answers if name not in own).union(
            *(waits[name] for name in reads.answers if name in own), *(each.answers for each in reads.aggregated)
        )
        waits[outcome.name] = waits_for
        stages.setdefault((outcome.list, waits_for), []).append(decision)
    return tuple(_stage(list_, waits_for, stages[list_, waits_for], model) for list_, waits_for in stages)


def _stage(list_: str, waits_for: frozenset[str], decisions: list[PlannedDecision], model: Model) -> PlannedEach:
    rules = tuple({rule.name: rule for decision in decisions for rule in decision.rules}.values())
    reads = _Reads(rules)
    now = {each.outcome.name for each in decisions}
    own = {each.name: each.part for each in model.outcomes_of(list_)}
    names = {rule.name for rule in rules}
    written = (rule for rule in model.rules if rule.name in names)
    expressions = [each for rule in written for branch in rule.branches for each in expressions_of(branch)]
    return PlannedEach(
        list_,
        tuple(decisions),
        rules,
        waits_for | frozenset(name for name in reads.answers if name in own and name not in now),
        reads.fields,
        tuple((name, own[name]) for name in reads.answers if name in own and name not in now),
        reads.inputs,
        tuple(name for name in reads.answers if name not in own),
        reads.aggregated,
        frozenset(name for each in expressions for name in needed_elements(each)),
    )


class _Reads:
    """What rules read."""

    def __init__(self, rules: Sequence[PlannedRule]) -> None:
        branches = [branch for rule in rules for branch in rule.branches]
        parts = [part for each in branches for part in (each.true, each.false, *(gift.value for gift in each.gifts))]
        self.inputs, self.answers = inputs_of(*parts), answers_of(*parts)
        self.fields = tuple(name for _, name in elements_of(*parts))
        self.aggregated = aggregated_of(*parts)
