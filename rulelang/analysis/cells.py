"""The cells into which the values of a variable are cut: all values of one cell are alike to every condition.

A number or a date is cut at each threshold (below it, on it, above it), a choice into its members, a text into what
the conditions tell apart; beside them stand a cell for *missing* and, where a blank is an answer, one for that.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from attrs import field, frozen

from rulelang.model.contributions import BLANK
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import exact
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Type, YesNo

VALUE, MISSING, NONE = "value", "missing", "blank"
_LAST_DAY = date.max.toordinal()


@frozen
class Cell:
    """Values that are alike; ``low`` and ``high`` stand for them, next to the lower and to the upper end.

    ``single``: there is no other value in it. ``open_below``: it reaches as far down as the type does.
    ``between`` are the thresholds on both sides, which are not in it, None where there is none.
    """

    kind: str
    low: Any = None
    high: Any = None
    single: bool = False
    open_below: bool = False
    open_above: bool = False
    between: tuple[Fraction | None, Fraction | None] = (None, None)

    @property
    def value(self) -> Any:
        """A value as an evaluation sees it: None where missing, BLANK for a blank that is an answer."""
        return BLANK if self.kind == NONE else self.low


@frozen
class Cells:
    """The cells of one variable, in the order of its values; ``locate`` finds the cell of a value by its number."""

    cells: tuple[Cell, ...]
    locate: Callable[[Any], int | None] = field(eq=False, repr=False)
    ordered: bool = False
    edges: Callable[[Fraction], tuple[int, int]] | None = field(default=None, eq=False, repr=False)
    _kinds: Mapping[str, int] = field(init=False, eq=False, repr=False)

    @_kinds.default
    def _masks(self) -> Mapping[str, int]:
        found = dict.fromkeys((VALUE, MISSING, NONE), 0)
        for number, cell in enumerate(self.cells):
            found[cell.kind] |= 1 << number
        return found

    @property
    def full(self) -> int:
        """The mask of all cells."""
        return (1 << len(self.cells)) - 1

    @property
    def known(self) -> int:
        """The mask of the cells with values."""
        return self.of_kind(VALUE)

    def of_kind(self, *kinds: str) -> int:
        """The mask of the cells of some kinds."""
        result = 0
        for kind in kinds:
            result |= self._kinds[kind]
        return result

    def number(self, value: Any) -> int | None:
        """The number of the cell a value lies in: None is missing, BLANK a blank; None where it lies in none."""
        if value is None or value is BLANK:
            kind = MISSING if value is None else NONE
            return next((number for number, cell in enumerate(self.cells) if cell.kind == kind), None)
        return self.locate(value)

    def mask_of(self, value: Any) -> int:
        """The mask of the cell a value lies in, empty where it lies in none."""
        number = self.number(value)
        return 0 if number is None else 1 << number

    def truths(self, holds: Callable[[Any], bool | None]) -> tuple[int, int]:
        """The masks of the cells in which a condition is true, and false."""
        true = false = 0
        for number, cell in enumerate(self.cells):
            found = holds(cell.value)
            true |= (found is True) << number
            false |= (found is False) << number
        return true, false

    def truths_between(self, thresholds: Iterable[Fraction], holds: Callable[[Any], bool | None]) -> tuple[int, int]:
        """The same for a condition whose answer changes at some thresholds only: one value between two is tried."""
        assert self.edges is not None, "only ordered values have thresholds"
        known = self.known.bit_length()
        bounds = {0, known}
        for each in thresholds:
            bounds.update(self.edges(each))
        starts = sorted(each for each in bounds if each <= known)
        true = false = 0
        for start, end in pairwise(starts):
            found = holds(self.cells[start].value)
            mask = ((1 << end) - 1) & ~((1 << start) - 1)
            true, false = true | (mask if found is True else 0), false | (mask if found is False else 0)
        for number in range(known, len(self.cells)):
            found = holds(self.cells[number].value)
            true, false = true | (found is True) << number, false | (found is False) << number
        return true, false


def numbers_of(mask: int) -> Iterator[int]:
    """The numbers of the cells in a mask."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


@frozen
class Extras:
    """What a variable can be beside a value."""

    missing: bool = True
    blank: bool = False

    def cells(self) -> list[Cell]:
        return [Cell(NONE)] * self.blank + [Cell(MISSING)] * self.missing


def enumerated(values: Iterable[Any], extras: Extras) -> Cells:
    """A cell for each of a few values."""
    known = tuple(values)
    numbers = {value: number for number, value in enumerate(known)}
    cells = [Cell(VALUE, each, each, True) for each in known]
    return Cells((*cells, *extras.cells()), numbers.get)


def finite_values(type_: Type) -> tuple[Any, ...] | None:
    """All values of a type, None where they are more than anybody can list."""
    match type_:
        case YesNo():
            return (True, False)
        case Choice():
            return type_.keys()
    return None


def is_ordered(type_: Type) -> bool:
    """Whether the values of a type are cut at thresholds."""
    return isinstance(type_, Number | Money | Length | Date)


def as_key(value: Any) -> Fraction:
    """A number or a date on one line: dates by their day number."""
    return Fraction(value.toordinal() if isinstance(value, date) else value)


