"""Days with a time of day: how they are written, and the as-of date where hours count.

The day and the time are those written; no time zone is shifted.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from typing import Any

from rulelang.values.dates import step
from rulelang.values.durations import Duration
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text, fold_width
from rulelang.values.written_dates import read_date

INSTANT = timedelta.resolution

_TIME = re.compile(
    r"(?:\s*t\s*|\s+|(?<=[日号號])\s*)(?P<half>上午|下午|am|pm)?\s*(?P<hour>[0-9]{1,2})"
    r"(?:[:时時点點](?:(?P<minute>[0-9]{1,2})分?(?::?(?P<second>[0-9]{1,2})(?:[.,](?P<fraction>[0-9]{1,9}))?秒?)?)?"
    r"|(?=\s*[ap]m))\s*(?P<after>am|pm)?\s*(?P<zone>z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?$"
)
_COMPACT = re.compile(r"([0-9]{8})([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])")
_AFTERNOON = ("下午", "pm")
_MORNING = ("上午", "am")


class Moment(date):
    """A day with the time of day on it: a date to whatever counts in days, and a clock where hours count."""

    time: time

    @classmethod
    def of(cls, moment: datetime) -> Moment:
        """The day of a moment with its time, both as written."""
        made = date.__new__(cls, moment.year, moment.month, moment.day)
        made.time = moment.time()
        return made

    def __new__(cls, year: int, month: int, day: int) -> date:  # type: ignore[misc]  # a day reckoned from this one
        return date(year, month, day)

    @property
    def moment(self) -> datetime:
        """The day and the time."""
        return datetime.combine(date(self.year, self.month, self.day), self.time)

    def isoformat(self) -> str:
        return self.moment.isoformat(" ", "minutes" if not self.time.second else "seconds")

    __str__ = isoformat

    def __reduce__(self) -> tuple[Any, ...]:
        return Moment.of, (self.moment,)


def plain_day(day: date) -> date:
    """The day alone. Raises TypeError for what is no date."""
    if not isinstance(day, date):
        raise TypeError(f"an as-of date is a datetime.date, not {type(day).__name__}: {day!r}")
    return date(day.year, day.month, day.day) if type(day) is not date else day


def clock(as_of: date) -> datetime:
    """The moment that an as-of date with a time says. A date without one is taken to begin."""
    return as_of.moment if isinstance(as_of, Moment) else datetime.combine(plain_day(as_of), time.min)


def later(moment: datetime, minutes: int) -> datetime:
    """A moment so many minutes later; clamped to the years 1 to 9999."""
    try:
        return moment + timedelta(minutes=minutes)
    except OverflowError:
        return datetime(MAXYEAR, 12, 31, 23, 59, 59, 999_999) if minutes > 0 else datetime(MINYEAR, 1, 1)


def advanced(day: Any, duration: Duration, sign: int = 1) -> Any:
    """A day or a moment a length of time later; a moment moved by days or months keeps its time of day."""
    if duration.unit == "minutes":
        return later(day, sign * duration.amount)
    if isinstance(day, datetime):
        return datetime.combine(step(day.date(), duration, sign), day.time())
    return step(day, duration, sign)


def read_moment(text: str, day_first: bool | None = None) -> tuple[datetime, str | None]:
    """The day and time that a text states, as written, and what is to be told of it.

    ``2026-01-31 15:30``, ``2026-01-31T15:30:00Z``, ``2026年1月31日15时30分``, ``20260131153000``. To be told are a time
    zone that is written, since it is not reckoned with (``zone-as-written``), and a day without a time, which is taken
    to begin (``no-time-of-day``). Raises Unreadable as `read_date` does, and ``no-such-time`` for 25:00.
    """
    written = fold_width(clean_text(text)).casefold()
    compact = _COMPACT.fullmatch(written)
    if compact:
        day = read_date(compact[1])
        return datetime(day.year, day.month, day.day, int(compact[2]), int(compact[3]), int(compact[4])), None
    found = _TIME.search(written) if len(written) <= 80 else None
    if found is None:
        day = read_date(text, day_first)
        return datetime.combine(day, time.min), "no-time-of-day"
    day = read_date(written[: found.start()], day_first)
    hour, half = int(found["hour"]), found["half"] or found["after"]
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    fraction = int(f"{found['fraction'] or '0':0<6}"[:6])
    try:
        at = time(hour, int(found["minute"] or 0), int(found["second"] or 0), fraction)
    except ValueError:
        raise Unreadable("no-such-time", text) from None
    return datetime.combine(day, at), "zone-as-written" if found["zone"] else None


def read_as_of(text: str) -> date:
    """An as-of date, with its time where one is written. Raises Unreadable as `read_moment` does."""
    moment, finding = read_moment(text)
    return moment.date() if finding == "no-time-of-day" else Moment.of(moment)
