"""The days to come on which rules change by themselves, as they say with a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from rulelang.model.program import Model
from rulelang.vocabulary.lookups import is_dated, validity

_DAY = timedelta(days=1)


def coming_days(models: Iterable[Model], after: date) -> tuple[date, ...]:
    """The days later than ``after`` on which a threshold has another value, a rule or a row of a list begins or has
    ended; in order, and only those on which all models are valid.

    Between two of them rules say the same from day to day; what customers' dates do to them is another matter.
    """
    several = tuple(models)
    ends = [each.header.valid_until for each in several if each.header.valid_until is not None]
    found = {day for model in several for day in _days(model)}
    return tuple(sorted(day for day in found if after < day and all(day <= end for end in ends)))


def _days(model: Model) -> Iterator[date]:
    for threshold in model.thresholds.values():
        yield from (start for start, _ in threshold.dated)
    for rule in model.rules:
        yield from _turns(rule.valid_from or date.min, rule.valid_until or date.max)
    for reference in model.lists.values():
        if is_dated(reference):
            for row in reference.rows:
                yield from _turns(*validity(reference.columns, row))


def _turns(first: date, last: date) -> Iterator[date]:
    yield first
    if last < date.max:
        yield last + _DAY
