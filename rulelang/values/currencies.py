"""The signs and words people write for a currency, and the ISO codes they stand for."""

from __future__ import annotations

import re

# ISO code -> how it is written beside an amount, the code itself included; no two currencies share a spelling.
CURRENCIES: dict[str, tuple[str, ...]] = {
    "CNY": ("CNY", "RMB", "¥", "元", "圆", "元整", "人民币", "人民幣", "块", "塊", "块钱", "yuan"),
    "USD": ("USD", "US$", "$", "美元", "美金", "dollars", "dollar"),
    "EUR": ("EUR", "€", "欧元", "歐元", "euros", "euro"),
    "GBP": ("GBP", "£", "英镑", "英鎊"),
    "HKD": ("HKD", "HK$", "港元", "港币", "港幣"),
    "JPY": ("JPY", "JP¥", "日元", "日圆", "yen"),
    "TWD": ("TWD", "NT$", "新台币", "新臺幣"),
    "SGD": ("SGD", "S$", "新加坡元"),
    "AUD": ("AUD", "A$", "澳元"),
    "CAD": ("CAD", "C$", "加元"),
    "CHF": ("CHF", "瑞士法郎"),
    "MOP": ("MOP", "澳门元", "澳門元"),
}

# A sign that several currencies use alone stands for the first above unless the field says which.
SHARED_SIGNS: dict[str, tuple[str, ...]] = {
    "¥": ("CNY", "JPY"),
    "$": ("USD", "HKD", "TWD", "SGD", "AUD", "CAD", "MOP"),
    "元": ("CNY", "HKD", "TWD", "SGD", "MOP"),
}

_CODES = {spelling.casefold(): code for code, spellings in CURRENCIES.items() for spelling in spellings}
_LONGEST_FIRST = sorted(map(re.escape, _CODES), key=len, reverse=True)
_LEADING = re.compile(rf"({'|'.join(_LONGEST_FIRST)})\s*", re.IGNORECASE)
_TRAILING = re.compile(rf"\s*({'|'.join(_LONGEST_FIRST)})$", re.IGNORECASE)


def currency_code(spelling: str, expected: str | None = None) -> str | None:
    """The ISO code of a sign or word, None where it is no currency.

    ``expected`` is the currency of the field: a sign that several currencies share (¥, $) then stands for it.
    """
    possible = _possible_codes(spelling)
    if expected in possible:
        return expected
    return possible[0] if possible else None


def more_precise(first: str, second: str) -> str | None:
    """Of two spellings beside one amount the one that says more (¥100日元: 日元), None if they contradict ($5元)."""
    narrow, wide = sorted((first, second), key=lambda each: len(_possible_codes(each)))
    return narrow if _possible_codes(narrow)[0] in _possible_codes(wide) else None


def _possible_codes(spelling: str) -> tuple[str, ...]:
    code = _CODES.get(spelling.casefold())
    return SHARED_SIGNS.get(spelling, () if code is None else (code,))


def cut_leading_currency(text: str) -> tuple[str | None, str]:
    """The currency sign or word a text starts with, and the text after it."""
    found = _LEADING.match(text)
    return (None, text) if found is None else (found.group(1), text[found.end() :])


def cut_trailing_currency(text: str) -> tuple[str | None, str]:
    """The currency sign or word a text ends with, and the text before it."""
    found = _TRAILING.search(text)
    return (None, text) if found is None else (found.group(1), text[: found.start()])
