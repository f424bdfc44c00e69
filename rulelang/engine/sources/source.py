"""What every source gives: its columns, what is to be said about it, and its rows as often as they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, NamedTuple

from attrs import field, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.connections.address import Address
from rulelang.engine.number_formats import NumberFormat
from rulelang.values.text import clean_text
from rulelang.vocabulary.reading import is_blank

MOST_COLUMNS = 16_384  # as many as Excel has
_HEAD_ROWS = 20  # the head stands among these


class Row(NamedTuple):
    """One row, its cells in the order of the source's columns.

    ``number`` is the row as the user counts it: in a table the head is row 1 and blank rows count, in JSON lines it
    is the line, in a JSON array the position from 1. ``cells`` are unread; None and blank texts are blank cells.
    A row that can't be read has a ``fault``; its cells are then what could be made out, of any number.
    (A named tuple because a million of them are made.)
    """

    number: int
    cells: Sequence[object]
    fault: Diagnostic | None = None


@frozen
class SourceOptions:
    """What the caller knows better than we can find out: ``encoding``, ``delimiter``, ``sheet`` (None: find out).

    ``wanted`` gives the titles that are looked for where a workbook has several sheets: those of fields. ``called``
    are names of which a sheet may have one: those of the list whose records are read.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    wanted: Callable[[], Collection[str]] | None = None
    called: tuple[str, ...] = ()


def _nothing() -> None:
    return None


def _no_formats() -> Sequence[NumberFormat]:
    return ()


@frozen
class Source:
    """Rows with named columns.

    ``rows()`` starts anew each time and reads one row at a time where the format allows it. ``name`` is the file as
    the user knows it, ``format`` one of ``csv``, ``excel``, ``json``, ``jsonl``, ``parquet``, ``database``;
    ``types`` are those of Parquet columns, as DuckDB names them. ``path`` is the file that was opened, None for
    standard input, ``address`` where a database has the rows. ``notes`` are findings about the whole source (its
    encoding was guessed).
    ``estimate()`` is about how many rows there are, for a progress bar. Use it as a context manager, or ``close()`` it:
    data from standard input is kept in a temporary file until then. ``origin`` says of a row of several files in which
    one it stands, and where; ``files`` are those files, ``table`` is an Arrow table that
    has them in memory, and behind the columns one that counts the rows from 0. ``formats()`` are those of
    the numbers in a workbook's columns, as far as it says.
    """

    name: str
    format: str
    columns: tuple[str, ...]
    read: Callable[[], Iterator[Row]] = field(repr=False)
    path: str | None = None
    notes: tuple[Diagnostic, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    types: tuple[str, ...] = ()
    address: Address | None = None
    count: Callable[[], int | None] = field(default=_nothing, repr=False)
    release: Callable[[], None] = field(default=_nothing, repr=False)
    origin: Callable[[int], tuple[str, int]] | None = field(default=None, repr=False)
    files: tuple[str, ...] = ()
    table: Any = field(default=None, repr=False, eq=False)
    formats: Callable[[], Sequence[NumberFormat]] = field(default=_no_formats, repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows from the first on, those that can't be read included (they carry a fault)."""
        return self.read()

    @property
    def byte_order_mark(self) -> bool:
        """Whether a text table made of this source begins with one: whoever sent it may open it in Excel."""
        return self.format == "excel" or self.encoding not in (None, "utf-8")

    def sample(self, size: int = 1000) -> tuple[Row, ...]:
        """The first rows that can be read."""
        found = []
        for row in self.read():
            if row.fault is None:
                found.append(row)
                if len(found) == size:
                    break
        return tuple(found)

    def estimate(self) -> int | None:
        """About how many rows there are; None where nobody can say."""
        return self.count()

    def close(self) -> None:
        """Drops what was kept for this source; rows can't be read any more."""
        self.release()

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def head_row(records: Iterable[tuple[int, Sequence[object]]]) -> tuple[int, Sequence[object], tuple[int, ...]]:
    """The row of column names: its number, its cells, and the numbers of the rows above it that are titles.

    Among the first rows that are not blank, one with nothing but a first cell above one with several is a title
    ("Customers, May 2026"), not a head. Where every row is blank the number is 0.
    """
    first: tuple[int, Sequence[object]] = (0, ())
    titles: list[int] = []
    for number, cells in islice(records, _HEAD_ROWS):
        filled = sum(not is_blank(each) for each in cells)
        if filled > 1 or (filled == 1 and is_blank(cells[0])):
            return number, cells, tuple(titles)
        if filled == 1:
            first = first if titles else (number, cells)
            titles.append(number)
    return *first, ()


def head_with(
    records: Iterable[tuple[int, Sequence[object]]], wanted: Collection[str]
) -> tuple[int, tuple[int, Sequence[object], tuple[int, ...]]]:
    """The row of column names as `head_row` finds it, or the first that has more of some titles than that; and how many
    it has. Rows above it are titles.
    """
    first = list(islice(records, _HEAD_ROWS))
    best = head_row(first)
    most = _titles_among(best[1], wanted)
    for number, cells in first:
        found = _titles_among(cells, wanted)
        if found > most:
            most, best = found, (number, cells, tuple(each for each, above in first if each < number and any(above)))
    return most, best


def _titles_among(cells: Sequence[object], wanted: Collection[str]) -> int:
    return len({clean_text(each) for each in cells if isinstance(each, str)}.intersection(wanted))


def column_names(name: str, cells: Sequence[object]) -> tuple[str, ...]:
    """The names in a head: trimmed, blank ones named by their position.

    Raises DataError: ``duplicate-column`` (a name stands twice), ``too-many-columns``.
    """
    names = [clean_text(str(each)) if not is_blank(each) else "" for each in cells]
    named = [each or f"column {position}" for position, each in enumerate(names, 1)]
    twice = [each for each, count in Counter(named).items() if count > 1]
    if twice:
        raise DataError(tuple(Diagnostic("duplicate-column", facts={"file": name, "column": each}) for each in twice))
    return within_limit(named)


def within_limit(names: Collection[str]) -> tuple[str, ...]:
    """The names of columns. Raises DataError (``too-many-columns``)."""
    if len(names) > MOST_COLUMNS:
        facts = {"count": len(names), "limit": MOST_COLUMNS}
        raise DataError((Diagnostic("too-many-columns", facts=facts),))
    return tuple(names)


def fitted(number: int, cells: Sequence[object], width: int) -> Row:
    """The row with as many cells as there are columns: blank cells too many are dropped, other misfits are faults."""
    if len(cells) == width:
        return Row(number, cells)
    if len(cells) > width and all(is_blank(each) for each in cells[width:]):
        return Row(number, cells[:width])
    return Row(number, cells, Diagnostic("row-length", facts={"row": number, "found": len(cells), "expected": width}))
