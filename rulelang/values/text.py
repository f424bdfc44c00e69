"""How texts are compared: NFC, without outer white space; and what nearly equals what."""

from __future__ import annotations

import unicodedata

# What `str.strip` takes away, and the invisible characters that spreadsheets and editors leave at the ends.
_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
_SPACES += "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
OUTER_SPACES = _SPACES + "\ufeff\u200b\u2060"

# Texts that a field was seen to hold are looked up instead of looked at, where they are short, up to so many.
LONGEST, MOST_COMMON = 40, 500

_FULL_WIDTH = {each: each - 0xFEE0 for each in range(0xFF01, 0xFF5F)}
_OTHERS = {0x3000: " ", 0xA0: " ", 0x202F: " ", 0xFFE5: "¥", 0xFFE1: "£", 0x2212: "-"}
_NARROW = str.maketrans(_FULL_WIDTH | _OTHERS)


def clean_text(text: str) -> str:
    """The text as rules compare it: Unicode NFC, outer white space (also U+3000, NBSP, BOM) trimmed."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text).strip(OUTER_SPACES)


def fold_width(text: str) -> str:
    """Full-width letters, digits and punctuation as their ASCII twins, one character for one."""
    return text if text.isascii() else text.translate(_NARROW)


def near_key(text: str) -> str:
    """A key that is the same for texts which differ only in case, width or white space."""
    wide = unicodedata.normalize("NFKC", text.strip(OUTER_SPACES)).casefold()
    return unicodedata.normalize("NFKC", "".join(wide.split()))


def looks_like(first: str, second: str) -> bool:
    """Whether two texts are equal but for case, width or white space (equal texts look alike too)."""
    return first == second or near_key(first) == near_key(second)
