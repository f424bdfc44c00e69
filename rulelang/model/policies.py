"""How the rules of a decision combine (S1), and what stays possible where something is unknown (S4).

    combiner = Combiner(outcome)
    result = combiner.combine(groups)      # contributions by priority group, foremost first

One row of ``POLICIES`` per policy: what it answers now, and which results one priority group can still reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from rulelang.model.contributions import (
    ANY,
    DECIDED,
    NO_RULE,
    NOTHING,
    PROVISIONAL,
    UNDECIDED,
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
    """One decision's way to combine."""

    outcome: Outcome
    ranks: Mapping[str, int] = field(init=False, eq=False)

    @ranks.default
    def _ranks(self) -> Mapping[str, int]:
        type_ = self.outcome.type
        return {key: rank for rank, key in enumerate(type_.keys())} if isinstance(type_, Choice) else {}

    @property
    def fallback(self) -> Any:
        """The result where no rule gives a value."""
        if self.outcome.last_resort is not None:
            return self.finished(_plain(self.outcome.last_resort))
        return {"sum": self.finished(0), "collect": ()}.get(self.outcome.policy)

    def combine(self, groups: Sequence[Sequence[Contribution]]) -> Result:
        """Answer, standing and what is possible, from the contributions by priority group, foremost first."""
        policy = POLICIES[self.outcome.policy]
        giving = next((giving for group in groups if (giving := [each for each in group if each.given])), [])
        if giving:
            answer, branches = policy.pick(self, giving)
            answer = self.finished(answer)
        else:
            answer, branches = self.fallback, ()
        results = tuple(dict.fromkeys(map(self.finished, self._reachable(policy, groups))))
        if self.outcome.policy == "unique" and len(giving) > 1:
            values = (self.finished(_known(each.given[0])) for each in giving)
            return _undecided(tuple(dict.fromkeys((*values, *results))), rivals=branches)
        if self.outcome.policy == "collect":
            return self._settled(_collected(answer, results, branches))
        return self._settled(_judged(answer, results, branches))

    def _reachable(self, policy: Policy, groups: Sequence[Sequence[Contribution]]) -> Iterator[Any]:
        """The results possible once everything is known: a later group counts where the earlier may give nothing."""
        for group in groups:
            reached = policy.reach(self, group)
            yield from (each for each in reached if each is not NOTHING)
            if NOTHING not in reached:
                return
        yield self.fallback

    def finished(self, value: Any) -> Any:
        """A combined value as it leaves the decision: a sum rounded once, numbers within the outcome's caps."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
            return value
        decimals = scale(self.outcome.type)
        if self.outcome.policy == "sum" and decimals is not None:
            value = round_half_up(value, decimals)
        low, high = _plain(self.outcome.at_least), _plain(self.outcome.at_most)
        if high is not None and value > high:
            value = high
        return low if low is not None and value < low else value

    def _settled(self, result: Result) -> Result:
        """The result as the outcome wants it where data is missing."""
        if result.settled or not self.outcome.when_missing:
            return result
        if self.outcome.when_missing == "undecided":
            return _undecided(result.possible, result.readings)
        worst = self.worst(each for each in result.possible if each is not None)
        if worst is ANY or worst is NOTHING:
            return _undecided(result.possible, result.readings)
        branches = result.branches if worst == result.answer else ()
        others = (each for each in result.possible if each != worst)
        return Result(worst, PROVISIONAL, (worst, *others), result.readings, branches)

    def worst(self, values: Iterable[Any]) -> Any:
        """The worst of some values: the lowest under the policy ``lowest``, else the highest."""
        result: Any = NOTHING
        for each in values:
            result = self.better(result, each)
        return result

    def better(self, left: Any, right: Any) -> Any:
        """The one that wins under ``highest`` or ``lowest``; ANY where that can't be told."""
        if left is NOTHING or right is NOTHING:
            return right if left is NOTHING else left
        if left is ANY or right is ANY:
            known = right if left is ANY else left
            return known if known is not ANY and self._unbeatable(known) else ANY
        rank, other = self.ranks.get(left, left), self.ranks.get(right, right)
        if self.outcome.policy == "lowest":
            return right if other < rank else left
        return right if other > rank else left

    def _unbeatable(self, value: Any) -> bool:
        """Whether no value of the outcome's type goes beyond this one."""
        lowest = self.outcome.policy == "lowest"
        if self.ranks:
            return self.ranks.get(value) == (0 if lowest else len(self.ranks) - 1)
        if isinstance(value, bool):
            return value is not lowest
        limit = _plain(self.outcome.at_least if lowest else self.outcome.at_most)
        if limit is None:
            return False
        return bool(value <= limit) if lowest else bool(value >= limit)


