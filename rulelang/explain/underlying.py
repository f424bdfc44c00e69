"""Which other outcomes stand in the way of an answer, and what they would have to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from rulelang.explain.boundaries import single
from rulelang.explain.evaluate import Evaluation, Trace
from rulelang.explain.why import conjuncts
from rulelang.model.contributions import ANY, BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.policies import Combiner
from rulelang.model.walking import answers_named


def underlying(outcome: str, wanted: Any, evaluation: Evaluation) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The outcomes because of which the rules that give an answer do not match, each with the answers of its own rules
    with which the condition on it would hold.
    """
    found: dict[str, dict[Any, None]] = {}
    for rule in (rule for group in evaluation.decisions[outcome] for rule in group):
        for branch in rule.branches:
            given = rule.possible.get((branch.index, outcome), ())
            if branch.trace.now is True or not any(wanted in values for values in given):
                continue
            for trace in (one for part in conjuncts(branch.trace) if part.now is not True for one in single(part)):
                names = answers_named(trace.condition) if trace.now is not True else ()
                if len(names) == 1 and names[0] in evaluation.decisions and names[0] != outcome:
                    needed = dict.fromkeys(_needed(names[0], trace, evaluation))
                    if needed:
                        found.setdefault(names[0], {}).update(needed)
    return tuple((name, tuple(answers)) for name, answers in found.items())


def _needed(name: str, trace: Trace, evaluation: Evaluation) -> Iterator[Any]:
    scope = evaluation.scope
    combiner = Combiner(scope.model.outcome(name))
    given = [
        value
        for group in evaluation.decisions[name]
        for rule in group
        for (_, of), options in rule.possible.items()
        if of == name
        for values in options
        for value in values
    ]
    for value in (*given, combiner.fallback):
        if value is None or value is ANY or value is BLANK:
            continue
        read = (value,) if combiner.outcome.policy == "collect" and not isinstance(value, tuple) else value
        if truth_of(trace.condition, evolve(scope, outcomes={**scope.outcomes, name: read})) is True:
            yield value
