"""Reads one cell of a sample file as a field's type asks; one that can't be read becomes a finding with its place."""

from __future__ import annotations

from datetime import date, datetime, time

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Field, Value
from rulelang.vocabulary.reading import Records, is_blank, read_value
from rulelang.vocabulary.types import Choice, type_names


def read_cell(field: Field, cell: object, place: Span | None, column: str) -> Value | Records | Diagnostic | None:
    """The value of a cell, None where it is blank or stands for missing; else a finding.

    Findings: ``sample-not-a-member`` with the nearest members, ``sample-unreadable``.
    """
    try:
        return read_value(field, cell)
    except Unreadable as error:
        facts = {"value": written(cell), "column": column, "reason": error.reason}
    if facts["reason"] == "not-a-member" and isinstance(field.type, Choice):
        spellings = tuple(each for member in field.type.members for each in member.spellings())
        members = {**facts, "members": field.type.keys()}
        return Diagnostic("sample-not-a-member", place, members, nearest(facts["value"], spellings))
    return Diagnostic("sample-unreadable", place, {**facts, "type": type_names[type(field.type)]})


def written(cell: object) -> str:
    """A cell as text, for names and messages; a blank one is empty."""
    if is_blank(cell):
        return ""
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return clean_text(str(cell))


__all__ = ["read_cell", "written"]
