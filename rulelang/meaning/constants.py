"""Fixed values: what a literal written for a threshold, a limit or a last resort is worth."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from rulelang.meaning.vocabulary import key_and_label
from rulelang.syntax import tree as t
from rulelang.syntax.members import yes_or_no
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Value
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, Member, Money, Number, Text, Type, YesNo

_UNITS = {
    "day": ("days", 1),
    "week": ("days", 7),
    "month": ("months", 1),
    "quarter": ("months", 3),
    "year": ("months", 12),
    "hour": ("minutes", 60),
    "minute": ("minutes", 1),
    "working day": ("working days", 1),
}


def duration_of(quantity: t.Quantity) -> Duration | None:
    """The length of time a quantity names.

    None for parts of what is counted: half a day, a third of a minute.
    """
    known = _UNITS.get(quantity.unit)
    if known is None:
        return None
    amount = quantity.number * known[1]
    if amount != int(amount):
        return None
    return Duration(int(amount), known[0])


def constant(node: t.Expression, expected: Type | None = None) -> tuple[Value, Type] | None:
    """The value and type of a fixed value, or None where it is not one (or not of the expected type)."""
    while isinstance(node, t.Grouped):
        node = node.operand
    if isinstance(node, t.Negative):
        inner = constant(node.operand, expected)
        if inner is None or not isinstance(inner[0], int | Decimal) or isinstance(inner[0], bool):
            return None
        number = inner[0]
        return (-number if isinstance(number, int) else number.copy_negate()), inner[1]
    found = _plain(node, expected)
    if found is None or expected is None:
        return found
    return _fit(found, expected)


def member_for(value: bool, choice: Choice) -> Member | None:
    """The member of a choice that is called yes or no, in whichever words; None where none or several are."""
    found = [each for each in choice.members if yes_or_no(each.key) is value or yes_or_no(each.label or "") is value]
    return found[0] if len(found) == 1 else None


def _plain(node: t.Expression, expected: Type | None) -> tuple[Value, Type] | None:
    match node:
        case t.YesNo(value) if isinstance(expected, Choice):
            named = expected.member(node.written) or member_for(value, expected)
            return None if named is None else (named.key, expected)
        case t.Name(text) if isinstance(expected, YesNo):
            said = yes_or_no(text)
            return None if said is None else (said, expected)
        case t.NumberLiteral(value, percent):
            return value, Number(0 if isinstance(value, int) and not percent else 6, percent)
        case t.Money(number, currency):
            return number, Money(currency)
        case t.Quantity():
            length = duration_of(node)
            return None if length is None else (length, Length(length.unit))
        case t.DateLiteral(value):
            return value, DateTime() if isinstance(value, datetime) else Date()
        case t.YesNo(value):
            return value, YesNo()
        case t.TextLiteral(text, other):
            if isinstance(expected, Choice):
                member = expected.member(text)
                return None if member is None else (member.key, expected)
            return key_and_label(text, other)[0], Text()
        case t.Name(text) if isinstance(expected, Choice):
            member = expected.member(text)
            return None if member is None else (member.key, expected)
    return None


def _fit(found: tuple[Value, Type], expected: Type) -> tuple[Value, Type] | None:
    value, type_ = found
    if isinstance(expected, Money) and isinstance(type_, Number) and not type_.percent:
        return value, expected
    if isinstance(expected, Money) and isinstance(type_, Money):
        same = expected.currency is None or type_.currency is None or expected.currency == type_.currency
        return (value, expected) if same else None
    if isinstance(expected, Length) and isinstance(type_, Length):
        return (value, expected) if expected.unit == type_.unit else None
    return (value, expected) if type(type_) is type(expected) else None
