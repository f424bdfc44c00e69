"""Which of many conditions can be true of one customer, as far as the cells of single variables tell.

meeting = Meeting.of(formulas, [first, second, third])
meeting.places(second)       # a bit set: those that may hold together with it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, field

from rulelang.analysis.formula import ALL, LITERAL, Box, Formulas

Masks = Mapping[int, int]
MOST_KEPT = 20_000


def masks_of(formulas: Formulas, formula: int) -> Masks:
    """The cells that a formula asks of each variable, as far as it is one box."""
    kind, parts = formulas.kinds[formula], formulas.parts[formula]
    single = (formula,) if kind == LITERAL else parts if kind == ALL else ()
    return {formulas.parts[each][0]: formulas.parts[each][1] for each in single if formulas.kinds[each] == LITERAL}


@define(eq=False)
class _Column:
    """What some formulas ask of one variable: sets of their places.

    Cells in a row are told apart by where they begin and end, so that many bands cost little; others one by one.
    """

    free: int = 0  # those that ask nothing of it
    ends: list[tuple[int, int]] = field(
        factory=list
    )  # the last cell of a band, and the places that end there or before
    starts: list[tuple[int, int]] = field(factory=list)  # the first one, and who begins there or after
    bands: int = 0
    others: dict[int, int] = field(factory=dict)
    _met: dict[int, int] = field(factory=dict)

    @classmethod
    def of(cls, masks: Mapping[int, int], free: int) -> _Column:
        """The column of masks, each with the places of those that ask it."""
        made = cls(free)
        ends: dict[int, int] = {}
        starts: dict[int, int] = {}
        for mask, places in masks.items():
            first, last = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
            if mask.bit_count() == last - first + 1:
                made.bands |= places
                starts[first] = starts.get(first, 0) | places
                ends[last] = ends.get(last, 0) | places
            else:
                made.others[mask] = places
        gathered = 0
        for last, places in sorted(ends.items()):
            gathered |= places
            made.ends.append((last, gathered))
        gathered = 0
        for first, places in sorted(starts.items(), reverse=True):
            gathered |= places
            made.starts.append((first, gathered))
        made.starts.reverse()
        return made

    def meeting(self, mask: int) -> int:
        """The places of those with a cell in common with a mask."""
        found = self._met.get(mask)
        if found is None:
            found = self.free
            for other, places in self.others.items():
                if other & mask:
                    found |= places
            band = mask
            while band:  # each stretch of cells in a row
                first = (band & -band).bit_length() - 1
                stretch = band + (1 << first)  # carries past the stretch
                last = ((stretch & -stretch).bit_length() - 1 if stretch else band.bit_length()) - 1
                found |= self.bands & ~_before(self.ends, first) & ~_after(self.starts, last)
                band &= ~((1 << (last + 1)) - 1)
            if len(self._met) > MOST_KEPT:
                self._met.clear()
            self._met[mask] = found
        return found


def _before(ends: Sequence[tuple[int, int]], first: int) -> int:
    """The places of the bands that end before a cell."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if ends[middle][0] < first else (low, middle)
    return ends[low - 1][1] if low else 0


def _after(starts: Sequence[tuple[int, int]], last: int) -> int:
    """The places of the bands that begin after a cell."""
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if starts[middle][0] <= last else (low, middle)
    return starts[low][1] if low < len(starts) else 0


@define(eq=False)
class Meeting:
    """Some formulas by their places, and for each variable what they ask of it."""

    formulas: Formulas
    everyone: int
    _columns: dict[int, _Column]

    @classmethod
    def of(cls, formulas: Formulas, members: Sequence[int]) -> Meeting:
        """Formulas in the order of their places."""
        asked: dict[int, dict[int, int]] = {}
        for place, each in enumerate(members):
            for variable, mask in masks_of(formulas, each).items():
                masks = asked.setdefault(variable, {})
                masks[mask] = masks.get(mask, 0) | 1 << place
        everyone = (1 << len(members)) - 1
        columns = {}
        for variable, masks in asked.items():
            asking = 0
            for places in masks.values():
                asking |= places
            columns[variable] = _Column.of(masks, everyone & ~asking)
        return cls(formulas, everyone, columns)

    def places(self, formula: int) -> int:
        """The set of the places of those that may hold together with a formula."""
        found = self.everyone
        for variable, mask in masks_of(self.formulas, formula).items():
            column = self._columns.get(variable)
            if column is not None:
                found &= column.meeting(mask)
        return found

    def inside(self, box: Box) -> int:
        """The set of the places of those that may hold for somebody in a box."""
        found = self.everyone
        for variable, column in self._columns.items():
            if box[variable] != self.formulas.full[variable]:
                found &= column.meeting(box[variable])
                if not found:
                    break
        return found


def places_in(members: int) -> list[int]:
    """The places in a set, in their order."""
    found = []
    while members:
        lowest = members & -members
        found.append(lowest.bit_length() - 1)
        members ^= lowest
    return found
