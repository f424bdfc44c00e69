"""The value of an expression of the model for one customer: exact, three-valued, None for unknown (S3, S5, S6).

    truth_of(condition, scope)      # True, False or None
    value_of(expression, scope)     # a value, a Fraction where a division isn't rounded yet, or None

What is decided rests on the lowered plan; this reading of the model itself serves constants, requirements and
explanations. Between and its kind judge their two halves apart, so one half may settle them. Values hold records, and
what counts among records is told by values.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.model import expressions as e
from rulelang.model.aggregates import STREAK, Aggregator, aggregator_of, counted
from rulelang.model.contributions import BLANK, Result
from rulelang.model.doubt import judged
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.groups import GroupAggregator
from rulelang.model.kleene import at_least, every, opposite, some
from rulelang.model.records import reaches_back
from rulelang.model.scope import Scope
from rulelang.model.stepping import due, earliest_within, moved, overdue
from rulelang.model.text_tests import pattern_holds
from rulelang.model.walking import bare, grouped_read
from rulelang.values.dates import (
    age_in,
    date_part,
    next_anniversary,
    period,
)
from rulelang.values.durations import Duration
from rulelang.values.moments import clock, plain_day
from rulelang.values.numbers import add, compare, divide, multiply, negate, subtract
from rulelang.values.text import clean_text
from rulelang.vocabulary.lookups import entries, members_on
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, Text, is_numeric

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC = {"+": add, "-": subtract, "*": multiply}


# --- values ------------------------------------------------------------------------------------------------------


def value_of(expression: Expression, scope: Scope) -> Any:
    """The value, None where it is unknown. A length of time is a count of its type's unit."""
    match expression:
        case e.Literal():
            return literal_value(expression)
        case e.FieldRef(name=name):
            value = scope.fields.get(name)
            return None if value is BLANK else value
        case e.OutcomeRef(name=name):
            answer = scope.outcomes.get(name)
            return None if answer is BLANK else answer
        case e.ThresholdRef(name=name):
            return _plain(scope.model.thresholds[name].at(scope.as_of))
        case e.Named(operand=operand):
            return value_of(operand, scope)
        case e.Today():
            return plain_day(scope.as_of)
        case e.Now():
            return clock(scope.as_of)
        case e.DayOf(moment=moment):
            at = value_of(moment, scope)
            return None if at is None else at.date()
        case e.Arithmetic(operator=sign, left=left, right=right):
            return _reckoned(sign, value_of(left, scope), value_of(right, scope))
        case e.Negated(operand=operand):
            number = value_of(operand, scope)
            return None if number is None else negate(number)
        case e.DateShift(date=start, sign=direction, length=length):
            day, duration = value_of(start, scope), duration_of(length, scope)
            return None if day is None or duration is None else moved(day, duration, direction, scope.model)
        case e.DaysBetween(later=later, earlier=earlier):
            end, begin = value_of(later, scope), value_of(earlier, scope)
            return None if end is None or begin is None else (end - begin).days
        case e.AgeIn(unit=unit, date=moment):
            day = value_of(moment, scope)
            return None if day is None else age_in(unit, day, scope.as_of)
        case e.DatePart(part=part, date=moment):
            day = value_of(moment, scope)
            return None if day is None else date_part(part, day)
        case e.NextAnniversary(date=moment):
            day = value_of(moment, scope)
            return None if day is None else next_anniversary(day, scope.as_of)
        case e.Lookup(table=table, key_column=place, column=column, key=key, default=default):
            name = value_of(key, scope)
            if name is None:
                return None
            found = entries(scope.model.lists[table], place, column, expression.type, scope.as_of).get(name)
            return value_of(default, scope) if found is None and default is not None else found
        case e.Call(function=name):
            return scope.model.functions[name].value(*call_arguments(expression, scope))
        case e.ElementRef(list=name, name=part):
            value = scope.records[name].get(part)
            return None if value is BLANK else value
        case e.Aggregate():
            found = aggregated_value(expression, scope)
            return None if found is BLANK else found
    return truth_of(expression, scope)


def call_arguments(call: e.Call, scope: Scope) -> tuple[Any, ...]:
    """What a function is given, None where it is unknown."""
    return tuple(value_of(each, scope) for each in call.arguments)


def literal_value(literal: e.Literal) -> Any:
    """A constant as it is in data: a text cleaned as texts from outside are, a length of time as a count."""
    if isinstance(literal.type, Text) and isinstance(literal.value, str):
        return clean_text(literal.value)
    return _plain(literal.value)


def duration_of(expression: Expression, scope: Scope) -> Duration | None:
    """A length of time with its unit, None where it is unknown."""
    bottom = bare(expression)
    if isinstance(bottom, e.Literal) and isinstance(bottom.value, Duration):
        return bottom.value
    if isinstance(bottom, e.ThresholdRef):
        written = scope.model.thresholds[bottom.name].at(scope.as_of)
        if isinstance(written, Duration):
            return written
    count = value_of(bottom, scope)
    unit = bottom.type.unit if isinstance(bottom.type, Length) else "days"
    return None if count is None else Duration(int(count), unit)


