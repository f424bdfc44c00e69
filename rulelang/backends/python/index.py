"""Finds the row that fits among thousands without trying one after the other.

    index = Index(shape, fixed)
    index.first(values, rests)     # the position of the first row that fits, or -1

Rows are split column by column, into a part for every cell of the column. Where that would copy too many rows (those
that don't look at the column belong to every part) each column keeps for each of its cells the set of rows that fit
there, as the bits of one large integer: the first row that fits in all columns is their lowest common bit. The answer
is that of the plain order, always; what a row asks beyond its columns is tried in that order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import field, frozen

from rulelang.backends.python.cells import Column, Ranges
from rulelang.backends.python.finding import MISSING, Bits, Finder, Split
from rulelang.lowering.columns import Shape
from rulelang.lowering.plan import Fixed
from rulelang.uncollected import uncollected

Rests = Mapping[int, Callable[..., Any]]  # what a row asks beyond its columns, by its position

MOST_COPIES = 4  # splits may leave so many times the rows there are
SMALL = 8  # so few rows are split whatever it costs
MOST_SETS = 500  # sets of a column: where it has more cells, neighbours share one, and rows found by it are tried

Row = tuple[int, dict[int, Ranges]]  # its position, and the cells of each column it looks at
Node = Split | Bits | int | tuple[int, ...]  # a row's position, -1 for none; or rows of which the rest is to be tried


@frozen(slots=False)
class Index:
    """An index over the rows of a shape, as of one date; made when first asked."""

    shape: Shape
    fixed: Mapping[Fixed, Any] = field(repr=False)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The cells of every column."""
        tests: list[list[Any]] = [[] for _ in self.shape.columns]
        for row in self.shape.rows:
            for column, test in row.tests:
                tests[column].append(test)
        return tuple(Column.of(each, self.fixed) for each in tests)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows by cells."""
        columns = self.columns
        known: list[dict[Any, Ranges]] = [{} for _ in columns]
        rows: list[Row] = []
        for position, row in enumerate(self.shape.rows):
            found = {}
            for column, test in row.tests:
                if test not in known[column]:
                    known[column][test] = columns[column].true(test)
                found[column] = known[column][test]
            rows.append((position, found))
        return rows

    @cached_property
    def root(self) -> Node:
        """Where the search begins."""
        rests = frozenset(self.shape.rests)
        with uncollected():
            return _Builder(self.columns, rests, MOST_COPIES * len(self.shape.rows)).node(self.rows)

    @cached_property
    def finder(self) -> Finder:
        """What finds the rows once the index is made."""
        columns = tuple(each.cells.cell for each in self.columns)
        return Finder(columns, self.root, lambda: self.all_rows, lambda at, column: self.rows[at][1].get(column))

    @cached_property
    def first(self) -> Callable[[Sequence[Any], Rests], int]:
        """The position of the first row that fits, -1 where none does; of values and the rests, which take all."""
        return self.finder.first

    @cached_property
    def every(self) -> Callable[[Sequence[Any], Rests], Iterator[int]]:
        """The positions of all rows that fit, in order."""
        return self.finder.every

    def open(self, values: Sequence[Any]) -> Iterator[tuple[int, bool]]:
        """The rows that fit or may come to fit, with whether they fit for certain; up to the first of these.

        Only for a shape without rests.
        """
        cells = [column.cells.cell(value) for column, value in zip(self.columns, values, strict=False)]
        missing = frozenset(column for column, cell in enumerate(cells) if cell == MISSING)
        for position in self.finder.fitting(self._open_bits, values, self._open_ranges):
            sure = not missing or self._is_sure(position, missing)
            yield position, sure
            if sure:
                return

    def _is_sure(self, position: int, missing: frozenset[int]) -> bool:
        found = self.rows[position][1]
        return all(found[each][:1] and found[each][0][0] == MISSING for each in missing if each in found)

    def _open_ranges(self, position: int, column: int) -> Ranges | None:
        """Where a row fits in a column, or may come to fit."""
        tests = [test for at, test in self.shape.rows[position].tests if at == column]
        return self.columns[column].open(tests[0]) if tests else None

    @cached_property
    def all_rows(self) -> Bits:
        """The sets of all rows."""
        with uncollected():
            return bits(self.rows, self.columns)

    @cached_property
    def _open_bits(self) -> Bits:
        """The same with rows that a missing value leaves open."""
        rows = []
        with uncollected():
            for (position, found), row in zip(self.rows, self.shape.rows, strict=True):
                rows.append((position, {**found, **{at: self.columns[at].open(test) for at, test in row.tests}}))
            return bits(rows, self.columns)


class _Builder:
    """Makes the nodes; ``budget`` is how many copies of rows may still be made."""

    def __init__(self, columns: tuple[Column, ...], rests: frozenset[int], budget: int) -> None:
        self.columns, self.rests, self.budget = columns, rests, budget

    def node(self, rows: list[Row]) -> Node:
        """The node that finds the first of some rows that fits."""
        asked = dict.fromkeys(column for _, found in rows for column in found)
        if not asked:
            positions = tuple(position for position, _ in rows)
            return positions if any(each in self.rests for each in positions) else (positions or (-1,))[0]
        most = len(rows) + max(self.budget, 0) if len(rows) > SMALL else None
        best: tuple[list[int], list[list[Row]]] | None = None
        for column in asked:
            parts = self._parts(rows, column, most)
            if parts is not None and (best is None or _size(parts) < _size(best)):
                best, chosen = parts, column
        if best is None:
            return bits(rows, self.columns)
        self.budget -= _size(best) - len(rows)
        return self._split(rows, chosen, *best)

    def _parts(self, rows: list[Row], column: int, most: int | None) -> tuple[list[int], list[list[Row]]] | None:
        """The bounds of a column's parts and the rows of each; None where they are more than ``most`` together.

        Nothing comes after a row that fits whatever is asked next: a part is then closed.
        """
        bounds = _bounds(rows, column, self.columns[column])
        at = {bound: number for number, bound in enumerate(bounds)}
        end, placed = len(bounds), 0
        parts: list[list[Row]] = [[] for _ in bounds]
        following = list(range(end + 1))  # the next part that is not closed

        def next_open(number: int) -> int:
            while following[number] != number:
                following[number] = following[following[number]]
                number = following[number]
            return number

        for row in rows:
            position, found = row
            ranges = found.get(column)
            closes = len(found) == (ranges is not None) and position not in self.rests
            for low, high in ((0, -1),) if ranges is None else ranges:
                last, number = at.get(high, end), next_open(at[low])
                while number < last:
                    parts[number].append(row)
                    placed += 1
                    if most is not None and placed > most:
                        return None
                    if closes:
                        following[number] = number + 1
                    number = next_open(number + 1)
        return bounds, parts

    def _split(self, rows: list[Row], column: int, bounds: list[int], parts: list[list[Row]]) -> Split:
        known: dict[tuple[int, ...], Node] = {}
        nodes: list[Node] = []
        rests: dict[int, Row] = {}  # the rows without the column that is asked here
        for part in parts:
            key = tuple(position for position, _ in part)
            if key not in known:
                for position, found in part:
                    if position not in rests:
                        rests[position] = position, {at: span for at, span in found.items() if at != column}
                known[key] = self.node([rests[position] for position in key])
            nodes.append(known[key])
        spans = [span for _, found in rows for span in found.get(column, ())]
        if self.columns[column].points is None and all(high == low + 1 for low, high in spans):
            named = {low for low, _ in spans}
            others = next((node for bound, node in zip(bounds, nodes, strict=True) if bound not in named), -1)
            return Split(column, {at: node for at, node in zip(bounds, nodes, strict=True) if at in named}, others)
        return Split(column, nodes, bounds=bounds)


def _size(parts: tuple[list[int], list[list[Row]]]) -> int:
    """How many rows all parts have together."""
    return sum(map(len, parts[1]))


def _bounds(rows: Sequence[Row], column: int, cells: Column) -> list[int]:
    """The cells at which what fits in a column may change, the first cell included."""
    found = {0, *(bound for _, ranges in rows if column in ranges for span in ranges[column] for bound in span)}
    return sorted(found - {cells.count})


def bits(rows: Sequence[Row], columns: tuple[Column, ...]) -> Bits:
    """The sets of rows by column and cell."""
    asked = dict.fromkeys(column for _, found in rows for column in found)
    shared, found = set(), []
    for column in asked:
        bounds = _bounds(rows, column, columns[column])
        if len(bounds) > MOST_SETS:
            shared.add(column)
            bounds = bounds[:: len(bounds) // MOST_SETS + 1]
        found.append((column, bounds, _masks(rows, column, bounds)))
    return Bits(tuple(found), tuple(position for position, _ in rows), frozenset(shared))


def _masks(rows: Sequence[Row], column: int, bounds: Sequence[int]) -> list[int]:
    """For each bound the rows that fit somewhere from there to the next one."""
    anywhere = bytearray((len(rows) + 7) // 8)
    starts: list[list[int]] = [[] for _ in bounds]
    ends: list[list[int]] = [[] for _ in range(len(bounds) + 1)]
    for number, (_, found) in enumerate(rows):
        ranges = found.get(column)
        if ranges is None:
            anywhere[number >> 3] |= 1 << (number & 7)
            continue
        spans = [(bisect_right(bounds, low) - 1, bisect_right(bounds, high - 1)) for low, high in ranges]
        for (first, last), (_, before) in zip(spans, [(0, -1), *spans], strict=False):
            # Where cells share a set, two ranges of a row may meet in one.
            start = max(first, before)
            if start < last:
                starts[start].append(number)
                ends[last].append(number)
    mask, masks = int.from_bytes(anywhere, "little"), []
    for begun, ended in zip(starts, ends, strict=False):
        mask ^= _as_bits(ended) ^ _as_bits(begun)
        masks.append(mask)
    return masks


def _as_bits(numbers: Sequence[int]) -> int:
    """Different numbers as the bits of one."""
    found = 0
    for each in numbers:
        found |= 1 << each
    return found
