"""Rows that are made up, as a query over no table: so that a database decides them like its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from attrs import evolve

from rulelang.backends.sql.dialect import Dialect
from rulelang.engine.connections.opening import open_session
from rulelang.engine.connections.session import ColumnType
from rulelang.engine.sources.database import open_address
from rulelang.engine.sources.source import Source

_FITTING: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, Decimal),
    "float": (int, float, Decimal),
    "boolean": (bool,),
    "date": (date,),
    "moment": (date,),
    "text": (str,),
    "any": (str, int, float, Decimal, date),
}


def as_query(source: Source, rows: Iterable[Sequence[object]]) -> Source:
    """The rows as a source in the database of another; a cell that its column can't hold becomes NULL."""
    assert source.address is not None
    with open_session(source.address) as session:
        columns = session.columns(session.relation(source.address), source.address)
        dialect = session.dialect
    lines = [
        "SELECT " + ", ".join(_cell(each, column, dialect) for each, column in zip(row, columns, strict=True))
        for row in rows
    ]
    return open_address(evolve(source.address, table=(), query="\nUNION ALL ".join(lines)))


def _cell(value: object, column: ColumnType, dialect: Dialect) -> str:
    name = dialect.identifier(column.name)
    fits = isinstance(value, _FITTING.get(column.kind, ())) and (isinstance(value, bool) <= (column.kind == "boolean"))
    if not fits:
        text = "NULL"
    elif isinstance(value, bool | int | float | Decimal) and column.kind == "any":
        text = str(int(value) if isinstance(value, bool) else value)
    else:
        text = dialect.text(str(value).lower() if isinstance(value, bool) else str(value))
    return f"{text if column.kind == 'any' else f'CAST({text} AS {column.type})'} AS {name}"
