"""Records that a customer would need more of: one that counts, and how many of them turn a condition.

    orders: 1 more (status paid, date 2026-06-30)

A record is taken from the customer's own that count, else put together from the values at which the conditions of an
aggregate turn. Whatever is told has been judged with such records added to the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from attrs import evolve, frozen

from rulelang.explain.boundaries import constants, may_be, moved, step_of, with_value
from rulelang.explain.evaluate import Trace
from rulelang.model import expressions as e
from rulelang.model.aggregates import counted
from rulelang.model.evaluation import truth_of, value_of
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, own_element_fields, own_parts
from rulelang.vocabulary.declarations import Field, record_fields
from rulelang.vocabulary.lookups import different_keys
from rulelang.vocabulary.types import Choice, Date, DateTime, Money, Number, YesNo

MOST_RECORDS = 1024
_MOST_MADE = 400
_MANY = 100
_MOST_KEYS = 10
ANY_TEXT = "…"


@frozen
class Further:
    """So many records more in a list, each like ``record``; ``told`` are the values that matter."""

    count: int
    record: tuple[tuple[str, Any], ...]
    told: tuple[tuple[Field, Any], ...]

    def added_to(self, records: Any) -> list[Mapping[str, Any]]:
        """The list with them."""
        return [*records, *(dict(self.record) for _ in range(self.count))]


def further_records(list_: Field, trace: Trace, scope: Scope) -> Iterator[Further]:
    """The fewest records more of a list with which a condition turns, for each aggregate in it."""
    records = scope.fields.get(list_.name)
    if records is None or trace.now is None:
        return
    for aggregated in dict.fromkeys(own_parts(trace.condition)):
        if isinstance(aggregated, e.Aggregate | e.Quantified) and aggregated.list == list_.name:
            for record in _records(aggregated, list_, trace.condition, scope):
                count = _fewest(record, list_.name, trace, scope)
                if count is not None:
                    read = {name for name, _ in _read(aggregated, list_)}
                    told = tuple((each, record[each.name]) for each in record_fields(list_) if each.name in read)
                    yield Further(count, tuple(record.items()), told)
                    break


def _read(aggregated: Aggregated, list_: Field) -> list[tuple[str, Expression]]:
    """The fields of a record that it reads, each with what reads it."""
    expressions = [counted(aggregated)]
    if isinstance(aggregated, e.Aggregate) and aggregated.value is not None:
        expressions.append(aggregated.value)
    return [(name, each) for each in expressions for own, name in own_element_fields(each) if own == list_.name]


def _fewest(record: Mapping[str, Any], list_: str, trace: Trace, scope: Scope) -> int | None:
    """With how many records more the condition is judged otherwise; None where it never is."""

    def turned(count: int) -> bool:
        records = [*scope.fields[list_], *([record] * count)]
        return truth_of(trace.condition, with_value(scope, list_, records)) is (not trace.now)

    low, high = 0, 1
    while not turned(high):
        low, high = high, high * 2
        if high > MOST_RECORDS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if turned(middle) else (middle, high)
    return high


def _records(
    aggregated: e.Aggregate | e.Quantified, list_: Field, condition: Expression, scope: Scope
) -> Iterator[dict[str, Any]]:
    """Records that count: with the value that is wanting where values are added up, else as the customer has them."""
    wanted = counted(aggregated)

    def counts(record: Mapping[str, Any]) -> bool:
        return truth_of(wanted, evolve(scope, records={**scope.records, list_.name: record})) is True

    own = [dict(each) for each in scope.fields[list_.name] if counts(each)]
    made = own[-1:] or list(islice((each for each in _made(aggregated, list_, scope) if counts(each)), 1))
    value = bare(aggregated.value) if isinstance(aggregated, e.Aggregate) and aggregated.value is not None else None
    if isinstance(value, e.ElementRef) and isinstance(value.type, Number | Money) and made:
        field = next(each for each in record_fields(list_) if each.name == value.name)
        now = value_of(aggregated, scope) if isinstance(aggregated, e.Aggregate) and aggregated.kind == "sum" else 0
        size = step_of(field, 0, condition, scope)
        for each in constants(condition, field, scope):
            for amount in (moved(field, each - (now or 0), steps, size) for steps in (0, 1, -1)):
                other = {**made[0], value.name: amount}
                if amount is not None and amount >= 0 and may_be(field, amount, scope.as_of) and counts(other):
                    yield other
    yield from made


def kinds_of_records(
    aggregated: Aggregated, list_: Field, condition: Expression, scope: Scope
) -> Iterator[dict[str, Any]]:
    """Records that count for what is asked of a list, of no customer in particular: with plain amounts, and with those
    that the whole condition speaks of.
    """
    wanted = counted(aggregated)
    empty = with_value(scope, list_.name, ())

    def counts(record: Mapping[str, Any]) -> bool:
        return truth_of(wanted, evolve(scope, records={**scope.records, list_.name: record})) is True

    made = next((each for each in _made(aggregated, list_, empty) if counts(each)), None)
    if made is None:
        return
    yield made
    for field in record_fields(list_):
        if isinstance(field.type, Number | Money):
            spoken = [each for each in constants(condition, field, scope) if each > 0]
            for amount in dict.fromkeys((*spoken, *(each * _MANY for each in spoken))):
                other = {**made, field.name: amount}
                if may_be(field, amount, scope.as_of) and counts(other):
                    yield other


def _made(aggregated: Aggregated, list_: Field, scope: Scope) -> Iterator[dict[str, Any]]:
    """Records put together from values at which the conditions of an aggregate turn."""
    read: dict[str, list[Expression]] = {}
    for name, expression in _read(aggregated, list_):
        read.setdefault(name, []).append(expression)
    fields = record_fields(list_)
    own = scope.fields[list_.name]
    base = {each.name: own[-1].get(each.name) if own else None for each in fields}
    options = [list(dict.fromkeys(_values(each, read[each.name], scope))) for each in fields if each.name in read]
    names = [each.name for each in fields if each.name in read]
    for values in islice(product(*options), _MOST_MADE):
        made = {**base, **dict(zip(names, values, strict=True))}
        yield {each.name: made[each.name] if made[each.name] is not None else _plain(each, scope) for each in fields}


def _values(field: Field, conditions: list[Expression], scope: Scope) -> Iterator[Any]:
    match field.type:
        case YesNo():
            yield from (True, False)
        case Choice() as choice:
            yield from choice.keys()
        case Date() | Number() | Money():
            if isinstance(field.type, Date):
                yield scope.as_of
            for each in conditions:
                size = step_of(field, 0, each, scope)
                for constant in constants(each, field, scope):
                    near = (moved(field, constant, steps, size) for steps in (0, 1, -1))
                    yield from (other for other in near if other is not None and may_be(field, other, scope.as_of))
            if not isinstance(field.type, Date):
                yield _plain(field, scope)
        case _:
            asked = [each for one in conditions for each in own_parts(one)]
            for each in asked:
                if isinstance(each, e.Lookup) and isinstance(each.key, e.ElementRef) and each.key.name == field.name:
                    yield from islice(different_keys(scope.model.lists[each.table], each.key_column), _MOST_KEYS)
            yield from (each.value for each in asked if isinstance(each, e.Literal) and isinstance(each.value, str))
            yield _plain(field, scope)


def _plain(field: Field, scope: Scope) -> Any:
    """Some value of a field."""
    match field.type:
        case YesNo():
            return False
        case Choice() as choice:
            return next(iter(choice.keys()))
        case DateTime():
            return None
        case Date():
            return scope.as_of
        case Number() | Money():
            return field.at_least if field.at_least is not None else 1
    return ANY_TEXT
