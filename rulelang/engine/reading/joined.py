"""Lists of records from a second table: read in one pass, grouped by the key that says whose they are.

orders = JoinedList(ruleset, ListTable("orders", open_source("orders.csv"), ("customer_id", "customer_id")), …)
orders.read(reject)
orders.of("C1")          # the records of one customer; none is an empty list (S3)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.account.summary import ListSummary
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.cells import ASKED
from rulelang.engine.reading.mapping import nearly_titled, unit_notes
from rulelang.engine.sources.source import Row, Source, SourceOptions
from rulelang.explain.findings import is_future
from rulelang.lowering.aggregates import fields_as_read
from rulelang.model.program import Model
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Field, record_fields
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.reading import ReadingOptions, limit_passed, outside_limits, read_value
from rulelang.vocabulary.types import Choice, ListOf, Text, type_names

_MOST_KNOWN = 50_000
_EXAMPLES = 3
_LONGEST_SHOWN = 80

Reject = Callable[["JoinedList", Row, Sequence[Diagnostic]], object]
Notice = Callable[[Diagnostic, int], object]


@frozen
class ListTable:
    """A table for a list: ``list`` by name, label or element; ``key`` is its column and the customers' column.

    ``pairs`` are columns and the fields of a record they belong to, where their titles don't tell. ``reading`` says how
    its values are read, where otherwise than those of the customers.
    """

    list: str
    source: Source
    key: tuple[str, str]
    pairs: tuple[tuple[str, str], ...] = ()
    reading: ReadingOptions | None = None


class JoinedList:
    """The records of one list, by customer. A cell that can't be read is missing in its record, and its row reported:
    what rests on the record is then in doubt, and never silently wrong.
    """

    def __init__(
        self,
        ruleset: Decider,
        table: ListTable,
        columns: Sequence[str],
        source: str,
        reading: ReadingOptions,
        as_of: date | None = None,
    ) -> None:
        """``columns`` are those of the customers' ``source``. Raises DataError: ``unknown-list-option``,
        ``key-column-missing``, ``unknown-column-option``, ``unknown-field-option``.
        """
        self.field = fields_as_read(ruleset.model)[list_named(ruleset.model, table.list).name]
        self.source = table.source
        self.key_place = key_place(table.key[0], table.source.columns, table.source.name)
        self.customer_place = key_place(table.key[1], columns, source)
        self.customer_column = columns[self.customer_place]
        self.notes: list[Diagnostic] = []
        self.rows = self.rejected = 0
        self._key = table.key[0]
        self.otherwise = table.reading
        self._reading = evolve(table.reading or reading, exported=True)
        self._as_of = as_of
        self._groups: dict[str, list[dict[str, Any]]] = {}
        self._unread: dict[str, list[dict[str, str]]] = {}
        self._rows: dict[str, list[Sequence[object]]] | None = None
        self._asked: set[str] = set()
        self._counted: tuple[int, tuple[str, ...]] | None = None
        self.columns = tuple(self._find_columns(table.pairs))
        self._options = {(place, part.name): self._of_column(place, part) for place, part, _ in self.columns}

    def _find_columns(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, Field, dict[str, Any]]]:
        """For each field of a record its column's place, and a store of what its texts mean."""
        assert isinstance(self.field.type, ListOf)
        titles = [clean_text(each) for each in self.source.columns]
        chosen = {field: column for column, field in pairs}
        for column in chosen.values():
            if column not in titles:
                near = nearest(column, titles)
                raise DataError((Diagnostic("unknown-column-option", facts={"name": column}, nearest=near),))
        found: list[tuple[int, Field, dict[str, Any]]] = []
        for part in record_fields(self.field):
            name, label = part.name, part.label
            wanted = [chosen[each] for each in (name, label) if each in chosen] or [
                each for each in (name, label) if each
            ]
            place = next((titles.index(clean_text(each)) for each in wanted if clean_text(each) in titles), None)
            if place is None and not any(each in chosen for each in (name, label)):
                loose = nearly_titled(self.source.columns, part, record_fields(self.field))
                if len(loose) == 1:
                    place = loose[0]
                    facts = {"field": f"{self.field.name}.{name}", "column": self.source.columns[place]}
                    self.notes.append(Diagnostic("column-taken", facts=facts))
            if place is not None:
                found.append((place, part, {}))
                continue
            facts = {"field": f"{self.field.name}.{name}"}
            close = nearest(name, self.source.columns)
            self.notes.append(Diagnostic("field-without-column", facts=facts, nearest=close))
        return found

    def _of_column(self, place: int, part: Field) -> ReadingOptions:
        """How the cells of a column are read: in the unit of its heading. Raises DataError (``heading-currency``)."""
        column = self.source.columns[place]
        unit, notes = unit_notes(part, column, f"{self.field.name}.{part.name}")
        self.notes += notes
        return evolve(self._reading, unit=unit)

    def read(self, notice: Notice, reject: Reject) -> None:
        """Reads the whole table. Raises DataError (`ASKED`)."""
        for row in self.source.rows():
            self.rows += 1
            unread: dict[str, str] = {}
            record, faults = self.record(row, notice, unread)
            key = key_text(row.cells[self.key_place]) if len(row.cells) > self.key_place else ""
            self._groups.setdefault(key, []).append(record)
            if unread:
                self._unread.setdefault(key, []).append(unread)
            if self._rows is not None:
                width = len(self.source.columns)
                self._rows.setdefault(key, []).append([*row.cells[:width], *[None] * (width - len(row.cells))])
            if faults:
                self.rejected += 1
                reject(self, row, faults)

    def record(
        self, row: Row, notice: Notice, unread: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], list[Diagnostic]]:
        """What a row says, and its faults; ``unread`` gets what is there and can't be read, by field. Raises DataError
        (`ASKED`).
        """
        faults = [] if row.fault is None else [row.fault]
        record: dict[str, Any] = {name: None for name, _, _ in self._parts()}
        if row.fault is None:
            self._fill(record, row, faults, notice, {} if unread is None else unread)
        return record, faults

    def hold(self, key: object, records: list[dict[str, Any]], unread: list[dict[str, str]]) -> None:
        """Has the records of one customer alone, read elsewhere, and what of them could not be read."""
        self._groups, self._unread = {key_text(key): records}, {key_text(key): unread}

    @property
    def asks_percent(self) -> bool:
        """Whether a percentage beyond the whole is asked about where it has no sign."""
        return self._reading.percent_figures is None

    def told(self, finding: Diagnostic, key: object) -> Diagnostic:
        """A finding about a customer's records left out, with what of them is missing and what can't be read."""
        unread = self._unread.get(key_text(key))
        if finding.code != "records-left-out" or finding.facts["list"] != self.field.name or not unread:
            return finding
        faulty = [name for name in finding.facts["fields"] if any(name in each for each in unread)]
        if not faulty:
            return finding
        blank = {
            name: sum(each.get(name) is None for each in self._groups[key_text(key)])
            for name in finding.facts["fields"]
        }
        missing = tuple(name for name, count in blank.items() if count > sum(name in each for each in unread))
        value = next(each[faulty[0]] for each in unread if faulty[0] in each)
        facts = {key: value for key, value in finding.facts.items() if key != "fields"}
        return evolve(finding, facts={**facts, "missing": missing, "unreadable": tuple(faulty), "value": value})

    def account(self, rows: int, left: int, keys: tuple[str, ...]) -> None:
        """What was counted elsewhere: how many rows there are, how many belong to no customer, and some of their
        keys.
        """
        self.rows, self._counted = rows, (left, () if self.field.privacy else keys[:_EXAMPLES])

    def of(self, key: object) -> tuple[dict[str, Any], ...]:
        """The records of the customer with a key, an empty list where there are none."""
        text = key_text(key)
        if self._counted is None:
            self._asked.add(text)
        return tuple(self._groups.get(text, ())) if text else ()

    def keep_rows(self) -> None:
        """Keeps the rows as they came as well; to be said before the table is read."""
        self._rows = {}

    def rows_of(self, key: object) -> Sequence[Sequence[object]]:
        """The rows that the records of the customer with a key came from."""
        assert self._rows is not None, "the rows are to be kept"
        return self._rows.get(key_text(key), ()) if key_text(key) else ()

    def summary(self) -> ListSummary:
        """The account of the table, once every customer has been asked for."""
        return ListSummary(self.field.name, self.source.name, self.rows, self.rejected, self._left()[0])

    def is_left(self, key: str) -> bool:
        """Whether no customer so far has a key."""
        return not key or key not in self._asked

    def findings(self) -> tuple[Diagnostic, ...]:
        """What there is to say about the table as a whole."""
        count, keys = self._left()
        facts = {"file": self.source.name, "count": count, "key": self._key, "values": keys}
        without = (Diagnostic("rows-without-customer", facts=facts),) if count else ()
        return (*self.source.notes, *self.notes, *without)

    def _left(self) -> tuple[int, tuple[str, ...]]:
        """How many rows belong to no customer, and some of their keys."""
        if self._counted is not None:
            return self._counted
        left = [key for key in self._groups if self.is_left(key)]
        examples = () if self.field.privacy else tuple(key for key in left if key)[:_EXAMPLES]
        return sum(len(self._groups[key]) for key in left), examples

    def _fill(
        self, record: dict[str, Any], row: Row, faults: list[Diagnostic], notice: Notice, unread: dict[str, str]
    ) -> None:
        """Puts into a record what its row says."""
        for place, part, known in self.columns:
            raw = row.cells[place]
            if raw.__class__ is str and raw in known:
                record[part.name] = known[raw]
                continue
            try:
                value = read_value(part, raw, self._options[place, part.name])
            except Unreadable as error:
                unread[part.name] = str(shown(part, raw))[:_LONGEST_SHOWN]
                self._unreadable(part, place, row, error, faults, notice)
                continue
            if value is not None and not isinstance(value, tuple) and self._odd(part, place, value, row, notice):
                record[part.name] = None if outside_limits(part, value) else value
                continue
            record[part.name] = value
            if isinstance(raw, str):
                if len(known) == _MOST_KNOWN:
                    known.clear()
                known[raw] = value

    def _odd(self, part: Field, place: int, value: Any, row: Row, notice: Notice) -> bool:
        """Whether a value is outside the limits of its field, or a day that should not lie in the future; such are
        told each time, with their row.
        """
        outside = outside_limits(part, value)
        day = self._as_of
        if not outside and not (isinstance(value, date) and day is not None and is_future(part.type, value, day)):
            return False
        facts = {"field": f"{self.field.name}.{part.name}", "value": shown(part, value)}
        facts |= {"column": self.source.columns[place], "row": row.number, "file": self.source.name}
        more = limit_passed(part, value) if outside else {"as_of": day}
        notice(Diagnostic("value-outside-limits" if outside else "future-date", facts={**facts, **more}), row.number)
        return True

    def _parts(self) -> Sequence[tuple[str, str | None, Any]]:
        assert isinstance(self.field.type, ListOf)
        return self.field.type.fields

    def _unreadable(
        self, part: Field, place: int, row: Row, error: Unreadable, faults: list[Diagnostic], notice: Notice
    ) -> None:
        text = str(shown(part, row.cells[place]))[:_LONGEST_SHOWN]
        facts: dict[str, Any] = {"field": f"{self.field.name}.{part.name}", "value": text, "row": row.number}
        facts["file"] = self.source.name
        if error.reason == "not-a-member" and isinstance(part.type, Choice):
            notice(Diagnostic("not-a-member", facts={**facts, "members": part.type.keys()}), row.number)
            return
        facts["column"] = self.source.columns[place]
        if error.reason in ASKED:
            raise DataError((Diagnostic(error.reason, facts={**facts, "list": self.field.name}),))
        option = self._other_sign(part, row.cells[place])
        facts |= {} if option is None else {"option": option}
        facts |= {"type": type_names[type(part.type)], "reason": error.reason}
        faults.append(Diagnostic("unreadable-value", facts=facts))

    def _other_sign(self, part: Field, raw: object) -> str | None:
        """The option with which a cell can be read whose decimal sign is another one than that of the customers."""
        comma = not self._reading.decimal_comma
        try:
            read_value(part, raw, evolve(self._reading, decimal_comma=comma))
        except Unreadable:
            return None
        return f"--decimal {self.field.name}={'comma' if comma else 'point'}"


