"""What an expression is worth to one customer: values (S5, S6) and three-valued conditions (S3)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from rulelang.model import expressions as e
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Choice
from tests.oracle import calendar, functions, lists, tables, working
from tests.oracle.world import BLANK, World, plain

Truth = bool | None

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's and: one false is enough for false; else one unknown is enough for unknown."""
    found = list(truths)
    if False in found:
        return False
    return None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's or."""
    return opposite(all_of(opposite(each) for each in truths))


def opposite(truth: Truth) -> Truth:
    """Kleene's not: unknown stays unknown."""
    return None if truth is None else not truth


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """True when enough are true already, false when too few could become true."""
    found = list(truths)
    if found.count(True) >= count:
        return True
    return False if found.count(True) + found.count(None) < count else None


# --- values -------------------------------------------------------------------------------------------------------


def value_of(expression: e.Expression, world: World) -> object:
    """The value of an expression; None where it is unknown, BLANK where a blank is the answer."""
    match expression:
        case e.Literal(value=value):
            return plain(value)
        case e.FieldRef(name=name):
            return world.fields[name]
        case e.OutcomeRef(name=name):
            return world.answers[name]
        case e.ThresholdRef(name=name):
            return _threshold(name, world)
        case e.Named(operand=operand):
            return value_of(operand, world)
        case e.ElementRef(list=name, name=part):
            return world.records[name][part]
        case e.Aggregate():
            found: object = lists.present(expression, world)
            return found
        case e.Call():
            return functions.returned(expression, world)
        case e.Lookup(table=table, key_column=place, column=column, key=key, default=default):
            wanted = value_of(key, world)
            if wanted in (None, BLANK):
                return None
            entry = tables.found(world.model.lists[table], place, column, wanted, expression.type, world.as_of)
            return value_of(default, world) if entry is None and default is not None else entry
        case e.Today():
            return world.as_of
        case e.Now():
            return world.now
        case e.DayOf(moment=moment):
            at = value_of(moment, world)
            return at.date() if isinstance(at, datetime) else at
        case e.Arithmetic() | e.Negated():
            return _number(expression, world)
        case e.DateShift(date=day, sign=sign, length=length):
            start, distance = value_of(day, world), value_of(length, world)
            if isinstance(start, date) and isinstance(distance, Duration):
                return calendar.shifted(start, distance, sign, world.model.working_days)
            return None
        case e.DaysBetween(later=later, earlier=earlier):
            end, start = value_of(later, world), value_of(earlier, world)
            if isinstance(end, date) and isinstance(start, date):
                return Duration((end - start).days, "days")
            return None
        case e.AgeIn(unit=unit, date=day):
            start = value_of(day, world)
            return Fraction(calendar.completed(unit, start, world.as_of)) if isinstance(start, date) else None
        case e.DatePart(part=part, date=day):
            start = value_of(day, world)
            return Fraction(calendar.part(part, start)) if isinstance(start, date) else None
        case e.NextAnniversary(date=day):
            start = value_of(day, world)
            return calendar.anniversary(start, world.as_of) if isinstance(start, date) else None
    return holds(expression, world)


def _threshold(name: str, world: World) -> object:
    """S10: the latest value whose day has come."""
    threshold = world.model.thresholds[name]
    current = threshold.value
    for start, value in sorted(threshold.dated, key=lambda each: each[0]):
        if start <= world.as_of:
            current = value
    return plain(current)


def _number(expression: e.Arithmetic | e.Negated, world: World) -> object:
    """S6: exact; dividing by zero is unknown, and so is reckoning with an unknown or a blank."""
    if isinstance(expression, e.Negated):
        operand = value_of(expression.operand, world)
        return -operand if isinstance(operand, Fraction) else None
    left, right = value_of(expression.left, world), value_of(expression.right, world)
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        return None
    match expression.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right != 0 else None


# --- conditions ---------------------------------------------------------------------------------------------------


