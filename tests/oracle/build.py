"""Short ways to write a checked model by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from rulelang.model import expressions as e
from rulelang.model.program import Assignment, Branch, Header, Model, Rule
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.types import Choice, Date, Length, Member, Money, Number, Text, Type, YesNo

NUMBER, WHOLE, MONEY, TEXT, YESNO, DATE = Number(6), Number(0), Money("CNY"), Text(), YesNo(), Date()
DAYS, MONTHS = Length("days"), Length("months")


def choice(*keys: str, ordered: bool = False) -> Choice:
    return Choice(tuple(Member(key) for key in keys), ordered)


LEVEL = choice("low", "medium", "high", ordered=True)


def named(things: Iterable[Any]) -> dict[str, Any]:
    return {each.name: each for each in things}


def model(*parts: Field | Outcome | Threshold | ReferenceList | Rule) -> Model:
    """A model of its declarations and rules; outcomes in the order in which they are decided."""

    def kind(wanted: type) -> list[Any]:
        return [each for each in parts if isinstance(each, wanted)]

    return Model(
        Header(),
        named(kind(Field)),
        named(kind(Outcome)),
        named(kind(Threshold)),
        named(kind(ReferenceList)),
        tuple(kind(Rule)),
    )


def literal(value: Any, type_: Type | None = None) -> e.Literal:
    """A constant; its type is told from the value where it is not given."""
    if type_ is None:
        match value:
            case bool():
                type_ = YESNO
            case int() | Decimal():
                type_ = NUMBER
            case date():
                type_ = DATE
            case Duration(unit=unit):
                type_ = Length(unit)
            case _:
                type_ = TEXT
    return e.Literal(value, type_)


def days(count: int) -> e.Literal:
    return literal(Duration(count, "days"))


def months(count: int) -> e.Literal:
    return literal(Duration(count, "months"))


def field(name: str, type_: Type = NUMBER) -> e.FieldRef:
    return e.FieldRef(name, type_)


def outcome(name: str, type_: Type = TEXT) -> e.OutcomeRef:
    return e.OutcomeRef(name, type_)


def compare(left: e.Expression, operator: str, right: e.Expression | Any) -> e.Comparison:
    is_expression = isinstance(right, e.Expression)
    return e.Comparison(operator, left, right if is_expression else literal(right, left.type))


def when(condition: e.Expression, *assignments: Assignment, **values: Any) -> Branch:
    """A branch: its condition, and what it gives, by outcome."""
    given = [
        Assignment(name, value if isinstance(value, e.Expression) else literal(value)) for name, value in values.items()
    ]
    return Branch(condition, (*assignments, *given))


def always(*assignments: Assignment, **values: Any) -> Branch:
    return when(e.ALWAYS, *assignments, **values)


def rule(name: str, *branches: Branch, **settings: Any) -> Rule:
    return Rule(name, branches, **settings)
