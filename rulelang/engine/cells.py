"""Reads the cells of a column: each spelling once, with what is to be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text, near_key
from rulelang.vocabulary.declarations import Field, Value
from rulelang.vocabulary.reading import NEAR_MISS, ReadingOptions, Records, outside_limits, read
from rulelang.vocabulary.types import Choice, Date, Text, type_names

_MOST_KNOWN = 50_000
_EXCEL_DIGITS = 15
_LONGEST_SHOWN = 80


class Cell(NamedTuple):
    """What a cell says: its value, a finding about it, and the fault that makes its row unreadable."""

    value: Value | Records | None
    finding: Diagnostic | None = None
    fault: Diagnostic | None = None


class ColumnReader:
    """Reads the cells of one column as its field asks.

    ``known`` holds the cells read so far by their text: the same few texts stand in most rows. A value outside its
    field's limits, or none of a choice's, is missing and a finding; one that can't be read is a fault; a day after
    the as-of date stays, and is a finding. ``compared`` are the texts that the rules compare the field with.
    """

    def __init__(
        self,
        field: Field,
        column: str,
        position: int,
        as_of: date,
        options: ReadingOptions,
        compared: Mapping[str, str],
    ) -> None:
        self.field = field
        self.column = column
        self.position = position
        self.known: dict[str, Cell] = {}
        self._as_of = as_of
        self._options = options
        self._compared = compared

    def read(self, raw: object) -> Cell:
        """The cell, from what is known or anew."""
        if not isinstance(raw, str):
            return self._judge(raw)
        cell = self.known.get(raw)
        if cell is None:
            if len(self.known) == _MOST_KNOWN:
                self.known.clear()
            cell = self.known[raw] = self._judge(raw)
        return cell

    def _judge(self, raw: object) -> Cell:
        field = self.field
        try:
            value, finding = read(field, raw, self._options)
        except Unreadable as error:
            return self._unreadable(raw, error)
        if value is None:
            return Cell(None, self._finding("required-missing") if field.required else None)
        if isinstance(value, tuple):
            return Cell(value)
        if outside_limits(field, value):
            return Cell(None, self._finding("value-outside-limits", **self._limit(value), value=value))
        if finding == NEAR_MISS:
            return Cell(value, self._finding("near-miss-read", value=_shown(raw), near=value))
        if isinstance(field.type, Date) and not field.type.may_be_future and isinstance(value, date):
            if value > self._as_of:
                return Cell(value, self._finding("future-date", value=value, as_of=self._as_of))
        elif isinstance(field.type, Text) and isinstance(value, str):
            return Cell(value, self._text_finding(raw, value))
        return Cell(value)

    def _unreadable(self, raw: object, error: Unreadable) -> Cell:
        kind = self.field.type
        if error.reason == "not-a-member" and isinstance(kind, Choice):
            return Cell(None, self._finding("not-a-member", value=_shown(raw), members=kind.keys()))
        if error.reason == "ambiguous-date":
            return Cell(None, None, self._finding("ambiguous-date", value=_shown(raw)))
        facts = {"value": _shown(raw), "type": type_names[type(kind)], "reason": error.reason}
        return Cell(None, None, self._finding("unreadable-value", **facts))

    def _text_finding(self, raw: object, value: str) -> Diagnostic | None:
        """What is suspicious about a text: an id that Excel has cut, or a near miss of one that the rules compare."""
        if isinstance(raw, float) and len(value.lstrip("-")) > _EXCEL_DIGITS:
            return self._finding("digits-lost", value=value)
        if value not in self._compared.values():
            near = self._compared.get(near_key(value))
            if near is not None:
                return self._finding("near-miss", value=value, near=near)
        return None

    def _limit(self, value: Value) -> dict[str, object]:
        """The limit that a value exceeds."""
        low = self.field.at_least
        below = low is not None and outside_limits(Field(self.field.name, self.field.type, at_least=low), value)
        return {"at_least": low} if below else {"at_most": self.field.at_most}

    def _finding(self, code: str, **facts: object) -> Diagnostic:
        return Diagnostic(code, facts={"field": self.field.name, "column": self.column, **facts})


def _shown(raw: object) -> str:
    """A cell for a message."""
    text = raw.isoformat() if isinstance(raw, date | datetime) else clean_text(str(raw))
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
