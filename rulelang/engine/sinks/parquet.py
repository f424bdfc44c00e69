"""Rows as Parquet: set aside as text while they come, written with their types when all of them are there."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from rulelang.engine.connections.duck import literal, open_duck, quoted
from rulelang.engine.sinks.writers import as_text

NUMBER = "NUMBER"
LIST = "VARCHAR[]"
_BETWEEN = "\x1f"
_NESTED = ("STRUCT", "MAP", "UNION")


_LARGEST = 1 << 63


class ParquetWriter:
    """``types`` are those of the columns; of a `NUMBER` the scale is found in its values, no type is a text."""

    def __init__(self, path: Path, name: str, columns: Sequence[str], types: Sequence[str]) -> None:
        self._path, self._name, self._columns = path, name, columns
        self._types = [*types, *("VARCHAR" for _ in columns[len(types) :])]
        self._places = [0] * len(columns)
        self._aside = tempfile.TemporaryDirectory(prefix="rulelang-")
        self._file = open(os.path.join(self._aside.name, "rows.csv"), "w", encoding="utf-8", newline="")  # noqa: SIM115 - closed by finish or abandon
        self._rows = csv.writer(self._file)

    def write(self, cells: Sequence[object]) -> None:
        """Sets one row aside."""
        self._rows.writerow([self._text(place, each) for place, each in enumerate(cells)])

    def _text(self, place: int, cell: object) -> str:
        """A cell with a mark before it, so that none is told from an empty text."""
        if cell is None:
            return ""
        if self._types[place] == "BIGINT" and isinstance(cell, Decimal) and cell != int(cell):
            self._types[place] = NUMBER  # a cap of a whole number may have decimals
        if self._types[place] == "BIGINT" and isinstance(cell, int) and abs(cell) >= _LARGEST:
            self._types[place] = NUMBER
        if self._types[place] == NUMBER and isinstance(cell, Decimal):
            self._places[place] = max(self._places[place], -int(cell.as_tuple().exponent))
        if self._types[place] == LIST and isinstance(cell, list | tuple):
            return "=" + _BETWEEN.join(map(as_text, cell))
        if isinstance(cell, float) and self._types[place] != "VARCHAR":
            return "=" + repr(cell)  # NaN included
        return "=" + as_text(cell)

    def finish(self) -> None:
        """Writes the file."""
        self._file.close()
        names = [f"c{place}" for place, _ in enumerate(self._columns)]
        cells = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in names)
        items = [self._typed(place, name) for place, name in enumerate(names)]
        with open_duck(purpose=self._name) as duck:
            duck.execute(
                f"COPY (SELECT {', '.join(items)} FROM read_csv({literal(self._file.name)}, auto_detect = false, "
                f"header = false, delim = ',', quote = '\"', escape = '\"', columns = {{{cells}}}, nullstr = '', "
                f"max_line_size = 16777216, null_padding = false)) TO {literal(str(self._path))} (FORMAT parquet)"
            )
        self._aside.cleanup()

    def _typed(self, place: int, name: str) -> str:
        kind = self._types[place]
        text = f"CASE WHEN starts_with({name}, '=') THEN substr({name}, 2) END"
        if kind == LIST:
            value = f"CASE WHEN {text} = '' THEN []::VARCHAR[] ELSE string_split({text}, {literal(_BETWEEN)}) END"
        elif kind == NUMBER:
            value = f"CAST({text} AS DECIMAL(38, {self._places[place]}))"
        elif kind == "ANY" or kind.endswith("]") or kind.startswith(_NESTED):
            value = text  # as JSON
        else:
            value = f"CAST({text} AS {kind})"
        return f"{value} AS {quoted(self._columns[place])}"

    def abandon(self) -> None:
        """Drops what was set aside."""
        self._file.close()
        self._aside.cleanup()
