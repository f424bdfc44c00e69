"""Where customers stand among all: cut points from the whole base, and each customer's measure by them.

    counting = Counting(model, as_of)
    for values in customers: counting.add(values)      # first pass: field name -> value
    cuts = counting.cuts()
    cuts.measures(values)                              # second pass, or one customer against saved cut points

Ties are never broken by chance: all customers with the value at a cut are on the same side of it. A quantile is
interpolated between neighbours (Hyndman and Fan's type 7, the default of R and NumPy); of whole numbers and days it
is rounded up, so that a cut is a value the field can have. A customer exactly at the cut between two quintiles belongs
to the lower one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.model.evaluation import value_of
from rulelang.model.program import Measure, Model
from rulelang.model.scope import Scope
from rulelang.model.walking import fields_read
from rulelang.values.errors import Unreadable
from rulelang.vocabulary.reading import read_value
from rulelang.vocabulary.types import Date, Length, Number

PARTS = {"quintile": 5, "decile": 10}

Points = tuple[Any, ...]


@frozen
class Cuts:
    """The cut points of every measure, by group (None where there are no groups), for one as-of date."""

    model: Model
    as_of: date
    points: Mapping[str, Mapping[Any, Points]]

    def measures(self, values: Mapping[str, Any], as_of: date | None = None) -> dict[str, Any]:
        """The measures of a customer on a day (default: the cut points' own).

        None where the value is missing, or the group has no cut points.
        """
        scope = Scope(self.model, as_of or self.as_of, values, {})
        found: dict[str, Any] = {}
        for measure in self.model.measures:
            value = _exact(value_of(measure.value, scope))
            group = None if measure.group is None else value_of(measure.group, scope)
            points = self.points.get(measure.name, {}).get(group)
            known = value is not None and points is not None and (measure.group is None or group is not None)
            found[measure.name] = _measured(measure, value, points) if known and points is not None else None
        return found


class Counting:
    """Collects the values of a whole base of customers."""

    def __init__(self, model: Model, as_of: date) -> None:
        self.model, self.as_of = model, as_of
        self.collected: dict[str, dict[Any, list[Any]]] = {each.name: {} for each in model.measures}

    def add(self, values: Mapping[str, Any]) -> None:
        """Counts a customer; one whose value or group is missing is left out of that measure."""
        scope = Scope(self.model, self.as_of, values, {})
        for measure in self.model.measures:
            value = _exact(value_of(measure.value, scope))
            group = None if measure.group is None else value_of(measure.group, scope)
            if value is not None and (measure.group is None or group is not None):
                self.collected[measure.name].setdefault(group, []).append(value)

    def cuts(self) -> Cuts:
        """The cut points of all that were counted."""
        points = {
            measure.name: {
                group: _points(measure, sorted(values)) for group, values in self.collected[measure.name].items()
            }
            for measure in self.model.measures
        }
        return Cuts(self.model, self.as_of, points)


def measures_of(cuts: Cuts, row: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The measures of a customer as given. Raises DataError for a value that can't be read."""
    values: dict[str, Any] = {}
    for name in measured_fields(cuts.model):
        field = cuts.model.fields[name]
        raw = row.get(name, row.get(field.label) if field.label else None)
        try:
            values[name] = None if raw is None else read_value(field, raw)
        except Unreadable as error:
            facts = {"field": name, "value": raw, "reason": error.reason}
            raise DataError((Diagnostic("unreadable-value", None, facts),)) from error
    return cuts.measures(values, as_of)


def measured_fields(model: Model) -> tuple[str, ...]:
    """The fields that measures rest on."""
    expressions = [part for each in model.measures for part in (each.value, each.group) if part is not None]
    return tuple(dict.fromkeys(name for each in expressions for name in fields_read(each)))


def _points(measure: Measure, ascending: Sequence[Any]) -> Points:
    """What a value is held against: bounds, quantiles, the total, or for a rank all values."""
    count = len(ascending)
    match measure.kind:
        case "top" | "bottom":
            assert measure.amount is not None
            wanted = ceil(Fraction(measure.amount) * count) if measure.share else int(measure.amount)
            wanted = min(max(wanted, 1), count)
            return (ascending[-wanted] if measure.kind == "top" else ascending[wanted - 1],)
        case "making_up":
            return (_making_up(ascending, Fraction(measure.amount or 0)),)
        case "share":
            return (sum(ascending, Fraction(0)),)
        case "rank":
            return tuple(ascending)
    parts = PARTS[measure.kind]
    edges = [_quantile(ascending, Fraction(number, parts)) for number in range(1, parts)]
    return tuple(Fraction(ceil(each)) if _is_whole(measure) else each for each in edges)


def _is_whole(measure: Measure) -> bool:
    """Whether what is measured comes in whole steps."""
    type_ = measure.value.type
    return isinstance(type_, Date | Length) or (isinstance(type_, Number) and type_.decimals == 0)


def _making_up(ascending: Sequence[Any], share: Fraction) -> Any:
    """The smallest value that still is among those that make up a share of the total, the largest first."""
    wanted = sum(ascending, Fraction(0)) * share
    smallest = ascending[-1]
    for value, before in zip(reversed(ascending), accumulate(reversed(ascending), initial=Fraction(0)), strict=False):
        if before < wanted:
            smallest = value
        else:
            break
    else:
        smallest = ascending[0]
    return smallest


def _quantile(ascending: Sequence[Any], share: Fraction) -> Fraction:
    """Type 7: the values are spread evenly from 0 to 1, in between they are joined by straight lines."""
    place = (len(ascending) - 1) * share
    below = place.numerator // place.denominator
    low: Fraction = ascending[below]
    if below + 1 >= len(ascending):
        return low
    high: Fraction = ascending[below + 1]
    return low + (place - below) * (high - low)


def _measured(measure: Measure, value: Any, points: Points) -> Any:
    match measure.kind:
        case "top" | "making_up":
            return value >= points[0]
        case "bottom":
            return value <= points[0]
        case "share":
            return value / points[0] if points[0] else None
        case "rank":
            return len(points) - bisect_right(points, value) + 1
    return bisect_left(points, value) + 1


def _exact(value: Any) -> Any:
    """A number to reckon with: dates as days."""
    if value is None:
        return None
    return Fraction(value.toordinal()) if isinstance(value, date) else Fraction(value)
