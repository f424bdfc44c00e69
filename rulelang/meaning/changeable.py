"""Fields that can be changed, and what a change costs; those that nobody can change (age, gender, birth date)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.meaning.constants import constant
from rulelang.meaning.protected import attributes, says
from rulelang.meaning.vocabulary import type_word
from rulelang.syntax import statements as s
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Changeable, Field
from rulelang.vocabulary.types import Date, DateTime, Length, ListOf, Money, Number, Type

# What nobody can change, beside the attributes by which people must not be treated differently.
_GIVEN = ("age", "birth", "birthday", "birthdate", "dob", "年龄", "周岁", "出生", "生日")


def changeable(name: str, type_: Type, attribute: s.Attribute) -> tuple[Changeable | None, tuple[Diagnostic, ...]]:
    """What ``changeable (cost 1 per ¥1,000)`` of a field means, or what is wrong with it."""
    facts = {"name": name, "type": type_word(type_)}
    if isinstance(type_, ListOf):
        return None, (Diagnostic("change-type", attribute.span, facts),)
    if not attribute.values:
        return Changeable(), ()
    written, *more = attribute.values
    cost = constant(written)
    if cost is None or isinstance(cost[0], bool) or not isinstance(cost[0], int | Decimal) or cost[0] < 0:
        return Changeable(), (Diagnostic("change-cost", written.span, facts),)
    if not more:
        return Changeable(cost[0]), ()
    unit = Length("days") if isinstance(type_, Date | DateTime) else type_
    per = constant(more[0], unit) if isinstance(unit, Number | Money | Length) else None
    value = None if per is None else per[0]
    amount = value.amount if isinstance(value, Duration) else value
    fits = not isinstance(unit, Length) or (isinstance(value, Duration) and value.unit == unit.unit)
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or amount <= 0 or not fits:
        return Changeable(cost[0]), (Diagnostic("change-per", more[0].span, facts),)
    return Changeable(cost[0], value), ()


def given_by_nature(fields: Iterable[Field]) -> tuple[Diagnostic, ...]:
    """Warnings about fields declared changeable that nobody can change."""
    return tuple(
        Diagnostic("change-unchangeable", each.span, {"name": each.name})
        for each in fields
        if each.changeable is not None and is_given(each)
    )


def is_given(field: Field) -> bool:
    """Whether nobody can change a field, by its name: an age, a gender, a birth date."""
    spellings = [each for each in (field.name, field.label) if each]
    words = (*_GIVEN, *(word for attribute in attributes() for word in attribute.words))
    return any(says(each, word) for each in spellings for word in words)
