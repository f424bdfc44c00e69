"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods, one sheet of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.extras import extra
from rulelang.engine.number_formats import column_formats
from rulelang.engine.sources.content import Content, content_of
from rulelang.engine.sources.source import Row, Source, SourceOptions, column_names, fitted, head_row, head_with
from rulelang.engine.sources.totals import without_totals
from rulelang.values.text import clean_text
from rulelang.vocabulary.reading import is_blank

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

# Excel keeps and shows fifteen digits; what it stores beyond them is the noise of binary fractions. A longer number
# stays a float: some of its digits are lost.
_DIGITS = 15


def open_excel(content: Content, options: SourceOptions) -> Source:
    """The rows of a sheet: the one named in the options, else of the visible ones that are not empty the first with
    the most of the wanted titles, which is the very first where none has any. One that is called as wanted goes first.

    Numbers are exact as the workbook shows them; a cell in error (#N/A) is blank. Raises DataError:
    ``missing-extra``, ``unreadable-workbook``, ``protected-workbook``, ``no-such-sheet``, ``empty-data``.
    """
    book = _workbook(content)
    sheets = _sheets(content.name, book, options.sheet)
    sheet, (at, cells, titles), matched = _best(sheets, options)
    others = tuple(each.name for each in sheets if each.name != sheet.name)
    if at == 0:
        raise DataError((Diagnostic("empty-data", facts={"file": content.name}),))
    width = max((_filled(each) for _, each in _numbered(sheet)), default=0)
    columns = column_names(content.name, [_head_text(each) for each in cells[:width]])
    left = sheet.start[1] if sheet.start is not None else 0  # blank columns in front are left out
    notes = [Diagnostic("title-row", facts={"file": content.name, "row": each}) for each in titles]
    if others and clean_text(sheet.name) not in options.called:
        facts = {"file": content.name, "sheet": sheet.name, "others": others, "matched": matched or None}
        facts["option"] = (
            f"--with {options.called[0]}={content.name}#{others[0]}" if options.called else f"--sheet {others[0]}"
        )
        notes.append(Diagnostic("sheet-chosen", facts=facts))
    return Source(
        name=content.name,
        format="excel",
        columns=columns,
        read=lambda: without_totals(_rows(sheet, at, len(columns))),
        path=None if content.kept else str(content.path),
        notes=tuple(notes),
        count=lambda: max(0, sheet.total_height - at + 1),
        release=content.release,
        formats=lambda: column_formats(content.path, sheet.name, at, range(left, left + len(columns))),
    )


def sheet_names(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook. Raises DataError as ``open_excel``."""
    return tuple(_workbook(content_of(path)).sheet_names)


def _workbook(content: Content) -> CalamineWorkbook:
    calamine: Any = extra("excel", "python_calamine", content.name)
    try:
        return calamine.CalamineWorkbook.from_path(str(content.path))  # type: ignore[no-any-return]  # loaded by name
    except calamine.PasswordError as error:
        raise DataError((Diagnostic("protected-workbook", facts={"file": content.name}),)) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise DataError((Diagnostic("unreadable-workbook", facts={"file": content.name}),)) from error


def _sheets(name: str, book: CalamineWorkbook, wanted: str | None) -> list[CalamineSheet]:
    """The sheets with something in them, or the one that is asked for."""
    if wanted is not None:
        if wanted not in book.sheet_names:
            facts = {"file": name, "sheet": wanted}
            raise DataError((Diagnostic("no-such-sheet", facts=facts, nearest=tuple(book.sheet_names)),))
        return [book.get_sheet_by_name(wanted)]
    wanted_kind = ("SheetVisibleEnum.Visible", "SheetTypeEnum.WorkSheet")  # enumerations without names or values
    shown = [each for each in book.sheets_metadata if (str(each.visible), str(each.typ)) == wanted_kind]
    sheets = [book.get_sheet_by_name(each.name) for each in shown]
    filled = [each for each in sheets if each.start is not None]
    if not filled:
        raise DataError((Diagnostic("empty-data", facts={"file": name}),))
    return filled


_Head = tuple[int, Sequence[object], tuple[int, ...]]


def _best(sheets: Sequence[CalamineSheet], options: SourceOptions) -> tuple[CalamineSheet, _Head, int]:
    """The sheet to read, its row of column names, and how many of the wanted titles are among them."""
    named = next((each for each in sheets if clean_text(each.name) in options.called), None)
    sheets = sheets if named is None else [named]
    wanted = options.wanted() if options.wanted is not None and len(sheets) > 1 else ()
    if not wanted:
        return sheets[0], head_row(_numbered(sheets[0])), 0
    heads = [(head_with(_numbered(each), wanted), each) for each in sheets]
    (matched, head), sheet = max(heads, key=lambda each: each[0][0])  # the first of the best
    return sheet, head, matched


def _numbered(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[object]]]:
    return enumerate(sheet.iter_rows(), 1)


def _rows(sheet: CalamineSheet, head: int, width: int) -> Iterator[Row]:
    for number, cells in _numbered(sheet):
        if number > head and _filled(cells):
            yield fitted(number, [_exact(each) for each in cells[: max(width, _filled(cells))]], width)


def _filled(cells: Sequence[object]) -> int:
    """How many cells there are up to the last that is not blank."""
    return next((place for place in range(len(cells), 0, -1) if not is_blank(cells[place - 1])), 0)


def _exact(cell: object) -> object:
    """The cell, a binary fraction as the number Excel shows."""
    if not isinstance(cell, float) or abs(cell) >= 10**_DIGITS:
        return cell
    number = Decimal(f"{cell:.{_DIGITS}g}")
    return int(number) if number == number.to_integral_value() else number


def _head_text(cell: object) -> str:
    """A head as text: a number or a date may stand there as well."""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return clean_text(str(_exact(cell)))
