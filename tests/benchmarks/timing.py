"""Timing in pairs: every contestant has a turn in every round, and is compared with the others of that round alone.

What is counted is the time of the processor: other programs on the machine cost none.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

ROUNDS = 15
TURN = 0.02  # seconds


@frozen
class Timed:
    """Microseconds per call, and how many times as long as the reference; medians over the rounds, and the range."""

    microseconds: float
    ratio: float
    lowest: float
    highest: float


def in_turns(contestants: Mapping[str, Callable[[], Any]], calls: int, reference: str) -> dict[str, Timed]:
    """Times functions that each make so many calls."""
    repeats = {name: _repeats(function) for name, function in contestants.items()}
    rounds: list[dict[str, float]] = []
    for number in range(ROUNDS):
        order = list(contestants.items())
        rotated = order[number % len(order) :] + order[: number % len(order)]
        rounds.append({name: _timed(function, repeats[name]) / calls for name, function in rotated})
    found = {}
    for name in contestants:
        ratios = [each[name] / each[reference] for each in rounds]
        microseconds = statistics.median(each[name] for each in rounds) * 1e6
        found[name] = Timed(microseconds, statistics.median(ratios), min(ratios), max(ratios))
    return found


def _repeats(function: Callable[[], Any]) -> int:
    return max(1, round(TURN / max(_timed(function, 1), 1e-9)))


def _timed(function: Callable[[], Any], repeats: int) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(repeats):
            function()
        return (time.process_time() - start) / repeats
    finally:
        gc.enable()


def calls(decide: Callable[[Any], Any], rows: Sequence[Any]) -> Callable[[], None]:
    """A function that decides every row."""

    def every() -> None:
        for row in rows:
            decide(row)

    return every
