"""Where customers stand among all: cut points from the whole base, and each customer's measure by them.

    counting = Counting(model, as_of)
    for values in customers: counting.add(values)      # first pass: field name -> value
    cuts = counting.cuts()
    cuts.measures(values)                              # second pass, or one customer against saved cut points

Ties are never broken by chance: all customers with the value at a cut are on the same side of it. A quantile is
interpolated between neighbours (Hyndman and Fan's type 7, the default of R and NumPy); of whole numbers and days it
is rounded up, so that a cut is a value the field can have. A customer exactly at the cut between two quintiles belongs
to the lower one. Where the total is nothing, no share of it can be told; below nothing neither.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.lowering.aggregates import fields_as_read
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import aggregated_value, value_of
from rulelang.model.expressions import Aggregate
from rulelang.model.program import Measure, Model
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, fields_read
from rulelang.values.errors import Unreadable
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.reading import outside_limits, read_value
from rulelang.vocabulary.records import RecordReader
from rulelang.vocabulary.rows import as_row
from rulelang.vocabulary.types import Date, Length, ListOf, Number, YesNo

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

        None where the value is missing, or the group has no cut points. A blank that is an answer is not among the
        top, nor among the bottom.
        """
        scope = Scope(self.model, as_of or self.as_of, values, {})
        found: dict[str, Any] = {}
        for measure in self.model.measures:
            value = _exact(value_of(measure.value, scope))
            group = None if measure.group is None else value_of(measure.group, scope)
            points = self.points.get(measure.name, {}).get(group)
            if isinstance(measure.type, YesNo) and has_blank(measure, scope):
                found[measure.name] = False
            elif value is None or not points or (measure.group is not None and group is None):
                found[measure.name] = None
            else:
                found[measure.name] = _measured(measure, value, points)
        return found

    def not_counted(self, values: Mapping[str, Any], as_of: date | None = None) -> Iterator[Diagnostic]:
        """What a customer's measures can't be told by, though all of it is known: groups without cut points."""
        scope = Scope(self.model, as_of or self.as_of, values, {})
        for measure in self.model.measures:
            group = None if measure.group is None else value_of(measure.group, scope)
            if measure.group is None or group is None or self.points.get(measure.name, {}).get(group):
                continue
            if value_of(measure.value, scope) is None:
                continue
            field = self.model.fields[measure.group.name]
            named = self.model.fields[measure.name].label or measure.name
            facts = {"field": named, "value": shown(field, group), "by": field.name}
            yield Diagnostic("group-not-counted", facts=facts)


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


def count_all(model: Model, rows: Iterable[Any], as_of: date) -> Cuts:
    """The cut points of a base of customers as given. Raises DataError for a value that can't be read."""
    counting, reader = Counting(model, as_of), MeasuredReader(model)
    for row in rows:
        counting.add(reader.read(as_row(row)))
    return counting.cuts()


class MeasuredReader:
    """Reads of customers as given the fields that measures rest on, as rules would read them."""

    def __init__(self, model: Model) -> None:
        fields = fields_as_read(model)
        self._fields = [(fields[name], self._lists(fields[name])) for name in measured_fields(model)]

    def read(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """By name; a missing value is None, and so is one outside its field's limits. Raises DataError."""
        values: dict[str, Any] = {}
        for field, records in self._fields:
            raw = row.get(field.name)
            if raw is None and field.label:
                raw = row.get(field.label)
            values[field.name] = _read(field, raw) if records is None else _read_records(records, raw)
        return values

    def _lists(self, field: Field) -> RecordReader | None:
        return RecordReader(field) if isinstance(field.type, ListOf) else None


def _read(field: Field, raw: Any) -> Any:
    try:
        value = read_value(field, raw)
    except Unreadable as error:
        if error.reason == "not-a-member":
            return None
        facts = {"field": field.name, "value": raw, "reason": error.reason}
        raise DataError((Diagnostic("unreadable-value", None, facts),)) from error
    if value is None:
        return BLANK if field.may_be_blank else None
    return value if isinstance(value, tuple) or not outside_limits(field, value) else None


def _read_records(reader: RecordReader, raw: Any) -> Any:
    records, _, faults = reader.read(raw)
    if faults:
        raise DataError(tuple(faults))
    return records


def measured_fields(model: Model) -> tuple[str, ...]:
    """The fields that measures rest on."""
    expressions = [part for each in model.measures for part in (each.value, each.group) if part is not None]
    return tuple(dict.fromkeys(name for each in expressions for name in fields_read(each)))


def _points(measure: Measure, ascending: Sequence[Any]) -> Points:
    """What a value is held against: bounds, quantiles, the total, or for a rank all values."""
    count = len(ascending)
    match measure.kind:
        case "top" | "bottom":
            wanted = wanted_count(measure, count)
            return (ascending[-wanted] if measure.kind == "top" else ascending[wanted - 1],)
        case "making_up":
            total_wanted = sum(ascending, Fraction(0)) * Fraction(measure.amount or 0)
            return (_making_up(ascending, total_wanted),) if total_wanted > 0 else ()
        case "share":
            return (sum(ascending, Fraction(0)),)
        case "rank":
            return tuple(ascending)
    return edges(measure, count, ascending)


def wanted_count(measure: Measure, count: int) -> int:
    """How many of so many customers are among the top or the bottom, where no two are alike."""
    assert measure.amount is not None
    wanted = ceil(Fraction(measure.amount) * count) if measure.share else int(measure.amount)
    return min(max(wanted, 1), count)


def edges(measure: Measure, count: int, ascending: Sequence[Any] | Mapping[int, Any]) -> Points:
    """The points between the parts of so many values in their order, of which those beside a point suffice."""
    parts = PARTS[measure.kind]
    found = [_quantile(ascending, count, Fraction(number, parts)) for number in range(1, parts)]
    return tuple(Fraction(ceil(each)) if _is_whole(measure) else each for each in found)


def has_blank(measure: Measure, scope: Scope) -> bool:
    """Whether what is measured, or the group, is known to be none: nothing compares with that."""
    value = bare(measure.value)
    if isinstance(value, Aggregate) and aggregated_value(value, scope) is BLANK:
        return True
    return scope.is_blank(value) or (measure.group is not None and scope.is_blank(measure.group))


def _is_whole(measure: Measure) -> bool:
    """Whether what is measured comes in whole steps."""
    type_ = measure.value.type
    return isinstance(type_, Date | Length) or (isinstance(type_, Number) and type_.decimals == 0)


def _making_up(ascending: Sequence[Any], wanted: Fraction) -> Any:
    """The smallest value that still is among those that come to a part of the total, the largest first."""
    largest_first = ascending[::-1]
    before = accumulate(largest_first, initial=Fraction(0))
    return [value for value, sum_ in zip(largest_first, before, strict=False) if sum_ < wanted][-1]


def _quantile(ascending: Sequence[Any] | Mapping[int, Any], count: int, share: Fraction) -> Fraction:
    """Type 7: the values are spread evenly from 0 to 1, in between they are joined by straight lines."""
    place = (count - 1) * share
    below = place.numerator // place.denominator
    low: Fraction = ascending[below]
    if below + 1 >= count:
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
            return value / points[0] if points[0] > 0 else None
        case "rank":
            return len(points) - bisect_right(points, value) + 1
    return bisect_left(points, value) + 1


def _exact(value: Any) -> Any:
    """A number to reckon with: dates as days."""
    if value is None:
        return None
    return Fraction(value.toordinal()) if isinstance(value, date) else Fraction(value)
