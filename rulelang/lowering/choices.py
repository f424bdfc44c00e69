"""Turns comparisons of ordered choices into membership: `level >= medium` is `level in medium, high`."""

from __future__ import annotations

from rulelang.lowering.fixed import is_fixed
from rulelang.lowering.joining import NEVER
from rulelang.lowering.operands import lower_operand
from rulelang.lowering.plan import Compare, Constant, Fixed, In, Operand, Rank, Test
from rulelang.lowering.quotients import MIRRORED
from rulelang.lowering.recipes import RankOf
from rulelang.model.evaluation import COMPARISONS
from rulelang.model.expressions import Expression
from rulelang.vocabulary.types import Choice


def compare_choices(sign: str, left: Expression, right: Expression) -> Test:
    """An ordering comparison by the rank that the choice declares."""
    choice = left.type if isinstance(left.type, Choice) else right.type
    assert isinstance(choice, Choice)
    first, second = lower_operand(left), lower_operand(right)
    if isinstance(first, Constant):
        sign, first, second = MIRRORED[sign], second, first
    order = choice.keys()
    if isinstance(second, Constant):
        limit = order.index(second.value)
        members = tuple(key for rank, key in enumerate(order) if COMPARISONS[sign](rank, limit))
        return In(first, members) if members else NEVER
    return Compare(sign, _rank(first, left, order), _rank(second, right, order))


def _rank(operand: Operand, expression: Expression, order: tuple[str, ...]) -> Operand:
    if is_fixed(expression):
        return Fixed(RankOf(expression, order), whole=True)
    return Rank(operand, order)
