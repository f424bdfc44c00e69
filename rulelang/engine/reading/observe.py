"""What kind of values the columns of a source hold, as a hint for names that nobody declared."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from rulelang.engine.sources.source import Source
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import read_number
from rulelang.values.text import clean_text
from rulelang.values.written_dates import read_date
from rulelang.values.yesno import read_yes_no
from rulelang.vocabulary.reading import is_blank

_SAMPLE = 1000
_LONGEST_NUMBER = 15  # more digits are an account or an identity card
_YEARS = range(1900, 2100)  # eight digits are a day only within them


def observe(source: Source, size: int = _SAMPLE) -> Mapping[str, str]:
    """For each column ``number``, ``date``, ``yes-no``, ``text`` or ``empty``, by the first rows that can be read.

    All filled cells of the sample have to be of the kind. Figures with zeros in front (00123) or more than fifteen
    digits are text, eight figures that are all days (20260131) dates, 0 and 1 numbers.
    """
    rows = source.sample(size)
    return {name: _kind([row.cells[place] for row in rows]) for place, name in enumerate(source.columns)}


def _kind(cells: Sequence[object]) -> str:
    filled = [each for each in cells if not is_blank(each)]
    if not filled:
        return "empty"
    return next((kind for kind, fits in _KINDS if all(map(fits, filled))), "text")


def _reads(reader: Callable[[str], object], cell: object) -> bool:
    try:
        reader(str(cell))
    except Unreadable:
        return False
    return True


def _is_day_in_figures(cell: object) -> bool:
    text = str(cell) if isinstance(cell, int) else clean_text(cell) if isinstance(cell, str) else ""
    return len(text) == 8 and text.isdecimal() and int(text[:4]) in _YEARS and _reads(read_date, text)


def _is_number(cell: object) -> bool:
    if isinstance(cell, str):
        text = clean_text(cell).lstrip("-")
        if text.isdecimal() and (len(text) > _LONGEST_NUMBER or (text[0] == "0" and len(text) > 1)):
            return False
        return _reads(read_number, cell)
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def _is_date(cell: object) -> bool:
    return isinstance(cell, datetime.date) or (isinstance(cell, str) and _reads(_read_either_date, cell))


def _read_either_date(text: str) -> datetime.date:
    """A day in either order: that it is a day is known, which one not yet."""
    try:
        return read_date(text, day_first=True)
    except Unreadable:
        return read_date(text, day_first=False)


def _is_yes_or_no(cell: object) -> bool:
    return isinstance(cell, bool) or (isinstance(cell, str) and _reads(read_yes_no, cell))


# In this order: eight figures are a day before they are a number, 0 and 1 numbers before they are no and yes.
_KINDS: tuple[tuple[str, Callable[[object], bool]], ...] = (
    ("date", _is_day_in_figures),
    ("number", _is_number),
    ("date", _is_date),
    ("yes-no", _is_yes_or_no),
)
