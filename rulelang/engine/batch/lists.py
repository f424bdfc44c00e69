"""Lists from second tables: what rules ask of them is found by DuckDB in one grouped pass and joined to the customers.

Customers with a record that has something missing, or a cell that SQL can't read, are decided by the generated Python;
their records are read along with them, in the same order, so that never more than one customer's are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.sql.dialect import NotCarried
from rulelang.backends.sql.dialects import DUCKDB
from rulelang.backends.sql.door import Reading, cleaned
from rulelang.backends.sql.figures import Sql
from rulelang.backends.sql.lists import GroupedList, in_columns
from rulelang.engine.batch.doors import known, reading, surveyed
from rulelang.engine.batch.tables import Table, open_table, same_columns
from rulelang.engine.connections.duck import Duck, quoted
from rulelang.engine.reading.joined import JoinedList
from rulelang.engine.running.list_rows import noticing, report_lonely, wants_rows
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sinks.opening import Sink
from rulelang.engine.sources.source import Row
from rulelang.lowering.planned import Plan
from rulelang.model.program import Model
from rulelang.vocabulary.declarations import record_fields
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Text, YesNo

_READ = (Text, Number, Money, Length, Date, YesNo, Choice)
_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}
_EXAMPLES = 3
_FEW_DIGITS = 18  # so many are a whole number of 64 bits


@frozen
class SecondTable:
    """A list's table: ``key`` is that of a record of ``t``, ``owner`` that of a customer of ``t``, whose ``column`` has
    it.
    """

    joined: JoinedList
    table: Table
    key: str
    owner: str
    column: str
    readings: Mapping[str, Reading]

    def owner_of(self, cell: str) -> str:
        """A customer's key, where its cell goes by another text."""
        return self.owner.replace(f"t.{quoted(self.column)}", cell)

    @property
    def odd(self) -> str:
        """The condition that a cell can't be read by SQL."""
        return " OR ".join(f"({each.odd})" for each in self.readings.values() if each.odd)


@frozen
class ListsInColumns:
    """The plan, the model and the customers' table with a column for everything that rules ask of lists."""

    plan: Plan
    model: Model
    table: Table
    readings: Mapping[str, Reading]
    tables: tuple[SecondTable, ...]
    customers: Table

    def beside(self, duck: Duck, owners: str) -> Callable[[int], None]:
        """What puts the records of a customer in their place: it is called with the customers' numbers, in order.

        ``owners`` is a query for them: ``number``, and ``k0``, ``k1``, … as keys into each table.
        """
        streams = [_Stream(duck, place, each, owners) for place, each in enumerate(self.tables)]

        def hold(number: int) -> None:
            for each in streams:
                each.hold(number)

        return hold

    def keys(self, cell: Callable[[SecondTable], str]) -> str:
        """The customers' keys as columns for `beside`; ``cell`` is the text of the cell with the key."""
        return "".join(f", {each.owner_of(cell(each))} AS k{place}" for place, each in enumerate(self.tables))


class _Stream:
    """The records of one table, customer after customer."""

    def __init__(self, duck: Duck, place: int, second: SecondTable, owners: str) -> None:
        self._joined, self._table = second.joined, second.table
        columns = ", ".join(f"o.{quoted(each)}" for each in second.table.columns)
        text = (
            f"SELECT a.number, {columns} FROM ({owners}) AS a JOIN (SELECT {second.key} AS rulelang_key, t.* "
            f"FROM {second.table.relation} AS t) AS o ON o.rulelang_key = a.k{place} "
            f"ORDER BY a.number, o.rulelang_number"
        )
        self._groups = groupby(duck.rows(text), key=lambda row: int(row[0]))
        self._next: tuple[int, Iterator[Any]] | None = next(self._groups, None)

    def hold(self, number: int) -> None:
        while self._next is not None and self._next[0] < number:
            self._next = next(self._groups, None)
        records: list[dict[str, Any]] = []
        unread: list[dict[str, str]] = []
        key: object = None
        if self._next is not None and self._next[0] == number:
            for _, *cells in self._next[1]:
                record = self._table.values(cells)
                key = record[self._joined.key_place]
                unread.append({})
                records.append(self._joined.record(Row(0, record), lambda *_: None, unread[-1])[0])
            self._next = next(self._groups, None)
        self._joined.hold(key, records, unread)


