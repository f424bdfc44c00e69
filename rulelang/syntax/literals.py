"""What number, date and text tokens mean."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_DIGITS = {each: index for index, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_MAGNITUDES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_WRITTEN = re.compile(r"([\d,]+(?:\.\d+)?)\s*([十百千万亿]*|thousand|million|billion)\s*([%‰]?)", re.IGNORECASE)


def number_value(text: str) -> tuple[int | Decimal, bool]:
    """The exact value of a number token, and whether it is a percentage.

    ``10万``, ``1,000``, ``15%``, ``三`` and ``百分之二十`` are numbers.
    """
    if text.startswith("百分之"):
        value, _ = number_value(text[3:])
        return _plain(Decimal(value) / 100), True
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return _chinese(text), False
    digits, magnitude, sign = match.groups()
    value = Decimal(digits.replace(",", ""))
    if magnitude:
        factor = _MAGNITUDES.get(magnitude.lower())
        if factor is None:
            factor = 1
            for each in magnitude:
                factor *= {**_TENS, **_MYRIADS}[each]
        value *= factor
    if sign:
        value = value.scaleb(-2 if sign == "%" else -3)
    return _plain(value), bool(sign)


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()


def _chinese(text: str) -> int:
    """A number in Chinese numerals, up to 亿亿."""
    total = section = digit = 0
    for each in text:
        if each in _DIGITS:
            digit = _DIGITS[each]
        elif each in _TENS:
            section += (digit or 1) * _TENS[each]
            digit = 0
        else:
            total = (total + section + digit) * _MYRIADS[each]
            section = digit = 0
    return total + section + digit


def date_value(text: str) -> date | None:
    """The day a date token names, or None where there is no such day."""
    year, month, day = (int(each) for each in re.findall(r"\d+", text))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def text_value(text: str) -> str:
    """The content of a text literal, without its quotes."""
    return re.sub(r"\\([\\\"”」』])", r"\1", text[1:-1])
