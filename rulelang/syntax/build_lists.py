"""From the parse tree to what is asked of lists of records."""

from __future__ import annotations

from typing import Any

from attrs import evolve, field, frozen

from rulelang.diagnostics.position import Span
from rulelang.syntax import tree as t
from rulelang.syntax.build_conditions import ConditionBuilder
from rulelang.syntax.lalr import Node, Token


@frozen
class Selection:
    """Which records of a list are meant, in whatever order it was said."""

    list: t.Name
    part: t.Name | None = None
    where: t.Expression | None = None
    window: Any = None
    rolling: Any = None
    in_row: bool = False
    by: t.Name | None = None


@frozen
class ListBuilder(ConditionBuilder):
    """Builds what is asked of lists; ``in_group``: inside the brackets of a group of records."""

    in_group: bool = field(default=False, kw_only=True)

    # --- which records -------------------------------------------------------------------------------------------

    def _selection(self, listed: Any, parts: Any) -> Selection:
        """The records meant by a list with what stands behind it."""
        found = Selection(self.name(listed))
        for part in parts:
            if not isinstance(part, Node):
                continue
            match part.data:
                case "path" | "selected":
                    found = evolve(found, part=self.name(part.children[-1]))
                case "where" | "selection_filter":
                    found = evolve(found, where=self._operand(part.children))
                case "by" | "first_by":
                    found = evolve(found, by=self.name(part.children[1]))
                case "first_window":
                    found = evolve(found, window=self.quantity(part.children[1]))
                case "list_window" | "rolling" | "in_row" | "row_in_window" | "only_by":
                    found = self._windowed(found, part)
        return found

    def _windowed(self, found: Selection, part: Node) -> Selection:
        by = [each for each in part.children if isinstance(each, Node) and each.data == "by"]
        if by:
            found = evolve(found, by=self.name(by[0].children[1]))
        match part.data:
            case "only_by":
                return found
            case "in_row":
                return evolve(found, in_row=True)
            case "rolling":
                return evolve(found, rolling=self.quantity(part.children[1]))
        return evolve(found, window=self.quantity(part.children[1]), in_row=part.data == "row_in_window")

    def _prefixed(self, parts: Any) -> Selection:
        """The same where window and filter stand before the list."""
        names = [each for each in parts if isinstance(each, Token) and each.type == "NAME"]
        found = self._selection(names[0], parts)
        opening = [each.type for each in parts if isinstance(each, Token)]
        length = next((each for each in parts if _is_length(each)), None)
        if "IN_ROW" in opening:
            return evolve(found, in_row=True, window=None if length is None else self.quantity(length))
        if length is None:
            return found
        if "ANY_DAYS" in opening:
            return evolve(found, rolling=self.quantity(length))
        return evolve(found, window=self.quantity(length))

    def _aggregated(self, kind: str, found: Selection, span: Span, member: t.Name | None = None) -> t.Aggregate:
        return t.Aggregate(
            kind,
            found.list,
            found.part,
            found.where,
            found.window,
            found.rolling,
            found.in_row,
            found.by,
            member,
            span=span,
        )

    # --- aggregates ----------------------------------------------------------------------------------------------

    def on_quantified(self, c: Any, span: Span) -> t.Expression:
        return t.Quantified(c[0].data, self.name(c[1]), self._operand(c[2:]), span=span)

    def on_path(self, c: Any, span: Span) -> t.Expression:
        return t.Path(self.name(c[0]), self.name(c[2]), span=span)

    def on_aggregate(self, c: Any, span: Span) -> t.Expression:
        if len(c) == 1:
            return self.expression(c[0])
        return self._aggregated(c[0].data, self._selection(c[1], c[2:]), span)

    def on_at_least_records(self, c: Any, span: Span) -> t.Expression:
        """``at least 3 orders where (…) within any 7 days``: a count, compared."""
        count = self._aggregated("count", self._selection(c[2], c[3:]), span)
        least = self.name(c[1]) if c[1].type == "NAME" else self.number(c[1])
        return t.Compare(">=", count, least, span=span)

    def on_records_there(self, c: Any, span: Span) -> t.Expression:
        """``no orders within the last 90 days``, ``any order where (…)``: a count, compared."""
        quantifier = c[0].data
        found = self._selection(c[1], c[2:])
        if quantifier == "every":
            raise self.refuse("every-record-what", c[1], list=found.list.text)
        return self._there(found, quantifier == "any", span)

    def on_recent_records(self, c: Any, span: Span) -> t.Expression:
        """``最近90天内有订单``."""
        return self._there(self._prefixed(c), True, span)

    def on_recent_no_records(self, c: Any, span: Span) -> t.Expression:
        """``最近90天内没有订单``."""
        return self._there(self._prefixed(c), False, span)

    def _there(self, found: Selection, wanted: bool, span: Span) -> t.Expression:
        count = self._aggregated("count", found, span)
        return t.Compare(">=" if wanted else "=", count, t.NumberLiteral(int(wanted), span=span), span=span)

    def on_records_in_row(self, c: Any, span: Span) -> t.Expression:
        """``连续3笔（…）的订单``."""
        count = self._aggregated("count", self._prefixed(c), span)
        number = c[[getattr(each, "type", "") for each in c].index("IN_ROW") + 1]
        return t.Compare(">=", count, self.number(number), span=span)

    def on_aggregate_suffix(self, c: Any, span: Span) -> t.Expression:
        found = self._prefixed(c[0].children)
        kind = c[1].data if len(c) > 1 else "" if found.part else "count"
        return self._aggregated(kind, found, span)

    def on_path_suffix(self, c: Any, span: Span) -> t.Expression:
        if len(c) == 3:
            return t.Path(self.name(c[0]), self.name(c[2]), span=span)
        return t.Aggregate(c[3].data, self.name(c[0]), self.name(c[2]), span=span)

    def on_name_aggregate(self, c: Any, span: Span) -> t.Expression:
        return t.Aggregate(c[1].data, self.name(c[0]), span=span)

    def on_member_share(self, c: Any, span: Span) -> t.Expression:
        return self._aggregated("share", self._selection(c[2], c[3:]), span, self.name(c[0]))

    def on_member_share_plain(self, c: Any, span: Span) -> t.Expression:
        return self._aggregated("share", self._selection(c[2], c[3:-1]), span, self.name(c[0]))

    def on_member_share_suffix(self, c: Any, span: Span) -> t.Expression:
        return self._aggregated("share", self._prefixed(c[2].children), span, self.name(c[0]))

    def on_count_here(self, c: Any, span: Span) -> t.Expression:
        if not self.in_group and len(c) == 1:
            return t.Name(self.written(c[0]), span=span)
        found = self._selection(c[0], c[1:])
        if found.rolling is not None or found.in_row or found.by is not None:
            raise self.refuse("count-here-window", c[-1], found=self.written(c[-1]))
        return t.CountHere(found.where, found.window, span=span)

    def on_count_here_suffix(self, c: Any, span: Span) -> t.Expression:
        filters = [
            self._operand(each.children) for each in c if isinstance(each, Node) and each.data == "selection_filter"
        ]
        window = next((self.quantity(each) for each in c if _is_length(each)), None)
        return t.CountHere(filters[0] if filters else None, window, span=span)

    # --- gaps and single records ---------------------------------------------------------------------------------

    def on_gap(self, c: Any, span: Span) -> t.Expression:
        found = self._selection(c[1], c[2:])
        return t.Gap(c[0].data, found.list, found.where, found.by, span=span)

    def on_gap_suffix(self, c: Any, span: Span) -> t.Expression:
        found = self._prefixed(c)
        kind = _kind(c[-1], "unsaid")
        if kind not in ("largest", "smallest", "average", "unsaid"):
            raise self.refuse("gap-unsaid", c[-1], list=found.list.text)
        return t.Gap(kind, found.list, found.where, found.by, span=span)

    def on_gap_quantified(self, c: Any, span: Span) -> t.Expression:
        found = self._prefixed(c[1:])
        return t.Gap(c[0].data, found.list, found.where, found.by, span=span)

    def on_field_of(self, c: Any, span: Span) -> t.Expression:
        start = self.span(c[2])
        record = self._aggregated(
            c[2].data,
            self._selection(c[3], c[4:]),
            span.from_start_of(start),
        )
        return self._picked(self.name(c[0]), record, c[2], span)

    def on_pick_suffix(self, c: Any, span: Span) -> t.Expression:
        found = self._prefixed(c[0].children)
        record = self._aggregated(c[1].data, evolve(found, by=found.by or self._by_of(c[1])), span)
        return self._picked(self.name(c[3]), record, c[0], span)

    def on_pick_plain(self, c: Any, span: Span) -> t.Expression:
        record = self._aggregated(c[1].data, Selection(self.name(c[0]), by=self._by_of(c[1])), span)
        return t.Pick(self.name(c[3]), record, span=span)

    def _by_of(self, end: Node) -> t.Name | None:
        first = end.children[0]
        return self.name(first.children[1]) if isinstance(first, Node) else None

    def _picked(self, field: t.Name, record: t.Expression, node: Any, span: Span) -> t.Expression:
        is_record = isinstance(record, t.Aggregate) and record.kind in ("latest", "earliest") and record.field is None
        if not isinstance(record, t.Aggregate) or not is_record or record.rolling is not None or record.in_row:
            raise self.refuse("not-one-record", node, found=self.written(node), field=field.text)
        return t.Pick(field, record, span=span)

    # --- groups of records ---------------------------------------------------------------------------------------

    def on_any_days(self, c: Any, span: Span) -> t.Expression:
        found = self._selection(c[3], c[4:-1])
        return self._grouped(found, c[-1], span, length=self.quantity(c[1]))

    def on_any_days_suffix(self, c: Any, span: Span) -> t.Expression:
        found = self._prefixed(c[:-1])
        return self._grouped(found, c[-1], span, length=found.rolling)

    def on_any_one(self, c: Any, span: Span) -> t.Expression:
        found = self._selection(c[3], c[4:-1])
        return self._grouped(found, c[-1], span, key=self.name(c[1]))

    def on_any_one_suffix(self, c: Any, span: Span) -> t.Expression:
        names = [each for each in c if isinstance(each, Token) and each.type == "NAME"]
        found = self._selection(names[1], c[2:-1])
        return self._grouped(found, c[-1], span, key=self.name(names[0]))

    def _grouped(self, found: Selection, condition: Any, span: Span, **by: Any) -> t.Expression:
        if "key" in by and (found.rolling is not None or found.in_row):
            raise self.refuse("group-of-groups", condition, list=found.list.text)
        inner = evolve(self, in_group=True).expression(condition)
        window = found.window
        return t.AnyGroup(found.list, inner, where=found.where, window=window, by=found.by, span=span, **by)

    def on_in_each(self, c: Any, span: Span) -> t.Expression:
        return self._in_each(c, self.quantity(c[1]), span)

    def on_in_each_suffix(self, c: Any, span: Span) -> t.Expression:
        length = self.quantity(next(each for each in c if _is_length(each)))
        said = next(each for each in c if isinstance(each, Node) and each.data in _EACH)
        if not isinstance(length, t.Quantity) or length.unit != said.data:
            raise self.refuse("each-of-another-unit", said, found=self.written(said))
        return self._in_each(c, length, span)

    def _in_each(self, c: Any, length: Any, span: Span) -> t.Expression:
        listed = next((each for each in c if isinstance(each, Node) and each.data in ("group_list", "each_list")), None)
        found = None
        if listed is not None:
            names = [each for each in listed.children if isinstance(each, Token) and each.type == "NAME"]
            found = self._selection(names[0], listed.children)
        inner = evolve(self, in_group=found is not None).expression(c[-1])
        by = next(
            (self.name(each.children[1]) for each in c if isinstance(each, Node) and each.data == "first_by"), None
        )
        if not isinstance(length, t.Quantity):
            raise self.refuse("each-of-a-name", c[1], found=length.text)
        if found is None:
            return t.InEach(length, inner, by=by, span=span)
        return t.InEach(length, inner, found.list, found.where, by or found.by, span=span)


_EACH = ("day", "week", "month", "quarter", "year")


def _is_length(part: Any) -> bool:
    return isinstance(part, Node) and part.data in ("quantity", "half_year", "name", "number", "half_refused")


def _kind(part: Any, unsaid: str) -> str:
    known = (
        "count",
        "sum",
        "average",
        "largest",
        "smallest",
        "earliest",
        "latest",
        "distinct",
        "most_frequent",
        "share",
    )
    return str(part.data) if isinstance(part, Node) and part.data in known else unsaid