def lists_in_columns(work: RowRun, table: Table, plan: Plan, duck: Duck) -> ListsInColumns | None:
    """The lists of a run as columns; None where a table can't be read by DuckDB. Raises NotCarried."""
    seconds: list[SecondTable] = []
    for place, joined in enumerate(work.lists):
        found = _second(place, joined, table, work.as_of, duck)
        if found is None:
            return None
        seconds.append(found)
    readings = {each.joined.field.name: each.readings for each in seconds}
    listed = in_columns(plan, work.ruleset.model, work.as_of, DUCKDB, readings)
    columns: dict[str, Reading] = {}
    relation = table.relation
    by_list = {each.joined.field.name: each for each in seconds}
    for place, grouped in enumerate(listed.lists):
        second = by_list[grouped.list]
        name = f"rulelang_grouped{place}"
        duck.execute(f"CREATE TABLE {name} AS {grouped.grouped(second.key, second.table.relation, DUCKDB)}")
        doubtful = duck.execute(f"SELECT 1 FROM {name} WHERE doubt LIMIT 1").fetchone() is not None
        own = _columns(place, _narrowed(grouped, name, duck), doubtful)
        items = ", ".join(f"{text} AS {quoted(column)}" for text, column, _ in own)
        key = second.owner_of(f"c.{quoted(second.column)}")
        relation = f"(SELECT c.*, {items} FROM {relation} AS c LEFT JOIN {name} AS g ON g.k = {key})"
        columns |= {each.field.name: read for each, (_, _, read) in zip(grouped.columns, own, strict=False)}
    tables = {each.list: f"rulelang_grouped{place}" for place, each in enumerate(listed.lists)}
    for each in seconds:
        _account(each, table, tables.get(each.joined.field.name), duck)
    return ListsInColumns(listed.plan, listed.model, evolve(table, relation=relation), columns, tuple(seconds), table)


def _narrowed(grouped: GroupedList, name: str, duck: Duck) -> GroupedList:
    """Numbers with as many digits as there are in the table: few of them are far quicker to reckon with."""
    wide = [
        place
        for place, each in enumerate(grouped.columns)
        if each.value.kind == "number" and each.value.digits + each.value.scale > _FEW_DIGITS
    ]
    if not wide:
        return grouped
    largest = ", ".join(f"max(abs(g{place}))" for place in wide)
    columns = list(grouped.columns)
    for place, most in zip(wide, duck.execute(f"SELECT {largest} FROM {name}").fetchone(), strict=True):
        scale = columns[place].value.scale
        digits = len(str(int(most or 0)))
        if digits + scale <= _FEW_DIGITS:
            value = evolve(columns[place].value, digits=digits)
            columns[place] = evolve(columns[place], value=value, narrow=DUCKDB.number_type(digits, scale))
    return evolve(grouped, columns=tuple(columns))


def _columns(place: int, grouped: GroupedList, doubtful: bool) -> list[tuple[str, str, Reading]]:
    """Expressions over a customer and what is grouped, their names, and how they are read."""
    found: list[tuple[str, str, Reading]] = []
    for number, each in enumerate(grouped.columns):
        column = f"rulelang_g{place}_{number}"
        value = f"CAST(g.g{number} AS {each.narrow})" if each.narrow else f"g.g{number}"
        text = value if each.empty == "NULL" else f"CASE WHEN g.k IS NULL THEN {each.empty} ELSE {value} END"
        odd = f"t.rulelang_g{place}" if doubtful and not found else ""
        found.append((text, column, Reading(evolve(each.value, text=f"t.{quoted(column)}"), odd)))
    if doubtful:
        found.append(("COALESCE(g.doubt, FALSE)", f"rulelang_g{place}", Reading(Sql("", "yesno"))))
    return found


def _second(place: int, joined: JoinedList, customers: Table, as_of: date, duck: Duck) -> SecondTable | None:
    source = joined.source
    table = open_table(source, duck, f"list{place}") if same_columns(source.columns) else None
    if table is None or table.faults is not None:
        return None
    places = {part.name: (column, part) for column, part, _ in joined.columns}
    readings: dict[str, Reading] = {}
    for part in record_fields(joined.field):
        if not isinstance(part.type, _READ):
            raise NotCarried("list", joined.field.name)
        column = table.columns[places[part.name][0]] if part.name in places else None
        kind = "" if column is None else table.kind(column)
        found = reading(part, column, kind, as_of, None, joined.asks_percent)
        if column is not None:
            found = known(surveyed(found, table.relation, duck), column, table.relation, duck)
        readings[part.name] = found
    column = customers.columns[joined.customer_place]
    whole = {table.kind(table.columns[joined.key_place]), customers.kind(column)} <= _WHOLE
    key = _key(table.columns[joined.key_place], table, duck, whole)
    owner = _key(column, customers, duck, whole)
    if key is None or owner is None:
        return None
    return SecondTable(joined, table, key, owner, column, readings)


