"""Runs what is emitted on a database, over a table with typed columns, and reads the answers back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unicodedata import normalize

from attrs import evolve, frozen

from rulelang.backends.sql.asking import settled_plan
from rulelang.backends.sql.dialect import Dialect
from rulelang.backends.sql.door import Reading
from rulelang.backends.sql.emit import PREFIX, Emitter, Written
from rulelang.backends.sql.places import place_readings
from rulelang.backends.sql.text import query, standing, typed_readings
from rulelang.engine.deciding.population import Cuts, measured_fields
from rulelang.lowering.lower import lower
from rulelang.model.program import Model
from rulelang.values.errors import Unreadable
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.reading import read_value
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, YesNo

Row = Mapping[str, object]
_AT_ONCE = 50


@frozen
class Answered:
    """What the query says of a row: answers and standings by outcome; ``told`` where it can tell what is in doubt."""

    answers: dict[str, Any]
    standings: dict[str, str]
    told: bool


def emitted(
    model: Model, as_of: date, dialect: Dialect, cuts: Cuts | None = None
) -> tuple[Written, Mapping[str, Reading]]:
    """The ruleset in SQL, customers held against ``cuts``. Raises RuleError (``not-in-sql``)."""
    plan = settled_plan(lower(model), model, as_of)
    readings = typed_readings(model, plan, dialect, {}, () if cuts is None else measured_fields(model))
    places = {} if cuts is None else place_readings(model, plan, cuts.points, readings, dialect)
    return Emitter(plan, model, as_of, dialect, {**readings, **places}).write(), readings


def run(
    model: Model, rows: Sequence[Row], as_of: date, dialect: Dialect, connection: Any, cuts: Cuts | None = None
) -> list[Answered | None]:
    written, readings = emitted(model, as_of, dialect, cuts)
    odd = " OR ".join(f"({each.odd})" for each in readings.values() if each.odd) or dialect.never
    first = (*written.steps[0], (dialect.flag(odd), f"{PREFIX}odd"))
    written = evolve(written, steps=(first, *written.steps[1:]))
    fields = [model.fields[name] for name in readings]
    types = {each.name: column_type(each, dialect) for each in fields}
    columns = ", ".join(f"{dialect.identifier(name)} {type_}" for name, type_ in types.items())
    connection.execute("DROP TABLE IF EXISTS customers")
    connection.execute(f"CREATE TABLE customers (row_ INTEGER{', ' if columns else ''}{columns})")
    read = ((number, column_values(row, fields, dialect)) for number, row in enumerate(rows))
    kept = [(number, *values) for number, values in read if values is not None]
    marks = f"({', '.join('?' * (len(fields) + 1))})"
    for at in range(0, len(kept), _AT_ONCE):
        part = kept[at : at + _AT_ONCE]
        values = [value for row in part for value in row]
        connection.execute(f"INSERT INTO customers VALUES {', '.join([marks] * len(part))}", values)
    names = list(model.outcomes)
    shown = [(dialect.identifier("row_"), "row_"), (dialect.identifier(f"{PREFIX}odd"), "odd_")]
    shown.append((dialect.flag(written.hard), "hard_"))
    shown += [(written.answers[name].text, f"o{place}") for place, name in enumerate(names)]
    shown += [(standing(written, name, dialect), f"s{place}") for place, name in enumerate(names)]
    text = query(written, dialect, "customers", shown, ["row_"])
    found: list[Answered | None] = [None] * len(rows)
    for number, is_odd, is_hard, *rest in connection.execute(text).fetchall():
        if is_odd:
            continue
        answers = {
            name: _plain(rest[place], written.answers[name].scale if dialect.scaled else 0, model.outcomes[name])
            for place, name in enumerate(names)
        }
        standings = dict(zip(names, rest[len(names) :], strict=True))
        found[number] = Answered(answers, standings, not is_hard)
    return found


def column_values(row: Row, fields: Sequence[Field], dialect: Dialect) -> tuple[Any, ...] | None:
    """The raw values of a row as its columns take them, None where one of them can't."""
    found: list[Any] = []
    for each in fields:
        raw = row.get(each.name)
        if raw is None and each.label is not None:
            raw = row.get(each.label)
        try:
            value: Any = read_value(Field(each.name, each.type), raw)
        except Unreadable:
            if not isinstance(each.type, Choice):
                return None
            value = raw
        if isinstance(each.type, Choice) and isinstance(raw, str):
            value = raw
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            if abs(value) >= 10**17 or Decimal(value) != round(Decimal(value), 10):
                return None
            value = str(value) if not dialect.scaled else value if isinstance(value, int) else float(value)
        if isinstance(value, str) and dialect.nfc is None:
            value = normalize("NFC", value)  # as the query says that it needs them
        if isinstance(value, date) and dialect.scaled:
            value = value.isoformat()
        found.append(value)
    return tuple(found)


def column_type(field: Field, dialect: Dialect) -> str:
    match field.type:
        case Number() | Money() | Length():
            return "" if dialect.scaled else dialect.decimal.format(digits=28, scale=10)
        case Date():
            return dialect.date_type
        case YesNo():
            return "Nullable(Bool)" if dialect.name == "clickhouse" else "BOOLEAN"
    return "VARCHAR(500)" if dialect.name == "mysql" else dialect.text_type


def _plain(value: Any, scale: int, outcome: Any) -> Any:
    """An answer in the form in which the engine's are compared: numbers as fractions, a list as a tuple."""
    if outcome.policy == "collect":
        return None if value is None else tuple(value.split("; ")) if value else ()
    if isinstance(outcome.type, YesNo):
        return None if value is None else bool(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value) / 10**scale
    if isinstance(outcome.type, Date) and isinstance(value, str):
        return date.fromisoformat(value)
    return value
