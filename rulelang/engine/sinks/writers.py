"""Rows as text: CSV and TSV, JSON, JSON lines."""

from __future__ import annotations

import contextlib
import csv
import datetime
import errno
import io
import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from rulelang.values.durations import Duration

_FEW_DIGITS = 60
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Takes(Protocol):
    """Takes rows: a file, or a sheet of a workbook."""

    def write(self, cells: Sequence[object]) -> None:
        """Writes one row."""


class Writer(Protocol):
    """Writes rows in one format; each row has its cells in the order of the columns."""

    def write(self, cells: Sequence[object]) -> None:
        """Writes one row."""

    def finish(self) -> None:
        """Writes what is still to be written, makes sure that it is stored, and closes."""

    def abandon(self) -> None:
        """Closes, whatever becomes of what was written."""


class DelimitedWriter:
    """CSV or TSV, the names of the columns in the first line.

    Texts are written as they are, ``=1+1`` too: a mark in front of it would change phone numbers (+86…), negative
    amounts and codes for every other reader. Who opens the result in a spreadsheet should ask for ``.xlsx``, where a
    text stays a text.
    """

    def __init__(self, text: io.TextIOWrapper, columns: Sequence[str], delimiter: str) -> None:
        self._text = text
        # The csv module puts in quotes what has a character of its own line end in it, hence both of them.
        self._lines = csv.writer(_ShortLines(self._text), delimiter=delimiter, lineterminator="\r\n")
        self._lines.writerow(columns)

    def write(self, cells: Sequence[object]) -> None:
        """Writes one line."""
        self._lines.writerow([each if type(each) is str else as_text(each) for each in cells])

    def finish(self) -> None:
        """Closes the file."""
        _close(self._text)

    def abandon(self) -> None:
        """Closes the file."""
        _abandon(self._text)


class _ShortLines:
    """Passes lines on with a plain line feed at their end."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._write = text.write

    def write(self, line: str) -> None:
        self._write(line[:-2] + "\n")


class JsonWriter:
    """Objects, one per line: a JSON list (``listed``), or JSON lines."""

    def __init__(self, text: io.TextIOWrapper, columns: Sequence[str], listed: bool) -> None:
        self._text = text
        self._names = [_encode(each) + ": " for each in columns]
        self._between = ",\n" if listed else "\n"
        self._next, self._end = ("[\n", "\n]\n") if listed else ("", "\n")

    def write(self, cells: Sequence[object]) -> None:
        """Writes one object."""
        members = ", ".join([name + as_json(cell) for name, cell in zip(self._names, cells, strict=True)])
        self._text.write(f"{self._next}{{{members}}}")
        self._next = self._between

    def finish(self) -> None:
        """Ends the list and closes the file."""
        if self._next == self._between:
            self._text.write(self._end)
        elif self._next:
            self._text.write("[]\n")
        _close(self._text)

    def abandon(self) -> None:
        """Closes the file."""
        _abandon(self._text)


def as_text(cell: object) -> str:
    """A cell as it stands in a text file; None is empty, a day is 2026-01-31, a number has no exponent."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return as_text(Decimal(repr(cell))) if cell - cell == 0 else ""
        case Decimal():
            return f"{cell:f}" if abs(cell.adjusted()) < _FEW_DIGITS else str(cell)
        case datetime.datetime():
            return cell.isoformat(" ")
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case Mapping() | list():
            return as_json(cell)
        case tuple():
            return "; ".join(map(as_text, cell))
    return str(cell)


def as_json(cell: object) -> str:
    """A cell as JSON; numbers are exact, days and lengths of time are texts."""
    match cell:
        case None:
            return "null"
        case str():
            return _encode(cell)
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case Decimal():
            return as_text(cell) if cell.is_finite() else "null"
        case float():
            return repr(cell) if cell - cell == 0 else "null"
        case Mapping():
            return "{" + ", ".join(f"{_encode(str(key))}: {as_json(each)}" for key, each in cell.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(as_json, cell)) + "]"
        case Duration():
            return _encode(str(cell))
    return _encode(as_text(cell))


def _close(text: io.TextIOWrapper) -> None:
    """Closes a file once its bytes are stored: a full disk may show only now."""
    text.flush()
    try:
        os.fsync(text.fileno())
    except io.UnsupportedOperation:
        pass  # standard output
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a pipe or a device keeps nothing
            raise
    text.close()


def _abandon(text: io.TextIOWrapper) -> None:
    with contextlib.suppress(OSError, ValueError):  # a full disk again, or closed already
        text.close()
