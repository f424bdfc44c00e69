"""Days with a time of day, as people and programs write them; the as-of date with its time."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta

import pytest

from rulelang.values.durations import Duration
from rulelang.values.errors import Unreadable
from rulelang.values.moments import Moment, advanced, clock, later, plain_day, read_as_of, read_moment

AT = datetime(2026, 1, 31, 15, 30)


@pytest.mark.parametrize(
    ("text", "moment", "finding"),
    [
        ("2026-01-31 15:30", AT, None),
        ("2026-01-31T15:30:00", AT, None),
        ("2026/1/31 15:30", AT, None),
        ("2026年1月31日15时30分", AT, None),
        ("2026年1月31日 下午3点30分", AT, None),
        ("2026-01-31 3:30 PM", AT, None),
        ("2026-01-31 12:05 am", datetime(2026, 1, 31, 0, 5), None),
        ("20260131153000", AT, None),
        ("2026-01-31T15:30:00.25", AT.replace(microsecond=250_000), None),
        ("2026-01-31T15:30:00Z", AT, "zone-as-written"),
        ("2026-01-31T15:30:00+08:00", AT, "zone-as-written"),
        ("2026-01-31", datetime(2026, 1, 31), "no-time-of-day"),
    ],
)
def test_a_moment_is_read_as_written(text: str, moment: datetime, finding: str | None) -> None:
    assert (moment, finding) == read_moment(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-01-31 25:00", "no-such-time"),
        ("2026-02-30 15:30", "no-such-day"),
        ("soon", "not-a-date"),
        ("03/04/2026 15:30", "ambiguous-date"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_moment(text)
    assert reason == raised.value.reason


def test_an_as_of_date_with_a_time_is_a_day_to_whatever_counts_in_days() -> None:
    as_of = Moment.of(AT)
    assert date(2026, 1, 31) == as_of and as_of < date(2026, 2, 1)
    assert date(2026, 2, 1) == as_of + timedelta(days=1)
    assert type(plain_day(as_of)) is date
    assert AT == clock(as_of) == pickle.loads(pickle.dumps(as_of)).moment
    assert "2026-01-31 15:30" == str(as_of) == as_of.isoformat()
    assert datetime(2026, 1, 31) == clock(date(2026, 1, 31))
    assert AT == read_as_of("2026-01-31T15:30").moment  # type: ignore[attr-defined]  # with a time it is a Moment
    assert date is type(read_as_of("2026-01-31"))


def test_moments_move_by_minutes_and_keep_their_time_otherwise() -> None:
    assert datetime(2026, 1, 31, 17, 0) == advanced(AT, Duration(90, "minutes"))
    assert datetime(2026, 2, 28, 15, 30) == advanced(AT, Duration(1, "months"))
    assert datetime(2026, 1, 30, 15, 30) == advanced(AT, Duration(1, "days"), -1)
    assert (datetime.max, datetime.min) == (later(AT, 10**12), later(AT, -(10**12)))
