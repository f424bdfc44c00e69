"""Calendar arithmetic against brute force."""

from __future__ import annotations

import datetime
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.values.dates import (
    age_in,
    date_part,
    latest_due,
    latest_overdue,
    next_anniversary,
    period,
    step,
    within_last,
    within_next,
    written_day,
)
from rulelang.values.durations import Duration

DAYS = datetime.timedelta(days=1)
middle = st.dates(date(1600, 1, 1), date(2400, 12, 31))
durations = st.builds(Duration, st.integers(-40, 900), st.just("days")) | st.builds(
    Duration, st.integers(-13, 130), st.just("months")
)
UNITS = {"days": ("days", 1), "weeks": ("days", 7), "months": ("months", 1), "quarters": ("months", 3)}
UNITS["years"] = ("months", 12)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        (date(2025, 8, 31), 6, "months", date(2026, 2, 28)),
        (date(2023, 8, 31), 6, "months", date(2024, 2, 29)),
        (date(2024, 2, 29), 12, "months", date(2025, 2, 28)),
        (date(2024, 2, 29), 48, "months", date(2028, 2, 29)),
        (date(2024, 3, 31), -1, "months", date(2024, 2, 29)),
        (date(2024, 1, 31), 1, "months", date(2024, 2, 29)),
        (date(2025, 12, 15), 1, "months", date(2026, 1, 15)),
        (date(2025, 5, 31), 365, "days", date(2026, 5, 31)),
        (date(2024, 2, 28), 1, "days", date(2024, 2, 29)),
    ],
)
def test_a_step_takes_a_short_months_last_day(start: date, amount: int, unit: str, expected: date) -> None:
    assert expected == step(start, Duration(amount, unit))


@given(middle, durations)
def test_a_step_with_sign_minus_one_is_a_step_of_the_negative_length(start: date, duration: Duration) -> None:
    assert step(start, -duration) == step(start, duration, sign=-1)


@given(middle, middle, durations)
def test_steps_are_monotone(first: date, second: date, duration: Duration) -> None:
    early, late = sorted((first, second))
    assert step(early, duration) <= step(late, duration)


@pytest.mark.parametrize("months", [0, 1, 2, 3, 6, 11, 12, 13, 24, 48, -1, -5])
def test_latest_due_is_the_latest_by_brute_force(months: int) -> None:
    duration = Duration(months, "months")
    candidates = [date(2022, 11, 1) + offset * DAYS for offset in range(1500)]
    stepped = [step(each, duration) for each in candidates]
    for as_of in (date(2024, 1, 25) + offset * DAYS for offset in range(0, 430)):
        due = [each for each, then in zip(candidates, stepped, strict=True) if then <= as_of]
        if due and due[-1] != candidates[-1]:
            assert due[-1] == latest_due(as_of, duration)


@given(middle, durations, st.integers(-3, 3))
def test_a_cut_off_says_what_the_step_says(as_of: date, duration: Duration, offset: int) -> None:
    day = latest_due(as_of, duration) + offset * DAYS
    assert (step(day, duration) <= as_of) == (day <= latest_due(as_of, duration))
    assert (step(day, duration) < as_of) == (day <= latest_overdue(as_of, duration))
    assert latest_overdue(as_of, duration) == latest_due(as_of - DAYS, duration)


@given(middle, durations.filter(lambda each: each.amount >= 0), st.integers(-3, 3), st.booleans())
def test_within_last_is_the_complement_of_longer_ago(
    as_of: date, duration: Duration, offset: int, near_start: bool
) -> None:
    first, last = within_last(as_of, duration)
    day = (first if near_start else last) + offset * DAYS
    assert (first <= day <= last) == (day <= as_of and not step(day, duration) < as_of)


def test_windows_include_both_ends() -> None:
    assert (date(2026, 1, 2), date(2026, 4, 2)) == within_last(date(2026, 4, 2), Duration(90, "days"))
    assert (date(2026, 4, 2), date(2026, 4, 9)) == within_next(date(2026, 4, 2), Duration(7, "days"))
    # 28 February is due for 28 to 31 August alike, so that all of them lie within the last six months.
    assert (date(2025, 8, 28), date(2026, 2, 28)) == within_last(date(2026, 2, 28), Duration(6, "months"))


@given(middle, middle, st.sampled_from(sorted(UNITS)))
def test_age_is_the_largest_number_of_units_that_fits(day: date, as_of: date, unit: str) -> None:
    base, size = UNITS[unit]
    age = age_in(unit, day, as_of)
    assert step(day, Duration(age * size, base)) <= as_of < step(day, Duration((age + 1) * size, base))


