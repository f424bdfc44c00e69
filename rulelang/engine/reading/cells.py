"""Reads the cells of a column: each spelling once, with what is to be said about it."""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import NamedTuple

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.deciding.decider import Decider
from rulelang.explain.findings import field_findings
from rulelang.explain.records import future_records
from rulelang.lowering.aggregates import fields_as_read
from rulelang.model.contributions import BLANK, Mark
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Value
from rulelang.vocabulary.headings import unit_of
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.reading import NEAR_MISS, ReadingOptions, Records, limit_passed, outside_limits, read
from rulelang.vocabulary.records import RecordReader
from rulelang.vocabulary.types import Choice, Date, DateTime, ListOf, Money, Number, Text, type_names

_MOST_KNOWN = 50_000
_EXCEL_DIGITS = 15
_LONGEST_SHOWN = 80
_LONGEST_WORD = 20


# Only the user can say what is meant: nothing goes on before.
ASKED = ("ambiguous-date", "ambiguous-number", "ambiguous-percent")


class Cell(NamedTuple):
    """What a cell says: its value, a finding about it, and the fault that makes its row unreadable.

    A missing value is None, a blank that is an answer BLANK.
    """

    value: Value | Records | Mark | None
    finding: Diagnostic | None = None
    fault: Diagnostic | None = None


class ColumnReader:
    """Reads the cells of one column as its field asks.

    ``known`` holds the cells read so far by their text: the same few texts stand in most rows. A value outside its
    field's limits, or none of a choice's, is missing and a finding; one that can't be read is a fault; a day after
    the as-of date stays, and is a finding.
    """

    def __init__(
        self, ruleset: Decider, name: str, column: str, position: int, as_of: date, options: ReadingOptions
    ) -> None:
        self.field = ruleset.model.fields[name]
        self.column = column
        self.position = position
        self.known: dict[str, Cell] = {}
        self._ruleset = ruleset
        self._as_of = as_of
        self.unit = unit_of(self.field, column)
        self._options = options = evolve(options, exported=True, unit=self.unit)
        self._records = None
        if isinstance(self.field.type, ListOf):
            self._records = RecordReader(fields_as_read(ruleset.model)[name], options)

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
        if self._records is not None:
            records, findings, faults = self._records.read(raw)
            missing = records is None and not faults and field.required
            told = chain(findings, future_records(self._ruleset.model, {field.name: records}, self._as_of))
            finding = self._finding("required-missing") if missing else next(told, None)
            fault = next((evolve(each, facts={**each.facts, "column": self.column}) for each in faults), None)
            return Cell(records, finding, fault)
        try:
            value, spelling = read(field, raw, self._options)
        except Unreadable as error:
            return self._unreadable(raw, error)
        if value is None:
            finding = self._finding("required-missing") if field.required else None
            return Cell(BLANK if field.may_be_blank else None, finding)
        if isinstance(value, tuple):
            return Cell(value)
        if outside_limits(field, value):
            facts = {"value": shown(field, value), **limit_passed(field, value)}
            return Cell(None, self._finding("value-outside-limits", **facts))
        if spelling == NEAR_MISS:
            return Cell(value, self._finding("near-miss-read", value=self._shown(raw), near=shown(field, value)))
        if spelling is not None:
            return Cell(value, self._finding(spelling, value=self._shown(raw)))
        # A float here comes from a workbook: a long number of which fifteen digits are left.
        if isinstance(raw, float) and isinstance(field.type, Text) and len(str(value).lstrip("-")) > _EXCEL_DIGITS:
            return Cell(value, self._finding("digits-lost", value=shown(field, value)))
        if not isinstance(value, str | date):
            return Cell(value)
        found = field_findings(self._ruleset.model, {field.name: value}, self._as_of, self._ruleset.spellings)
        return Cell(value, next((self._finding(each.code, **each.facts) for each in found), None))

    def _unreadable(self, raw: object, error: Unreadable) -> Cell:
        kind = self.field.type
        if error.reason == "not-a-member" and isinstance(kind, Choice):
            return Cell(None, self._finding("not-a-member", value=self._shown(raw), members=kind.keys()))
        if error.reason in ASKED:
            return Cell(None, None, self._finding(error.reason, value=self._shown(raw)))
        facts = {"value": self._shown(raw), "type": type_names[type(kind)], "reason": error.reason}
        facts |= self._in_words(raw)
        return Cell(None, None, self._finding("unreadable-value", **facts))

    def _in_words(self, raw: object) -> dict[str, str]:
        """A cell without figures, as the fact that offers what it may stand for: 无 for 0, 终身 for no such day."""
        word = isinstance(raw, str) and len(raw) <= _LONGEST_WORD and not any(each.isdigit() for each in raw)
        if not word or self.field.privacy:
            return {}
        match self.field.type:
            case Number() | Money():
                return {"nought": self._shown(raw)}
            case Date() | DateTime():
                return {"never": self._shown(raw)}
        return {}

    def _finding(self, code: str, **facts: object) -> Diagnostic:
        return Diagnostic(code, facts={**facts, "field": self.field.name, "column": self.column})

    def _shown(self, raw: object) -> str:
        """A cell for a message."""
        text = raw.isoformat() if isinstance(raw, date) else clean_text(str(raw))
        return str(shown(self.field, text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"))
