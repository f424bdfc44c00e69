"""Calendar arithmetic: steps, cut-off dates, ages, anniversaries and periods; `read_date` reads a date's text.

A step of months goes forward from the date itself; a step onto a day that does not exist takes the month's
last day (31 August and six months is 28 February). Steps are monotone, so a comparison with an age is a
comparison with one cut-off date computed beforehand.

Everything is reckoned on an unbounded calendar; only the answer is clamped to ``date.min`` or ``date.max``.
A cut-off that lies before the year 1 is therefore 1 January of the year 1.
"""

from __future__ import annotations

import calendar
import datetime

from rulelang.values.durations import UNITS, Duration
from rulelang.values.written_dates import read_date as read_date  # one door for dates

_FIRST_MONTH = 12  # the months of all years counted from January of the year 0
_LAST_MONTH = 12 * datetime.MAXYEAR + 11
_LAST_DAY = datetime.date.max.toordinal()
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}

PERIODS = tuple(_MONTHS_IN)
DATE_PARTS = ("year", "quarter", "month", "day", "weekday")


def step(day: datetime.date, duration: Duration, sign: int = 1) -> datetime.date:
    """The date a length of time after ``day``, before it with ``sign=-1``; clamped to the years 1 to 9999."""
    amount = sign * duration.amount
    if duration.unit == "days":
        return _from_ordinal(day.toordinal() + amount)
    month = _month_index(day) + amount
    if month < _FIRST_MONTH:
        return datetime.date.min
    if month > _LAST_MONTH:
        return datetime.date.max
    return _day_in_month(month, day.day)


def latest_due(as_of: datetime.date, duration: Duration) -> datetime.date:
    """The latest date at least this long before ``as_of``: d <= latest_due says d + duration <= as_of."""
    return _from_ordinal(_latest_due(as_of.toordinal(), duration))


def latest_overdue(as_of: datetime.date, duration: Duration) -> datetime.date:
    """The latest date longer than this before ``as_of``: d <= latest_overdue says d + duration < as_of."""
    return _from_ordinal(_latest_due(as_of.toordinal() - 1, duration))


def within_last(as_of: datetime.date, duration: Duration) -> tuple[datetime.date, datetime.date]:
    """First and last of the dates up to ``as_of`` that are no longer than this ago, both included."""
    return _from_ordinal(_latest_due(as_of.toordinal() - 1, duration) + 1), as_of


def within_next(as_of: datetime.date, duration: Duration) -> tuple[datetime.date, datetime.date]:
    """First and last of the dates from ``as_of`` to this much later, both included."""
    return as_of, step(as_of, duration)


def age_in(unit: str, day: datetime.date, as_of: datetime.date) -> int:
    """Completed units (days, weeks, months, quarters, years): the largest n with day + n units <= as_of.

    Negative for a date in the future, by the same definition: tomorrow's age in years is -1.
    """
    base, size = UNITS[unit]
    if base == "days":
        return (as_of.toordinal() - day.toordinal()) // size
    months = _month_index(as_of) - _month_index(day)
    if min(day.day, _days_in(_month_index(as_of))) > as_of.day:
        months -= 1
    return months // size


def next_anniversary(day: datetime.date, as_of: datetime.date) -> datetime.date:
    """The first anniversary on or after ``as_of``; for a date in the future that date itself.

    29 February has its anniversary on 28 February in common years.
    """
    years = max(0, as_of.year - day.year)
    anniversary = step(day, Duration(12 * years, "months"))
    return anniversary if anniversary >= as_of else step(day, Duration(12 * (years + 1), "months"))


def period(day: datetime.date, unit: str, offset: int = 0) -> tuple[datetime.date, datetime.date]:
    """First and last day of the month, quarter or year of a date, or of the one ``offset`` periods later."""
    size = _MONTHS_IN[unit]
    first = (_month_index(day) // size + offset) * size
    last = first + size - 1
    start = _day_in_month(first, 1) if _FIRST_MONTH <= first <= _LAST_MONTH else _beyond(first)
    end = _day_in_month(last, 31) if _FIRST_MONTH <= last <= _LAST_MONTH else _beyond(last)
    return start, end


def date_part(part: str, day: datetime.date) -> int:
    """The year, quarter (1 to 4), month, day of the month or weekday (1 is Monday) of a date."""
    match part:
        case "year":
            return day.year
        case "quarter":
            return (day.month + 2) // 3
        case "month":
            return day.month
        case "day":
            return day.day
        case "weekday":
            return day.isoweekday()
    raise ValueError(f"{part!r} is no part of a date; parts are {', '.join(DATE_PARTS)}")


def written_day(value: datetime.date) -> datetime.date:
    """The plain date of a date or of a date with time: the day as written, no time zone is shifted."""
    return value.date() if isinstance(value, datetime.datetime) else value


def _latest_due(as_of: int, duration: Duration) -> int:
    """The day number of `latest_due`, which may lie outside the calendar (as ``as_of`` may, by one day)."""
    if duration.unit == "days":
        return as_of - duration.amount
    if as_of < 1:
        return as_of - 1
    limit = datetime.date.fromordinal(as_of)
    month = _month_index(limit) - duration.amount
    if month < _FIRST_MONTH:
        return 0
    if month > _LAST_MONTH:
        return _LAST_DAY
    # On the last day of its month every day of the earlier month is due: none steps beyond that day.
    last_of_month = limit.day == _days_in(_month_index(limit))
    return _day_in_month(month, 31 if last_of_month else limit.day).toordinal()


def _month_index(day: datetime.date) -> int:
    return 12 * day.year + day.month - 1


def _days_in(month: int) -> int:
    return calendar.monthrange(month // 12, month % 12 + 1)[1]


def _day_in_month(month: int, day: int) -> datetime.date:
    return datetime.date(month // 12, month % 12 + 1, min(day, _days_in(month)))


def _from_ordinal(number: int) -> datetime.date:
    return datetime.date.fromordinal(min(max(number, 1), _LAST_DAY))


def _beyond(month: int) -> datetime.date:
    return datetime.date.min if month < _FIRST_MONTH else datetime.date.max
