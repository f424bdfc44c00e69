"""Opens a file to write rows to; the ending of its name says the format."""

from __future__ import annotations

import datetime
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.connections.address import is_address, masked
from rulelang.engine.draft import Draft, start_draft, unwritable
from rulelang.engine.number_formats import NumberFormat
from rulelang.engine.sinks.parquet import ParquetWriter
from rulelang.engine.sinks.table import TABLE, TableDraft, open_table
from rulelang.engine.sinks.workbook import WorkbookWriter
from rulelang.engine.sinks.writers import DelimitedWriter, JsonWriter, Writer

if TYPE_CHECKING:
    from typing_extensions import Buffer

STANDARD_OUTPUT = "-"
FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "tsv",
    ".xlsx": "excel",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


@frozen
class SinkOptions:
    """How rows are written. ``encoding`` is ``utf-8`` or ``utf-8-sig``, ``delimiter`` is that of a .csv file.

    ``made_on`` is the day in a workbook's properties, ``types`` are those of Parquet columns. With ``replace`` a table
    of a database may take the place of one that is there. ``formats`` are those of the
    numbers in a workbook's columns.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    made_on: datetime.date = datetime.date(2000, 1, 1)
    types: tuple[str, ...] = ()
    replace: bool = False
    formats: tuple[NumberFormat, ...] = ()


class Sink:
    """Takes rows, and becomes a file when it is committed; used as a context manager, it leaves nothing otherwise.

    ``format`` is one of ``csv``, ``tsv``, ``excel``, ``json``, ``jsonl``, ``parquet``, ``table``. Every method raises
    DataError where the disk is full (``disk-full``) or the file can't be written (``unwritable-file``).
    """

    def __init__(self, name: str, format_: str, draft: Draft | TableDraft | None, writer: Writer) -> None:
        self.name = name
        self.format = format_
        self._draft = draft
        self._writer = writer
        self._finished = False

    def write(self, cells: Sequence[object]) -> None:
        """Writes one row, its cells in the order of the columns."""
        try:
            self._writer.write(cells)
        except OSError as error:
            raise self._failure(error) from error

    def finish(self) -> None:
        """Writes the rest; the file has not taken its name yet."""
        try:
            self._writer.finish()
            self._finished = True
        except OSError as error:
            raise self._failure(error) from error

    def commit(self) -> None:
        """Gives the finished file its name."""
        try:
            if self._draft is not None:
                self._draft.commit()
        except OSError as error:
            raise self._failure(error) from error

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._finished:
            self._writer.abandon()
        if self._draft is not None:
            self._draft.discard()

    def _failure(self, error: OSError) -> Exception:
        return error if isinstance(error, BrokenPipeError) else unwritable(self.name, error)


def sink_format(path: str | os.PathLike[str]) -> str:
    """The format that a name's ending says; ``-`` is JSON lines. Raises DataError (``unknown-output``)."""
    name = os.fspath(path)
    if name == STANDARD_OUTPUT:
        return "jsonl"
    if is_address(name):
        return TABLE
    ending = Path(name).suffix.casefold()
    if ending in FORMATS:
        return FORMATS[ending]
    if not ending and os.path.exists(name) and not os.path.isfile(name) and not os.path.isdir(name):
        return "csv"  # a device or a pipe
    facts = {"file": name, "endings": tuple(FORMATS)}
    raise DataError((Diagnostic("unknown-output", facts=facts),))


def open_sink(path: str | os.PathLike[str], columns: Sequence[str], options: SinkOptions | None = None) -> Sink:
    """Starts a file with these columns. Raises DataError: ``unknown-output``, ``missing-extra``, ``is-a-folder``,
    ``no-such-folder``, ``unwritable-file``, ``disk-full``.
    """
    name, format_, options = os.fspath(path), sink_format(path), options or SinkOptions()
    if name == STANDARD_OUTPUT:
        sys.stdout.flush()
        text = _text(_StaysOpen(sys.stdout.buffer), "utf-8")
        return Sink(name, format_, None, JsonWriter(text, columns, listed=False))
    if format_ == TABLE:
        writer = open_table(name, columns, options.types, options.replace)
        return Sink(masked(name), format_, TableDraft(writer.session), writer)
    draft = start_draft(path)
    try:
        return Sink(name, format_, draft, _writer(draft, name, format_, columns, options))
    except OSError as error:
        draft.discard()
        raise unwritable(name, error) from error
    except BaseException:
        draft.discard()
        raise


def _writer(draft: Draft, name: str, format_: str, columns: Sequence[str], options: SinkOptions) -> Writer:
    if format_ == "parquet":
        return ParquetWriter(draft.path, name, columns, options.types)
    if format_ == "excel":
        return WorkbookWriter(draft.path, name, columns, options.made_on, options.formats)
    stream = io.FileIO(draft.path, "wb")
    if format_ in ("json", "jsonl"):
        return JsonWriter(_text(stream, "utf-8"), columns, listed=format_ == "json")
    text = _text(stream, options.encoding)
    return DelimitedWriter(text, columns, options.delimiter if format_ == "csv" else "\t")


def _text(stream: io.RawIOBase, encoding: str) -> io.TextIOWrapper:
    """The stream as text, its line ends as they are written on every system."""
    return io.TextIOWrapper(io.BufferedWriter(stream), encoding, newline="")


class _StaysOpen(io.RawIOBase):
    """Standard output, which is not ours to close."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        return self._stream.write(data)

    def flush(self) -> None:
        if not self.closed:
            self._stream.flush()
