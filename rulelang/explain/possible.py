"""Which of the values still possible can come about, all conditions taken together.

What is possible is judged condition by condition (S4), so two branches that never hold of one customer each count. For
people it is looked at once more: what is missing is taken to be, in turn, each of the values between which some
condition turns, and what comes of none of them is left out. Standings and answers stay as they are; conditions that
can't be taken apart, and a choice too wide to be gone through, leave the values as they were.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any

from attrs import evolve, field, frozen

from rulelang.explain.boundaries import single
from rulelang.explain.cells import Leaf, Loose, cells, is_loose, readings, turning_points
from rulelang.explain.evaluate import Evaluation, RuleTrace, Trace, joined
from rulelang.lowering.needs import values_of
from rulelang.model import expressions as e
from rulelang.model.assigning import assigned_value
from rulelang.model.contributions import ANY, BLANK, VIOLATED, Contribution, contribution
from rulelang.model.doubt import walked
from rulelang.model.evaluation import truth_of
from rulelang.model.expressions import Expression
from rulelang.model.policies import Combiner
from rulelang.model.scope import Scope
from rulelang.model.walking import answers_named, own_parts

MOST_WORLDS = 256
_MOST_DECIDED = 2000
_MOST_KEPT = 10_000

Kept = dict[Any, tuple[Any, ...]]


def still_possible(outcome: str, evaluation: Evaluation, kept: Kept | None = None) -> tuple[Any, ...]:
    """The values of an outcome that can come about, in the order in which its decision has them.

    ``kept`` has what was found for customers of whom the same is known, by the same rules on the same day; it is added
    to.
    """
    result = evaluation.results[outcome]
    if len(result.possible) < 2 or result.rivals:
        return result.possible
    needed = _needed(outcome, evaluation)
    search = _Search(evaluation, needed)
    key = search.key() if kept is not None else None
    if kept is not None and key in kept:
        return kept[key]
    found = search.results(result.possible)
    if found is None and len(needed) > 1:
        found = _Search(evaluation, (outcome,)).results(result.possible)
    shown = result.possible
    if found is not None:
        combiner = Combiner(evaluation.scope.model.outcome(outcome))
        groups = [[rule.gives[outcome] for rule in group] for group in evaluation.decisions[outcome]]
        among = combiner.shown(result.possible, found, groups)
        shown = (*(each for each in result.possible if each is ANY and each not in among), *among)
    if kept is not None:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = shown
    return shown


def _needed(outcome: str, evaluation: Evaluation) -> tuple[str, ...]:
    """The outcome and the undecided ones that it rests on, in the order in which they are decided."""
    found = {outcome}
    waiting = [outcome]
    while waiting:
        for read in _doubtful(waiting.pop(), evaluation):
            for name in answers_named(read):
                if name in evaluation.decisions and name not in found and not evaluation.results[name].settled:
                    found.add(name)
                    waiting.append(name)
    return tuple(name for name in evaluation.decisions if name in found)


def _doubtful(outcome: str, evaluation: Evaluation) -> Iterator[Expression]:
    """The conditions and values of a decision that are not settled."""
    for rule in _rules(outcome, evaluation):
        for branch in rule.walked():
            yield from (each.condition for each in single(branch.trace) if each.status is None)
            yield from rule.doubtful_values(branch, outcome)


def _rules(outcome: str, evaluation: Evaluation) -> Iterator[RuleTrace]:
    return (rule for group in evaluation.decisions[outcome] for rule in group)


class _TooManyError(Exception):
    """More ways to go than anybody waits for."""


@frozen
class _World:
    """What is taken to be: values in the scope, and the truth of conditions that can't be taken apart."""

    scope: Scope
    truths: Mapping[Expression, bool]

    def status(self, trace: Trace) -> bool | None:
        """How a condition is judged there."""
        if trace.status is not None:
            return trace.status
        if trace.parts:
            return joined(trace.condition, [self.status(each) for each in trace.parts])
        if trace.condition in self.truths:
            return self.truths[trace.condition]
        return truth_of(trace.condition, self.scope)

    def having(self, outcome: str, value: Any) -> _World:
        """The same where an outcome has come to something; None for what can't be told."""
        read = BLANK if value is None else None if value is ANY or value is VIOLATED else value
        return evolve(self, scope=evolve(self.scope, outcomes={**self.scope.outcomes, outcome: read}))


