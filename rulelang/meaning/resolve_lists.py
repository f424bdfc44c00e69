"""Aggregates and quantifiers over lists of records: whose field a name is, which date a window uses."""

from __future__ import annotations

from attrs import evolve

from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.kinds import resolve_length
from rulelang.meaning.scope import ElementScope, Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import Choice, Date, Length, ListOf, Number, Text, Type, YesNo, is_numeric

_ADDS = ("sum", "average")
_ORDERS = ("largest", "smallest", "earliest", "latest")


def resolve_aggregate(node: t.Aggregate | t.Path, scope: Scope) -> m.Expression | None:
    """``count of orders where (…) within the last 90 days`` and its like."""
    if isinstance(node, t.Path) and scope.element is not None and _list_key(node.list.text, scope) == scope.element.key:
        return _element_field(node.field, scope)
    if isinstance(node, t.Path):
        scope.report("aggregate-needed", node.span, list=node.list.text, field=node.field.text)
        return None
    inner = _inside(node.list, scope)
    if inner is None:
        return None
    assert inner.element is not None
    element = inner.element
    where = None
    if node.where is not None:
        where = scope.condition(node.where, inner)
        if where is None:
            return None
    window = None
    if node.window is not None:
        window = _window(node, inner)
        if window is None:
            return None
    kind = node.kind or "count"
    if node.rolling is not None:
        return _busiest(node, where, inner)
    if node.field is None:
        if kind != "count":
            facts = {"list": node.list.text, "field": element.type.fields[0][0] if element.type.fields else "…"}
            scope.report("aggregate-field-needed", node.span, **facts)
            return None
        return m.Aggregate("count", element.key, None, where, window, Number(0), span=node.span)
    value = _element_field(node.field, inner)
    if value is None:
        return None
    if kind == "count":
        present = m.Not(m.IsMissing(value, span=value.span), span=value.span)
        where = present if where is None else m.And((where, present), span=node.span)
        return m.Aggregate("count", element.key, None, where, window, Number(0), span=node.span)
    type_ = _aggregate_type(kind, value.type)
    if type_ is None:
        code = "not-numeric" if kind in (*_ADDS, "largest", "smallest") else "not-a-date"
        scope.report(code, node.field.span, name=node.field.text, type=type_word(value.type))
        return None
    return m.Aggregate(kind, element.key, value, where, window, type_, span=node.span)


def resolve_quantified(node: t.Quantified, scope: Scope) -> m.Expression | None:
    """``any order has (…)``."""
    inner = _inside(node.list, scope)
    if inner is None:
        return None

    condition = scope.condition(node.condition, inner)
    if condition is None:
        return None
    assert inner.element is not None
    return m.Quantified(node.quantifier, inner.element.key, condition, span=node.span)


def resolve_empty(node: t.Empty, scope: Scope) -> m.Expression | None:
    """``orders is empty``: a count of nothing."""
    listed = node.value
    if isinstance(listed, t.Name):
        listed = t.Aggregate("count", listed, span=node.span)
    count = resolve_aggregate(listed, scope) if isinstance(listed, t.Aggregate) else None
    if count is None:
        return None
    return m.Comparison("!=" if node.negated else "=", count, m.Literal(0, Number(0)), span=node.span)


def is_list(name: str, scope: Scope) -> bool:
    """Whether a name stands for a list of records, by the list's name or its element's."""
    return _list_key(name, scope) is not None


def _list_key(name: str, scope: Scope) -> str | None:
    field = scope.vocabulary.field(name)
    if field is not None and isinstance(field.type, ListOf):
        return field.name
    for each in scope.vocabulary.fields.values():
        if isinstance(each.type, ListOf) and each.type.element == name:
            return each.name
    return None


def _inside(name: t.Name, scope: Scope) -> Scope | None:
    """The scope of one record of a list."""
    key = _list_key(name.text, scope)
    if key is None:
        lists = [each.name for each in scope.vocabulary.fields.values() if isinstance(each.type, ListOf)]
        if scope.vocabulary.field(name.text) is None:
            scope.report_near(
                "unknown-name", name.span, nearest(name.text, [*lists, *scope.vocabulary.spellings()]), name=name.text
            )
        else:
            field = scope.vocabulary.field(name.text)
            assert field is not None
            scope.report("not-a-list", name.span, name=name.text, type=type_word(field.type))
        return None
    type_ = scope.vocabulary.fields[key].type
    assert isinstance(type_, ListOf)
    return evolve(scope, element=ElementScope(key, type_))


def _window(node: t.Aggregate, inner: Scope) -> m.Within | None:
    """The window over the list's only date, or the one it is ``dated by``."""
    assert node.window is not None
    date = _date(node, node.window.span, inner)
    if date is None:
        return None
    length = resolve_length(node.window, evolve(inner, element=None))
    if length is None:
        return None
    return m.Within(date, "last", length, span=node.window.span)


def _date(node: t.Aggregate, span: Span, inner: Scope) -> m.ElementRef | None:
    """The list's only date, or the one it is ``dated by``."""
    assert inner.element is not None
    type_ = inner.element.type
    dates = [name for name, _, each in type_.fields if isinstance(each, Date)]
    chosen = type_.dated_by or (dates[0] if len(dates) == 1 else None)
    if chosen is None:
        facts = {"list": node.list.text, "dates": tuple(dates)}
        inner.report("window-without-date" if not dates else "window-date-unsaid", span, **facts)
        return None
    return m.ElementRef(inner.element.key, chosen, Date(), span=span)


def _busiest(node: t.Aggregate, where: m.Expression | None, inner: Scope) -> m.Expression | None:
    """``count of orders where (…) within any 7 days``: the most there are within any such span."""
    assert inner.element is not None and node.rolling is not None
    if node.kind not in ("", "count") or node.field is not None:
        inner.report("not-yet", node.span, construct="anything but a count within any days")
        return None
    date = _date(node, node.rolling.span, inner)
    length = resolve_length(node.rolling, evolve(inner, element=None))
    if date is None or length is None:
        return None
    if not isinstance(length, m.Literal | m.ThresholdRef):
        inner.report("not-yet", node.rolling.span, construct="“within any …” of a length that differs by customer")
        return None
    key = inner.element.key
    return m.Aggregate("busiest", key, date, where, None, Number(0), length, span=node.span)


def _element_field(name: t.Name, inner: Scope) -> m.ElementRef | None:
    assert inner.element is not None
    found = inner.element.find(name.text)
    if found is None:
        names = [each for key, label, _ in inner.element.type.fields for each in (key, label) if each]
        inner.report_near("unknown-name", name.span, nearest(name.text, names), name=name.text)
        return None
    key, type_ = found
    return m.ElementRef(inner.element.key, key, type_, span=name.span)


def _aggregate_type(kind: str, value: Type) -> Type | None:
    if kind in _ADDS:
        if isinstance(value, Length):
            return value
        if not is_numeric(value):
            return None
        return value if kind == "sum" else _average_type(value)
    if kind in _ORDERS:
        ordered = is_numeric(value) or isinstance(value, Date | Length) or (isinstance(value, Choice) and value.ordered)
        if kind in ("earliest", "latest") and not isinstance(value, Date):
            return None
        return value if ordered else None
    if kind == "distinct":
        return Number(0)
    return value if isinstance(value, Text | Choice | Number | YesNo | Date) else None


def _average_type(value: Type) -> Type:
    return Number() if isinstance(value, Number) else value
