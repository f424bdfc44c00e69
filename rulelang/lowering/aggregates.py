"""Lowers what is asked of the records of a list: when a record counts, and what is taken from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from rulelang.lowering.conditions import lower_condition, lower_value
from rulelang.lowering.joining import ALWAYS
from rulelang.lowering.operands import aggregated
from rulelang.lowering.plan import Operand, Pair
from rulelang.lowering.planned import Aggregation, GroupTest
from rulelang.model import expressions as e
from rulelang.model.aggregates import Aggregator, aggregator_of, counted
from rulelang.model.contents import of_rule
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.groups import GroupAggregator
from rulelang.model.program import Model
from rulelang.model.records import reaches_back
from rulelang.model.walking import (
    aggregates_read,
    bare,
    children,
    counts_working_days,
    distinct,
    grouped_read,
    own_element_fields,
    parts,
    record_fields_read,
)
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import ListOf


def lower_aggregates(expressions: Iterable[e.Expression], model: Model) -> tuple[Aggregation, ...]:
    """Every aggregate and quantifier of some expressions once, each after those it rests on."""
    found: dict[Aggregated, Aggregation] = {}
    for expression in expressions:
        for each in aggregates_read(expression):
            _add(each, found, model)
    return tuple(found.values())


def _add(expression: Aggregated, found: dict[Aggregated, Aggregation], model: Model) -> None:
    if expression in found:
        return
    for part in children(expression):
        for each in aggregates_read(part):
            _add(each, found, model)
    found[expression] = _aggregation(expression, model)


def _aggregation(expression: Aggregated, model: Model) -> Aggregation:
    condition = counted(expression)
    value = _value(expression, model)
    asked = (condition, *_taken(expression))
    reach = reaches_back(expression, model)
    group = _group(expression, model) if isinstance(expression, e.AnyGroup) else None
    inner = () if group is None else group.parts
    return Aggregation(
        evolve(aggregated(expression), whole=False),
        _aggregator(expression),
        lower_condition(condition, model),
        lower_condition(condition, model, negated=True),
        value,
        ALWAYS if reach is None else lower_condition(reach, model, negated=True),
        tuple(
            dict.fromkeys(
                [
                    *(name for each in asked for _, name in own_element_fields(each)),
                    *(n for each in inner for n in each.fields),
                ]
            )
        ),
        frozenset(name for each in asked for name in needed_elements(each)).union(*(each.needed for each in inner)),
        any(map(_is_fallible, asked)) or any(each.fallible for each in inner),
        group,
    )


def _aggregator(expression: Aggregated) -> Aggregator | GroupAggregator:
    """How it works but for the length of a span of days, which a threshold may say."""
    if isinstance(expression, e.AnyGroup):
        return GroupAggregator(tuple(map(aggregator_of, grouped_read(expression.condition))))
    return aggregator_of(expression)


def _taken(expression: Aggregated) -> tuple[Expression, ...]:
    """What is taken from each record that counts."""
    match expression:
        case e.AnyGroup(by=by):
            return (by,)
        case e.Aggregate(value=value, date=day):
            return tuple(each for each in (day, value) if each is not None)
    return ()


def _value(expression: Aggregated, model: Model) -> Operand | None:
    taken = [lower_value(each, model) for each in _taken(expression)]
    if len(taken) == 2:
        return Pair(*taken)
    return taken[0] if taken else None


def _group(expression: e.AnyGroup, model: Model) -> GroupTest:
    condition = expression.condition
    return GroupTest(
        tuple(_aggregation(each, model) for each in grouped_read(condition)),
        lower_condition(condition, model),
        lower_condition(condition, model, negated=True),
    )


def needed_elements(expression: Expression) -> Iterator[str]:
    """The record's fields that leave something unknown when they are missing."""
    expression = bare(expression)
    if isinstance(expression, e.IsMissing) and isinstance(bare(expression.operand), e.ElementRef):
        return
    if isinstance(expression, e.ElementRef):
        yield expression.name
    elif not isinstance(expression, Aggregated):
        for each in children(expression):
            yield from needed_elements(each)


def _is_fallible(expression: Expression) -> bool:
    return any(
        isinstance(each, e.Lookup | e.Call) or (isinstance(each, e.Arithmetic) and each.operator == "/")
        for each in parts(expression)
    ) or counts_working_days(expression)


def fields_as_read(model: Model) -> Mapping[str, Field]:
    """The fields of a model, each list with those fields of its records only that the rules read or show."""
    used: dict[str, set[str]] = {}
    asked = [each for rule in model.rules if not rule.switched_off for each in of_rule(rule)]
    for expression in distinct((*asked, *(measure.value for measure in model.measures))):
        for list_, name in record_fields_read(expression):
            used.setdefault(list_, set()).add(name)
    fields = dict(model.fields)
    for name, each in model.fields.items():
        if isinstance(each.type, ListOf):
            kept = tuple(part for part in each.type.fields if part[0] in used.get(name, ()))
            fields[name] = evolve(each, type=evolve(each.type, fields=kept))
    return fields
