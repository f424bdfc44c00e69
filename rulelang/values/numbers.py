"""Exact numbers: how they are read, reckoned, rounded and shown.

A number is an ``int`` or a ``decimal.Decimal``, always in the one form its value has: whole numbers are ``int``,
others are ``Decimal`` without trailing zeros. A division gives a ``fractions.Fraction``, which lives until it is
rounded. Python's own operators on Decimal round to 28 digits: reckon with the functions here.
"""

from __future__ import annotations

import decimal
import operator
import re
from decimal import Decimal
from fractions import Fraction
from typing import SupportsFloat, SupportsIndex

from rulelang.values.currencies import cut_leading_currency, cut_trailing_currency, more_precise
from rulelang.values.errors import Unreadable
from rulelang.values.numerals import NUMERAL_CHARACTERS, read_numeral
from rulelang.values.text import clean_text, fold_width

Number = int | Decimal
Rational = int | Decimal | Fraction

# The limits of every number that comes in from outside. Zeros between "0." and the first other digit don't count
# as digits after the point (3.3333333333333335e-06 is a number), but nothing has more than 340 places.
DIGITS_BEFORE_POINT = 30
DIGITS_AFTER_POINT = 20
_PLACES = 340
_INTEGER_LIMIT: int = 10**DIGITS_BEFORE_POINT
_LONGEST_TEXT = 400

