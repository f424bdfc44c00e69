"""What an expression consists of and what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast, get_args

import attrs

from rulelang.model.expressions import (
    AgeComparison,
    Aggregate,
    Aggregated,
    And,
    AnyGroup,
    Arithmetic,
    Between,
    Call,
    DateShift,
    DayOf,
    ElementRef,
    Expression,
    FieldRef,
    Literal,
    Lookup,
    Named,
    OutcomeRef,
    Quantified,
    Within,
    WithinOf,
)
from rulelang.model.lists import FRACTIONS
from rulelang.vocabulary.types import Length

_PLAIN = ("type", "span", "label", "name", "operator", "sign", "unit", "kind", "part", "standing")
_ATTRIBUTES: dict[type, tuple[str, ...]] = {
    kind: () if kind is Literal else tuple(each.name for each in attrs.fields(kind) if each.name not in _PLAIN)
    for kind in get_args(Expression)
}
_BACKWARDS = {kind: names[::-1] for kind, names in _ATTRIBUTES.items()}
_DOUBTFUL = frozenset({Aggregate, Quantified, AnyGroup, OutcomeRef})
_DIVIDES_NOTHING = frozenset({Literal, FieldRef, OutcomeRef, ElementRef})
_CLOSED: dict[type, tuple[str, ...]] = {**_BACKWARDS, Aggregate: (), Quantified: (), AnyGroup: ()}


def children(expression: Expression) -> Iterator[Expression]:
    """The expressions an expression is made of, as written from left to right."""
    for name in _ATTRIBUTES[type(expression)]:
        part = getattr(expression, name)
        if type(part) in _ATTRIBUTES:
            yield part
        elif type(part) is tuple:
            yield from (each for each in part if type(each) in _ATTRIBUTES)


def distinct(expressions: Iterable[Expression]) -> list[Expression]:
    """Expressions, each once: rows of a large table have conditions in common, which are looked for in each ``and``."""
    found: dict[int, Expression] = {}
    for each in expressions:
        for item in each.items if type(each) is And else (each,):
            found.setdefault(id(item), item)
    return list(found.values())


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression itself and everything in it."""
    return iter(_preorder(expression, _BACKWARDS))


def own_parts(expression: Expression) -> Iterator[Expression]:
    """As `parts`, without what aggregates and quantifiers ask of each record of a list, but with what is asked of those
    of a group.
    """
    return iter(_preorder(expression, _CLOSED))


def _preorder(expression: Expression, attributes: dict[type, tuple[str, ...]]) -> list[Expression]:
    """The expression and everything in it, as written; ``attributes`` are those to look into, the last first."""
    waiting, found = [expression], list[Expression]()
    while waiting:
        each = waiting.pop()
        found.append(each)
        kind = type(each)
        names = attributes[kind]
        if (kind is Aggregate or kind is Quantified) and cast(Aggregate | Quantified, each).grouped:
            names = _BACKWARDS[kind]
        for name in names:
            part = getattr(each, name)
            if type(part) in attributes:
                waiting.append(part)
            elif type(part) is tuple:
                waiting.extend([item for item in reversed(part) if type(item) in attributes])
    return found


def fields_read(expression: Expression) -> tuple[str, ...]:
    """The names of the fields it reads, lists among them, each once, in the order written."""
    found: dict[str, None] = {}
    for each in parts(expression):
        if isinstance(each, FieldRef):
            found[each.name] = None
        elif isinstance(each, Aggregated):
            found[each.list] = None
    return tuple(found)


def record_fields_read(expression: Expression) -> tuple[tuple[str, str], ...]:
    """The lists and fields of the records it reads, each pair once, in the order written."""
    return tuple(dict.fromkeys((each.list, each.name) for each in parts(expression) if isinstance(each, ElementRef)))


def aggregates_read(expression: Expression) -> tuple[Aggregated, ...]:
    """The aggregates and quantifiers of whole lists it rests on itself, each once, in the order written."""
    found = (each for each in own_parts(expression) if isinstance(each, Aggregated))
    return tuple(dict.fromkeys(each for each in found if isinstance(each, AnyGroup) or not each.grouped))


