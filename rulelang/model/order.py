"""What rests on the order of records by their dates: spans of days, runs, gaps, the first and the last record.

Records of one day keep the order in which the list has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise, product
from typing import Any

from rulelang.model.contributions import BLANK
from rulelang.values.durations import Duration
from rulelang.values.moments import advanced

MOST_OPEN = 8
"""So many records that may or may not count are tried in all combinations; with more, a total can't be told."""

Judged = Sequence[tuple[bool | None, Any]]


def is_known(value: Any) -> bool:
    """Whether nothing is missing of what is taken from a record: of one with its date, both."""
    return value is not None and not (type(value) is tuple and None in value)


def busiest(days: Sequence[date], length: Duration) -> int:
    """How many days lie in the busiest span: the first and the last of them are at most a length of time apart."""
    ordered = sorted(days)
    most = first = 0
    for place, day in enumerate(ordered):
        while advanced(ordered[first], length) < day:
            first += 1
        most = max(most, place - first + 1)
    return most


def gaps(days: Sequence[date]) -> list[int]:
    """The days from each day to the next."""
    return [(later - earlier).days for earlier, later in pairwise(sorted(days))]


# --- runs --------------------------------------------------------------------------------------------------------


def longest_run(rows: Judged) -> int:
    """The most records one after the other that count; one that may not count ends a run, one without a date is left
    out.
    """
    return _longest(truth is True for truth in _in_order(rows))


def run_bounds(rows: Judged) -> tuple[int, int, tuple[int, ...] | None]:
    """The least and the most that the longest run may be; where few records are in doubt, exactly what it may be.

    A record without a date may stand anywhere: it may make any run longer by one, or break it.
    """
    ordered = _in_order(rows)
    undated = [truth for truth, day in rows if day is None]
    most = _longest(truth is not False for truth in ordered) + sum(truth is not False for truth in undated)
    if undated:
        return min(most, int(any(truth for truth, _ in rows))), most, None
    least = _longest(truth is True for truth in ordered)
    open_ = [place for place, truth in enumerate(ordered) if truth is None]
    if len(open_) > MOST_OPEN:
        return least, most, None
    tried = []
    for truths in product((False, True), repeat=len(open_)):
        chosen = dict(zip(open_, truths, strict=True))
        tried.append(_longest(bool(chosen.get(place, truth)) for place, truth in enumerate(ordered)))
    return least, most, tuple(dict.fromkeys(tried))


def _in_order(rows: Judged) -> list[bool | None]:
    dated = ((day, truth) for truth, day in rows if day is not None)
    return [truth for _, truth in sorted(dated, key=lambda each: each[0])]


def _longest(counts: Iterable[bool]) -> int:
    longest = run = 0
    for each in counts:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest


# --- the first and the last record -------------------------------------------------------------------------------


def picked(values: Sequence[tuple[date | None, Any]], latest: bool) -> Any:
    """What is read of the last or first record; BLANK where there is none.

    Records without a date are left out where others have one; alone, they are known only if they agree.
    """
    places = [(day, place) for place, (day, _) in enumerate(values) if day is not None]
    if places:
        return values[(max if latest else min)(places)[1]][1]
    found = {value for _, value in values}
    return BLANK if not found else found.pop() if len(found) == 1 else None


def possibly_picked(rows: Judged, latest: bool) -> list[Any]:
    """What may be read of the last or first record, None for a value that is missing, BLANK for no record."""
    found: list[Any] = []
    sure = [value for truth, value in rows if truth]
    dated = [(day, place) for place, (truth, (day, _)) in enumerate(rows) if truth and day is not None]
    best = (max if latest else min)(dated) if dated else None
    if best is not None:
        found.append(rows[best[1]][1][1])
    elif not sure:
        found.append(BLANK)
    for place, (truth, (day, value)) in enumerate(rows):
        if day is None or (truth is None and (best is None or ((day, place) > best) is latest)):
            found.append(value)
    return found
