"""Several threads and processes that decide with one ruleset, and what a million decisions leave behind."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from typing import Any

from rulelang.engine.ruleset import Ruleset

SECONDS = 0.5  # each worker decides for so long


def is_free_threaded() -> bool:
    """Whether this Python runs threads side by side."""
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    return not enabled()


def per_second(rules: Ruleset, rows: Sequence[Any], as_of: date) -> list[tuple[str, ...]]:
    """What each of one to four workers decides in a second of processor, and how many times what one does alone.

    Threads first, then processes; waiting for one another, for a lock or for memory would show.
    """
    spawned = multiprocessing.get_context("spawn")
    kinds: list[tuple[str, Callable[[int], Executor]]] = [
        ("threads", ThreadPoolExecutor),
        ("processes", lambda count: ProcessPoolExecutor(count, spawned)),
    ]
    found: list[tuple[str, ...]] = []
    for name, make in kinds:
        alone = 0.0
        for count in (1, 2, 4):
            with make(count) as pool:
                list(pool.map(_work, [(rules, rows, as_of, 0.05)] * count))  # rules are there, code is compiled
                done = sum(pool.map(_work, [(rules, rows, as_of, SECONDS)] * count)) / SECONDS / count
            alone = alone or done
            found.append((f"{count} {name}", f"{done:,.0f}", f"{done / alone:.2f}"))
    return found


def _work(task: tuple[Ruleset, Sequence[Any], date, float]) -> int:
    rules, rows, as_of, seconds = task
    done, end = 0, time.thread_time() + seconds
    while time.thread_time() < end:
        for decision in rules.decide_many(rows, as_of):
            done += decision["tier"] is not None
    return done


def growth(rules: Ruleset, rows: Sequence[Any], as_of: date, decisions: int) -> int:
    """How many bytes more are held after so many decisions."""
    for _ in rules.decide_many(rows, as_of):
        pass
    tracemalloc.start()
    try:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(decisions // len(rows)):
            for decision in rules.decide_many(rows, as_of):
                decision.standing("tier")
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def memory(make: Callable[[], Any]) -> float:
    """Megabytes that something holds once it is made."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        made = make()
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
        del made
        return held / 1e6
    finally:
        tracemalloc.stop()


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
