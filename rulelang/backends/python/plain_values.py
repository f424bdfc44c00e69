"""Values, and indexes made of them, as nothing but numbers, texts, tuples and dicts, which `marshal` writes and reads.

    wrapped(date(2026, 1, 1))     # ("date", 739617)
    unwrapped(("date", 739617))

This module imports next to nothing: what is kept is read with it before the first decision.
"""

from __future__ import annotations

from rulelang.backends.python.finding import BLANKS, FIRST, MISSING, Bits, Cells, Finder, Split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from rulelang.backends.python.index import Index

_SIMPLE = frozenset({int, str, bool, float, type(None)})


class NotPlainError(Exception):
    """A value has no such form."""


def wrapped(value: Any) -> tuple[str, Any]:
    """The form of a value. Raises NotPlainError where it has none."""
    kind = value.__class__
    if kind in _SIMPLE:
        return "", value
    if kind in (tuple, list, frozenset):
        if {each.__class__ for each in value} <= _SIMPLE:
            return "", value
        return kind.__name__, tuple([wrapped(each) for each in value])
    if kind is dict:
        return "dict", tuple([(wrapped(key), wrapped(each)) for key, each in value.items()])
    # By their names: to import their modules takes as long as to read what is kept.
    match f"{kind.__module__}.{kind.__name__}":
        case "datetime.date":
            return "date", value.toordinal()
        case "decimal.Decimal":
            return "decimal", str(value)
    raise NotPlainError


def unwrapped(form: tuple[str, Any]) -> Any:
    """The value of a form."""
    kind, content = form
    match kind:
        case "":
            return content
        case "date":
            from datetime import date

            return date.fromordinal(content)
        case "decimal":
            from decimal import Decimal

            return Decimal(content)
        case "dict":
            return {unwrapped(key): unwrapped(each) for key, each in content}
    found = [unwrapped(each) for each in content]
    return tuple(found) if kind == "tuple" else frozenset(found) if kind == "frozenset" else found


def wrapped_index(index: Index, every: bool) -> Any:
    """The form of an index that finds the first row and, with ``every``, all that fit. Raises NotPlainError."""
    known: dict[int, Any] = {}
    shared: set[int] = set()

    def node(value: Any) -> Any:
        if id(value) not in known:
            known[id(value)] = _node(value, node, shared)
        return known[id(value)]

    cells = [_wrapped_cells(each.cells) for each in index.columns]
    root, all_rows = node(index.root), node(index.all_rows) if every else None
    ranges = {column: {at: found[column] for at, found in index.rows if column in found} for column in shared}
    return cells, root, all_rows, ranges


def unwrapped_index(form: Any, blank: Any) -> Finder:
    """The index of a form; ``blank`` is what stands for the answer "none", None where there is no such answer."""
    blanks = {} if blank is None else {blank: BLANKS}
    cells, root, all_rows, ranges = form
    known: dict[int, Any] = {}

    def node(value: Any) -> Any:
        if value.__class__ is int:
            return value
        if id(value) not in known:
            known[id(value)] = _unwrapped_node(value, node)
        return known[id(value)]

    rows: Any = None if all_rows is None else node(all_rows)
    columns = [_unwrapped_cells(points, values, blanks).cell for points, values in cells]
    return Finder(columns, node(root), lambda: rows, lambda at, column: ranges[column].get(at))


def _node(value: Any, node: Callable[[Any], Any], shared: set[int]) -> Any:
    match value:
        case Split(column=column, parts=dict() as parts, others=others):
            return "cells", column, tuple(parts), tuple(map(node, parts.values())), node(others)
        case Split(column=column, parts=parts, bounds=bounds) if bounds is not None:
            return "bounds", column, tuple(bounds), tuple(map(node, parts))
        case Bits(columns=columns, rows=rows, shared=sharing):
            shared.update(sharing)
            return "bits", tuple([(at, tuple(bounds), tuple(masks)) for at, bounds, masks in columns]), rows, sharing
        case tuple():
            return "rows", value
    return value


def _unwrapped_node(value: Any, node: Callable[[Any], Any]) -> Any:
    match value[0]:
        case "cells":
            _, column, names, parts, others = value
            return Split(column, dict(zip(names, map(node, parts), strict=True)), node(others))
        case "bounds":
            return Split(value[1], tuple(map(node, value[3])), bounds=value[2])
        case "bits":
            return Bits(*value[1:])
    return value[1]


def _wrapped_cells(cells: Cells) -> tuple[Any, Any]:
    if cells.points is not None:
        return wrapped(cells.points), None
    # Missing and blank are the first two; the others follow, one after the other.
    return None, wrapped([value for value, cell in cells.places.items() if cell > FIRST])


def _unwrapped_cells(points: Any, values: Any, blanks: dict[Any, int]) -> Cells:
    if points is not None:
        return Cells(unwrapped(points), {})
    places = {value: FIRST + 1 + at for at, value in enumerate(unwrapped(values))}
    return Cells(None, {None: MISSING, **blanks, **places})
