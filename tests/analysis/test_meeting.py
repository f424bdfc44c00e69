"""Which conditions may hold together: the same as by looking at each two, cell by cell."""

from __future__ import annotations

from random import Random

from rulelang.analysis.formula import Formulas
from rulelang.analysis.meeting import Meeting, masks_of, places_in

CELLS = (5, 9, 70)


def some_mask(draw: Random, count: int) -> int:
    """A band of cells, or any of them."""
    if draw.random() < 0.5:
        first = draw.randrange(count)
        return ((1 << draw.randrange(1, count - first + 1)) - 1) << first
    return draw.randrange(1, 1 << count)


def some_box(draw: Random, formulas: Formulas) -> int:
    asked = [number for number in range(len(CELLS)) if draw.random() < 0.7]
    return formulas.all_of(formulas.within(number, some_mask(draw, CELLS[number])) for number in asked)


def test_those_that_meet_are_those_with_a_cell_in_common() -> None:
    for seed in range(60):
        draw = Random(seed)
        formulas = Formulas(full=[(1 << count) - 1 for count in CELLS])
        members = [some_box(draw, formulas) for _ in range(30)]
        meeting = Meeting.of(formulas, members)
        for each in (*members, *(some_box(draw, formulas) for _ in range(10))):
            own = masks_of(formulas, each)
            expected = [
                place
                for place, other in enumerate(members)
                if all(mask & masks_of(formulas, other).get(number, mask) for number, mask in own.items())
            ]
            assert expected == places_in(meeting.places(each))
