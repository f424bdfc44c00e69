"""The ways into a group, field by field, and as few of them as will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from rulelang.grouping.describe import Bounds, Path
from rulelang.grouping.measures import Measure, keys_of
from rulelang.vocabulary.declarations import Field

Asked = Bounds | frozenset[str]
"""What is asked of a field: bounds of its number, or the members that are left of its choice."""

Way = dict[Field, Asked]


def ways_of(paths: Iterable[Path], measures: Sequence[Measure]) -> tuple[Way, ...]:
    """Paths through the tree as ways; two that differ in one field only, and join there, are one."""
    ways = [_way(path, measures) for path in paths]
    while (joined := _join_one(ways)) is not None:
        ways = joined
    return tuple(ways)


def _way(path: Path, measures: Sequence[Measure]) -> Way:
    way: Way = {}
    for place, measure in enumerate(measures):
        bounds = path.get(place)
        if bounds is None:
            continue
        if measure.kind != "member":
            way[measure.field] = bounds
            continue
        left = way.setdefault(measure.field, frozenset(keys_of(measure.field)))
        assert isinstance(left, frozenset)
        member = frozenset([measure.member])
        way[measure.field] = left & member if bounds.above is not None else left - member
    return way


def _join_one(ways: list[Way]) -> list[Way] | None:
    """The ways with two of them made one; None where no two can be."""
    for first, second in combinations(ways, 2):
        different = [each for each in {**first, **second} if first.get(each) != second.get(each)]
        if len(different) != 1 or different[0] not in first or different[0] not in second:
            continue
        field = different[0]
        united = _united(first[field], second[field])
        if united is None:
            continue
        way = {**first, field: united}
        if united == Bounds() or (isinstance(united, frozenset) and united == frozenset(keys_of(field))):
            del way[field]
        return [way if each is first else each for each in ways if each is not second]
    return None


def _united(first: Asked, second: Asked) -> Asked | None:
    """What is asked when either will do, None where there is a hole between them."""
    if isinstance(first, frozenset) and isinstance(second, frozenset):
        return first | second
    if isinstance(first, Bounds) and isinstance(second, Bounds):
        if first.upto is not None and first.upto == second.above:
            return Bounds(first.above, second.upto)
        if second.upto is not None and second.upto == first.above:
            return Bounds(second.above, first.upto)
    return None
