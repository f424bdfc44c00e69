"""Tables as text: CSV, TSV and their cousins, read line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.sources.content import Content
from rulelang.engine.sources.delimiters import find_delimiter, stated_in
from rulelang.engine.sources.encoding import find_encoding
from rulelang.engine.sources.source import Row, Source, SourceOptions, column_names, fitted, head_row
from rulelang.engine.sources.totals import without_totals
from rulelang.vocabulary.reading import is_blank

_HEAD = 1 << 16
_LONGEST_LINE = 1 << 20
_SHOWN = 200


@frozen
class Layout:
    """How a text file is cut: ``tight`` says that a space after a delimiter belongs to nothing (``"a", "b"``)."""

    encoding: str
    delimiter: str
    tight: bool


# Number (from 1), cells, and the code of what is wrong with it. A plain tuple: a million of them are made.
Record = tuple[int, Sequence[str], str | None]


def open_delimited(content: Content, options: SourceOptions) -> Source:
    """The rows of a text file. Raises DataError where it has no head or can't be decoded."""
    encoding = find_encoding(content, options.encoding)
    head = _head(content, encoding.name)
    delimiter = find_delimiter(content.name, head, options.delimiter)
    layout = Layout(encoding.name, delimiter, tight=f'{delimiter} "' in head)
    at, cells, titles = head_row((number, cells) for number, cells, _ in _records(content, layout))
    if at == 0:
        raise DataError((Diagnostic("empty-data", facts={"file": content.name}),))
    columns = column_names(content.name, cells)
    if any("\0" in each for each in columns):
        raise DataError((Diagnostic("null-character", facts={"file": content.name, "row": at}),))
    notes = [encoding.note] if encoding.note else []
    notes += [Diagnostic("title-row", facts={"file": content.name, "row": each}) for each in titles]
    return Source(
        name=content.name,
        format="csv",
        columns=columns,
        read=lambda: without_totals(_rows(content, layout, at, len(columns))),
        path=None if content.kept else str(content.path),
        notes=tuple(notes),
        encoding=encoding.name,
        delimiter=delimiter,
        count=lambda: _estimate(content),
        release=content.release,
    )


def _rows(content: Content, layout: Layout, head: int, width: int) -> Iterator[Row]:
    for number, cells, fault in _records(content, layout):
        if number <= head:
            continue
        if fault is not None:
            yield Row(number, cells, Diagnostic(fault, facts={"row": number}))
        elif not any(cells) or all(map(is_blank, cells)):
            continue
        elif len(cells) != width:
            yield fitted(number, cells, width)
        else:
            yield Row(number, cells)


def _head(content: Content, encoding: str) -> str:
    """The first lines as text, whole lines only, each with a plain line end."""
    with io.TextIOWrapper(content.open(), encoding, newline=None) as text:
        head = text.read(_HEAD)
    return head if len(head) < _HEAD else head[: head.rfind("\n") + 1] or head


def _records(content: Content, layout: Layout) -> Iterator[Record]:
    """The records of a file, blank ones included.

    A record that breaks the rules of quoting is a fault of its first line: a quotation mark that was never closed
    would swallow the lines after it. Those are read again, each for itself; one with half a pair of quotation marks
    is a fault too, for nobody can say where it belongs.
    """
    held: list[str] = []
    number = 0
    with io.TextIOWrapper(content.open(), layout.encoding, newline="") as text:
        lines = _lines(content.name, text, held)
        reader = _reader(lines, layout)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield from _one_by_one(number, held, layout)
                number += len(held)
                held.clear()
                reader = _reader(lines, layout)
                continue
            number += 1
            null = "\0" in held[0] if len(held) == 1 else any("\0" in each for each in held)
            if number == 1 and stated_in(held[0]):
                cells = []
            held.clear()
            yield number, cells, "null-character" if null else None


def _lines(name: str, text: io.TextIOWrapper, held: list[str]) -> Iterator[str]:
    """The lines of a file; those of the record being read are kept in ``held``."""
    for line in iter(partial(text.readline, _LONGEST_LINE), ""):
        if len(line) == _LONGEST_LINE:
            raise DataError((Diagnostic("line-too-long", facts={"file": name, "limit": _LONGEST_LINE}),))
        held.append(line)
        yield line


def _reader(lines: Iterable[str], layout: Layout, strict: bool = True) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=layout.tight, strict=strict)


def _one_by_one(number: int, held: Sequence[str], layout: Layout) -> Iterator[Record]:
    """Lines that didn't make a record together, each for itself; the first is where it went wrong."""
    for position, line in enumerate(held, 1):
        try:
            cells = next(_reader([line], layout, strict=False), [])
        except csv.Error:
            cells = [line[:_SHOWN]]  # a cell of more characters than the csv module takes
        whole = position > 1 and line.count('"') % 2 == 0 and "\0" not in line
        yield number + position, cells, None if whole else "broken-quotes"


def _estimate(content: Content) -> int | None:
    """About how many rows a file has: its line ends; a line break inside a cell makes it one too many."""
    with content.open() as stream:
        pieces = iter(partial(stream.read, 1 << 20), b"")
        return max(0, sum(each.count(b"\n") or each.count(b"\r") for each in pieces) - 1)
