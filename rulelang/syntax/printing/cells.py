"""Prints what a cell of a decision table says, as short as a cell is: the column's head says of what."""

from __future__ import annotations

from collections.abc import Callable

from rulelang.syntax import tree as t
from rulelang.syntax.build_tables import Column
from rulelang.syntax.printing.expressions import print_ends, print_one
from rulelang.syntax.printing.speller import Speller

_SIGNS = {">": "more", ">=": "at_least", "<": "less", "<=": "at_most", "=": "is", "!=": "not"}
_OPENING = {">": "(", ">=": "["}
_CLOSING = {"<": ")", "<=": "]"}


def print_head(column: Column, speller: Speller) -> str:
    """The head of a column."""
    if column.kind == "because":
        return speller.fill("head_because")
    assert column.subject is not None
    subject = print_one(column.subject, speller)
    return subject if column.kind == "condition" else speller.fill(f"head_{column.kind}", subject)


def print_cell(condition: t.Expression, speller: Speller) -> str | None:
    """The condition of a cell; None for one that no cell can say."""
    printer = _PRINTERS.get(type(condition))
    return None if printer is None else printer(condition, speller)


def _compare(node: t.Compare, s: Speller) -> str:
    return s.fill(f"cell_{_SIGNS.get(node.operator, node.operator)}", print_one(node.right, s))


def _between(node: t.Between, s: Speller) -> str | None:
    if node.negated:
        return None
    return s.fill("cell_range" if node.include_high else "cell_range_open", *print_ends(node.low, node.high, s))


def _interval(node: t.Connected, s: Speller) -> str | None:
    if len(node.items) != 2 or node.operator != "and":
        return None
    first, second = node.items
    if not (isinstance(first, t.Compare) and isinstance(second, t.Compare)):
        return None
    if first.operator not in _OPENING or second.operator not in _CLOSING:
        return None
    low, high = print_ends(first.right, second.right, s)
    return f"{_OPENING[first.operator]}{low} .. {high}{_CLOSING[second.operator]}"


def _one_of(node: t.OneOf, s: Speller) -> str:
    return s.fill("cell_not" if node.negated else "cell_is", s.names([print_one(each, s) for each in node.options]))


def _text_test(node: t.TextTest, s: Speller) -> str:
    return s.fill(f"cell_{'not_' if node.negated else ''}{node.kind}", print_one(node.pattern, s))


_PRINTERS: dict[type, Callable[..., str | None]] = {
    t.Compare: _compare,
    t.Between: _between,
    t.Connected: _interval,
    t.OneOf: _one_of,
    t.InList: lambda node, s: s.fill("cell_not_in_list" if node.negated else "cell_in_list", print_one(node.list, s)),
    t.Missing: lambda node, s: s.fill("cell_known" if node.negated else "cell_missing"),
    t.TextTest: _text_test,
    t.Within: lambda node, s: s.fill(f"cell_within_{node.direction}", print_one(node.quantity, s)),
}
