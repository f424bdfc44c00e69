"""Reference tables (S10): which rows are in force on a day, and what stands in them under a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from rulelang.values.dates import read_date
from rulelang.values.numbers import read_number
from rulelang.vocabulary.declarations import ReferenceList
from rulelang.vocabulary.types import Date, Number, Type


def rows_on(reference: ReferenceList, day: date) -> Iterator[dict[int, str]]:
    """The rows in force on a day, each as its filled cells by position."""
    for row in reference.rows:
        titled = dict(zip((each.lower() for each in reference.columns), row, strict=False))
        start = titled.get("valid_from") or titled.get("生效日")
        end = titled.get("valid_until") or titled.get("失效日")
        if (start and day < read_date(start)) or (end and read_date(end) < day):
            continue
        yield {position: cell for position, cell in enumerate(row) if cell}


def found(reference: ReferenceList, key_column: int, column: int, key: object, type_: Type, day: date) -> object:
    """The value in a column for a key; None where there is none."""
    cells = [row[column] for row in rows_on(reference, day) if row.get(key_column) == key and column in row]
    if not cells:
        return None
    if isinstance(type_, Number):
        return Fraction(read_number(cells[-1]))
    return read_date(cells[-1]) if isinstance(type_, Date) else cells[-1]


def holds_on(reference: ReferenceList, text: object, day: date) -> bool:
    """Whether a text is an entry of a list on a day."""
    titles = {each.lower() for each in reference.columns}
    if not titles & {"valid_from", "valid_until", "生效日", "失效日"}:
        return text in reference.values
    column = reference.columns.index(reference.column) if reference.column else 0
    return any(row.get(column) == text for row in rows_on(reference, day))
