"""What the data itself says about the order of day and month, for the message that asks for it."""

from __future__ import annotations

from itertools import islice

from attrs import frozen

from rulelang.engine.sources.source import Source
from rulelang.values.errors import Unreadable
from rulelang.values.written_dates import read_date

_ROWS = 100_000


@frozen
class ProvenOrder:
    """A cell that fits one order only: ``dmy`` or ``mdy``."""

    order: str
    row: int
    value: str


def proven_order(source: Source, position: int) -> ProvenOrder | None:
    """The first cell of a column that has only one order (25/04/2026); None where no row of many has one."""
    for row in islice(source.rows(), _ROWS):
        cell = row.cells[position] if position < len(row.cells) else None
        if isinstance(cell, str):
            day_first, month_first = _fits(cell, True), _fits(cell, False)
            if day_first != month_first:
                return ProvenOrder("dmy" if day_first else "mdy", row.number, cell)
    return None


def _fits(text: str, day_first: bool) -> bool:
    try:
        read_date(text, day_first)
    except Unreadable:
        return False
    return True
