"""Looking a value up in a reference table: the column of the key, the rows in force, the type of a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from attrs import evolve

from rulelang.values.dates import read_date
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import read_number
from rulelang.vocabulary.declarations import ReferenceList, Value
from rulelang.vocabulary.types import Choice, Date, Number, Text, Type

# Titles of the columns that say from and until when a row holds.
FROM_TITLES = ("valid_from", "valid from", "有效期自", "生效日", "生效日期")
UNTIL_TITLES = ("valid_until", "valid until", "有效期至", "失效日", "失效日期")


def key_column(reference: ReferenceList, names: Sequence[str]) -> int:
    """The column a key is looked up in: the one called like the field that is looked up, else the first."""
    return next((reference.columns.index(name) for name in names if name in reference.columns), 0)


def column_type(reference: ReferenceList, column: int) -> Type:
    """Number or date where every filled cell of a column reads as one, else text."""
    cells = [row[column] for row in reference.rows if column < len(row) and row[column]]
    if cells and all(_readable(read_number, cell) for cell in cells):
        whole = all(isinstance(read_number(cell), int) for cell in cells)
        return Number(0) if whole else Number()
    if cells and all(_readable(read_date, cell) for cell in cells):
        return Date()
    return Text()


def strange_cells(reference: ReferenceList, column: int, choice: Choice) -> tuple[str, ...]:
    """The cells of a column that are no member of a choice, each once."""
    cells = (_cell(row, column) for row in reference.rows)
    return tuple(dict.fromkeys(each for each in cells if each and choice.member(each) is None))


def entries(reference: ReferenceList, key: int, column: int, type_: Type, as_of: date) -> dict[str, Value]:
    """The values of a column by key, of the rows in force on a day; of two rows with one key the later one holds."""
    start, until = _index(reference, FROM_TITLES), _index(reference, UNTIL_TITLES)
    found: dict[str, Value] = {}
    for row in reference.rows:
        if not _in_force(row, start, until, as_of):
            continue
        name, cell = _cell(row, key), _cell(row, column)
        if name and cell:
            found[name] = _value(cell, type_)
    return found


def is_dated(reference: ReferenceList) -> bool:
    """Whether its rows say from when or until when they hold."""
    return _index(reference, FROM_TITLES) is not None or _index(reference, UNTIL_TITLES) is not None


def members_on(reference: ReferenceList, as_of: date) -> frozenset[str]:
    """The entries of a list in force on a day; all of them where its rows carry no dates."""
    if not is_dated(reference):
        return reference.values
    column = reference.columns.index(reference.column) if reference.column in reference.columns else 0
    return frozenset(entries(reference, column, column, Text(), as_of))


def as_on(reference: ReferenceList, day: date) -> ReferenceList:
    """The list with the rows that are in force on a day, for good."""
    if not is_dated(reference):
        return reference
    start, until = _index(reference, FROM_TITLES), _index(reference, UNTIL_TITLES)
    rows = tuple(
        tuple("" if place in (start, until) else cell for place, cell in enumerate(row))
        for row in reference.rows
        if _in_force(row, start, until, day)
    )
    return evolve(reference, rows=rows, values=members_on(reference, day))


def different_keys(reference: ReferenceList, key: int) -> Iterator[str]:
    """A key for each kind of row, whatever its dates: all other cells are the same in one kind."""
    dates = (_index(reference, FROM_TITLES), _index(reference, UNTIL_TITLES))
    seen: set[tuple[str, ...]] = set()
    for row in reference.rows:
        rest = tuple(cell for place, cell in enumerate(row) if place != key and place not in dates)
        if rest not in seen:
            seen.add(rest)
            yield _cell(row, key)


def doubled_keys(reference: ReferenceList, key: int) -> tuple[str, ...]:
    """Keys of which two rows hold on the same day; without dates, keys with more than one row."""
    spans: dict[str, list[tuple[date, date]]] = {}
    for row in reference.rows:
        name = _cell(row, key)
        if name:
            spans.setdefault(name, []).append(validity(reference.columns, row))
    return tuple(name for name, found in spans.items() if len(found) > 1 and _overlap(found))


def validity(columns: Sequence[str], row: Sequence[str]) -> tuple[date, date]:
    """The first and last day on which a row holds. Raises Unreadable where one of its dates is none."""
    first, last = (_cell(row, _titled(columns, titles)) for titles in (FROM_TITLES, UNTIL_TITLES))
    return (read_date(first) if first else date.min), (read_date(last) if last else date.max)


def _overlap(spans: list[tuple[date, date]]) -> bool:
    ordered = sorted(spans)
    return any(after <= until for (_, until), (after, _) in pairwise(ordered))


def _in_force(row: Sequence[str], start: int | None, until: int | None, as_of: date) -> bool:
    first, last = _cell(row, start), _cell(row, until)
    return (not first or read_date(first) <= as_of) and (not last or as_of <= read_date(last))


def _index(reference: ReferenceList, titles: Sequence[str]) -> int | None:
    return _titled(reference.columns, titles)


def _titled(columns: Sequence[str], titles: Sequence[str]) -> int | None:
    return next((index for index, title in enumerate(columns) if title.lower() in titles), None)


def _cell(row: Sequence[str], index: int | None) -> str:
    return row[index] if index is not None and index < len(row) else ""


def _value(cell: str, type_: Type) -> Value:
    if isinstance(type_, Number):
        number: int | Decimal = read_number(cell)
        return number
    if isinstance(type_, Choice):
        member = type_.member(cell)
        return cell if member is None else member.key
    return read_date(cell) if isinstance(type_, Date) else cell


def _readable(read: object, cell: str) -> bool:
    assert callable(read)
    try:
        read(cell)
    except Unreadable:
        return False
    return True
