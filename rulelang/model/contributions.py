"""What the rules of a decision give, what they could still give, and what a decision comes to (S4)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import product
from typing import Any

from attrs import field, frozen

DECIDED, PROVISIONAL, UNDECIDED, NO_RULE = "decided", "provisional", "undecided", "no rule"
STANDINGS = (DECIDED, PROVISIONAL, UNDECIDED, NO_RULE)

MOST_COMBINATIONS = 4096


class Mark(Enum):
    """What stands where a value would."""

    ANY = "any value"
    BLANK = "blank"
    NOTHING = "nothing"
    VIOLATED = "violated"


ANY = Mark.ANY  # some value that can't be told
BLANK = Mark.BLANK  # the answer "none": of a field that may be blank, of an outcome that had no rule (S3)
NOTHING = Mark.NOTHING  # no rule of the group gives a value
VIOLATED = Mark.VIOLATED  # two rules match where one may

Alternative = tuple[Any, ...]


@frozen
class Contribution:
    """What one rule gives to one outcome.

    ``given`` are the values that the branch taken now assigns, None for one that is unknown; it is empty where the
    rule gives nothing. ``alternatives`` are what the rule can give once everything is known: each the values of one
    branch, ANY among them where a value can't be told, the empty tuple for nothing.
    """

    branch: int
    given: Alternative
    alternatives: tuple[Alternative, ...]
    settled: bool = field(init=False, eq=False, repr=False)

    @settled.default
    def _settled(self) -> bool:
        """Whether the rule gives what it gives now, whatever comes to be known."""
        return self.alternatives == (self.given,) and None not in self.given

    @property
    def certain(self) -> bool:
        """Whether the rule gives something whatever comes to be known."""
        return () not in self.alternatives


@frozen
class Walked:
    """One branch of a rule as a decision sees it.

    ``status`` judges the branch by everything possible, ``now`` by present answers; ``given`` and ``alternatives`` as
    in `Contribution`.
    """

    branch: int
    status: bool | None
    now: bool | None
    given: Alternative = ()
    alternatives: tuple[Alternative, ...] = ((),)


@frozen
class Result:
    """What a decision came to.

    ``possible`` are the results still possible, the answer first; None among them: no value. ``readings`` are the
    values with which a condition on this outcome has to be tried, BLANK where no rule gives one. ``branches`` made
    the answer.
    ``rivals`` are the branches that broke the policy ``unique``.
    """

    answer: Any
    standing: str
    possible: tuple[Any, ...]
    readings: tuple[Any, ...]
    branches: tuple[int, ...] = ()
    rivals: tuple[int, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing unknown can change it."""
        return self.standing in (DECIDED, NO_RULE)

    @property
    def present(self) -> Any:
        """What a condition reads now: the answer, BLANK where there is known to be none, None where it is withheld."""
        return BLANK if self.standing == NO_RULE else self.answer


def contribution(walked: Iterable[Walked]) -> Contribution:
    """What a rule gives, from its branches in order: the first true one, and every one that may turn out to be."""
    taken: Walked | None = None
    alternatives: list[Alternative] = []
    closed = False
    for each in walked:
        if taken is None and each.now:
            taken = each
        if not closed and each.status is not False:
            alternatives += each.alternatives
            closed = each.status is True
    if not closed:
        alternatives.append(())
    given = taken.given if taken else ()
    return Contribution(taken.branch if taken else -1, given, tuple(dict.fromkeys(alternatives)))


def combinations(readings: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]] | None:
    """Every combination of what doubtful outcomes may be; None where one can't be told, or they are too many."""
    return None if any(ANY in each for each in readings) else all_combinations(readings)


def all_combinations(readings: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]] | None:
    """The same with values that can't be told among them."""
    return None if math.prod(map(len, readings)) > MOST_COMBINATIONS else product(*readings)
