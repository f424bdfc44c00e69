"""One customer of a data file: by the number of the row, or by what a column says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import click
from attrs import evolve, frozen

from rulelang.cli.console import Console
from rulelang.cli.failures import FINDINGS, CommandError, wrong_call
from rulelang.cli.options import read_pair
from rulelang.diagnostics.diagnostic import Diagnostic

if TYPE_CHECKING:
    from rulelang.engine.reading.customers import Reading
    from rulelang.engine.reading.joined import JoinedList
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.sources.source import Row, Source
    from rulelang.model.program import Model
    from rulelang.vocabulary.declarations import Field
    from rulelang.vocabulary.reading import ReadingOptions

_MOST_NAMED = 5


@frozen
class Wanted:
    """Which customer: the row ``number``, or the one whose cells are what ``pairs`` say: column or field, value."""

    number: int | None = None
    pairs: tuple[tuple[str, str], ...] = ()


def wanted_customer(number: int | None, pairs: Sequence[str]) -> Wanted:
    """The customer of ``--row`` or of ``COLUMN=VALUE``. Raises CommandError (``which-row``, ``extra-argument``)."""
    if number is None and not pairs:
        raise wrong_call("which-row")
    if number is not None and pairs:
        raise wrong_call("extra-argument", found=tuple(pairs))
    return Wanted(number, tuple(read_pair(each, "explain", "COLUMN=VALUE") for each in pairs))


def customer_values(
    ruleset: Ruleset,
    source: Source,
    wanted: Wanted,
    reading: Reading,
    said: Sequence[tuple[str, str]],
    reveal: bool,
) -> dict[str, object]:
    """The values of one customer by field name; ``said`` are pairs of column and field, for fields that are only
    checked as well. Raises DataError and CommandError (``no-such-row``,
    ``no-such-customer``, ``several-customers``, ``unknown-column-option``).
    """
    from rulelang.engine.reading.joined import hand_out, join_lists, key_text
    from rulelang.engine.reading.mapping import map_columns
    from rulelang.vocabulary.headings import unit_of
    from rulelang.vocabulary.reading import as_given

    model, options = ruleset.model, reading.options
    tables, column_pairs = hand_out(reading.lists, reading.pairs, model)
    lists = join_lists(ruleset, tables, source, options)
    elsewhere = {each.field.name for each in lists}
    used = [name for name in model.fields if name not in elsewhere]
    columns = map_columns(source.columns, model.fields, used, column_pairs)
    row = _found(source, wanted, columns.positions, model, said)
    if row.fault is not None:
        raise CommandError(row.fault, exit_code=FINDINGS)
    cells = {name: row.cells[place] for name, place in columns.positions.items()}
    titles = {name: source.columns[place] for name, place in columns.positions.items()}
    ways = {name: evolve(options, unit=unit_of(model.fields[name], title)) for name, title in titles.items()}
    values = {name: _read(model.fields[name], cell, row.number, ways[name], reveal) for name, cell in cells.items()}
    console = click.get_current_context().ensure_object(Console)
    for each in lists:
        key = key_text(row.cells[each.customer_place])

        def told(joined: JoinedList, record: Row, faults: Sequence[Diagnostic], key: str = key) -> None:
            if key_text(record.cells[joined.key_place]) == key:
                console.report(faults)

        each.read(lambda finding, row: None, told)
        values[each.field.name] = each.of(row.cells[each.customer_place])
    return as_given(values, model.fields)


def _found(
    source: Source, wanted: Wanted, positions: Mapping[str, int], model: Model, said: Sequence[tuple[str, str]]
) -> Row:
    places = [(_place(source, name, positions, model, said), value) for name, value in wanted.pairs]
    rows: list[Row] = []
    first = last = 0
    for row in source.rows():
        first, last = first or row.number, row.number
        if row.number == wanted.number or (places and row.fault is None and _says(row, places)):
            rows.append(row)
        if row.number == wanted.number:
            break
    if not rows and wanted.number is not None:
        raise wrong_call("no-such-row", row=wanted.number, first=first, last=last)
    asked = " ".join(f"{name}={value}" for name, value in wanted.pairs)
    if not rows:
        raise CommandError(Diagnostic("no-such-customer", facts={"customer": asked}))
    if len(rows) > 1:
        numbers = tuple(each.number for each in rows[:_MOST_NAMED])
        raise CommandError(
            Diagnostic("several-customers", facts={"customer": asked, "count": len(rows), "rows": numbers})
        )
    return rows[0]


def _place(
    source: Source, name: str, positions: Mapping[str, int], model: Model, said: Sequence[tuple[str, str]]
) -> int:
    """The column of a title, or of the field that has this name or label."""
    from rulelang.diagnostics.nearest import nearest
    from rulelang.values.text import near_key

    titles = {near_key(each): place for place, each in reversed([*enumerate(source.columns)])}
    if near_key(name) in titles:
        return titles[near_key(name)]
    for field, place in positions.items():
        if name in (field, model.fields[field].label):
            return place
    checked = {each.field.name: each.field.label for each in model.checks}
    for column, field in said:
        if column in source.columns and name in (field, checked.get(field)):
            return source.columns.index(column)
    raise wrong_call("unknown-column-option", nearest(name, source.columns), name=name, columns=source.columns)


def _says(row: Row, places: Sequence[tuple[int, str]]) -> bool:
    from rulelang.values.text import near_key

    return all(
        place < len(row.cells) and near_key(_text(row.cells[place])) == near_key(value) for place, value in places
    )


def _text(cell: object) -> str:
    """A cell as people read it: a workbook's 1001.0 is 1001, its dates have no time of day."""
    if isinstance(cell, float | Decimal) and cell == cell.__class__(int(cell)):
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _read(field: Field, cell: object, row: int, options: ReadingOptions, reveal: bool) -> object:
    from rulelang.engine.reading.cells import ASKED
    from rulelang.values.errors import Unreadable
    from rulelang.vocabulary.privacy import shown
    from rulelang.vocabulary.reading import read_value
    from rulelang.vocabulary.types import type_names

    try:
        return read_value(field, cell, evolve(options, exported=True))
    except Unreadable as error:
        value = error.text if reveal else shown(field, error.text)
        facts = {"row": row, "field": field.name, "value": value}
        if error.reason in ASKED:
            raise CommandError(Diagnostic(error.reason, facts=facts), exit_code=FINDINGS) from None
        if error.reason == "not-a-member":
            return cell  # counts as missing and is reported with the decision
        facts |= {"type": type_names[type(field.type)], "reason": error.reason}
        raise CommandError(Diagnostic("unreadable-value", facts=facts), exit_code=FINDINGS) from None
