"""Which value fits where: what an outcome can be given, and a function."""

from __future__ import annotations

from rulelang.vocabulary.types import Choice, Date, Length, Money, Type, is_numeric


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of one type can be given to what is of another."""
    if isinstance(wanted, Money) and isinstance(given, Money):
        return same_currency(given, wanted)
    if is_numeric(wanted) and is_numeric(given):
        return True
    if isinstance(wanted, Choice) and isinstance(given, Choice):
        return set(given.keys()) <= set(wanted.keys())
    if isinstance(wanted, Length) and isinstance(given, Length):
        return given.unit == wanted.unit
    if isinstance(wanted, Date):
        return isinstance(given, Date)
    return type(given) is type(wanted)


def same_currency(left: Money, right: Money) -> bool:
    """Whether two amounts can be compared; an amount without a currency fits any, one with its own only its like."""
    if left.by is not None or right.by is not None:
        return left.by == right.by
    return left.currency is None or right.currency is None or left.currency == right.currency
