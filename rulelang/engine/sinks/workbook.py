"""Rows as a workbook (.xlsx): one sheet of them, or several."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.position import display_width
from rulelang.engine.extras import extra
from rulelang.engine.number_formats import GENERAL, NumberFormat, shows_days
from rulelang.engine.sinks.writers import as_text

MOST_ROWS = 1_048_576
_LONGEST_TEXT = 32_767
_DIGITS = 15
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
_WIDEST, _NARROWEST = 48, 10
_FIRST_DAY = datetime.date(1900, 3, 1)  # before it Excel counts a day that never was
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}


class Book:
    """A workbook that is being written, sheet by sheet, each row by row in constant memory.

    ``made_on`` is the day in the workbook's properties, so that the same rows give the same bytes; ``about`` are
    further properties (``title``, ``comments``). Raises DataError (``missing-extra``).
    """

    def __init__(self, path: Path, name: str, made_on: datetime.date, **about: str) -> None:
        self.name = name
        library: Any = extra("excel", "xlsxwriter", name)
        self._errors = library.exceptions.XlsxWriterException
        self._aside = tempfile.TemporaryDirectory(prefix="rulelang-")
        self._book = library.Workbook(str(path), {**_PLAIN, "tmpdir": self._aside.name})
        self._book.set_properties({**about, "created": datetime.datetime.combine(made_on, datetime.time())})
        self._formats: dict[NumberFormat, Any] = {}
        self._head = self._book.add_format({"bold": True})
        self._sheets: list[Any] = []

    def sheet(
        self,
        title: str | None,
        columns: Sequence[str],
        widths: Sequence[int] = (),
        formats: Sequence[NumberFormat] = (),
    ) -> BookSheet:
        """A further sheet, its column titles written and kept in view; ``widths`` are those of its columns, ``formats``
        those of the numbers and days in them.
        """
        made = self._book.add_worksheet(title)
        self._sheets.append(made)
        for place, width in enumerate(widths):
            made.set_column(place, place, width)
        made.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            made.write_string(0, place, column, self._head)
        return BookSheet(self, made, len(columns), [*formats, *(GENERAL for _ in columns[len(formats) :])])

    def format(self, pattern: NumberFormat) -> Any:
        """A number format as the library has it; None where numbers are shown as they come."""
        if pattern == GENERAL:
            return None
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]

    def finish(self) -> None:
        """Writes the workbook."""
        try:
            self._book.close()
        except self._errors as error:
            cause = error.args[0] if error.args else error
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from error
        finally:
            self._clear()

    def abandon(self) -> None:
        """Drops what was written; the library would write it at the end of the program otherwise."""
        self._book.fileclosed = True
        self._clear()

    def _clear(self) -> None:
        """Takes away the rows that the library keeps in files until it writes the workbook."""
        for each in self._sheets:
            each.row_data_fh.close()
        self._aside.cleanup()


class BookSheet:
    """One sheet: numbers as numbers, days as days, texts always as texts.

    A number of more than fifteen digits, which Excel would cut, is written as text.
    """

    def __init__(self, book: Book, sheet: Any, width: int, formats: Sequence[NumberFormat]) -> None:
        self._book = book
        self._numbers = [book.format(GENERAL if shows_days(each) else each) for each in formats]
        self._days = [book.format(each if shows_days(each) else _DAY) for each in formats]
        self._moments = [book.format(each if shows_days(each) else _MOMENT) for each in formats]
        self._sheet = sheet
        self._width = width
        self._row = 1

    def write(self, cells: Sequence[object]) -> None:
        """Writes one row. Raises DataError: ``too-many-rows``, ``cell-too-long``."""
        if self._row == MOST_ROWS:
            facts = {"file": self._book.name, "limit": MOST_ROWS - 1}
            raise DataError((Diagnostic("too-many-rows", facts=facts),))
        for place, cell in enumerate(cells):
            self._write(place, cell)
        self._row += 1

    def filtered(self) -> None:
        """Puts filters on the column titles."""
        self._sheet.autofilter(0, 0, max(1, self._row - 1), self._width - 1)

    def _write(self, place: int, cell: object) -> None:
        sheet, row = self._sheet, self._row
        match cell:
            case None | "":
                return
            case bool():
                sheet.write_boolean(row, place, cell)
            case int() | Decimal() | float() if _fits(cell):
                sheet.write_number(row, place, cell, self._numbers[place])
            case datetime.datetime() if cell.date() >= _FIRST_DAY and cell.tzinfo is None:
                sheet.write_datetime(row, place, cell, self._moments[place])
            case datetime.date() if not isinstance(cell, datetime.datetime) and cell >= _FIRST_DAY:
                sheet.write_datetime(row, place, cell, self._days[place])
            case _:
                self._write_text(place, as_text(cell))

    def _write_text(self, place: int, text: str) -> None:
        if len(text) > _LONGEST_TEXT:
            facts = {"file": self._book.name, "row": self._row + 1, "limit": _LONGEST_TEXT}
            raise DataError((Diagnostic("cell-too-long", facts=facts),))
        self._sheet.write_string(self._row, place, text)


class WorkbookWriter:
    """A workbook of one sheet."""

    def __init__(
        self,
        path: Path,
        name: str,
        columns: Sequence[str],
        made_on: datetime.date,
        formats: Sequence[NumberFormat] = (),
    ) -> None:
        self._book = Book(path, name, made_on)
        self._sheet = self._book.sheet(None, columns, widths_of(columns), formats)

    def write(self, cells: Sequence[object]) -> None:
        """Writes one row. Raises DataError: ``too-many-rows``, ``cell-too-long``."""
        self._sheet.write(cells)

    def finish(self) -> None:
        """Writes the workbook, with filters on the column titles."""
        self._sheet.filtered()
        self._book.finish()

    def abandon(self) -> None:
        """Drops what was written."""
        self._book.abandon()


def widths_of(columns: Sequence[str]) -> list[int]:
    """The widths of columns with these titles, in characters."""
    return [min(_WIDEST, max(_NARROWEST, display_width(each) + 3)) for each in columns]


def _fits(number: float | Decimal) -> bool:
    """Whether Excel keeps all digits of a number."""
    exact = Decimal(str(number))
    return exact.is_finite() and len(exact.normalize().as_tuple().digits) <= _DIGITS and abs(exact.adjusted()) < 300