# --- what each policy answers now, from the rules of the foremost group that give something ----------------------


def _pick_first(_: Combiner, giving: Sequence[Contribution]) -> tuple[Any, tuple[int, ...]]:
    return giving[0].given[0], (giving[0].branch,)


def _pick_last(_: Combiner, giving: Sequence[Contribution]) -> tuple[Any, tuple[int, ...]]:
    return giving[-1].given[-1], (giving[-1].branch,)


def _pick_unique(_: Combiner, giving: Sequence[Contribution]) -> tuple[Any, tuple[int, ...]]:
    return giving[0].given[0], tuple(each.branch for each in giving)


def _pick_best(combiner: Combiner, giving: Sequence[Contribution]) -> tuple[Any, tuple[int, ...]]:
    best: Any = NOTHING
    for each in giving:
        for value in each.given:
            best = combiner.better(best, _known(value))
    if best is ANY:
        return None, ()
    return best, (next(each.branch for each in giving if best in each.given),)


def _pick_sum(_: Combiner, giving: Sequence[Contribution]) -> tuple[Any, tuple[int, ...]]:
    total: Any = 0
    for each in giving:
        for value in each.given:
            total = None if total is None or value is None else add(total, value)
    return total, () if total is None else tuple(each.branch for each in giving)


def _pick_all(_: Combiner, giving: Sequence[Contribution]) -> tuple[Any, tuple[int, ...]]:
    values = dict.fromkeys(value for each in giving for value in each.given if value is not None)
    return tuple(values), tuple(each.branch for each in giving)


# --- which results one priority group can reach; NOTHING where none of its rules need match ----------------------


def _reach_first(_: Combiner, group: Iterable[Contribution]) -> tuple[Any, ...]:
    reached: list[Any] = []
    for each in group:
        reached += [alternative[0] for alternative in each.alternatives if alternative]
        if each.certain:
            return tuple(reached)
    return (*reached, NOTHING)


def _reach_last(_: Combiner, group: Sequence[Contribution]) -> tuple[Any, ...]:
    reached: list[Any] = []
    for each in reversed(group):
        reached += [alternative[-1] for alternative in each.alternatives if alternative]
        if each.certain:
            return tuple(reached)
    return (*reached, NOTHING)


def _reach_unique(_: Combiner, group: Sequence[Contribution]) -> tuple[Any, ...]:
    """Combinations in which two rules match are left out: they are an error, not a result."""
    certain = [each for each in group if each.certain]
    if len(certain) > 1:
        return ()
    values = [alternative[0] for each in certain or group for alternative in each.alternatives if alternative]
    return tuple(values) if certain else (*values, NOTHING)


def _reach_best(combiner: Combiner, group: Sequence[Contribution]) -> tuple[Any, ...]:
    return _fold(combiner, group, combiner.better)


def _reach_sum(combiner: Combiner, group: Sequence[Contribution]) -> tuple[Any, ...]:
    def plus(total: Any, value: Any) -> Any:
        if total is NOTHING:
            return value
        return ANY if total is ANY or value is ANY else add(total, value)

    return _fold(combiner, group, plus)


