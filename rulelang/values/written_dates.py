"""Dates as people, spreadsheets and programs write them."""

from __future__ import annotations

import datetime
import re

from rulelang.values.errors import Unreadable
from rulelang.values.numerals import read_numeral
from rulelang.values.text import clean_text, fold_width

_MONTHS = {
    spelling: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for spelling in names
}

_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = r"(?P<day>[0-9]{1,2})"
_ORDINAL = rf"{_DAY}(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[0-9]{1,2})"
_YEAR = r"(?P<year>[0-9]{4})"
_CHINESE_DIGITS = "〇零一二三四五六七八九十"

# A time of day may follow every spelling; the day stays the one written, whatever the zone.
_TIME = re.compile(
    r"(?:\s*t\s*|\s+|(?<=[日号號])\s*)(?:上午|下午)?\s*(?P<hour>[0-9]{1,2})(?:[:时時点點]|(?=\s*[ap]m))"
    r"(?:(?P<minute>[0-9]{1,2})分?(?::?(?P<second>[0-9]{1,2})(?:[.,][0-9]+)?秒?)?)?"
    r"\s*(?:[ap]m)?\s*(?:z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?$"
)

# The order of the parts is said by the spelling itself.
_ORDERED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(?P<mark>[-/.]){_MONTH}(?P=mark){_DAY}",
        rf"{_YEAR}\s*年\s*{_MONTH}\s*月\s*{_DAY}\s*[日号號]?",
        # 20260131, and 20260131143000 as core banking systems write it
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9])?",
        rf"{_ORDINAL}[\s-]+(?:of\s+)?(?P<name>{_NAME})\.?,?[\s-]+{_YEAR}",
        rf"(?P<name>{_NAME})\.?[\s-]+{_ORDINAL}(?:,\s*|[\s-]+){_YEAR}",
        rf"{_YEAR}[\s-]+(?P<name>{_NAME})\.?[\s-]+{_DAY}",
    )
)
_CHINESE = re.compile(
    rf"(?P<year>[{_CHINESE_DIGITS}]{{4}})年(?P<month>[{_CHINESE_DIGITS}]{{1,2}})月"
    rf"(?P<day>[{_CHINESE_DIGITS}]{{1,3}})[日号號]?"
)
_UNORDERED = re.compile(rf"(?P<first>[0-9]{{1,2}})(?P<mark>[-/.])(?P<second>[0-9]{{1,2}})(?P=mark){_YEAR}")
_SHORT_YEAR = re.compile(
    rf"[0-9]{{1,2}}([-/.])[0-9]{{1,2}}\1[0-9]{{2}}|[0-9]{{1,2}}[\s-](?:{_NAME})[\s-][0-9]{{2}}"
    r"|[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}[日号號]?"
)
_INCOMPLETE = re.compile(
    rf"[0-9]{{4}}[-/.][0-9]{{1,2}}|[0-9]{{1,2}}[-/.][0-9]{{4}}|[0-9]{{4}}年?|[0-9]{{4}}年[0-9]{{1,2}}月"
    rf"|[0-9]{{1,2}}月[0-9]{{1,2}}[日号號]|(?:{_NAME})\s+[0-9]{{4}}"
)
_FAR_YEAR = re.compile(r"[0-9]{5,}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{5,}年.*")


def read_date(text: str, day_first: bool | None = None) -> datetime.date:
    """The day a text states, as written: 2026-01-31, 2026/1/31, 2026年1月31日, 20260131, 31 Jan 2026, 31/01/2026.

    A time of day after it is left out, no zone is shifted. ``day_first`` says how 03/04/2026 is meant: True is
    3 April, False 4 March. Raises Unreadable: ``not-a-date``, ``ambiguous-date`` (03/04/2026 and ``day_first``
    unsaid), ``no-such-day`` (30 February, or a month 31 under the order said), ``incomplete-date``,
    ``two-digit-year`` or ``out-of-range`` (years beyond 1 to 9999).
    """
    written = fold_width(clean_text(text)).casefold()
    common = _ORDERED[0].fullmatch(written)
    if common:
        return _day(int(common["year"]), int(common["month"]), int(common["day"]), text)
    if len(written) > 80:
        raise Unreadable("not-a-date", text)
    body = _without_time(written)
    for pattern in _ORDERED:
        found = pattern.fullmatch(body)
        if found:
            parts = found.groupdict()
            month = _MONTHS[parts["name"]] if "name" in parts else int(parts["month"])
            return _day(int(parts["year"]), month, int(parts["day"]), text)
    found = _UNORDERED.fullmatch(body)
    if found:
        first, second = int(found["first"]), int(found["second"])
        day, month = _in_order(first, second, day_first, text)
        return _day(int(found["year"]), month, day, text)
    found = _CHINESE.fullmatch(body)
    if found:
        year, month_number, day_number = (read_numeral(found[part]) for part in ("year", "month", "day"))
        if year is not None and month_number is not None and day_number is not None:
            return _day(year, month_number, day_number, text)
    for reason, pattern in (
        ("two-digit-year", _SHORT_YEAR),
        ("incomplete-date", _INCOMPLETE),
        ("out-of-range", _FAR_YEAR),
    ):
        if pattern.fullmatch(body):
            raise Unreadable(reason, text)
    raise Unreadable("not-a-date", text)


def _without_time(written: str) -> str:
    """The text before a time of day, if a possible one ends it."""
    time = _TIME.search(written)
    if time is None:
        return written
    possible = int(time["hour"]) < 24 and int(time["minute"] or 0) < 60 and int(time["second"] or 0) < 60
    return written[: time.start()] if possible else written


def _in_order(first: int, second: int, day_first: bool | None, text: str) -> tuple[int, int]:
    """Day and month of two numbers: by the order said, or by the only order that fits."""
    if day_first is None:
        if first <= 12 and second <= 12 and first != second:
            raise Unreadable("ambiguous-date", text)
        day_first = second <= 12
    return (first, second) if day_first else (second, first)


def _day(year: int, month: int, day: int, text: str) -> datetime.date:
    if year == 0:
        raise Unreadable("out-of-range", text)
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Unreadable("no-such-day", text) from None
