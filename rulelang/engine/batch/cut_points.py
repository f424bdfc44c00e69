"""Cut points of a whole table by queries, and the tables that hold what is too long to write out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from rulelang.engine.connections.duck import Duck
from rulelang.engine.deciding.population import PARTS, Points, edges, wanted_count
from rulelang.model.program import Measure

Groups = dict[Any, Points]
"""Points by group, None where there are no groups."""


def exact(value: Any) -> Fraction:
    """A value as it is reckoned with: days as numbers."""
    return Fraction(value.toordinal()) if isinstance(value, date) else Fraction(value)


def points_of(measure: Measure, relation: str, decimals: int, duck: Duck) -> Groups:
    """The points of a measure over a relation with values ``v`` and groups ``g`` (an empty text where there are none).

    Of a rank there are as many as values: its groups are given without them. Values have so many ``decimals``.
    """
    counted = "rulelang_counted"
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {counted} AS SELECT g, v, count(*) AS n FROM {relation} GROUP BY g, v")
    whole = measure.kind in ("share", "making_up")
    total = "sum(v * n)" if whole else "NULL"
    groups = duck.execute(f"SELECT g, sum(n), {total} FROM {counted} GROUP BY g ORDER BY g").fetchall()
    if measure.kind == "rank":
        return {_group(measure, group): () for group, *_ in groups}
    if measure.kind == "share":
        return {_group(measure, group): (Fraction(total),) for group, _, total in groups}
    if measure.kind == "making_up":
        found = _making_up(measure, [(group, Fraction(total)) for group, _, total in groups], (counted, decimals), duck)
        return {_group(measure, group): found.get(group, ()) for group, *_ in groups}
    places: dict[str, tuple[int, ...]] = {str(group): _places(measure, int(count)) for group, count, _ in groups}
    values = _values_at(places, counted, duck)
    return {
        _group(measure, group): _points(measure, int(count), dict(zip(places[group], values[group], strict=True)))
        for group, count, _ in groups
    }


def _group(measure: Measure, group: Any) -> Any:
    return None if measure.group is None else group


def _places(measure: Measure, count: int) -> tuple[int, ...]:
    """The places from 0, the smallest value first, whose values the points rest on."""
    if measure.kind in ("top", "bottom"):
        wanted = wanted_count(measure, count)
        return (count - wanted if measure.kind == "top" else wanted - 1,)
    parts = PARTS[measure.kind]
    found = set()
    for number in range(1, parts):
        below = floor(Fraction(number, parts) * (count - 1))
        found |= {below, min(below + 1, count - 1)}
    return tuple(sorted(found))


def _points(measure: Measure, count: int, at: Mapping[int, Fraction]) -> Points:
    if measure.kind in ("top", "bottom"):
        return tuple(at.values())
    return edges(measure, count, at)


def _values_at(places: Mapping[str, Sequence[int]], counted: str, duck: Duck) -> dict[str, list[Fraction]]:
    """The values at such places of each group."""
    wanted = [(group, place) for group, each in places.items() for place in each]
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE rulelang_wanted AS SELECT unnest(CAST(? AS VARCHAR[])) AS g, "
        "unnest(CAST(? AS BIGINT[])) AS place",
        [[group for group, _ in wanted], [place for _, place in wanted]],
    )
    rows = duck.execute(
        "SELECT w.g, c.v FROM (SELECT g, v, n, sum(n) OVER (PARTITION BY g ORDER BY v) AS upto "
        f"FROM {counted}) AS c JOIN rulelang_wanted AS w ON w.g = c.g AND w.place < c.upto AND w.place >= c.upto - c.n "
        "ORDER BY w.g, w.place"
    ).fetchall()
    found: dict[str, list[Fraction]] = {}
    for group, value in rows:
        found.setdefault(group, []).append(exact(value))
    return found


def _making_up(
    measure: Measure, totals: Sequence[tuple[str, Fraction]], counted: tuple[str, int], duck: Duck
) -> dict[str, Points]:
    """The smallest value that still is among those that come to a part of the total, the largest first."""
    table, decimals = counted
    wanted = [(group, total * Fraction(measure.amount or 0)) for group, total in totals]
    kept = [(group, str(Decimal(ceil(each * 10**decimals)).scaleb(-decimals))) for group, each in wanted if each > 0]
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE rulelang_wanted AS SELECT unnest(CAST(? AS VARCHAR[])) AS g, "
        f"CAST(unnest(CAST(? AS VARCHAR[])) AS DECIMAL(38, {decimals})) AS upto",
        [[group for group, _ in kept], [each for _, each in kept]],
    )
    window = "PARTITION BY g ORDER BY v DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    rows = duck.execute(
        "SELECT c.g, min(c.v) FROM (SELECT g, v, n, coalesce(sum(v * n) "
        f"OVER ({window}), 0) AS s FROM {table}) AS c JOIN rulelang_wanted AS w ON w.g = c.g "
        "AND least(c.s, c.s + (c.n - 1) * c.v) < w.upto GROUP BY c.g"
    ).fetchall()
    return {group: (exact(value),) for group, value in rows}


def ranks(relation: str, name: str, duck: Duck) -> None:
    """A table with the place of every value of a relation: ``g``, ``v``, ``place``."""
    window = "PARTITION BY g ORDER BY v DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    duck.execute(
        f"CREATE TABLE {name} AS SELECT g, v, n, 1 + coalesce(sum(n) OVER ({window}), 0) AS place "
        f"FROM (SELECT g, v, count(*) AS n FROM {relation} GROUP BY g, v)"
    )


def values_of(measure: Measure, name: str, duck: Duck) -> Groups:
    """All values of a table of ranks by group, as cut points keep them."""
    found: dict[Any, list[Fraction]] = {}
    for group, value, count in duck.rows(f"SELECT g, v, n FROM {name} ORDER BY g, v"):
        found.setdefault(_group(measure, group), []).extend([exact(value)] * int(count))
    return {group: tuple(each) for group, each in found.items()}