def _key(column: str, table: Table, duck: Duck, whole: bool) -> str | None:
    """A key of ``t`` as text, or as it is where all are ``whole`` numbers; None for a column of another kind."""
    kind, name = table.kind(column), f"t.{quoted(column)}"
    if whole:
        return name
    if kind in _WHOLE:
        return f"CAST({name} AS VARCHAR)"
    if kind != "VARCHAR":
        return None
    clean = cleaned(name, DUCKDB).text
    unlike = f"SELECT 1 FROM {table.relation} AS t WHERE {name} <> {clean} OR {name} = '' LIMIT 1"
    return clean if duck.execute(unlike).fetchone() is not None else name


def _account(second: SecondTable, customers: Table, grouped: str | None, duck: Duck) -> None:
    """How many rows there are, and how many belong to no customer; ``grouped`` has the number of rows of each key."""
    rows = f"SELECT {second.key} AS k, t.rulelang_number FROM {second.table.relation} AS t"
    owners = f"SELECT {second.owner} AS k FROM {customers.relation} AS t"
    counted = grouped or f"(SELECT k, count(*) AS n FROM ({rows}) GROUP BY 1)"
    lonely = f"NOT EXISTS (SELECT 1 FROM ({owners}) AS c WHERE c.k = l.k)"
    count = int(duck.execute(f"SELECT coalesce(sum(n), 0) FROM {counted} AS l WHERE {lonely}").fetchone()[0])
    keys: list[tuple[object]] = []
    if count:
        first = (
            f"SELECT k, min(rulelang_number) AS first FROM ({rows}) AS l WHERE k IS NOT NULL AND {lonely} GROUP BY 1"
        )
        keys = duck.execute(f"SELECT k FROM ({first}) ORDER BY first LIMIT {_EXAMPLES}").fetchall()
    second.joined.account(second.table.rows, count, tuple(str(each[0]) for each in keys))


def report_left_over_rows(work: RowRun, lists: ListsInColumns, duck: Duck, rejected: Sink | None) -> bool:
    """Writes down the rows of no customer, table after table; whether they could be found."""
    return all(_report_left_over(work, each, lists.customers, duck, rejected) for each in lists.tables)


def _report_left_over(work: RowRun, second: SecondTable, customers: Table, duck: Duck, rejected: Sink | None) -> bool:
    """Writes down the rows of no customer, where there is a file for them; whether they could be found."""
    if not wants_rows(work, rejected) or not second.joined.summary().without_customer:
        return True
    if second.table.first is None:
        return False
    columns = ", ".join(f"t.{quoted(each)}" for each in second.table.columns)
    owners = f"SELECT {second.owner} AS k FROM {customers.relation} AS t"
    text = (
        f"SELECT o.* EXCLUDE (rulelang_key) FROM (SELECT {second.key} AS rulelang_key, t.rulelang_number, {columns} "
        f"FROM {second.table.relation} AS t) AS o "
        f"WHERE NOT EXISTS (SELECT 1 FROM ({owners}) AS c WHERE c.k = o.rulelang_key) ORDER BY rulelang_number"
    )
    for number, *cells in duck.rows(text):
        row = Row(second.table.first + int(number), second.table.values(cells))
        report_lonely(work, second.joined, row, rejected)
    return True


def report_records(work: RowRun, lists: ListsInColumns, duck: Duck, rejected: Sink | None) -> bool:
    """Reports the records with a cell that can't be read; whether their rows could be found."""
    for second in lists.tables:
        if not second.odd:
            continue
        if second.table.first is None:
            return False
        columns = ", ".join(f"t.{quoted(each)}" for each in second.table.columns)
        text = f"SELECT t.rulelang_number, {columns} FROM {second.table.relation} AS t WHERE {second.odd} ORDER BY 1"
        for number, *cells in duck.rows(text):
            row = Row(second.table.first + int(number), second.table.values(cells))
            _, faults = second.joined.record(row, noticing(work, second.joined))
            if faults:
                second.joined.rejected += 1
                work.reject_record(second.joined, row, faults, rejected)
    return True
