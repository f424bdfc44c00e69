"""Lengths of time as people write them."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest

from rulelang.values.durations import Duration, read_duration
from rulelang.values.errors import Unreadable


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("365 days", 365, "days"),
        ("365days", 365, "days"),
        ("1 day", 1, "days"),
        ("365天", 365, "days"),
        ("３６５天", 365, "days"),
        (" 365　天 ", 365, "days"),
        ("30日", 30, "days"),
        ("2 weeks", 14, "days"),
        ("两周", 14, "days"),
        ("三个星期", 21, "days"),
        ("1,000 days", 1000, "days"),
        ("-5 days", -5, "days"),
        ("0天", 0, "days"),
        ("6个月", 6, "months"),
        ("三个月", 3, "months"),
        ("十二個月", 12, "months"),
        ("12 Months", 12, "months"),
        ("半年", 6, "months"),
        ("half a year", 6, "months"),
        ("half an year", 6, "months"),
        ("a year", 12, "months"),
        ("2 years", 24, "months"),
        ("1.5 years", 18, "months"),
        ("两年", 24, "months"),
        ("一年半", 18, "months"),
        ("1年6个月", 18, "months"),
        ("1 year 6 months", 18, "months"),
        ("18岁", 216, "months"),
        ("1 quarter", 3, "months"),
        ("2个季度", 6, "months"),
        ("二十年", 240, "months"),
    ],
)
def test_spellings(text: str, amount: int, unit: str) -> None:
    assert Duration(amount, unit) == read_duration(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3月", "calendar-month"),
        ("三月", "calendar-month"),
        ("半个月", "not-whole"),
        ("半天", "not-whole"),
        ("1.5 months", "not-whole"),
        ("1个月3天", "mixed-units"),
        ("365", "no-unit"),
        ("3 moons", "unknown-unit"),
        ("1,23 days", "unknown-unit"),
        ("", "not-a-duration"),
        ("-", "not-a-duration"),
        ("days", "not-a-duration"),
        ("长期", "not-a-duration"),
        ("5天天", "not-a-duration"),
        ("一万二天", "not-a-duration"),
        ("٣ days", "not-a-duration"),
        ("99999年", "out-of-range"),
        ("9" * 5000 + " days", "out-of-range"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_duration(text)
    assert (reason, text) == (raised.value.reason, raised.value.text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("day", (2, "days")), ("week", (14, "days")), ("个月", (2, "months")), ("years", (24, "months"))],
)
def test_of_counts_in_days_or_months(word: str, expected: tuple[int, str]) -> None:
    assert Duration(*expected) == Duration.of(2, word)


def test_of_refuses_what_is_no_unit() -> None:
    with pytest.raises(Unreadable, match="unknown-unit"):
        Duration.of(2, "moons")
    with pytest.raises(ValueError, match="must be in"):
        Duration(2, "weeks")


def test_lengths_of_one_unit_have_an_order() -> None:
    assert Duration(1, "months") < Duration(2, "months") <= Duration(2, "months")
    assert Duration(2, "days") > Duration(1, "days") >= Duration(1, "days")
    assert Duration(1, "days") != Duration(1, "months")


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("other", [Duration(1, "months"), 1])
def test_lengths_of_two_units_have_none(compare: Callable[[object, object], bool], other: object) -> None:
    with pytest.raises(TypeError, match="can't be ordered"):
        compare(Duration(30, "days"), other)


def test_a_length_reads_as_text() -> None:
    assert ["1 day", "2 days", "-1 month"] == [
        str(Duration(1, "days")),
        str(Duration(2, "days")),
        str(Duration(-1, "months")),
    ]


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("3 hours", Duration(180, "minutes")),
        ("1 hour 30 minutes", Duration(90, "minutes")),
        ("半个小时", Duration(30, "minutes")),
        ("3个工作日", Duration(3, "working days")),
        ("10 working days", Duration(10, "working days")),
    ],
)
def test_hours_and_working_days_count_things_of_their_own(text: str, duration: Duration) -> None:
    assert duration == read_duration(text)
    assert Duration(2, "minutes") < Duration(3, "minutes")
    with pytest.raises(TypeError):
        assert duration < Duration(3, "days")


def test_whole_hours_are_shown_as_hours() -> None:
    shown = ["2 hours", "1 hour", "90 minutes"]
    assert shown == [str(Duration(each, "minutes")) for each in (120, 60, 90)]
    assert "1 working day" == str(Duration(1, "working days"))
