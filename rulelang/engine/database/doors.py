"""The door of a table in a database: which values SQL reads by itself, with the same meaning as the other doors.

What is odd (a word that is no member, a value outside its limits, a day ahead) leaves its row to the generated Python,
which reads it, reports it, or rejects it as always. A column of a type that can't hold its field's values is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rulelang.backends.sql import door
from rulelang.backends.sql.dialect import Dialect
from rulelang.backends.sql.door import (
    Reading,
    digits_of,
    missing_at,
    near_misses,
    nothing,
    typed_reading,
    yes_no_word,
)
from rulelang.backends.sql.figures import Sql
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.connections.session import ColumnType
from rulelang.explain.findings import Spellings
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, Length, ListOf, Money, Number, Text, Type, YesNo, type_names

_NUMBERS = ("integer", "number", "float")
_FIT: Mapping[type[Type], tuple[str, ...]] = {
    Text: ("text", "integer"),
    Choice: ("text", "integer"),
    YesNo: ("boolean", "integer", "text"),
    Date: ("date", "moment"),
    Number: _NUMBERS,
    Money: _NUMBERS,
    Length: _NUMBERS,
    ListOf: ("json",),
}


def require_fitting(field: Field, column: ColumnType) -> None:
    """Raises DataError (``column-type``) where a column can't hold the values of its field."""
    fitting = _FIT.get(type(field.type), (column.kind,))
    if column.kind not in (*fitting, "any"):
        facts = {
            "column": column.name,
            "type": column.type,
            "field": field.name,
            "wanted": type_names[type(field.type)],
        }
        raise DataError((Diagnostic("column-type", facts=facts),))


def reading(field: Field, column: ColumnType | None, dialect: Dialect) -> Reading:
    """How a field is read, and what makes a row odd before that; without a column it is missing for everybody. Raises
    NotCarried.
    """
    if column is None:
        return Reading(nothing(field, dialect))
    source = f"t.{dialect.identifier(column.name)}"
    found = _yes_no(source, column.kind, dialect) if isinstance(field.type, YesNo) else None
    found = found or _number(field, source, column, dialect) or typed_reading(field, source, dialect, within=False)
    odd = [found.odd] if found.odd and not isinstance(field.type, Choice) else []
    if column.kind == "any":
        odd += _unusual(field, source)
    if isinstance(field.type, YesNo) and field.missing_values:
        odd.append(f"{source} IS NOT NULL")
    return Reading(found.value, " OR ".join(f"({each})" for each in odd))


def value_tests(field: Field, value: Sql, dialect: Dialect, as_of: date, spellings: Spellings | None) -> list[str]:
    """What makes a row odd once a field's value is there."""
    tests = door.value_tests(field, value, dialect, as_of)
    match field.type:
        case Choice(members=members):
            tests.append(f"{value.text} NOT IN ({', '.join(dialect.text(each.key) for each in members)})")
        case Date():
            tests.append(f"{value.text} < {dialect.day(date.min)} OR {value.text} > {dialect.day(date.max)}")
        case Text() if spellings is not None:
            tests += _near_misses(value.text, spellings, dialect)
    return tests


def _number(field: Field, source: str, column: ColumnType, dialect: Dialect) -> Reading | None:
    """A number from a column whose type says how many digits it may have: most have no more than the field's."""
    if column.digits is None or not isinstance(field.type, Number | Money | Length):
        return None
    (whole, behind), (digits, scale) = column.digits, digits_of(field)
    value = source
    if column.kind == "number":
        if whole > digits or behind > scale:
            return None
        value = f"NULLIF({source}, CAST('NaN' AS NUMERIC))"
        return missing_at(Reading(Sql(value, digits=digits, scale=scale)), field, dialect)
    value = f"CAST({source} AS {dialect.number_type(digits, scale)})"
    odd = ""
    if whole > digits:
        fits = f"{source} BETWEEN {1 - 10**digits} AND {10**digits - 1}"
        value, odd = f"CASE WHEN {fits} THEN {value} END", f"NOT ({fits})"
    return missing_at(Reading(Sql(value, digits=digits, scale=scale), odd), field, dialect)


def _yes_no(source: str, kind: str, dialect: Dialect) -> Reading | None:
    """Yes or no from a number or a word; None where the column has a type for it."""
    if kind in ("integer", "any"):
        value = f"CASE {source} WHEN 1 THEN {dialect.yes} WHEN 0 THEN {dialect.no} END"
        odd = f"{source} NOT IN (0, 1)" if kind == "integer" else f"{source} <> '' AND ({value}) IS NULL"
        return Reading(Sql(value, "yesno"), odd)
    if kind == "text":
        return yes_no_word(f"LOWER(CAST({source} AS {dialect.text_type}))", dialect)
    return None


def _unusual(field: Field, source: str) -> list[str]:
    """Where each value has a type of its own: one that the field is not read from as it is."""
    usual = {Text: ("text", "integer"), Choice: ("text", "integer"), Date: ("text",), YesNo: ("integer",)}
    kinds = usual.get(type(field.type), ("integer", "real"))
    return [f"TYPEOF({source}) NOT IN ({', '.join(repr(each) for each in kinds)}, 'null')"]


def _near_misses(text: str, spellings: Spellings, dialect: Dialect) -> list[str]:
    """What may differ from a text of the rules in case, width or spaces alone: looked at by the other engine."""
    exact = [each for each in spellings.exact if "\0" not in each]
    wide = f"{text} GLOB '*[^!-~ \u4e00-\u9fff]*'" if dialect.scaled else f"{text} ~ '[^!-~ \u4e00-\u9fff]'"
    return near_misses(text, f"LOWER(REPLACE({text}, ' ', ''))", wide, exact, dialect)
