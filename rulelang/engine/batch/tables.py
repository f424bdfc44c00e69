"""Files as tables that DuckDB reads: Parquet where it lies, text tables set aside as Parquet first."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

from attrs import Factory, frozen

from rulelang.engine.batch.staging import FAULT, reviver, set_aside, shown
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.sources.parquet import ParquetFiles, parquet_files
from rulelang.engine.sources.source import Source
from rulelang.values.text import OUTER_SPACES, clean_text

TEXT = ("utf-8", "utf-8-sig", "ascii")
PIECE = 1 << 20
_LONGEST_LINE = 1 << 20
_MEMORY = "rulelang_memory"
_NO_CELL = "\x01rulelang\x01"  # what no cell is: an empty one is an empty text, as for the csv module


@frozen
class Lines:
    """The rows of a text table as they stand there, as a ``relation`` with one column ``line``: in quotes is what needs
    them. They are read twice, while the file is in the same ``state``.
    """

    relation: str
    delimiter: str
    path: str
    state: tuple[int, int]

    @property
    def changed(self) -> bool:
        """Whether somebody has written to the file since it was opened: lines and answers may not belong together."""
        return self.state != state_of(self.path)


def state_of(path: str) -> tuple[int, int]:
    """How long a file is, and when it was written to."""
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns


@frozen
class Table:
    """What a query reads: ``relation`` with a column ``number`` that counts its rows from 0, in their order.

    ``first`` is the number that the user gives to the first row; None where numbers may be off (blank lines).
    Of rows that our own readers cut ``forms`` says of the place of a column what its type doesn't; ``faults`` are those
    that can't be cut. They are ``untyped`` in a result: a Parquet file has their columns as texts. ``places`` are the
    columns of measures by name, ``unread`` those that say of a field that only measures read whether it is missing. A
    table with ``lines`` has those columns alone that somebody looks at; of ``plain`` columns no cell is written in an
    unusual way.
    """

    relation: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: int
    first: int | None
    forms: Mapping[int, str] = Factory(dict)
    faults: str | None = None
    untyped: bool = False
    places: Mapping[str, str] = Factory(dict)
    unread: Mapping[str, str] = Factory(dict)
    lines: Lines | None = None
    plain: frozenset[str] = frozenset()

    def kind(self, column: str) -> str:
        """The type of a column, or its form."""
        place = self.columns.index(column)
        return self.forms.get(place, self.types[place])

    @property
    def readable(self) -> str:
        """The rows that could be cut into cells."""
        return self.relation if self.faults is None else f"(SELECT * FROM {self.relation} WHERE NOT {FAULT})"

    def value(self, place: int, cell: Any) -> Any:
        """A cell of a column as the source gave it."""
        return reviver(self.forms[place])(cell) if place in self.forms else cell

    def values(self, cells: Sequence[Any]) -> list[Any]:
        """The cells of a row as the source gave them."""
        found = list(cells)
        for place, form in self.forms.items():
            found[place] = reviver(form)(found[place])
        return found

    @property
    def extra(self) -> tuple[str, ...]:
        """Columns of our own beside those of the source."""
        return (FAULT,) if self.faults is not None else ()

    def text(self, place: int, cell: str) -> str:
        """A cell as it stands in a table of text."""
        return shown(cell, self.forms.get(place), self.types[place])


class Uncounted(Exception):  # noqa: N818 - no fault: it is done another way
    """A row has to be found by its number, and DuckDB has not counted the rows as the source does, or not the same rows
    twice.
    """


def open_table(source: Source, duck: Duck, name: str = "table", cut: bool = False) -> Table:
    """The table of a source; text is set aside under the ``name``, cut by the source's own reader where DuckDB can't or
    where it has to be (``cut``).
    """
    found = None if cut else _opened(source, duck, name)
    if found is None:
        relation, types, forms, rows, faults = set_aside(source, duck, name)
        found = Table(relation, source.columns, types, rows, 0, forms, faults, untyped=not source.types)
    return found


def _opened(source: Source, duck: Duck, name: str) -> Table | None:
    """The table that DuckDB reads; None where only the source's own reader can cut it into rows."""
    if source.table is not None:
        return _in_memory(source, duck)
    if source.path is None:
        return None
    if source.format == "parquet":
        files = parquet_files(source.path, duck)
        relation = f"(SELECT *, {_row_number(files, duck)} AS rulelang_number FROM {files.relation})"
        return Table(relation, files.columns, files.types, files.rows, 1)
    if source.format == "csv" and source.encoding in TEXT and source.delimiter is not None:
        return _staged(source, duck, name)
    return None


