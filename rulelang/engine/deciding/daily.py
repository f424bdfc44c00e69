"""Deciding for long: for the day of each call, and past customers who can't be read."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.deciding.decision import Decision

Outcomes = Callable[[Mapping[str, Any]], dict[str, Any]]
Compile = Callable[[datetime.date], Outcomes]


def daily(now_as_of: Callable[[], datetime.date], compile_for: Compile) -> Outcomes:
    """The compiled function of the day on which it is called; of the moment where the rules count hours."""
    if type(now_as_of()) is not datetime.date:
        return lambda row: compile_for(now_as_of())(row)
    now = time.time
    # The day and its function go together: a thread sees both, or neither.
    today: tuple[float, float, Outcomes] = (0.0, 0.0, dict)

    def outcomes(row: Mapping[str, Any]) -> dict[str, Any]:
        nonlocal today
        start, end, decide = today
        if start <= now() < end:
            return decide(row)
        today = _of_today(now_as_of(), compile_for)
        return today[2](row)

    return outcomes


def _of_today(day: datetime.date, compile_for: Compile) -> tuple[float, float, Outcomes]:
    """When today began and ends, in seconds as the clock counts them, and its function."""
    ends = (day, day + datetime.timedelta(1))
    start, end = (datetime.datetime.combine(each, datetime.time()).timestamp() for each in ends)
    return start, end, compile_for(day)


def with_errors(
    decide: Callable[[Any], Decision], customers: Iterable[Any], errors: str
) -> Iterator[Decision | DataError]:
    """A decision for each customer, or the error where one can't be read. Raises ValueError for an unknown wish."""
    if errors != "return":
        raise ValueError(f'errors is "raise" or "return", not {errors!r}')
    return (_decided(decide, each) for each in customers)


def _decided(decide: Callable[[Any], Decision], customer: Any) -> Decision | DataError:
    try:
        return decide(customer)
    except DataError as error:
        return error
