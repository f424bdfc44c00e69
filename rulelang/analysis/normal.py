"""Expressions as the proofs read them: without names, every constant worked out for the as-of date.

Outcomes become fields of their own, so that a condition on an outcome is read as one on a field whose cells are the
outcome's answers, no rule (blank) and undecided (missing).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from rulelang.diagnostics.position import Span
from rulelang.lowering.fixed import is_fixed
from rulelang.model import expressions as e
from rulelang.model.evaluation import duration_of, value_of
from rulelang.model.expressions import Expression
from rulelang.model.program import Model
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, counts_working_days, own_parts, parts
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Length, ListOf

Rename = Callable[[str], str]

# What may be worked out beforehand; whatever isn't named here is left as it stands.
_FOLDED = (
    *(e.Literal, e.ThresholdRef, e.Today, e.Named, e.Arithmetic, e.Negated, e.DateShift, e.DaysBetween, e.AgeIn),
    *(e.DatePart, e.NextAnniversary, e.Comparison, e.AgeComparison, e.Between, e.OneOf, e.Within, e.WithinOf),
    *(e.InPeriod, e.And, e.Or, e.Not, e.AtLeastOf),
)
# Kinds whose value is unknown as soon as one of their operands is, and known where all are (but for a zero divisor).
_STRICT = (
    *(e.Literal, e.FieldRef, e.Today, e.Arithmetic, e.Negated, e.DateShift, e.DaysBetween, e.AgeIn, e.DatePart),
    *(e.NextAnniversary, e.ElementRef, e.Now, e.DayOf),
)
# The kinds of which it is known what they read and when they are unknown.
_TESTS = (e.Comparison, e.AgeComparison, e.Between, e.OneOf, e.InList, e.Within, e.WithinOf, e.InPeriod, e.TextTest)
_LOGIC = (e.And, e.Or, e.Not, e.AtLeastOf, e.IsMissing)
_AGGREGATES = ("count", "sum", "distinct", "busiest")


def normal(
    expression: Expression, scope: Scope, rename: Rename, places: dict[Expression, Span] | None = None
) -> Expression:
    """The expression without names and with its constants worked out; ``rename`` names the field of an outcome.

    ``places`` takes up where each part of it was written.
    """
    written = bare(expression)
    found = _normal(written, scope, rename, places)
    if places is not None and written.span is not None:
        places.setdefault(found, written.span)
    return found


def _normal(expression: Expression, scope: Scope, rename: Rename, places: dict[Expression, Span] | None) -> Expression:
    if isinstance(expression, e.OutcomeRef):
        return e.FieldRef(rename(expression.name), expression.type)
    if isinstance(expression, e.Literal):
        return e.Literal(expression.value, expression.type)
    if _is_constant(expression):
        value = _constant(expression, scope)
        if value is not None:
            return e.Literal(value, expression.type)
    changes: dict[str, Any] = {}
    for each in attrs.fields(type(expression)):
        part = getattr(expression, each.name)
        if isinstance(part, Expression):
            changes[each.name] = normal(part, scope, rename, places)
        elif isinstance(part, tuple) and any(isinstance(item, Expression) for item in part):
            changes[each.name] = tuple(
                normal(item, scope, rename, places) if isinstance(item, Expression) else item for item in part
            )
    return attrs.evolve(expression, span=None, **changes)


def _is_constant(expression: Expression) -> bool:
    return is_fixed(expression) and all(isinstance(each, _FOLDED) for each in own_parts(expression))


def _constant(expression: Expression, scope: Scope) -> Any:
    if isinstance(expression.type, Length):
        length = duration_of(expression, scope)
        return length if isinstance(length, Duration) else None
    return value_of(expression, scope)


def is_strict(expression: Expression, aggregates: bool = False) -> bool:
    """Whether a value is unknown as soon as a field it reads is missing, with ``aggregates`` also a list."""
    kinds = (*_STRICT, e.Aggregate) if aggregates else _STRICT
    return all(isinstance(each, kinds) for each in own_parts(expression))


def is_total(expression: Expression, model: Model) -> bool:
    """Whether it is known wherever all it reads is known, records of lists included."""
    if counts_working_days(expression):
        return False  # unknown beyond the calendar of holidays
    for each in own_parts(expression):
        match each:
            case e.Arithmetic(operator="/", right=right):
                if not isinstance(right, e.Literal) or right.value == 0:
                    return False
            case e.Aggregate(kind=kind, where=where, value=value, window=window):
                parts_of = [part for part in (where, value) if part is not None]
                if kind not in _AGGREGATES or not all(is_total(part, model) for part in parts_of):
                    return False
                if window is not None and not _is_complete(each.list, model):
                    return False
            case e.Quantified(condition=condition, where=where):
                if not is_total(condition, model) or (where is not None and not is_total(where, model)):
                    return False
            case e.Lookup(default=default):
                if default is None:
                    return False
            case _ if not isinstance(each, _STRICT + _TESTS + _LOGIC):
                return False
    return True


def _is_complete(name: str, model: Model) -> bool:
    """Whether a list covers all days."""
    type_ = model.fields[name].type
    return isinstance(type_, ListOf) and type_.complete_from is None


def is_pure(expression: Expression) -> bool:
    """Whether it means the same in every ruleset: it rests on no list, table or function."""
    return all(isinstance(each, _STRICT) for each in own_parts(expression))


_KNOWN = (*_STRICT, *_TESTS, *_LOGIC, e.Aggregate, e.Quantified, e.Lookup, e.Call)


def is_told(expression: Expression) -> bool:
    """Whether it is told by the values of the fields and outcomes it reads: of a kind not known here that is open.

    What was decided for each record of a list is not among them.
    """
    return all(
        isinstance(each, _KNOWN) and not (isinstance(each, e.ElementRef) and each.outcome is not None)
        for each in parts(expression)
    )
