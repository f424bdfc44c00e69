"""The columns of a data frame under names that need no quoting, and which types a field can be read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Money, Number, Text, YesNo, type_names

UNCUT = "rulelang_uncut"
"""The column of lines of a table of text that could not be cut into cells, null in all other rows."""
ORDER = "rulelang_order"
"""The column that says where a row stands among all."""
INTEGERS = ("tinyint", "smallint", "int", "bigint")
FLOATS = ("float", "double")
_NUMERIC = (*INTEGERS, *FLOATS, "decimal")
_TEXTS = ("string", "varchar", "char")
# What the kinds of a type's columns begin with; nothing else can ever be read as the type.
_READ_FROM: dict[type[Any], tuple[str, ...]] = {
    Text: (*_TEXTS, *_NUMERIC, "boolean", "date", "timestamp_ntz"),
    Choice: (*_TEXTS, *_NUMERIC, "boolean"),
    YesNo: (*_TEXTS, *_NUMERIC, "boolean"),
    Date: (*_TEXTS, *INTEGERS, "date", "timestamp_ntz"),
    DateTime: (*_TEXTS, *INTEGERS, "date", "timestamp_ntz"),
    Number: (*_TEXTS, *_NUMERIC),
    Money: (*_TEXTS, *_NUMERIC),
    Length: (*_TEXTS, *_NUMERIC),
    ListOf: (*_TEXTS, "array<struct"),
}


@frozen
class Columns:
    """The names of a frame's columns and their types as Spark writes them (``decimal(10,2)``), in their order."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]

    def inner(self, place: int) -> str:
        """The name that a column has inside of our queries."""
        return f"c{place}"


def columns_of(schema: Any) -> Columns:
    """The columns of a frame's schema. Raises DataError (``columns-alike``)."""
    fields = schema.fields
    names = tuple(str(each.name) for each in fields)
    refuse_alike(names)
    return Columns(names, tuple(str(each.dataType.simpleString()) for each in fields))


def refuse_alike(names: Sequence[str]) -> None:
    """Raises DataError (``columns-alike``) where two columns differ in case alone, which Spark can't tell apart."""
    known: dict[str, str] = {}
    for each in names:
        other = known.setdefault(each.casefold(), each)
        if other is not each:
            raise DataError((Diagnostic("columns-alike", facts={"first": other, "second": each}),))


def require_types(fields: Iterable[tuple[Field, int]], columns: Columns) -> None:
    """Raises DataError (``wrong-column-type``, ``zone-needed``) with every column that its field can't be read from."""
    found = []
    for field, place in fields:
        kind = columns.kinds[place]
        facts = {"column": columns.names[place], "field": field.name, "type": type_names[type(field.type)]}
        if kind == "timestamp" and isinstance(field.type, Date | DateTime):
            found.append(Diagnostic("zone-needed", facts=facts))
        elif not kind.startswith(_READ_FROM[type(field.type)]) or kind == "timestamp":
            found.append(Diagnostic("wrong-column-type", facts={**facts, "found": kind}))
        elif isinstance(field.type, ListOf) and "timestamp" in kind.replace("timestamp_ntz", ""):
            found.append(Diagnostic("zone-needed", facts=facts))
    if found:
        raise DataError(tuple(found))
