"""What is decided for each record of a list, and the doubt that travels from there to what is aggregated (S3, S4).

Each record is tried with everything that its own outcomes may still be. Where that only leaves open whether the record
counts, it is a record that may count, as any other; where its value differs too, all ways are tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from rulelang.model.aggregates import EXISTS, Aggregator, Row, joined, settled
from rulelang.model.contributions import (
    ANY,
    BLANK,
    MOST_COMBINATIONS,
    PROVISIONAL,
    Result,
    all_combinations,
    combinations,
)
from rulelang.model.groups import GroupAggregator
from rulelang.model.lists import PICKS

Record = Mapping[str, Any]
Judge = Callable[..., Sequence[Any]]
AnyAggregator = Aggregator | GroupAggregator
Known = tuple[tuple[Any, ...], tuple[Any, ...]]


def decided_records(
    decide: Callable[..., Known | None],
    records: Sequence[Record] | None,
    read: Sequence[str],
    parts: Sequence[str],
    given: Sequence[Any],
) -> tuple[tuple[Record, ...], tuple[Known, ...]] | None:
    """The records with what was decided for each of them as ``parts``, and the same with the branches that won.

    ``decide`` is called with the fields that it ``read``s and with what all are ``given``. None where something is
    unknown.
    """
    if records is None:
        return None
    extended: list[Record] = []
    found: list[Known] = []
    for record in records:
        known = decide(*[record[name] for name in read], *given)
        if known is None:
            return None
        answers, winners = known
        extended.append({**record, **dict(zip(parts, answers, strict=True))})
        found.append((tuple(None if each is BLANK else each for each in answers), winners))
    return tuple(extended), tuple(found)


def judged_records(
    judge: Callable[..., tuple[Result, ...]],
    records: Sequence[Record] | None,
    read: Sequence[str],
    parts: Sequence[str],
    given: Sequence[Any],
) -> tuple[tuple[Record, ...] | None, tuple[tuple[Result, ...], ...] | None]:
    """As `decided_records`, where something is unknown: the records have Results; None where the list is unknown."""
    if records is None:
        return None, None
    found = tuple(judge(*[record[name] for name in read], *given) for record in records)
    pairs = zip(records, found, strict=True)
    return tuple({**record, **dict(zip(parts, results, strict=True))} for record, results in pairs), found


def as_present(record: Record, parts: Iterable[str]) -> Record:
    """A record as conditions read it now."""
    return {**record, **{name: record[name].present for name in parts}}


def gathered_records(
    judge: Judge,
    inputs: tuple[Any, ...],
    results: Sequence[Result],
    aggregators: Sequence[AnyAggregator],
    parts: Sequence[str],
) -> tuple[Result, ...]:
    """What aggregations of records come to which read what was decided for each (``parts``, as Results).

    ``judge`` gives for records (the first of ``inputs``), the other inputs and answers the rows of each aggregation;
    ``results`` are the outcomes and aggregates that all records read alike.
    """
    records, *others = inputs
    if records is None:
        return tuple(settled(None) for _ in aggregators)
    plain = [as_present(each, parts) for each in records]
    rows = judge(plain, *others, *(each.present for each in results))
    now = tuple(aggregator.result(each) for aggregator, each in zip(aggregators, rows, strict=True))
    if all(each[name].settled for each in records for name in parts) and all(each.settled for each in results):
        return now
    if all(each.settled for each in results):
        tried: Iterator[tuple[Any, ...]] | None = iter([tuple(each.present for each in results)])
    else:
        tried = combinations([each.readings for each in results])
    if tried is None:
        return tuple(joined([_untold()], each) for each in now)
    found: list[list[Result]] = [[] for _ in aggregators]
    for values in tried:
        variants = [list(_variants(judge, each, parts, (*others, *values))) for each in records]
        whole = judge((), *others, *values)
        for place, aggregator in enumerate(aggregators):
            asked = [[each[place] for each in one] for one in variants]
            found[place] += _possible(aggregator, asked, whole[place])
    return tuple(joined(each, present) for each, present in zip(found, now, strict=True))


def _variants(judge: Judge, record: Record, parts: Sequence[str], given: tuple[Any, ...]) -> Iterator[Sequence[Any]]:
    """The rows of one record for everything that its outcomes may be; ANY for rows that can't be told."""
    tried = all_combinations([record[name].readings for name in parts])
    for values in [(ANY,)] if tried is None else tried:
        if ANY in values:
            # The number of aggregations is that of the rows of any record.
            yield [ANY for _ in judge([as_present(record, parts)], *given)]
        else:
            yield judge([{**record, **dict(zip(parts, values, strict=True))}], *given)


def _possible(aggregator: AnyAggregator, variants: Sequence[Sequence[Any]], whole: Any) -> list[Result]:
    """The results of all ways in which the records may count; ``whole`` is what judging no records gives."""
    if whole is None:
        return [settled(None)]
    if isinstance(aggregator, GroupAggregator):
        if any(each is ANY for one in variants for each in one):
            return [_untold()]
        ways = [tuple(dict.fromkeys(tuple(rows) for rows, _ in one)) for one in variants]
        judging = whole[1]
        return _results(ways, lambda rows: aggregator.result((rows, judging)))
    return _results([_ways(one, aggregator) for one in variants], aggregator.result)


def _results(ways: Sequence[tuple[tuple[Any, ...], ...]], result: Callable[[list[Any]], Result]) -> list[Result]:
    """The results of every combination of ways, the records in their order."""
    if math.prod(map(len, ways)) > MOST_COMBINATIONS:
        return [_untold()]
    return [result([row for rows in choice for row in rows]) for choice in product(*ways)]


def _ways(variants: Sequence[Any], aggregator: Aggregator) -> tuple[tuple[Row, ...], ...]:
    """The different ways in which a record may count; one where it only may or may not."""
    untold: tuple[Row, ...] = ((None, True if aggregator.kind in ("count", EXISTS) else None),)
    if aggregator.kind in PICKS:
        untold = ((None, (None, None)),)
    ways = tuple(dict.fromkeys(untold if each is ANY else tuple(each) for each in variants))
    values = {value for rows in ways for _, value in rows}
    if len(ways) > 1 and len(values) == 1:
        return (((None, values.pop()),),)
    return ways


def _untold() -> Result:
    return Result(None, PROVISIONAL, (ANY,), (ANY,))