@frozen
class _Search:
    """Goes through the worlds in which some outcomes, the last of them asked for, may be decided."""

    evaluation: Evaluation
    names: tuple[str, ...]
    left: list[int] = field(factory=lambda: [_MOST_DECIDED])

    def key(self) -> Any:
        """All that the search rests on: how conditions were judged, what rules may give, and what the conditions that
        are open read.
        """
        results = self.evaluation.results
        return tuple(
            (
                name,
                results[name].possible,
                tuple(
                    (each.index, each.trace.status, rule.possible[each.index, name], *self._statuses(each.trace))
                    for rule in _rules(name, self.evaluation)
                    for each in rule.walked()
                    if (each.index, name) in rule.possible
                ),
                tuple(self._read(each) for each in self._open(name)),
            )
            for name in self.names
        )

    def _statuses(self, trace: Trace) -> Iterator[bool | None]:
        return (each.status for each in single(trace)) if trace.status is None else iter(())

    def _read(self, expression: Expression) -> tuple[Any, ...]:
        """The values that an expression reads, as they are known."""
        scope, found = self.evaluation.scope, list[Any]()
        for each in own_parts(expression):
            match each:
                case e.FieldRef(name=name):
                    found.append(scope.fields.get(name))
                case e.ElementRef(list=list_, name=name):
                    found.append(scope.records.get(list_, {}).get(name))
                case e.OutcomeRef(name=name):
                    found.append(self.evaluation.results[name].readings)
                case e.Aggregate() | e.Quantified() | e.AnyGroup():
                    known = self.evaluation.aggregations.get(each)
                    found.append(known and known.readings)
        return tuple(found)

    def results(self, possible: tuple[Any, ...]) -> Collection[Any] | None:
        """Everything the last outcome comes to in any world; None where there are too many, or none makes sense."""
        found: dict[Any, None] = {}
        is_list = self.evaluation.scope.model.outcome(self.names[-1]).policy == "collect"
        try:
            for world in self._worlds():
                found.update(dict.fromkeys(self._decided(self.names, world)))
                if not is_list and all(each in found for each in possible):
                    break
        except _TooManyError:
            return None
        return found if is_list or any(each in found for each in possible) else None

    def _worlds(self) -> Iterator[_World]:
        points: dict[Leaf, list[Any]] = {}
        domains: dict[Loose, tuple[Any, ...]] = {}
        free: dict[Expression, None] = {}
        for condition in dict.fromkeys(each for name in self.names for each in self._open(name)):
            loose = self._loose(condition)
            decided = [each for each in loose if isinstance(each, e.OutcomeRef)]
            for each in decided:
                if each.name not in self.names:
                    known = self.evaluation.results[each.name].readings
                    domains[each] = (None,) if ANY in known else known
            if len(decided) == len(loose):
                if not loose:
                    free[condition] = None
                continue
            leaf = loose[0]
            if len(loose) > 1 or isinstance(leaf, e.OutcomeRef):
                free[condition] = None
            elif isinstance(leaf, e.Aggregated) and (known_of := readings(leaf, self.evaluation)) is not None:
                domains[leaf] = known_of
            elif (turns := turning_points(condition, leaf, self.evaluation.scope)) is None:
                free[condition] = None
            else:
                points.setdefault(leaf, []).extend(turns)
        domains |= {leaf: cells(leaf, turns, self.evaluation) for leaf, turns in points.items()}
        if math.prod(map(len, domains.values())) * 2 ** len(free) > MOST_WORLDS:
            raise _TooManyError
        for values in product(*domains.values(), *((True, False) for _ in free)):
            known_here = dict(zip(domains, values, strict=False))
            truths = dict(zip(free, values[len(domains) :], strict=True))
            yield _World(_with(self.evaluation.scope, known_here), truths)

    def _open(self, outcome: str) -> Iterator[Expression]:
        """The conditions that are not settled, and the values that rest on nothing but outcomes that are not."""
        for rule in _rules(outcome, self.evaluation):
            for branch in rule.walked():
                yield from (each.condition for each in single(branch.trace) if each.status is None)
                yield from (each for each in rule.doubtful_values(branch, outcome) if self._is_on_outcomes(each))

    def _loose(self, expression: Expression) -> list[Loose]:
        """What is not settled of what an expression reads."""
        return [
            each
            for each in dict.fromkeys(own_parts(expression))
            if isinstance(each, e.FieldRef | e.ElementRef | e.OutcomeRef | e.Aggregated)
            and is_loose(each, self.evaluation)
        ]

    def _is_on_outcomes(self, value: Expression) -> bool:
        loose = self._loose(value)
        return bool(loose) and all(isinstance(each, e.OutcomeRef) for each in loose)

    def _decided(self, names: tuple[str, ...], world: _World) -> Iterator[Any]:
        """What the last of the outcomes comes to, decided one after the other."""
        self.left[0] -= 1
        if self.left[0] < 0:
            raise _TooManyError
        name, *further = names
        results = dict.fromkeys(self._results(name, world))
        if not further:
            yield from results
        for value in results if further else ():
            yield from self._decided(tuple(further), world.having(name, value))

    def _results(self, outcome: str, world: _World) -> Iterator[Any]:
        combiner = Combiner(self.evaluation.scope.model.outcome(outcome))
        groups = [
            [self._contribution(rule, outcome, combiner, world) for rule in group]
            for group in self.evaluation.decisions[outcome]
        ]
        return combiner.results(groups)

    def _contribution(self, rule: RuleTrace, outcome: str, combiner: Combiner, world: _World) -> Contribution:
        steps = []
        for each in rule.walked():
            status = world.status(each.trace)
            mine = [one for one in each.branch.assignments if one.outcome == outcome]
            options = []
            for assignment, known in zip(mine, rule.possible[each.index, outcome], strict=True):
                told = None
                if len(known) > 1 and all(
                    isinstance(one, e.OutcomeRef) for value in values_of(assignment) for one in self._loose(value)
                ):
                    told = assigned_value(assignment, combiner.outcome, world.scope)
                options.append(known if told is None else (told,))
            given = tuple(one[0] for one in options)
            steps.append(walked(each.index, status, status, given, tuple(options)))
        return contribution(steps)


def _with(scope: Scope, known: Mapping[Any, Any]) -> Scope:
    """The scope in which these have these values."""
    fields, outcomes, aggregated = dict(scope.fields), dict(scope.outcomes), dict(scope.aggregated)
    records = dict(scope.records)
    for leaf, value in known.items():
        match leaf:
            case e.FieldRef(name=name):
                fields[name] = value
            case e.OutcomeRef(name=name):
                outcomes[name] = value
            case e.ElementRef(list=list_, name=name):
                records[list_] = {**records[list_], name: value}
            case _:
                aggregated[leaf] = value
    return evolve(scope, fields=fields, outcomes=outcomes, records=records, aggregated=aggregated)
