"""Conditions by their sides and halves: windows as two comparisons, a comparison as one of a difference with zero."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from rulelang.analysis.normal import normal
from rulelang.lowering.quotients import MIRRORED
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.scope import Scope
from rulelang.values.dates import period
from rulelang.values.moments import clock, plain_day
from rulelang.vocabulary.types import Date, DateTime, Length, Number, is_numeric


def both(condition: e.Comparison | e.AgeComparison) -> tuple[Expression, Expression]:
    """The two sides of a comparison."""
    if isinstance(condition, e.Comparison):
        return condition.left, condition.right
    return condition.date, condition.length


def sides(condition: Expression) -> list[Expression]:
    """What a condition compares: a blank among it makes the condition false."""
    match condition:
        case e.Comparison() | e.AgeComparison():
            return list(both(condition))
        case e.Between(value=value, low=low, high=high):
            return [value, low, high]
        case e.OneOf(value=value):
            return [value]
        case e.Within(date=moment, length=length):
            return [moment, length]
        case e.WithinOf(date=moment, length=length, anchor=anchor):
            return [moment, length, anchor]
        case e.InPeriod(date=moment):
            return [moment]
    return []


def taken_apart(condition: Expression, scope: Scope) -> Expression:
    """Windows, betweens and memberships by their halves."""
    today = _today(condition, scope)
    match condition:
        case e.Between(value=value, low=low, high=high, include_high=include):
            return e.And((_half(">=", value, low), _half("<=" if include else "<", value, high)))
        case e.OneOf(value=value, options=options):
            return e.Or(tuple(e.Comparison("=", value, each) for each in options))
        case e.InPeriod(date=moment, unit=unit, offset=offset):
            start, end = (e.Literal(each, Date()) for each in period(scope.as_of, unit, offset))
            return e.And((e.Comparison(">=", moment, start), e.Comparison("<=", moment, end)))
        case e.Within(date=moment, direction="last", length=length):
            return e.And((e.AgeComparison("<=", moment, length), e.Comparison("<=", moment, today)))
        case e.Within(date=moment, length=length):
            last = normal(e.DateShift(today, 1, length, today.type), scope, lambda name: name)
            return e.And((e.Comparison(">=", moment, today), e.Comparison("<=", moment, last)))
        case e.WithinOf(date=moment, length=length, direction=direction, anchor=anchor):
            sign = 1 if direction == "after" else -1
            moved = normal(e.DateShift(anchor, sign, length, anchor.type), scope, lambda name: name)
            first, last = (anchor, moved) if direction == "after" else (moved, anchor)
            return e.And((e.Comparison(">=", moment, first), e.Comparison("<=", moment, last)))
    raise TypeError(f"{type(condition).__name__} has no halves")


def _today(condition: Expression, scope: Scope) -> e.Literal:
    """The as-of date; where minutes count, the moment."""
    length = getattr(condition, "length", None)
    if length is not None and isinstance(length.type, Length) and length.type.unit == "minutes":
        return e.Literal(clock(scope.as_of), DateTime())
    return e.Literal(plain_day(scope.as_of), Date())


def _half(sign: str, value: Expression, bound: Expression) -> Expression:
    if isinstance(value.type, Date | DateTime) and isinstance(bound.type, Length):
        return e.AgeComparison(sign, value, bound)
    return e.Comparison(sign, value, bound)


def difference(sign: str, left: Expression, right: Expression) -> tuple[str, Expression, Expression]:
    """A comparison as one of a difference with zero, the same difference whichever side stands first."""
    if repr(right) < repr(left):
        sign, left, right = MIRRORED[sign], right, left
    if isinstance(left.type, Date):
        zero = e.Literal(0, Number(0))
        return sign, e.DaysBetween(left, right, type=Number(0)), zero
    if is_numeric(left.type) or isinstance(left.type, Length):
        return sign, e.Arithmetic("-", left, right, Number(6)), e.Literal(0, Number(0))
    return sign, left, right


def put(expression: Expression, name: str, literal: e.Literal) -> Expression:
    """The expression with a constant in place of a field."""
    if isinstance(expression, e.FieldRef):
        return literal if expression.name == name else expression
    changes: dict[str, Any] = {}
    for each in ("left", "right", "date", "length", "operand", "later", "earlier", "key", "default"):
        part = getattr(expression, each, None)
        if isinstance(part, Expression):
            changes[each] = put(part, name, literal)
    return evolve(expression, **changes) if changes else expression
