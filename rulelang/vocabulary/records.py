"""Reads the records of a list field: each field of a record by its type, and what is wrong with which record.

    reader = RecordReader(field)
    reader.read([{"paid_on": date(2026, 1, 31), "amount": "¥120"}]).records

A record is a mapping by field name or label, an attrs or a dataclass object. A value that is no member of its choice
is missing and a finding, as outside lists; so is one outside the limits of its field.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from attrs import field as attribute
from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.values.errors import Unreadable
from rulelang.values.text import LONGEST, MOST_COMMON
from rulelang.vocabulary.declarations import Field, record_fields
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.reading import ReadingOptions, is_blank, limit_passed, outside_limits, read_value
from rulelang.vocabulary.rows import as_row
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Text, YesNo, type_names

MOST_RECORDS = 1_000_000
"""So many records a list may have."""

_LONGEST_SHOWN = 80

# The class of values that are in their canonical form already; the others always go through the reader.
_CANONICAL: Mapping[type, type] = {Date: datetime.date, Number: int, Money: int, Length: int, YesNo: bool}


class Column(NamedTuple):
    """One field of a record; ``keys`` are the texts that need no reading: the keys of a choice, common texts.

    Texts are added to ``common`` as they are found; what is personal is not kept.
    """

    field: Field
    canonical: type | None
    keys: Set[str]
    common: set[str] | None


class Records(NamedTuple):
    """The records of a list by field name, None where the list is absent; with findings, and faults that void it."""

    records: tuple[dict[str, Any], ...] | None
    findings: Sequence[Diagnostic] = ()
    faults: Sequence[Diagnostic] = ()


def _remember(text: str, common: set[str]) -> None:
    if len(common) < MOST_COMMON:
        common.add(text)


@frozen
class RecordReader:
    """Reads one list field."""

    field: Field
    options: ReadingOptions = ReadingOptions()
    columns: tuple[Column, ...] = attribute(init=False, eq=False, repr=False)

    @columns.default
    def _columns(self) -> tuple[Column, ...]:
        return tuple(map(self._column, record_fields(self.field)))

    def _column(self, field: Field) -> Column:
        type_ = field.type
        common: set[str] | None = set() if isinstance(type_, Text) and not self.field.privacy else None
        keys = frozenset(type_.keys()) if isinstance(type_, Choice) else frozenset() if common is None else common
        limited = field.at_least is not None or field.at_most is not None
        return Column(field, None if limited else _CANONICAL.get(type(type_)), keys, common)

    def read(self, raw: object) -> Records:
        """The records of a value given for the list. Faults are ``list-expected``, ``too-many-records``,
        ``record-expected``, ``unreadable-record``.
        """
        if is_blank(raw):
            return Records(None)
        if isinstance(raw, str | bytes | Mapping) or not isinstance(raw, Sequence):
            return self._refused("list-expected", value=self._shown(self.field, raw))
        if len(raw) > MOST_RECORDS:
            return self._refused("too-many-records", count=len(raw), limit=MOST_RECORDS)
        findings: list[Diagnostic] = []
        faults: list[Diagnostic] = []
        records = tuple(self.record(item, number, findings, faults) for number, item in enumerate(raw, 1))
        return Records(None, findings, faults) if faults else Records(records, findings)

    def record(self, item: Any, number: int, findings: list[Diagnostic], faults: list[Diagnostic]) -> dict[str, Any]:
        """One record, the ``number``th of its list; what is wrong with it is appended."""
        if item.__class__ is not dict:
            try:
                item = as_row(item)
            except TypeError:
                facts = {"list": self.field.name, "record": number, "value": self._shown(self.field, item)}
                faults.append(Diagnostic("record-expected", facts=facts))
                return {}
        get = item.get
        record = {}
        for field, canonical, keys, common in self.columns:
            raw = get(field.name)
            if raw is None:
                raw = None if field.label is None else get(field.label)
            elif raw.__class__ is canonical or (keys and raw.__class__ is str and raw in keys):
                record[field.name] = raw
                continue
            value = None if raw is None else self._value(field, raw, number, findings, faults)
            if value and common is not None and value == raw and len(value) <= LONGEST:
                _remember(value, common)
            record[field.name] = value
        return record

    def _value(
        self, field: Field, raw: object, number: int, findings: list[Diagnostic], faults: list[Diagnostic]
    ) -> Any:
        try:
            found = read_value(field, raw, self.options)
        except Unreadable as error:
            reason = error.reason
        else:
            if isinstance(found, tuple) or not outside_limits(field, found):
                return found
            outside = {"field": f"{self.field.name}.{field.name}", "value": shown(field, found)}
            findings.append(Diagnostic("value-outside-limits", facts={**outside, **limit_passed(field, found)}))
            return None
        value = self._shown(field, raw)
        if reason == "not-a-member" and isinstance(field.type, Choice):
            facts = {"field": f"{self.field.name}.{field.name}", "value": value, "members": field.type.keys()}
            findings.append(Diagnostic("not-a-member", facts=facts))
            return None
        place = {"list": self.field.name, "record": number, "field": field.name}
        wrong = {"value": value, "type": type_names[type(field.type)], "reason": reason}
        faults.append(Diagnostic("unreadable-record", facts={**place, **wrong}))
        return None

    def _refused(self, code: str, **facts: object) -> Records:
        return Records(None, (), (Diagnostic(code, facts={"list": self.field.name, **facts}),))

    @staticmethod
    def _shown(field: Field, raw: object) -> str:
        text = str(shown(field, raw))
        return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