@pytest.mark.parametrize(
    ("unit", "day", "as_of", "expected"),
    [
        ("years", date(2000, 2, 29), date(2018, 2, 28), 18),
        ("years", date(2000, 2, 29), date(2018, 2, 27), 17),
        ("years", date(2026, 1, 2), date(2026, 1, 1), -1),
        ("days", date(2026, 1, 2), date(2026, 1, 1), -1),
        ("months", date(2026, 1, 2), date(2026, 1, 1), -1),
        ("months", date(2025, 8, 31), date(2026, 2, 28), 6),
        ("years", date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_ages(unit: str, day: date, as_of: date, expected: int) -> None:
    assert expected == age_in(unit, day, as_of)


@given(middle, middle)
def test_the_next_anniversary_is_the_first_by_brute_force(day: date, as_of: date) -> None:
    steps = (step(day, Duration(12 * years, "months")) for years in range(900))
    assert next(each for each in steps if each >= as_of) == next_anniversary(day, as_of)


@pytest.mark.parametrize(
    ("day", "as_of", "expected"),
    [
        (date(2000, 2, 29), date(2026, 2, 28), date(2026, 2, 28)),
        (date(2000, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
        (date(1990, 6, 1), date(2026, 6, 1), date(2026, 6, 1)),
        (date(1990, 6, 1), date(2026, 6, 2), date(2027, 6, 1)),
        (date(2030, 6, 1), date(2026, 6, 2), date(2030, 6, 1)),
    ],
)
def test_anniversaries(day: date, as_of: date, expected: date) -> None:
    assert expected == next_anniversary(day, as_of)


@pytest.mark.parametrize(
    ("unit", "offset", "expected"),
    [
        ("month", 0, (date(2024, 2, 1), date(2024, 2, 29))),
        ("month", -1, (date(2024, 1, 1), date(2024, 1, 31))),
        ("month", -2, (date(2023, 12, 1), date(2023, 12, 31))),
        ("quarter", 0, (date(2024, 1, 1), date(2024, 3, 31))),
        ("quarter", -1, (date(2023, 10, 1), date(2023, 12, 31))),
        ("year", 0, (date(2024, 1, 1), date(2024, 12, 31))),
        ("year", 1, (date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_periods(unit: str, offset: int, expected: tuple[date, date]) -> None:
    assert expected == period(date(2024, 2, 17), unit, offset)


@given(st.dates(date(1600, 1, 1), date(2400, 1, 1)), st.sampled_from(["month", "quarter", "year"]))
def test_periods_follow_each_other_without_gap(day: date, unit: str) -> None:
    first, last = period(day, unit)
    assert first <= day <= last
    assert period(day, unit, 1)[0] == last + DAYS
    assert period(day, unit, -1)[1] == first - DAYS


def test_date_parts() -> None:
    day = date(2026, 11, 22)
    parts = {part: date_part(part, day) for part in ("year", "quarter", "month", "day", "weekday")}
    assert {"year": 2026, "quarter": 4, "month": 11, "day": 22, "weekday": 7} == parts
    with pytest.raises(ValueError, match="fortnight"):
        date_part("fortnight", day)


def test_answers_are_clamped_to_the_calendar() -> None:
    century = Duration(1200, "months")
    assert date.max == step(date(9999, 1, 1), Duration(12, "months"))
    assert date.max == step(date(9999, 1, 1), Duration(400, "days"))
    assert date.min == step(date(50, 1, 1), century, sign=-1)
    assert date.min == latest_due(date(50, 1, 1), century)
    assert date.min == latest_due(date(1, 3, 1), Duration(400, "days"))
    assert date.min == latest_overdue(date.min, century)
    assert date.max == latest_due(date.max, -century)
    assert (date.min, date(50, 1, 1)) == within_last(date(50, 1, 1), century)
    assert (date.min, date.min) == within_last(date.min, Duration(0, "months"))
    assert (date.min, date.min) == within_last(date.min, Duration(0, "days"))
    assert (date.max, date.max) == within_next(date.max, Duration(1, "days"))
    assert date.max == next_anniversary(date(2000, 1, 1), date(9999, 6, 1))
    assert (date.min, date.min) == period(date.min, "month", -1)
    assert (date.max, date.max) == period(date.max, "year", 1)


def test_the_last_day_of_the_calendar_is_reckoned_like_any_other() -> None:
    assert date(9998, 12, 31) == latest_due(date.max, Duration(12, "months"))
    assert 7973 == age_in("years", date(2026, 1, 1), date.max)


def test_a_date_with_time_keeps_its_written_day() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=8))
    assert date(2026, 1, 31) == written_day(datetime.datetime(2026, 1, 31, 0, 30, tzinfo=zone))
    assert date(2026, 1, 31) == written_day(date(2026, 1, 31))
