"""Conditions as their author wrote them, values in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rulelang.diagnostics.position import Span
from rulelang.diagnostics.wording import show_value
from rulelang.explain.table_cells import column_of, in_full
from rulelang.explain.words import PHRASES, in_language
from rulelang.model import expressions as e
from rulelang.model.contributions import ANY
from rulelang.model.expressions import Expression, Literal
from rulelang.model.program import Model
from rulelang.model.walking import children, parts
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.words import load_words
from rulelang.values.durations import Duration
from rulelang.values.numbers import round_half_up
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Length, Money, Number, Type

Show = Callable[[Expression], str]

SHOWN_DECIMALS = 6


def as_written(model: Model) -> Show:
    """Shows an expression as it stands in its file, on one line; without a file, as a formula."""
    texts = {source.name: source.text for source in model.sources}
    restated = any(each.kind == "currency" for each in model.deviations)

    def show(expression: Expression) -> str:
        span = expression.span
        if span is None or span.file not in texts:
            return formula(expression)
        if restated and any(isinstance(each, Literal) and isinstance(each.type, Money) for each in parts(expression)):
            return formula(expression)  # there stands another currency
        column = column_of(expression)
        cell = text_of(span)
        return cell if column is None else in_full(expression, text_of(column), cell)

    def text_of(span: Span) -> str:
        return " ".join(texts[span.file][span.start : span.end].split())

    return show


def show_typed(value: Any, type_: Type, lang: str) -> str:
    """A value of a field, an outcome or a threshold."""
    match value:
        case None:
            return PHRASES[lang]["no value"]
        case Fraction():
            return show_value(round_half_up(value, SHOWN_DECIMALS), lang)
        case str() if isinstance(type_, Choice):
            member = type_.member(value)
            return value if member is None else in_language(member.key, member.label, lang)
        case int() if isinstance(type_, Length):
            return show_value(Duration(value, type_.unit), lang)
        case int() | Decimal() if isinstance(type_, Money) and type_.currency is not None:
            return Speller.of(load_words(), lang).money(value, type_.currency)
        case int() | Decimal() if isinstance(type_, Number) and type_.percent:
            return Speller.of(load_words(), lang).percent(value)
    return show_value(value, lang)


def show_answer(value: Any, outcome: Outcome, lang: str) -> str:
    """An answer, or one that is possible: also none, a list, or a value that can't be told."""
    phrases = PHRASES[lang]
    if value is ANY:
        return phrases["any value"]
    if isinstance(value, tuple):
        return phrases["comma"].join(show_answer(each, outcome, lang) for each in value) or phrases["empty"]
    if isinstance(value, str) and not isinstance(outcome.type, Choice):
        return in_language(value, dict(outcome.text_labels).get(value), lang)
    return show_typed(value, outcome.type, lang)


_JOINED: Mapping[type, str] = {e.And: " and ", e.Or: " or "}


def formula(expression: Expression) -> str:
    """An expression without its file, plainly."""
    inner = [formula(each) for each in children(expression)]
    match expression:
        case e.Literal(value=value, type=type_):
            return f'"{value}"' if isinstance(value, str) and not isinstance(type_, Choice) else show_value(value, "en")
        case e.FieldRef(name=name) | e.OutcomeRef(name=name) | e.ThresholdRef(name=name) | e.Named(name=name):
            return name
        case e.Today():
            return "today"
        case e.And() | e.Or():
            return f"({_JOINED[type(expression)].join(inner)})"
        case e.Not():
            return f"not {inner[0]}"
        case e.AtLeastOf(count=count):
            return f"at least {count} of ({', '.join(inner)})"
        case e.Comparison(operator=sign) | e.AgeComparison(operator=sign):
            return f"{inner[0]} {sign} {inner[1]}"
        case e.Arithmetic(operator=sign):
            return f"({inner[0]} {sign} {inner[1]})"
        case e.DateShift(sign=direction):
            return f"{inner[0]} {'+' if direction > 0 else '-'} {inner[1]}"
        case e.Between(include_high=include):
            return f"{inner[0]} between {inner[1]} and {inner[2]}{'' if include else ' (excluded)'}"
        case e.OneOf():
            return f"{inner[0]} is one of {', '.join(inner[1:])}"
        case e.InList(list=name):
            return f"{inner[0]} is in {name}"
        case e.Within(direction=side):
            return f"{inner[0]} within the {side} {inner[1]}"
        case e.WithinOf(direction=side):
            return f"{inner[0]} within {inner[1]} {side} {inner[2]}"
        case e.InPeriod(unit=unit, offset=offset):
            return f"{inner[0]} in {({0: 'this', -1: 'last', 1: 'next'}).get(offset, f'{offset:+d}')} {unit}"
        case e.HasStanding(standing=standing):
            return f"{inner[0]} is {standing}"
        case e.MissingFor(outcome=name):
            return f"missing for {name}"
        case e.IsMissing():
            return f"{inner[0]} is missing"
        case e.TextTest(kind=kind, pattern=pattern):
            return f'{inner[0]} {kind} "{pattern}"'
        case e.AgeIn(unit=unit) | e.DatePart(part=unit):
            return f"{unit} of {inner[0]}"
        case e.NextAnniversary():
            return f"anniversary of {inner[0]}"
        case e.DaysBetween():
            return f"{inner[0]} - {inner[1]}"
        case e.Negated():
            return f"-{inner[0]}"
        case e.Call(function=name):
            return f"{name}({', '.join(inner)})"
    return f"{type(expression).__name__} of {', '.join(inner)}"
