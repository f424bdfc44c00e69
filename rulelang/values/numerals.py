"""Chinese numerals: 三百二十 is 320, 十万 is 100000.

Only what a careful writer would write is read: 一万二 (12,000 in speech, 10,002 to a machine) is refused.
"""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_SAME = str.maketrans("〇两兩萬億", "零二二万亿")

NUMERAL_CHARACTERS = "零〇一二两兩三四五六七八九十百千万萬亿億"


def read_numeral(text: str) -> int | None:
    """The whole number a Chinese numeral stands for (below 10**16), None where it isn't one written in full.

    A row of at least two digits is read by position: 二〇二六 is 2026.
    """
    plain = text.translate(_SAME)
    if not plain or len(plain) > 40:
        return None
    if len(plain) > 1 and all(each in _VALUES for each in plain):
        return int("".join(str(_VALUES[each]) for each in plain))
    value = _value(plain)
    if value is None or value >= 10**16:
        return None
    written = write_numeral(value)
    if written.startswith("一十") and not plain.startswith("一"):
        written = written.removeprefix("一")  # 十五 is how 15 is said
    return value if plain == written else None


def write_numeral(number: int) -> str:
    """A whole number from 0 to 10**16 - 1 written in full: 10020 is 一万零二十, 15 is 一十五."""
    if number < 10_000:
        return _write_section(number)
    size, name = (10**8, "亿") if number >= 10**8 else (10**4, "万")
    high, low = divmod(number, size)
    if not low:
        return write_numeral(high) + name
    gap = "零" if low < size // 10 else ""
    return write_numeral(high) + name + gap + write_numeral(low)


def _write_section(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    figures = str(number)
    written = ""
    for position, figure in enumerate(figures):
        place = len(figures) - 1 - position
        written += _DIGITS[int(figure)] + (_PLACES[place] if figure != "0" else "")
    while "零零" in written:
        written = written.replace("零零", "零")
    return written.rstrip("零")


def _value(plain: str) -> int | None:
    """The number, read leniently; `read_numeral` then asks whether it would be written so."""
    for name, size in (("亿", 10**8), ("万", 10**4)):
        if name in plain:
            high, _, low = plain.rpartition(name)
            left = _value(high)
            right = _value(low) if low else 0
            return None if left is None or right is None else left * size + right
    total = digit = 0
    for each in plain:
        if each in _VALUES:
            digit = _VALUES[each]
        elif each in _PLACES:
            total += (digit or 1) * int(10 ** _PLACES.index(each))
            digit = 0
        else:
            return None
    return total + digit
