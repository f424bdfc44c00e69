"""What is worth trying to bring a customer another answer: values at which conditions, or what is reckoned, turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from rulelang.engine.advice.places import Places, is_place
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.running.rows import RowDecider
from rulelang.explain.boundaries import can_step, constants, may_be, moved, nearest_turns, single, step_of, with_value
from rulelang.explain.evaluate import Evaluation, Trace
from rulelang.lowering.needs import values_of
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.scope import Scope
from rulelang.model.walking import answers_named, fields_read, outcomes_read
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Text, YesNo

MOST_VALUES = 30
KNOWN = "…"  # any text will do


@frozen
class Reached:
    """Whether a customer's values bring an answer, by the rules."""

    decider: RowDecider
    outcome: str
    wanted: Any
    is_list: bool

    def by(self, values: Mapping[str, Any]) -> bool:
        """Whether they bring the answer; of a list, whether it is in it."""
        answer = self._answers(values)[self.outcome]
        if self.wanted is None:
            return answer is None or answer is BLANK
        return (
            answer is not BLANK
            and answer is not None
            and (self.wanted in answer if self.is_list else answer == self.wanted)
        )

    def turning(self, trace: Trace, scope: Scope) -> Callable[[Mapping[str, Any]], bool]:
        """Whether values turn a condition on outcomes."""

        def turned(values: Mapping[str, Any]) -> bool:
            outcomes = {**scope.outcomes, **self._answers(values)}
            return truth_of(trace.condition, evolve(scope, fields=values, outcomes=outcomes)) is (not trace.now)

        return turned

    def _answers(self, values: Mapping[str, Any]) -> dict[str, Any]:
        verdict = self.decider.tried([values.get(name) for name in self.decider.fields])
        none = BLANK if verdict.standings is None else None
        told = (none if each is None else each for each in verdict.answers)
        return dict(zip(self.decider.outcomes, told, strict=True))


def valued(outcome: str, evaluation: Evaluation, places: Places) -> dict[tuple[str, str], None]:
    """The fields that an outcome's value is reckoned from, each with the place among all customers through which; it is
    empty where there is none.
    """
    found: dict[tuple[str, str], None] = {}
    waiting, seen = [outcome], {outcome}
    for name in waiting:
        for rule in (rule for group in evaluation.decisions.get(name, ()) for rule in group):
            for value in (each for one in rule.rule.branches for each in one.assignments if each.outcome == name):
                for each in values_of(value):
                    for read in fields_read(each):
                        measured = places.measured(read) if is_place(read) else ()
                        found |= dict.fromkeys((one.name, read) for one in measured)
                        found |= {} if is_place(read) else {(read, ""): None}
                    waiting += [one for one in answers_named(each) if one not in seen]
                    seen.update(answers_named(each))
    return found


def conditions(outcome: str, evaluation: Evaluation, seen: dict[str, None]) -> Iterator[Trace]:
    """The single conditions of an outcome's rules, and of the outcomes that they read."""
    if outcome in seen or outcome not in evaluation.decisions:
        return
    seen[outcome] = None
    for group in evaluation.decisions[outcome]:
        for rule in group:
            for branch in rule.branches:
                for trace in single(branch.trace):
                    yield trace
                    for name in outcomes_read(trace.condition):
                        yield from conditions(name, evaluation, seen)


def values_worth_trying(ruleset: Decider, declared: Field, trace: Trace, evaluation: Evaluation) -> Iterator[Any]:
    """The values of a field at which a condition may turn."""
    scope, condition = evaluation.scope, trace.condition
    value = scope.fields.get(declared.name)
    value = None if value is BLANK else value
    match declared.type:
        case YesNo():
            yield from (True, False)
        case Choice() as choice:
            yield from choice.keys()
        case Text():
            compared = ruleset.spellings.get(declared.name)
            yield from sorted(compared.exact)[:MOST_VALUES] if compared is not None else ()
            if value is None:
                yield KNOWN
    if not can_step(declared):
        return
    if value is not None and trace.now is not None:
        now = trace.now

        def turned(other: Any) -> bool:
            return truth_of(condition, with_value(scope, declared.name, other)) is (not now)

        yield from nearest_turns(declared, value, condition, scope, turned)
    size = step_of(declared, 0 if value is None else value, condition, scope)
    for each in constants(condition, declared, scope):
        near = (moved(declared, each, count, size) for count in (0, -1, 1))
        yield from (other for other in near if other is not None and may_be(declared, other, scope.as_of))