# Adding, subtracting and multiplying never round here; a result beyond this precision raises decimal.Inexact.
EXACT = decimal.Context(
    prec=100_000,
    rounding=decimal.ROUND_HALF_UP,
    Emin=-999_999,
    Emax=999_999,
    traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

_ROUNDING = decimal.Context(
    prec=100_000, Emin=-999_999, Emax=999_999, rounding=decimal.ROUND_HALF_UP, traps=[decimal.InvalidOperation]
)

_CHINESE_MULTIPLIERS: dict[str, int] = {
    **{"十": 10, "百": 100, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7},
    **{"亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12},
}
_TRADITIONAL = str.maketrans("万亿", "萬億")
MULTIPLIERS: dict[str, int] = {
    **_CHINESE_MULTIPLIERS,
    **{word.translate(_TRADITIONAL): size for word, size in _CHINESE_MULTIPLIERS.items()},
    **{"k": 10**3, "thousand": 10**3, "million": 10**6, "billion": 10**9},
}
_SHARES = {"%": 2, "‰": 3}
_SHARE_WORDS = {"百分之": "%", "千分之": "‰"}

_FIGURES = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+"
_SIMPLE = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?")  # within the limits, whatever the figures
_PLAIN = re.compile(rf"(?:{_FIGURES})(?:[eE][+-]?[0-9]+)?")
_PART = re.compile(rf"({_FIGURES})\s*({'|'.join(sorted(MULTIPLIERS, key=len, reverse=True))})", re.IGNORECASE)
_OTHER_GROUPING = re.compile(r"[0-9][0-9,]*,[0-9,]*(?:\.[0-9]*)?|[0-9]{1,3}(?:[. '][0-9]{3})+(?:[.,][0-9]+)?")


def exact(value: object) -> Number | None:
    """The exact number a Python value stands for; None for None and NaN, which mean missing.

    A float is the number its shortest spelling says (0.1 is 0.1). Numbers of other libraries are taken by
    ``__index__`` and ``__float__``. Raises Unreadable: ``not-a-number`` (bool, text, anything else),
    ``not-finite``, ``not-exact`` (a Fraction such as 1/3) or ``out-of-range``.
    """
    kind = type(value).__name__
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return _limited_int(operator.index(value), kind)
    if isinstance(value, float):
        return _present(Decimal(float.__repr__(value)))
    if isinstance(value, Decimal):
        return _present(value)
    if isinstance(value, Fraction):
        return _from_fraction(value)
    # Booleans, complex numbers and spans of time pass for numbers in some libraries, arrays of one element too.
    if kind.startswith(("bool", "complex", "timedelta", "datetime")) or hasattr(value, "__len__"):
        raise Unreadable("not-a-number", repr(value))
    if isinstance(value, SupportsIndex):
        return _limited_int(operator.index(value), kind)
    if isinstance(value, SupportsFloat):
        # A 32-bit float prints 0.1, where its conversion to 64 bits has nine digits more.
        written = str(value)
        plain = _PLAIN.fullmatch(written.removeprefix("-")) is not None
        return _present(Decimal(written if plain else repr(float(value))))
    raise Unreadable("not-a-number", repr(value))


def read_number(text: str) -> Number:
    """The number a text states: "1,234.50", "１，０００", "¥1.5万", "1,200元", "15%" (0.15), "(1,200)" (-1200), "1e5".

    A currency is left out (`rulelang.values.money.read_money` tells it). Raises Unreadable: ``not-a-number``,
    ``digit-grouping`` (1,23 and 1 234,50: groups are threes behind commas, the decimal sign is a point),
    ``two-currencies`` or ``out-of-range``.
    """
    if text.isascii() and text.isdigit() and len(text) <= DIGITS_BEFORE_POINT:
        return int(text)
    if _SIMPLE.fullmatch(text):  # most cells of most files
        return canonical(Decimal(text))
    return read_amount(text)[0]


def read_amount(text: str) -> tuple[Number, str | None]:
    """A number and the sign or word of the currency written beside it, as written, None where there is none."""
    body = fold_width(clean_text(text))
    if len(body) > _LONGEST_TEXT:
        raise Unreadable("out-of-range" if body.isdigit() else "not-a-number", text)
    body, negative = _cut_sign(body)
    before, body = cut_leading_currency(body)
    if before is not None and not negative:
        body, negative = _cut_sign(body)
    after, body = cut_trailing_currency(body)
    currency = more_precise(before, after) if before and after else before or after
    if before and currency is None:
        raise Unreadable("two-currencies", text)
    places, body = _cut_share(body)
    if places and currency:
        raise Unreadable("not-a-number", text)
    value = _value(body, text)
    if places:
        value = value.scaleb(-places, EXACT)
    return _limited(EXACT.minus(value) if negative else value, text), currency


def _cut_sign(body: str) -> tuple[str, bool]:
    """A text without its sign, and whether that was a minus; accountants put negative amounts in parentheses."""
    if body.startswith("(") and body.endswith(")") and body[1:2] not in ("+", "-"):
        return body[1:-1].strip(), True
    if body.startswith(("+", "-")):
        return body[1:], body.startswith("-")
    return body, False


def _cut_share(body: str) -> tuple[int, str]:
    """How many places a percent or per mille sign moves the point, and the text without it."""
    for word, sign in _SHARE_WORDS.items():
        if body.startswith(word):
            return _SHARES[sign], body.removeprefix(word)
    places = _SHARES.get(body[-1:], 0)
    return places, body[:-1].rstrip() if places else body


def has_share_sign(text: str) -> bool:
    """Whether a number is written as a share: 15%, 3‰, 百分之五."""
    return _cut_share(_cut_sign(fold_width(clean_text(text)))[0])[0] > 0


def _value(body: str, text: str) -> Decimal:
    """The value of figures, of figures with multipliers (1亿2000万), or of a Chinese numeral."""
    if _PLAIN.fullmatch(body):
        return _decimal(body.replace(",", ""), text)
    if body and not body.strip(NUMERAL_CHARACTERS):
        numeral = read_numeral(body)
        if numeral is not None:
            return Decimal(numeral)
    total, limit, position = Decimal(0), 10**16, 0
    while position < len(body):
        part = _PART.match(body, position)
        if part is None:
            raise Unreadable("digit-grouping" if _OTHER_GROUPING.fullmatch(body) else "not-a-number", text)
        figures, multiplier = _decimal(part[1].replace(",", ""), text), MULTIPLIERS[part[2].casefold()]
        amount = EXACT.multiply(figures, multiplier)
        # 1亿2000万 adds up; 1万2亿 and 1万20千 are slips.
        if position and amount >= limit:
            raise Unreadable("not-a-number", text)
        total, limit, position = EXACT.add(total, amount), multiplier, part.end()
    if not position:
        raise Unreadable("not-a-number", text)
    return total


def _decimal(figures: str, text: str) -> Decimal:
    try:
        return Decimal(figures)
    except decimal.InvalidOperation:  # an exponent of more than eighteen digits
        raise Unreadable("out-of-range", text) from None


def canonical(value: Decimal) -> Number:
    """The one form of a finite decimal: an int where it is whole, else without trailing zeros."""
    if value == value.to_integral_value():
        return int(value)
    return EXACT.normalize(value)


def add(left: Rational, right: Rational) -> Rational:
    """The exact sum."""
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    if isinstance(left, Fraction) or isinstance(right, Fraction):
        return Fraction(left) + Fraction(right)
    return canonical(EXACT.add(left, right))


def subtract(left: Rational, right: Rational) -> Rational:
    """The exact difference."""
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    if isinstance(left, Fraction) or isinstance(right, Fraction):
        return Fraction(left) - Fraction(right)
    return canonical(EXACT.subtract(left, right))


def multiply(left: Rational, right: Rational) -> Rational:
    """The exact product."""
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if isinstance(left, Fraction) or isinstance(right, Fraction):
        return Fraction(left) * Fraction(right)
    return canonical(EXACT.multiply(left, right))


def negate(number: Rational) -> Rational:
    """The number with the other sign (Python's minus sign rounds a Decimal)."""
    return canonical(EXACT.minus(number)) if isinstance(number, Decimal) else -number


def divide(numerator: Rational, denominator: Rational) -> Fraction:
    """The exact quotient. Raises ZeroDivisionError; to a rule, that is unknown."""
    return Fraction(numerator) / Fraction(denominator)


def compare(left: Rational, right: Rational) -> int:
    """-1, 0 or 1 as the left number is below, equal to or above the right one (a Fraction refuses a Decimal)."""
    if isinstance(left, Fraction) or isinstance(right, Fraction):
        left, right = Fraction(left), Fraction(right)
    return (left > right) - (left < right)


def round_half_up(number: Rational, decimals: int) -> Number:
    """The number to so many decimals (below 0: tens, hundreds), a half away from zero; an int where whole."""
    if isinstance(number, int) and decimals >= 0:
        return number
    if isinstance(number, Decimal):
        return canonical(number.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING))
    scaled = abs(Fraction(number)) * Fraction(10) ** decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return canonical(Decimal(units if number >= 0 else -units).scaleb(-decimals, EXACT))


def show_number(number: Number, decimals: int | None = None) -> str:
    """The number in plain figures: no exponent, no grouping, no trailing zeros.

    With ``decimals`` it is rounded half up to them and filled with zeros: 1200 is "1200.00".
    """
    if decimals is not None:
        number = round_half_up(number, decimals)
    # Through Decimal, since Python refuses to write integers of more than 4,300 digits.
    whole, _, places = format(Decimal(number), "f").partition(".")
    places = places.rstrip("0") if decimals is None else places.ljust(max(decimals, 0), "0")
    return f"{whole}.{places}" if places else whole


def _present(value: Decimal) -> Number | None:
    return None if value.is_nan() else _limited(value, str(value))


def _from_fraction(value: Fraction) -> Number:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        raise Unreadable("not-exact", str(value))
    return _limited(EXACT.divide(value.numerator, value.denominator), str(value))


def _limited_int(value: int, kind: str) -> int:
    if -_INTEGER_LIMIT < value < _INTEGER_LIMIT:
        return value
    # Not the figures: Python refuses to write integers of more than 4,300 digits.
    raise Unreadable("out-of-range", f"{kind} of {value.bit_length()} bits")


def _limited(value: Decimal, text: str) -> Number:
    """The one form of a decimal, within the limits."""
    if not value.is_finite():
        raise Unreadable("not-finite", text)
    if not value:
        return 0
    digits, magnitude = len(value.as_tuple().digits), value.adjusted()
    if digits > _LONGEST_TEXT or not -_PLACES <= magnitude < DIGITS_BEFORE_POINT:
        raise Unreadable("out-of-range", text)
    number = canonical(value)
    if isinstance(number, Decimal):
        after_point = len(number.as_tuple().digits) - (magnitude + 1 if magnitude >= 0 else 0)
        if after_point > DIGITS_AFTER_POINT:
            raise Unreadable("out-of-range", text)
    return number
