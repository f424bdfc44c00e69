"""Prints what is asked of lists of records; ``one`` prints an expression inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from rulelang.syntax import tree as t
from rulelang.syntax.printing.speller import Speller

One = Callable[[t.Expression, Speller], str]


def _name(node: t.Name, s: Speller) -> str:
    return s.name(node.text, node.quoted)


def _filled(pattern: str, node: t.Expression | None, s: Speller, one: One) -> str:
    """A part that may be left out."""
    if node is None:
        return ""
    return s.fill(pattern, _name(node, s) if isinstance(node, t.Name) else one(node, s))


def _of(s: Speller, *parts: object) -> str:
    """The word between what stands before a list and the list, where a language has one."""
    return s.fill("selection_of") if s.has("selection_of") and any(parts) else ""


def _selection(node: t.Aggregate, s: Speller, one: One) -> str:
    where = _filled("selection_where", node.where, s, one)
    window = _filled("selection_window", node.window, s, one) + _filled("selection_rolling", node.rolling, s, one)
    window += s.fill("selection_in_row") if node.in_row else ""
    field = _filled("selection_field", node.field, s, one)
    by = _filled("selection_by", node.by, s, one)
    of = _of(s, where, window)
    return s.fill("selection", list=_name(node.list, s), field=field, where=where, window=window, by=by, of=of)


def at_least_records(node: t.Compare, s: Speller, one: One) -> str | None:
    """``at least 3 orders where (…) in a row``, ``… within any 7 days``; None for another comparison."""
    left, number = node.left, node.right
    if not isinstance(left, t.Aggregate) or not isinstance(number, t.NumberLiteral) or node.operator != ">=":
        return None
    if left.kind != "count" or left.field is not None or not isinstance(number.value, int) or number.percent:
        return None
    if left.in_row and s.has("records_in_row"):
        parts = {
            "list": _name(left.list, s),
            "number": s.number(number.value),
            "where": _filled("selection_where", left.where, s, one),
            "window": _filled("selection_window", left.window, s, one),
            "by": _filled("selection_by", left.by, s, one),
            "of": _of(s, left.where),
        }
        return s.fill("records_in_row", **parts)
    if (left.in_row or left.rolling is not None) and s.has("at_least_records"):
        return s.fill("at_least_records", _selection(left, s, one), number=s.number(number.value))
    return None


def _aggregate(node: t.Aggregate, s: Speller, one: One) -> str:
    selection = _selection(node, s, one)
    if node.member is not None:
        return s.fill("member_share", selection, _name(node.member, s))
    selected = node.where is not None or node.window is not None or node.rolling is not None or node.in_row
    if node.kind == "count" and selected and s.has("count_selected"):
        return s.fill("count_selected", selection)
    return s.fill(node.kind, selection) if node.kind else selection


def _count_here(node: t.CountHere, s: Speller, one: One) -> str:
    where = _filled("selection_where", node.where, s, one)
    window = _filled("selection_window", node.window, s, one)
    return s.fill("count_here", where=where, window=window, of=_of(s, where, window))


def _gap(node: t.Gap, s: Speller, one: One) -> str:
    where = _filled("selection_where", node.where, s, one)
    by = _filled("selection_by", node.by, s, one)
    kind = s.fill(f"gap_{node.kind}")
    quantified = node.kind in ("any", "every", "no", "unsaid")
    parts = {"kind": kind, "quantifier": ""}
    if s.has("selection_of") and quantified:
        parts = {"kind": "", "quantifier": kind}
    return s.fill("gap", list=_name(node.list, s), where=where, by=by, of=_of(s, where), **parts)


def _pick(node: t.Pick, s: Speller, one: One) -> str:
    record, by = node.record, ""
    if s.has("selection_of") and record.window is None:
        # The date stands before what it says: the window, or which record is meant.
        by, record = _filled("selection_by", record.by, s, one), attrs.evolve(record, by=None)
    return s.fill(f"pick_{record.kind}", _selection(record, s, one), _name(node.field, s), by=by)


def _any_group(node: t.AnyGroup, s: Speller, one: One) -> str:
    where = _filled("selection_where", node.where, s, one)
    parts = {"list": _name(node.list, s), "where": where, "condition": one(node.condition, s)}
    if node.length is not None:
        by = _filled("selection_by", node.by, s, one)
        return s.fill("any_days", length=one(node.length, s), by=by, of=_of(s, True), **parts)
    assert node.key is not None
    window = _filled("selection_window", node.window, s, one)
    return s.fill("any_one", key=_name(node.key, s), window=window, of=_of(s, where, window), **parts)


def _in_each(node: t.InEach, s: Speller, one: One) -> str:
    where = _filled("selection_where", node.where, s, one)
    by = _filled("selection_by", node.by, s, one)
    each = f"each_{node.length.unit}"
    parts = {
        "length": one(node.length, s),
        "each": s.fill(each) if s.has(each) else "",
        "condition": one(node.condition, s),
        "by": by,
        "list": "",
    }
    if node.list is not None:
        parts["list"] = s.fill("in_each_list", list=_name(node.list, s), where=where, by=by, of=_of(s, where))
    return s.fill("in_each", **parts)


LISTS: Mapping[type, Callable[..., str]] = {
    t.Aggregate: _aggregate,
    t.AnyGroup: _any_group,
    t.CountHere: _count_here,
    t.Gap: _gap,
    t.InEach: _in_each,
    t.Pick: _pick,
}
