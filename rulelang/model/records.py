"""What aggregates, quantifiers and groups ask of each record of a customer's lists (S3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import evolve, frozen

from rulelang.model import expressions as e
from rulelang.model.aggregates import STREAK, Aggregator, aggregator_of, counted
from rulelang.model.contributions import Result
from rulelang.model.doubt import judged
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.groups import GroupAggregator
from rulelang.model.kleene import at_least, every, opposite, some
from rulelang.model.order import is_known
from rulelang.model.program import Model
from rulelang.model.scope import Scope
from rulelang.model.walking import grouped_read
from rulelang.vocabulary.types import Date, ListOf


def aggregated_value(expression: Aggregated, scope: Scope) -> Any:
    """What an aggregate or a quantifier comes to by what is known."""
    if expression in scope.aggregated:
        return scope.aggregated[expression]
    return aggregator_for(expression, scope).result(rows_of(expression, scope)).answer


def aggregator_for(expression: Aggregated, scope: Scope) -> Aggregator | GroupAggregator:
    """How an aggregate or a quantifier works on an as-of date: a rolling window may be as long as a threshold says."""
    from rulelang.model.evaluation import duration_of  # values hold records, records values

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
    from rulelang.model.evaluation import truth_of  # values hold records, records values

    records = scope.fields.get(expression.list)
    if records is None or not is_complete(expression, scope):
        return None
    condition = counted(expression)

    def judge() -> Iterator[tuple[Mapping[str, Any], bool | None, Any]]:
        for record in records:
            inner = evolve(scope, records={**scope.records, expression.list: record})
            yield record, truth_of(condition, inner), _value_in(expression, inner)

    return judge()


def is_unjudged(expression: Aggregated, truth: bool | None, value: Any) -> bool:
    """Whether something about a record is unknown that an aggregate, a quantifier or a group asks of it."""
    match expression:
        case e.AnyGroup() if truth is not False:
            by, pairs = value
            return (
                not truth
                or by is None
                or any(counts is None or (counts and not is_known(one)) for counts, one in pairs)
            )
        case e.Aggregate(kind="streak"):
            return truth is None or value is None
    return truth is None or (truth and not is_known(value))


def _value_in(expression: Aggregated, scope: Scope) -> Any:
    """What is taken from the record in hand."""
    from rulelang.model.evaluation import truth_of, value_of  # values hold records, records values

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
        from rulelang.model.evaluation import truth_of  # values hold records, records values

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
        from rulelang.model.evaluation import truth_of  # values hold records, records values

        read = grouped_read(condition)

        def judge(*values: Any) -> bool | None:
            found: dict[Aggregated, Any] = dict(zip(read, values, strict=True))
            return truth_of(condition, evolve(self.scope, aggregated={**self.scope.aggregated, **found}))

        return judged(judge, (), [results[each] for each in read])[1]


def is_complete(expression: Aggregated, scope: Scope) -> bool:
    """Whether a window reaches back no further than the list is known to be complete."""
    from rulelang.model.evaluation import truth_of  # values hold records, records values

    reach = reaches_back(expression, scope.model)
    return reach is None or truth_of(reach, scope) is False


def reaches_back(expression: Aggregated, model: Model) -> Expression | None:
    """The condition that a window has days before the list is complete, None where it can't have any."""
    type_ = model.fields[expression.list].type
    window = None if isinstance(expression, e.Quantified) else expression.window
    if window is None or not isinstance(type_, ListOf) or type_.complete_from is None:
        return None
    day_before = e.Literal(type_.complete_from - timedelta(days=1), Date())
    return e.AgeComparison("<=", day_before, window.length)
