"""The values between which conditions turn: one for each stretch of values that they can't tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import frozen

from rulelang.explain.evaluate import Evaluation
from rulelang.model import expressions as e
from rulelang.model.contributions import ANY, BLANK
from rulelang.model.evaluation import duration_of, literal_value, value_of, window_of
from rulelang.model.expressions import Expression
from rulelang.model.scope import Scope
from rulelang.model.stepping import due, overdue
from rulelang.model.walking import bare
from rulelang.values.numbers import round_half_up
from rulelang.vocabulary.declarations import Field, record_fields
from rulelang.vocabulary.reading import outside_limits
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, Text, YesNo

Leaf = e.FieldRef | e.ElementRef | e.Aggregated
Loose = Leaf | e.OutcomeRef

ANOTHER_TEXT = "…"  # no text that rules compare with
_COUNTS = ("count", "distinct", "busiest", "streak")
_FINE = 12  # decimals of a number between two others


def is_loose(expression: Expression, evaluation: Evaluation) -> bool:
    """Whether it is something that rules read, and not settled."""
    scope = evaluation.scope
    match expression:
        case e.FieldRef(name=name):
            return scope.fields.get(name) is None
        case e.ElementRef(list=list_, name=name, outcome=outcome):
            return scope.records.get(list_, {}).get(name) is None and outcome is None
        case e.OutcomeRef(name=name):
            return not evaluation.results[name].settled
        case e.Aggregate() | e.Quantified() | e.AnyGroup():
            found = evaluation.aggregations.get(expression)
            return found is None or not found.settled or found.answer is None
    return False


def turning_points(condition: Expression, leaf: Leaf, scope: Scope) -> tuple[Any, ...] | None:
    """The values at which a condition on one leaf may turn; None where nobody can list them."""
    if isinstance(leaf, e.Aggregated):
        if not isinstance(leaf, e.Aggregate) or leaf.kind not in _COUNTS:
            return None
    elif isinstance(leaf.type, YesNo | Choice):
        return ()  # all their values are tried
    if not isinstance(leaf.type, Text | Number | Money | Date | Length):
        return None
    found = _points(condition, leaf, scope)
    return None if found is None or any(each is None for each in found) else tuple(found)


def _points(condition: Expression, leaf: Leaf, scope: Scope) -> list[Any] | None:
    def is_leaf(expression: Expression) -> bool:
        return bare(expression) == leaf

    match condition:
        case e.Comparison(left=left, right=right) if is_leaf(left) or is_leaf(right):
            return [_constant(right if is_leaf(left) else left, scope)]
        case e.OneOf(value=value, options=options) if is_leaf(value):
            return [_constant(each, scope) for each in options]
        case e.AgeComparison(date=day, length=length) if is_leaf(day):
            return _cut_offs(length, scope)
        case e.Between(value=value, low=low, high=high) if is_leaf(value):
            aged = [isinstance(leaf.type, Date) and isinstance(each.type, Length) for each in (low, high)]
            pairs = zip((low, high), aged, strict=True)
            return [one for each, age in pairs for one in (_cut_offs(each, scope) if age else [_constant(each, scope)])]
        case e.Within(date=day) | e.WithinOf(date=day) | e.InPeriod(date=day) if is_leaf(day):
            return list(window_of(condition, scope))
    return None


def _constant(expression: Expression, scope: Scope) -> Any:
    bottom = bare(expression)
    return literal_value(bottom) if isinstance(bottom, e.Literal) else value_of(bottom, scope)


def _cut_offs(length: Expression, scope: Scope) -> list[Any]:
    duration = duration_of(length, scope)
    if duration is None:
        return [None]
    return [due(scope.as_of, duration, scope.model), overdue(scope.as_of, duration, scope.model)]


@frozen
class _Kind:
    """What values a leaf can have: its step where it has one, and its limits."""

    limits: Field | None
    whole: bool
    least: int | None = None


def cells(leaf: Leaf, turns: Iterable[Any], evaluation: Evaluation) -> tuple[Any, ...]:
    """A value for each stretch of values between those at which conditions turn, as far as a leaf may have it."""
    match leaf:
        case e.FieldRef(name=name):
            declared = evaluation.scope.model.fields[name]
            blank = (BLANK,) if declared.may_be_blank else ()
        case e.ElementRef(list=list_, name=name):
            inner = {each.name: each for each in record_fields(evaluation.scope.model.fields[list_])}
            declared, blank = inner[name], ()
        case e.Aggregate() | e.Quantified() | e.AnyGroup():
            return tuple(_between(turns, _Kind(None, whole=True, least=0)))
    match leaf.type:
        case YesNo():
            return (True, False, *blank)
        case Choice() as choice:
            return (*choice.keys(), *blank)
        case Text():
            return (*dict.fromkeys(turns), ANOTHER_TEXT, *blank)
    whole = isinstance(leaf.type, Date | Length) or (isinstance(leaf.type, Number) and leaf.type.decimals == 0)
    return (*_between(turns, _Kind(declared, whole)), *blank)


def readings(aggregate: e.Aggregated, evaluation: Evaluation) -> tuple[Any, ...] | None:
    """Everything that an aggregate may come to; None where nobody can say."""
    found = evaluation.aggregations.get(aggregate)
    known = found is not None and not found.settled and ANY not in found.readings and None not in found.readings
    return found.readings if found is not None and known else None


def _between(turns: Iterable[Any], kind: _Kind) -> Iterator[Any]:
    limits = kind.limits
    ends = () if limits is None else (limits.at_least, limits.at_most)
    plain = (getattr(each, "amount", each) for each in ends if each is not None)
    marks = sorted({*turns, *plain})
    if not marks:
        return
    candidates: list[Any] = [_moved(marks[0], -1)]
    for place, mark in enumerate(marks):
        candidates.append(None if isinstance(mark, Fraction) else mark)
        if place + 1 < len(marks):
            candidates.append(_middle(mark, marks[place + 1], kind.whole))
    candidates.append(_moved(marks[-1], 1))
    for each in candidates:
        fits = each is not None and (limits is None or not outside_limits(limits, each))
        if fits and (kind.least is None or each >= kind.least):
            yield each


def _moved(mark: Any, steps: int) -> Any:
    if isinstance(mark, date):
        return mark + timedelta(days=steps) if date.min < mark < date.max else None
    return round_half_up(Fraction(mark) + steps, _FINE)


def _middle(low: Any, high: Any, whole: bool) -> Any:
    """A value between two others, None where there is none."""
    if isinstance(low, date):
        return low + timedelta(days=1) if (high - low).days > 1 else None
    if whole:
        above = Fraction(low).__floor__() + 1
        return above if above < high else None
    middle = round_half_up((Fraction(low) + Fraction(high)) / 2, _FINE)
    return Decimal(middle) if low < middle < high else None
