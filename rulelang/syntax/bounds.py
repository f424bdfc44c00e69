"""What the unit of a range's second bound says of the first: 1至5万 is 1万至5万, ``between 3 and 5 years`` 3 years.

A bound that has a unit of its own keeps it (1元至5万元), and figures that are no smaller than those of the second bound
stand for themselves: 5000至1万.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from attrs import evolve

from rulelang.syntax import tree as t
from rulelang.syntax.lalr import Node, Token
from rulelang.syntax.literals import number_value
from rulelang.values.numbers import canonical

_FIGURES = re.compile(r"([\d,]+(?:\.\d+)?)\s*([十百千万亿]+|thousand|million|billion)?\s*([%‰]?)", re.IGNORECASE)
_WITH_NUMBER = frozenset({"number", "quantity", "money", "money_prefix", "negative", "closed_bound", "open_bound"})
_BARE = frozenset({"number", "money_prefix", "negative", "closed_bound", "open_bound"})


def shared_factor(low: str, high: str) -> int:
    """What the first of two written numbers is multiplied by because of the magnitude that stands at the second."""
    first, second = _FIGURES.fullmatch(low.strip()), _FIGURES.fullmatch(high.strip())
    if first is None or second is None or first[2] or not second[2] or first[3] or second[3]:
        return 1
    if _value(first[1]) >= _value(second[1]):
        return 1
    found = number_value(f"1{second[2]}")
    return int(found[0]) if found is not None else 1


def read_bounds(
    low: Any, high: Any, expression: Callable[[Any], t.Expression], ask: Callable[[str, str], Exception]
) -> tuple[t.Expression, t.Expression]:
    """Both bounds of a range, the first with the unit of the second. Raises what ``ask`` makes of two readings of the
    first bound where both make sense: 0.05到10%.
    """
    first, second = with_unit(low, expression(low), high, expression(high))
    if isinstance(first, t.NumberLiteral) and not first.percent and first.value and _number(low, _BARE) is not None:
        sign = _number(high, _WITH_NUMBER)
        if sign is not None and isinstance(second, t.NumberLiteral) and second.percent:
            if first.value <= second.value:
                raise ask(str(_number(low, _BARE)), sign)
            places = 3 if sign.endswith("‰") else 2
            first = evolve(first, value=canonical(Decimal(first.value).scaleb(-places)), percent=True)
    return first, second


def with_unit(low: Any, first: t.Expression, high: Any, second: t.Expression) -> tuple[t.Expression, t.Expression]:
    """Both bounds, the first with the magnitude or unit of time of the second, from their nodes and what they are."""
    low_text, high_text = _number(low, _BARE), _number(high, _WITH_NUMBER)
    if low_text is None or high_text is None:
        return first, second
    factor = shared_factor(low_text, high_text)
    if factor != 1:
        first = _each(first, lambda value: canonical(Decimal(value) * factor))
    if isinstance(first, t.NumberLiteral) and not first.percent and isinstance(second, t.Quantity):
        return t.Quantity(first.value, second.unit, span=first.span), second
    return first, second


def _each(value: t.Expression, change: Callable[[int | Decimal], int | Decimal]) -> t.Expression:
    """A number, an amount, or one of them with a minus sign, changed."""
    if isinstance(value, t.Negative):
        return evolve(value, operand=_each(value.operand, change))
    if isinstance(value, t.Money):
        return evolve(value, number=change(value.number))
    return evolve(value, value=change(value.value)) if isinstance(value, t.NumberLiteral) else value


def _number(node: Any, kinds: frozenset[str]) -> str | None:
    """The number that a bound is written with; None where it is anything else."""
    if not isinstance(node, Node) or node.data not in kinds:
        return None
    numbers = [each for each in node.children if isinstance(each, Token) and each.type == "NUMBER"]
    if numbers:
        return numbers[0].text if len(numbers) == 1 else None
    inside = [each for each in node.children if isinstance(each, Node) and each.data in kinds]
    return _number(inside[0], kinds) if len(inside) == 1 else None


def _value(figures: str) -> Decimal:
    return Decimal(figures.replace(",", ""))
