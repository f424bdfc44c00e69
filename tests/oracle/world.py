"""What a condition can see, and the things a value can be besides a value."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, get_args

import attrs
from attrs import frozen

from rulelang.model.expressions import Aggregate, AnyGroup, ElementRef, Expression, FieldRef, OutcomeRef, Quantified
from rulelang.model.program import Model, Rule
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, DateTime, Length, ListOf, Money, Number, Text, YesNo


@frozen
class Sentinel:
    """Something that stands where a value would."""

    name: str

    def __repr__(self) -> str:
        return self.name


BLANK = Sentinel("BLANK")  # the answer "none" of a field that may be blank, or of an outcome that had no rule (S3)
ANY = Sentinel("ANY")  # some value that can't be told
NO_VALUE = Sentinel("NO_VALUE")  # no rule gives a value

# A value here is a bool, a text, a Fraction, a date, a Duration, or a tuple of them (a collect outcome);
# None is unknown.
OUTER_INVISIBLE = "\ufeff\u200b\u2060"


@frozen
class World:
    """One customer on one day, and of each outcome decided so far the answer (None: withheld), the possible values,
    and the fields that would settle it."""

    model: Model
    fields: Mapping[str, object]
    as_of: date
    answers: Mapping[str, object]
    possible: Mapping[str, tuple[object, ...]]
    missing: Mapping[str, tuple[str, ...]]
    records: Mapping[str, Mapping[str, object]] = attrs.field(factory=dict)  # the record in hand, by list
    assumed: Mapping[Expression, object] = attrs.field(factory=dict)  # what aggregates are taken to be
    standings: Mapping[str, str] = attrs.field(factory=dict)
    # What each record of a list may still be decided to be: by list, record by record, by the outcome's name there.
    open_records: Mapping[str, tuple[Mapping[str, tuple[object, ...]], ...]] = attrs.field(factory=dict)
    now: datetime = datetime.min  # the moment of the as-of date, where rules count hours

    def with_answers(self, answers: Mapping[str, object]) -> World:
        """The same world, were the answers these."""
        return attrs.evolve(self, answers={**self.answers, **answers})

    def deciding(
        self, name: str, answer: object, standing: str, possible: tuple[object, ...], missing: tuple[str, ...]
    ) -> World:
        """The same world with one outcome more."""
        return attrs.evolve(
            self,
            answers={**self.answers, name: answer},
            possible={**self.possible, name: possible},
            missing={**self.missing, name: missing},
            standings={**self.standings, name: standing},
        )


def plain(value: object) -> Any:
    """A value of the model as a value of the oracle: numbers become fractions."""
    if isinstance(value, bool):
        return value
    return Fraction(value) if isinstance(value, int | Decimal) else value


def read_customer(model: Model, row: Mapping[str, object]) -> dict[str, object]:
    """Every declared field of a row; None where it is missing, BLANK where blank is an answer (S3)."""
    fields: dict[str, object] = {}
    for field in model.fields.values():
        raw = row.get(field.name)
        if raw is None and field.label is not None:
            raw = row.get(field.label)
        fields[field.name] = _read_list(field, raw) if isinstance(field.type, ListOf) else _read(field, raw)
    return fields


def _read_list(field: Field, raw: Any) -> list[dict[str, object]] | None:
    """Each record with all its fields, read like those of a customer; None where there is no list."""
    assert isinstance(field.type, ListOf)
    if raw is None:
        return None
    records = []
    for record in raw:
        found = {}
        for name, label, type_ in field.type.fields:
            given = record.get(name)
            least, most = next((each[1:] for each in field.type.limits if each[0] == name), (None, None))
            part = Field(name, type_, at_least=least, at_most=most)
            found[name] = _read(part, record.get(label) if given is None and label else given)
        records.append(found)
    return records


def _read(field: Field, raw: object) -> object:
    value = None if _is_nan(raw) else raw
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value).strip().strip(OUTER_INVISIBLE).strip()
    if value is None or value == "" or any(_is_spelt(each, value, field) for each in field.missing_values):
        return BLANK if field.may_be_blank else None
    value = _typed(field, value)
    return value if _within_limits(field, value) else None


def _is_nan(raw: object) -> bool:
    return isinstance(raw, float | Decimal) and raw != raw


def _is_spelt(spelling: str, value: object, field: Field) -> bool:
    """Whether a value is a declared spelling of missing; -1.0 is spelt -1 where numbers are read."""
    if isinstance(field.type, Number | Money):
        return Fraction(str(value)) == Fraction(spelling)
    return value == spelling


def _typed(field: Field, value: object) -> object:
    match field.type:
        case Text():
            return str(value)
        case Choice() as choice:
            member = choice.member(str(value))
            return None if member is None else member.key
        case YesNo():
            return bool(value)
        case Length(unit=unit):
            return value if isinstance(value, Duration) else Duration(int(Fraction(str(value))), unit)
    if isinstance(field.type, DateTime):
        return value if isinstance(value, datetime) else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and value.endswith("%"):
        return Fraction(value.removesuffix("%")) / 100
    return value if isinstance(value, date) else Fraction(str(value))  # a float is what it prints as


def _within_limits(field: Field, value: Any) -> bool:
    """S8: a value outside its field's limits counts as missing."""
    if value is None:
        return True
    above = field.at_least is None or plain(field.at_least) <= value
    below = field.at_most is None or value <= plain(field.at_most)
    return above and below


_EXPRESSIONS = frozenset(get_args(Expression))


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    """The attributes of a kind of expression."""
    assert isinstance(kind, type)
    return tuple(each.name for each in attrs.fields(kind))


def inside(expression: Expression) -> list[Expression]:
    """The expressions right inside one."""
    found: list[Expression] = []
    for name in _names(type(expression)):
        inner = getattr(expression, name)
        found += [each for each in (inner if isinstance(inner, tuple) else (inner,)) if type(each) in _EXPRESSIONS]
    return found


def parts(expression: Expression) -> list[Expression]:
    """An expression and everything inside it."""
    return [expression, *(part for each in inside(expression) for part in parts(each))]


def outcomes_read(expression: Expression) -> tuple[str, ...]:
    """Those of the customer and those of records."""
    names = [each.name for each in parts(expression) if isinstance(each, OutcomeRef)]
    names += [each.outcome for each in parts(expression) if isinstance(each, ElementRef) and each.outcome is not None]
    return tuple(dict.fromkeys(names))


def fields_read(expression: Expression) -> tuple[str, ...]:
    names = {FieldRef: "name", Aggregate: "list", Quantified: "list", AnyGroup: "list"}
    return tuple(dict.fromkeys(getattr(each, names[type(each)]) for each in parts(expression) if type(each) in names))


def expressions(rules: Iterable[Rule]) -> list[Expression]:
    """Every condition, value and cap of some rules."""
    found: list[Expression] = []
    for rule in rules:
        for branch in rule.branches:
            found.append(branch.condition)
            for each in branch.assignments:
                found += [part for part in (each.value, each.at_least, each.at_most) if part is not None]
    return found
