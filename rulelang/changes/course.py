"""How values go with time: rising, falling, staying, and the days on which they jump."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from attrs import frozen

from rulelang.values.dates import next_anniversary, period

Days = frozenset[date]

DAY = timedelta(days=1)
NO_DAYS: Days = frozenset()


@frozen
class Course:
    """How a value goes with time: on the ``breaks`` it may jump; in between it rises (1), falls (-1) or stays (0);
    ``way`` is None where nothing can be said.
    """

    breaks: Days = NO_DAYS
    way: int | None = 0


STAYS = Course()
ANYHOW = Course(NO_DAYS, None)


def joined(found: Iterable[Days | None]) -> Days | None:
    """All days together; any day where one of them is any day."""
    days: set[date] = set()
    for each in found:
        if each is None:
            return None
        days |= each
    return frozenset(days)


def flipped(course: Course, sign: int) -> Course:
    """The course of a value, or of its opposite where the sign is -1."""
    return Course(course.breaks, None if course.way is None else course.way * sign)


def added(one: Course, other: Course, sign: int) -> Course:
    """A sum or a difference: rises where one side rises and the other does not fall."""
    other = flipped(other, sign)
    if one.way is None or other.way is None or one.way * other.way < 0:
        return ANYHOW
    return Course(one.breaks | other.breaks, one.way or other.way)


def steady(courses: Iterable[Course]) -> Course:
    """What stays as long as all parts of it do."""
    courses = tuple(courses)
    if any(each.way != 0 for each in courses):
        return ANYHOW
    return Course(frozenset(day for each in courses for day in each.breaks))


def changes(state: Callable[[date], tuple[Any, ...]], first: date, last: date) -> Iterator[date]:
    """The days on which a state is another than the day before; each part of it changes in one direction only."""
    now, end = state(first), state(last)
    while now != end:
        low, high = first, last
        while high - low > DAY:
            middle = low + (high - low) // 2
            if state(middle) == now:
                low = middle
            else:
                high = middle
        yield high
        first, now = high, state(high)


def days_after_anniversaries(born: date | None, start: date, end: date) -> Iterator[date]:
    """The days from which on the next anniversary is another one, after ``start`` up to ``end``."""
    while born is not None and (following := next_anniversary(born, start)) < end:
        start = following + DAY
        yield start


def starts_of_months(start: date, end: date) -> Iterator[date]:
    """The first days of months after ``start``, up to one at or after ``end``."""
    while start < end and start.year < date.max.year:
        start = period(start, "month", 1)[0]
        yield start
