"""The types a field or an outcome can have, as frozen values.

Runtime representation, the same in every layer (``None`` always means missing):

=============  =======================================================================
type           value
=============  =======================================================================
YesNo          ``bool``
Text           ``str``, NFC, trimmed
Number         ``int`` or ``decimal.Decimal``, exact
Money          as Number, in the type's currency
Date           ``datetime.date``
DateTime       ``datetime.datetime`` without a time zone
Length         a length of time: ``int`` count of the type's unit
Choice         the member's key, a ``str``
ListOf         a sequence of mappings
=============  =======================================================================
"""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import field, frozen


@frozen
class YesNo:
    """True or false, written yes / no (是 / 否)."""


@frozen
class Text:
    """Free text."""


@frozen
class Number:
    """A number; ``decimals`` is the scale of assigned results (0 for a whole number, 6 where none is declared)."""

    decimals: int = 6
    percent: bool = False


@frozen
class Money:
    """An amount in one currency (ISO code, ``None`` where the file names none).

    ``by``: each amount is in a currency of its own, which a field of the same customer or record holds.
    """

    currency: str | None = None
    decimals: int = 2
    by: str | None = None


@frozen
class Date:
    """A calendar day; ``may_be_future`` forbids bare comparison with a length of time (S5)."""

    may_be_future: bool = False


@frozen
class DateTime:
    """A calendar day with its time of day, both as written; ``may_be_future`` as for a date."""

    may_be_future: bool = False


@frozen
class Length:
    """A length of time counted in whole ``unit`` (``days``, ``months``, ``minutes`` or ``working days``)."""

    unit: str = "days"


@frozen
class Member:
    """One declared value of a choice: the key (the Latin name where there is one) and its other-language label."""

    key: str
    label: str | None = None

    def spellings(self) -> tuple[str, ...]:
        return (self.key,) if self.label is None else (self.key, self.label)


@frozen
class Choice:
    """One of several declared names; ``ordered`` where they were declared as ``low < medium < high``."""

    members: tuple[Member, ...] = ()
    ordered: bool = False
    name: str | None = None

    def keys(self) -> tuple[str, ...]:
        return tuple(member.key for member in self.members)

    def member(self, spelling: str) -> Member | None:
        """The member with this key or label, or None."""
        return next((each for each in self.members if spelling in each.spellings()), None)

    def rank(self, key: str) -> int:
        """Position of a member in the declared order, from 0."""
        return self.keys().index(key)


@frozen
class ListOf:
    """A list of records, each with its own fields (name, label, type).

    ``dated_by`` names the date that windows over the list use; ``complete_from`` is the first day for which the list is
    known to be complete: a window that reaches further back is unknown (S3). ``limits`` are the least and the greatest
    value of fields of the records, by name (None: no such limit); a value outside counts as missing.
    """

    element: str
    fields: tuple[tuple[str, str | None, Type], ...] = field(default=())
    dated_by: str | None = None
    complete_from: date | None = None
    limits: tuple[tuple[str, Any, Any], ...] = ()

    def key_of(self, name: str) -> str:
        """The key of a field of the records by its name or label; the name itself where there is none."""
        return next((key for key, label, _ in self.fields if name in (key, label)), name)

    def field_type(self, name: str) -> Type | None:
        """The type of a record's field, by name or label; None where it has none."""
        return next((type_ for key, label, type_ in self.fields if name in (key, label)), None)


type_names = {
    YesNo: "yes or no",
    Text: "text",
    Number: "number",
    Money: "money",
    Date: "date",
    DateTime: "date and time",
    Length: "length of time",
    Choice: "choice",
    ListOf: "list",
}

Type = YesNo | Text | Number | Money | Date | DateTime | Length | Choice | ListOf


def is_numeric(type_: Type) -> bool:
    """Whether values of this type can be added and compared by size as numbers."""
    return isinstance(type_, Number | Money)
