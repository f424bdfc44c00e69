"""Amounts in two currencies: reported wherever they meet."""

from __future__ import annotations

from rulelang.meaning.scope import Scope
from rulelang.syntax import tree as t
from rulelang.vocabulary.types import Money


def report_currencies(
    left: t.Expression, left_type: Money, right: t.Expression, right_type: Money, node: t.Expression, scope: Scope
) -> None:
    """Report two amounts in different currencies; where one of them has a currency of its own, that one."""
    for side, type_ in ((left, left_type), (right, right_type)):
        if type_.by is not None:
            scope.report("currency-of-its-own", side.span, by=type_.by)
            return
    facts = {
        "left": scope.written(left),
        "left_currency": left_type.currency,
        "right": scope.written(right),
        "right_currency": right_type.currency,
        "amount": scope.written(left.operand if isinstance(left, t.Converted) else left),
    }
    scope.report("currency-mismatch", node.span, **facts)
