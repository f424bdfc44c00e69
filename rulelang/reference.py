"""Reads the files that rules name: the rule files themselves, reference lists, and decision tables in CSV or Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Source
from rulelang.memory import NO_MEMORY, Memory
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.table_cells import Cell, is_result_head
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import ListFile
from rulelang.vocabulary.lookups import FROM_TITLES, UNTIL_TITLES, validity

Found = TypeVar("Found")

MAX_LIST_ENTRIES = 5_000_000
ENCODINGS = ("utf-8-sig", "gb18030")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_source(path: Path, name: str | None = None) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """The text of a rule file: UTF-8, with or without a byte order mark, or GB18030."""
    shown = str(path) if name is None else name
    try:
        data = path.read_bytes()
    except OSError:
        return None, (Diagnostic("missing-file", None, {"file": shown}),)
    source = source_of(data, shown)
    return source, () if source is not None else (Diagnostic("not-text", None, {"file": shown}),)


def source_of(data: bytes, name: str) -> Source | None:
    """The text that a rule file's content is, None where it is none."""
    text = decode(data)
    return None if text is None else Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def decode(data: bytes) -> str | None:
    """Text of bytes in UTF-8, UTF-16 with a byte order mark, or GB18030; None where it is none of them."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            return None
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def read_lists(
    statements: Sequence[s.Statement], folder: Path, memory: Memory = NO_MEMORY
) -> tuple[dict[tuple[str, str, str | None], ListFile], list[Diagnostic]]:
    """The entries of every list file that is named."""
    entries: dict[tuple[str, str, str | None], ListFile] = {}
    problems: list[Diagnostic] = []
    for statement in statements:
        if isinstance(statement, s.HolidaysStatement):
            name = t.Name("holidays", span=statement.span)
            statement = s.ListStatement(name, None, statement.file, span=statement.span)
        if isinstance(statement, s.ChoiceStatement) and statement.file is not None:
            statement = s.ListStatement(t.Name(statement.name), None, statement.file, span=statement.span)
        if not isinstance(statement, s.ListStatement) or statement.file is None:
            continue
        values, problem = _remembered(
            statement.file, statement.column, partial(_list_values, statement), folder, memory
        )
        entries[(statement.span.file, statement.file, statement.column)] = values
        problems.extend(problem)
    return entries, problems


def _remembered(
    file: str,
    part: str | None,
    read: Callable[[Path], tuple[Found, tuple[Diagnostic, ...]]],
    folder: Path,
    memory: Memory,
) -> tuple[Found, tuple[Diagnostic, ...]]:
    """What ``read`` finds in a file of the folder, or found there the last time where that is the same file."""
    if not memory.keeps:
        return read(folder)
    path = folder / file
    content = memory.same(("content", path), path.read_bytes() if path.is_file() else None)
    return memory.whole(("in file", path, part), lambda: read(folder), content, sound=lambda each: not each[1])


def _list_values(statement: s.ListStatement, folder: Path) -> tuple[ListFile, tuple[Diagnostic, ...]]:
    file = statement.file or ""
    try:
        text = decode((folder / file).read_bytes())
    except OSError:
        return ListFile(), (Diagnostic("missing-file", statement.span, {"file": file}),)
    if text is None or "\0" in text:
        return ListFile(), (Diagnostic("unreadable-list", statement.span, {"file": file}),)
    delimiter = "\t" if file.lower().endswith(".tsv") else ","
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    rows = [tuple(clean_text(cell) for cell in row) for row in reader if any(row)]
    head = rows[0] if rows else ()
    wanted = statement.column
    if wanted is not None and wanted not in head:
        facts = {"file": file, "column": wanted, "columns": head}
        return ListFile(), (Diagnostic("missing-column", statement.span, facts, nearest(wanted, head)),)
    index = 0 if wanted is None else head.index(wanted)
    values = frozenset(row[index] for row in rows[1:] if len(row) > index and row[index])
    name = statement.name.text
    if len(values) > MAX_LIST_ENTRIES:
        size = {"name": name, "count": len(values), "limit": MAX_LIST_ENTRIES}
        return ListFile(), (Diagnostic("list-too-long", statement.span, size),)
    problems = () if values else (Diagnostic("empty-list", statement.span, {"name": name}),)
    dated = any(title.lower() in (*FROM_TITLES, *UNTIL_TITLES) for title in head)
    if wanted is not None and not dated:
        return ListFile(values), problems
    misdated = tuple(_misdated(statement, head, rows[1:])) if dated else ()
    return ListFile(values, head, () if misdated else tuple(rows[1:])), (*problems, *misdated)


def _misdated(statement: s.ListStatement, head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Iterator[Diagnostic]:
    """Rows that don't say from and until when they hold, or that never do."""
    for number, row in enumerate(rows, start=2):
        facts = {"file": statement.file, "row": number}
        try:
            start, until = validity(head, row)
        except Unreadable as error:
            yield Diagnostic("unreadable-row-date", statement.span, {**facts, "cell": error.text})
            continue
        if until < start:
            yield Diagnostic("row-never-holds", statement.span, {**facts, "start": start, "until": until})


