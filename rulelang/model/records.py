"""What is told of records without judging any: how far back a window reaches, whether something is unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rulelang.model import expressions as e
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.order import is_known
from rulelang.model.program import Model
from rulelang.vocabulary.types import Date, ListOf


def is_unjudged(expression: Aggregated, truth: bool | None, value: Any) -> bool:
    """Whether something about a record is unknown that an aggregate, a quantifier or a group asks of it."""
    match expression:
        case e.AnyGroup() if truth is not False:
            by, pairs = value
            return (
                not truth
                or by is None
                or any(counts is None or (counts and not is_known(one)) for counts, one in pairs)
            )
        case e.Aggregate(kind="streak"):
            return truth is None or value is None
    return truth is None or (truth and not is_known(value))


def reaches_back(expression: Aggregated, model: Model) -> Expression | None:
    """The condition that a window has days before the list is complete, None where it can't have any."""
    type_ = model.fields[expression.list].type
    window = None if isinstance(expression, e.Quantified) else expression.window
    if window is None or not isinstance(type_, ListOf) or type_.complete_from is None:
        return None
    day_before = e.Literal(type_.complete_from - timedelta(days=1), Date())
    return e.AgeComparison("<=", day_before, window.length)
