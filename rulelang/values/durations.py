"""Lengths of time in whole days, months, minutes or working days, and how people write them."""

from __future__ import annotations

import re
from fractions import Fraction

from attrs import field, frozen
from attrs.validators import in_

from rulelang.values.errors import Unreadable
from rulelang.values.numerals import NUMERAL_CHARACTERS, read_numeral
from rulelang.values.text import clean_text, fold_width

# A unit's word -> what it counts, and how many of them it is.
UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("day", "days", "天", "日"), ("days", 1)),
    **dict.fromkeys(("week", "weeks", "周", "週", "星期", "个星期", "個星期"), ("days", 7)),
    **dict.fromkeys(("month", "months", "个月", "個月"), ("months", 1)),
    **dict.fromkeys(("quarter", "quarters", "季度", "个季度", "個季度", "季"), ("months", 3)),
    **dict.fromkeys(("year", "years", "年", "岁", "歲", "周岁", "周歲"), ("months", 12)),
    **dict.fromkeys(("hour", "hours", "小时", "个小时", "小時", "個小時"), ("minutes", 60)),
    **dict.fromkeys(("minute", "minutes", "分钟", "分鐘"), ("minutes", 1)),
    **dict.fromkeys(("working day", "working days", "个工作日", "工作日", "個工作日"), ("working days", 1)),
}
COUNTED = ("days", "months", "minutes", "working days")

_COUNT = re.compile(
    rf"half an?\b|an?\b|半|[{NUMERAL_CHARACTERS}]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]+(?:\.[0-9]+)?"
)
_UNIT = re.compile("|".join(sorted((*UNITS, "月", r"[a-z]+"), key=len, reverse=True)))
_HALF = Fraction(1, 2)
_COUNT_WORDS = {"half a": _HALF, "half an": _HALF, "半": _HALF, "a": Fraction(1), "an": Fraction(1)}
_LONGEST = {
    "days": 10_000 * 366,
    "months": 10_000 * 12,
    "minutes": 10_000 * 366 * 24 * 60,
    "working days": 10_000 * 366,
}


@frozen(order=False)
class Duration:
    """A length of time: so many whole ``days``, calendar ``months``, ``minutes`` or ``working days``.

    Ordered only against the same unit (TypeError otherwise): a month exceeds 30 days or it doesn't.
    """

    amount: int
    unit: str = field(validator=in_(COUNTED))

    @classmethod
    def of(cls, amount: int, unit_name: str) -> Duration:
        """So many of a unit by its word (day, weeks, months, quarters, years, 天, 个月 …).

        Raises Unreadable (``unknown-unit``) for any other word.
        """
        if unit_name not in UNITS:
            raise Unreadable("unknown-unit", unit_name)
        unit, size = UNITS[unit_name]
        return cls(amount * size, unit)

    def __lt__(self, other: object) -> bool:
        return self.amount < self._comparable(other).amount

    def __le__(self, other: object) -> bool:
        return self.amount <= self._comparable(other).amount

    def __gt__(self, other: object) -> bool:
        return self.amount > self._comparable(other).amount

    def __ge__(self, other: object) -> bool:
        return self.amount >= self._comparable(other).amount

    def __neg__(self) -> Duration:
        return Duration(-self.amount, self.unit)

    def __str__(self) -> str:
        amount, unit = self.amount, self.unit
        if unit == "minutes" and amount and amount % 60 == 0:
            amount, unit = amount // 60, "hours"
        return f"{amount} {unit if abs(amount) != 1 else unit[:-1]}"

    def _comparable(self, other: object) -> Duration:
        if isinstance(other, Duration) and self.unit == other.unit:
            return other
        raise TypeError(f"{self} and {other} can't be ordered: they count different things")


def read_duration(text: str) -> Duration:
    """The length a text states: "365 days", 365天, 6个月, 半年, 两年, 一年半, "1 year 6 months".

    Raises Unreadable: ``not-a-duration``, ``no-unit`` (365), ``unknown-unit`` (3 moons), ``calendar-month``
    (3月 is March), ``not-whole`` (半个月), ``mixed-units`` (1 month 3 days) or ``out-of-range`` (more than
    10,000 years).
    """
    rest = fold_width(clean_text(text)).casefold()
    negative = rest.startswith("-")
    rest = rest.removeprefix("-")
    total = Fraction(0)
    counted: str | None = None
    while rest:
        part, unit, rest = _leading_part(rest, text)
        if counted not in (None, unit):
            raise Unreadable("mixed-units", text)
        counted = unit
        total += part
    if counted is None:
        raise Unreadable("not-a-duration", text)
    if total.denominator != 1:
        raise Unreadable("not-whole", text)
    if total > _LONGEST[counted]:
        raise Unreadable("out-of-range", text)
    return Duration(-int(total) if negative else int(total), counted)


def _leading_part(rest: str, whole: str) -> tuple[Fraction, str, str]:
    """One count with its unit at the start of a text: its size, what it counts, and the text after it."""
    counted = _COUNT.match(rest)
    if counted is None:
        raise Unreadable("not-a-duration", whole)
    count = _count(counted.group(), whole)
    rest = rest[counted.end() :].lstrip()
    named = _UNIT.match(rest)
    if named is None:
        raise Unreadable("unknown-unit" if rest else "no-unit", whole)
    if named.group() == "月":
        raise Unreadable("calendar-month", whole)
    if named.group() not in UNITS:
        raise Unreadable("unknown-unit", whole)
    unit, size = UNITS[named.group()]
    rest = rest[named.end() :].lstrip()
    if rest == "半":  # 一年半: the half is one of the same unit
        return (count + _HALF) * size, unit, ""
    return count * size, unit, rest


def _count(written: str, whole: str) -> Fraction:
    if written in _COUNT_WORDS:
        return _COUNT_WORDS[written]
    if written[0].isascii():
        if len(written) > 20:
            raise Unreadable("out-of-range", whole)
        return Fraction(written.replace(",", ""))
    numeral = read_numeral(written)
    if numeral is None:
        raise Unreadable("not-a-duration", whole)
    return Fraction(numeral)
