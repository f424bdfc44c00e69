"""Sample customers from a table: one row each, the titles in the row above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.model.program import Model
from rulelang.testing.builder import Entry, build_sample, unnamed
from rulelang.testing.cells import written
from rulelang.testing.record_tables import RecordTables
from rulelang.testing.sample import Sample, Samples
from rulelang.testing.titles import EXPECTING, Title, read_title
from rulelang.values.text import clean_text

_NO_RECORDS = RecordTables()


class TableRow(Protocol):
    """A row as a source of data gives it; ``number`` is the row as the user counts it."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> Sequence[object]: ...
    @property
    def fault(self) -> Diagnostic | None: ...


@frozen
class _Column:
    """A column that says something: its position from 0, its title as written, and what that means."""

    position: int
    written: str
    title: Title


def read_table(
    model: Model, file: str, titles: Sequence[str], rows: Iterable[TableRow], records: RecordTables = _NO_RECORDS
) -> Samples:
    """Reads the samples of one table; rows and untitled columns without any value are passed over.

    ``records`` are those of the samples' lists, from tables of their own.

    Findings about the file: ``sample-unknown-column``, ``sample-unknown-outcome``, ``sample-outcome-without-expect``,
    ``sample-column-twice``, ``samples-without-expectations``, ``samples-empty``, and rows that can't be read.
    """
    filled = [row for row in rows if row.fault is not None or any(written(each) for each in row.cells)]
    columns, diagnostics = _columns(model, file, titles, filled, bool(records.tables))
    if not filled:
        diagnostics.append(Diagnostic("samples-empty", Span(file, 0, 0, 1, 1), {"file": file}))
    if not any(each.title.meaning in EXPECTING for each in columns) and not records.tables:
        return Samples((), tuple(diagnostics))  # said once for the file, not again for each row
    names: list[str] = []
    samples: list[Sample] = []
    for row in filled:
        place = Span(file, 0, 0, row.number, 1)
        if row.fault is not None:
            diagnostics.append(evolve(row.fault, span=place))
            continue
        entries = [Entry(each.title, each.written, row.cells[each.position], place) for each in columns]
        name = next((clean_text(written(each.cell)) for each in entries if each.title.meaning == "name"), "")
        names.append(name)
        entries += [entry for table in records.tables for entry in table.entries(name, place)]
        faults = tuple(fault for table in records.tables for fault in table.faults.get(name, ()))
        samples.append(build_sample(model, entries, place, unnamed(model, "row", row.number), faults))
    return Samples(tuple(samples), (*diagnostics, *records.diagnostics, *records.strangers(names)))


def _columns(
    model: Model, file: str, titles: Sequence[str], rows: Sequence[TableRow], with_records: bool
) -> tuple[list[_Column], list[Diagnostic]]:
    head = Span(file, 0, 0, 1, 1)
    columns: dict[Title, _Column] = {}
    diagnostics: list[Diagnostic] = []
    for position, title in enumerate(titles):
        if title == f"column {position + 1}" and not any(_cell(row, position) for row in rows):
            continue  # a column without a title, named by its position, that holds nothing
        read = read_title(model, title, head)
        if isinstance(read, Diagnostic):
            diagnostics.append(read)
        elif read in columns and read.meaning != "remark":
            facts = {"first": columns[read].written, "second": title}
            diagnostics.append(Diagnostic("sample-column-twice", head, facts))
        else:
            columns[read] = _Column(position, title, read)
    if not diagnostics and not with_records and not any(each.meaning in EXPECTING for each in columns):
        diagnostics.append(Diagnostic("samples-without-expectations", head, {"file": file}))
    return list(columns.values()), diagnostics


def _cell(row: TableRow, position: int) -> str:
    return written(row.cells[position]) if position < len(row.cells) else ""


__all__ = ["TableRow", "read_table"]