def hand_out(
    tables: Sequence[ListTable], pairs: Sequence[tuple[str, str]], model: Model
) -> tuple[tuple[ListTable, ...], tuple[tuple[str, str], ...]]:
    """The tables with those pairs whose field belongs to their list (``orders.amount``), and the other pairs.

    Raises DataError (``unknown-list-option``; ``unknown-field-option``: the list has no such field).
    """
    rest = list(pairs)
    given = []
    for table in tables:
        field = list_named(model, table.list)
        assert isinstance(field.type, ListOf)
        own: list[tuple[str, str]] = []
        for column, name in pairs:
            before, dot, part = name.partition(".")
            if not dot or clean_text(before) not in (field.name, field.label, field.type.element):
                continue
            if field.type.field_type(clean_text(part)) is None:
                near = nearest(part, [key for key, _, _ in field.type.fields])
                raise DataError((Diagnostic("unknown-field-option", facts={"name": name}, nearest=near),))
            own.append((clean_text(column), clean_text(part)))
            rest.remove((column, name))
        given.append(evolve(table, pairs=(*table.pairs, *own)))
    return tuple(given), tuple(rest)


def join_lists(
    ruleset: Decider, tables: Sequence[ListTable], source: Source, reading: ReadingOptions, as_of: date | None = None
) -> tuple[JoinedList, ...]:
    """The lists that come from tables of their own, not read yet. Raises DataError: ``list-given-twice``, and what
    `JoinedList` raises.
    """
    found: dict[str, JoinedList] = {}
    for each in tables:
        joined = JoinedList(ruleset, each, source.columns, source.name, reading, as_of)
        field = joined.field
        if field.name in found or {field.name, field.label} & set(source.columns):
            first = found[field.name].source.name if field.name in found else source.name
            facts = {"list": field.name, "first": first, "second": each.source.name}
            raise DataError((Diagnostic("list-given-twice", facts=facts),))
        found[field.name] = joined
    return tuple(found.values())


