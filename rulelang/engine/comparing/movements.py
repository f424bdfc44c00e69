"""Who moves from one answer to another between two versions of a ruleset, and which edit is the cause.

    movements = Movements(versions, days)
    for customer in customers: moves = movements.of(customer.values)
    movements.summary()

**The cause** of a move is found by deciding the customer with some of the edits: an edit that brings the new answer
alone is the cause, and where several do each of them is one; where none does, edits are taken back one after the other
as long as the new answer stays, and those that are left cause it together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from rulelang.changes.versions import Chosen, Versions
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.customers import Values
from rulelang.engine.running.rows import RowDecider
from rulelang.model.contributions import NO_RULE, UNDECIDED
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, YesNo

# Every edit alone is tried on every customer up to so many; beyond, on those who move.
MOST_ALONE = 40
MOST_MOVES = 10_000

UP, DOWN, ASIDE = "up", "down", ""


@frozen
class Held:
    """What a customer has of an outcome: an answer, or none and the standing that says why."""

    answer: Any
    standing: str = ""


Cause = tuple[Chosen, ...]


@frozen
class Move:
    """A customer's answer changes. ``cause``: sets of edits, each of which would do; a set of several works together.

    It is empty where no edits can be named.
    """

    outcome: str
    before: Held
    after: Held
    cause: Cause = ()


@frozen
class Moves:
    """All moves of one outcome among so many ``customers``.

    ``matrix`` counts who goes from where to where, those who stay included where the outcome is a choice or yes or no;
    of other outcomes with very many values the rarest moves may not be in it. ``ways`` counts by direction, ``causes``
    by cause, ``alone`` whom each edit would move by itself.
    """

    outcome: Outcome
    customers: int
    ways: Mapping[str, int]
    matrix: Mapping[tuple[Held, Held], int]
    causes: Mapping[Cause, int]
    alone: Mapping[int, int] = field(factory=dict)

    def count(self, way: str | None = None) -> int:
        """How many moved: all of them, or those who went up or down."""
        return sum(self.ways.values()) if way is None else self.ways.get(way, 0)

    def caused_by(self, edit: int) -> int:
        """How many moves an edit has a part in."""
        return sum(count for cause, count in self.causes.items() if any(edit in each for each in cause))


def direction(outcome: Outcome, before: Held, after: Held) -> str:
    """Up, down or neither. Numbers and lengths of time by size, dates by time, an ordered choice by its order; of other
    choices what is declared first is the best.
    """
    one, other = before.answer, after.answer
    if one is None or other is None or one == other:
        return ASIDE
    match outcome.type:
        case Choice() as choice:
            keys = choice.keys()
            if one not in keys or other not in keys:
                return ASIDE
            rises = (keys.index(other) > keys.index(one)) is choice.ordered
            return UP if rises else DOWN
        case Number() | Money() | Length() | Date():
            return UP if other > one else DOWN
    return ASIDE


def held_by(decider: RowDecider, values: Sequence[Any]) -> Mapping[str, Held]:
    """What a customer has of every outcome."""
    verdict = decider.decide(values)
    standings = verdict.standings or [NO_RULE] * len(verdict.answers)
    return {
        name: Held(answer) if answer is not None else Held(None, UNDECIDED if standing == UNDECIDED else NO_RULE)
        for name, answer, standing in zip(decider.outcomes, verdict.answers, standings, strict=True)
    }


class Movements:
    """Decides customers with both versions, and with some of the edits where that tells why they move.

    Raises RuleError where a version isn't valid on its day.
    """

    def __init__(self, versions: Versions, days: tuple[date, date], wanted: Sequence[str] = ()) -> None:
        """``wanted`` are the outcomes to look at, by name; none of them: all that both versions decide."""
        self.versions, self.days = versions, days
        self._all = frozenset(range(len(versions.edits)))
        self._deciders: dict[Chosen, RowDecider | None] = {}
        both = (each for name, each in versions.new.outcomes.items() if name in versions.old.outcomes)
        self.outcomes = tuple(each for each in both if not wanted or each.name in wanted)
        self.customers = 0
        self._matrix: dict[str, Counter[tuple[Held, Held]]] = {each.name: Counter() for each in self.outcomes}
        self._ways: dict[str, Counter[str]] = {each.name: Counter() for each in self.outcomes}
        self._causes: dict[str, Counter[Cause]] = {each.name: Counter() for each in self.outcomes}
        self._alone: dict[str, Counter[int]] = {each.name: Counter() for each in self.outcomes}
        singles = [each for each in self._all if each not in versions.declared_values]
        self._singles = singles if len(singles) <= MOST_ALONE else []
        for chosen in (frozenset(), self._all):
            self._decider(chosen)

    def of(self, values: Sequence[Values]) -> tuple[Move, ...]:
        """The moves of a customer, whose values are as both versions read them."""
        tried: dict[Chosen, Mapping[str, Held] | None] = {}

        def held(chosen: Chosen) -> Mapping[str, Held] | None:
            if chosen not in tried:
                tried[chosen] = self._decide(chosen, values)
            return tried[chosen]

        before, after = held(frozenset()), held(self._all)
        assert before is not None and after is not None
        for number in self._singles:
            alone = held(frozenset((number,)))
            for name, counts in self._alone.items():
                if alone is not None and name in alone and alone[name] != before[name]:
                    counts[number] += 1
        self.customers += 1
        moves = []
        for outcome in self.outcomes:
            name = outcome.name
            one, other = before[name], after[name]
            self._count(outcome, one, other)
            if one != other:
                cause = self._cause(name, other, held)
                self._causes[name][cause] += 1
                moves.append(Move(name, one, other, cause))
        return tuple(moves)

    def _count(self, outcome: Outcome, before: Held, after: Held) -> None:
        matrix = self._matrix[outcome.name]
        if before != after:
            self._ways[outcome.name][direction(outcome, before, after)] += 1
        if (before != after or isinstance(outcome.type, Choice | YesNo)) and (
            (before, after) in matrix or len(matrix) < MOST_MOVES
        ):
            matrix[before, after] += 1

    def _cause(self, outcome: str, wanted: Held, held: Any) -> Cause:
        """The sets of edits that bring an answer."""

        def brings(chosen: Chosen) -> bool:
            found = held(chosen)
            return found is not None and found.get(outcome) == wanted

        declared = self.versions.declared_values
        if declared and brings(declared):
            return (declared,)
        single = tuple(frozenset((each,)) for each in sorted(self._all - declared) if brings(frozenset((each,))))
        if single or not self._all:
            return single
        needed, shrunk = self._all, True
        while shrunk:
            shrunk = False
            for each in sorted(needed):
                if brings(needed - {each}):
                    needed, shrunk = needed - {each}, True
        return (needed,)

    def _decide(self, chosen: Chosen, values: Sequence[Values]) -> Mapping[str, Held] | None:
        """What a version with some of the edits gives a customer, None where there is no such version."""
        decider = self._decider(chosen)
        if decider is None:
            return None
        side = self.versions.takes_new_field
        return held_by(decider, [values[side(name, chosen)].get(name) for name in decider.fields])

    def _decider(self, chosen: Chosen) -> RowDecider | None:
        if chosen not in self._deciders:
            model = self.versions.model(chosen)
            day = self.days[bool(self.versions.is_later(chosen))]
            self._deciders[chosen] = None if model is None else RowDecider(Decider(model), day)
        return self._deciders[chosen]

    def summary(self) -> tuple[Moves, ...]:
        """The moves of every outcome so far."""
        return tuple(
            Moves(
                each,
                self.customers,
                self._ways[each.name],
                self._matrix[each.name],
                self._causes[each.name],
                {number: self._alone[each.name][number] for number in self._singles},
            )
            for each in self.outcomes
        )
