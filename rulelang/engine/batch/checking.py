"""Checks what a vocabulary asks of a column for DuckDB: each spelling once, then the rows that have one at fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge

from rulelang.backends.sql.door import Reading
from rulelang.engine.batch.statement import NUMBER
from rulelang.engine.batch.tables import Table
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.reading.quality import CheckedColumn, Quality
from rulelang.engine.running.row_run import RowRun
from rulelang.values.text import OUTER_SPACES
from rulelang.vocabulary.types import Text

_SUSPECTS = "rulelang_suspects"
_AT_ONCE = 50_000


def check_table(work: RowRun, table: Table, duck: Duck, readings: Mapping[str, Reading]) -> bool:
    """Checks all rows; whether that could be done: where nobody could find a row by its number it can't.

    ``readings`` are how the columns of fields that rules read are read: what they call odd may fail, all else passes
    what types, limits and allowed values ask.
    """
    quality = work.quality
    if quality is None or not quality.columns:
        return True
    streams: list[Iterator[tuple[int, int, object]]] = []
    for place, column in enumerate(quality.columns):
        own = readings.get(column.reader.field.name)
        where = None if own is None or column.checks.asks_more else own.odd or "FALSE"
        if where == "FALSE" or not _suspects(quality, place, column, table, duck, where):
            continue
        if table.first is None:
            return False
        streams.append(_rows(place, table, duck, column))
    for number, place, raw in merge(*streams, key=lambda each: each[:2]):
        quality.check_cell((table.first or 0) + number, place, raw)
    return True


def _suspects(quality: Quality, place: int, column: CheckedColumn, table: Table, duck: Duck, where: str | None) -> bool:
    """Puts the cells of a column that fail, or that stand in several rows and shouldn't, into a table of their own;
    whether there are any. ``where`` is the condition on rows that may fail.
    """
    name, kind = quoted(table.columns[column.position]), table.types[column.position]
    unique = column.checks.unique
    first: dict[object, object] = {}
    found: list[object] = []
    duck.execute(f"CREATE TABLE {_SUSPECTS}{place} (cell {kind})")
    any_ = False
    some = "" if where is None else f" WHERE {where}"
    having = _looked_at(column, name, table.kind(table.columns[column.position]))
    for raw, count in duck.rows(f"SELECT {name}, count(*) FROM {table.readable} AS t{some} GROUP BY 1{having}"):
        value, failed = column.judge(table.value(column.position, raw))
        if having and value is not None and value != raw:
            found += (value, raw)  # the value may stand there as it is, and was not looked at
        suspect = bool(failed)
        if unique and value is not None:
            other = first.setdefault(value, raw)
            if other is not raw:
                found.append(other)  # the same value in another spelling
            suspect = suspect or count > 1 or other is not raw
        if suspect:
            found.append(raw)
        if len(found) >= _AT_ONCE:
            any_ = True
            _keep(found, place, kind, duck)
    if found:
        any_ = True
        _keep(found, place, kind, duck)
    return any_


def _looked_at(column: CheckedColumn, name: str, kind: str) -> str:
    """Which spellings Python has to see, where SQL can tell: of texts of which no form is asked the blank ones, and
    where no two may be alike those that stand in several rows or are no plain ASCII, which could be another spelling.
    """
    checks = column.checks
    formed = checks.function or checks.pattern or checks.field.missing_values
    if formed or kind != "VARCHAR" or not isinstance(checks.field.type, Text):
        return ""
    blank = f"{name} IS NULL OR trim({name}, {literal(OUTER_SPACES)}) = ''"
    if not checks.unique:
        return f" HAVING {blank}"
    return f" HAVING count(*) > 1 OR {blank} OR NOT regexp_full_match({name}, '[!-~]([ -~]*[!-~])?')"


def _keep(found: list[object], place: int, kind: str, duck: Duck) -> None:
    duck.execute(f"INSERT INTO {_SUSPECTS}{place} SELECT unnest(CAST(? AS {kind}[]))", [found])
    found.clear()


def _rows(place: int, table: Table, duck: Duck, column: CheckedColumn) -> Iterator[tuple[int, int, object]]:
    """The rows with a suspect cell in their order: number, the column's place among those checked, the cell."""
    name = quoted(table.columns[column.position])
    text = (
        f"SELECT t.{quoted(NUMBER)}, t.{name} FROM {table.readable} AS t WHERE EXISTS (SELECT 1 FROM "
        f"{_SUSPECTS}{place} AS s WHERE s.cell IS NOT DISTINCT FROM t.{name}) ORDER BY 1"
    )
    for number, raw in duck.rows(text):
        yield int(number), place, table.value(column.position, raw)