def between_cuts(type_: Type, cuts: Iterable[Fraction], low: Any, high: Any, extras: Extras) -> Cells:
    """The cells of an ordered variable between its limits (None: as far as the type goes), cut at some places."""
    is_date = isinstance(type_, Date)
    first = as_key(low) if low is not None else Fraction(1) if is_date else None
    last = as_key(high) if high is not None else Fraction(_LAST_DAY) if is_date else None
    marks = sorted({each for each in cuts if (first is None or each >= first) and (last is None or each <= last)})
    whole = is_date or isinstance(type_, Length) or (isinstance(type_, Number) and type_.decimals == 0)
    step = Fraction(1) if whole else Fraction(1, 100)
    shown: Callable[[Fraction], Any] = _day if is_date else _number
    cells: list[Cell] = []
    places: list[int | None] = []  # below the first mark, on it, between it and the second, …
    ends: list[Fraction | None] = [None, *marks, None]
    for position in range(len(marks) + 1):
        below, above = ends[position], ends[position + 1]
        found = _interval(below, above, first, last, whole, step)
        places.append(None if found is None else len(cells))
        if found is not None:
            least, most, single = found
            ends_open = (below is None, above is None)
            cells.append(Cell(VALUE, shown(least), shown(most), single, *ends_open, (below, above)))
        if position < len(marks):
            here = _finite(marks[position], whole)
            places.append(len(cells) if here else None)
            if here:
                cells.append(Cell(VALUE, shown(marks[position]), shown(marks[position]), True))

    def locate(value: Any) -> int | None:
        key = as_key(value)
        if (first is not None and key < first) or (last is not None and key > last):
            return None
        index = bisect_left(marks, key)
        on_mark = index < len(marks) and marks[index] == key
        return places[2 * index + 1 if on_mark else 2 * index]

    def edges(key: Fraction) -> tuple[int, int]:
        """The numbers of the first cell on or above a threshold, and of the first above it."""
        index = bisect_left(marks, key)
        on_mark = index < len(marks) and marks[index] == key
        later = [place for place in places[2 * index + (1 if on_mark else 0) :][:6] if place is not None]
        first_cell = later[0] if later else len(cells)
        beyond = [place for place in places[2 * index + 2 :][:6] if place is not None] if on_mark else later
        return first_cell, beyond[0] if beyond else len(cells)

    return Cells((*cells, *extras.cells()), locate, ordered=True, edges=edges)


def _interval(
    below: Fraction | None,
    above: Fraction | None,
    first: Fraction | None,
    last: Fraction | None,
    whole: bool,
    step: Fraction,
) -> tuple[Fraction, Fraction, bool] | None:
    """The values next to both ends of an open interval within the limits, and whether they are the only one."""
    least = first if below is None else _after(below, whole, step)
    most = last if above is None else _before(above, whole, step)
    if least is None and most is None:
        return Fraction(0), Fraction(0), False
    if least is None:
        assert most is not None
        return most, most, False
    if most is None:
        return least, least, False
    if least <= most and (below is None or least > below) and (above is None or most < above):
        return least, most, whole and least == most
    # No value at the usual distance from both ends: the limit itself, or something between two thresholds.
    if whole or (below is not None and above is not None and below >= above):
        return None
    if below is None:
        return (least, least, False) if above is None or least < above else None
    if above is None:
        return (most, most, False) if most > below else None
    middle = _decimal_between(below, above)
    return middle, middle, False


def _after(mark: Fraction, whole: bool, step: Fraction) -> Fraction:
    return Fraction(math.floor(mark) + 1) if whole else Fraction(math.floor(mark / step) + 1) * step


def _before(mark: Fraction, whole: bool, step: Fraction) -> Fraction:
    return Fraction(math.ceil(mark) - 1) if whole else Fraction(math.ceil(mark / step) - 1) * step


def _decimal_between(below: Fraction, above: Fraction) -> Fraction:
    """A number with as few decimals as possible strictly between two."""
    unit = Fraction(1)
    while True:
        candidate = Fraction(math.floor(below / unit) + 1) * unit
        if candidate < above:
            return candidate
        unit /= 10


def _finite(mark: Fraction, whole: bool) -> bool:
    """Whether a value can lie exactly on a mark: 1/3 has no decimals that end."""
    if whole:
        return mark.denominator == 1
    rest = mark.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _number(key: Fraction) -> int | Decimal:
    if key.denominator == 1:
        return int(key)
    try:
        found = exact(key)
    except Unreadable:  # more digits than numbers may have: no value lies there
        found = None
    return Decimal(key.numerator) / Decimal(key.denominator) if found is None else found


def _day(key: Fraction) -> date:
    return date.fromordinal(int(key))


def grouped(
    candidates: Sequence[str],
    signatures: Sequence[tuple[Any, ...]],
    sign: Callable[[str], Any],
    other: set[Any],
    extras: Extras,
) -> Cells:
    """The cells of a text: candidates with one signature are one cell; ``sign`` gives the signature of any text.

    Signatures in ``other`` have more texts than the candidates.
    """
    numbers: dict[Any, int] = {}
    members: list[list[str]] = []
    for text, signature in zip(candidates, signatures, strict=True):
        number = numbers.setdefault(signature, len(members))
        if number == len(members):
            members.append([])
        members[number].append(text)
    by_number = {number: signature for signature, number in numbers.items()}
    cells = [
        Cell(VALUE, texts[0], texts[0], len(texts) == 1 and by_number[number] not in other)
        for number, texts in enumerate(members)
    ]
    return Cells((*cells, *extras.cells()), lambda text: numbers.get(sign(text)))
