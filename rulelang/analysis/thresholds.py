"""Where a condition on one variable changes its answer: the thresholds at which its values are cut.

A number that is only multiplied and added is cut where both sides are equal; a date whose age, distance or year is
compared is cut on the day on which the answer changes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import evolve

from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.vocabulary.types import Date, Length, Number, Type, is_numeric

_LAST_DAY = date.max.toordinal()

Holds = Callable[[Expression, Any], bool | None]


def thresholds(condition: Expression, type_: Type, holds: Holds) -> tuple[Fraction, ...] | None:
    """The thresholds of a comparison of one variable of a type; None where they can't be told.

    ``holds`` is the answer of such a comparison for a value of the variable.
    """
    match condition:
        case e.Comparison(operator=sign, left=left, right=right):
            if isinstance(type_, Date):
                rising, falling = _trend(left), _trend(right)
                if rising is None or falling is None or rising * falling > 0:
                    return None
                return _turns(condition, sign, rising or -falling, holds)
            return _crossing(left, right)
        case e.AgeComparison(operator=sign, date=moment, length=length):
            trend = _trend(moment)
            if trend is None or not isinstance(type_, Date) or _reads(length):
                return None
            return _turns(condition, sign, -trend, holds)
    return None


def _reads(expression: Expression) -> bool:
    return not isinstance(expression, e.Literal)


# --- numbers -----------------------------------------------------------------------------------------------------


def _crossing(left: Expression, right: Expression) -> tuple[Fraction, ...] | None:
    """Where two sides that are linear in the variable meet."""
    first, second = _line(left), _line(right)
    if first is None or second is None:
        return None
    slope = first[0] - second[0]
    return () if slope == 0 else ((second[1] - first[1]) / slope,)


def _line(expression: Expression) -> tuple[Fraction, Fraction] | None:
    """Slope and height of a value that is linear in the variable, None of any other."""
    match expression:
        case e.FieldRef(type=type_) if is_numeric(type_) or isinstance(type_, Length):
            return Fraction(1), Fraction(0)
        case e.Literal(value=value, type=type_) if is_numeric(type_):
            return Fraction(0), _plain(value)
        case e.Literal(value=value, type=Length()):
            return Fraction(0), Fraction(getattr(value, "amount", value))  # type: ignore[arg-type]  # a count otherwise
        case e.Negated(operand=operand):
            line = _line(operand)
            return None if line is None else (-line[0], -line[1])
        case e.Arithmetic(operator=sign, left=left, right=right):
            first, second = _line(left), _line(right)
            return None if first is None or second is None else _reckoned(sign, first, second)
    return None


def _plain(value: Any) -> Fraction:
    return Fraction(value)


def _reckoned(
    sign: str, first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]
) -> tuple[Fraction, Fraction] | None:
    if sign in "+-":
        way = 1 if sign == "+" else -1
        return first[0] + way * second[0], first[1] + way * second[1]
    if sign == "*":
        if first[0] and second[0]:
            return None
        constant, line = (first[1], second) if not first[0] else (second[1], first)
        return constant * line[0], constant * line[1]
    if second[0] or not second[1]:
        return None
    return first[0] / second[1], first[1] / second[1]


# --- dates -------------------------------------------------------------------------------------------------------


def _trend(expression: Expression) -> int | None:
    """1 where a value never falls as the date rises, -1 where it never rises, 0 where it stays; None: neither."""
    match expression:
        case e.Literal():
            return 0
        case e.FieldRef(type=Date()):
            return 1
        case e.AgeIn(date=moment):
            return _times(_trend(moment), -1)
        case e.DateShift(date=moment, length=e.Literal(type=Length(unit=unit))) if unit != "working days":
            return _trend(moment)
        case e.DatePart(part="year", date=moment):
            return _trend(moment)
        case e.DaysBetween(later=later, earlier=earlier):
            return _plus(_trend(later), _times(_trend(earlier), -1))
        case e.Negated(operand=operand):
            return _times(_trend(operand), -1)
        case e.Arithmetic(operator="+", left=left, right=right):
            return _plus(_trend(left), _trend(right))
        case e.Arithmetic(operator="-", left=left, right=right):
            return _plus(_trend(left), _times(_trend(right), -1))
        case e.Arithmetic(operator="*", left=left, right=e.Literal(value=value, type=Number())):
            return _times(_trend(left), (_plain(value) > 0) - (_plain(value) < 0))
    return None


def _times(trend: int | None, factor: int) -> int | None:
    return None if trend is None else trend * factor


def _plus(first: int | None, second: int | None) -> int | None:
    if first is None or second is None or first * second < 0:
        return None
    return first or second


def _turns(condition: e.Comparison | e.AgeComparison, sign: str, trend: int, holds: Holds) -> tuple[Fraction, ...]:
    """The day on which a comparison with something that only rises, or only falls, is decided."""
    if trend == 0:
        return ()
    if sign in ("=", "!="):
        # True on a stretch of days: it begins where "at least" turns, and ends where "more" does.
        halves = (evolve(condition, operator=each) for each in (">=", ">"))
        return tuple(day for half in halves for day in _turns(half, half.operator, trend, holds))
    day = _turn(condition, holds)
    if day is None:
        return ()
    at_the_day = (sign in (">=", "<")) == (trend > 0)
    return (Fraction(day if at_the_day else day - 1),)


def _turn(condition: Expression, holds: Holds) -> int | None:
    """The first day whose answer is another than that of the first day of all; None where there is none."""
    start = holds(condition, date.min)
    if holds(condition, date.max) == start:
        return None
    low, high = 1, _LAST_DAY
    while high - low > 1:
        middle = (low + high) // 2
        if holds(condition, date.fromordinal(middle)) == start:
            low = middle
        else:
            high = middle
    return high
