"""What was decided for the records of lists, in a run: counted, and written as tables of their own.

Such a table has one line for each record of the customers that were decided, in their order: the record's own columns,
its outcomes, and where reasons are asked for the standing and the reason of each. Records in a second table keep all
columns of it, the key among them; nested ones begin with a column of the customer's.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.account.summary import ElementsSummary
from rulelang.engine.account.tally import OutcomeTally
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.each import record_results
from rulelang.engine.deciding.situation import Situation
from rulelang.engine.reading.joined import JoinedList, list_named
from rulelang.engine.running.output import STANDING_WORDS, Head, head, outcome_columns, speller
from rulelang.engine.running.rows import Verdict
from rulelang.engine.sinks.opening import Sink
from rulelang.engine.sources.source import Row, Source
from rulelang.model.contributions import Result
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.rows import as_row
from rulelang.vocabulary.types import Date, ListOf, Money, Number

_TYPED = ("json", "jsonl")
PathLike = str | os.PathLike[str]


@frozen
class EachTable:
    """Where to write what was decided for each record of a ``list`` (by name, label or element)."""

    list: str
    target: PathLike


class DecidedRecords:
    """The records of one list: their outcomes counted, and written where a table is asked for."""

    def __init__(self, ruleset: Decider, list_: str, situation: Situation) -> None:
        self.ruleset, self.list, self.situation = ruleset, list_, situation
        self.outcomes = tuple(evolve(each, name=each.part) for each in ruleset.model.outcomes_of(list_))
        self.tallies = tuple(OutcomeTally(each) for each in ruleset.model.outcomes_of(list_))
        self.records = 0
        self.tables: list[ElementTable] = []

    def take(self, row: Row, values: Sequence[Any], verdict: Verdict) -> None:
        """Counts the records of a customer, and writes them."""
        results = list(record_results(self.situation, self.list, verdict.records, verdict.known))
        self.records += len(results)
        for one in results:
            for result, tally in zip(one.values(), self.tallies, strict=True):
                tally.count(result.answer, result.standing)
        for table in self.tables:
            table.write(row, values, results)

    def summary(self) -> ElementsSummary:
        """The account of them."""
        targets = tuple(os.fspath(each.target) for each in self.tables)
        return ElementsSummary(self.list, self.records, tuple(each.summary() for each in self.tallies), targets)


class ElementTable:
    """A table with a line for each record of a list."""

    def __init__(
        self, decided: DecidedRecords, target: PathLike, origin: Origin, why: bool, language: str, as_values: int
    ) -> None:
        self.decided, self.target, self.origin = decided, target, origin
        self.why, self.language = why, language
        self.place = as_values
        self.head: Head = head(origin.columns, outcome_columns(decided.outcomes, why, language), language)
        self.sink: Sink | None = None

    def write(self, row: Row, values: Sequence[Any], results: Sequence[Mapping[str, Result]]) -> None:
        """Writes the records of a customer."""
        sink = self.sink
        assert sink is not None
        spellers = [speller(each, self.language, sink.format in _TYPED) for each in self.decided.outcomes]
        told = self._reasons(values)
        for index, (cells, one) in enumerate(zip(self.origin.cells(row), results, strict=True)):
            shown = list(cells)
            if sink.format == "excel":
                self._as_values(shown, values[self.place][index])
            for place, (result, spell) in enumerate(zip(one.values(), spellers, strict=True)):
                shown.append(spell(result.answer))
                if self.why:
                    shown += (STANDING_WORDS[self.language][result.standing], told[index][place])
            sink.write(shown)

    def _as_values(self, cells: list[object], record: Mapping[str, Any]) -> None:
        """Numbers and days as such, in a workbook."""
        for name, place in self.origin.measured.items():
            if record.get(name) is not None:
                cells[place] = record[name]

    def _reasons(self, values: Sequence[Any]) -> list[list[str]]:
        """The reasons of each outcome of each record."""
        if not self.why:
            return []
        decision = self.decided.ruleset.decide_values(values, self.decided.situation.as_of)
        names = [each.name for each in self.decided.outcomes]
        return [[each.reason(name, self.language) for name in names] for each in decision.each(self.decided.list)]


class Origin(ABC):
    """Where the records of a list come from: ``columns`` of their own, and where numbers and days stand in them."""

    columns: tuple[str, ...]
    measured: Mapping[str, int]

    @abstractmethod
    def cells(self, row: Row) -> Iterator[Sequence[object]]:
        """The own cells of each record of a customer, as they came."""


class OfTable(Origin):
    """Records from a second table."""

    def __init__(self, joined: JoinedList) -> None:
        joined.keep_rows()
        self.joined = joined
        self.columns = tuple(joined.source.columns)
        self.measured = {part.name: place for place, part, _ in joined.columns if _is_measured(part)}

    def cells(self, row: Row) -> Iterator[Sequence[object]]:
        yield from self.joined.rows_of(row.cells[self.joined.customer_place])


class Nested(Origin):
    """Records in a cell of the customer's; ``key`` is the place of the column that says whose they are."""

    def __init__(self, field: Field, key: int, place: int | None, source: Source, language: str) -> None:
        assert isinstance(field.type, ListOf)
        self.key, self.place = key, place
        self.parts = [(name, label) for name, label, _ in field.type.fields]
        shown = [label if language == "zh" and label and not label.isascii() else name for name, label in self.parts]
        self.columns = (source.columns[key], *shown)
        fields = enumerate(field.type.fields, start=1)
        self.measured = {name: at for at, (name, _, type_) in fields if _is_measured(Field(name, type_))}

    def cells(self, row: Row) -> Iterator[Sequence[object]]:
        records: Any = () if self.place is None else row.cells[self.place] or ()
        for each in records:
            record = as_row(each)
            yield [row.cells[self.key], *(_own(record, name, label) for name, label in self.parts)]


