"""What an aggregate or a quantifier comes to, from its records: the answer, and every result still possible (S3).

    aggregator = aggregator_of(aggregate)
    aggregator.result([(True, 120), (None, 80)])     # rows: whether a record counts, and its value

A record that may or may not count is left out of the answer; the possible results are those of all ways to decide
such records. Nothing here knows how records are read or judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import localcontext
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from rulelang.model import expressions as e
from rulelang.model.contributions import ANY, DECIDED, MOST_COMBINATIONS, PROVISIONAL, Result
from rulelang.model.expressions import Aggregated
from rulelang.model.lists import FRACTIONS, GAPS, PICKS
from rulelang.model.order import MOST_OPEN as MOST_OPEN
from rulelang.model.order import busiest, gaps, longest_run, picked, possibly_picked, run_bounds
from rulelang.values.durations import Duration
from rulelang.values.numbers import EXACT, add, canonical
from rulelang.vocabulary.types import Choice, Length, Number

EXISTS, STREAK = "exists", "streak"
QUANTIFIERS = ("any", "every", "no")

Row = tuple[bool | None, Any]
Rows = Sequence[Row]


@frozen
class Aggregator:
    """One way to aggregate records. ``order`` ranks the members of a choice; ``inverted`` turns yes into no; ``length``
    is that of a rolling window.
    """

    kind: str
    order: tuple[str, ...] = ()
    inverted: bool = False
    length: Duration | None = None
    ranks: Mapping[str, int] = field(init=False, eq=False, repr=False)

    @ranks.default
    def _ranks(self) -> Mapping[str, int]:
        return {key: rank for rank, key in enumerate(self.order)}

    def value(self, values: Sequence[Any]) -> Any:
        """The result over known values, None where there is none; an average is a Fraction.

        Of a streak the values are whether each record of the list counts, and its date; of a record its date, and what
        is read of it.
        """
        if self.kind == "busiest":
            assert self.length is not None, "a rolling window has a length"
            return busiest(values, self.length)
        return _KINDS[self.kind](values, self._rank)

    def truth(self, hit: bool | None) -> bool | None:
        """The answer of a quantifier, from whether a record was found (None: one may have been)."""
        return None if hit is None else hit is not self.inverted

    def result(self, rows: Rows | None) -> Result:
        """The result over the records that count (True) or may (None), each with its value; None for unknown rows."""
        if rows is None:
            return settled(None)
        if self.kind == EXISTS:
            return settled(self.truth(True if any(status for status, _ in rows) else None if rows else False))
        if self.kind == STREAK:
            return as_result(longest_run(rows), _runs(rows))
        if self.kind in PICKS:
            return _picked(self.value([value for status, value in rows if status]), rows, self.kind)
        sure = [value for status, value in rows if status]
        maybe = [value for status, value in rows if status is None]
        if self.kind == "count":
            return as_result(len(sure), _range(len(sure), len(maybe)))
        known = [each for each in sure if each is not None]
        now = self.value(known)
        if len(known) < len(sure) or any(each is None for each in maybe):
            return as_result(now, (ANY,))
        return as_result(now, self._possible(known, maybe)) if maybe else settled(now)

    def _possible(self, known: list[Any], maybe: list[Any]) -> Iterable[Any]:
        """The results over the known values together with any of those that may count."""
        match self.kind:
            case "busiest":  # one record more makes at most one more
                least = self.value(known)
                return _range(least, self.value([*known, *maybe]) - least)
            case "distinct":
                certain = set(known)
                return _range(len(certain), len(set(maybe) - certain))
            case "largest" | "latest" | "smallest" | "earliest":
                now = self.value(known)
                return (now, *(each for each in maybe if now is None or self.value([now, each]) != now))
        if len(maybe) > MOST_OPEN:
            return (ANY,)
        chosen: list[list[Any]] = [[]]
        for each in maybe:
            chosen += [[*others, each] for others in chosen]
        if self.kind == "most_frequent" or self.kind in GAPS:
            return [self.value([*known, *others]) for others in chosen]
        base, size = total(known), len(known)
        sums = [(add(base, total(others)), size + len(others)) for others in chosen]
        return [_quotient(*each) if self.kind == "average" else each[0] for each in sums]

    def _rank(self, value: Any) -> Any:
        return self.ranks.get(value, value) if self.order else value


def settled(answer: Any) -> Result:
    """A result that nothing unknown can change; None where there is no such value."""
    return Result(answer, DECIDED, (answer,), (answer,))


def as_result(now: Any, possible: Iterable[Any]) -> Result:
    """A result with the answer by what is known, and all that are possible."""
    readings = tuple(dict.fromkeys(possible))
    if readings == (now,):
        return settled(now)
    return Result(now, PROVISIONAL, tuple(dict.fromkeys((now, *readings))), readings)


def _range(least: int, more: int) -> Iterable[Any]:
    return range(least, least + more + 1) if more < MOST_COMBINATIONS else (ANY,)


def joined(results: Sequence[Result], now: Result) -> Result:
    """One result for all that what it rests on may still be; ``now`` is the one by present answers."""
    return as_result(now.answer, (reading for each in results for reading in each.readings))


# --- kinds -------------------------------------------------------------------------------------------------------


def total(values: Sequence[Any]) -> Any:
    """The exact sum."""
    try:
        with localcontext(EXACT):
            found = sum(values)
    except TypeError:  # fractions and decimals together
        found = 0
        for each in values:
            found = add(found, each)
    return found if isinstance(found, int | Fraction) else canonical(found)


def _quotient(sum_: Any, count: int) -> Fraction | None:
    return Fraction(sum_) / count if count else None


def _most_frequent(values: Sequence[Any], rank: Callable[[Any], Any]) -> Any:
    counts = Counter(values)
    return min(counts, key=lambda each: (-counts[each], rank(each)), default=None)


_KINDS: Mapping[str, Callable[[Sequence[Any], Callable[[Any], Any]], Any]] = {
    "count": lambda values, rank: len(values),
    "sum": lambda values, rank: total(values),
    "average": lambda values, rank: _quotient(total(values), len(values)),
    "largest": lambda values, rank: max(values, key=rank, default=None),
    "latest": lambda values, rank: max(values, default=None),
    "smallest": lambda values, rank: min(values, key=rank, default=None),
    "earliest": lambda values, rank: min(values, default=None),
    "distinct": lambda values, rank: len(set(values)),
    "most_frequent": _most_frequent,
    "largest_gap": lambda values, rank: max(gaps(values), default=None),
    "smallest_gap": lambda values, rank: min(gaps(values), default=None),
    "average_gap": lambda values, rank: _quotient(sum(found := gaps(values)), len(found)),
    STREAK: lambda values, rank: longest_run(values),
    "latest_record": lambda values, rank: picked(values, latest=True),
    "earliest_record": lambda values, rank: picked(values, latest=False),
}


def _runs(rows: Rows) -> Iterable[int]:
    """The lengths that the longest run may have, however the records that can't be judged turn out."""
    least, most, open_ = run_bounds(rows)
    if least == most:
        return (least,)
    return open_ if open_ is not None else _range(least, most - least)


