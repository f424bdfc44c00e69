"""From the parse tree to expressions of the syntax tree; here what reads tables."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.diagnostics.position import Span
from rulelang.syntax import tree as t
from rulelang.syntax.build_conditions import OPERATORS
from rulelang.syntax.build_lists import ListBuilder
from rulelang.syntax.build_values import Refused

__all__ = ["OPERATORS", "ExpressionBuilder", "Refused"]


@frozen
class ExpressionBuilder(ListBuilder):
    """Builds the expressions of one file: one small method per rule of expressions.lark."""

    def on_lookup(self, c: Any, span: Span) -> t.Expression:
        default = self._operand(c[5].children) if len(c) > 5 else None
        return t.Lookup(self.name(c[0]), self.expression(c[2]), self.name(c[4]), default, span=span)

    def on_lookup_suffix(self, c: Any, span: Span) -> t.Expression:
        default = self._operand(c[6].children) if len(c) > 6 else None
        return t.Lookup(self.name(c[5]), self.expression(c[1]), self.name(c[3]), default, span=span)
