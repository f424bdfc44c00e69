"""Values that must be of one kind: a date, a length of time, a number."""

from __future__ import annotations

from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import Date, Length, is_numeric


def resolve_date(node: t.Expression, scope: Scope) -> m.Expression | None:
    """A value that must be a date."""
    value = scope.value(node, scope, Date())
    if value is not None and not isinstance(value.type, Date):
        scope.report("not-a-date", node.span, name=scope.written(node), type=type_word(value.type))
        return None
    return value


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
