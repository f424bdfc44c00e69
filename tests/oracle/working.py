"""Working days, counted on the fingers: day by day, in the years of which holidays are listed."""

from __future__ import annotations

from datetime import date, timedelta

from rulelang.values.working_days import WorkingDays

ONE = timedelta(days=1)


def covered(listed: WorkingDays, day: date) -> bool:
    """Whether holidays are listed for the year of a day, or for years before and after it."""
    years = [each.year for each in (*listed.holidays, *listed.worked)]
    return min(years) <= day.year <= max(years)


def is_worked(listed: WorkingDays, day: date) -> bool:
    """Monday to Friday but for the holidays, and the weekend days that are worked instead."""
    return day in listed.worked or (day.weekday() < 5 and day not in listed.holidays)


def moved(listed: WorkingDays, day: date, amount: int) -> date | None:
    """The so-many-th working day after a day (before it: negative); None where a year is not listed."""
    way = ONE if amount > 0 else -ONE
    left = abs(amount)
    while covered(listed, day):
        if left == 0:
            return day
        day += way
        left -= is_worked(listed, day) if covered(listed, day) else 0
    return None


def oldest_due(listed: WorkingDays, as_of: date, amount: int) -> date | None:
    """The last day with so many working days after it, up to the as-of date; None where a year is not listed."""
    day, passed = as_of, 0
    while covered(listed, day) and covered(listed, as_of):
        if passed == amount:
            return day
        passed += is_worked(listed, day)
        if passed == amount:
            return day - ONE
        day -= ONE
    return None


def age_compares(operator: str, day: date, amount: int, as_of: date, listed: WorkingDays) -> bool | None:
    """Whether a day is so many working days old; None where these can't be counted back from the as-of date."""
    reached, exceeded = oldest_due(listed, as_of, amount), oldest_due(listed, as_of - ONE, amount)
    cut_off = reached if operator in (">=", "<") else exceeded
    if cut_off is None:
        return None
    return day <= cut_off if operator in (">=", ">") else day > cut_off