@frozen
class TableFile:
    """The cells of a table that stands in a file of its own, the head first, blank rows left out; and its text as
    messages show it: a line for each row."""

    rows: tuple[tuple[Cell, ...], ...] = ()
    source: Source | None = None


def read_table(
    statement: s.TableStatement, folder: Path, memory: Memory = NO_MEMORY
) -> tuple[TableFile, tuple[Diagnostic, ...]]:
    """The table that stands in a file of its own, or what is wrong with the file."""
    part = f"sheet {statement.sheet}"
    return _remembered(statement.file or "", part, partial(_table_file, statement), folder, memory)


def _table_file(statement: s.TableStatement, folder: Path) -> tuple[TableFile, tuple[Diagnostic, ...]]:
    file = statement.file or ""
    path = folder / file
    if not path.is_file():
        return TableFile(), (Diagnostic("missing-file", statement.span, {"file": file}),)
    if path.suffix.lower() in WORKBOOKS:
        found, problems = _sheet(statement, path)
    else:
        found, problems = _csv_table(statement, path)
    if not found.rows and not problems:
        return found, (Diagnostic("empty-table", statement.span, {"file": file}),)
    return found, problems


def _csv_table(statement: s.TableStatement, path: Path) -> tuple[TableFile, tuple[Diagnostic, ...]]:
    text = decode(path.read_bytes())
    if text is None or "\0" in text:
        return TableFile(), (Diagnostic("not-text", statement.span, {"file": path.name}),)
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    source = Source(statement.file or "", text)
    starts = (0, *(at + 1 for at, character in enumerate(text) if character == "\n"), len(text))
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text.partition("\n")[0]))
    rows, first = [], 0
    for row in reader:
        start, end = starts[first], starts[min(reader.line_num, len(starts) - 1)]
        if any(row):
            rows.append(_cells(source, row, start, end))
        first = reader.line_num
    return TableFile(tuple(rows), source), ()


def _cells(source: Source, texts: Sequence[str], start: int, end: int) -> tuple[Cell, ...]:
    """Cells with their places between two offsets; one whose text is not found as it is (doubled quotation marks)
    stands where the one before it ends."""
    cells = []
    for text in texts:
        at = source.text.find(text, start, end) if text else start
        at = start if at < 0 else at
        cells.append(Cell(clean_text(text), source.span(at, min(at + len(text), end))))
        start = at + len(text)
    return tuple(cells)


def _delimiter(head: str) -> str:
    """What parts the columns of a head: a comma, unless there are more semicolons or tabulators."""
    return max(",;\t", key=head.count)


def _sheet(statement: s.TableStatement, path: Path) -> tuple[TableFile, tuple[Diagnostic, ...]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        return TableFile(), (Diagnostic("missing-extra", statement.span, {"extra": "excel"}),)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        return TableFile(), (Diagnostic("unreadable-table", statement.span, {"file": path.name, "reason": str(error)}),)
    names = tuple(workbook.sheet_names)
    sheet = statement.sheet or names[0]
    if sheet not in names:
        facts = {"file": path.name, "sheet": sheet, "sheets": names}
        return TableFile(), (Diagnostic("missing-sheet", statement.span, facts, nearest(sheet, names)),)

    def texts(name: str) -> list[list[str]]:
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        return [[_cell_text(cell) for cell in row] for row in rows]

    rows = texts(sheet)
    if statement.sheet is None and not _holds_table(rows):
        others = tuple(name for name in names if name != sheet and _holds_table(texts(name)))
        if others:
            facts = {"file": path.name, "sheet": sheet, "sheets": others}
            return TableFile(), (Diagnostic("table-other-sheet", statement.span, facts),)
    lines = [" | ".join(row) for row in rows]
    source = Source(f"{statement.file} [{sheet}]", "\n".join(lines))
    found, start = [], 0
    for row, line in zip(rows, lines, strict=True):
        if any(row):
            found.append(_cells(source, row, start, start + len(line)))
        start += len(line) + 1
    return TableFile(tuple(found), source), ()


def _holds_table(rows: Sequence[Sequence[str]]) -> bool:
    return any(is_result_head(cell) for row in rows for cell in row)


def _cell_text(cell: object) -> str:
    """A cell as a person would type it, on one line: whole numbers without a point, dates as dates."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return " ".join(clean_text(str(cell)).split())
