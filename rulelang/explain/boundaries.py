"""How close it is: for each condition, how little a field would have to change to turn it.

A number, a date or a length of time is moved step by step (in ever larger steps, then by halving) until the condition
is judged otherwise; whatever is told has been judged. A window may be stepped over that is narrow and far away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from rulelang.explain.evaluate import Evaluation, RuleTrace, Trace
from rulelang.explain.wording import as_written
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import duration_of, literal_value, truth_of, value_of
from rulelang.model.expressions import Expression
from rulelang.model.program import MEASURE
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, fields_read, outcomes_read, own_parts, parts
from rulelang.values.dates import step
from rulelang.values.numbers import add
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.reading import outside_limits
from rulelang.vocabulary.types import Date, Length, Money, Number

_FARTHEST = {Date: 200 * 366, Length: 10_000}
_DOUBLINGS = 60
_FEWEST_DECIMALS = 2


@frozen
class Boundary:
    """A condition would turn if a field had another value: ``at`` is the nearest one, above or below the present.

    ``field`` is its name, or what is reckoned of records; ``subject`` describes it.
    """

    rule: str
    label: str | None
    condition: Expression
    truth: bool
    field: str
    value: Any
    at: Any
    subject: Field


def boundaries(outcome: str, evaluation: Evaluation) -> tuple[Boundary, ...]:
    """The boundaries around a customer: of every condition that was judged for an outcome, the nearest on each side."""
    found: dict[tuple[Any, ...], Boundary] = {}
    for group in evaluation.decisions[outcome]:
        for rule in group:
            for each in rule.walked():
                for trace in single(each.trace):
                    for boundary in _of(trace, rule, evaluation):
                        found.setdefault((boundary.condition, boundary.field, boundary.at), boundary)
    return tuple(found.values())


def single(trace: Trace) -> Iterator[Trace]:
    """The single conditions of a condition."""
    if not trace.parts:
        yield trace
    for part in trace.parts:
        yield from single(part)


def _of(trace: Trace, rule: RuleTrace, evaluation: Evaluation) -> Iterator[Boundary]:
    scope = evaluation.scope
    truth = trace.now
    if truth is None or outcomes_read(trace.condition):
        return
    for name in fields_read(trace.condition):
        field, value = scope.model.fields[name], scope.fields.get(name)
        if value is None or value is BLANK or name.startswith(MEASURE) or not can_step(field):
            continue

        def turned(other: Any, name: str = name) -> bool:
            return truth_of(trace.condition, with_value(scope, name, other)) is (not truth)

        for at in nearest_turns(field, value, trace.condition, scope, turned):
            yield Boundary(rule.rule.name, rule.rule.label, trace.condition, truth, name, value, at, field)
    for aggregate, named in _aggregates(trace.condition):
        yield from _of_records(aggregate, named, trace, rule, scope)


def _aggregates(condition: Expression) -> Iterator[tuple[e.Aggregate, e.Named | None]]:
    """What a condition reckons of records, each with the name that it has there."""
    names = {bare(each): each for each in own_parts(condition) if isinstance(each, e.Named)}
    for each in dict.fromkeys(own_parts(condition)):
        if isinstance(each, e.Aggregate) and not each.grouped:
            yield each, names.get(each)


def _of_records(
    aggregate: e.Aggregate, named: e.Named | None, trace: Trace, rule: RuleTrace, scope: Scope
) -> Iterator[Boundary]:
    name = as_written(scope.model)(aggregate) if named is None else named.name
    label = None if named is None else named.label
    privacy = scope.model.fields[aggregate.list].privacy
    least = 0 if aggregate.kind in ("count", "distinct", "busiest", "streak") else None
    field = Field(name, aggregate.type, label, privacy=privacy, at_least=least)
    value = value_of(aggregate, scope)
    if value is None or not can_step(field):
        return

    def turned(other: Any) -> bool:
        tried = evolve(scope, aggregated={**scope.aggregated, aggregate: other})
        return truth_of(trace.condition, tried) is (not trace.now)

    for at in nearest_turns(field, value, trace.condition, scope, turned):
        assert trace.now is not None, "what is unknown does not turn"
        yield Boundary(rule.rule.name, rule.rule.label, trace.condition, trace.now, name, value, at, field)


def with_value(scope: Scope, name: str, value: Any) -> Scope:
    """The same customer with another value of a field."""
    return evolve(scope, fields={**scope.fields, name: value})


def can_step(field: Field) -> bool:
    """Whether a field has values next to each other."""
    return isinstance(field.type, Date | Number | Money | Length)


def nearest_turns(
    field: Field, value: Any, condition: Expression, scope: Scope, turned: Callable[[Any], bool]
) -> Iterator[Any]:
    """The nearest values below and above at which something turns, where there are any within the field's limits."""
    size = step_of(field, value, condition, scope)
    probes = tuple(constants(condition, field, scope))
    for sign in (-1, 1):
        found = _nearest(field, value, sign, size, probes, turned)
        if found is not None and may_be(field, found, scope.as_of):
            yield found


