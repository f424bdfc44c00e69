"""Walks the model with one customer's values: how every condition was judged, and what every decision came to.

    evaluation = evaluate(model, values, as_of)
    evaluation.missing_for("lifecycle")

Deciding itself runs generated code; this walk keeps what that code throws away, and is made when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from attrs import evolve, field, frozen

from rulelang.lowering.needs import values_of
from rulelang.model import expressions as e
from rulelang.model.assigning import assigned_value
from rulelang.model.contributions import ANY, Contribution, Result, Walked, contribution
from rulelang.model.doubt import expanded, gathered, judged, told, walked
from rulelang.model.evaluation import aggregator_for, rows_of, truth_of
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.kleene import at_least, every, opposite, some
from rulelang.model.policies import Combiner
from rulelang.model.program import Assignment, Branch, Model, Rule
from rulelang.model.record_doubt import AnyAggregator, gathered_records
from rulelang.model.scope import Scope
from rulelang.model.steps import steps
from rulelang.model.walking import aggregates_read, answers_read, children, decided_parts
from rulelang.vocabulary.declarations import Outcome


@frozen
class Trace:
    """How a condition was judged: ``status`` by everything possible, ``now`` by present answers; None is unknown."""

    condition: Expression
    status: bool | None
    now: bool | None
    parts: tuple[Trace, ...] = ()


@frozen
class BranchTrace:
    """A branch of a rule; ``index`` counts the branches of all rules that are not switched off."""

    branch: Branch
    index: int
    trace: Trace


@frozen
class RuleTrace:
    """A rule that is in force.

    ``gives`` is its contribution to each outcome; ``possible`` what each assignment of a branch to an outcome may give.
    """

    rule: Rule
    branches: tuple[BranchTrace, ...]
    gives: Mapping[str, Contribution] = field(factory=dict)
    possible: Mapping[tuple[int, str], tuple[tuple[Any, ...], ...]] = field(factory=dict)

    @property
    def taken(self) -> BranchTrace | None:
        """The branch that is taken now."""
        return next((each for each in self.branches if each.trace.now), None)

    def walked(self) -> Iterator[BranchTrace]:
        """The branches that a decision looks at: up to the first that is certain."""
        for each in self.branches:
            yield each
            if each.trace.status:
                return

    def doubtful_values(self, branch: BranchTrace, outcome: str) -> Iterator[Expression]:
        """The values that a branch may assign to an outcome and that are not settled, with their caps."""
        if branch.trace.status is not False:
            mine = (each for each in branch.branch.assignments if each.outcome == outcome)
            for assignment, possible in zip(mine, self.possible[branch.index, outcome], strict=True):
                if len(possible) > 1 or ANY in possible:
                    yield from values_of(assignment)


@frozen
class Evaluation:
    """What one customer's values came to: the result of every outcome, and every rule in force by name.

    ``aggregations`` are the results of aggregates and quantifiers over the customer's lists. ``records`` has the same
    for each record of the lists whose records are decided; in such an evaluation the scope has the record in hand,
    and ``customer`` is the evaluation of whose record it is. ``settling`` remembers the fields that would settle an
    outcome, once they were looked for (`rulelang.explain.missing.missing_for`): outcomes rest on each other.
    """

    scope: Scope
    results: Mapping[str, Result]
    rules: Mapping[str, RuleTrace]
    decisions: Mapping[str, tuple[tuple[RuleTrace, ...], ...]] = field(repr=False)
    aggregations: Mapping[Aggregated, Result] = field(factory=dict)
    records: Mapping[str, tuple[Evaluation, ...]] = field(factory=dict, repr=False)
    customer: Evaluation | None = field(default=None, eq=False, repr=False)
    settling: dict[str, tuple[str, ...]] = field(init=False, factory=dict, eq=False, repr=False)


def evaluate(model: Model, values: Mapping[str, Any], as_of: date) -> Evaluation:
    """Judges all rules in force on the as-of date; ``values`` are the cleaned values by field."""
    indices = _branch_indices(model)
    customer = _Deciding(Scope(model, as_of, values, {}), _Found({}))
    of_lists: dict[str, list[_Deciding]] = {}
    for outcome in steps(model):
        if outcome.list is None:
            customer.decide(outcome, indices)
        elif (records := customer.scope.fields.get(outcome.list)) is not None:
            if outcome.list not in of_lists:
                of_lists[outcome.list] = [customer.of_record(outcome.list, record) for record in records]
            for deciding in of_lists[outcome.list]:
                deciding.decide(outcome, indices)
            customer.take(outcome, of_lists[outcome.list])
        for deciding in (each for records in of_lists.values() for each in records):
            deciding.learn(customer)
    evaluations: dict[str, tuple[Evaluation, ...]] = {}
    own = evolve(customer.evaluation(), records=evaluations)
    for name, found in of_lists.items():
        evaluations[name] = tuple(evolve(each.evaluation(), customer=own) for each in found)
    return own


class _Deciding:
    """A customer, or one record, while its outcomes are decided one after the other."""

    def __init__(self, scope: Scope, found: _Found) -> None:
        self.scope, self.found = scope, found
        self.rules: dict[str, RuleTrace] = {}
        self.decisions: dict[str, tuple[tuple[RuleTrace, ...], ...]] = {}

    def decide(self, outcome: Outcome, indices: Mapping[str, int]) -> None:
        model, scope, found, name = self.scope.model, self.scope, self.found, outcome.name
        groups = []
        in_force = (rule for rule in model.decision(name) if rule.in_force(scope.as_of))
        for _, group in groupby(in_force, key=lambda rule: rule.priority):
            traces = []
            for rule in group:
                known = self.rules.get(rule.name) or _trace_rule(rule, indices[rule.name], scope, found)
                self.rules[rule.name] = _give(known, outcome, scope, found)
                traces.append(self.rules[rule.name])
            groups.append(tuple(traces))
        self.decisions[name] = tuple(groups)
        result = Combiner(outcome).combine([[each.gives[name] for each in group] for group in groups])
        found.outcomes[name] = result
        present = {**scope.outcomes, name: result.present}
        self.scope = evolve(scope, outcomes=present, standings={**scope.standings, name: result.standing})

    def of_record(self, list_: str, record: Mapping[str, Any]) -> _Deciding:
        """One record of a list; what lists come to is found once for all."""
        scope = evolve(self.scope, records={**self.scope.records, list_: record})
        return _Deciding(scope, evolve(self.found, outcomes=dict(self.found.outcomes)))

    def learn(self, customer: _Deciding) -> None:
        """What was decided for the customer meanwhile."""
        self.found.outcomes.update(customer.found.outcomes)
        outcomes = {**self.scope.outcomes, **customer.scope.outcomes}
        standings = {**self.scope.standings, **customer.scope.standings}
        self.scope = evolve(self.scope, outcomes=outcomes, standings=standings, fields=customer.scope.fields)

    def take(self, outcome: Outcome, records: Iterable[_Deciding]) -> None:
        """What was decided for the records of a list, as the customer's rules read it."""
        assert outcome.list is not None
        decided = [each.found.outcomes[outcome.name] for each in records]
        present = zip(self.scope.fields[outcome.list], decided, strict=True)
        fields = [{**record, outcome.part: result.present} for record, result in present]
        self.scope = evolve(self.scope, fields={**self.scope.fields, outcome.list: fields})
        doubted = self.found.records.get(outcome.list) or [{}] * len(decided)
        self.found.records[outcome.list] = [
            {**record, outcome.part: result} for record, result in zip(doubted, decided, strict=True)
        ]

    def evaluation(self) -> Evaluation:
        return Evaluation(self.scope, self.found.outcomes, self.rules, self.decisions, self.found.aggregations)


