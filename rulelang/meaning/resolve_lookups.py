"""From the syntax of a lookup in a reference table to a typed expression of the model."""

from __future__ import annotations

from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.vocabulary.lookups import column_type, doubled_keys, key_column, strange_cells
from rulelang.vocabulary.types import Choice, Text, Type


def resolve_lookup(node: t.Lookup, scope: Scope, expected: Type | None = None) -> m.Expression | None:
    """``weight of country in country_risk, or 50``: a value of a reference table.

    Beside an ordered choice or given to one, the cells of the column are its members.
    """
    symbol = scope.vocabulary.symbols.get(node.table.text)
    if symbol is None or symbol.kind != "list":
        near = nearest(node.table.text, scope.vocabulary.lists)
        scope.report_near("unknown-list", node.table.span, near, name=node.table.text)
        return None
    reference = scope.vocabulary.lists[symbol.key]
    if node.column.text not in reference.columns:
        facts = {"file": reference.source or reference.name, "column": node.column.text, "columns": reference.columns}
        scope.report_near("missing-column", node.column.span, nearest(node.column.text, reference.columns), **facts)
        return None
    key = scope.value(node.key, scope, Text())
    if key is None:
        return None
    if not isinstance(key.type, Text | Choice):
        scope.report("not-a-text", node.key.span, name=scope.written(node.key), type=type_word(key.type))
        return None
    names: list[str] = []
    if isinstance(key, m.FieldRef):
        field = scope.vocabulary.fields[key.name]
        names = [each for each in (field.name, field.label) if each]
    place = key_column(reference, names)
    doubled = doubled_keys(reference, place)
    if doubled:
        scope.report("doubled-key", node.table.span, file=reference.source or reference.name, keys=doubled[:5])
        return None
    column = reference.columns.index(node.column.text)
    type_ = column_type(reference, column)
    if isinstance(expected, Choice) and isinstance(type_, Text):
        strange = strange_cells(reference, column, expected)
        if strange:
            facts = {"file": reference.source or reference.name, "column": node.column.text, "cells": strange[:5]}
            scope.report("cells-not-members", node.span, **facts, members=expected.keys())
            return None
        type_ = expected
    default = None
    if node.default is not None:
        default = scope.value(node.default, scope, type_)
        if default is None:
            return None
        if not isinstance(default, m.Literal | m.ThresholdRef):
            scope.report("lookup-default-not-constant", node.default.span, name=scope.written(node.default))
            return None
        if type(default.type) is not type(type_):
            facts_ = {"left_type": type_word(type_), "right_type": type_word(default.type)}
            left, right = node.column.text, scope.written(node.default)
            scope.report("type-mismatch", node.default.span, left=left, right=right, **facts_)
            return None
    return m.Lookup(symbol.key, place, column, key, default, type_, span=node.span)
