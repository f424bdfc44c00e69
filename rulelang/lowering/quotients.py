"""Turns divisions into fractions, and comparisons of fractions into products (`a / b > k` into `a > k * b` or its
mirror image by the sign of `b`): nothing is divided, nothing is rounded, and a zero divisor is neither true nor false.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from rulelang.lowering.joining import NEVER, all_of, some_of
from rulelang.lowering.operands import aggregated, lower_operand, reckon
from rulelang.lowering.plan import Aggregated, Compare, Constant, Operand, Quotient, Test
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.walking import bare, divides
from rulelang.values.errors import Unreadable
from rulelang.values.numbers import exact

MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

_ONE = Constant(1)
_ZERO = Constant(0)


@frozen
class Ratio:
    """A number as numerator over denominator; ``divisors`` must not be zero."""

    numerator: Operand
    denominator: Operand = _ONE
    divisors: tuple[Operand, ...] = ()


def lower_number(expression: Expression) -> Operand:
    """A value expression as an operand, its divisions as one quotient."""
    ratio = _ratio(expression)
    denominator = ratio.denominator
    if any(each == _ZERO for each in ratio.divisors):
        return Quotient(ratio.numerator, _ZERO)
    if isinstance(denominator, Constant):
        try:
            inverse = exact(Fraction(1) / Fraction(denominator.value))
        except Unreadable:
            inverse = None
        if inverse is not None and not ratio.divisors:
            return reckon("*", ratio.numerator, Constant(inverse))
    rest = tuple(each for each in ratio.divisors if each != denominator)
    return Quotient(ratio.numerator, denominator, rest)


def compare_numbers(sign: str, left: Expression, right: Expression) -> Test:
    """A comparison without division. What equals its opposite in neither direction has a zero divisor."""
    if not divides(left) and not divides(right):
        return Compare(sign, lower_operand(left), lower_operand(right))
    first, second = _ratio(left), _ratio(right)
    denominator = reckon("*", first.denominator, second.denominator)
    ours = reckon("*", first.numerator, second.denominator)
    theirs = reckon("*", second.numerator, first.denominator)
    divisors = tuple(dict.fromkeys(first.divisors + second.divisors))
    nonzero = [_differs_from_zero(each) for each in divisors]
    if isinstance(denominator, Constant):
        positive = _number(denominator) > 0
        return all_of((*nonzero, Compare(sign if positive else MIRRORED[sign], ours, theirs)))
    if sign in ("=", "!="):
        return all_of((*nonzero, Compare(sign, ours, theirs)))
    if isinstance(denominator, Aggregated) and denominator.part == "denominator":
        return all_of((*nonzero, Compare(sign, ours, theirs)))
    # A sign other than zero says that no factor of the denominator is zero.
    others = [_differs_from_zero(each) for each in divisors if each != denominator]
    return all_of(
        (
            *others,
            some_of(
                (
                    all_of((Compare(">", denominator, _ZERO), Compare(sign, ours, theirs))),
                    all_of((Compare("<", denominator, _ZERO), Compare(MIRRORED[sign], ours, theirs))),
                )
            ),
        )
    )


def divisors_of(parts: Iterable[Expression]) -> tuple[Operand, ...]:
    """What the divisions among some parts of expressions divide by, but for constants other than zero."""
    found = (_ratio(each.right).numerator for each in parts if isinstance(each, e.Arithmetic) and each.operator == "/")
    return tuple(dict.fromkeys(each for each in found if not isinstance(each, Constant) or each == _ZERO))


def _ratio(expression: Expression) -> Ratio:
    expression = bare(expression)
    match expression:
        case _ if not divides(expression):
            return Ratio(lower_operand(expression))
        case e.Aggregate():
            return Ratio(aggregated(expression, "numerator"), aggregated(expression, "denominator"))
        case e.Negated(operand=operand):
            ratio = _ratio(operand)
            return Ratio(reckon("-", _ZERO, ratio.numerator), ratio.denominator, ratio.divisors)
        case e.Arithmetic(operator=sign, left=left, right=right):
            first, second = _ratio(left), _ratio(right)
            divisors = first.divisors + second.divisors
            if sign == "/":
                by = second.numerator
                if not isinstance(by, Constant) or by == _ZERO:
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


def _differs_from_zero(operand: Operand) -> Test:
    if isinstance(operand, Constant):
        return NEVER if _number(operand) == 0 else all_of(())
    return Compare("!=", operand, _ZERO)


def _number(constant: Constant) -> int | Decimal:
    assert isinstance(constant.value, int | Decimal)
    return constant.value