@frozen
class _Found:
    """The results so far: of outcomes, of what is aggregated in lists, each once, and of records by list and part."""

    outcomes: dict[str, Result]
    aggregations: dict[Aggregated, Result] = field(factory=dict)
    records: dict[str, list[Mapping[str, Result]]] = field(factory=dict)

    def of(self, names: Iterable[str], aggregated: Iterable[Aggregated], scope: Scope) -> list[Result]:
        """The results of outcomes, and of aggregates and quantifiers."""
        return [*(self.outcomes[name] for name in names), *(self.aggregation(each, scope) for each in aggregated)]

    def aggregation(self, expression: Aggregated, scope: Scope) -> Result:
        """What an aggregate or a quantifier comes to, with all that the outcomes it rests on may still be."""
        known = self.aggregations.get(expression)
        if known is None:
            parts = tuple(children(expression))
            names, inner = _read(parts)
            results, kinds = self.of(names, inner, scope), (aggregator_for(expression, scope),)
            decided = decided_parts(expression)
            if decided:
                (known,) = self._of_decided(expression, decided, scope, (*names, *inner), results, kinds)
            else:
                rows = partial(_judge_with, lambda tried: (rows_of(expression, tried),), scope, (*names, *inner))
                (known,) = gathered(rows, (), results, kinds)
            self.aggregations[expression] = known
        return known

    def _of_decided(
        self,
        expression: Aggregated,
        parts: tuple[str, ...],
        scope: Scope,
        read: tuple[str | Aggregated, ...],
        results: list[Result],
        kinds: tuple[AnyAggregator],
    ) -> tuple[Result, ...]:
        """The same where it reads what was decided for each record."""
        plain = scope.fields.get(expression.list)

        def rows(records: Any, *answers: Any) -> Any:
            inner = evolve(scope, fields={**scope.fields, expression.list: records})
            return _judge_with(lambda tried: (rows_of(expression, tried),), inner, read, *answers)

        records = None
        if plain is not None:
            records = [{**record, **found} for record, found in zip(plain, self.records[expression.list], strict=True)]
        return gathered_records(rows, (records,), results, kinds, parts)


