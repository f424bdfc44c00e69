"""What customers are compared by: fields as columns of numbers, and the sentences that cut them in two."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import frozen

from rulelang.syntax.words import NAME_RUN, load_words
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, Money, Number, Type, YesNo

_LENGTHS = {"days": "duration", "months": "duration in months"}


@frozen
class Measure:
    """One column of numbers. ``kind``: ``number``, ``age`` in days, ``yes`` (1) or no (0), ``rank`` in an ordered
    choice, or ``member`` (1 where the field is that ``member``).
    """

    field: Field
    kind: str
    member: str = ""

    @property
    def name(self) -> str:
        """The field as rules call it."""
        return written_name(self.field.name)

    def number(self, value: Any, as_of: date) -> float:
        """The number that stands for a value that is known."""
        match self.kind:
            case "age":
                day = value.date() if isinstance(value, datetime) else value
                return float((as_of - day).days)
            case "rank":
                return float(keys_of(self.field).index(value))
            case "member":
                return float(value == self.member)
        return float(value)

    def conditions(self, above: Decimal | None, upto: Decimal | None) -> Iterator[str]:
        """The sentences that ask for a value on one side of each bound, as :func:`readable_bound` gives it.

        Of a member none: what is left of its choice is asked for by :func:`one_of`.
        """
        match self.kind:
            case "yes":
                yield f"{self.name} = {'yes' if above is not None else 'no'}"
            case "rank":
                members = keys_of(self.field)
                if above is not None:
                    yield f"{self.name} >= {written_name(members[int(above)])}"
                if upto is not None:
                    yield f"{self.name} < {written_name(members[int(upto)])}"
            case "age":
                if above is not None:
                    yield f"{self.name} > {above:f} days"
                if upto is not None:
                    yield f"{self.name} <= {upto:f} days"
            case "number":
                if above is not None:
                    yield f"{self.name} >= {_written_number(above, self.field.type)}"
                if upto is not None:
                    yield f"{self.name} < {_written_number(upto, self.field.type)}"


def keys_of(field: Field) -> tuple[str, ...]:
    """The members of a field's choice."""
    if not isinstance(field.type, Choice):
        raise TypeError(f"{field.name} is no choice")
    return field.type.keys()


def one_of(field: Field, left: Collection[str]) -> str:
    """The sentence that asks for one of the members that are left of a choice."""
    members = keys_of(field)
    named = [written_name(each) for each in members if each in left]
    if len(named) == 1:
        return f"{written_name(field.name)} is {named[0]}"
    others = [written_name(each) for each in members if each not in left]
    if len(others) == 1:
        return f"{written_name(field.name)} is not {others[0]}"
    return f"{written_name(field.name)} is one of {', '.join(named)}"


def _written_number(value: Decimal, type_: Type) -> str:
    if isinstance(type_, Number) and type_.percent:
        return f"{_plain(Fraction(value) * 100):f}%"
    return f"{value:,f}{f' {type_.unit}' if isinstance(type_, Length) else ''}"


def is_comparable(type_: Type) -> bool:
    """Whether customers can be compared by a field of this type."""
    if isinstance(type_, Length):
        return type_.unit in _LENGTHS
    if isinstance(type_, Money):
        return type_.by is None
    return isinstance(type_, YesNo | Number | Date | DateTime | Choice)


def measures_of(fields: Iterable[Field]) -> tuple[Measure, ...]:
    """The columns for fields, a choice without an order being one for each of its members."""
    return tuple(each for field in fields for each in _measures(field))


def _measures(field: Field) -> Iterator[Measure]:
    match field.type:
        case YesNo():
            yield Measure(field, "yes")
        case Choice(ordered=True):
            yield Measure(field, "rank")
        case Choice(members=members):
            yield from (Measure(field, "member", each.key) for each in members)
        case Date() | DateTime():
            yield Measure(field, "age")
        case _:
            yield Measure(field, "number")


def readable_bound(kind: str, low: Any, high: Any) -> Decimal:
    """The roundest number that parts two neighbouring values of a measure, ``low`` being less than ``high``.

    Of a number the upper part begins with it; of an age the lower part ends with it.
    """
    below, above = _exact(low), _exact(high)
    if kind in ("yes", "member", "rank"):
        return Decimal(int(above))
    if kind == "age":
        below, above = below - 1, above - 1  # whole days: up to and including is before the next
    return _roundest(below, above)


def _exact(value: Any) -> Fraction:
    return Fraction(value) if isinstance(value, int | Decimal) else Fraction(str(value))


def _roundest(below: Fraction, upto: Fraction) -> Decimal:
    """The number with the fewest digits above one number and up to another."""
    exponent = len(str(int(max(abs(below), abs(upto))))) + 1
    while True:
        for digit in (10, 5, 2, 1):
            step = Fraction(digit) * Fraction(10) ** exponent
            candidate = (below // step + 1) * step
            if candidate <= upto:
                return _plain(candidate)
        exponent -= 1


def _plain(number: Fraction) -> Decimal:
    """A fraction whose denominator is a power of ten, without an exponent."""
    shown = Decimal(number.numerator) / Decimal(number.denominator)
    return shown.quantize(Decimal(1)) if shown == shown.to_integral_value() else shown.normalize()


def typical(measure: Measure, numbers: Sequence[float]) -> float:
    """The middle of several numbers; of a member, and of yes or no, their share."""
    if measure.kind in ("yes", "member"):
        return sum(numbers) / len(numbers)
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def written_name(name: str) -> str:
    """A name as a rule file writes it, in brackets where it could not be read otherwise."""
    plain = NAME_RUN.fullmatch(name) and not name[0].isdigit() and name.lower() not in load_words().reserved
    return name if plain else f"[{name}]"


def written_type(type_: Type) -> str:
    """A type as a declaration writes it."""
    match type_:
        case YesNo():
            return "yes or no"
        case Number(percent=True):
            return "percent"
        case Number(decimals=0):
            return "whole number"
        case Number():
            return "number"
        case Money():
            return "money" if type_.currency is None else f"money in {type_.currency}"
        case Date():
            return "date"
        case DateTime():
            return "date and time"
        case Length():
            return _LENGTHS[type_.unit]
        case Choice():
            members = [
                written_name(each.key) + (f" ({written_name(each.label)})" if each.label else "")
                for each in type_.members
            ]
            return " < ".join(members) if type_.ordered else f"one of {', '.join(members)}"
    raise AssertionError(type_)