def _own(record: Mapping[str, Any], name: str, label: str | None) -> Any:
    found = record.get(name)
    return record.get(label) if found is None and label is not None else found


def _is_measured(field: Field) -> bool:
    return isinstance(field.type, Number | Money | Date)


def decided_records(ruleset: Decider, situation: Situation) -> tuple[DecidedRecords, ...]:
    """Every list whose records are decided."""
    lists = dict.fromkeys(each.list for each in ruleset.model.record_outcomes.values() if each.list is not None)
    return tuple(DecidedRecords(ruleset, each, situation) for each in lists)


def add_tables(
    decided: Sequence[DecidedRecords],
    tables: Sequence[EachTable],
    joined: Sequence[JoinedList],
    positions: Mapping[str, int],
    source: Source,
    fields: Sequence[str],
    options: tuple[bool, str, str | None],
) -> None:
    """The tables asked for, each with the list whose records it is for.

    ``positions`` are the columns of nested lists, ``fields`` the order of values, ``options`` whether reasons are
    wanted, the language, and the column that says whose nested records are (None: the first). Raises DataError:
    ``unknown-list-option``, ``nothing-for-each``, ``key-column-missing``.
    """
    why, language, key = options
    if tables and not decided:
        raise _nothing_decided(tables[0].list, decided)
    for each in tables:
        model = decided[0].ruleset.model
        lists = {at for name, at in positions.items() if isinstance(model.fields[name].type, ListOf)}
        field = list_named(model, each.list)
        found = next((one for one in decided if one.list == field.name), None)
        if found is None:
            raise _nothing_decided(each.list, decided)
        table = next((one for one in joined if one.field.name == field.name), None)
        origin: Origin
        if table is not None:
            origin = OfTable(table)
        else:
            origin = Nested(field, _key(key, source, lists), positions.get(field.name), source, language)
        found.tables.append(ElementTable(found, each.target, origin, why, language, fields.index(field.name)))


def _nothing_decided(name: str, decided: Sequence[DecidedRecords]) -> DataError:
    near = nearest(name, [each.list for each in decided])
    return DataError((Diagnostic("nothing-for-each", facts={"list": name}, nearest=near),))


def _key(column: str | None, source: Source, lists: Collection[int]) -> int:
    """The place of the column that says whose nested records are."""
    if column is None:
        return next((at for at in range(len(source.columns)) if at not in lists), 0)
    titles = [clean_text(each) for each in source.columns]
    if clean_text(column) not in titles:
        facts = {"file": source.name, "column": column}
        raise DataError((Diagnostic("key-column-missing", facts=facts, nearest=nearest(column, source.columns)),))
    return titles.index(clean_text(column))
