"""The line that the values of a column stand on, and the stretches of it that a condition covers.

A place between two values is a ``Cut``: before a value or just after it. On a line of whole numbers or days nothing
lies between neighbours, so "after 9" is "before 10"; on any other line it isn't.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from rulelang.model import expressions as m
from rulelang.model.evaluation import duration_of, value_of
from rulelang.model.expressions import Expression
from rulelang.model.scope import Scope
from rulelang.model.walking import bare
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Choice, Date, Length, Number, Type, YesNo, is_numeric

Place = int | Decimal | Fraction
Cut = tuple[int, Place, int]
BEGINNING: Cut = (-1, 0, 0)
END: Cut = (1, 0, 0)


@frozen
class Stretch:
    """The values between two cuts; ``lower`` and ``upper`` are its edges as expressions where they were written.

    ``age`` is ``days`` or ``months`` where the stretch is one of ages.
    """

    low: Cut
    high: Cut
    lower: Expression | None = None
    upper: Expression | None = None
    age: str = ""


@frozen
class Line:
    """``kind`` is ``number``, ``date``, ``length`` (of time, ``unit`` days or months) or ``member``; ``whole`` where
    nothing lies between neighbours."""

    kind: str
    whole: bool = True
    members: tuple[str, ...] = ()
    unit: str = "days"

    def before(self, value: Any) -> Cut:
        """The cut before a value."""
        return (0, self._place(value), 0)

    def after(self, value: Any) -> Cut:
        """The cut after a value."""
        return (0, self._place(value) + 1, 0) if self.whole else (0, self._place(value), 1)

    def first(self, cut: Cut) -> Any:
        """The first value after a cut; None where there is none."""
        return self._shown(cut[1]) if cut[0] == 0 and cut[2] == 0 else None

    def last(self, cut: Cut) -> Any:
        """The last value before a cut; None where there is none."""
        if cut[0] or not (self.whole or cut[2]):
            return None
        return self._shown(cut[1] - 1 if self.whole else cut[1])

    def edge(self, cut: Cut) -> Any:
        """The value that a cut is at."""
        return self._shown(cut[1])

    def _place(self, value: Any) -> Place:
        if isinstance(value, date):
            return value.toordinal()
        if isinstance(value, Duration):
            return value.amount
        if self.kind == "member":
            return self.members.index(value) if isinstance(value, str) else int(value)
        place: Place = value
        return place

    def _shown(self, place: Place) -> Any:
        if self.kind == "date":
            return date.fromordinal(int(place))
        return Duration(int(place), self.unit) if self.kind == "length" else place


def line_of(type_: Type) -> Line | None:
    """The line of a type's values; None where they are too many to be covered one by one, and have no order."""
    match type_:
        case Choice():
            return Line("member", members=type_.keys())
        case YesNo():
            return Line("member", members=("no", "yes"))
        case Date():
            return Line("date")
        case Length(unit=unit):
            return Line("length", unit=unit)
    if is_numeric(type_):
        return Line("number", whole=isinstance(type_, Number) and type_.decimals == 0 and not type_.percent)
    return None


def age_line(unit: str) -> Line:
    """The line of ages in days or months; between two months there are days."""
    return Line("length", whole=unit == "days", unit=unit)


def stretches_of(condition: Expression, line: Line, scope: Scope) -> tuple[Stretch, ...] | None:
    """What a condition on a column covers, left to right; None where it is no part of the line."""
    condition = bare(condition)
    match condition:
        case m.IsMissing():
            return ()
        case m.FieldRef(type=YesNo()) | m.OutcomeRef(type=YesNo()):
            return (Stretch(line.before(True), line.after(True)),)
        case m.Comparison(operator=sign, left=left, right=right):
            if isinstance(right.type, Length) and line.kind == "date":
                left_is_age = isinstance(bare(left), m.DaysBetween)
                return _compared(sign, right, age_line("days"), scope, "days") if left_is_age else None
            return _compared(sign, right, line, scope)
        case m.AgeComparison(operator=sign, length=length):
            return _aged(sign, length, scope)
        case m.Between(low=low, high=high, include_high=include):
            upper = "<=" if include else "<"
            if isinstance(low.type, Length) and line.kind == "date":
                return _met(_aged(">=", low, scope), _aged(upper, high, scope))
            return _met(_compared(">=", low, line, scope), _compared(upper, high, line, scope))
        case m.OneOf(options=options):
            each = [_compared("=", option, line, scope) for option in options]
            return None if None in each else tuple(sorted((s for found in each for s in found or ()), key=_low))
        case m.And(items=items):
            found = stretches_of(items[0], line, scope)
            for item in items[1:]:
                found = _met(found, stretches_of(item, line, scope))
            return found
        case m.Not(item=item):
            return _rest(stretches_of(item, line, scope))
    return None


def _low(stretch: Stretch) -> Cut:
    return stretch.low


def _aged(sign: str, length: Expression, scope: Scope) -> tuple[Stretch, ...] | None:
    duration = duration_of(length, scope)
    return None if duration is None else _compared(sign, length, age_line(duration.unit), scope, duration.unit)


def _compared(sign: str, bound: Expression, line: Line, scope: Scope, age: str = "") -> tuple[Stretch, ...] | None:
    value = bound_value(bound, scope)
    if value is None or (line.kind == "member" and isinstance(value, str) and value not in line.members):
        return None
    before, after = line.before(value), line.after(value)
    match sign:
        case "=":
            return (Stretch(before, after, age=age),)
        case "!=":
            return (Stretch(BEGINNING, before, age=age), Stretch(after, END, age=age))
        case "<":
            return (Stretch(BEGINNING, before, upper=bound, age=age),)
        case "<=":
            return (Stretch(BEGINNING, after, upper=bound, age=age),)
        case ">":
            return (Stretch(after, END, lower=bound, age=age),)
    return (Stretch(before, END, lower=bound, age=age),)


def bound_value(bound: Expression, scope: Scope) -> Any:
    """The value of an edge that no customer changes; None where it has none."""
    bound = bare(bound)
    fixed = isinstance(bound, m.Literal | m.ThresholdRef | m.Negated | m.Arithmetic)
    return value_of(bound, scope) if fixed else None


def _met(one: tuple[Stretch, ...] | None, other: tuple[Stretch, ...] | None) -> tuple[Stretch, ...] | None:
    """What two conditions cover together."""
    if one is None or other is None:
        return None
    found = []
    for a in one:
        for b in other:
            first, last = max(a, b, key=_low), min(a, b, key=lambda each: each.high)
            if first.low < last.high and a.age == b.age:
                found.append(Stretch(first.low, last.high, first.lower, last.upper, a.age))
    return tuple(sorted(found, key=_low))


def _rest(covered: tuple[Stretch, ...] | None) -> tuple[Stretch, ...] | None:
    """What a condition leaves."""
    if not covered:
        return None
    found, reached = [], Stretch(BEGINNING, BEGINNING, age=covered[0].age)
    for each in sorted(covered, key=_low):
        if each.low > reached.high:
            found.append(Stretch(reached.high, each.low, reached.upper, each.lower, each.age))
        reached = each if each.high > reached.high else evolve(reached, age=each.age)
    if reached.high < END:
        found.append(Stretch(reached.high, END, reached.upper, None, reached.age))
    return tuple(found)
