"""Working days: the days from Monday to Friday that are no holidays, and the weekend days that are worked instead."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from attrs import field, frozen

# Titles of the columns that say which day it is, and whether it is worked.
DAY_TITLES = ("date", "day", "holiday", "日期", "节假日", "放假日期", "日子")
KIND_TITLES = ("kind", "type", "类型", "类别", "安排")

_OFF = ("holiday", "off", "day off", "closed", "休", "休息", "休息日", "放假", "假", "假日", "节假日", "法定节假日")
_WORKED = ("working", "working day", "workday", "work", "open", "班", "上班", "补班", "调休上班", "调班", "工作日")
_SATURDAY = 6
_DAY = timedelta(days=1)


def is_worked(word: str) -> bool | None:
    """Whether the word for a listed day says that it is worked: 上班 is, holiday is not; None for any other word."""
    folded = word.casefold()
    return True if folded in _WORKED else False if folded in _OFF or not folded else None


@frozen
class WorkingDays:
    """The calendar of a list of holidays: the whole years from the first to the last day in the list.

    ``worked`` are listed days that are worked though they fall on a weekend. Beyond these years nothing is known.
    """

    holidays: tuple[date, ...]
    worked: tuple[date, ...] = ()
    _days: list[date] = field(init=False, eq=False, repr=False)

    @_days.default
    def _all_working_days(self) -> list[date]:
        off, worked = frozenset(self.holidays), frozenset(self.worked)
        first, last = self.first.toordinal(), self.last.toordinal()
        days = map(date.fromordinal, range(first, last + 1))
        return [each for each in days if each in worked or (each not in off and each.isoweekday() < _SATURDAY)]

    @classmethod
    def of(cls, listed: Iterable[tuple[date, bool]]) -> WorkingDays:
        """The calendar of listed days, each with whether it is worked. ValueError where none is listed."""
        found = dict(listed)
        if not found:
            raise ValueError("a calendar needs at least one listed day")
        off = sorted(day for day, worked in found.items() if not worked)
        return cls(tuple(off), tuple(sorted(day for day, worked in found.items() if worked)))

    @property
    def first(self) -> date:
        """1 January of the first year that is known."""
        return date(min((*self.holidays, *self.worked)).year, 1, 1)

    @property
    def last(self) -> date:
        """31 December of the last year that is known."""
        return date(max((*self.holidays, *self.worked)).year, 12, 31)

    def step(self, day: date, amount: int) -> date | None:
        """The so-many-th working day after a day, or before it for a negative number; the day itself for 0.

        None where that needs a year that is not known.
        """
        if not self.first <= day <= self.last:
            return None
        if amount == 0:
            return day
        index = bisect_right(self._days, day) + amount - 1 if amount > 0 else bisect_left(self._days, day) + amount
        return self._days[index] if 0 <= index < len(self._days) else None

    def latest_due(self, as_of: date, amount: int) -> date | None:
        """The latest day from which so many working days have passed on ``as_of``: ``step(d, amount) <= as_of``."""
        if not self.first <= as_of <= self.last:
            return None
        if amount == 0:
            return as_of
        index = bisect_right(self._days, as_of) - amount
        if amount < 0:
            return self._days[index - 1] if index <= len(self._days) else None
        return self._days[index] - _DAY if index >= 0 else None

    def latest_overdue(self, as_of: date, amount: int) -> date | None:
        """The latest day from which more than so many working days have passed: ``step(d, amount) < as_of``."""
        return None if as_of == date.min else self.latest_due(as_of - _DAY, amount)
