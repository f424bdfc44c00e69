"""Finds the rows that fit, by the nodes and cells that `rulelang.backends.python.index` has made.

This module imports nothing of rulelang: whoever has the nodes finds rows without what made them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    Node = "Split | Bits | int | tuple[int, ...]"
    Rests = Mapping[int, Callable[..., Any]]  # what a row asks beyond its columns, by its position
    Ranges = tuple[tuple[int, int], ...]  # half-open, ascending, apart

MISSING, BLANKS, FIRST = 0, 1, 2


class Cells:
    """The cells of a column; ``points`` are None where no row asks for an order, ``places`` the cells of values."""

    __slots__ = ("places", "points")

    def __init__(self, points: list[Any] | None, places: Mapping[Any, int]) -> None:
        self.points, self.places = points, places

    def cell(self, value: Any) -> int:
        """The cell in which a value lies."""
        points = self.points
        if points is None:
            return self.places.get(value, FIRST)
        if value is None:
            return MISSING
        try:
            at = bisect_left(points, value)
        except TypeError:
            from rulelang.model.contributions import BLANK  # rare, and more to import than all of this

            if value is BLANK:
                return BLANKS
            raise
        return FIRST + 2 * at + (at < len(points) and points[at] == value)


class Split:
    """Goes on with the part of the cell in which a value lies.

    ``parts`` is a mapping by cell, with ``others`` for the cells that no row names; or, with ``bounds``, a list whose
    item belongs to the last bound that is not beyond the cell.
    """

    __slots__ = ("bounds", "column", "others", "parts")

    def __init__(self, column: int, parts: Any, others: Any = -1, bounds: Sequence[int] | None = None) -> None:
        self.column, self.parts, self.others, self.bounds = column, parts, others, bounds


class Bits:
    """Rows by the cells in which they fit, as bits; in the ``shared`` columns several cells share a set.

    ``columns``: each with its bounds, and the rows that fit from each bound.
    """

    __slots__ = ("columns", "rows", "shared")

    def __init__(
        self,
        columns: tuple[tuple[int, Sequence[int], Sequence[int]], ...],
        rows: tuple[int, ...],
        shared: frozenset[int],
    ) -> None:
        self.columns, self.rows, self.shared = columns, rows, shared


class Finder:
    """Rows by ``root``, where the search for the first begins, and ``all_rows``, the sets of all of them, made when
    first asked for. ``ranges`` gives the cells in which a row fits in a column, None where it does not look at it."""

    __slots__ = ("_all_rows", "_cells", "_ranges", "_root")

    def __init__(
        self,
        cells: Sequence[Callable[[Any], int]],
        root: Any,
        all_rows: Callable[[], Bits],
        ranges: Callable[[int, int], Ranges | None],
    ) -> None:
        self._cells, self._root, self._all_rows, self._ranges = cells, root, all_rows, ranges

    def first(self, values: Sequence[Any], rests: Rests) -> int:
        """The position of the first row that fits, -1 where none does; ``rests`` take all values."""
        node, cells = self._root, self._cells
        while node.__class__ is Split:
            cell = cells[node.column](values[node.column])
            bounds = node.bounds
            node = node.parts.get(cell, node.others) if bounds is None else node.parts[bisect_right(bounds, cell) - 1]
        if node.__class__ is int:
            return node
        for each in self.fitting(node, values, self._ranges) if node.__class__ is Bits else node:
            if each not in rests or rests[each](*values):
                return each
        return -1

    def every(self, values: Sequence[Any], rests: Rests) -> Iterator[int]:
        """The positions of all rows that fit, in order."""
        for each in self.fitting(self._all_rows(), values, self._ranges):
            if each not in rests or rests[each](*values):
                yield each

    def fitting(self, node: Bits, values: Sequence[Any], ranges: Callable[[int, int], Ranges | None]) -> Iterator[int]:
        """The positions of the rows of a node that fit in all columns, in order."""
        left = -1
        cells = self._cells
        for column, bounds, masks in node.columns:
            left &= masks[bisect_right(bounds, cells[column](values[column])) - 1]
        rows = node.rows
        if left == -1:
            yield from rows
            return
        shared = node.shared
        while left:
            lowest = left & -left
            position = rows[lowest.bit_length() - 1]
            if not shared or self._fits(position, values, shared, ranges):
                yield position
            left ^= lowest

    def _fits(
        self, position: int, values: Sequence[Any], shared: frozenset[int], ranges: Callable[[int, int], Ranges | None]
    ) -> bool:
        """Whether a row fits in each of the columns whose cells share sets, or may."""
        for column in shared:
            found = ranges(position, column)
            if found is not None:
                cell = self._cells[column](values[column])
                if not any(low <= cell < high for low, high in found):
                    return False
        return True
