"""Working days by the list: every step against counting on the fingers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rulelang.values.working_days import WorkingDays, is_worked

# 2026: New Year, and the Spring Festival with its two worked weekend days.
LISTED = {
    date(2026, 1, 1): False,
    date(2026, 2, 14): True,
    **{date(2026, 2, day): False for day in range(15, 24)},
    date(2026, 2, 28): True,
    date(2026, 12, 25): False,
}
CALENDAR = WorkingDays.of(LISTED.items())
DAYS = [date(2026, 1, 1) + timedelta(days=each) for each in range(365)]
WORKING = [each for each in DAYS if LISTED.get(each, each.weekday() < 5)]


def counted(day: date, amount: int) -> date | None:
    """Day by day, in the direction of the sign."""
    way = timedelta(days=1 if amount > 0 else -1)
    while amount:
        day += way
        if day.year != 2026:
            return None
        amount -= (1 if amount > 0 else -1) * (day in WORKING)
    return day


@pytest.mark.parametrize("amount", [0, 1, 2, 3, 10, 60, -1, -2, -10])
def test_a_step_lands_on_the_so_many_th_working_day(amount: int) -> None:
    assert [counted(each, amount) for each in DAYS] == [CALENDAR.step(each, amount) for each in DAYS]


@pytest.mark.parametrize("amount", [0, 1, 2, 3, 10, -1, -3])
def test_a_cut_off_says_the_same_as_the_step(amount: int) -> None:
    for as_of in DAYS[60:300]:
        due, overdue = CALENDAR.latest_due(as_of, amount), CALENDAR.latest_overdue(as_of, amount)
        assert due is not None and overdue is not None
        for day in DAYS[as_of.timetuple().tm_yday - 45 : as_of.timetuple().tm_yday + 30]:
            moved = counted(day, amount)
            if moved is not None:
                assert (moved <= as_of) is (day <= due), (day, as_of)
                assert (moved < as_of) is (day <= overdue), (day, as_of)


def test_beyond_the_listed_years_nothing_is_known() -> None:
    assert CALENDAR.step(date(2025, 12, 31), 1) is None
    assert CALENDAR.step(date(2027, 1, 1), 1) is None
    assert CALENDAR.step(date(2026, 12, 31), 1) is None
    assert CALENDAR.latest_due(date(2026, 1, 5), 10) is None
    assert CALENDAR.latest_due(date(2027, 1, 1), 1) is None
    assert CALENDAR.latest_overdue(date(2026, 1, 1), 1) is None
    assert (date(2026, 1, 1), date(2026, 12, 31)) == (CALENDAR.first, CALENDAR.last)
    with pytest.raises(ValueError, match="at least one"):
        WorkingDays.of([])


@pytest.mark.parametrize(("word", "worked"), [("上班", True), ("Holiday", False), ("", False), ("maybe", None)])
def test_words_for_a_listed_day(word: str, worked: bool | None) -> None:
    assert is_worked(word) is worked
