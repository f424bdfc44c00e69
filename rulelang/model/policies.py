"""How the rules of a decision combine (S1), and what stays possible where something is unknown (S4).

    combiner = Combiner(outcome)
    result = combiner.combine(groups)      # contributions by priority group, foremost first

One row of ``POLICIES`` per policy: how what a rule gives joins what the rules before it gave, and which rules made the
answer. The same joining tells the answer now and, tried with every alternative, the results still possible.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from rulelang.model.contributions import (
    ANY,
    BLANK,
    DECIDED,
    NO_RULE,
    NOTHING,
    PROVISIONAL,
    UNDECIDED,
    VIOLATED,
    Alternative,
    Contribution,
    Mark,
    Result,
)
from rulelang.values.durations import Duration
from rulelang.values.numbers import add, round_half_up
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Length, Money, Number, Type

MOST_RESULTS = 256

Groups = Sequence[Sequence[Contribution]]  # by priority, the foremost first


def scale(type_: Type) -> int | None:
    """The decimals to which an assigned value of this type is rounded, None where it is no number."""
    match type_:
        case Number(decimals=decimals) | Money(decimals=decimals):
            return decimals
        case Length():
            return 0
    return None


@frozen
class Combiner:
    """One decision's way to combine; what follows from the outcome alone is reckoned once.

    ``ranks`` are the positions of an ordered choice's members, ``policy`` is the row of the table, ``fallback`` the
    result where no rule gives a value.
    """

    outcome: Outcome
    ranks: Mapping[str, int] = field(init=False, eq=False, repr=False)
    policy: Policy = field(init=False, eq=False, repr=False)
    fallback: Any = field(init=False, eq=False, repr=False)

    @ranks.default
    def _ranks(self) -> Mapping[str, int]:
        type_ = self.outcome.type
        return {key: rank for rank, key in enumerate(type_.keys())} if isinstance(type_, Choice) else {}

    @policy.default
    def _policy(self) -> Policy:
        return POLICIES[self.outcome.policy]

    @fallback.default
    def _fallback(self) -> Any:
        last_resort, decimals = _plain(self.outcome.last_resort), scale(self.outcome.type)
        if last_resort is None:
            return {"sum": self.finished(0), "collect": ()}.get(self.outcome.policy)
        if decimals is not None:
            last_resort = round_half_up(last_resort, decimals)
        return (last_resort,) if self.outcome.policy == "collect" else self.finished(last_resort)

    def combine(self, groups: Groups) -> Result:
        """Answer, standing and what is possible, from the contributions by priority group, foremost first."""
        giving = next((giving for group in groups if (giving := [each for each in group if each.given])), [])
        answer, branches = self.answer(giving)
        if answer is not VIOLATED and all(each.settled for group in groups for each in group):
            return Result(answer, NO_RULE if answer is None else DECIDED, (answer,), _read((answer,)), branches)
        results = tuple(dict.fromkeys(each for each in self.results(groups) if each is not VIOLATED))
        if answer is VIOLATED:
            values = [self.finished(_known(each.given[0])) for each in giving]
            rivals = [each.branch for each in giving]
            if self.outcome.policy == "any":  # the first, and those that gainsay it
                known = [place for place, value in enumerate(values) if value is not ANY]
                rivals = [rivals[place] for place in known if place == known[0] or values[place] != values[known[0]]]
                values = [values[place] for place in known]
            return _undecided(tuple(dict.fromkeys((*values, *results))), rivals=tuple(rivals))
        if self.outcome.policy == "collect":
            return self._settled(_collected(answer, results, branches, _in_order(groups)))
        if giving and answer is None and results == (None,):
            results = (ANY, None)  # a rule that fires only while an outcome is withheld: its value is unknown now
        return self._settled(_judged(answer, results, branches))

    def shown(self, possible: tuple[Any, ...], results: Collection[Any], groups: Groups) -> tuple[Any, ...]:
        """Of what `combine` called possible that which is among these results too; a list as its ends."""
        if self.outcome.policy != "collect":
            return tuple(each for each in possible if each in results)
        if ANY in results or not results:
            return possible
        ends = _collected(None, tuple(results), (), _in_order(groups)).possible
        return tuple(dict.fromkeys((*(each for each in possible[:1] if each in ends), *ends)))

    def answer(self, giving: Sequence[Contribution]) -> tuple[Any, tuple[int, ...]]:
        """What the rules of one group give now, and the branches that made it; None where that is unknown."""
        if not giving:
            return self.fallback, ()
        state: Any = NOTHING
        for each in giving:
            state = self.policy.join(self, state, tuple(map(_known, each.given)) if None in each.given else each.given)
        return (None, ()) if state is ANY else (self.finished(state), self.policy.winners(state, giving))

    def results(self, groups: Groups) -> Iterator[Any]:
        """The results possible once everything is known: a later group counts where the earlier may give nothing."""
        for group in groups:
            states = self._reach(group)
            for each in states:
                if each is not NOTHING:
                    yield self.finished(each)
            if NOTHING not in states:
                return
        yield self.fallback

    def _reach(self, group: Sequence[Contribution]) -> Collection[Any]:
        """Everything one group can come to; NOTHING where none of its rules need match."""
        join, in_turn = self.policy.join, self.outcome.policy == "first"
        states: dict[Any, None] = {NOTHING: None}
        for each in group:
            reached: dict[Any, None] = {}
            for state in states:
                for given in each.alternatives:
                    reached[join(self, state, given)] = None
            states = reached
            if len(states) > MOST_RESULTS and self.policy.widen is not None:
                return self.policy.widen(group)
            if in_turn and NOTHING not in states:
                break  # nothing after it can win
        if self.outcome.policy in _SORTED:
            marks = [each for each in states if isinstance(each, Mark)]
            known = (each for each in states if not isinstance(each, Mark))
            return [*sorted(known, key=lambda each: self.ranks.get(each, each)), *marks]
        return states

    def finished(self, value: Any) -> Any:
        """A combined value as it leaves the decision: a sum rounded once, numbers and dates within the caps."""
        outcome = self.outcome
        if value is None or isinstance(value, Mark | tuple):
            return value
        if outcome.policy == "sum" and not isinstance(value, int):
            decimals = scale(outcome.type)
            value = value if decimals is None else round_half_up(value, decimals)
        if outcome.at_least is not None:
            value = max(value, _plain(outcome.at_least))
        return value if outcome.at_most is None else min(value, _plain(outcome.at_most))

    def _settled(self, result: Result) -> Result:
        """The result as the outcome wants it where data is missing."""
        if result.settled or not self.outcome.when_missing:
            return result
        if self.outcome.when_missing == "undecided":
            return _undecided(result.possible, result.readings)
        worst = self._worst(result.possible)
        if worst is None:
            return _undecided(result.possible, result.readings)
        branches = result.branches if worst == result.answer else ()
        possible = tuple(sorted(result.possible, key=lambda each: each != worst))
        return Result(worst, PROVISIONAL, possible, result.readings, branches)

    def _worst(self, possible: Iterable[Any]) -> Any:
        """The worst that is possible: the lowest under the policy ``lowest``, else the highest; None if nobody knows.

        Any value may be the worst there is, so where a value can't be told only a choice has a worst one.
        """
        worst: Any = NOTHING
        for each in possible:
            worst = worst if each is None else self.better(worst, each)
        if worst is ANY and self.ranks:
            keys = list(self.ranks)
            return keys[0] if self.outcome.policy == "lowest" else keys[-1]
        return None if isinstance(worst, Mark) else worst

    def better(self, left: Any, right: Any) -> Any:
        """The one that wins under ``highest`` or ``lowest``; ANY where that can't be told."""
        if left is NOTHING or right is NOTHING:
            return right if left is NOTHING else left
        lowest = self.outcome.policy == "lowest"
        if left is ANY or right is ANY:
            known = right if left is ANY else left
            end = 0 if lowest else len(self.ranks) - 1
            return known if known is not ANY and self.ranks.get(known) == end else ANY
        rank, other = self.ranks.get(left, left), self.ranks.get(right, right)
        return right if (other < rank if lowest else other > rank) else left

    def agreed(self, left: Any, right: Any) -> Any:
        """What both say, within the caps; VIOLATED where they differ. A value nobody knows is taken to agree."""
        right = self.finished(right)
        if left is NOTHING or left is ANY:
            return right
        return left if right is ANY or right == left else VIOLATED


