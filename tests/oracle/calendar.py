"""Dates, by the plain definitions of S5. Days are (year, month, day), so that a step may leave the years 1 to 9999."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import Any

from rulelang.values.durations import Duration
from rulelang.values.working_days import WorkingDays
from tests.oracle import working

Day = tuple[int, int, int]

BEFORE_TIME: Day = (MINYEAR - 1, 1, 1)
AFTER_TIME: Day = (MAXYEAR + 1, 1, 1)


def day_of(day: date) -> Any:
    """A date as (year, month, day); a moment as it is."""
    if isinstance(day, datetime):
        return day
    return day.year, day.month, day.day


def days_in_month(year: int, month: int) -> int:
    """28 to 31, by the Gregorian calendar."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return {2: 29 if leap else 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)


def later(day: date, length: Duration, sign: int = 1) -> Any:
    """The day a length of time after (or, with sign -1, before) a date.

    S5: months are calendar steps; a step onto a day that does not exist takes the month's last day.
    """
    amount = sign * length.amount
    if length.unit == "minutes":
        try:
            return day + timedelta(minutes=amount)
        except OverflowError:
            return datetime.max if amount > 0 else datetime.min
    if length.unit == "days":
        try:
            return day_of(day + timedelta(days=amount))
        except OverflowError:
            return AFTER_TIME if amount > 0 else BEFORE_TIME
    years, month_before = divmod(day.month - 1 + amount, 12)
    year, month = day.year + years, month_before + 1
    return year, month, min(day.day, days_in_month(year, month))


def shifted(day: date, length: Duration, sign: int, listed: WorkingDays | None) -> date | None:
    """The same as a date; what lies beyond the calendar is the calendar's first or last day.

    A moment moved by days keeps its time. None where working days are not listed.
    """
    if length.unit == "minutes":
        moment: date = later(day, length, sign)
        return moment
    if isinstance(day, datetime):
        target = shifted(day.date(), length, sign, listed)
        return None if target is None else datetime.combine(target, day.time())
    if length.unit == "working days":
        return None if listed is None else working.moved(listed, day, sign * length.amount)
    moved = later(day, length, sign)
    if moved < day_of(date.min):
        return date.min
    return date.max if moved > day_of(date.max) else date(*moved)


def age_compares(operator: str, day: date, length: Duration, as_of: date) -> bool:
    """S5: ``age >= length`` is ``day + length <= as-of``; ``>`` is ``<``; the others are their opposites."""
    due, today = later(day, length), day_of(as_of)
    return {
        ">=": due <= today,
        ">": due < today,
        "<": not due <= today,
        "<=": not due < today,
    }[operator]


def completed(unit: str, day: date, as_of: date) -> int:
    """The largest number of days, months … that the date is behind the as-of date; negative in the future."""
    step, size = {
        "days": ("days", 1),
        "weeks": ("days", 7),
        "months": ("months", 1),
        "quarters": ("months", 3),
        "years": ("months", 12),
    }[unit]
    if step == "days":
        return (as_of - day).days // size
    count = as_of.year - day.year if size == 12 else (as_of.year - day.year) * (12 // size)
    count += 12  # surely too many: go down until the step no longer passes the as-of date
    while later(day, Duration(count * size, "months")) > day_of(as_of):
        count -= 1
    return count


def anniversary(day: date, as_of: date) -> date:
    """The first of day, day + 1 year, day + 2 years … that is on or after the as-of date."""
    years = 0
    while later(day, Duration(12 * years, "months")) < day_of(as_of):
        years += 1
    found = shifted(day, Duration(12 * years, "months"), 1, None)
    assert found is not None
    return found


def quarter(day: date) -> int:
    """1 for January to March, and so on."""
    return {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}[day.month]


def part(name: str, day: date) -> int:
    """The year, quarter, month, day or weekday (Monday is 1) of a date."""
    return {
        "year": day.year,
        "quarter": quarter(day),
        "month": day.month,
        "day": day.day,
        "weekday": day.weekday() + 1,
    }[name]


def in_period(day: date, unit: str, offset: int, as_of: date) -> bool:
    """Whether a date lies in the month, quarter or year of the as-of date, or of the one before or after it."""
    if unit == "year":
        return day.year == as_of.year + offset
    if unit == "quarter":
        return day.year * 4 + quarter(day) == as_of.year * 4 + quarter(as_of) + offset
    return day.year * 12 + day.month == as_of.year * 12 + as_of.month + offset
