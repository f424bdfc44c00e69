"""``sum of score in table "Score card"``, ``sum of weight in table weights``: what a column of a table comes to.

It is known before anything runs, so a requirement on it is checked when the rules are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import evolve

from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.scope import Scope
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.values.numbers import Number as ExactNumber
from rulelang.values.numbers import add, compare, read_number
from rulelang.vocabulary.lookups import column_type, is_dated
from rulelang.vocabulary.types import Number, Type, is_numeric


def resolve_total(node: t.TableTotal, scope: Scope) -> m.Expression | None:
    """The total as a constant, or None where it was reported to be wrong."""
    found = _entries(node, scope) if isinstance(node.table, t.Name) else _results(node, scope)
    if found is None:
        return None
    values, type_ = found
    if node.kind == "count":
        return m.Literal(len(values), Number(0), span=node.span)
    if not values:
        scope.report("table-total-empty", node.span, name=node.column.text)
        return None
    total: Any = values[0]
    for each in values[1:]:
        if node.kind == "sum":
            total = add(total, each)
        elif (compare(each, total) > 0) == (node.kind == "largest"):
            total = each
    return m.Literal(total, type_, span=node.span)


def _results(node: t.TableTotal, scope: Scope) -> tuple[Sequence[ExactNumber], Type] | None:
    """What the rows of a decision table give to an outcome."""
    name = node.table.text
    table = scope.tables.get(name)
    if table is None:
        scope.report_near("unknown-table", node.span, nearest(name, scope.tables), name=name)
        return None
    symbol = scope.vocabulary.symbols.get(node.column.text)
    if symbol is None or symbol.kind != "outcome":
        given = {each.target.text for row in table.rows for each in row.actions if each.target is not None}
        scope.report_near("unknown-outcome", node.column.span, nearest(node.column.text, given), name=node.column.text)
        return None
    outcome = scope.vocabulary.outcomes[symbol.key]
    if not is_numeric(outcome.type):
        scope.report("table-total-type", node.column.span, name=node.column.text)
        return None
    values: list[ExactNumber] = []
    for row in table.rows:
        for action in row.actions:
            if action.target is None or scope.vocabulary.symbols.get(action.target.text) != symbol:
                continue
            value = scope.value(action.value, evolve(scope, diagnostics=[]), outcome.type)
            if value is None:
                return None  # reported with the row
            if not isinstance(value, m.Literal) or not is_numeric(value.type):
                scope.report("table-total-not-constant", action.value.span, text=scope.written(action.value))
                return None
            values.append(value.value)  # type: ignore[arg-type]  # numeric, so it holds a number
    return values, outcome.type


def _entries(node: t.TableTotal, scope: Scope) -> tuple[Sequence[ExactNumber], Type] | None:
    """The cells of a reference table's column."""
    symbol = scope.vocabulary.symbols.get(node.table.text)
    if symbol is None or symbol.kind != "list":
        names = [name for name, each in scope.vocabulary.symbols.items() if each.kind == "list"]
        scope.report_near("unknown-list", node.table.span, nearest(node.table.text, names), name=node.table.text)
        return None
    reference = scope.vocabulary.lists[symbol.key]
    if node.column.text not in reference.columns:
        facts = {"file": reference.source, "column": node.column.text, "columns": reference.columns}
        scope.report_near("missing-column", node.column.span, nearest(node.column.text, reference.columns), **facts)
        return None
    if is_dated(reference):
        scope.report("table-total-dated", node.span, name=node.table.text)
        return None
    place = reference.columns.index(node.column.text)
    type_ = column_type(reference, place)
    if not is_numeric(type_):
        scope.report("table-total-type", node.column.span, name=node.column.text)
        return None
    return list(_numbers(reference.rows, place)), type_


def _numbers(rows: Sequence[tuple[str, ...]], place: int) -> Iterator[ExactNumber]:
    for row in rows:
        number = read_number(row[place]) if place < len(row) and row[place] else None
        if number is not None:
            yield number