# --- how what a rule gives joins what the rules before it gave -----------------------------------------------------

State = Any


def _join_first(_: Combiner, state: State, given: Alternative) -> State:
    return given[0] if state is NOTHING and given else state


def _join_last(_: Combiner, state: State, given: Alternative) -> State:
    return given[-1] if given else state


def _join_unique(_: Combiner, state: State, given: Alternative) -> State:
    return state if not given else given[0] if state is NOTHING else VIOLATED


def _join_any(combiner: Combiner, state: State, given: Alternative) -> State:
    """What agrees with everything before it: a value nobody knows is taken to agree."""
    for each in given:
        state = combiner.agreed(state, each)
    return state


def _join_best(combiner: Combiner, state: State, given: Alternative) -> State:
    for each in given:
        state = combiner.better(state, each)
    return state


def _join_sum(_: Combiner, state: State, given: Alternative) -> State:
    for each in given:
        state = each if state is NOTHING else ANY if ANY in (state, each) else add(state, each)
    return state


def _join_all(_: Combiner, state: State, given: Alternative) -> State:
    if not given or state is ANY:
        return state
    return ANY if ANY in given else tuple(dict.fromkeys(given if state is NOTHING else (*state, *given)))


# --- which branches made the answer --------------------------------------------------------------------------------


