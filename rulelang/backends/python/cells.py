"""A column of an index: its values cut into cells at everything the rows compare it with.

Cell 0 is missing, cell 1 blank. After them come, where rows ask for an order, the values below the first point, the
first point itself, the values between it and the second, and so on; elsewhere all other values, then each value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from rulelang.backends.python.finding import BLANKS, FIRST, MISSING, Cells
from rulelang.lowering.plan import All, Blank, Compare, Constant, Fixed, In, Missing, Operand, Some, Test
from rulelang.model.contributions import BLANK
from rulelang.model.kleene import every, some

Ranges = tuple[tuple[int, int], ...]  # half-open, ascending, apart


@frozen
class Column:
    """The cells of a column; ``points`` are None where no row asks for an order, ``places`` the cells of values."""

    points: list[Any] | None
    places: Mapping[Any, int]
    count: int
    fixed: Mapping[Fixed, Any] = field(eq=False, repr=False)

    @staticmethod
    def of(tests: Iterable[Test], fixed: Mapping[Fixed, Any]) -> Column:
        """The column of some tests; ``fixed`` are the values computed for the as-of date."""
        values: dict[Any, None] = {}
        ordered = False
        for test in tests:
            for each in _atoms(test):
                if isinstance(each, Compare):
                    values[_value(each.right, fixed)] = None
                    ordered = ordered or each.operator not in ("=", "!=")
                elif isinstance(each, In):
                    values.update(dict.fromkeys(each.values))
        if ordered:
            points = sorted(values)
            return Column(
                points, {point: FIRST + 2 * at + 1 for at, point in enumerate(points)}, 3 + 2 * len(points), fixed
            )
        places = {None: MISSING, BLANK: BLANKS, **{value: FIRST + 1 + at for at, value in enumerate(values)}}
        return Column(None, places, FIRST + 1 + len(values), fixed)

    @property
    def cells(self) -> Cells:
        """What finds the cell of a value."""
        return Cells(self.points, self.places)

    def true(self, test: Test) -> Ranges:
        """The cells in which a test is true."""
        match test:
            case Compare(operator=sign, right=right):
                return self._compared(sign, self.places[_value(right, self.fixed)])
            case In(values=values, negated=negated):
                cells = sorted({self.places[each] for each in values})
                inside = tuple((cell, cell + 1) for cell in cells)
                return _without(((FIRST, self.count),), cells) if negated else inside
            case Missing(negated=negated):
                return ((FIRST, self.count),) if negated else ((MISSING, FIRST),)
            case Blank():
                return ((BLANKS, FIRST),)
            case All(items=items):
                found: Ranges = ((0, self.count),)
                for each in items:
                    found = _both(found, self.true(each))
                return found
            case Some(items=items):
                return _joined(span for each in items for span in self.true(each))
        raise AssertionError(f"no test of one column: {test!r}")

    def open(self, test: Test) -> Ranges:
        """The cells in which a test is not false: where it is true, and the missing cell where that leaves it open."""
        ranges = self.true(test)
        return _joined([(MISSING, MISSING + 1), *ranges]) if _when_missing(test) is None else ranges

    def _compared(self, sign: str, cell: int) -> Ranges:
        below, above = (FIRST, cell), (cell + 1, self.count)
        match sign:
            case "=":
                return ((cell, cell + 1),)
            case "!=":
                return _joined((below, above))
            case "<":
                return (below,)
            case "<=":
                return ((FIRST, cell + 1),)
            case ">":
                return (above,) if above[0] < above[1] else ()
        return ((cell, self.count),)


def _atoms(test: Test) -> Iterable[Test]:
    if isinstance(test, All | Some):
        return [found for each in test.items for found in _atoms(each)]
    return (test,)


def _value(operand: Operand, fixed: Mapping[Fixed, Any]) -> Any:
    if isinstance(operand, Fixed):
        return fixed[operand]
    assert isinstance(operand, Constant)
    return operand.value


def _when_missing(test: Test) -> bool | None:
    """What a test comes to where its value is missing."""
    match test:
        case Missing(negated=negated):
            return not negated
        case Blank():
            return False
        case All(items=items):
            return every(_when_missing(each) for each in items)
        case Some(items=items):
            return some(_when_missing(each) for each in items)
    return None


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges in any order as ascending ones apart."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(each for each in ranges if each[0] < each[1]):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def _both(left: Ranges, right: Ranges) -> Ranges:
    found = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(sorted(each for each in found if each[0] < each[1]))


def _without(ranges: Ranges, cells: Iterable[int]) -> Ranges:
    for cell in cells:
        apart = [part for low, high in ranges for part in ((low, min(high, cell)), (max(low, cell + 1), high))]
        ranges = tuple(sorted(set(each for each in apart if each[0] < each[1])))
    return ranges