def _read(expressions: Iterable[Expression]) -> tuple[tuple[str, ...], tuple[Aggregated, ...]]:
    """The outcomes, and the aggregates and quantifiers, that expressions rest on."""
    parts = tuple(expressions)
    names = dict.fromkeys(name for each in parts for name in answers_read(each))
    return tuple(names), tuple(dict.fromkeys(found for each in parts for found in aggregates_read(each)))


def _branch_indices(model: Model) -> Mapping[str, int]:
    """The number of each rule's first branch."""
    first, indices = 0, {}
    for rule in model.rules:
        if not rule.switched_off:
            indices[rule.name] = first
            first += len(rule.branches)
    return indices


def _trace_rule(rule: Rule, first: int, scope: Scope, found: _Found) -> RuleTrace:
    branches = (
        BranchTrace(branch, index, _trace(branch.condition, scope, found))
        for index, branch in enumerate(rule.branches, start=first)
    )
    return RuleTrace(rule, tuple(branches))


def _trace(condition: Expression, scope: Scope, found: _Found) -> Trace:
    """A condition with its parts, each judged."""
    match condition:
        case e.And(items=items) | e.Or(items=items) | e.AtLeastOf(items=items):
            parts = tuple(_trace(each, scope, found) for each in items)
            return Trace(
                condition,
                joined(condition, [part.status for part in parts]),
                joined(condition, [part.now for part in parts]),
                parts,
            )
        case e.Not(item=item):
            part = _trace(item, scope, found)
            return Trace(condition, opposite(part.status), opposite(part.now), (part,))
        case e.Named(operand=operand):
            part = _trace(operand, scope, found)
            return Trace(condition, part.status, part.now, (part,))
        case e.HasStanding():
            truth = truth_of(condition, scope)
            return Trace(condition, truth, truth)
    names, aggregated = _read((condition,))
    judge = partial(_judge_with, lambda tried: truth_of(condition, tried), scope, (*names, *aggregated))
    now, status = judged(judge, (), found.of(names, aggregated, scope))
    return Trace(condition, status, now)


def joined(condition: Expression, truths: list[bool | None]) -> bool | None:
    """What the parts of a condition come to."""
    match condition:
        case e.Not():
            return opposite(truths[0])
        case e.Named():
            return truths[0]
        case e.And():
            return every(truths)
        case e.Or():
            return some(truths)
    assert isinstance(condition, e.AtLeastOf), "nothing else has conditions as its parts"
    return at_least(condition.count, truths)


def _judge_with(judge: Callable[[Scope], Any], scope: Scope, read: tuple[str | Aggregated, ...], *answers: Any) -> Any:
    """Judges with other answers in the place of some outcomes and of what is aggregated in lists."""
    outcomes, aggregated = dict(scope.outcomes), dict(scope.aggregated)
    for each, answer in zip(read, answers, strict=True):
        if isinstance(each, str):
            outcomes[each] = answer
        else:
            aggregated[each] = answer
    return judge(evolve(scope, outcomes=outcomes, aggregated=aggregated))


def _give(known: RuleTrace, outcome: Outcome, scope: Scope, found: _Found) -> RuleTrace:
    """The rule with what it contributes to one outcome."""
    steps: list[Walked] = []
    possible = dict(known.possible)
    for each in known.branches:
        values = [
            _value(assignment, outcome, scope, found)
            for assignment in each.branch.assignments
            if assignment.outcome == outcome.name
        ]
        given = tuple(now for now, _ in values)
        options = possible[each.index, outcome.name] = tuple(tried for _, tried in values)
        steps.append(walked(each.index, each.trace.status, each.trace.now, given, options))
    return evolve(known, gives={**known.gives, outcome.name: contribution(steps)}, possible=possible)


def _value(assignment: Assignment, outcome: Outcome, scope: Scope, found: _Found) -> tuple[Any, tuple[Any, ...]]:
    """What an assignment gives now, and everything it may give."""
    names, aggregated = _read(values_of(assignment))
    if not names and not aggregated:
        value = assigned_value(assignment, outcome, scope)
        return value, told(value)
    reckon = partial(
        _judge_with, lambda tried: assigned_value(assignment, outcome, tried), scope, (*names, *aggregated)
    )
    return expanded(reckon, (), found.of(names, aggregated, scope))
