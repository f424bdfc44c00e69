"""Records in the order of their dates, by brute force: runs, gaps, the first and the last record."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

from rulelang.values.durations import Duration
from tests.oracle.world import BLANK

MOST_OPEN = 8  # with more records in doubt only the shortest and the longest run are known
GAPS = ("largest_gap", "smallest_gap", "average_gap")
PICKS = ("latest_record", "earliest_record")

Runs = list[tuple[bool, date | None]]
Judged = list[tuple[bool | None, Any]]


def streak(runs: Runs) -> Fraction:
    """The most records that count one after the other; those of one day in the order of the list."""
    dated = sorted((each for each in runs if each[1] is not None), key=lambda each: each[1] or date.min)
    counts = [counts for counts, _ in dated]
    stretches = [counts[i:j] for i in range(len(counts)) for j in range(i + 1, len(counts) + 1)]
    return Fraction(max((len(each) for each in stretches if all(each)), default=0))


def possible_streaks(judged: Judged) -> list[Any]:
    """Every way to decide the records in doubt. One without a date could stand anywhere."""
    dated = [(truth, day) for truth, day in judged if day is not None]
    undated = [truth for truth, day in judged if day is None]
    least = streak([(truth is True, day) for truth, day in dated])
    most = streak([(truth is not False, day) for truth, day in dated])
    if undated:
        most += sum(truth is not False for truth in undated)
        least = min(most, Fraction(any(truth is True for truth, _ in judged)))
    elif sum(truth is None for truth, _ in dated) <= MOST_OPEN:
        ways = product(*((True, False) if truth is None else (truth,) for truth, _ in dated))
        return [streak([(counts, day) for counts, (_, day) in zip(way, dated, strict=True)]) for way in ways]
    return [Fraction(each) for each in range(int(least), int(most) + 1)]


def gap(kind: str, days: list[date]) -> Duration | None:
    """The days from one record to the next."""
    ordered = sorted(days)
    gaps = [(ordered[place + 1] - ordered[place]).days for place in range(len(ordered) - 1)]
    if not gaps:
        return None
    if kind == "average_gap":
        average: Any = Fraction(sum(gaps), len(gaps))
        return Duration(average, "days")
    return Duration(max(gaps) if kind == "largest_gap" else min(gaps), "days")


def picked(pairs: list[tuple[date | None, Any]], kind: str) -> Any:
    """The value of the last or first record; of one day the last or first in the list; BLANK where there is none.

    Those without a date are left out, but where there are no others and all say the same.
    """
    dated = [(day, value) for day, value in pairs if day is not None]
    if pairs and not dated:
        return pairs[0][1] if all(value == pairs[0][1] for _, value in pairs) else None
    return _first_or_last(dated, kind)


def _first_or_last(pairs: list[tuple[date, Any]], kind: str) -> Any:
    best: tuple[date, Any] | None = None
    for each in pairs if kind == "latest_record" else reversed(pairs):
        if best is None or (each[0] >= best[0] if kind == "latest_record" else each[0] <= best[0]):
            best = each
    return BLANK if best is None else best[1]


def possibly_picked(judged: Judged, kind: str) -> list[Any]:
    """Every way to decide the records in doubt, and to date those without a date: each of them may be the one."""
    found = []
    relevant = [each for each in judged if each[0] is not False]
    for way in product(*((True, False) if truth is None else (True,) for truth, _ in relevant)):
        chosen = [pair for taken, (_, pair) in zip(way, relevant, strict=True) if taken]
        dated = [pair for pair in chosen if pair[0] is not None]
        if dated or not chosen:
            found.append(_first_or_last(dated, kind))
        found += [value for day, value in chosen if day is None]
    return found
