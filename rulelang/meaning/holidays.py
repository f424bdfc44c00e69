"""The calendar of working days that a list of holidays makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.syntax import statements as s
from rulelang.values.errors import Unreadable
from rulelang.values.working_days import DAY_TITLES, KIND_TITLES, WorkingDays, is_worked
from rulelang.values.written_dates import read_date
from rulelang.vocabulary.declarations import ListFile


def read_holidays(
    statement: s.HolidaysStatement, file: ListFile | None
) -> tuple[WorkingDays | None, tuple[Diagnostic, ...]]:
    """The calendar, or None with what is wrong with the list; nothing is said of a file that could not be read."""
    if file is None or not file.columns:
        return None, ()
    titles = [each.casefold() for each in file.columns]
    day = next((titles.index(each) for each in DAY_TITLES if each in titles), 0)
    kind = next((titles.index(each) for each in KIND_TITLES if each in titles), None)
    listed: list[tuple[date, bool]] = []
    problems: list[Diagnostic] = []
    for number, row in enumerate(file.rows, start=2):
        facts = {"file": statement.file, "row": number}
        for found in _row(row, day, kind):
            if isinstance(found, str):
                problems.append(Diagnostic("unreadable-holiday", statement.span, {**facts, "cell": found}))
            else:
                listed.append(found)
    if problems:
        return None, tuple(problems)
    return (WorkingDays.of(listed) if listed else None), ()


def _row(row: tuple[str, ...], day: int, kind: int | None) -> Iterator[tuple[date, bool] | str]:
    """The day a row lists and whether it is worked, or the cell that can't be read; nothing where no day is listed."""
    cell = row[day] if day < len(row) else ""
    if not cell:
        return
    word = row[kind] if kind is not None and kind < len(row) else ""
    worked = is_worked(word)
    if worked is None:
        yield word
        return
    try:
        yield read_date(cell), worked
    except Unreadable:
        yield cell
