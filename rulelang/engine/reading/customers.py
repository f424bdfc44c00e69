"""The customers of a source, each read for several models at once: two versions may declare a field differently.

with open_source("customers.csv") as source:
    customers = Customers([old, new], source, Reading(as_of=(day, day)))
    for each in customers: each.values[0]["last_purchase"]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.account.tally import at_row
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import Counting, Cuts, measured_fields
from rulelang.engine.reading.cells import ASKED, ColumnReader
from rulelang.engine.reading.joined import JoinedList, ListTable, hand_out, join_lists
from rulelang.engine.reading.mapping import map_columns
from rulelang.engine.sources.source import Row, Source
from rulelang.lowering.needs import expressions_of
from rulelang.model.program import Hole, Model
from rulelang.model.walking import fields_read
from rulelang.vocabulary.reading import ReadingOptions

Values = Mapping[str, Any]

_STEP = 1000


@frozen
class Customer:
    """A row and what is known of the customer in it, by field, once for each model; None is missing, BLANK a blank
    that is an answer.
    """

    row: Row
    values: tuple[Values, ...]


@frozen
class Reading:
    """How a source is read: columns and the fields they belong to, second tables, what values may look like.

    ``progress`` is told now and then how many rows are done, and of about how many.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    lists: tuple[ListTable, ...] = ()
    options: ReadingOptions = field(factory=ReadingOptions)
    progress: Callable[[int, int | None], object] | None = None


class Customers:
    """Reads the rows of a source; ``rows`` and ``rejected`` count them as they are read.

    A row is rejected where a cell that one of the models asks for can't be read. Raises DataError as
    `rulelang.engine.run.run` does.
    """

    def __init__(self, models: Sequence[Model], days: Sequence[date], source: Source, reading: Reading) -> None:
        self.source = source
        self.rows = self.rejected = 0
        self._progress = reading.progress
        self._sides = [_Side(model, day, source, reading) for model, day in zip(models, days, strict=True)]
        for place, side in enumerate(self._sides):
            same = next((each for each in self._sides[:place] if each.same_as(side)), None)
            if same is not None:
                self._sides[place] = same
        for side in dict.fromkeys(self._sides):
            side.prepare()

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """What is to be said about columns and fields, each once."""
        notes: list[Diagnostic] = list(self.source.notes)
        for side in self._sides:
            notes += [each for each in side.notes if each not in notes]
        return tuple(notes)

    def __iter__(self) -> Iterator[Customer]:
        total = self.source.estimate() if self._progress is not None else None
        self.rows = self.rejected = 0
        for row in self.source.rows():
            self.rows += 1
            if self._progress is not None and self.rows % _STEP == 0:
                self._progress(self.rows, total)
            found = {id(side): side.read(row) for side in dict.fromkeys(self._sides)} if row.fault is None else {}
            values = tuple(known for side in self._sides if (known := found.get(id(side))) is not None)
            if len(values) < len(self._sides):
                self.rejected += 1
            else:
                yield Customer(row, values)
        if self._progress is not None:
            self._progress(self.rows, self.rows)


class _Side:
    """How one model sees the rows."""

    def __init__(self, model: Model, day: date, source: Source, reading: Reading) -> None:
        ruleset = Decider(model)
        self.model, self.day = model, day
        self._source = source
        measures = {each.name for each in model.measures}
        tables, pairs = hand_out(reading.lists, reading.pairs, model)
        self._lists: tuple[JoinedList, ...] = join_lists(ruleset, tables, source, reading.options, day)
        elsewhere = {*measures, *(each.field.name for each in self._lists)}
        self.fields = used_fields(model)
        used = [name for name in self.fields if name not in elsewhere]
        columns = map_columns(source.columns, model.fields, used, pairs)
        self.notes = [*columns.findings]
        self._readers = [
            ColumnReader(ruleset, name, source.columns[place], place, day, reading.options)
            for name, place in columns.positions.items()
        ]
        self._cuts: Cuts | None = None

    def same_as(self, other: _Side) -> bool:
        """Whether both see the same in every row."""
        ours, theirs = self.model, other.model
        return (
            self.day == other.day
            and self.fields == other.fields
            and ours.measures == theirs.measures
            and all(ours.fields[name] == theirs.fields[name] for name in self.fields)
        )

    def prepare(self) -> None:
        """Reads second tables, and counts the whole source where rules ask where a customer stands in it."""
        for each in self._lists:
            each.read(lambda finding, row: None, lambda joined, row, faults: None)
        if self.model.measures:
            counting = Counting(self.model, self.day)
            for row in self._source.rows():
                values = self._values(row) if row.fault is None else None
                if values is not None:
                    counting.add(values)
            self._cuts = counting.cuts()

    def read(self, row: Row) -> Values | None:
        """What a row says, None where a cell can't be read."""
        values = self._values(row)
        if values is not None and self._cuts is not None:
            values.update(self._cuts.measures(values, self.day))
        return values

    def _values(self, row: Row) -> dict[str, Any] | None:
        values: dict[str, Any] = dict.fromkeys(self.fields)
        for reader in self._readers:
            cell = reader.read(row.cells[reader.position])
            if cell.fault is not None:
                if cell.fault.code in ASKED:
                    raise DataError((at_row(cell.fault, row.number),))
                return None
            values[reader.field.name] = cell.value
        for joined in self._lists:
            if joined.field.name in values:
                values[joined.field.name] = joined.of(row.cells[joined.customer_place])
        return values


def used_fields(model: Model) -> tuple[str, ...]:
    """The fields that rules, reasons and measures of a model read."""
    expressions = [
        expression
        for rule in model.rules
        if not rule.switched_off
        for branch in rule.branches
        for expression in (
            *expressions_of(branch),
            *(
                each.expression
                for each in ((*branch.reason.parts, *(branch.reason.other or ())) if branch.reason else ())
                if isinstance(each, Hole)
            ),
        )
    ]
    names = (name for each in expressions for name in fields_read(each))
    return tuple(dict.fromkeys((*names, *measured_fields(model))))
