"""Turns ages and windows of dates into comparisons with cut-off dates, computed once per as-of date (S5).

The step of months is monotone, so "six months old or older" is "not after one certain day". Where the length of time
differs from customer to customer the date is moved instead.
"""

from __future__ import annotations

from fractions import Fraction

from rulelang.lowering.fixed import fixed_operand, is_fixed
from rulelang.lowering.joining import all_of, some_of
from rulelang.lowering.operands import lower_operand, shift
from rulelang.lowering.plan import Compare, Fixed, Operand, Test
from rulelang.lowering.quotients import MIRRORED
from rulelang.lowering.recipes import LatestAged, LatestCompleted, PeriodEdge
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.program import Model
from rulelang.model.walking import bare
from rulelang.values.durations import UNITS, Duration
from rulelang.vocabulary.declarations import Threshold, Value
from rulelang.vocabulary.types import Length, Number

OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TODAY = e.Today()
_SURE_YEARS = 1000  # so far before an as-of date there still is a calendar
_SURE = {"days": 365 * _SURE_YEARS, "months": 12 * _SURE_YEARS}


def compare_age(sign: str, moment: Expression, length: Expression) -> Test:
    """The age of a date against a length of time."""
    day = lower_operand(moment)
    if is_fixed(length):
        # "At least" and its opposite ask whether the length is reached, the other two whether it is exceeded.
        fallible = _unit(length) == "working days"
        latest = Fixed(LatestAged(length, exceeded=sign in (">", "<=")), fallible=fallible)
        return Compare("<=" if sign in (">", ">=") else ">", day, latest)
    return Compare(MIRRORED[sign], shift(day, length, 1), _now(length))


def compare_count(comparison: e.Comparison, model: Model) -> Test | None:
    """Completed units since a date, or days between it and today, against a number that no customer changes.

    None where a comparison is of another kind, or where the cut-off might lie before the first date there is: that
    date itself would then reach it.
    """
    for sign, counted, count in (
        (comparison.operator, bare(comparison.left), comparison.right),
        (MIRRORED[comparison.operator], bare(comparison.right), comparison.left),
    ):
        if not isinstance(counted, e.AgeIn | e.DaysBetween) or not is_fixed(count) or is_fixed(counted):
            continue
        unit = counted.unit if isinstance(counted, e.AgeIn) else "days"
        base, size = UNITS[unit]
        largest = _largest(count, model)
        if largest is None or largest * size > _SURE[base]:
            return None
        match counted:
            case e.AgeIn(date=moment):
                return _completed(sign, unit, moment, count)
            case e.DaysBetween(later=later, earlier=earlier) if bare(later) == _TODAY:
                return _completed(sign, "days", earlier, count)
            case e.DaysBetween(later=later, earlier=earlier) if bare(earlier) == _TODAY:
                return _completed(MIRRORED[sign], "days", later, e.Negated(count, count.type))
    return None


def may_share_cut_offs(model: Model, other: Model) -> bool:
    """Whether a plan made for a model serves another that differs in the values of thresholds: not where one of them
    has become so large that `compare_count` takes another way.
    """
    changed = (each for each in other.thresholds.values() if each != model.thresholds[each.name])
    return not any(isinstance(each.type, Number) and _farthest(each) > _SURE_YEARS for each in changed)


def lower_window(condition: e.Within | e.WithinOf | e.InPeriod, negated: bool) -> Test:
    """A date between two days, both included."""
    day = lower_operand(condition.date)
    match condition:
        case e.InPeriod(unit=unit, offset=offset):
            return _between(day, Fixed(PeriodEdge(unit, offset, 0)), Fixed(PeriodEdge(unit, offset, 1)), negated)
        case e.Within(direction="last", length=length):
            halves = (compare_age("<=", condition.date, length), Compare("<=", day, _now(length)))
            opposites = (compare_age(">", condition.date, length), Compare(">", day, _now(length)))
            return some_of(opposites) if negated else all_of(halves)
        case e.Within(length=length):
            now = e.Now() if _unit(length) == "minutes" else _TODAY
            return _between(day, fixed_operand(now), _moved(now, length, 1), negated)
        case e.WithinOf(length=length, anchor=anchor, direction="after"):
            return _between(day, lower_operand(anchor), _moved(anchor, length, 1), negated)
    return _between(day, _moved(condition.anchor, condition.length, -1), lower_operand(condition.anchor), negated)


def _unit(length: Expression) -> str:
    return length.type.unit if isinstance(length.type, Length) else "days"


def _largest(count: Expression, model: Model) -> Fraction | None:
    """How far from nothing a number can be, with any value of its thresholds; None where that takes reckoning."""
    match bare(count):
        case e.Literal(value=value):
            return _size(value)
        case e.ThresholdRef(name=name):
            return _farthest(model.thresholds[name])
        case e.Negated(operand=operand):
            return _largest(operand, model)
        case e.Arithmetic(operator="+" | "-", left=left, right=right):
            one, other = _largest(left, model), _largest(right, model)
            return None if one is None or other is None else one + other
    return None


def _farthest(threshold: Threshold) -> Fraction:
    """How far from nothing a number gets that is a threshold, on any day."""
    values = (threshold.value, *(value for _, value in threshold.dated))
    return max(map(_size, values))


def _size(value: Value) -> Fraction:
    """How far a number is from nothing, or so many days."""
    return abs(Fraction(value.amount if isinstance(value, Duration) else value))  # type: ignore[arg-type]  # a number


def _now(length: Expression) -> Operand:
    """The as-of date, or the moment on it where minutes count."""
    return fixed_operand(e.Now() if _unit(length) == "minutes" else _TODAY)


def _completed(sign: str, unit: str, moment: Expression, count: Expression) -> Test:
    day = lower_operand(moment)
    reached, exceeded = (Fixed(LatestCompleted(unit, count, exceeded=each)) for each in (False, True))
    match sign:
        case ">=":
            return Compare("<=", day, reached)
        case ">":
            return Compare("<=", day, exceeded)
        case "<":
            return Compare(">", day, reached)
        case "<=":
            return Compare(">", day, exceeded)
        case "=":
            return all_of((Compare("<=", day, reached), Compare(">", day, exceeded)))
    return some_of((Compare(">", day, reached), Compare("<=", day, exceeded)))


def _moved(moment: Expression, length: Expression, sign: int) -> Operand:
    if is_fixed(moment) and is_fixed(length):
        return fixed_operand(e.DateShift(moment, sign, length))
    return shift(lower_operand(moment), length, sign)


def _between(day: Operand, first: Operand, last: Operand, negated: bool) -> Test:
    if negated:
        return some_of((Compare("<", day, first), Compare(">", day, last)))
    return all_of((Compare(">=", day, first), Compare("<=", day, last)))
