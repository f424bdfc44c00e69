"""Model to plan: the passes of this package, applied to every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, groupby
from typing import cast

from attrs import field, frozen

from rulelang.lowering.aggregates import lower_aggregates
from rulelang.lowering.conditions import lower_condition, lower_value
from rulelang.lowering.each import lower_each
from rulelang.lowering.fixed import is_fixed
from rulelang.lowering.joining import all_of, some_of
from rulelang.lowering.needs import expressions_of, needed_and_reckoned_fields, reckoned_outcomes, values_of
from rulelang.lowering.operands import lower_operand
from rulelang.lowering.plan import Answer, Capped, Constant, Fixed, Input, Operand, Rounded, Shift, Switch, Test
from rulelang.lowering.planned import Gift, Plan, PlannedBranch, PlannedDecision, PlannedRule
from rulelang.lowering.quotients import divisors_of
from rulelang.lowering.reading import nodes
from rulelang.lowering.recipes import Evaluated, Given, InForce, LatestAged
from rulelang.model.evaluation import literal_value
from rulelang.model.expressions import And, Call, Expression, Literal, Lookup
from rulelang.model.policies import scale
from rulelang.model.program import Assignment, Branch, Hole, Model, Reason, Rule
from rulelang.model.walking import bare, counts_working_days, distinct, divides, fields_read, own_parts, seeks
from rulelang.values.numbers import round_half_up
from rulelang.vocabulary.declarations import Outcome


def lower(model: Model) -> Plan:
    """The plan of a checked model. Rules that are switched off are not in it."""
    active = [branch for rule in model.rules if not rule.switched_off for branch in rule.branches]
    numbers, lowered = count(), _Lowered(model, _share(active))
    planned = {rule.name: _rule(rule, lowered, numbers) for rule in model.rules if not rule.switched_off}
    decisions = []
    for outcome in model.outcomes.values():
        decisions.append(PlannedDecision(outcome, _groups(outcome, model, planned)))
    of_records = [
        PlannedDecision(outcome, _groups(outcome, model, planned)) for outcome in model.record_outcomes.values()
    ]
    rules = tuple(planned.values())
    written = [branch for rule in model.rules if not rule.switched_off for branch in rule.branches]
    judged = distinct(expression for branch in written for expression in expressions_of(branch))
    read = dict.fromkeys(name for expression in judged for name in fields_read(expression))
    read.update(dict.fromkeys(outcome.list for outcome in model.record_outcomes.values() if outcome.list is not None))
    mentioned = dict.fromkeys(name for branch in written for name in _shown(branch.reason) if name not in read)
    branches = tuple(branch for rule in rules for branch in rule.branches)
    aggregations = lower_aggregates(judged, model)
    needed, reckoned = needed_and_reckoned_fields(model)
    reckoned |= reckoned_outcomes(model)
    stages = lower_each(of_records, model)
    parts = (tuple(decisions), tuple(read), tuple(mentioned), needed, reckoned, branches, rules, aggregations, stages)
    return Plan(*parts)


def _groups(outcome: Outcome, model: Model, planned: Mapping[str, PlannedRule]) -> tuple[tuple[PlannedRule, ...], ...]:
    """The rules of a decision by priority, foremost group first."""
    active = (rule for rule in model.decision(outcome.name) if not rule.switched_off)
    groups = groupby(active, key=lambda rule: rule.priority)
    return tuple(tuple(planned[rule.name] for rule in group) for _, group in groups)


def _shown(reason: Reason | None) -> Iterator[str]:
    """The fields that a reason shows."""
    if reason is not None:
        for part in (*reason.parts, *(reason.other or ())):
            if isinstance(part, Hole):
                yield from fields_read(part.expression)


def _share(branches: Sequence[Branch]) -> bool:
    """Whether branches have most of what they ask and give in common."""
    given = {id(each) for branch in branches for each in branch.assignments}
    return len(given) * 2 < sum(len(branch.assignments) for branch in branches)


@frozen
class _Lowered:
    """Conditions and gifts by their identity, where they are ``shared``: rows of a large table have them in common.
    What is given alike by many rules is there once.
    """

    model: Model
    shared: bool
    _tests: dict[tuple[int, bool], Test] = field(factory=dict)
    _gifts: dict[int, Gift] = field(factory=dict)
    _alike: dict[object, tuple[Gift, ...]] = field(factory=dict)

    def test(self, condition: Expression, negated: bool = False) -> Test:
        """As `lower_condition`."""
        if type(condition) is And:
            parts = [self.test(each, negated) for each in condition.items]
            return some_of(parts) if negated else all_of(parts)
        if not self.shared:
            return lower_condition(condition, self.model, negated)
        key = id(condition), negated
        if key not in self._tests:
            self._tests[key] = lower_condition(condition, self.model, negated)
        return self._tests[key]

    def gifts(self, assignments: Sequence[Assignment]) -> tuple[Gift, ...]:
        """What a branch gives."""
        gifts = tuple(map(self.gift, assignments))
        written = [each.value.value if type(each.value) is Constant else None for each in gifts]
        if not all(type(each) in (str, int, bool) for each in written):
            return gifts
        key = tuple((each.outcome, type(value), value) for each, value in zip(gifts, written, strict=True))
        return self._alike.setdefault(key, gifts)

    def gift(self, assignment: Assignment) -> Gift:
        """What an assignment gives."""
        if not self.shared:
            return Gift(assignment.outcome, _gift(assignment, self.model))
        if id(assignment) not in self._gifts:
            self._gifts[id(assignment)] = Gift(assignment.outcome, _gift(assignment, self.model))
        return self._gifts[id(assignment)]


def _rule(rule: Rule, lowered: _Lowered, numbers: Iterator[int]) -> PlannedRule:
    model = lowered.model
    branches = tuple(_branch(branch, rule, lowered, next(numbers)) for branch in rule.branches)
    judged = distinct(expression for branch in rule.branches for expression in expressions_of(branch))
    everything = [part for expression in judged for part in own_parts(expression)]
    lookups = (lower_operand(part) for part in everything if isinstance(part, Lookup) and part.default is None)
    calls = (lower_operand(part) for part in everything if isinstance(part, Call))
    counted = () if model.working_days is None else _in_working_days(branches)
    found = (tuple(dict.fromkeys(each)) for each in (divisors_of(everything), (*lookups, *counted), calls))
    return PlannedRule(rule.name, branches, *found)


def _in_working_days(branches: Iterable[PlannedBranch]) -> Iterator[Operand]:
    """What rests on the calendar of working days, beyond which it is unknown."""
    for branch in branches:
        for part in (branch.true, *(gift.value for gift in branch.gifts)):
            for each in nodes(part):
                shifted = isinstance(each, Shift) and each.unit == "working days"
                if shifted or (
                    isinstance(each, Fixed) and each.fallible and isinstance(each.recipe, LatestAged | Evaluated)
                ):
                    yield cast(Operand, each)


def _branch(branch: Branch, rule: Rule, lowered: _Lowered, index: int) -> PlannedBranch:
    true = lowered.test(branch.condition)
    dated: Fixed | None = None
    if rule.valid_from is not None or rule.valid_until is not None:
        # Outside its validity a rule is as good as false.
        dated = Fixed(InForce(rule.valid_from, rule.valid_until))
        true = all_of((Switch(dated), true))

    false = _Fails(lowered, branch.condition, dated)
    return PlannedBranch(index, true, false, lowered.gifts(branch.assignments), branch.span or rule.span)


class _Fails:
    """Where a branch fails, worked out when it is first asked for; small, since every branch has one."""

    __slots__ = ("_condition", "_dated", "_found", "_lowered")

    def __init__(self, lowered: _Lowered, condition: Expression, dated: Fixed | None) -> None:
        self._lowered, self._condition, self._dated = lowered, condition, dated
        self._found: Test | None = None

    def __call__(self) -> Test:
        if self._found is None:
            test = self._lowered.test(self._condition, negated=True)
            self._found = test if self._dated is None else some_of((Switch(self._dated, negated=True), test))
        return self._found


def _gift(assignment: Assignment, model: Model) -> Operand:
    """The assigned value: rounded once to the outcome's scale, a sum only after adding, then capped (S6)."""
    outcome = model.outcome(assignment.outcome)
    decimals = None if outcome.policy == "sum" else scale(outcome.type)
    if all(is_fixed(each) for each in values_of(assignment)):
        return _fixed_gift(assignment, outcome, decimals)
    value = _rounded(lower_value(assignment.value, model), decimals)
    if assignment.at_least is None and assignment.at_most is None:
        return value
    caps = (assignment.at_least, assignment.at_most)
    return Capped(value, *(None if each is None else _cap(each, model, decimals) for each in caps))


def _cap(cap: Expression, model: Model, decimals: int | None) -> Operand:
    """A cap stands as it is written; with a division it is rounded, since it may have no finite decimals."""
    operand = lower_value(cap, model)
    return Rounded(operand, decimals) if decimals is not None and divides(cap) else operand


def _fixed_gift(assignment: Assignment, outcome: Outcome, decimals: int | None) -> Operand:
    written = bare(assignment.value)
    if isinstance(written, Literal) and assignment.at_most is None and assignment.at_least is None:
        return _rounded(Constant(literal_value(written)), decimals)
    fallible = any(divides(each) or seeks(each) or counts_working_days(each) for each in values_of(assignment))
    return Fixed(Given(assignment, outcome), decimals == 0 and not fallible, fallible)


def _rounded(operand: Operand, decimals: int | None) -> Operand:
    if decimals is None or (isinstance(operand, Input | Answer | Fixed) and operand.whole):
        return operand
    if isinstance(operand, Constant):
        return Constant(round_half_up(operand.value, decimals))
    return Rounded(operand, decimals)
