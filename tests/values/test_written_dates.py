"""Dates as people, spreadsheets and programs write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rulelang.values.dates import read_date
from rulelang.values.errors import Unreadable

THE_DAY = date(2026, 1, 31)
SPELLINGS = [
    "2026-01-31",
    "2026-1-31",
    "2026/1/31",
    "2026/01/31",
    "2026.1.31",
    "2026年1月31日",
    "2026年01月31日",
    "2026年1月31号",
    "2026年1月31",
    "2026 年 1 月 31 日",
    "２０２６年１月３１日",
    "２０２６－０１－３１",
    "二〇二六年一月三十一日",
    "二零二六年一月三十一日",
    "20260131",
    "20260131143000",
    "31 Jan 2026",
    "31-Jan-2026",
    "31 JANUARY 2026",
    "31st of January, 2026",
    "Jan 31, 2026",
    "Jan. 31, 2026",
    "January 31st 2026",
    "2026 Jan 31",
    "31/01/2026",
    "01/31/2026",
    "31.1.2026",
    "31-01-2026",
    " 2026-01-31\u3000",
    "\ufeff2026-01-31",
]
TIMES = [
    "T14:30:00",
    "t14:30",
    " 14:30",
    " 14:30:59.123456",
    "T14:30:00Z",
    "T23:30:00-08:00",
    "T00:30:00.5+08:00",
    "T14:30:00+0800",
    " 00:00:00 UTC",
    " 2:30 PM",
    " 2 pm",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_spellings(text: str) -> None:
    assert read_date(text) == THE_DAY


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("text", ["2026-01-31", "2026/1/31", "2026年1月31日", "31 Jan 2026", "31/01/2026"])
def test_a_time_after_it_changes_nothing(text: str, time: str) -> None:
    assert read_date(text + time) == THE_DAY


@pytest.mark.parametrize("time", ["14:30", "14时30分", " 14点", " 下午2:30", "14时30分05秒"])
def test_chinese_times(time: str) -> None:
    assert read_date("2026年1月31日" + time) == THE_DAY


@pytest.mark.parametrize(
    ("text", "day_first", "expected"),
    [
        ("03/04/2026", True, date(2026, 4, 3)),
        ("03/04/2026", False, date(2026, 3, 4)),
        ("3-4-2026", True, date(2026, 4, 3)),
        ("31/01/2026", True, THE_DAY),
        ("01/31/2026", False, THE_DAY),
        ("3/3/2026", None, date(2026, 3, 3)),
        ("13/12/2026", None, date(2026, 12, 13)),
        ("12/13/2026", None, date(2026, 12, 13)),
        ("2026-03-04", True, date(2026, 3, 4)),
        ("3 Apr 2026", False, date(2026, 4, 3)),
    ],
)
def test_day_and_month_order(text: str, day_first: bool | None, expected: date) -> None:
    assert expected == read_date(text, day_first)


@pytest.mark.parametrize(
    ("text", "day_first", "reason"),
    [
        ("03/04/2026", None, "ambiguous-date"),
        ("03.04.2026 12:00", None, "ambiguous-date"),
        ("12/11/2026", None, "ambiguous-date"),
        ("01/31/2026", True, "no-such-day"),
        ("31/01/2026", False, "no-such-day"),
        ("13/13/2026", None, "no-such-day"),
        ("2026-02-30", None, "no-such-day"),
        ("2025-02-29", None, "no-such-day"),
        ("2026-13-01", None, "no-such-day"),
        ("2026-00-01", None, "no-such-day"),
        ("2026/31/01", None, "no-such-day"),
        ("20261301", None, "no-such-day"),
        ("二〇二六年十三月一日", None, "no-such-day"),
        ("31/01/26", None, "two-digit-year"),
        ("31-Jan-26", None, "two-digit-year"),
        ("26年1月31日", None, "two-digit-year"),
        ("2026-01", None, "incomplete-date"),
        ("2026", None, "incomplete-date"),
        ("2026年", None, "incomplete-date"),
        ("2026年1月", None, "incomplete-date"),
        ("1月31日", None, "incomplete-date"),
        ("01/2026", None, "incomplete-date"),
        ("Jan 2026", None, "incomplete-date"),
        ("0000-01-01", None, "out-of-range"),
        ("12026-01-01", None, "out-of-range"),
        ("10000年1月1日", None, "out-of-range"),
        ("", None, "not-a-date"),
        ("长期", None, "not-a-date"),
        ("14:30", None, "not-a-date"),
        ("2026-01/31", None, "not-a-date"),
        ("2026-01-31 foo", None, "not-a-date"),
        ("2026-01-31 25:00", None, "not-a-date"),
        ("2026-01-31 14:60", None, "not-a-date"),
        ("2026-01-31 24:00", None, "not-a-date"),
        ("2026-W05-6", None, "not-a-date"),
        ("20260131250000", None, "not-a-date"),
        ("-2026-01-31", None, "not-a-date"),
        ("45000", None, "not-a-date"),
        ("三月三日", None, "not-a-date"),
        ("31 Foo 2026", None, "not-a-date"),
        ("2026-01-31\x00", None, "not-a-date"),
        ("٢٠٢٦-01-31", None, "not-a-date"),
        ("1" * 10_000, None, "not-a-date"),
    ],
)
def test_refusals(text: str, day_first: bool | None, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_date(text, day_first)
    assert (reason, text) == (raised.value.reason, raised.value.text)


@given(
    st.dates(),
    st.sampled_from(["{0:04}-{1:02}-{2:02}", "{0:04}/{1}/{2}", "{0:04}年{1}月{2}日", "{0:04}{1:02}{2:02}"]),
)
@example(date.min, "{0:04}-{1:02}-{2:02}")
@example(date.max, "{0:04}{1:02}{2:02}")
def test_every_day_reads_back(day: date, spelling: str) -> None:
    assert day == read_date(spelling.format(day.year, day.month, day.day))


@given(st.dates(), st.booleans())
def test_the_order_said_is_the_order_read(day: date, day_first: bool) -> None:
    first, second = (day.day, day.month) if day_first else (day.month, day.day)
    assert day == read_date(f"{first:02}/{second:02}/{day.year:04}", day_first)


@given(st.text(max_size=90) | st.text(st.sampled_from("0123456789-/.年月日T: jan十〇"), max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(read_date(text), date)
    except Unreadable as refusal:
        assert refusal.text == text
