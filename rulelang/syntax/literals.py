"""What number, date and text tokens mean."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from rulelang.values.numerals import read_numeral

_FACTORS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MAGNITUDES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_THOUSAND_OR_PLACES = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{2}0")
_WRITTEN = re.compile(r"([\d,]+(?:\.\d+)?)\s*([十百千万亿]*|thousand|million|billion)\s*([%‰]?)", re.IGNORECASE)


def number_value(text: str) -> tuple[int | Decimal, bool] | None:
    """The exact value of a number token, and whether it is a percentage; None where it is not written as numbers are.

    ``10万``, ``1,000``, ``15%``, ``三`` and ``百分之二十`` are numbers; ``一万二`` (in speech 12,000) is not, nor is
    ``48.500``, which is 48,500 to half the world.
    """
    if _THOUSAND_OR_PLACES.fullmatch(text.strip()):
        return None
    if text.startswith("百分之"):
        found = number_value(text[3:])
        return None if found is None else (_plain(Decimal(found[0]).scaleb(-2)), True)
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        numeral = read_numeral(text)
        return None if numeral is None else (numeral, False)
    digits, magnitude, sign = match.groups()
    value = Decimal(digits.replace(",", ""))
    if magnitude.lower() in _MAGNITUDES:
        value *= _MAGNITUDES[magnitude.lower()]
    else:
        for each in magnitude:
            value *= _FACTORS[each]
    if sign:
        value = value.scaleb(-2 if sign == "%" else -3)
    return _plain(value), bool(sign)


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()


def date_value(text: str) -> date | None:
    """The day a date token names, with its time where that is written; None where there is no such day or time."""
    year, month, day, *clock = (int(each) for each in re.findall(r"\d+", text))
    try:
        if not clock:
            return date(year, month, day)
        hour, minute, second = (*clock, 0, 0)[:3]
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def text_value(text: str) -> str:
    """The content of a text literal, without its quotes."""
    return re.sub(r"\\([\\\"”」』])", r"\1", text[1:-1])
