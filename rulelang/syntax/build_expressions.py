"""From the parse tree to expressions of the syntax tree; here what reads tables."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.diagnostics.position import Span
from rulelang.syntax import tree as t
from rulelang.syntax.build_conditions import OPERATORS
from rulelang.syntax.build_lists import ListBuilder
from rulelang.syntax.build_values import Refused
from rulelang.syntax.lalr import Node, Token
from rulelang.syntax.literals import text_value

__all__ = ["OPERATORS", "ExpressionBuilder", "Refused"]


@frozen
class ExpressionBuilder(ListBuilder):
    """Builds the expressions of one file: one small method per rule of expressions.lark."""

    def on_tiles(self, c: Any, span: Span) -> t.Expression:
        names = [each for each in c if isinstance(each, Token) and each.type == "NAME"]
        limits = next((each.children for each in c if isinstance(each, Node)), ())
        ends = [each for each in limits if isinstance(each, Node) or each.type == "NAME"]
        read = self.bounds(*ends) if len(ends) == 2 else [self.expression(each) for each in ends]
        low, high = (*read, None, None)[:2]
        return t.Tiles(text_value(str(c[1])), self.name(names[0]), low, high, span=span)

    def on_table_total(self, c: Any, span: Span) -> t.Expression:
        return t.TableTotal(c[0].data, self.name(c[1]), self._totalled(c[3]), span=span)

    def on_table_total_suffix(self, c: Any, span: Span) -> t.Expression:
        return t.TableTotal(c[4].data, self.name(c[3]), self._totalled(c[1]), span=span)

    def _totalled(self, token: Any) -> t.TextLiteral | t.Name:
        if token.type == "NAME":
            return self.name(token)
        return t.TextLiteral(text_value(str(token)), span=self.span(token))

    def on_lookup(self, c: Any, span: Span) -> t.Expression:
        default = self._operand(c[5].children) if len(c) > 5 else None
        return t.Lookup(self.name(c[0]), self.expression(c[2]), self.name(c[4]), default, span=span)

    def on_lookup_suffix(self, c: Any, span: Span) -> t.Expression:
        default = self._operand(c[6].children) if len(c) > 6 else None
        return t.Lookup(self.name(c[5]), self.expression(c[1]), self.name(c[3]), default, span=span)
