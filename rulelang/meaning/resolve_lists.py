"""Aggregates and quantifiers over lists of records: whose field a name is, which date a window uses."""

from __future__ import annotations

from attrs import evolve, frozen

from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.kinds import counted_from, resolve_length
from rulelang.meaning.scope import ElementScope, Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Number, Text, Type, YesNo, is_numeric

_ADDS = ("sum", "average")
_ORDERS = ("largest", "smallest", "earliest", "latest")


@frozen
class Records:
    """The records that are asked about: of a list or of the group in hand, those for which ``where`` and ``window``
    hold.

    ``inner`` is the scope of one of them.
    """

    inner: Scope
    where: m.Expression | None = None
    window: m.Within | None = None
    grouped: bool = False

    @property
    def key(self) -> str:
        return self.element.key

    @property
    def element(self) -> ElementScope:
        assert self.inner.element is not None
        return self.inner.element

    def narrowed(self, condition: m.Expression) -> Records:
        """Those for which a condition holds as well."""
        return evolve(self, where=both(self.where, condition))

    def aggregate(self, kind: str, value: m.Expression | None, type_: Type, span: Span) -> m.Aggregate:
        """An aggregate of these records."""
        return m.Aggregate(kind, self.key, value, self.where, self.window, type_, grouped=self.grouped, span=span)


def both(first: m.Expression | None, second: m.Expression) -> m.Expression:
    """A condition and a further one."""
    return second if first is None else m.And((first, second), span=second.span)


def resolve_aggregate(node: t.Aggregate | t.Path | t.CountHere, scope: Scope) -> m.Expression | None:
    """``count of orders where (…) within the last 90 days`` and its like."""
    if isinstance(node, t.Path):
        return _path(node, scope)
    if isinstance(node, t.CountHere):
        records = _here(node, scope)
        return None if records is None else records.aggregate("count", None, Number(0), node.span)
    field = field_here(node, scope)
    name = node.list if node.field is None and field is not None else node.field
    kind = node.kind or "count"
    if kind == "share":
        return _share(node, name, field, scope)
    records = records_of(node, scope)
    if records is None:
        return None
    if node.by is not None and node.window is None and node.rolling is None and not node.in_row:
        scope.report("date-not-asked", node.by.span, date=node.by.text, found=scope.written(node))
        return None
    if node.in_row or node.rolling is not None:
        return _spanned(node, records, scope)
    if name is None:
        if kind != "count":
            first = records.element.type.fields
            facts = {"list": node.list.text, "field": first[0][0] if first else "…"}
            scope.report("aggregate-field-needed", node.span, **facts)
            return None
        return records.aggregate("count", None, Number(0), node.span)
    value = element_field(name, records.inner)
    if value is None:
        return None
    if kind == "count":
        present = m.Not(m.IsMissing(value, span=value.span), span=value.span)
        return records.narrowed(present).aggregate("count", None, Number(0), node.span)
    if scope.vocabulary.collects(value):
        scope.report("aggregate-of-collected", name.span, name=name.text, list=node.list.text)
        return None
    records = _with_value(value, records, scope)
    type_ = _aggregate_type(kind, value.type)
    if type_ is None:
        code = "not-numeric" if kind in (*_ADDS, "largest", "smallest") else "not-a-date"
        scope.report(code, name.span, name=name.text, type=type_word(value.type))
        return None
    return records.aggregate(kind, value, type_, node.span)


def _with_value(value: m.ElementRef, records: Records, scope: Scope) -> Records:
    """Those of which a value may be asked: a record for which no rule gives one is known to have none, and is left out
    without a doubt.
    """
    if value.outcome is None or not scope.vocabulary.decided(value.outcome).may_have_no_rule:
        return records
    return records.narrowed(m.Not(m.IsMissing(value, span=value.span), span=value.span))


def _path(node: t.Path, scope: Scope) -> m.Expression | None:
    """``order.amount`` of the record in hand; ``orders.amount`` alone is too many values."""
    key = list_key(node.list.text, scope)
    if scope.element is not None and key == scope.element.key:
        return _found(node.field, scope)
    if key is None and scope.vocabulary.field(node.list.text) is not None:
        inside(node.list, scope)
    else:
        scope.report("aggregate-needed", node.span, list=node.list.text, field=node.field.text)
    return None


def resolve_quantified(node: t.Quantified, scope: Scope) -> m.Expression | None:
    """``any order has (…)``."""
    found = inside(node.list, scope)
    if found is None:
        return None
    condition = scope.condition(node.condition, evolve(found.inner, group=None))
    if condition is None:
        return None
    if scope.part is not None:
        scope.report("not-in-each", node.span, found=scope.written(node))
        return None
    return m.Quantified(node.quantifier, found.key, condition, found.where, found.grouped, span=node.span)


