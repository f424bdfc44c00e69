"""Turns comparisons of fractions into products (`a / b > k` into `a > k * b` or its mirror image by the sign of `b`):
nothing is divided, nothing is rounded, and a zero divisor is neither true nor false.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rulelang.lowering.joining import NEVER, all_of, some_of
from rulelang.lowering.operands import ZERO, lower_operand, ratio_of, reckon
from rulelang.lowering.plan import Aggregated, Compare, Constant, Operand, Test
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.walking import divides

MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare_numbers(sign: str, left: Expression, right: Expression) -> Test:
    """A comparison without division. What equals its opposite in neither direction has a zero divisor."""
    if not divides(left) and not divides(right):
        return Compare(sign, lower_operand(left), lower_operand(right))
    first, second = ratio_of(left), ratio_of(right)
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
                    all_of((Compare(">", denominator, ZERO), Compare(sign, ours, theirs))),
                    all_of((Compare("<", denominator, ZERO), Compare(MIRRORED[sign], ours, theirs))),
                )
            ),
        )
    )


def divisors_of(parts: Iterable[Expression]) -> tuple[Operand, ...]:
    """What the divisions among some parts of expressions divide by, but for constants other than zero."""
    found = (
        ratio_of(each.right).numerator for each in parts if isinstance(each, e.Arithmetic) and each.operator == "/"
    )
    return tuple(dict.fromkeys(each for each in found if not isinstance(each, Constant) or each == ZERO))


def _differs_from_zero(operand: Operand) -> Test:
    if isinstance(operand, Constant):
        return NEVER if _number(operand) == 0 else all_of(())
    return Compare("!=", operand, ZERO)


def _number(constant: Constant) -> int | Decimal:
    assert isinstance(constant.value, int | Decimal)
    return constant.value