def may_be(field: Field, value: Any, as_of: date) -> bool:
    """Whether a field may have a value: within its limits, and no day to come where none belongs."""
    ahead = isinstance(field.type, Date) and not field.type.may_be_future and value > as_of
    return not ahead and not outside_limits(field, value)


def step_of(field: Field, value: Any, condition: Expression, scope: Scope) -> Any:
    """The smallest step of a field: a day, a unit, a cent; of a number as many decimals as are about, two at least."""
    match field.type:
        case Money(decimals=decimals):
            return Decimal(1).scaleb(-decimals)
        case Number(decimals=0) | Date() | Length():
            return 1
    numbers = [value, *constants(condition, field, scope)]
    written = (-int(each.as_tuple().exponent) for each in numbers if isinstance(each, Decimal))
    return Decimal(1).scaleb(-max(_FEWEST_DECIMALS, *written, 0))


def moved(field: Field, value: Any, count: int, size: Any) -> Any:
    """The value so many steps away; None beyond what there is."""
    if isinstance(field.type, Date):
        ordinal = value.toordinal() + count
        return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None
    return add(value, count * size)


def _nearest(
    field: Field, value: Any, sign: int, size: Any, probes: tuple[Any, ...], turned: Callable[[Any], bool]
) -> Any:
    farthest = _FARTHEST.get(type(field.type), 2**_DOUBLINGS)

    def at(count: int) -> Any:
        return moved(field, value, sign * count, size)

    def turns(count: int) -> bool:
        other = at(count)
        return other is not None and turned(other)

    counts = {2**doubling for doubling in range(_DOUBLINGS) if 2**doubling <= farthest}
    for probe in probes:
        distance = (probe - value).days if isinstance(value, date) else (probe - value) / size
        counts |= {abs(int(distance)) + near for near in (-1, 0, 1) if distance * sign > 0}
    low = 0
    for count in sorted(each for each in counts if 0 < each <= farthest):
        if turns(count):
            high = count
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if turns(middle) else (middle, high)
            return at(high)
        low = count
    return None


def constants(condition: Expression, field: Field, scope: Scope) -> Iterator[Any]:
    """The values that a condition holds a field against, as far as no customer changes them."""
    for part in dict.fromkeys(parts(condition)):
        if not isinstance(part, e.Literal | e.ThresholdRef | e.Today):
            continue
        if isinstance(field.type, Date):
            if isinstance(part.type, Date):
                yield value_of(part, scope)
            elif isinstance(part.type, Length) and (length := duration_of(part, scope)) is not None:
                yield from (step(scope.as_of, length, sign) for sign in (-1, 1))
        elif isinstance(part.type, type(field.type)) or (
            isinstance(field.type, Number | Money) and isinstance(part.type, Number | Money)
        ):
            found = literal_value(part) if isinstance(part, e.Literal) else value_of(part, scope)
            if isinstance(found, int | Decimal) and not isinstance(found, bool):
                yield found