def holds(condition: e.Expression, world: World) -> Truth:
    """Whether a condition is true, false or unknown (None)."""
    match condition:
        case e.And(items=items):
            return all_of(holds(each, world) for each in items)
        case e.Or(items=items):
            return any_of(holds(each, world) for each in items)
        case e.Not(item=item):
            return opposite(holds(item, world))
        case e.AtLeastOf(count=count, items=items):
            return at_least(count, [holds(each, world) for each in items])
        case e.Named(operand=operand):
            return holds(operand, world)
        case e.IsMissing(operand=operand):
            return value_of(operand, world) in (None, BLANK)
        case e.Comparison(operator=sign, left=left, right=right):
            return compare(sign, left, right, world)
        case e.Between(value=value, low=low, high=high, include_high=closed):
            return all_of([compare(">=", value, low, world), compare("<=" if closed else "<", value, high, world)])
        case e.OneOf(value=value, options=options):
            return any_of(compare("=", value, each, world) for each in options)
        case e.InList(value=value, list=name):
            return known(
                lambda text: tables.holds_on(world.model.lists[name], text, world.as_of), value_of(value, world)
            )
        case e.TextTest(kind=kind, value=value, pattern=pattern):
            return known(lambda text: TEXT_TESTS[kind](text, pattern), value_of(value, world))
        case e.AgeComparison(operator=sign, date=day, length=length):
            return compare(sign, day, length, world)
        case e.Within() | e.WithinOf() | e.InPeriod():
            return _in_window(condition, world)
        case e.HasStanding(outcome=outcome, standing=standing):
            return world.standings[outcome.name] == standing
        case e.Quantified() | e.AnyGroup():
            truth: Truth = lists.present(condition, world)
            return truth
    return known(bool, value_of(condition, world))  # a yes/no value standing alone


def aged(sign: str, day: date, length: Duration, world: World) -> Truth:
    """Whether a day is older than a length of time, or a moment than some hours."""
    if length.unit == "working days":
        assert world.model.working_days is not None
        return working.age_compares(sign, day, length.amount, world.as_of, world.model.working_days)
    return calendar.age_compares(sign, day, length, world.now if length.unit == "minutes" else world.as_of)


def known(test: Callable[..., Truth], *values: object) -> Truth:
    """A test of values. S3: with a blank that is an answer it is false, with an unknown one it is unknown."""
    if BLANK in values:
        return False
    return None if None in values else test(*values)


def compare(sign: str, left: e.Expression, right: e.Expression, world: World) -> Truth:
    """A comparison of two values of one kind, or of the age of a date with a length of time (S5)."""

    def test(one: Any, other: Any) -> Truth:
        if isinstance(one, date) and isinstance(other, Duration):
            return aged(sign, one, other, world)
        if isinstance(one, Duration) and isinstance(other, Duration):
            return bool(COMPARE[sign](one.amount, other.amount))
        ranked = next((each.type for each in (left, right) if isinstance(each.type, Choice)), None)
        if ranked is not None and sign not in ("=", "!="):
            return bool(COMPARE[sign](ranked.keys().index(str(one)), ranked.keys().index(str(other))))
        return bool(COMPARE[sign](one, other))

    return known(test, value_of(left, world), value_of(right, world))


def _in_window(condition: e.Within | e.WithinOf | e.InPeriod, world: World) -> Truth:
    """S5: both ends of a window are included."""
    day = value_of(condition.date, world)
    if isinstance(condition, e.InPeriod):
        unit, offset = condition.unit, condition.offset
        return known(lambda day: calendar.in_period(day, unit, offset, world.as_of), day)
    distance = value_of(condition.length, world)
    of_hours = isinstance(distance, Duration) and distance.unit == "minutes"
    today: object = world.now if of_hours else world.as_of
    if isinstance(condition, e.Within) and condition.direction == "last":
        young = known(lambda day, length: aged("<=", day, length, world), day, distance)
        return all_of([known(_not_after, day, today), young])
    if isinstance(condition, e.Within):
        return all_of([known(_not_after, today, day), _reaches(today, distance, day, 1, world)])
    anchor = value_of(condition.anchor, world)
    if condition.direction == "after":
        return all_of([known(_not_after, anchor, day), _reaches(anchor, distance, day, 1, world)])
    return all_of([known(_not_after, day, anchor), _reaches(anchor, distance, day, -1, world)])


def _not_after(one: date, other: date) -> bool:
    return one <= other


def _reaches(start: object, length: object, day: object, sign: int, world: World) -> Truth:
    """Whether a length of time from one day on (sign -1: back) reaches another."""

    def test(start: date, length: Duration, day: date) -> Truth:
        if length.unit == "working days":
            target = calendar.shifted(start, length, sign, world.model.working_days)
            return None if target is None else (day <= target if sign > 0 else target <= day)
        end = calendar.later(start, length, sign)
        return bool(calendar.day_of(day) <= end if sign > 0 else end <= calendar.day_of(day))

    return known(test, start, length, day)


def like(text: str, pattern: str) -> bool:
    """Wildcards: ``*`` is any run of characters, ``?`` one character."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(like(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and like(text[1:], pattern[1:])


# ``contains`` on a collect outcome asks for one of its values, which `in` does for tuples as well.
TEXT_TESTS: dict[str, Callable[..., bool]] = {
    "contains": lambda text, pattern: pattern in text,
    "starts": lambda text, pattern: text.startswith(pattern),
    "ends": lambda text, pattern: text.endswith(pattern),
    "like": like,
}