def _foremost(_: State, giving: Sequence[Contribution]) -> tuple[int, ...]:
    return (giving[0].branch,)


def _hindmost(_: State, giving: Sequence[Contribution]) -> tuple[int, ...]:
    return (giving[-1].branch,)


def _holder(state: State, giving: Sequence[Contribution]) -> tuple[int, ...]:
    return (next(each.branch for each in giving if state in each.given),)


def _holder_of_agreed(state: State, giving: Sequence[Contribution]) -> tuple[int, ...]:
    return (next((each.branch for each in giving if None not in each.given), giving[0].branch),)


def _every(_: State, giving: Sequence[Contribution]) -> tuple[int, ...]:
    return tuple(each.branch for each in giving)


# --- what stands for more results than anybody can look at ---------------------------------------------------------


def _any_total(group: Sequence[Contribution]) -> Sequence[Any]:
    return (ANY,) if any(each.certain for each in group) else (ANY, NOTHING)


def _narrowest_and_widest(group: Sequence[Contribution]) -> Sequence[Any]:
    """A list with what is certain, and one with all that is possible."""
    every = dict.fromkeys(value for each in group for given in each.alternatives for value in given)
    certain = {
        value for each in group for value in each.alternatives[0] if all(value in given for given in each.alternatives)
    }
    if ANY in every:
        return (ANY,) if any(each.certain for each in group) else (ANY, NOTHING)
    narrowest = tuple(value for value in every if value in certain)
    surely = any(each.certain for each in group)
    return (narrowest if surely else NOTHING, tuple(every))


@frozen
class Policy:
    """A row of the table."""

    join: Callable[[Combiner, State, Alternative], State]
    winners: Callable[[State, Sequence[Contribution]], tuple[int, ...]]
    widen: Callable[[Sequence[Contribution]], Sequence[Any]] | None = None


POLICIES: Mapping[str, Policy] = {
    "first": Policy(_join_first, _foremost),
    "last": Policy(_join_last, _hindmost),
    "unique": Policy(_join_unique, _every),
    "any": Policy(_join_any, _holder_of_agreed),
    "highest": Policy(_join_best, _holder),
    "lowest": Policy(_join_best, _holder),
    "sum": Policy(_join_sum, _every, _any_total),
    "collect": Policy(_join_all, _every, _narrowest_and_widest),
}
_SORTED = ("highest", "lowest", "sum")


# --- standings -----------------------------------------------------------------------------------------------------


def _judged(answer: Any, results: tuple[Any, ...], branches: tuple[int, ...]) -> Result:
    """The standing of an answer among the results that are possible."""
    if answer is None:
        if results == (None,):
            return Result(None, NO_RULE, results, _read(results))
        return _undecided(results)
    possible = tuple(dict.fromkeys((answer, *results)))
    return Result(answer, DECIDED if len(possible) == 1 else PROVISIONAL, possible, _read(possible), branches)


def _collected(answer: Any, results: tuple[Any, ...], branches: tuple[int, ...], order: tuple[Any, ...]) -> Result:
    """The same for a list: what is in every list that is possible, and what is in any, stand for all of them.

    Both are in the ``order`` of the rules.
    """
    if len(results) == 1:
        return _judged(answer, results, branches)
    lists = [each for each in results if isinstance(each, tuple)]
    shortest = tuple(value for value in order if all(value in each for each in lists))
    longest = tuple(value for value in order if any(value in each for each in lists))
    ends = dict.fromkeys((*([ANY] if ANY in results else []), shortest, longest))
    if answer is None:
        return _undecided(tuple(ends))
    shown = dict.fromkeys((answer, *ends)) if answer in ends or len(ends) == 1 else ends
    return Result(answer, PROVISIONAL, tuple(shown), tuple(ends), branches)


def _in_order(groups: Groups) -> tuple[Any, ...]:
    """Every value that rules may put into a list, in the order of the rules."""
    given = (value for group in groups for each in group for given in each.alternatives for value in given)
    return tuple(dict.fromkeys(given))


def _undecided(
    possible: tuple[Any, ...], readings: tuple[Any, ...] | None = None, rivals: tuple[int, ...] = ()
) -> Result:
    return Result(None, UNDECIDED, possible, _read(possible) if readings is None else readings, rivals=rivals)


def _read(results: tuple[Any, ...]) -> tuple[Any, ...]:
    """Results as a condition reads them: where no rule gives a value it is known that there is none."""
    return tuple(BLANK if each is None else each for each in results)


def _known(value: Any) -> Any:
    return ANY if value is None else value


def _plain(value: Any) -> Any:
    """A declared value as it is in data: a length of time is its count."""
    return value.amount if isinstance(value, Duration) else value
