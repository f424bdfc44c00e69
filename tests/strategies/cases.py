"""Customers made to hurt a given model, and the days on which to decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

import attrs
from attrs import frozen
from hypothesis import strategies as st

from rulelang.model.expressions import Expression, Literal
from rulelang.model.program import Model
from rulelang.values.durations import Duration
from rulelang.values.errors import Unreadable
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.reading import read_value
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Text, YesNo
from tests.strategies.models import models
from tests.strategies.pools import AWKWARD_NUMBERS, AWKWARD_TEXTS, DATES, MISSING, NUMBERS, TEXTS

Row = dict[str, object]
DAYS = (
    *(date(2026, 3, 31), date(2026, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2026, 6, 15)),
    *(date(2025, 12, 31), date(2026, 1, 1), date(2026, 8, 30), date(2026, 5, 31), date(2000, 2, 29)),
)


@frozen
class Case:
    """A model, a day, and some customers."""

    model: Model
    as_of: date
    rows: tuple[Row, ...]


@lru_cache(maxsize=4096)
def _among(options: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(options)


def as_of_dates() -> st.SearchStrategy[date]:
    """Days on which calendars go wrong: ends of months and years, leap days, the day after them."""
    return _among(DAYS)


@st.composite
def rows(draw: st.DrawFn, model: Model, as_of: date) -> Row:
    """One customer: values at the model's constants and just beside them, awkward ones, and missing ones."""
    return _row(draw, model, _interesting(model, as_of))


@st.composite
def cases(draw: st.DrawFn, most_rows: int = 4) -> Case:
    """A model with a day and up to four customers."""
    model = draw(models())
    as_of = draw(as_of_dates())
    interesting = _interesting(model, as_of)
    count = draw(st.integers(1, most_rows))
    return Case(model, as_of, tuple(_row(draw, model, interesting) for _ in range(count)))


def many_rows(model: Model, as_of: date, count: int, seed: int) -> tuple[Row, ...]:
    """So many customers of the same kinds, drawn at random and not by hypothesis: thousands take no time.

    All values of most of them can be read, so that typed columns hold them.
    """
    dice, interesting = Random(seed), _interesting(model, as_of)
    readable = {
        field.name: tuple(each for each in interesting[field.name] if _is_readable(field, each)) or (None,)
        for field in model.fields.values()
    }
    found = []
    for _ in range(count):
        row: Row = {}
        pools = interesting if dice.random() < 0.1 else readable
        for field in model.fields.values():
            index = dice.randrange(-2, len(pools[field.name]))
            if index >= -1:
                key = field.label if field.label is not None and index % 3 == 1 else field.name
                row[key] = None if index == -1 else pools[field.name][index]
        found.append(row)
    return tuple(found)


def _is_readable(field: Field, raw: object) -> bool:
    try:
        value = read_value(Field(field.name, field.type), raw)
    except Unreadable:
        return False
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return abs(value) < 10**12 and Decimal(value) == round(Decimal(value), 6)
    return True


def _row(draw: st.DrawFn, model: Model, interesting: Mapping[str, tuple[object, ...]]) -> Row:
    row: Row = {}
    for field in model.fields.values():
        options = interesting[field.name]
        index = draw(_among(tuple(range(-2, len(options)))))
        if index >= -1:  # at -2 the customer has no such key
            key = field.label if field.label is not None and index % 3 == 1 else field.name
            row[key] = None if index == -1 else options[index]
    return row


def _interesting(model: Model, as_of: date) -> dict[str, tuple[object, ...]]:
    """For each field the raw values worth trying, ordinary ones first."""
    constants = _constants(model)
    return {field.name: _values(field, constants, as_of) for field in model.fields.values()}


def _values(field: Field, constants: list[object], as_of: date) -> tuple[object, ...]:
    match field.type:
        case Number() | Money():
            if field.type.decimals == 0:  # a fraction in a field of whole numbers can't be read at all
                whole = [each for each in constants if type(each) is int]
                return (*(each + step for each in whole for step in (0, 1, -1)), 7, -0.0, 1e22, *MISSING[1:])
            numbers = [each for each in constants if isinstance(each, int | Decimal) and not isinstance(each, bool)]
            near = [each + step for each in numbers for step in (0, Decimal("0.01"), -1)]
            return (*near, *NUMBERS[:4], *AWKWARD_NUMBERS, *MISSING[1:])
        case Text():
            return (*(each for each in constants if isinstance(each, str)), *TEXTS[:3], *AWKWARD_TEXTS, *MISSING[1:2])
        case YesNo():
            return (True, False)
        case Choice() as choice:
            labels = tuple(each.label for each in choice.members if each.label is not None)
            return (*choice.keys(), *labels, "nonsense")
        case Length():
            counts = [each.amount for each in constants if isinstance(each, Duration)]
            return (*(each + step for each in counts for step in (0, 1, -1)), 3, MISSING[1])
        case Date():
            return (*_days(constants, as_of), *MISSING[1:2])
    raise AssertionError(f"no values for {field.type}")


def _days(constants: list[object], as_of: date) -> tuple[date, ...]:
    """The constants, the day itself, and a length of the model before and after it, each with its neighbours."""
    middles = [as_of, *(each for each in constants if isinstance(each, date))]
    for each in constants:
        if isinstance(each, Duration):
            size = 1 if each.unit == "days" else 30.5
            middles += [as_of + timedelta(days=sign * int(each.amount * size)) for sign in (-1, 1)]
    near = [each + timedelta(days=step) for each in middles for step in (0, -1, 1, 2)]
    return (*dict.fromkeys(near), *DATES, date(1, 1, 1), date(9999, 12, 31))


def _constants(model: Model) -> list[object]:
    """Every constant of a model once, in the order of appearance."""
    found: list[object] = []
    for rule in model.rules:
        for branch in rule.branches:
            _add_literals(branch.condition, found)
    for threshold in model.thresholds.values():
        found += (threshold.value, *(value for _, value in threshold.dated))
    for field in model.fields.values():
        found += (each for each in (field.at_least, field.at_most) if each is not None)
    return list({(type(each), each): each for each in found}.values())  # True is no 1


def _add_literals(expression: Expression, found: list[object]) -> None:
    if isinstance(expression, Literal):
        found.append(expression.value)
        return
    for each in attrs.fields(type(expression)):
        inner = getattr(expression, each.name)
        for item in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(item, Expression):
                _add_literals(item, found)
