"""What a ruleset talks about: fields, outcomes, thresholds and reference lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import ListOf, Type

Value = bool | str | int | Decimal | date | Duration


@frozen
class Changeable:
    """That a customer, or we, can change a field, and how dear that is: ``cost`` for a change, or for each ``per`` of
    it (an amount of the field's own kind, a length of time for a date).
    """

    cost: int | Decimal = 1
    per: Value | None = None


@frozen
class Field:
    """One thing known about a customer.

    ``at_least`` and ``at_most`` limit the values (a value outside counts as missing and is reported);
    ``missing_values`` are spellings that stand for missing in data (``unknown``, ``-1``);
    ``may_be_blank`` makes a blank an answer ("none"): comparisons with it are false (S3).
    ``counted_in`` is the Chinese measure word. ``privacy`` is ``""``, ``"personal"`` or ``"sensitive"``. ``changeable``
    is there where the nearest change to another answer may change the field.
    """

    name: str
    type: Type
    label: str | None = None
    note: str | None = None
    note_label: str | None = None
    required: bool = False
    may_be_blank: bool = False
    privacy: str = ""
    at_least: Value | None = None
    at_most: Value | None = None
    missing_values: tuple[str, ...] = ()
    counted_in: str | None = None
    changeable: Changeable | None = None
    inferred: bool = False
    span: Span | None = field(default=None, eq=False)


def record_fields(field: Field) -> tuple[Field, ...]:
    """The fields of a list's records, with their limits; they are as private as the list is."""
    assert isinstance(field.type, ListOf)
    limits = {name: (low, high) for name, low, high in field.type.limits}
    return tuple(
        Field(name, type_, label, None, None, False, False, field.privacy, *limits.get(name, (None, None)))
        for name, label, type_ in field.type.fields
    )


def list_spellings(field: Field) -> tuple[str, ...]:
    """What a list may be called: its name, its label, its element's name; nothing for another field."""
    if not isinstance(field.type, ListOf):
        return ()
    return tuple(each for each in (field.name, field.label, field.type.element) if each)


@frozen
class Outcome:
    """One decision: its type, how several matching rules combine, and its last resort.

    ``policy`` is one of :data:`POLICIES`; ``when_missing`` is ``""``, ``"undecided"`` or ``"worst"``.
    ``last_resort`` is the value of ``else`` (a constant of the outcome's type) or None.
    ``at_least``/``at_most`` cap a number after combining. ``text_labels`` holds the texts that rules give it
    together with their other language, as (key, label): for people only.

    An outcome of each record of a list has the ``list``, and as ``part`` its name there; its own name is then that of
    both: ``order.alert``.
    """

    name: str
    type: Type
    label: str | None = None
    note: str | None = None
    note_label: str | None = None
    policy: str = "first"
    last_resort: Value | None = None
    when_missing: str = ""
    at_least: Value | None = None
    at_most: Value | None = None
    inferred: bool = False
    text_labels: tuple[tuple[str, str], ...] = field(default=(), eq=False)
    list: str | None = None
    part: str = ""
    span: Span | None = field(default=None, eq=False)

    @property
    def is_capped(self) -> bool:
        """Whether what it comes to is kept within limits."""
        return self.at_least is not None or self.at_most is not None

    @property
    def may_have_no_rule(self) -> bool:
        """Whether it can come to nothing with nothing unknown: no last resort, and no sum or list that is empty."""
        return self.last_resort is None and self.policy not in ("sum", "collect")


POLICIES = ("first", "unique", "any", "highest", "lowest", "sum", "collect", "last")


@frozen
class Threshold:
    """A named constant; ``dated`` holds later values as (from this day on, value), ascending."""

    name: str
    type: Type
    value: Value
    label: str | None = None
    note: str | None = None
    note_label: str | None = None
    dated: tuple[tuple[date, Value], ...] = ()
    span: Span | None = field(default=None, eq=False)

    def at(self, as_of: date) -> Value:
        """The value in force on a day."""
        current = self.value
        for start, value in self.dated:
            if start <= as_of:
                current = value
        return current


@frozen
class ReferenceList:
    """A named set of texts, usually one column of a CSV file; ``values`` are its cleaned entries.

    A file named without a column is a reference table as well: ``columns`` are its titles and ``rows`` its cells, for
    looking values up.
    """

    name: str
    values: frozenset[str]
    label: str | None = None
    source: str = ""
    column: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    span: Span | None = field(default=None, eq=False)


@frozen
class ListFile:
    """What a list's file holds: the entries of the list, and all cells where it may serve as a reference table."""

    values: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
