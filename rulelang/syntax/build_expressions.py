"""From the parse tree to expressions of the syntax tree; here what reads lists of records and tables."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.diagnostics.position import Span
from rulelang.syntax import tree as t
from rulelang.syntax.build_conditions import OPERATORS, ConditionBuilder
from rulelang.syntax.build_values import Refused
from rulelang.syntax.lalr import Node, Token

__all__ = ["OPERATORS", "ExpressionBuilder", "Refused"]


@frozen
class ExpressionBuilder(ConditionBuilder):
    """Builds the expressions of one file: one small method per rule of expressions.lark."""

    def on_quantified(self, c: Any, span: Span) -> t.Expression:
        return t.Quantified(c[0].data, self.name(c[1]), self._operand(c[2:]), span=span)

    def on_path(self, c: Any, span: Span) -> t.Expression:
        return t.Path(self.name(c[0]), self.name(c[2]), span=span)

    def on_aggregate(self, c: Any, span: Span) -> t.Expression:
        if len(c) == 1:
            return self.expression(c[0])
        return self._selected(c[0].data, c[1], c[2:], span)

    def on_at_least_records(self, c: Any, span: Span) -> t.Expression:
        """``at least 3 orders where (…) within any 7 days``: a count, compared."""
        count = self._selected("count", c[2], c[3:], span)
        return t.Compare(">=", count, self.number(c[1]), span=span)

    def _selected(self, kind: str, listed: Any, parts: Any, span: Span) -> t.Aggregate:
        field = where = window = rolling = None
        for part in parts:
            if part.data == "path":
                field = self.name(part.children[-1])
            elif part.data == "where":
                where = self._operand(part.children)
            elif part.data == "rolling":
                rolling = self.quantity(part.children[-1])
            else:
                window = self.quantity(part.children[-1])
        return t.Aggregate(kind, self.name(listed), field, where, window, rolling, span=span)

    def on_aggregate_suffix(self, c: Any, span: Span) -> t.Expression:
        where = window = rolling = None
        parts = c[0].children
        is_rolling = isinstance(parts[0], Token) and parts[0].type == "ANY_DAYS"
        names = [each for each in parts if isinstance(each, Token) and each.type == "NAME"]
        field = None
        for part in parts:
            if not isinstance(part, Node):
                continue
            if part.data == "selection_filter":
                where = self._operand(part.children)
            elif part.data == "selected":
                field = self.name(part.children[-1])
            elif is_rolling:
                rolling = self.quantity(part)
            else:
                window = self.quantity(part)
        kind = c[1].data if len(c) > 1 else "" if field else "count"
        return t.Aggregate(kind, self.name(names[0]), field, where, window, rolling, span=span)

    def on_path_suffix(self, c: Any, span: Span) -> t.Expression:
        if len(c) == 3:
            return t.Path(self.name(c[0]), self.name(c[2]), span=span)
        return t.Aggregate(c[3].data, self.name(c[0]), self.name(c[2]), span=span)

    def on_name_aggregate(self, c: Any, span: Span) -> t.Expression:
        return t.Aggregate(c[1].data, self.name(c[0]), span=span)

    def on_lookup(self, c: Any, span: Span) -> t.Expression:
        default = self._operand(c[5].children) if len(c) > 5 else None
        return t.Lookup(self.name(c[0]), self.expression(c[2]), self.name(c[4]), default, span=span)

    def on_lookup_suffix(self, c: Any, span: Span) -> t.Expression:
        default = self._operand(c[6].children) if len(c) > 6 else None
        return t.Lookup(self.name(c[5]), self.expression(c[1]), self.name(c[3]), default, span=span)
