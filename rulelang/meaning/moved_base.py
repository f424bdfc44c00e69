"""What moved away under an override: a threshold of another kind or value, another version of the base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.meaning.constants import constant
from rulelang.meaning.vocabulary import type_word
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.printing.expressions import print_one
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.words import load_words
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Value
from rulelang.vocabulary.types import Length, Money, Number, Type


def threshold_changed(own: s.ThresholdStatement, base: s.ThresholdStatement) -> Iterator[Diagnostic]:
    """Where the base's threshold is of another kind than its new value, or has not the value it is said to have."""
    new, inherited = constant(own.value), constant(base.value)
    labels = (Label("first-declared-here", base.span),)
    facts: dict[str, Any] = {"name": base.name.text, **_spelled("now", base.value)}
    example = None if new is None or inherited is None else _in_unit_of(new[0], inherited[0])
    if example is not None:
        facts |= {**_spelled("own", own.value), "unit": example.unit, "example": example}
        yield Diagnostic("base-threshold-unit", own.span, facts, (), labels)
    elif new is not None and inherited is not None and not _alike(new[1], inherited[1]):
        types = {"type": type_word(inherited[1]), "own_type": type_word(new[1])}
        if isinstance(new[1], Money) and isinstance(inherited[1], Money) and new[1].currency is not None:
            types["currency"] = new[1].currency
        yield Diagnostic("base-threshold-type", own.span, {**facts, **_spelled("own", own.value), **types}, (), labels)
    elif own.instead_of is not None and constant(own.instead_of) != inherited:
        yield Diagnostic("base-threshold-moved", own.span, {**facts, **_spelled("was", own.instead_of)}, (), labels)


# In days, roughly: enough to propose a value.
_DAYS = {"days": Fraction(1), "months": Fraction(365, 12), "minutes": Fraction(1, 1440), "working days": Fraction(7, 5)}


def _in_unit_of(new: Value, inherited: Value) -> Duration | None:
    """About the same length of time, counted as the inherited one is; None where both are counted alike already."""
    if not isinstance(new, Duration) or not isinstance(inherited, Duration) or new.unit == inherited.unit:
        return None
    return Duration(max(1, round(new.amount * _DAYS[new.unit] / _DAYS[inherited.unit])), inherited.unit)


def in_currency_of(base: s.ThresholdStatement, own: s.ThresholdStatement) -> s.ThresholdStatement:
    """The new value as an amount in the currency of the base's, where it was written as a plain number."""
    inherited = constant(base.value)
    currency = inherited[1].currency if inherited is not None and isinstance(inherited[1], Money) else None
    if currency is None:
        return own
    dated = tuple((start, _amount(value, currency)) for start, value in own.dated)
    return evolve(own, value=_amount(own.value, currency), dated=dated)


def _amount(value: t.Expression, currency: str) -> t.Expression:
    if isinstance(value, t.NumberLiteral) and not value.percent:
        return t.Money(value.value, currency, span=value.span)
    return value


def version_changed(extends: s.ExtendsStatement, base: Iterable[s.Statement]) -> Iterator[Diagnostic]:
    """Where the base is of another version than the one that the changes were written for."""
    versions = [each.version for each in base if isinstance(each, s.RulesetStatement)]
    found = versions[0] if versions else None
    if extends.version is not None and extends.version != found:
        facts = {"file": extends.path, "wanted": extends.version, "found": found}
        yield Diagnostic("base-version", extends.span, facts)


def _alike(new: Type, inherited: Type) -> bool:
    """Whether one kind of value may take the place of the other; a plain number may stand for an amount of money."""
    if isinstance(new, Length) and isinstance(inherited, Length):
        return new.unit == inherited.unit
    if isinstance(new, Money) and isinstance(inherited, Money):
        return new.currency == inherited.currency or None in (new.currency, inherited.currency)
    return type(new) is type(inherited) or (isinstance(new, Number) and isinstance(inherited, Money))


def _spelled(fact: str, value: t.Expression) -> dict[str, str]:
    """A value as it is written in each language."""
    words = load_words()
    return {
        fact: print_one(value, Speller.of(words, "en")),
        f"{fact}_zh": print_one(value, Speller.of(words, "zh")),
    }
