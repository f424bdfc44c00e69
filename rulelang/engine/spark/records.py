"""Lists of records on the executors: read for each customer, and what was decided for each record as columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.deciding.each import record_results
from rulelang.engine.reading.joined import JoinedList, ListTable
from rulelang.engine.running.each_output import DecidedRecords
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.rows import Verdict
from rulelang.engine.sources.source import Row, Source, fitted
from rulelang.explain.words import STANDINGS as STANDING_WORDS
from rulelang.vocabulary.reading import ReadingOptions

Cut = tuple[str, int, tuple[int, ...]]
"""Of a table of text: the delimiter, how many cells a line has, and which of them are sent."""


@frozen
class SentList:
    """A second table, of a ``file``, as workers know it: the ``columns`` that are sent of each record and their fields
    (``pairs``), the ``key`` in it, at ``key_place`` among all columns, and in the customers' table; with ``cut`` a line
    that Spark could not cut comes behind them. ``reading``: how its values are read, where
    otherwise than the customers'.
    """

    name: str
    file: str
    columns: tuple[str, ...]
    key: tuple[str, str]
    key_place: int
    pairs: tuple[tuple[str, str], ...]
    cut: Cut | None
    reading: ReadingOptions | None = None

    def table(self) -> ListTable:
        """The table for a run; its rows come with the customers."""
        columns = self.columns if self.key[0] in self.columns else (*self.columns, self.key[0])
        source = Source(self.file, "parquet", columns, lambda: iter(()))
        return ListTable(self.name, source, self.key, self.pairs, self.reading)

    def row(self, cells: Sequence[Any]) -> Row:
        """A record as a row of the table, cut as every table of text is where Spark could not."""
        if self.cut is None:
            return Row(0, cells)
        try:
            return recut(cells[:-1], cells[-1], self.cut)
        except csv.Error:
            return Row(0, cells[:-1], Diagnostic("broken-quotes"))


def recut(cells: Sequence[Any], line: str | None, cut: Cut) -> Row:
    """The row of a line that Spark could not cut, or of its cells where it could (``line`` is None then). Raises
    csv.Error where its quotes are broken.
    """
    if line is None:
        return Row(0, cells)
    delimiter, width, places = cut
    whole = fitted(0, next(csv.reader([line], delimiter=delimiter, strict=True), []), width)
    if whole.fault is not None:
        return whole
    return Row(0, [whole.cells[place] for place in places])


def by_customer(column: Any) -> Iterator[list[Any]]:
    """For each customer the cells of every record, from an Arrow array of lists of structs."""
    records = column.flatten()
    rows = list(zip(*(cells_of(each) for each in records.flatten()), strict=True))
    start = 0
    for length in column.value_lengths().to_pylist():
        yield rows[start : start + (length or 0)]
        start += length or 0


def hold_records(lists: Sequence[tuple[JoinedList, SentList]], cells: Sequence[Any], records: Sequence[Any]) -> None:
    """Puts the records of a customer, whose row the cells are, where the run looks for them."""
    for (joined, sent), own in zip(lists, records, strict=True):
        key = cells[joined.customer_place]
        unread: list[dict[str, str]] = [{} for _ in own]
        found = [
            joined.record(sent.row(each), lambda *_: None, said)[0] for each, said in zip(own, unread, strict=True)
        ]
        joined.hold(key, found, unread)


class RecordColumns:
    """What is decided for the records of one list in a batch: a list for each customer, as one Arrow array.

    Its members are ``a0``, ``s0`` and, where reasons are wanted, ``w0`` of every outcome, as in the rows of customers.
    """

    def __init__(self, work: RowRun, decided: DecidedRecords, types: Sequence[Any], why: bool) -> None:
        self._work, self._decided, self._types, self._why = work, decided, types, why
        self._lengths: list[int] = []
        width = len(decided.outcomes)
        self._answers: list[list[Any]] = [[] for _ in range(width)]
        self._standings: list[list[str]] = [[] for _ in range(width)]
        self._told: list[list[str]] = [[] for _ in range(width)]

    def take(self, values: Sequence[Any] = (), verdict: Verdict | None = None) -> None:
        """The records of a customer; without a verdict there are none."""
        decided, work = self._decided, self._work
        results = []
        if verdict is not None:
            results = list(record_results(decided.situation, decided.list, verdict.records, verdict.known))
        self._lengths.append(len(results))
        words = STANDING_WORDS[work.language]
        for one in results:
            for place, result in enumerate(one.values()):
                self._answers[place].append(result.answer)
                self._standings[place].append(words[result.standing])
        if self._why and results:
            names = [each.name for each in decided.outcomes]
            for element in work.ruleset.decide_values(values, work.as_of).each(decided.list):
                for place, name in enumerate(names):
                    self._told[place].append(element.reason(name, work.language))

    def column(self, plain: Any) -> Any:
        """The array; ``plain`` makes an answer of an outcome's place what its type takes."""
        import pyarrow as pa

        arrays, names = [], []
        for place, type_ in enumerate(self._types):
            arrays.append(pa.array([plain(place, each) for each in self._answers[place]], type_))
            arrays.append(pa.array(self._standings[place], pa.string()))
            names += [f"a{place}", f"s{place}"]
            if self._why:
                arrays.append(pa.array(self._told[place], pa.string()))
                names.append(f"w{place}")
        offsets = [0]
        for each in self._lengths:
            offsets.append(offsets[-1] + each)
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(arrays, names=names))


def cells_of(column: Any) -> list[Any]:
    """The cells of an Arrow array as Python values; a day that Python can't hold comes as its text."""
    try:
        found: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        found = [_cell(each) for each in column]
    return found


def _cell(value: Any) -> Any:
    import pyarrow as pa

    try:
        return value.as_py()
    except (OverflowError, ValueError):
        return value.cast(pa.string()).as_py()
