"""Groups of records: any stretch of days, any one counterparty, each of the last months; gaps and single records."""

from __future__ import annotations

from attrs import evolve

from rulelang.meaning.constants import duration_of
from rulelang.meaning.kinds import counted_from, day_of, resolve_length
from rulelang.meaning.resolve_lists import chosen, date_of, inside, own_field
from rulelang.meaning.scope import GroupScope, PeriodScope, Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.model.walking import grouped_read
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import Length, ListOf, Number

MOST_PERIODS = 100
_UPWARDS = {">": "largest", ">=": "largest", "<": "smallest", "<=": "smallest"}
_OTHER = {"largest": "smallest", "smallest": "largest"}


def resolve_group(node: t.AnyGroup, scope: Scope) -> m.Expression | None:
    """``in any 3 days of transactions: (…)``, ``for any one counterparty of transactions: (…)``."""
    if scope.group is not None or scope.part is not None:
        scope.report("group-of-groups", node.span, list=node.list.text)
        return None
    found = inside(node.list, scope)
    if found is None:
        return None
    records = chosen(found, node.where, node.window, node.by, scope)
    by: m.Expression | None
    by = date_of(node.by, node.list.span, found.inner) if node.key is None else own_field(node.key, found.inner)
    if records is None or by is None:
        return None
    length: m.Literal | m.ThresholdRef | None = None
    if node.length is not None:
        found_length = resolve_length(node.length, evolve(scope, element=None))
        if found_length is None:
            return None
        if not isinstance(found_length, m.Literal | m.ThresholdRef):
            scope.report("span-not-fixed", node.length.span, found=scope.written(node.length))
            return None
        length = found_length
        written = node.by or t.Name(by.name, span=node.length.span)
        counted = counted_from(by, written, length, found.inner)
        if counted is None:
            return None
        by = counted
    condition = scope.condition(node.condition, evolve(scope, element=None, group=GroupScope(found.element)))
    if condition is None:
        return None
    if not grouped_read(condition):
        scope.report("group-without-aggregate", node.condition.span, found=scope.written(node.condition))
        return None
    return m.AnyGroup(records.key, by, condition, records.where, records.window, length, span=node.span)


def resolve_in_each(node: t.InEach, scope: Scope) -> m.Expression | None:
    """``in each of the last 3 months: (…)``: the condition, of every one of these periods."""
    if scope.part is not None or (scope.group is not None and scope.group.grouped):
        scope.report("group-of-groups", node.span, list=scope.written(node))
        return None
    count = node.length.number
    if not isinstance(count, int) or not 1 <= count <= MOST_PERIODS:
        scope.report("too-many-periods", node.length.span, count=count, limit=MOST_PERIODS)
        return None
    group = None
    if node.list is not None:
        found = inside(node.list, scope)
        records = None if found is None else chosen(found, node.where, None, node.by, evolve(scope, part=None))
        if records is None:
            return None
        group = GroupScope(records.element, grouped=False, where=records.where)
    conditions = []
    for number in range(1, count + 1):
        length, before = (_literal(evolve(node.length, number=each)) for each in (number, number - 1))
        if length is None:
            scope.report("unknown-unit", node.length.span, found=scope.written(node.length))
            return None
        part = PeriodScope(length, before if number > 1 else None, node.by, node.length.span)
        condition = scope.condition(node.condition, evolve(scope, element=None, group=group, part=part))
        if condition is None:
            return None
        conditions.append(condition)
    return m.And(tuple(conditions), span=node.span)


def _literal(node: t.Quantity) -> m.Literal | None:
    length = duration_of(node)
    return None if length is None else m.Literal(length, Length(length.unit), span=node.span)


# --- gaps and single records -------------------------------------------------------------------------------------


def resolve_gap(node: t.Gap, scope: Scope) -> m.Expression | None:
    """``largest gap between one order and the next``, in days."""
    if node.kind not in ("largest", "smallest", "average"):
        scope.report("gap-unsaid", node.span, list=node.list.text)
        return None
    if scope.part is not None:
        scope.report("not-in-each", node.span, found=scope.written(node))
        return None
    found = inside(node.list, scope)
    records = None if found is None else chosen(found, node.where, None, node.by, scope)
    date = None if records is None else date_of(node.by, node.span, records.inner)
    if records is None or date is None:
        return None
    return records.aggregate(f"{node.kind}_gap", day_of(date), Length("days"), node.span)


def resolve_gaps_compared(node: t.Compare, gap: t.Gap, scope: Scope) -> m.Expression | None:
    """``any gap … > 30 days``, ``every gap …``, ``no gap …``: fewer than two records have none."""
    kind = _UPWARDS.get(node.operator)
    if kind is None:
        scope.report("gap-unsaid", node.span, list=gap.list.text)
        return None
    extreme = evolve(gap, kind=_OTHER[kind] if gap.kind == "every" else kind)
    compared = scope.condition(evolve(node, left=extreme), scope)
    found = inside(gap.list, scope)
    records = None if found is None else chosen(found, gap.where, None, gap.by, scope)
    if compared is None or records is None:
        return None
    count = records.aggregate("count", None, Number(0), node.span)
    some = m.Comparison(">=", count, m.Literal(2, Number(0)), span=node.span)
    if gap.kind == "every":
        return m.Or((m.Not(some, span=node.span), compared), span=node.span)
    any_ = m.And((some, compared), span=node.span)
    return m.Not(any_, span=node.span) if gap.kind == "no" else any_


def resolve_pick(node: t.Pick, scope: Scope) -> m.Expression | None:
    """``outcome of the latest of contacts where (…)``."""
    record = node.record
    if scope.part is not None:
        scope.report("not-in-each", node.span, found=scope.written(node))
        return None
    found = inside(record.list, scope)
    records = None if found is None else chosen(found, record.where, record.window, record.by, scope)
    if records is None:
        return None
    value = own_field(node.field, records.inner)
    date = date_of(record.by, record.span, records.inner)
    if value is None or date is None:
        return None
    if isinstance(value.type, ListOf):
        scope.report("not-a-condition", node.field.span, found=node.field.text, type=type_word(value.type))
        return None
    picked = records.aggregate(f"{record.kind}_record", value, value.type, node.span)
    return evolve(picked, date=date)
