"""Whether a condition holds of some group of records: those of a stretch of days, or those with one value in common.

    aggregator = GroupAggregator((Aggregator("count"), Aggregator("sum")), length=Duration(3, "days"))
    aggregator.result((rows, judging))

A row is a record that counts (True) or may count (None), with what it is grouped by, and for each aggregate in the
condition whether it counts there, and its value. A record that may count, and one of which it is unknown where it
belongs, may be in any group (S3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from attrs import field, frozen

from rulelang.model.aggregates import EXISTS, Aggregator, as_result
from rulelang.model.contributions import Result
from rulelang.model.doubt import judged
from rulelang.model.kleene import every, some
from rulelang.model.order import is_known
from rulelang.values.durations import Duration
from rulelang.values.moments import advanced
from rulelang.values.numbers import add

Pairs = tuple[tuple[bool | None, Any], ...]
GroupRow = tuple[bool | None, Any, Pairs]
Group = Sequence[GroupRow]

GROUP = "group"
# What of two groups together is what of each, added.
_ADDS = ("count", "sum")


class Judging(Protocol):
    """The condition of a group, from what its aggregates come to."""

    def now(self, values: Sequence[Any]) -> bool | None:
        """Whether it holds, were the results these."""

    def tried(self, results: Sequence[Result]) -> bool | None:
        """Whether it holds whatever the results may still be."""


@frozen
class JudgedBy:
    """A condition as functions: ``whole`` of the truths of its ``atoms``, each of the results whose places it has."""

    present: Callable[..., bool | None]
    atoms: tuple[tuple[Callable[..., bool | None], tuple[int, ...]], ...]
    whole: Callable[..., bool | None]

    def now(self, values: Sequence[Any]) -> bool | None:
        """Whether it holds, were the results these."""
        return self.present(*values)

    def tried(self, results: Sequence[Result]) -> bool | None:
        """Whether it holds whatever the results may still be: atom by atom."""
        truths = (judged(atom, (), [results[place] for place in places])[1] for atom, places in self.atoms)
        return self.whole(*truths)


@frozen
class GroupAggregator:
    """How a group is looked for: ``parts`` are the aggregates in its condition; ``length`` is that of a stretch of
    days, None for records with one value in common.
    """

    parts: tuple[Aggregator, ...]
    length: Duration | None = None
    kind: str = field(default=GROUP, init=False)

    def result(self, found: tuple[Group, Judging] | None) -> Result:
        """True, false, or both still possible; the answer leaves out what can't be judged."""
        if found is None:
            return as_result(None, (None,))
        rows, judging = found
        if all(status and by is not None and _is_settled(pairs) for status, by, pairs in rows):
            adds = self.length is not None and all(part.kind in _ADDS for part in self.parts)
            values = self._added_up(rows) if adds else map(self._values, self.groups(rows))
            now = some_group(map(judging.now, values))
            return as_result(now, (now,))
        present = [row for row in rows if row[0] and row[1] is not None]
        now = some_group(judging.now([each.answer for each in self._results(group)]) for group in self.groups(present))
        tried = some(self._tried(rows, judging))
        return as_result(now, (True, False) if tried is None else (tried,))

    def found(self, found: tuple[Group, Judging] | None) -> Group | None:
        """The records of the first group of which the condition is known to hold, the smallest stretch of days."""
        if found is None:
            return None
        rows, judging = found
        known = [row for row in rows if row[0] and row[1] is not None]
        holding = (each for each in self.groups(known) if judging.now([one.answer for one in self._results(each)]))
        return next(holding, None)

    def groups(self, rows: Group) -> Iterator[Group]:
        """All groups of rows of which it is known where they belong."""
        by_value: dict[Any, list[GroupRow]] = {}
        for row in rows:
            by_value.setdefault(row[1], []).append(row)
        if self.length is None:
            yield from by_value.values()
            return
        days = sorted(by_value)
        for place, first in enumerate(days):
            last, group = advanced(first, self.length), list[GroupRow]()
            for day in days[place:]:
                if day > last:
                    break
                group = [*group, *by_value[day]]
                yield group

    def _tried(self, rows: Group, judging: Judging) -> Iterator[bool | None]:
        """The truth for every group that there may be. One without a record that surely counts may not be there."""
        loose = [row for row in rows if row[1] is None]
        known = [row for row in rows if row[1] is not None]
        for group in (*self.groups(known), *(((),) if loose else ())):
            members = [*group, *((None, by, pairs) for _, by, pairs in loose)]
            truth = judging.tried(self._results(members))
            yield None if truth and not any(status for status, _, _ in group) else truth

    def _values(self, group: Group) -> list[Any]:
        """What the parts come to over records of which everything is known."""
        found = []
        for place, part in enumerate(self.parts):
            values = [pairs[place][1] for _, _, pairs in group if pairs[place][0]]
            found.append(part.truth(bool(values)) if part.kind == EXISTS else part.value(values))
        return found

    def _added_up(self, rows: Group) -> Iterator[list[Any]]:
        """The same of every stretch of days, each from the one before that ends a day earlier."""
        by_day: dict[Any, list[GroupRow]] = {}
        for row in rows:
            by_day.setdefault(row[1], []).append(row)
        days = sorted(by_day)
        of_day = [self._values(by_day[day]) for day in days]
        assert self.length is not None
        for place, first in enumerate(days):
            last = advanced(first, self.length)
            values = of_day[place]
            yield values
            for later in range(place + 1, len(days)):
                if days[later] > last:
                    break
                values = [add(*each) for each in zip(values, of_day[later], strict=True)]
                yield values

    def _results(self, group: Group) -> list[Result]:
        """What the parts come to, and may come to."""
        found = []
        for place, part in enumerate(self.parts):
            judged_ = ((every((status, pairs[place][0])), pairs[place][1]) for status, _, pairs in group)
            found.append(part.result([each for each in judged_ if each[0] is not False]))
        return found


def some_group(truths: Iterator[bool | None]) -> bool | None:
    """Kleene's or, done with the first that is true."""
    found: bool | None = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            found = None
    return found


def _is_settled(pairs: Pairs) -> bool:
    return all(counts is False or (counts and is_known(value)) for counts, value in pairs)
