"""Lowers the values that conditions compare and rules assign (conditions as values: see conditions.py); divisions
become fractions.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from attrs import frozen

from rulelang.lowering.fixed import fixed_operand, is_fixed
from rulelang.lowering.plan import (
    Age,
    Aggregated,
    Anniversary,
    Answer,
    Constant,
    Days,
    Element,
    Entry,
    Fixed,
    Input,
    Invoke,
    Operand,
    Part,
    Quotient,
    Reckon,
    Shift,
)
from rulelang.lowering.recipes import Entries
from rulelang.model import expressions as e
from rulelang.model.aggregates import is_whole
from rulelang.model.expressions import Expression
from rulelang.model.walking import bare, divides, outcomes_read
from rulelang.values.durations import Duration
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import add, exact, multiply, subtract
from rulelang.vocabulary.types import Length, Number, Type

ONE = Constant(1)
ZERO = Constant(0)

_FOLD = {"+": add, "-": subtract, "*": multiply}


@frozen
class Ratio:
    """A number as numerator over denominator; ``divisors`` must not be zero."""

    numerator: Operand
    denominator: Operand = ONE
    divisors: tuple[Operand, ...] = ()


def lower_number(expression: Expression) -> Operand:
    """A value expression as an operand, its divisions as one quotient."""
    ratio = ratio_of(expression)
    denominator = ratio.denominator
    if any(each == ZERO for each in ratio.divisors):
        return Quotient(ratio.numerator, ZERO)
    if isinstance(denominator, Constant):
        try:
            inverse = exact(Fraction(1) / Fraction(denominator.value))
        except Unreadable:
            inverse = None
        if inverse is not None and not ratio.divisors:
            return reckon("*", ratio.numerator, Constant(inverse))
    rest = tuple(each for each in ratio.divisors if each != denominator)
    return Quotient(ratio.numerator, denominator, rest)


def lower_operand(expression: Expression) -> Operand:
    """The operand of a value expression without division (`lower_number` turns those into fractions first)."""
    expression = bare(expression)
    if is_fixed(expression):
        return fixed_operand(expression)
    match expression:
        case e.FieldRef(name=name):
            return _input(name, _is_whole(expression.type))
        case e.OutcomeRef(name=name):
            return Answer(name, _is_whole(expression.type))
        case e.Arithmetic(operator=sign, left=left, right=right) if sign != "/":
            return reckon(sign, lower_operand(left), lower_operand(right))
        case e.Negated(operand=operand):
            return reckon("-", Constant(0), lower_operand(operand))
        case e.DateShift(date=moved, sign=sign, length=length):
            return shift(lower_operand(moved), length, sign)
        case e.DaysBetween(later=later, earlier=earlier):
            return Days(lower_operand(later), lower_operand(earlier))
        case e.AgeIn(unit=unit, date=moment):
            return Age(unit, lower_operand(moment))
        case e.DatePart(part=part, date=moment):
            return Part(part, lower_operand(moment))
        case e.DayOf(moment=moment):
            return Part("date", lower_operand(moment))
        case e.NextAnniversary(date=moment):
            return Anniversary(lower_operand(moment))
        case e.Lookup(table=table, key_column=place, column=column, key=key, default=default):
            found = Fixed(Entries(table, place, column, expression.type))
            return Entry(found, lower_operand(key), None if default is None else lower_operand(default))
        case e.Call(function=name, arguments=arguments):
            return Invoke(name, tuple(map(lower_number, arguments)))
        case e.ElementRef(list=name, name=part):
            return Element(name, part, _is_whole(expression.type))
        case e.Aggregate():
            return aggregated(expression)
    raise TypeError(f"{type(expression).__name__} is no value without division")


def ratio_of(expression: Expression) -> Ratio:
    """A value expression as one fraction: nothing is divided, nothing rounded."""
    expression = bare(expression)
    match expression:
        case _ if not divides(expression):
            return Ratio(lower_operand(expression))
        case e.Aggregate():
            return Ratio(aggregated(expression, "numerator"), aggregated(expression, "denominator"))
        case e.Negated(operand=operand):
            ratio = ratio_of(operand)
            return Ratio(reckon("-", ZERO, ratio.numerator), ratio.denominator, ratio.divisors)
        case e.Arithmetic(operator=sign, left=left, right=right):
            first, second = ratio_of(left), ratio_of(right)
            divisors = first.divisors + second.divisors
            if sign == "/":
                by = second.numerator
                if not isinstance(by, Constant) or by == ZERO:
                    divisors = (*divisors, by)
                return Ratio(
                    reckon("*", first.numerator, second.denominator), reckon("*", first.denominator, by), divisors
                )
            denominator = reckon("*", first.denominator, second.denominator)
            if sign == "*":
                return Ratio(reckon("*", first.numerator, second.numerator), denominator, divisors)
            ours = reckon("*", first.numerator, second.denominator)
            theirs = reckon("*", second.numerator, first.denominator)
            return Ratio(reckon(sign, ours, theirs), denominator, divisors)
    raise TypeError(f"{type(expression).__name__} divides in a place where no division can stand")


@lru_cache(maxsize=1024)
def _input(name: str, whole: bool) -> Input:
    """One operand for all places that read a field."""
    return Input(name, whole)


def aggregated(expression: e.Aggregated, part: str = "") -> Aggregated:
    """The operand of an aggregate or a quantifier, or of a part of an average."""
    return Aggregated(expression, is_whole(expression) or bool(part), outcomes_read(expression), part)


def shift(moved: Operand, length: Expression, sign: int) -> Shift:
    """A date moved by a length of time that may differ from customer to customer."""
    length = bare(length)
    written = length.value if isinstance(length, e.Literal) else None
    type_ = length.type
    unit = written.unit if isinstance(written, Duration) else type_.unit if isinstance(type_, Length) else "days"
    return Shift(moved, lower_operand(length), unit, sign)


def reckon(sign: str, left: Operand, right: Operand) -> Operand:
    """An operation with constants folded and what changes nothing left out."""
    neutral = 1 if sign == "*" else 0
    if _is(right, neutral):
        return left
    if _is(left, neutral) and sign != "-":
        return right
    if isinstance(left, Constant) and isinstance(right, Constant):
        folded: Any = _FOLD[sign](left.value, right.value)
        return Constant(folded)
    return Reckon(sign, left, right)


def _is(operand: Operand, number: int) -> bool:
    return (
        isinstance(operand, Constant)
        and isinstance(operand.value, int | Decimal)
        and not isinstance(operand.value, bool)
        and operand.value == number
    )


def _is_whole(type_: Type) -> bool:
    """Whether fields and outcomes of a type hold integers only: lengths of time and whole numbers."""
    return isinstance(type_, Length) or (isinstance(type_, Number) and type_.decimals == 0)
