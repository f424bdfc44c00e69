"""Whether what one rule may give can still change the result of its decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rulelang.model.contributions import ANY, NOTHING, Alternative, Contribution
from rulelang.model.policies import Combiner

MOST_PAIRS = 2000


class Pair(NamedTuple):
    """Two courses of a decision that differ in what one rule gives; ``open`` where it gives a value nobody can tell.

    A course is what the rules so far came to, and whether a priority group has settled it.
    """

    one: tuple[Any, bool] = (NOTHING, False)
    other: tuple[Any, bool] = (NOTHING, False)
    open: bool = False


def can_change(combiner: Combiner, groups: Sequence[Sequence[Contribution]], rule: Contribution) -> bool:
    """Whether two of a rule's alternatives lead to different results while all other rules give the same.

    Every combination of the others is followed, both courses side by side. Where there are too many the rule is taken
    to matter.
    """
    pairs: dict[Pair, None] = {Pair(): None}
    for group in groups:
        for each in group:
            pairs = dict.fromkeys(follow for pair in pairs for follow in _follow(combiner, pair, each, each is rule))
            if len(pairs) > MOST_PAIRS:
                return True
        pairs = dict.fromkeys(Pair(_closed(pair.one), _closed(pair.other), pair.open) for pair in pairs)
    return any(_differs(combiner, pair) for pair in pairs)


def _follow(combiner: Combiner, pair: Pair, gives: Contribution, differs: bool) -> Iterator[Pair]:
    for first in gives.alternatives:
        for second in gives.alternatives if differs else (first,):
            unknown = differs and ANY in first and first == second
            if not differs or unknown or first != second:
                yield Pair(
                    _joined(combiner, pair.one, first), _joined(combiner, pair.other, second), pair.open or unknown
                )


def _joined(combiner: Combiner, course: tuple[Any, bool], given: Alternative) -> tuple[Any, bool]:
    state, closed = course
    return course if closed else (combiner.policy.join(combiner, state, given), closed)


def _closed(course: tuple[Any, bool]) -> tuple[Any, bool]:
    return course[0], course[0] is not NOTHING


def _differs(combiner: Combiner, pair: Pair) -> bool:
    one, other = (
        combiner.fallback if state is NOTHING else combiner.finished(state) for state, _ in (pair.one, pair.other)
    )
    return bool(one != other) or (pair.open and one is ANY)
