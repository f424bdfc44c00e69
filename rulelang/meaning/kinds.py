"""Values that must be of one kind: a date, a length of time, a number."""

from __future__ import annotations

from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import Date, DateTime, Length, Type, is_numeric


def resolve_date(node: t.Expression, scope: Scope) -> m.Expression | None:
    """A value that must be a date; of a date with time its day, as written."""
    value = resolve_moment(node, scope)
    return None if value is None else day_of(value)


def resolve_moment(node: t.Expression, scope: Scope) -> m.Expression | None:
    """A value that must be a date, with or without a time of day."""
    value = scope.value(node, scope, Date())
    if value is not None and not isinstance(value.type, Date | DateTime):
        scope.report("not-a-date", node.span, name=scope.written(node), type=type_word(value.type))
        return None
    return value


def day_of(value: m.Expression) -> m.Expression:
    """A date as it is, of a date with time its day."""
    if not isinstance(value.type, DateTime):
        return value
    return m.DayOf(value, Date(value.type.may_be_future), span=value.span)


def counted_from(value: m.Expression, node: t.Expression, length: m.Expression, scope: Scope) -> m.Expression | None:
    """What a length of time is counted from: hours from a date with time, everything else from a day."""
    if not counts_minutes(length.type):
        return day_of(value)
    if isinstance(value.type, DateTime):
        return value
    scope.report("time-needed", node.span, name=scope.written(node))
    return None


def counts_minutes(type_: Type) -> bool:
    """Whether a type is a length of time in hours and minutes."""
    return isinstance(type_, Length) and type_.unit == "minutes"


def resolve_length(node: t.Quantity | t.Name, scope: Scope) -> m.Expression | None:
    """A value that must be a length of time."""
    value = scope.value(node, scope)
    if value is not None and not isinstance(value.type, Length):
        facts = {"left": scope.written(node), "left_type": type_word(value.type)}
        scope.report("type-mismatch", node.span, right="90 days", right_type="length of time", **facts)
        return None
    return value


def resolve_number(node: t.Expression, scope: Scope) -> m.Expression | None:
    """A value that must be a number or an amount of money."""
    value = scope.value(node, scope)
    if value is not None and not is_numeric(value.type):
        scope.report("not-numeric", node.span, name=scope.written(node), type=type_word(value.type))
        return None
    return value


def resolve_aged(
    node: t.Expression, quantity: t.Quantity | t.Name, scope: Scope
) -> tuple[m.Expression | None, m.Expression | None]:
    """A date and the length of time that is counted from it; None for what was reported to be wrong."""
    value, length = resolve_moment(node, scope), resolve_length(quantity, scope)
    if value is None or length is None:
        return None, None
    return counted_from(value, node, length, scope), length
