"""Rows in memory as a source, and a place for the rows of a result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rulelang.engine.frames.kinds import Frame, arrow
from rulelang.engine.running.output import answer_type
from rulelang.engine.sinks.opening import Sink
from rulelang.engine.sources.source import Row, Source
from rulelang.model.policies import scale
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Outcome

_NUMBER = "rulelang_row"
_AT_ONCE = 50_000


def as_source(frame: Frame, places: Sequence[int], name: str, numbered: bool = False) -> Source:
    """Some columns of a table as a source, its rows numbered from 1; where ``numbered``, with a column behind them that
    counts the rows from 0.
    """
    pa = arrow()
    titles = [frame.columns[place] for place in places]
    columns = [_readable(frame.column(place)) for place in places]
    if numbered:
        number = _NUMBER
        while number in titles:
            number += "_"
        titles.append(number)
        columns.append(pa.array(range(frame.rows), pa.int64()))
    mixed = any(isinstance(each, list) for each in columns)
    whole = pa.table(columns, names=titles) if numbered and not mixed else None

    def read() -> Iterator[Row]:
        counted = 0
        for start in range(0, frame.rows, _AT_ONCE):
            some = [_cells(each[start : start + _AT_ONCE]) for each in columns]
            size = min(_AT_ONCE, frame.rows - start)
            for cells in zip(*some, strict=True) if some else iter([()] * size):
                counted += 1
                yield Row(counted, list(cells))

    return Source(name, "parquet", tuple(titles), read, count=lambda: frame.rows, table=whole)


def _readable(column: Any) -> Any:
    """A column of a type that every engine reads: texts of few values as texts, moments to the microsecond."""
    pa = arrow()
    if isinstance(column, list):
        return column
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return column.cast(pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    return column


def _cells(column: Any) -> list[Any]:
    """Cells as Python values; one that Python can't hold (the year 20000) as its text."""
    if isinstance(column, list):
        return column
    try:
        found: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        found = [_cell(each) for each in column]
    return found


def _cell(value: Any) -> Any:
    try:
        return value.as_py()
    except (OverflowError, ValueError):
        return str(value)


class Gathered:
    """A writer that keeps the last cells of every row."""

    def __init__(self, width: int) -> None:
        self._width = width
        self.rows: list[Sequence[object]] = []

    def write(self, cells: Sequence[object]) -> None:
        """Keeps a row."""
        self.rows.append(cells[len(cells) - self._width :])

    def finish(self) -> None:
        """Nothing is left to be done."""

    def abandon(self) -> None:
        """Forgets the rows."""
        self.rows.clear()


def gathering(width: int) -> tuple[Sink, Gathered]:
    """A sink for rows of which the last ``width`` cells count, and what it gathers."""
    writer = Gathered(width)
    return Sink("", "parquet", None, writer), writer


def answer_array(outcome: Outcome, cells: Sequence[Any]) -> Any:
    """The answers of an outcome as Arrow's array; its type is that of the outcome, whatever the answers are."""
    pa = arrow()
    kind = _answer_kind(outcome)
    values = [_answer(each, kind) for each in cells]
    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, OverflowError):  # more digits, or a cap with more decimals, than the type has
        return pa.array([None if each is None else Decimal(each) for each in values])


def _answer_kind(outcome: Outcome) -> Any:
    pa = arrow()
    match answer_type(outcome):
        case "VARCHAR[]":
            return pa.list_(pa.string())
        case "BIGINT":
            return pa.int64()
        case "NUMBER":
            return pa.decimal128(38, scale(outcome.type) or 0)
        case "DATE":
            return pa.date32()
        case "BOOLEAN":
            return pa.bool_()
    return pa.string()


def _answer(value: Any, kind: Any) -> Any:
    pa = arrow()
    if value is None:
        return None
    if isinstance(value, Duration):
        return value.amount
    if isinstance(value, tuple):
        return list(value)
    if pa.types.is_decimal(kind):
        return Decimal(value)
    if pa.types.is_integer(kind) and isinstance(value, Decimal) and value == int(value):
        return int(value)
    return value if isinstance(value, str | bool | int | date | Decimal | list) else str(value)


def typed_column(outcome: Outcome, column: Any) -> Any:
    """A column of a result file with the type of its outcome, where its values fit."""
    pa = arrow()
    kind = _answer_kind(outcome)
    if column.type == kind:
        return column
    if pa.types.is_integer(column.type) and pa.types.is_decimal(kind):
        column = column.cast(pa.decimal128(38, 0))
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return column
