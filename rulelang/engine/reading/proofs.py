"""What the data itself says about how its dates and numbers are written, for the message that asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice

from attrs import frozen

from rulelang.engine.sources.source import Source
from rulelang.values.errors import Unreadable
from rulelang.values.written_dates import read_date

_ROWS = 100_000
_COMMA = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})")
_POINT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{4,}\.[0-9]{3}")
_FIGURES = re.compile(r"[0-9][0-9.,]*")


@frozen
class Proof:
    """A cell that can be meant one way only: ``dmy`` or ``mdy``, ``comma`` or ``point``."""

    order: str
    row: int
    value: str


def proof_in(source: Source, position: int, code: str) -> Proof | None:
    """The first cell of a column that settles what a finding asks; None where no row of many does."""
    proves = _PROVES.get(code)
    if proves is None:
        return None
    for row in islice(source.rows(), _ROWS):
        cell = row.cells[position] if position < len(row.cells) else None
        if isinstance(cell, str):
            order = proves(cell)
            if order is not None:
                return Proof(order, row.number, cell)
    return None


def _order_of_days(cell: str) -> str | None:
    day_first, month_first = _fits(cell, True), _fits(cell, False)
    return None if day_first == month_first else "dmy" if day_first else "mdy"


def _fits(text: str, day_first: bool) -> bool:
    try:
        read_date(text, day_first)
    except Unreadable:
        return False
    return True


def _decimal_sign(cell: str) -> str | None:
    figures = _FIGURES.search(cell)
    if figures is None:
        return None
    return "comma" if _COMMA.fullmatch(figures[0]) else "point" if _POINT.fullmatch(figures[0]) else None


_PROVES: Mapping[str, Callable[[str], str | None]] = {
    "ambiguous-date": _order_of_days,
    "ambiguous-number": _decimal_sign,
}