def _picked(now: Any, rows: Rows, kind: str) -> Result:
    readings = tuple(ANY if each is None else each for each in possibly_picked(rows, latest=kind == "latest_record"))
    return as_result(now, readings)


# --- aggregates and quantifiers of the model ---------------------------------------------------------------------


def aggregator_of(expression: Aggregated, length: Duration | None = None) -> Aggregator:
    """How an aggregate or a quantifier aggregates the records for which `counted` holds; ``length`` is that of a
    rolling window.
    """
    if isinstance(expression, e.Quantified):
        return Aggregator(EXISTS, inverted=expression.quantifier != "any")
    assert isinstance(expression, e.Aggregate), "groups have an aggregator of their own"
    if expression.rolling is not None:
        return Aggregator(expression.kind, length=length)
    type_ = None if expression.value is None else expression.value.type
    return Aggregator(expression.kind, type_.keys() if isinstance(type_, Choice) else ())


def counted(expression: Aggregated) -> e.Expression:
    """The condition under which a record counts; for ``every``, under which it is an exception."""
    conditions: tuple[e.Expression | None, ...]
    if isinstance(expression, e.Aggregate | e.AnyGroup):
        conditions = (expression.window, expression.where)
    else:
        condition = expression.condition
        exception = e.Not(condition) if expression.quantifier == "every" else condition
        conditions = (expression.where, exception)
    found = tuple(each for each in conditions if each is not None)
    return e.And(found) if len(found) > 1 else found[0] if found else e.ALWAYS


def is_whole(expression: Aggregated) -> bool:
    """Whether the result is an integer wherever there is one."""
    if not isinstance(expression, e.Aggregate) or expression.kind in FRACTIONS:
        return False
    type_ = expression.type
    return isinstance(type_, Length) or (isinstance(type_, Number) and type_.decimals == 0)
