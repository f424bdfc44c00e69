"""Values that rest on thresholds and the as-of date alone: told apart, and computed once per as-of date."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from rulelang.lowering.plan import Constant, Fixed
from rulelang.lowering.recipes import (
    Aggregating,
    Entries,
    Evaluated,
    Given,
    InForce,
    LatestAged,
    LatestCompleted,
    PeriodEdge,
    RankOf,
    Recipe,
)
from rulelang.model import expressions as e
from rulelang.model.assigning import assigned_value
from rulelang.model.evaluation import aggregator_for, duration_of, literal_value, value_of
from rulelang.model.expressions import Expression
from rulelang.model.program import Header, Model
from rulelang.model.scope import Scope
from rulelang.model.stepping import due, overdue
from rulelang.model.walking import counts_working_days, divides, parts, seeks
from rulelang.values.dates import latest_due, period
from rulelang.values.durations import UNITS, Duration
from rulelang.vocabulary.lookups import entries
from rulelang.vocabulary.types import Length

_EMPTY = Model(Header(), {}, {}, {}, {}, ())
_DATED = (
    e.ThresholdRef,
    e.Today,
    e.Now,
    e.AgeIn,
    e.NextAnniversary,
    e.AgeComparison,
    e.Within,
    e.InPeriod,
    e.Lookup,
    e.Call,
)

_OF_CUSTOMERS = frozenset({e.FieldRef, e.OutcomeRef, e.ElementRef, e.Aggregate, e.Quantified, e.AnyGroup})


def is_fixed(expression: Expression) -> bool:
    """Whether an expression reads no field, no record and no outcome."""
    kind = type(expression)
    if kind is e.Literal or kind in _OF_CUSTOMERS:  # most often asked of these
        return kind is e.Literal
    return not any(type(each) in _OF_CUSTOMERS for each in parts(expression))


def fixed_operand(expression: Expression) -> Constant | Fixed:
    """The operand of an expression that reads no customer: a constant where no date and no threshold is in it."""
    if isinstance(expression, e.Literal):
        return Constant(literal_value(expression))
    dated = any(isinstance(each, _DATED) for each in parts(expression)) or counts_working_days(expression)
    if not dated and not divides(expression):
        return Constant(value_of(expression, Scope(_EMPTY, date.min, {}, {})))
    fallible = divides(expression) or seeks(expression) or counts_working_days(expression)
    return Fixed(Evaluated(expression), isinstance(expression.type, Length) and not fallible, fallible)


def fixed_value(recipe: Recipe, model: Model, as_of: date) -> Any:
    """What a recipe gives on an as-of date, with a model's thresholds; None where it is unknown."""
    scope = Scope(model, as_of, {}, {})
    match recipe:
        case Evaluated(expression=expression):
            return value_of(expression, scope)
        case Given(assignment=assignment, outcome=outcome):
            return assigned_value(assignment, outcome, scope)
        case LatestAged(length=length, exceeded=exceeded):
            duration = duration_of(length, scope)
            if duration is None:
                return None
            return overdue(as_of, duration, model) if exceeded else due(as_of, duration, model)
        case LatestCompleted(unit=unit, count=count, exceeded=exceeded):
            base, size = UNITS[unit]
            number = value_of(count, scope)
            if number is None:
                return None
            completed = math.floor(number) + 1 if exceeded else math.ceil(number)
            return latest_due(as_of, Duration(completed * size, base))
        case PeriodEdge(unit=unit, offset=offset, edge=edge):
            return period(as_of, unit, offset)[edge]
        case RankOf(expression=expression, order=order):
            return order.index(value_of(expression, scope))
        case Entries(table=table, key_column=key, column=column, type=type_):
            return entries(model.lists[table], key, column, type_, as_of)
        case Aggregating(expression=expression):
            return aggregator_for(expression, scope)
        case InForce(valid_from=start, valid_until=end):
            return (start is None or start <= as_of) and (end is None or as_of <= end)
