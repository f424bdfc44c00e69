"""Where customers stand among all (or among those of their group), by counting every customer for every customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from rulelang.model.program import Measure, Model
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Date, Length, Number, YesNo
from tests.oracle.evaluate import value_of
from tests.oracle.world import BLANK, World, read_customer

PARTS = {"quintile": 5, "decile": 10}
Row = Mapping[str, object]


def places(model: Model, base: Sequence[Row], row: Row, as_of: date) -> dict[str, object]:
    """The measures of a customer held against a base, which need not hold the customer; None where one is unknown."""
    own, others = _world(model, row, as_of), [_world(model, each, as_of) for each in base]
    return {each.name: _place(each, own, others) for each in model.measures}


def _world(model: Model, row: Row, as_of: date) -> World:
    return World(model, read_customer(model, row), as_of, {}, {}, {})


def _place(measure: Measure, own: World, others: Sequence[World]) -> object:
    if isinstance(measure.type, YesNo) and BLANK in (_value(measure, own), _group(measure, own)):
        return False  # S3: nothing compares with what is known to be none
    mine, group = _number(measure, own), _group(measure, own)
    if mine is None or (measure.group is not None and group in (None, BLANK)):
        return None
    beside = [each for each in others if _group(measure, each) == group]
    values = [number for each in beside if (number := _number(measure, each)) is not None]
    return _stands(measure, mine, values) if values else None


def _value(measure: Measure, world: World) -> object:
    return value_of(measure.value, world)


def _group(measure: Measure, world: World) -> object:
    return None if measure.group is None else value_of(measure.group, world)


def _number(measure: Measure, world: World) -> Fraction | None:
    """What is measured, as a number: of a date the day's."""
    match _value(measure, world):
        case date() as day:
            return Fraction(day.toordinal())
        case Duration(amount=amount):
            return Fraction(amount)
        case Fraction() as number:
            return number
    return None


def _stands(measure: Measure, mine: Fraction, values: Sequence[Fraction]) -> object:
    """Ties stand together. Whoever is not counted stands where one with that value would."""
    total = sum(values, Fraction(0))
    amount = Fraction(measure.amount or 0)
    wanted = ceil(amount * len(values)) if measure.share else amount
    match measure.kind:
        case "top":
            return any(mine >= each and _count(other > each for other in values) < wanted for each in values)
        case "bottom":
            return any(mine <= each and _count(other < each for other in values) < wanted for each in values)
        case "making_up":
            share = total * amount
            return any(mine >= each and _larger(each, values) < share for each in values) if share > 0 else None
        case "share":
            return mine / total if total > 0 else None
        case "rank":
            return Fraction(1 + _count(other > mine for other in values))
    parts = PARTS[measure.kind]
    edges = [_edge(measure, Fraction(number, parts), sorted(values)) for number in range(1, parts)]
    return Fraction(1 + _count(edge < mine for edge in edges))


def _count(truths: Any) -> int:
    return sum(1 for each in truths if each)


def _larger(value: Fraction, values: Sequence[Fraction]) -> Fraction:
    """What those with more come to."""
    return sum((each for each in values if each > value), Fraction(0))


def _edge(measure: Measure, share: Fraction, ascending: Sequence[Fraction]) -> Fraction:
    """Straight lines between neighbours, which are spread evenly from 0 to 1; up to the next whole step."""
    steps = len(ascending) - 1
    place = share * steps
    low = int(place)
    edge = ascending[low]
    if low < steps:
        edge += (place - low) * (ascending[low + 1] - ascending[low])
    return Fraction(ceil(edge)) if _is_whole(measure) else edge


def _is_whole(measure: Measure) -> bool:
    type_ = measure.value.type
    return isinstance(type_, Date | Length) or (isinstance(type_, Number) and type_.decimals == 0)
