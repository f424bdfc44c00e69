"""Reads the files that rules name: the rule files themselves, reference lists, and decision tables in CSV or Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import statements as s
from rulelang.syntax.tables import Cell
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import ListFile
from rulelang.vocabulary.lookups import FROM_TITLES, UNTIL_TITLES, validity

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
    text = decode(data)
    if text is None:
        return None, (Diagnostic("not-text", None, {"file": shown}),)
    return Source(shown, text.replace("\r\n", "\n").replace("\r", "\n")), ()


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
    statements: Sequence[s.Statement], folder: Path
) -> tuple[dict[tuple[str, str, str | None], ListFile], list[Diagnostic]]:
    """The entries of every list file that is named."""
    entries: dict[tuple[str, str, str | None], ListFile] = {}
    problems: list[Diagnostic] = []
    for statement in statements:
        if not isinstance(statement, s.ListStatement) or statement.file is None:
            continue
        values, problem = _list_values(statement, folder)
        entries[(statement.span.file, statement.file, statement.column)] = values
        problems.extend(problem)
    return entries, problems


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


def read_table(statement: s.TableStatement, folder: Path) -> tuple[list[list[Cell]], tuple[Diagnostic, ...]]:
    """The cells of a table that stands in a file of its own, the head first; blank rows are left out."""
    file = statement.file or ""
    path = folder / file
    if not path.is_file():
        return [], (Diagnostic("missing-file", statement.span, {"file": file}),)
    if path.suffix.lower() in WORKBOOKS:
        rows, problems = _sheet_rows(statement, path)
    else:
        rows, problems = _csv_rows(statement, path)
    cells = [
        [Cell(text, Span(file, 0, 0, number, column)) for column, text in enumerate(row, 1)]
        for number, row in enumerate(rows, 1)
        if any(row)
    ]
    if not cells and not problems:
        return [], (Diagnostic("empty-table", statement.span, {"file": file}),)
    return cells, problems


def _csv_rows(statement: s.TableStatement, path: Path) -> tuple[list[list[str]], tuple[Diagnostic, ...]]:
    text = decode(path.read_bytes())
    if text is None or "\0" in text:
        return [], (Diagnostic("not-text", statement.span, {"file": path.name}),)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    return [[clean_text(cell) for cell in row] for row in reader], ()


def _sheet_rows(statement: s.TableStatement, path: Path) -> tuple[list[list[str]], tuple[Diagnostic, ...]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        return [], (Diagnostic("missing-extra", statement.span, {"extra": "excel"}),)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        return [], (Diagnostic("unreadable-table", statement.span, {"file": path.name, "reason": str(error)}),)
    sheet = statement.sheet or workbook.sheet_names[0]
    if sheet not in workbook.sheet_names:
        facts = {"file": path.name, "sheet": sheet, "sheets": tuple(workbook.sheet_names)}
        near = nearest(sheet, workbook.sheet_names)
        return [], (Diagnostic("missing-sheet", statement.span, facts, near),)
    rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [[_cell_text(cell) for cell in row] for row in rows], ()


def _cell_text(cell: object) -> str:
    """A cell as a person would type it: whole numbers without a point, dates as dates."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean_text(str(cell))
