"""The constants that generated models and customers are made of: few, so that they meet, and awkward."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Choice, Date, Length, Member, Money, Number, Text, Type, YesNo

NUMBER, WHOLE, MONEY, RATE = Number(6), Number(0), Money("CNY"), Number(2)
TEXT, YESNO, DATE, FUTURE = Text(), YesNo(), Date(), Date(may_be_future=True)
DAYS, MONTHS = Length("days"), Length("months")
LEVEL = Choice((Member("low", "低"), Member("medium", "中"), Member("high", "高")), ordered=True)
CHANNEL = Choice((Member("online", "线上"), Member("store", "门店"), Member("phone")))

# What a type is called where models are generated.
TYPES: dict[str, Type] = {
    "number": NUMBER,
    "whole": WHOLE,
    "money": MONEY,
    "rate": RATE,
    "text": TEXT,
    "yesno": YESNO,
    "date": DATE,
    "future": FUTURE,
    "days": DAYS,
    "months": MONTHS,
    "level": LEVEL,
    "channel": CHANNEL,
}
NUMERIC = ("number", "whole", "money", "rate")

NUMBERS: tuple[int | Decimal, ...] = (
    *(0, 1, 5, 10, -1, 100),
    *(Decimal("0.3"), Decimal("2.5"), Decimal("0.005"), Decimal("-0.5"), Decimal("99.995"), 10_000, 10**18),
)
TEXTS = ("a", "b", "ab", "A", "北京", "é", "+86", "NA")
DATES = (
    *(date(2026, 3, 31), date(2026, 2, 28), date(2024, 2, 29), date(2025, 8, 31), date(2025, 12, 31)),
    *(date(2026, 1, 1), date(2000, 2, 29), date(1999, 12, 31)),
)
DAY_COUNTS = (30, 0, 1, 7, 90, 365)
MONTH_COUNTS = (1, 0, 3, 6, 12, 24)

CONSTANTS: dict[str, tuple[object, ...]] = {
    "number": NUMBERS,
    "whole": tuple(each for each in NUMBERS if isinstance(each, int)),
    "money": NUMBERS,
    "rate": NUMBERS,
    "text": TEXTS,
    "yesno": (True, False),
    "date": DATES,
    "future": DATES,
    "days": tuple(Duration(each, "days") for each in DAY_COUNTS),
    "months": tuple(Duration(each, "months") for each in MONTH_COUNTS),
    "level": LEVEL.keys(),
    "channel": CHANNEL.keys(),
}

PATTERNS = ("a", "北", "+8", "*", "a*", "?", "*b", "é")

# --- raw values of customers ------------------------------------------------------------------------------------

AWKWARD_NUMBERS: tuple[object, ...] = (
    *(0.1 + 0.2, 0.3, 1e-9, 1e22, -0.0, 99.995, 2.675, 10**25, 5e-324),
    *(Decimal("0.30"), Decimal("1E+2"), Decimal("-1E-15"), Decimal("0.0049999999999999999")),
)
AWKWARD_TEXTS = ("  a ", "e\u0301", "ａ", "b\u3000", "\ufeffNA", "北京 ", "x" * 50, "null", "0", "*")
MISSING: tuple[object, ...] = (None, float("nan"), Decimal("NaN"), "")
