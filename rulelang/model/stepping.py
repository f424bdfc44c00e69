"""Moving a day by a length of time, and the cut-offs of an as-of date, whatever the length counts (S5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from rulelang.model.program import Model
from rulelang.values.dates import latest_due, latest_overdue, within_last
from rulelang.values.durations import Duration
from rulelang.values.moments import INSTANT, advanced, clock, later


def moved(day: Any, duration: Duration, sign: int, model: Model) -> Any:
    """A day or moment a length of time later (sign 1) or earlier (-1).

    A moment moved by days or months keeps its time of day. None where the calendar of working days ends before.
    """
    if duration.unit != "working days":
        return advanced(day, duration, sign)
    if model.working_days is None:
        return None
    if not isinstance(day, datetime):
        return model.working_days.step(day, sign * duration.amount)
    target = model.working_days.step(day.date(), sign * duration.amount)
    return None if target is None else datetime.combine(target, day.time())


def due(as_of: date, duration: Duration, model: Model) -> Any:
    """The latest day (of minutes: the latest moment) that has reached an age; None beyond the calendar."""
    if duration.unit == "minutes":
        return later(clock(as_of), -duration.amount)
    if duration.unit == "working days":
        return None if model.working_days is None else model.working_days.latest_due(as_of, duration.amount)
    return latest_due(as_of, duration)


def earliest_within(as_of: date, duration: Duration, model: Model) -> Any:
    """The earliest day (of minutes: moment) that is no older than an age; None beyond the calendar."""
    if duration.unit in ("days", "months"):
        return within_last(as_of, duration)[0]
    before = overdue(as_of, duration, model)
    return None if before is None else before + (INSTANT if duration.unit == "minutes" else timedelta(days=1))


def overdue(as_of: date, duration: Duration, model: Model) -> Any:
    """The latest day (of minutes: the latest moment) that is older than an age; None beyond the calendar."""
    if duration.unit == "minutes":
        return later(clock(as_of), -duration.amount) - INSTANT
    if duration.unit == "working days":
        return None if model.working_days is None else model.working_days.latest_overdue(as_of, duration.amount)
    return latest_overdue(as_of, duration)
