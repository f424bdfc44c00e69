"""What an assignment gives: the value of its expression, rounded and capped (S6)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from rulelang.model.evaluation import value_of
from rulelang.model.policies import scale
from rulelang.model.program import Assignment
from rulelang.model.scope import Scope
from rulelang.model.walking import divides
from rulelang.values.numbers import compare, round_half_up
from rulelang.vocabulary.declarations import Outcome


def assigned_value(assignment: Assignment, outcome: Outcome, scope: Scope) -> Any:
    """What an assignment gives: rounded once to the outcome's scale (a sum only after adding), then capped (S6)."""
    decimals = None if outcome.policy == "sum" else scale(outcome.type)
    value = _rounded(value_of(assignment.value, scope), decimals)
    for cap, beyond in ((assignment.at_least, -1), (assignment.at_most, 1)):
        if cap is not None:
            # A cap stands as it is written; with a division it may have no finite decimals.
            limit = _rounded(value_of(cap, scope), decimals if divides(cap) else None)
            if value is None or limit is None:
                return None
            value = limit if compare(value, limit) == beyond else value
    return value


def _rounded(value: Any, decimals: int | None) -> Any:
    is_number = isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)
    return round_half_up(value, decimals) if is_number and decimals is not None else value
