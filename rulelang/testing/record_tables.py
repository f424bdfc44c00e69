"""The records of sample customers from tables of their own: ``shop.samples.orders.csv``, or a sheet called ``orders``.

name,        paid_on,    amount, expect alert
two orders,  2026-05-30, 60000,  large
two orders,  2026-05-01, -5,     (no rule)

A row belongs to the sample of its name. A sample without rows has an empty list, as with ``run --with``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.engine.sources.excel import sheet_names
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import SourceOptions
from rulelang.model.program import Model
from rulelang.testing.builder import Entry
from rulelang.testing.cells import read_cell, written
from rulelang.testing.discover import SAMPLE_ENDINGS
from rulelang.testing.titles import EXPECT_PREFIX, NAME_WORDS, REMARK_WORDS, Title, record_title
from rulelang.values.text import clean_text, fold_width, near_key
from rulelang.vocabulary.declarations import Field, list_spellings
from rulelang.vocabulary.types import ListOf

_WORKBOOK = ".xlsx"
_NAME, _REMARK = Title("name"), Title("remark")


@frozen
class TableOfRecords:
    """The records of one list: for each name of a sample its records, what is expected of them, and what is wrong."""

    list: str
    file: str
    records: Mapping[str, Sequence[Mapping[str, Any]]]
    expected: Mapping[str, Sequence[Entry]]
    faults: Mapping[str, Sequence[Diagnostic]]
    places: Mapping[str, Span]

    def entries(self, name: str, place: Span | None) -> tuple[Entry, ...]:
        """What the table says of the sample of a name."""
        given = Entry(Title("field", self.list), self.list, list(self.records.get(name, ())), place)
        return (given, *self.expected.get(name, ()))


@frozen
class RecordTables:
    """The tables of records beside one sample file, findings about them, and the file's own sheet (a workbook's)."""

    tables: tuple[TableOfRecords, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    sheet: str | None = None

    def strangers(self, names: Iterable[str]) -> tuple[Diagnostic, ...]:
        """Records of a sample that there is not."""
        known = tuple(names)
        return tuple(
            Diagnostic("records-without-sample", place, {"name": name}, nearest(name, known))
            for table in self.tables
            for name, place in table.places.items()
            if name not in known
        )


def read_record_tables(model: Model, path: Path) -> RecordTables:
    """The records that stand beside a sample file, or in other sheets of it. Raises DataError as ``open_source``.

    Findings: ``records-of-no-list`` for a file called after nothing the rules know, and those of its columns.
    """
    found: list[TableOfRecords] = []
    diagnostics: list[Diagnostic] = []
    sheet: str | None = None
    places: list[tuple[Field, Path, str | None]] = []
    for each, word in _beside(path):
        list_ = _list(model, word)
        if list_ is None:
            facts = {"file": each.name, "list": word}
            near = nearest(word, [spelling for one in model.fields.values() for spelling in list_spellings(one)])
            diagnostics.append(Diagnostic("records-of-no-list", Span(str(each), 0, 0, 1, 1), facts, near))
        else:
            places.append((list_, each, None))
    if path.suffix.casefold() == _WORKBOOK:
        sheets = _sheets(path)
        lists = {each: list_ for each in sheets if (list_ := _list(model, each)) is not None}
        places += [(list_, path, each) for each, list_ in lists.items()]
        sheet = next((each for each in sheets if each not in lists), None) if lists else None
    for list_, file, own in places:
        with open_source(file, SourceOptions(sheet=own)) as source:
            named = str(file) if own is None else f"{file} [{own}]"
            table = _read(model, list_, named, source.columns, source.rows(), diagnostics)
        found.append(table)
    return RecordTables(tuple(found), tuple(diagnostics), sheet)


def _sheets(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook; none of a file that is none, which is said when it is read."""
    try:
        return sheet_names(path)
    except DataError:
        return ()


def _beside(path: Path) -> list[tuple[Path, str]]:
    """The files called after a sample file and something more, with that."""
    found = []
    for each in sorted(path.parent.iterdir()):
        own, more = each.stem.removeprefix(f"{path.stem}."), each.suffix.casefold()
        if own != each.stem and own and more in SAMPLE_ENDINGS and more not in (".yaml", ".yml"):
            found.append((each, own))
    return found


def _list(model: Model, word: str) -> Field | None:
    return next((each for each in model.fields.values() if clean_text(word) in list_spellings(each)), None)


@frozen
class _Reader:
    """Collects the rows of one table."""

    records: dict[str, list[Mapping[str, Any]]] = field(factory=dict)
    expected: dict[str, list[Entry]] = field(factory=dict)
    faults: dict[str, list[Diagnostic]] = field(factory=dict)
    places: dict[str, Span] = field(factory=dict)


def _read(
    model: Model, list_: Field, file: str, titles: Sequence[str], rows: Iterable[Any], diagnostics: list[Diagnostic]
) -> TableOfRecords:
    head = Span(file, 0, 0, 1, 1)
    columns: dict[int, tuple[str, Title | Field]] = {}
    for position, written_title in enumerate(titles):
        title = _title(model, list_, written_title, head)
        if isinstance(title, Diagnostic):
            diagnostics.append(title)
        elif title != _REMARK:
            columns[position] = (written_title, title)
    at = next((position for position, (_, title) in columns.items() if title == _NAME), None)
    reader = _Reader()
    if at is None:
        diagnostics.append(Diagnostic("records-without-names", head, {"file": file}))
        rows = ()
    for row in rows:
        place = Span(file, 0, 0, row.number, 1)
        if row.fault is not None:
            diagnostics.append(evolve(row.fault, span=place))
        elif any(written(each) for each in row.cells):
            name = clean_text(written(row.cells[at]))
            _take(reader, name, row.cells, columns, place)
    return TableOfRecords(list_.name, file, reader.records, reader.expected, reader.faults, reader.places)


def _take(
    reader: _Reader, name: str, cells: Sequence[object], columns: Mapping[int, tuple[str, Title | Field]], place: Span
) -> None:
    """One record of the sample of a name."""
    reader.places.setdefault(name, place)
    records = reader.records.setdefault(name, [])
    record: dict[str, Any] = {}
    for position, (column, title) in columns.items():
        if isinstance(title, Field):
            read = read_cell(title, cells[position], place, column)
            if isinstance(read, Diagnostic):
                reader.faults.setdefault(name, []).append(read)
            else:
                record[title.name] = read
        elif title != _NAME:
            reader.expected.setdefault(name, []).append(Entry(title, column, cells[position], place, len(records)))
    records.append(record)


def _title(model: Model, list_: Field, title: str, place: Span) -> Title | Field | Diagnostic:
    """What a column of records says: a field of theirs, what is expected of them, or whose they are."""
    assert isinstance(list_.type, ListOf)
    wanted = clean_text(title)
    fields = [Field(name, type_, label) for name, label, type_ in list_.type.fields]
    for each in fields:
        if wanted in (each.name, each.label):
            return each
    for words, meaning in ((NAME_WORDS, _NAME), (REMARK_WORDS, _REMARK)):
        if near_key(wanted) in map(near_key, words):
            return meaning
    expected = EXPECT_PREFIX.match(fold_width(wanted))
    if expected is not None:
        return record_title(model, list_.name, wanted[expected.end() :], place)
    near = [spelling for each in fields for spelling in (each.name, each.label) if spelling is not None]
    return Diagnostic("sample-unknown-column", place, {"column": wanted}, nearest(wanted, near))


__all__ = ["RecordTables", "read_record_tables"]