def list_named(model: Model, name: str) -> Field:
    """The list field of a name, a label or an element. Raises DataError (``unknown-list-option``)."""
    lists = [(each, each.type) for each in model.fields.values() if isinstance(each.type, ListOf)]
    for field, type_ in lists:
        if clean_text(name) in (field.name, field.label, type_.element):
            return field
    near = nearest(name, [spelling for each, _ in lists for spelling in (each.name, each.label) if spelling])
    raise DataError((Diagnostic("unknown-list-option", facts={"name": name}, nearest=near),))


def of_list(model: Model, name: str, encoding: str | None = None, delimiter: str | None = None) -> SourceOptions:
    """How the table of a list is opened: of a workbook the sheet that is called like the list, else the one with the
    most of its fields. Raises DataError (``unknown-list-option``).
    """
    field = list_named(model, name)
    assert isinstance(field.type, ListOf)
    titles = {clean_text(each) for part in record_fields(field) for each in (part.name, part.label) if each}
    called = tuple(
        dict.fromkeys(clean_text(each) for each in (name, field.name, field.label, field.type.element) if each)
    )
    return SourceOptions(encoding, delimiter, wanted=lambda: titles, called=called)


def key_text(raw: object) -> str:
    """A key as text, so that 17 in a workbook is 17 in a text file; empty where there is none."""
    try:
        text = read_value(Field("key", Text()), raw)
    except Unreadable:
        return ""
    return str(text) if text is not None else ""


def key_place(column: str, columns: Sequence[str], source: str) -> int:
    """Where a table has its key. Raises DataError (``key-column-missing``)."""
    titles = [clean_text(each) for each in columns]
    if clean_text(column) not in titles:
        facts = {"file": source, "column": column}
        raise DataError((Diagnostic("key-column-missing", facts=facts, nearest=nearest(column, columns)),))
    return titles.index(clean_text(column))