def _fold(combiner: Combiner, group: Sequence[Contribution], join: Callable[[Any, Any], Any]) -> tuple[Any, ...]:
    """Every result of joining one alternative of each rule, ascending; ANY where there are too many to tell apart."""
    states: dict[Any, None] = {NOTHING: None}
    for each in group:
        reached: dict[Any, None] = {}
        for state in states:
            for alternative in each.alternatives:
                joined = state
                for value in alternative:
                    joined = join(joined, value)
                reached[joined] = None
        states = reached
        if len(states) - (NOTHING in states) > MOST_RESULTS:
            states = {ANY: None, **({NOTHING: None} if NOTHING in states else {})}
    marks = [each for each in (ANY, NOTHING) if each in states]
    known = (each for each in states if not isinstance(each, Mark))
    return (*sorted(known, key=lambda each: combiner.ranks.get(each, each)), *marks)


def _reach_all(_: Combiner, group: Sequence[Contribution]) -> tuple[Any, ...]:
    """The lists within reach; where they are too many, one with what is certain and one with all that is possible."""
    states: dict[Any, None] = {(): None}
    for each in group:
        states = {tuple(dict.fromkeys(state + given)): None for state in states for given in each.alternatives}
        if len(states) > MOST_RESULTS:
            sure = (value for each in group for value in _in_every(each.alternatives))
            every = (value for each in group for alternative in each.alternatives for value in alternative)
            states = {tuple(dict.fromkeys(sure)): None, tuple(dict.fromkeys(every)): None}
            break
    if any(each.certain for each in group):
        return tuple(states)
    return tuple(NOTHING if state == () else state for state in states)


def _in_every(alternatives: Sequence[Alternative]) -> Iterator[Any]:
    return (value for value in alternatives[0] if all(value in each for each in alternatives))


@frozen
class Policy:
    """A row of the table: ``pick`` answers now, ``reach`` tells what one priority group can still come to."""

    pick: Callable[[Combiner, Sequence[Contribution]], tuple[Any, tuple[int, ...]]]
    reach: Callable[[Combiner, Sequence[Contribution]], tuple[Any, ...]]


POLICIES: Mapping[str, Policy] = {
    "first": Policy(_pick_first, _reach_first),
    "last": Policy(_pick_last, _reach_last),
    "unique": Policy(_pick_unique, _reach_unique),
    "highest": Policy(_pick_best, _reach_best),
    "lowest": Policy(_pick_best, _reach_best),
    "sum": Policy(_pick_sum, _reach_sum),
    "collect": Policy(_pick_all, _reach_all),
}


# --- standings ---------------------------------------------------------------------------------------------------


def _judged(answer: Any, results: tuple[Any, ...], branches: tuple[int, ...]) -> Result:
    """The standing of an answer among the results that are possible."""
    if answer is None:
        if results == (None,):
            return Result(None, NO_RULE, results, results)
        return _undecided(results)
    possible = tuple(dict.fromkeys((answer, *results)))
    return Result(answer, DECIDED if len(possible) == 1 else PROVISIONAL, possible, possible, branches)


def _collected(answer: Any, results: tuple[Any, ...], branches: tuple[int, ...]) -> Result:
    """The same for a list: the shortest and the longest are shown; conditions are tried with what is in every list
    and with what is in any."""
    every = dict.fromkeys((answer, *results))
    if len(every) == 1:
        return Result(answer, DECIDED, (answer,), (answer,), branches)
    shortest = min(results, key=len)
    longest = max((each for each in results if each != shortest), key=len, default=answer)
    ends = sorted((shortest, longest), key=lambda each: each != answer)
    certain = tuple(value for value in answer if all(value in each for each in every))
    widest = tuple(dict.fromkeys(value for each in every for value in each))
    return Result(answer, PROVISIONAL, tuple(ends), (certain, widest), branches)


def _undecided(
    possible: tuple[Any, ...], readings: tuple[Any, ...] | None = None, rivals: tuple[int, ...] = ()
) -> Result:
    return Result(None, UNDECIDED, possible, possible if readings is None else readings, rivals=rivals)


def _known(value: Any) -> Any:
    return ANY if value is None else value


def _plain(value: Any) -> Any:
    """A declared value as it is in data: a length of time is its count."""
    return value.amount if isinstance(value, Duration) else value
