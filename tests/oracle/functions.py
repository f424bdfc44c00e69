"""Functions of plug-ins: given exact values, rounded where these have no finite decimals; a failure is unknown."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from rulelang.model import expressions as e
from tests.oracle.combine import round_half_up
from tests.oracle.world import BLANK, World, plain


def returned(call: e.Call, world: World) -> object:
    """What a function returns, None where it is unknown."""
    from tests.oracle.evaluate import value_of  # the two call each other

    function = world.model.functions[call.function]
    given = [_given(value_of(each, world)) for each in call.arguments]
    if function.unknown_in == "unknown" and None in given:
        return None
    try:
        return plain(function.call(*given))
    except ValueError:
        return None


def _given(value: object) -> object:
    if value is BLANK:
        return None
    if not isinstance(value, Fraction):
        return value
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    number = value if rest == 1 else round_half_up(value, 6)
    if number.denominator == 1:
        return number.numerator
    with localcontext() as context:
        context.prec = 200
        return Decimal(number.numerator) / number.denominator
