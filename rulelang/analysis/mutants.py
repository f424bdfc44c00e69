"""Rulesets with one small mistake each: what good sample customers notice.

for mutant in mutants(model):
    mutant.model, mutant.change, mutant.span
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
from attrs import evolve, frozen

from rulelang.diagnostics.position import Span
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.program import Assignment, Branch, Model, Rule
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Threshold
from rulelang.vocabulary.types import Choice, Type, YesNo

_DAY = timedelta(days=1)
_SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "!=", "!=": "="}
_SIGNS = {"+": "-", "-": "+"}


@frozen
class Change:
    """What was changed: ``kind`` names its wording, ``before`` and ``after`` are the values or operators."""

    kind: str
    before: Any = None
    after: Any = None
    span: Span | None = None


@frozen
class Mutant:
    """A model with one change; ``rule`` is the name of the rule, or of the threshold, that was changed.

    Where the change counts for a time only, that is ``since`` a day and up to the day before ``until``.
    """

    model: Model
    rule: str
    change: Change
    span: Span | None
    since: date | None = None
    until: date | None = None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """All outcomes: a change may travel to those that rest on it."""
        return tuple(self.model.outcomes)


def mutants(model: Model) -> Iterator[Mutant]:
    """Every model that differs from this one by one mistake in a rule for customers, or in a threshold.

    Statements about thresholds are left aside in them.
    """
    model = evolve(model, requirements=())
    for index, rule in enumerate(model.rules):
        if rule.switched_off or rule.each is not None:
            continue
        for changed, change in _of_rule(rule, model):
            rules = model.rules[:index] + ((changed,) if changed is not None else ()) + model.rules[index + 1 :]
            place = change.span or rule.span
            yield Mutant(evolve(model, rules=rules), rule.name, change, place)
        for moved, change, day in _of_validity(rule):
            rules = (*model.rules[:index], moved, *model.rules[index + 1 :])
            yield Mutant(evolve(model, rules=rules), rule.name, change, rule.span, day, day + _DAY)
        after = _follower(model, index)
        if after is not None:
            order = list(model.rules)
            order[index], order[after] = order[after], order[index]
            change = Change("swapped", rule.name, model.rules[after].name)
            yield Mutant(evolve(model, rules=tuple(order)), rule.name, change, rule.span)
    for threshold in model.thresholds.values():
        for changed_threshold, change, since, until in _of_threshold(threshold):
            thresholds = {**model.thresholds, threshold.name: changed_threshold}
            changed_model = evolve(model, thresholds=thresholds)
            yield Mutant(changed_model, threshold.name, change, threshold.span, since, until)


def _follower(model: Model, index: int) -> int | None:
    """The next rule with which the order matters: both decide an outcome that goes by order."""
    rule = model.rules[index]
    ours = _ordered_outcomes(rule, model)
    for place in range(index + 1, len(model.rules)):
        other = model.rules[place]
        if (
            not other.switched_off
            and other.each is None
            and other.priority == rule.priority
            and ours & _ordered_outcomes(other, model)
        ):
            return place
    return None


def _ordered_outcomes(rule: Rule, model: Model) -> set[str]:
    names = {each.outcome for branch in rule.branches for each in branch.assignments}
    return {name for name in names if model.outcome(name).policy in ("first", "last")}


def _of_rule(rule: Rule, model: Model) -> Iterator[tuple[Rule | None, Change]]:
    yield None, Change("dropped rule", rule.name, span=rule.span)
    for index, branch in enumerate(rule.branches):
        before, after = rule.branches[:index], rule.branches[index + 1 :]
        if len(rule.branches) > 1:
            yield evolve(rule, branches=before + after), Change("dropped branch", span=branch.span or rule.span)
        for changed, change in _of_branch(branch, model):
            yield evolve(rule, branches=(*before, changed, *after)), change


def _of_branch(branch: Branch, model: Model) -> Iterator[tuple[Branch, Change]]:
    for condition, change in rewritten(branch.condition):
        yield evolve(branch, condition=condition), change
    for index, given in enumerate(branch.assignments):
        others = branch.assignments[:index], branch.assignments[index + 1 :]
        if len(branch.assignments) > 1:
            change = Change("dropped assignment", given.outcome, span=given.span or branch.span)
            yield evolve(branch, assignments=(*others[0], *others[1])), change
        for assignment, change in _of_assignment(given, model.outcome(given.outcome).type):
            placed = change if change.span is not None else evolve(change, span=given.span or branch.span)
            yield evolve(branch, assignments=(*others[0], assignment, *others[1])), placed


def _of_assignment(given: Assignment, type_: Type) -> Iterator[tuple[Assignment, Change]]:
    value = given.value
    if isinstance(value, e.Literal):
        for other in _other_values(value, type_):
            yield (
                evolve(given, value=evolve(value, value=other, label=None)),
                Change("value", value.value, other, value.span),
            )
    else:
        for changed, change in rewritten(value):
            yield evolve(given, value=changed), change
    if given.at_least is not None:
        yield evolve(given, at_least=None), Change("dropped cap", span=given.span)
    if given.at_most is not None:
        yield evolve(given, at_most=None), Change("dropped cap", span=given.span)


def _other_values(literal: e.Literal, type_: Type) -> Iterator[Any]:
    value = literal.value
    match type_:
        case YesNo():
            yield not value
        case Choice():
            keys = type_.keys()
            if len(keys) > 1 and value in keys:
                yield keys[(keys.index(str(value)) + 1) % len(keys)]
        case _ if isinstance(value, str):
            yield f"{value} (?)"
        case _:
            yield from _beside(value)


def _of_threshold(threshold: Threshold) -> Iterator[tuple[Threshold, Change, date | None, date | None]]:
    """Each of its values one more and one less, with the time in which that value holds."""
    starts = [None, *(start for start, _ in threshold.dated)]
    values = [threshold.value, *(value for _, value in threshold.dated)]
    for place, (start, value, end) in enumerate(zip(starts, values, [*starts[1:], None], strict=True)):
        for moved in _beside(value):
            change = Change("threshold", value, moved, threshold.span)
            if place == 0:
                yield evolve(threshold, value=moved), change, start, end
            else:
                dated = tuple((day, moved if day == start else each) for day, each in threshold.dated)
                yield evolve(threshold, dated=dated), change, start, end


def _of_validity(rule: Rule) -> Iterator[tuple[Rule, Change, date]]:
    """The rule in force a day more and a day less, at each end, with the day on which that shows."""
    if rule.valid_from is not None:
        for moved, shows in ((rule.valid_from + _DAY, rule.valid_from), (rule.valid_from - _DAY,) * 2):
            yield evolve(rule, valid_from=moved), Change("valid from", rule.valid_from, moved, rule.span), shows
    if rule.valid_until is not None:
        for moved, shows in ((rule.valid_until + _DAY,) * 2, (rule.valid_until - _DAY, rule.valid_until)):
            yield evolve(rule, valid_until=moved), Change("valid until", rule.valid_until, moved, rule.span), shows


# --- expressions -------------------------------------------------------------------------------------------------


def rewritten(expression: Expression) -> Iterator[tuple[Expression, Change]]:
    """Every expression that differs by one mistake."""
    for changed, change in _own(expression):
        yield changed, change if change.span is not None else evolve(change, span=expression.span)
    for each in attrs.fields(type(expression)):
        part = getattr(expression, each.name)
        if isinstance(part, Expression):
            for changed, change in rewritten(part):
                yield with_part(expression, each.name, changed), _placed(change, expression)
        elif isinstance(part, tuple):
            for index, item in enumerate(part):
                if isinstance(item, Expression):
                    for changed, change in rewritten(item):
                        whole = (*part[:index], changed, *part[index + 1 :])
                        yield with_part(expression, each.name, whole), _placed(change, expression)


def with_part(expression: Expression, name: str, part: Any) -> Expression:
    """The expression with another part."""
    changes: dict[str, Any] = {name: part}
    changed: Expression = evolve(expression, **changes)
    return changed


def _placed(change: Change, expression: Expression) -> Change:
    return change if change.span is not None else evolve(change, span=expression.span)


def _own(expression: Expression) -> Iterator[tuple[Expression, Change]]:
    """The mistakes one can make at the node itself."""
    match expression:
        case e.Comparison(operator=sign) | e.AgeComparison(operator=sign):
            yield evolve(expression, operator=_SWAPPED[sign]), Change("operator", sign, _SWAPPED[sign])
        case e.Between(include_high=include):
            yield evolve(expression, include_high=not include), Change("upper end", include, not include)
        case e.And(items=items) | e.Or(items=items):
            other = e.Or if isinstance(expression, e.And) else e.And
            words = ("and", "or") if isinstance(expression, e.And) else ("or", "and")
            yield other(items, span=expression.span), Change("joined", *words)
            for index, item in enumerate(items):
                rest = items[:index] + items[index + 1 :]
                if rest:
                    left = rest[0] if len(rest) == 1 else evolve(expression, items=rest)
                    yield left, Change("dropped condition", span=item.span)
        case e.Not(item=item):
            yield item, Change("dropped not")
        case e.AtLeastOf(count=count, items=items):
            for other_count in (count - 1, count + 1):
                if 0 < other_count <= len(items):
                    yield evolve(expression, count=other_count), Change("count", count, other_count)
        case e.OneOf(options=options) if len(options) > 1:
            for index, option in enumerate(options):
                shown = option.value if isinstance(option, e.Literal) else None
                rest = options[:index] + options[index + 1 :]
                yield evolve(expression, options=rest), Change("dropped member", shown)
        case e.IsMissing() | e.InList() | e.TextTest() | e.Within() | e.WithinOf() | e.InPeriod() | e.Quantified():
            yield e.Not(expression, span=expression.span), Change("negated")
        case e.FieldRef(type=YesNo()) | e.OutcomeRef(type=YesNo()):
            yield e.Not(expression, span=expression.span), Change("negated")
        case e.Arithmetic(operator=sign) if sign in _SIGNS:
            yield evolve(expression, operator=_SIGNS[sign]), Change("operator", sign, _SIGNS[sign])
        case e.Literal(value=value):
            for other_value in _beside(value):
                yield evolve(expression, value=other_value), Change("value", value, other_value)


def _beside(value: Any) -> Iterator[Any]:
    """One unit more, and one less."""
    for way in (1, -1):
        moved = _moved(value, way)
        if moved is not None:
            yield moved


def _moved(value: Any, way: int) -> Any:
    match value:
        case bool() | str():
            return None
        case int():
            return value + way
        case Decimal():
            exponent = value.as_tuple().exponent
            return value + way * Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
        case Duration(amount=amount, unit=unit):
            return Duration(amount + way, unit) if amount + way >= 0 else None
        case date():
            return value + timedelta(days=way)
    return None