def resolve_empty(node: t.Empty, scope: Scope) -> m.Expression | None:
    """``orders is empty``: a count of nothing."""
    listed = node.value
    if isinstance(listed, t.Name):
        listed = t.Aggregate("count", listed, span=node.span)
    count = resolve_aggregate(listed, scope) if isinstance(listed, t.Aggregate) else None
    if count is None:
        return None
    return m.Comparison("!=" if node.negated else "=", count, m.Literal(0, Number(0)), span=node.span)


# --- which records -----------------------------------------------------------------------------------------------


def is_list(name: str, scope: Scope) -> bool:
    """Whether a name stands for a list of records, by the list's name or its element's."""
    return list_key(name, scope) is not None


def list_key(name: str, scope: Scope) -> str | None:
    """The list that a name stands for."""
    found = scope.vocabulary.list_of(name)
    return None if found is None else found[0]


def inside(name: t.Name, scope: Scope) -> Records | None:
    """All records of a list; inside the brackets of a group of its records, those of the group."""
    found = scope.vocabulary.list_of(name.text)
    if found is None:
        lists = [each.name for each in scope.vocabulary.fields.values() if isinstance(each.type, ListOf)]
        field = scope.vocabulary.field(name.text)
        if field is None and scope.runs_into_a_list(name):
            return None
        if field is None:
            near = nearest(name.text, [*lists, *scope.vocabulary.spellings()])
            scope.report_near("unknown-name", name.span, near, name=name.text)
        else:
            scope.report("not-a-list", name.span, name=name.text, type=type_word(field.type))
        return None
    key, type_ = found
    if scope.group is not None and scope.group.element.key == key:
        return _of_group(scope)
    return Records(evolve(scope, element=ElementScope(key, type_, scope.vocabulary.outcomes_of(key))))


def _of_group(scope: Scope) -> Records:
    assert scope.group is not None
    inner = evolve(scope, element=scope.group.element)
    return Records(inner, scope.group.where, grouped=scope.group.grouped)


def field_here(node: t.Aggregate, scope: Scope) -> m.ElementRef | m.OutcomeRef | None:
    """The field that a bare name means inside the brackets of a group of records."""
    if scope.group is None or node.field is not None or list_key(node.list.text, scope) is not None:
        return None
    return scope.group.element.find(node.list.text)


def records_of(node: t.Aggregate, scope: Scope) -> Records | None:
    """The records an aggregate is over."""
    found = _of_group(scope) if field_here(node, scope) is not None else inside(node.list, scope)
    return None if found is None else chosen(found, node.where, node.window, node.by, scope)


def _here(node: t.CountHere, scope: Scope) -> Records | None:
    if scope.group is None:
        scope.report("count-outside-group", node.span, found=scope.written(node))
        return None
    return chosen(_of_group(scope), node.where, node.window, None, scope)


def chosen(
    records: Records, where: t.Expression | None, window: t.Quantity | t.Name | None, by: t.Name | None, scope: Scope
) -> Records | None:
    """Those of some records for which a condition and a window hold; in each of several periods, those of the
    period.
    """
    if where is not None:
        condition = scope.condition(where, evolve(records.inner, group=None, part=None))
        if condition is None:
            return None
        records = records.narrowed(condition)
    if window is not None:
        date = date_of(by, window.span, records.inner)
        length = resolve_length(window, evolve(records.inner, element=None))
        if date is None or length is None:
            return None
        if scope.part is not None:
            scope.report("window-in-each", window.span, found=scope.written(window))
            return None
        counted = counted_from(date, by or t.Name(date.name, span=window.span), length, records.inner)
        return None if counted is None else evolve(records, window=m.Within(counted, "last", length, span=window.span))
    return records if scope.part is None else _of_period(records, by, scope)


def _of_period(records: Records, by: t.Name | None, scope: Scope) -> Records | None:
    assert scope.part is not None
    date = date_of(by or scope.part.by, scope.part.span, records.inner)
    if date is None:
        return None
    counted = counted_from(
        date, scope.part.by or t.Name(date.name, span=scope.part.span), scope.part.length, records.inner
    )
    if counted is None:
        return None
    if scope.part.before is not None:
        earlier = m.Not(m.Within(counted, "last", scope.part.before, span=scope.part.span), span=scope.part.span)
        records = records.narrowed(earlier)
    return evolve(records, window=m.Within(counted, "last", scope.part.length, span=scope.part.span))


def date_of(by: t.Name | None, span: Span, inner: Scope) -> m.ElementRef | None:
    """The date that is named, the one the list is ``dated by``, or its only one."""
    assert inner.element is not None
    if by is not None:
        value = own_field(by, inner)
        if value is not None and not isinstance(value.type, Date | DateTime):
            inner.report("not-a-date", by.span, name=by.text, type=type_word(value.type))
            return None
        return value
    type_ = inner.element.type
    dates = [name for name, _, each in type_.fields if isinstance(each, Date | DateTime)]
    picked = type_.dated_by or (dates[0] if len(dates) == 1 else None)
    if picked is None:
        facts = {"list": inner.element.key, "dates": tuple(dates)}
        inner.report("window-without-date" if not dates else "window-date-unsaid", span, **facts)
        return None
    return m.ElementRef(inner.element.key, picked, type_.field_type(picked) or Date(), span=span)


