"""Deciding for long: for the day of each call, and past customers who can't be read."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rulelang.diagnostics.diagnostic import DataError

if TYPE_CHECKING:
    from rulelang.engine.decision import Decision
    from rulelang.engine.ruleset import Ruleset

Outcomes = Callable[[Mapping[str, Any]], dict[str, Any]]


def daily(ruleset: Ruleset) -> Outcomes:
    """The compiled function of the day on which it is called; of the moment where the rules count hours."""
    if type(ruleset.as_of()) is not datetime.date:
        return lambda row: ruleset.compile(ruleset.as_of())(row)
    now = time.time
    # The day and its function go together: a thread sees both, or neither.
    today: tuple[float, float, Outcomes] = (0.0, 0.0, dict)

    def outcomes(row: Mapping[str, Any]) -> dict[str, Any]:
        nonlocal today
        start, end, decide = today
        if start <= now() < end:
            return decide(row)
        today = _of_today(ruleset)
        return today[2](row)

    return outcomes


def _of_today(ruleset: Ruleset) -> tuple[float, float, Outcomes]:
    """When today began and ends, in seconds as the clock counts them, and its function."""
    day = ruleset.as_of()
    ends = (day, day + datetime.timedelta(1))
    start, end = (datetime.datetime.combine(each, datetime.time()).timestamp() for each in ends)
    return start, end, ruleset.compile(day)


def with_errors(
    ruleset: Ruleset, customers: Iterable[Any], as_of: datetime.date, errors: str
) -> Iterator[Decision | DataError]:
    """A decision for each customer, or the error where one can't be read. Raises ValueError for an unknown wish."""
    if errors != "return":
        raise ValueError(f'errors is "raise" or "return", not {errors!r}')
    return (_decision(ruleset, each, as_of) for each in customers)


def _decision(ruleset: Ruleset, customer: Any, as_of: datetime.date) -> Decision | DataError:
    try:
        return ruleset.decide(customer, as_of)
    except DataError as error:
        return error
