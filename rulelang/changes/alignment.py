"""Lines up two sequences: what stands in both, what changed, what only one has, what stands elsewhere.

    slots = align(old_rules, new_rules, text, name)

The slots stand in an order that fits both: leave out what is only new and you have the old sequence, leave out what is
only old and you have the new one. What moved has a slot at its old place and one at its new place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from attrs import frozen

Item = TypeVar("Item")


@frozen
class Slot(Generic[Item]):
    """A place in the common order, of the ``old`` sequence, the ``new`` one or ``both``.

    An item is None where the other sequence doesn't have it. One that moved has two slots, one for each sequence.
    """

    old: Item | None
    new: Item | None
    side: str = "both"

    @property
    def moved(self) -> bool:
        return self.side != "both" and self.old is not None and self.new is not None


def align(
    old: Sequence[Item],
    new: Sequence[Item],
    text: Callable[[Item], Hashable],
    names: Sequence[Callable[[Item], Hashable | None]],
) -> tuple[Slot[Item], ...]:
    """The slots of two sequences. Items belong together where their texts are the same (and the first name, if
    possible), else where one of ``names`` is; a name None belongs to nothing.
    """
    pairs = _pairs(old, new, text, names)
    fixed = _longest_rising(pairs)
    slots: list[Slot[Item]] = []
    old_place = new_place = 0
    partner = dict(pairs)
    source = {other: one for one, other in pairs}
    for one, other in [*sorted(fixed), (len(old), len(new))]:
        for place in range(new_place, other):
            slots.append(Slot(old[source[place]] if place in source else None, new[place], "new"))
        for place in range(old_place, one):
            slots.append(Slot(old[place], new[partner[place]] if place in partner else None, "old"))
        if one < len(old):
            slots.append(Slot(old[one], new[other]))
        old_place, new_place = one + 1, other + 1
    return tuple(slots)


def _pairs(
    old: Sequence[Item],
    new: Sequence[Item],
    text: Callable[[Item], Hashable],
    names: Sequence[Callable[[Item], Hashable | None]],
) -> list[tuple[int, int]]:
    """Which old item is which new one, by their places, in the order of the old ones."""
    texts = [list(map(text, items)) for items in (old, new)]
    own = [
        [(text_, names[0](item)) for text_, item in zip(*pair, strict=True)]
        for pair in zip(texts, (old, new), strict=True)
    ]
    keys: list[list[list[Any]]] = [own, texts, *([list(map(name, items)) for items in (old, new)] for name in names)]
    left, right = dict.fromkeys(range(len(old))), dict.fromkeys(range(len(new)))
    pairs: list[tuple[int, int]] = []
    for ours, theirs in keys:
        waiting: dict[Hashable, list[int]] = {}
        for place in right:
            if theirs[place] is not None:
                waiting.setdefault(theirs[place], []).append(place)
        for place in list(left):
            name = ours[place]
            found = waiting.get(name) if name is not None else None
            if found:
                other = found.pop(0)
                pairs.append((place, other))
                del left[place], right[other]
    return sorted(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The most pairs that stand in the same order on both sides; ``pairs`` are sorted by the first side."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for place, (_, other) in enumerate(pairs):
        length = bisect_left(ends, other)
        if length == len(ends):
            ends.append(other)
            last.append(place)
        else:
            ends[length], last[length] = other, place
        before.append(last[length - 1] if length else None)
    kept: set[tuple[int, int]] = set()
    end = last[-1] if last else None
    while end is not None:
        kept.add(pairs[end])
        end = before[end]
    return kept