def element_field(name: t.Name, inner: Scope) -> m.ElementRef | None:
    """A field of one of the records that are asked about, or what was decided for it."""
    found = _found(name, inner)
    assert not isinstance(found, m.OutcomeRef), "of a record that has been decided"
    return found


def own_field(name: t.Name, inner: Scope) -> m.ElementRef | None:
    """A field of one of the records, where nothing that was decided for it will do."""
    found = element_field(name, inner)
    if found is not None and found.outcome is not None:
        inner.report("record-outcome-in-group", name.span, name=name.text)
        return None
    return found


def _found(name: t.Name, inner: Scope) -> m.ElementRef | m.OutcomeRef | None:
    assert inner.element is not None
    found = inner.element.find(name.text, name.span)
    if found is None:
        inner.report_near("unknown-name", name.span, nearest(name.text, inner.element.names()), name=name.text)
    return found


# --- spans of days and runs --------------------------------------------------------------------------------------


def _spanned(node: t.Aggregate, records: Records, scope: Scope) -> m.Expression | None:
    """``count of orders where (…) within any 7 days``, or ``in a row``: the most there are."""
    if node.kind not in ("", "count") or node.field is not None:
        scope.report("only-counted", node.span, found=scope.written(node), list=node.list.text)
        return None
    if records.grouped or scope.part is not None:
        scope.report("not-in-group", node.span, found=scope.written(node))
        return None
    span = node.span if node.rolling is None else node.rolling.span
    date = date_of(node.by, span, records.inner)
    if date is None:
        return None
    if node.rolling is None:
        return records.aggregate("streak", date, Number(0), node.span)
    length = resolve_length(node.rolling, evolve(records.inner, element=None))
    if length is None:
        return None
    if not isinstance(length, m.Literal | m.ThresholdRef):
        scope.report("span-not-fixed", node.rolling.span, found=scope.written(node.rolling))
        return None
    counted = counted_from(date, node.by or t.Name(date.name, span=span), length, records.inner)
    if counted is None:
        return None
    return evolve(records.aggregate("busiest", counted, Number(0), node.span), rolling=length)


# --- shares ------------------------------------------------------------------------------------------------------


def _share(node: t.Aggregate, name: t.Name | None, field: object, scope: Scope) -> m.Expression | None:
    """``share of orders.amount where (…)``, ``cash share of amount``: what some records make up of all."""
    whole = evolve(node, where=node.where if node.member is not None else None)
    records = records_of(whole, scope)
    if records is None:
        return None
    if node.member is not None:
        condition = _has_member(node.member, records, scope)
    elif node.where is not None:
        condition = scope.condition(node.where, evolve(records.inner, group=None, part=None))
    else:
        scope.report("share-of-what", node.span, found=scope.written(node))
        return None
    value = None if name is None else element_field(name, records.inner)
    if condition is None or (name is not None and value is None):
        return None
    if value is not None and name is not None and not is_numeric(value.type):
        scope.report("not-numeric", name.span, name=name.text, type=type_word(value.type))
        return None
    if value is not None:
        records = _with_value(value, records, scope)
    kind, type_ = ("count", Number(0)) if value is None else ("sum", value.type)
    part, total = (each.aggregate(kind, value, type_, node.span) for each in (records.narrowed(condition), records))
    return m.Arithmetic("/", part, total, Number(), span=node.span)


def _has_member(member: t.Name, records: Records, scope: Scope) -> m.Expression | None:
    """The only choice of a record that has a member of this name is this member."""
    found = [
        (name, choice, one)
        for name, _, choice in records.element.type.fields
        if isinstance(choice, Choice) and (one := choice.member(member.text)) is not None
    ]
    if len(found) == 1:
        name, choice, one = found[0]
        equal = m.ElementRef(records.key, name, choice, span=member.span)
        return m.Comparison("=", equal, m.Literal(one.key, choice, span=member.span), span=member.span)
    names = tuple(name for name, _, _ in found)
    scope.report("share-of-whom", member.span, name=member.text, list=records.key, fields=names)
    return None


def _aggregate_type(kind: str, value: Type) -> Type | None:
    if kind in _ADDS:
        if isinstance(value, Length):
            return value
        if not is_numeric(value):
            return None
        return value if kind == "sum" else _average_type(value)
    if kind in _ORDERS:
        ordered = (
            is_numeric(value)
            or isinstance(value, Date | DateTime | Length)
            or (isinstance(value, Choice) and value.ordered)
        )
        if kind in ("earliest", "latest") and not isinstance(value, Date | DateTime):
            return None
        return value if ordered else None
    if kind == "distinct":
        return Number(0)
    return value if isinstance(value, Text | Choice | Number | YesNo | Date | DateTime) else None


def _average_type(value: Type) -> Type:
    return Number() if isinstance(value, Number) else value
