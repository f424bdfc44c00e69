"""Doubt that travels: conditions and values that rest on outcomes which are not decided (S4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any, Protocol

from rulelang.model.aggregates import joined
from rulelang.model.contributions import ANY, PROVISIONAL, Alternative, Result, Walked, all_combinations, combinations


class FindsResult(Protocol):
    """What makes a result of the records of a list."""

    def result(self, rows: Any, /) -> Result:
        """What they come to, and may come to; None for unknown records."""


def judged(
    atom: Callable[..., bool | None], inputs: tuple[Any, ...], results: Sequence[Result]
) -> tuple[bool | None, bool | None]:
    """A condition on other outcomes, by their present answers and by all that they may still be (S4)."""
    now = atom(*inputs, *(each.present for each in results))
    if all(each.settled for each in results):
        return now, now
    tried = combinations([each.readings for each in results])
    status = None if tried is None else agreed({atom(*inputs, *values) for values in tried})
    return now, status


def gathered(
    rows: Callable[..., Sequence[Any]],
    inputs: tuple[Any, ...],
    results: Sequence[Result],
    aggregators: Sequence[FindsResult],
) -> tuple[Result, ...]:
    """What aggregations come to: by present answers, and with all that the outcomes they rest on may still be (S3)."""

    def aggregation(values: Iterable[Any]) -> tuple[Result, ...]:
        found = rows(*inputs, *values)
        return tuple(aggregator.result(each) for aggregator, each in zip(aggregators, found, strict=True))

    now = aggregation(each.present for each in results)
    if all(each.settled for each in results):
        return now
    tried = combinations([each.readings for each in results])
    if tried is None:
        return tuple(joined([Result(None, PROVISIONAL, (ANY,), (ANY,))], each) for each in now)
    by_aggregation = zip(*map(aggregation, tried), strict=True)
    return tuple(joined(each, present) for each, present in zip(by_aggregation, now, strict=True))


def agreed(truths: set[bool | None]) -> bool | None:
    """What every truth is, None where they differ."""
    return truths.pop() if len(truths) == 1 else None


def expanded(
    value: Callable[..., Any], inputs: tuple[Any, ...], results: Sequence[Result]
) -> tuple[Any, tuple[Any, ...]]:
    """A value that rests on other outcomes: by their present answers, and every one that it may still be."""
    now = value(*inputs, *(each.present for each in results))
    if all(each.settled for each in results):
        return now, told(now)
    tried = all_combinations([each.readings for each in results])
    if tried is None:
        return now, (ANY,)
    # A value that rests on one that can't be told can't be told either.
    possible = (ANY if ANY in each else told(value(*inputs, *each))[0] for each in tried)
    return now, tuple(dict.fromkeys(possible))


def told(value: Any) -> tuple[Any, ...]:
    """The only value possible; ANY where it is unknown."""
    return (ANY if value is None else value,)


def walked(
    branch: int, status: bool | None, now: bool | None, given: Alternative, possible: tuple[tuple[Any, ...], ...]
) -> Walked:
    """A branch with its values now, and for each of them those that are possible."""
    return Walked(branch, status, now, given, tuple(product(*possible)))
