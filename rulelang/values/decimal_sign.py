"""Figures whose decimal sign is a comma, and those that could be meant either way."""

from __future__ import annotations

import re

from rulelang.values.errors import Unreadable
from rulelang.values.numbers import MULTIPLIERS
from rulelang.values.text import fold_width

# A thousand with a point (48.500) or a number with three places. Behind a multiplier or a share it is none of both.
_EITHER = re.compile(
    rf"[^0-9.,]*[1-9][0-9]{{0,2}}\.[0-9]{{3}}(?!\s*(?:[0-9.,%‰eE]|{'|'.join(MULTIPLIERS)}))[^0-9.,]*", re.IGNORECASE
)
_FIGURES = re.compile(r"[0-9](?:[0-9.,' \u00a0\u202f]*[0-9])?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[. '\u00a0\u202f][0-9]{3})+(?:,[0-9]+)?|[0-9]+(?:,[0-9]+)?")
_SEPARATORS = re.compile(r"[. '\u00a0\u202f]")


def either_way(text: str) -> bool:
    """Whether a text is one number where points are decimal signs and another where they part thousands: 48.500."""
    return "." in text and _EITHER.fullmatch(text) is not None


def with_point(text: str) -> str:
    """The text of a file with decimal commas as this program writes numbers: 1.234,50 € is 1234.50 €.

    Raises Unreadable (``comma-grouping``) where the figures are not grouped so: 1,234.50.
    """
    return _FIGURES.sub(_pointed, fold_width(text))


def _pointed(found: re.Match[str]) -> str:
    if _GROUPED.fullmatch(found[0]) is None:
        raise Unreadable("comma-grouping", found.string)
    return _SEPARATORS.sub("", found[0]).replace(",", ".")
