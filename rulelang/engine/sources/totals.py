"""Rows of totals, which stand among the customers of a spreadsheet and are none: 合计, 小计, Total."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.sources.source import Row, Source
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import read_number
from rulelang.vocabulary.reading import is_blank

_WORD = re.compile(
    r"(?:(?:本页|本表|本月|全部|总)?(?:合计|总计|小计|共计|合計|總計|小計|共計)|(?:grand|sub|overall)?-?totals?)(?:[:(].*)?",
    re.IGNORECASE,
)
_LIKELY = re.compile("[计計]|total|^\\s*$", re.IGNORECASE)
_LONGEST = 20
_TAIL = 1 << 16


def without_totals(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, those of totals with the fault that says so."""
    for row in rows:
        first = row.cells[0] if row.cells else 0
        likely = first is None or (isinstance(first, str) and (not first or _LIKELY.search(first) is not None))
        word = total_word(row.cells) if likely and row.fault is None else None
        if word is None:
            yield row
        else:
            yield Row(row.number, row.cells, Diagnostic("total-row", facts={"row": row.number, "word": word}))


def total_word(cells: Sequence[object]) -> str | None:
    """The word that a row of totals begins with; None for any other: behind the word stand figures and blanks alone."""
    place = next((place for place, each in enumerate(cells) if not is_blank(each)), None)
    word = None if place is None or len(cells) < 2 else cells[place]
    if place is None or not isinstance(word, str) or len(word) > _LONGEST:
        return None
    written = re.sub(r"\s", "", unicodedata.normalize("NFKC", word))
    if _WORD.fullmatch(written) is None or not all(map(_is_figure, cells[place + 1 :])):
        return None
    return word.strip()


def ends_with_totals(source: Source) -> bool:
    """Whether the end of a text table looks as if a row of totals stood there: for engines that read the file
    themselves.
    """
    if source.path is None or source.encoding is None:
        return False
    with open(source.path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        text = file.read().decode(source.encoding, errors="replace")
    lines = text.splitlines()[1 if size > _TAIL else 0 :]
    cut = (line.split(source.delimiter or ",") for line in lines)
    return any(total_word([each.strip().strip('"') for each in cells]) for cells in cut)


def _is_figure(cell: object) -> bool:
    if is_blank(cell) or (isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)):
        return True
    if not isinstance(cell, str):
        return False
    try:
        read_number(cell)
    except Unreadable:
        return cell.strip() in ("-", "—", "/")
    return True
