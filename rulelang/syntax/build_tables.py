"""From the parse tree of a table's cell to the condition on its column: one small function per rule of tables.lark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen

from rulelang.syntax import tree as t
from rulelang.syntax.build_expressions import OPERATORS, ExpressionBuilder
from rulelang.syntax.lalr import Node, Token


@frozen
class Column:
    """What the head of a column says: ``kind`` is ``condition`` (of ``subject``), ``set``, ``add`` or ``because``."""

    kind: str
    subject: t.Expression | None = None


def build_column(builder: ExpressionBuilder, node: Node) -> Column:
    """The column that a head cell describes."""
    names = [each for each in node.children if isinstance(each, Token) and each.type == "NAME"]
    match node.data:
        case "head_set":
            return Column("set", builder.name(names[0]))
        case "head_add":
            return Column("add", builder.name(names[0]))
        case "head_because":
            return Column("because")
    return Column("condition", builder.expression(node.children[0]))


def build_cell(builder: ExpressionBuilder, node: Node, subject: t.Expression) -> t.Expression:
    """The condition that a cell puts on the subject of its column."""
    return _CELLS[str(node.data)](builder, node.children, subject, builder.span(node))


def _operands(c: Any) -> list[Node]:
    return [each for each in c if isinstance(each, Node) and each.data not in _OPERATOR_TREES]


_OPERATOR_TREES = frozenset({*OPERATORS, "closed", "half_open", "values"})


def _compare(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
    return t.Compare(OPERATORS[c[0].data], subject, builder.expression(c[1]), span=span)


def _values(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
    options = builder.values(next(each for each in c if isinstance(each, Node)))
    if len(options) == 1:
        return t.Compare("=", subject, options[0], span=span)
    return t.OneOf(subject, options, span=span)


def _none_of(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
    options = builder.values(next(each for each in c if isinstance(each, Node)))
    if len(options) == 1:
        return t.Compare("!=", subject, options[0], span=span)
    return t.OneOf(subject, options, True, span=span)


def _range(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
    low, high = builder.bounds(c[0], c[2])
    return t.Between(subject, low, high, c[1].data == "closed", span=span)


def _between(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
    low, high = builder.bounds(*_operands(c))
    exclusive = any(isinstance(each, Token) and each.type == "EXCLUSIVE" for each in c)
    return t.Between(subject, low, high, not exclusive, span=span)


def _suffix(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
    return t.Compare(OPERATORS[c[1].data], subject, builder.expression(c[0]), span=span)


def _in_list(negated: bool) -> Callable[[ExpressionBuilder, Any, t.Expression, Any], t.Expression]:
    def build(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
        return t.InList(subject, builder.expression(c[1]), negated, span=span)

    return build


def _text(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
    kind = c[0].data
    return t.TextTest(kind.removeprefix("not_"), subject, builder.expression(c[1]), kind.startswith("not_"), span=span)


def _within(direction: str) -> Callable[[ExpressionBuilder, Any, t.Expression, Any], t.Expression]:
    def build(builder: ExpressionBuilder, c: Any, subject: t.Expression, span: Any) -> t.Expression:
        return t.Within(subject, direction, builder.quantity(c[1]), span=span)

    return build


_CELLS: dict[str, Callable[[ExpressionBuilder, Any, t.Expression, Any], t.Expression]] = {
    "cell_compare": _compare,
    "cell_values": _values,
    "cell_none_of": _none_of,
    "cell_range": _range,
    "cell_between": _between,
    "cell_suffix": _suffix,
    "cell_in_list": _in_list(False),
    "cell_not_in_list": _in_list(True),
    "cell_missing": lambda builder, c, subject, span: t.Missing(subject, span=span),
    "cell_known": lambda builder, c, subject, span: t.Missing(subject, True, span=span),
    "cell_text": _text,
    "cell_within_last": _within("last"),
    "cell_within_next": _within("next"),
}
