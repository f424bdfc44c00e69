"""The shape of many branches that are tried in turn: which of them look at which single value, and in what way.

    shape = shape_of([branch.true for branch in branches])

A test of one value is cut out of each conjunction and stands in that value's column; what looks at several values at
once stays behind as the row's rest. Back ends find the row that fits by columns instead of one row after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from rulelang.lowering.joining import ALWAYS, all_of
from rulelang.lowering.plan import (
    Aggregated,
    All,
    Always,
    Answer,
    AtLeast,
    Blank,
    Compare,
    Constant,
    Fixed,
    In,
    Input,
    Missing,
    Operand,
    Some,
    Test,
)

Read = Input | Answer | Aggregated


@frozen
class Row:
    """A branch by columns: ``tests`` by the position of their column, and the ``rest``, ALWAYS where there is none."""

    tests: tuple[tuple[int, Test], ...]
    rest: Test = ALWAYS


@frozen
class Shape:
    """Rows in the order in which they are tried, and what each column reads."""

    columns: tuple[Read, ...]
    rows: tuple[Row, ...]

    @property
    def constrained(self) -> int:
        """How many rows look at a column."""
        return sum(bool(each.tests) for each in self.rows)

    @property
    def rests(self) -> tuple[int, ...]:
        """The positions of the rows that have a rest."""
        return tuple(number for number, each in enumerate(self.rows) if each.rest != ALWAYS)


def shape_of(tests: Iterable[Test]) -> Shape:
    """Tests that are true where a row fits, sorted into columns."""
    columns: dict[Read, int] = {}
    known: dict[int, tuple[Test, int | None]] = {}  # by identity: rows of a large table have tests in common
    rows = []
    for test in tests:
        found: dict[int, list[Test]] = {}
        rest = []
        for each in test.items if isinstance(test, All) else (test,):
            if id(each) not in known:
                read = column_of(each)
                known[id(each)] = each, None if read is None else columns.setdefault(read, len(columns))
            column = known[id(each)][1]
            if column is None:
                rest.append(each)
            else:
                found.setdefault(column, []).append(each)
        joint = ((at, tests[0] if len(tests) == 1 else all_of(tests)) for at, tests in sorted(found.items()))
        rows.append(Row(tuple(joint), all_of(rest)))
    return Shape(tuple(columns), tuple(rows))


def column_of(test: Test) -> Read | None:
    """The single value that a test compares with constants, None where it does anything else."""
    found: Read | None = None
    for each in _reads(test):
        if each is None or (found is not None and each != found):
            return None
        found = each
    return found


def _reads(test: Test) -> Iterator[Read | None]:
    """What the parts of a test read; None for a part that is no plain test of one value."""
    match test:
        case All(items=items) | Some(items=items):
            for each in items:
                yield from _reads(each)
        case Compare(left=left, right=right):
            yield _plain(left) if _is_constant(right) else None
        case In(operand=operand) | Missing(operand=operand) | Blank(operand=operand):
            yield _plain(operand)
        case Always() | AtLeast() | _:
            yield None


def _plain(operand: Operand) -> Read | None:
    if not isinstance(operand, Read) or (isinstance(operand, Aggregated) and operand.part):
        return None
    return evolve(operand, whole=False) if operand.whole else operand


def _is_constant(operand: Operand) -> bool:
    return isinstance(operand, Constant) or (isinstance(operand, Fixed) and not operand.fallible)


def fixed_in(shape: Shape) -> tuple[Fixed, ...]:
    """The values, computed once per as-of date, that columns are compared with."""
    found: dict[Fixed, None] = {}
    for row in shape.rows:
        for _, test in row.tests:
            for each in _comparisons(test):
                if isinstance(each.right, Fixed):
                    found[each.right] = None
    return tuple(found)


def _comparisons(test: Test) -> Sequence[Compare]:
    match test:
        case Compare():
            return (test,)
        case All(items=items) | Some(items=items):
            return [found for each in items for found in _comparisons(each)]
    return ()