def _in_memory(source: Source, duck: Duck) -> Table:
    """A table of Arrow's, read in place."""
    duck.share(_MEMORY, source.table)
    described = duck.execute(f"DESCRIBE SELECT * FROM {_MEMORY}").fetchall()
    *names, number = (quoted(str(each[0])) for each in described)
    relation = f"(SELECT {', '.join((*names, number))}, {number} AS rulelang_number FROM {_MEMORY})"
    types = tuple(str(each[1]) for each in described)
    return Table(relation, source.columns, types, source.table.num_rows, 1)


def _row_number(files: ParquetFiles, duck: Duck) -> str:
    """The number of a row from 0, the files below each other in the order of their names."""
    if len(files.paths) == 1:
        return "file_row_number"
    paths = ", ".join(map(literal, files.paths))
    found = duck.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata([{paths}])").fetchall()
    counts = {str(name): int(rows) for name, rows in found}
    before = accumulate((counts[each] for each in files.paths[:-1]), initial=0)
    return f"CAST([{', '.join(map(str, before))}] AS BIGINT[])[CAST(file_index AS BIGINT) + 1] + file_row_number"


def _staged(source: Source, duck: Duck, name: str) -> Table | None:
    """A text table as Parquet, every cell a text. None where DuckDB cuts a line otherwise than the csv module."""
    if source.path is None:
        return None
    target = os.path.join(duck.folder, f"{name}.parquet")
    columns = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in source.columns)
    if not head_comes_first(source) or not _cut_alike(source.path, source.delimiter or ","):
        return None
    read = (
        f"read_csv({literal(source.path)}, auto_detect = false, header = false, skip = 1, "
        f"columns = {{{columns}}}, delim = {literal(source.delimiter or ',')}, quote = '\"', escape = '\"', "
        f"strict_mode = true, max_line_size = 1048576, nullstr = {literal(_NO_CELL)}, allow_quoted_nulls = false)"
    )
    rows = f"SELECT * FROM {read} WHERE {filled(source.columns)}"
    # Parquet keeps each spelling of a column once, and what is asked of a spelling is asked once.
    statement = f"COPY ({rows}) TO {literal(target)} (FORMAT parquet, COMPRESSION snappy)"
    try:
        duck.connection.execute(statement)
    except duck.library.OutOfMemoryException:
        raise
    except duck.library.Error:
        return None  # too many cells, half a quotation mark, a character that is none
    files = parquet_files(target, duck)
    relation = f"(SELECT *, file_row_number AS rulelang_number FROM {files.relation})"
    estimate = source.estimate()
    # With blank lines or line breaks in cells a row's number is not its place.
    first = 2 if estimate == files.rows else None
    return Table(relation, source.columns, files.types, files.rows, first)


def filled(columns: Sequence[str]) -> str:
    """The condition that a row is no blank line: most have a cell that begins with a plain character."""
    names = [quoted(each) for each in columns]
    plain = " OR ".join(f"({each} >= '!' AND {each} < '\x7f')" for each in names)
    exact = " OR ".join(f"trim({each}, {literal(OUTER_SPACES)}) <> ''" for each in names)
    return f"CASE WHEN {plain} THEN TRUE ELSE {exact} END"


def head_comes_first(source: Source) -> bool:
    """Whether the first line of a text table is its head, and the second the first row."""
    if source.path is None or source.delimiter is None:
        return False
    with open(source.path, encoding=source.encoding, newline="") as file:
        cells = next(csv.reader([file.readline(_LONGEST_LINE)], delimiter=source.delimiter), [])
    named = tuple(clean_text(each) or f"column {position}" for position, each in enumerate(cells, 1))
    return named == source.columns


def _cut_alike(path: str, delimiter: str) -> bool:
    """Whether nothing in a text file is read by DuckDB otherwise than by the csv module."""
    spaced = f'{delimiter} "'.encode()
    with open(path, "rb") as file:
        for piece in iter(partial(file.read, PIECE), b""):
            if b"\0" in piece or spaced in piece or piece.count(b"\r") != piece.count(b"\r\n"):
                return False
    return True


def same_columns(names: Sequence[str]) -> bool:
    """Whether DuckDB, which knows no case, can tell the columns apart."""
    return len({each.casefold() for each in names}) == len(names)