def _reckoned(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if sign == "/":
        return None if right == 0 else divide(left, right)
    return _ARITHMETIC[sign](left, right)


def _plain(value: Any) -> Any:
    return value.amount if isinstance(value, Duration) else value


# --- conditions --------------------------------------------------------------------------------------------------


def truth_of(condition: Expression, scope: Scope) -> bool | None:
    """Whether a condition holds, None where that is unknown (Kleene)."""
    match condition:
        case e.And(items=items):
            return every(truth_of(each, scope) for each in items)
        case e.Or(items=items):
            return some(truth_of(each, scope) for each in items)
        case e.Not(item=item):
            return opposite(truth_of(item, scope))
        case e.AtLeastOf(count=count, items=items):
            return at_least(count, [truth_of(each, scope) for each in items])
        case e.Named(operand=operand):
            return truth_of(operand, scope)
        case e.IsMissing(operand=operand):
            return value_of(operand, scope) is None
        case e.Comparison(operator=sign, left=left, right=right):
            return _compared(sign, left, right, scope)
        case e.AgeComparison(operator=sign, date=day, length=length):
            return _aged(sign, day, length, scope)
        case e.Between(value=value, low=low, high=high, include_high=include):
            if any(scope.is_blank(each) for each in (value, low, high)):
                return False
            upper = "<=" if include else "<"
            return every((_limited(">=", value, low, scope), _limited(upper, value, high, scope)))
        case e.OneOf(value=value, options=options):
            return some(_compared("=", value, each, scope) for each in options)
        case e.InList(value=value, list=name):
            text = value_of(value, scope)
            if text is None:
                return False if scope.is_blank(value) else None
            return text in members_on(scope.model.lists[name], scope.as_of)
        case e.Within() | e.WithinOf() | e.InPeriod():
            return _in_window(condition, scope)
        case e.Quantified() | e.AnyGroup():
            truth: bool | None = aggregated_value(condition, scope)
            return truth
        case e.HasStanding(outcome=outcome, standing=standing):
            return scope.standings[outcome.name] == standing
        case e.TextTest(kind=kind, value=value, pattern=pattern):
            text = value_of(value, scope)
            if text is None:
                return False if scope.is_blank(value) else None
            return pattern_holds(kind, text, pattern)
    # A yes/no value as a condition: a blank is no "yes", as in any comparison.
    truth = value_of(condition, scope)
    return False if truth is None and scope.is_blank(condition) else truth


def _compared(sign: str, left: Expression, right: Expression, scope: Scope) -> bool | None:
    if scope.is_blank(left) or scope.is_blank(right):
        return False
    first, second = value_of(left, scope), value_of(right, scope)
    if first is None or second is None:
        return None
    if isinstance(first, str) and sign not in ("=", "!="):
        choice = left.type if isinstance(left.type, Choice) else right.type
        assert isinstance(choice, Choice), "only ordered choices compare by size among texts"
        first, second = choice.rank(first), choice.rank(second)
    if is_numeric(left.type) or isinstance(left.type, Length):
        return COMPARISONS[sign](compare(first, second), 0)
    return COMPARISONS[sign](first, second)


def _limited(sign: str, value: Expression, bound: Expression, scope: Scope) -> bool | None:
    """One half of a between: a date beside a length of time means its age."""
    if isinstance(value.type, Date | DateTime) and isinstance(bound.type, Length):
        return _aged(sign, value, bound, scope)
    return _compared(sign, value, bound, scope)


def _aged(sign: str, moment: Expression, length: Expression, scope: Scope) -> bool | None:
    """S5: the age reaches a length on the day ``date + length``, and exceeds it the day after."""
    if scope.is_blank(moment) or scope.is_blank(length):
        return False
    day, duration = value_of(moment, scope), duration_of(length, scope)
    if day is None or duration is None:
        return None
    cut_off = (due if sign in (">=", "<") else overdue)(scope.as_of, duration, scope.model)
    if cut_off is None:
        return None
    holds: bool = day <= cut_off if sign in (">=", ">") else day > cut_off
    return holds


def _in_window(condition: e.Within | e.WithinOf | e.InPeriod, scope: Scope) -> bool | None:
    operands = [condition.date]
    if not isinstance(condition, e.InPeriod):
        operands.append(condition.length)
    if isinstance(condition, e.WithinOf):
        operands.append(condition.anchor)
    if any(scope.is_blank(each) for each in operands):
        return False
    day = value_of(condition.date, scope)
    first, last = window_of(condition, scope)
    return every(
        None if day is None or bound is None else inside(day, bound)
        for bound, inside in ((first, operator.ge), (last, operator.le))
    )


def window_of(condition: e.Within | e.WithinOf | e.InPeriod, scope: Scope) -> tuple[Any, Any]:
    """First and last day (of minutes: the first and the last moment) of a window, None for an end that is unknown."""
    as_of, model = scope.as_of, scope.model
    if isinstance(condition, e.InPeriod):
        return period(as_of, condition.unit, condition.offset)
    duration = duration_of(condition.length, scope)
    if isinstance(condition, e.Within):
        today: Any = clock(as_of) if duration is not None and duration.unit == "minutes" else plain_day(as_of)
        if condition.direction == "next":
            return today, None if duration is None else moved(today, duration, 1, model)
        return (None if duration is None else earliest_within(as_of, duration, model)), today
    anchor = value_of(condition.anchor, scope)
    forward = condition.direction == "after"
    end = None if anchor is None or duration is None else moved(anchor, duration, 1 if forward else -1, model)
    return (anchor, end) if forward else (end, anchor)


# --- records -----------------------------------------------------------------------------------------------------


def aggregated_value(expression: Aggregated, scope: Scope) -> Any:
    """What an aggregate or a quantifier comes to by what is known."""
    if expression in scope.aggregated:
        return scope.aggregated[expression]
    return aggregator_for(expression, scope).result(rows_of(expression, scope)).answer


def aggregator_for(expression: Aggregated, scope: Scope) -> Aggregator | GroupAggregator:
    """How an aggregate or a quantifier works on an as-of date: a rolling window may be as long as a threshold says."""
    if isinstance(expression, e.AnyGroup):
        length = None if expression.length is None else duration_of(expression.length, scope)
        return GroupAggregator(tuple(map(aggregator_of, grouped_read(expression.condition))), length)
    rolling = expression.rolling if isinstance(expression, e.Aggregate) else None
    return aggregator_of(expression, None if rolling is None else duration_of(rolling, scope))


def rows_of(expression: Aggregated, scope: Scope) -> Any:
    """What the aggregator of an expression takes: the records of a list that count or may count, each with its value
    (for a streak all of them); for a group, with the values it needs and how it is judged; None where the list is
    unknown (S3).
    """
    found = judged_records(expression, scope)
    if found is None:
        return None
    in_order = isinstance(expression, e.Aggregate) and expression.kind == STREAK
    rows = [(truth, value) for _, truth, value in found if in_order or truth is not False]
    if isinstance(expression, e.AnyGroup):
        return [(truth, *value) for truth, value in rows], _ConditionOf(expression, scope)
    return rows


def judged_records(expression: Aggregated, scope: Scope) -> Iterator[tuple[Mapping[str, Any], bool | None, Any]] | None:
    """Every record with whether it counts, and its value; None where the list, or a part of it, is unknown."""
    records = scope.fields.get(expression.list)
    if records is None or not is_complete(expression, scope):
        return None
    condition = counted(expression)

    def judge() -> Iterator[tuple[Mapping[str, Any], bool | None, Any]]:
        for record in records:
            inner = evolve(scope, records={**scope.records, expression.list: record})
            yield record, truth_of(condition, inner), _value_in(expression, inner)

    return judge()


def _value_in(expression: Aggregated, scope: Scope) -> Any:
    """What is taken from the record in hand."""
    match expression:
        case e.AnyGroup(by=by, condition=condition):
            parts = grouped_read(condition)
            pairs = tuple((truth_of(counted(each), scope), _value_in(each, scope)) for each in parts)
            return value_of(by, scope), pairs
        case e.Aggregate(value=part, date=day) if part is not None:
            value = value_of(part, scope)
            return value if day is None else (value_of(day, scope), value)
    return True


@frozen
class _ConditionOf:
    """The condition of a group, judged with what its aggregates come to."""

    group: e.AnyGroup
    scope: Scope

    def now(self, values: Sequence[Any]) -> bool | None:
        condition = self.group.condition
        found: dict[Aggregated, Any] = dict(zip(grouped_read(condition), values, strict=True))
        return truth_of(condition, evolve(self.scope, aggregated={**self.scope.aggregated, **found}))

    def tried(self, results: Sequence[Result]) -> bool | None:
        return self._tried(self.group.condition, dict(zip(grouped_read(self.group.condition), results, strict=True)))

    def _tried(self, condition: Expression, results: Mapping[Aggregated, Result]) -> bool | None:
        match condition:
            case e.And(items=items):
                return every([self._tried(each, results) for each in items])
            case e.Or(items=items):
                return some([self._tried(each, results) for each in items])
            case e.Not(item=item):
                return opposite(self._tried(item, results))
            case e.AtLeastOf(count=count, items=items):
                return at_least(count, [self._tried(each, results) for each in items])
            case e.Named(operand=operand):
                return self._tried(operand, results)
        read = grouped_read(condition)

        def judge(*values: Any) -> bool | None:
            found: dict[Aggregated, Any] = dict(zip(read, values, strict=True))
            return truth_of(condition, evolve(self.scope, aggregated={**self.scope.aggregated, **found}))

        return judged(judge, (), [results[each] for each in read])[1]


def is_complete(expression: Aggregated, scope: Scope) -> bool:
    """Whether a window reaches back no further than the list is known to be complete."""
    reach = reaches_back(expression, scope.model)
    return reach is None or truth_of(reach, scope) is False
