"""Folding before scanning: full-width to half-width, capitals to small, Traditional to Simplified, one for one.

Offsets in folded text are offsets in the file, so columns stay true and text literals are sliced from the original.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C}
_WIDTH |= {
    0x3000: 0x20,
    0xFFE5: 0xA5,
    0x3010: ord("["),
    0x3011: ord("]"),
    0x00A0: 0x20,
    0x3014: ord("("),
    0x3015: ord(")"),
}
_WIDTH |= {0xFF5E: ord("~"), 0xFEFF: 0x20}
_LOWER = {code: code + 32 for code in (*range(ord("A"), ord("Z") + 1), *range(0xC0, 0xDF)) if code != ord("×")}


@frozen
class Folded:
    """A text three times, equally long: as written, half-width (for names and numbers), and folded for keywords."""

    original: str
    half: str
    key: str


def fold(text: str, traditional: Mapping[int, int]) -> Folded:
    """Fold a text. A full-width comma stays as it is: it never groups digits."""
    half = text.translate(_WIDTH)
    return Folded(text, half, half.translate({**_LOWER, **traditional}))