def grouped_read(expression: Expression) -> tuple[Aggregate | Quantified, ...]:
    """The aggregates and quantifiers of a group that it reads itself, each once, in the order written."""
    found = (each for each in own_parts(expression) if isinstance(each, Aggregate | Quantified) and each.grouped)
    return tuple(dict.fromkeys(found))


def reads_doubtful(expression: Expression) -> bool:
    """Whether it reads outcomes or rests on aggregates itself: these may be in doubt although all fields are known."""
    return any(type(each) in _DOUBTFUL for each in _preorder(expression, _CLOSED))


def answers_read(expression: Expression) -> tuple[str, ...]:
    """The outcomes it reads itself, not for each record."""
    return tuple(dict.fromkeys(each.name for each in own_parts(expression) if isinstance(each, OutcomeRef)))


def outcomes_read(expression: Expression) -> tuple[str, ...]:
    """The names of the outcomes it reads, those of records among them, each once, in the order written."""
    return tuple(dict.fromkeys(name for each in parts(expression) if (name := decided_name(each)) is not None))


def answers_named(expression: Expression) -> tuple[str, ...]:
    """The same without what aggregates ask of what was decided for each record."""
    return tuple(dict.fromkeys(each.name for each in parts(expression) if isinstance(each, OutcomeRef)))


def decided_name(expression: Expression) -> str | None:
    """The name of the outcome that an expression is, be it the customer's or a record's."""
    if isinstance(expression, OutcomeRef):
        return expression.name
    return expression.outcome if isinstance(expression, ElementRef) else None


def decided_parts(aggregated: Aggregated) -> tuple[str, ...]:
    """What was decided for each record that it reads of the records it goes over."""
    own = (each for inner in children(aggregated) for each in own_parts(inner))
    found = (each.name for each in own if isinstance(each, ElementRef) and each.outcome is not None)
    return tuple(dict.fromkeys(found))


def own_element_fields(expression: Expression) -> tuple[tuple[str, str], ...]:
    """The lists and fields of the record in hand that it reads, without what aggregates in it read of others."""
    found = (each for each in own_parts(expression) if isinstance(each, ElementRef))
    return tuple(dict.fromkeys((each.list, each.name) for each in found))


def divides(expression: Expression) -> bool:
    """Whether its value comes from a division; an average is one, what a function returns is none."""
    if type(expression) in _DIVIDES_NOTHING:  # most often asked of these
        return False
    waiting = [expression]
    while waiting:
        each = waiting.pop()
        if (isinstance(each, Arithmetic) and each.operator == "/") or (
            isinstance(each, Aggregate) and each.kind in FRACTIONS
        ):
            return True
        if _ATTRIBUTES[type(each)] and not isinstance(each, Aggregate | Quantified | AnyGroup | Call):
            waiting.extend(children(each))
    return False


def seeks(expression: Expression) -> bool:
    """Whether it can have no value although all it reads is known: a key without an entry, a function that fails."""
    return any(
        isinstance(each, Call) or (isinstance(each, Lookup) and each.default is None) for each in own_parts(expression)
    )


def counts_working_days(expression: Expression) -> bool:
    """Whether it moves or ages a day by working days: unknown where the calendar of these ends before."""
    return any(
        isinstance(each, DateShift | AgeComparison | Within | WithinOf | Between)
        and any(isinstance(part.type, Length) and part.type.unit == "working days" for part in children(each))
        for each in own_parts(expression)
    )


def blank_with(expression: Expression) -> Expression:
    """What an expression is known to be none with: itself without names; of the day of a moment the moment."""
    while isinstance(expression, Named | DayOf):
        expression = expression.operand if isinstance(expression, Named) else expression.moment
    return expression


def bare(expression: Expression) -> Expression:
    """The expression without the names given to it."""
    while isinstance(expression, Named):
        expression = expression.operand
    return expression
