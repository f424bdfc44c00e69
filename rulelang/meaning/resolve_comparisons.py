"""Comparisons: what stands on both sides decides what is compared (numbers, ages, dates, ordered choices, texts)."""

from __future__ import annotations

from decimal import Decimal

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.meaning.currencies import report_currencies
from rulelang.meaning.fitting import same_currency
from rulelang.meaning.kinds import counted_from, counts_minutes, day_of
from rulelang.meaning.scope import Scope, is_open_text
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, Money, Number, Text, YesNo, is_numeric

_DATE_WORDS = {"before": "<", "after": ">", "on_or_before": "<=", "on_or_after": ">="}
_AGE_UNITS = {"days": "days", "months": "months", "years": "months"}


def resolve_comparison(
    operator: str, left: t.Expression, right: t.Expression, node: t.Expression, scope: Scope
) -> m.Expression | None:
    """``left operator right``, typed; None where it was reported to be wrong."""
    first, second = resolve_pair(left, right, scope)
    if first is None or second is None:
        return None
    if operator in _DATE_WORDS:
        for side, value in ((left, first), (right, second)):
            if not isinstance(value.type, Date | DateTime):
                from rulelang.meaning.vocabulary import type_word

                scope.report("not-a-date", side.span, name=scope.written(side), type=type_word(value.type))
                return None
        return m.Comparison(_DATE_WORDS[operator], *_of_one_kind(first, second), span=node.span)
    return compare(operator, (left, first), (right, second), node, scope)


def resolve_pair(
    left: t.Expression, right: t.Expression, scope: Scope
) -> tuple[m.Expression | None, m.Expression | None]:
    """Both sides, each with the other's type as its hint."""
    if _needs_hint(left, scope) and not _needs_hint(right, scope):
        second = scope.value(right, scope)
        return (None if second is None else scope.value(left, scope, second.type)), second
    first = scope.value(left, scope)
    if first is None:
        return None, None
    if (
        isinstance(right, t.Name)
        and right.text not in scope.vocabulary.symbols
        and is_open_text(first, scope.vocabulary)
    ):
        return first, m.Literal(right.text, Text(), span=right.span)
    return first, scope.value(right, scope, first.type)


def _needs_hint(node: t.Expression, scope: Scope) -> bool:
    """A name or text that may be a choice's member."""
    if isinstance(node, t.TextLiteral):
        return True
    if not isinstance(node, t.Name) or node.text in scope.vocabulary.symbols or node.text in scope.bound:
        return False
    return scope.element is None or scope.element.find(node.text) is None


def compare(
    operator: str,
    left: tuple[t.Expression, m.Expression],
    right: tuple[t.Expression, m.Expression],
    node: t.Expression,
    scope: Scope,
) -> m.Expression | None:
    """The comparison of two resolved values."""
    first, second = left[1], right[1]
    if isinstance(first.type, Length) and isinstance(second.type, Date | DateTime):
        flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
        return compare(flipped, right, left, node, scope)
    if isinstance(second.type, Length):
        if isinstance(first.type, Date | DateTime):
            return _age(operator, left, right, node, scope)
        if isinstance(first, m.DaysBetween) and second.type.unit in ("minutes", "working days"):
            return _apart(operator, first, left[0], second, node, scope)
        if isinstance(first, m.AgeIn) and first.unit == "days":
            return _age(operator, (left[0], first.date), right, node, scope)
        if isinstance(first, m.AgeIn):
            return _completed(operator, first, left, right, node, scope)
    if isinstance(second, m.DaysBetween) and isinstance(first.type, Length):
        flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
        if first.type.unit in ("minutes", "working days"):
            return _apart(flipped, second, right[0], first, node, scope)
    if isinstance(first.type, Date | DateTime) and isinstance(second.type, Date | DateTime):
        return m.Comparison(operator, *_of_one_kind(first, second), span=node.span)
    if (
        isinstance(first.type, Date | DateTime | Length)
        and isinstance(second, m.Literal)
        and isinstance(second.type, Number)
    ):
        scope.report("bare-number", second.span or node.span, number=second.value)
        return None
    if isinstance(first.type, Date | DateTime | Length) and isinstance(second, m.ThresholdRef):
        declared = scope.vocabulary.thresholds[second.name]
        if isinstance(declared.type, Number) and declared.span is not None:
            facts = {"name": second.name, "number": declared.value, "compared": scope.written(left[0])}
            labels = (Label("used-here", node.span),)
            scope.diagnostics.append(Diagnostic("threshold-without-unit", declared.span, facts, (), labels))
            return None
    if isinstance(first.type, Length) and isinstance(second.type, Length):
        if first.type.unit != second.type.unit:
            facts = {"left": scope.written(left[0]), "left_unit": first.type.unit}
            scope.report(
                "unit-mismatch", node.span, **facts, right=scope.written(right[0]), right_unit=second.type.unit
            )
            return None
        return m.Comparison(operator, first, second, span=node.span)
    if is_numeric(first.type) and is_numeric(second.type):
        if (
            isinstance(first.type, Money)
            and isinstance(second.type, Money)
            and not same_currency(first.type, second.type)
        ):
            report_currencies(left[0], first.type, right[0], second.type, node, scope)
            return None
        return m.Comparison(operator, first, second, span=node.span)
    if isinstance(first.type, Choice) and isinstance(second.type, Choice):
        if set(first.type.keys()) != set(second.type.keys()):
            scope.mismatch(left[0], first.type, right[0], second.type, node.span)
            return None
        if operator not in ("=", "!=") and not first.type.ordered:
            scope.report("unordered-choice", node.span, name=scope.written(left[0]), operator=operator)
            return None
        return m.Comparison(operator, first, second, span=node.span)
    same = type(first.type) is type(second.type)
    if not same or (isinstance(first.type, Text | YesNo) and operator not in ("=", "!=")):
        scope.mismatch(left[0], first.type, right[0], second.type, node.span)
        return None
    if operator == "!=" and isinstance(second, m.Literal) and isinstance(second.value, bool):
        # ``is not yes`` is ``is no``, a blank and a missing value included: one meaning, one fingerprint.
        return m.Comparison("=", first, m.Literal(not second.value, second.type, span=second.span), span=node.span)
    return m.Comparison(operator, first, second, span=node.span)


def _may_be_future(value: m.Expression) -> bool:
    return isinstance(value.type, Date | DateTime) and value.type.may_be_future


def _of_one_kind(first: m.Expression, second: m.Expression) -> tuple[m.Expression, m.Expression]:
    """Two dates as they compare: by their days, unless both have a time of day."""
    both = isinstance(first.type, DateTime) and isinstance(second.type, DateTime)
    return (first, second) if both else (day_of(first), day_of(second))


def _apart(
    operator: str,
    between: m.DaysBetween,
    written: t.Expression,
    length: m.Expression,
    node: t.Expression,
    scope: Scope,
) -> m.Expression | None:
    """``closed_at - opened_at > 2 hours`` is ``closed_at > opened_at + 2 hours``; so it is with working days."""
    later, earlier = between.later, between.earlier
    if counts_minutes(length.type):
        if not isinstance(later, m.DayOf) or not isinstance(earlier, m.DayOf):
            scope.report("time-needed", written.span, name=scope.written(written))
            return None
        later, earlier = later.moment, earlier.moment
    moved = m.DateShift(earlier, 1, length, DateTime() if isinstance(earlier.type, DateTime) else Date())
    return m.Comparison(operator, later, moved, span=node.span)


def _age(
    operator: str,
    left: tuple[t.Expression, m.Expression],
    right: tuple[t.Expression, m.Expression],
    node: t.Expression,
    scope: Scope,
) -> m.Expression | None:
    """A date beside a length of time: its age is compared (S5)."""
    length = right[1]
    date = counted_from(left[1], left[0], length, scope)
    if date is None:
        return None
    if _may_be_future(date):
        facts = {"name": scope.written(left[0]), "found": f"{operator} {scope.written(right[0])}"}
        scope.report("date-may-be-future", node.span, **facts)
        return None
    if operator in ("=", "!="):
        if isinstance(length.type, Length) and length.type.unit != "days":
            facts = {"left": scope.written(left[0]), "left_unit": "days", "right_unit": length.type.unit}
            scope.report("unit-mismatch", node.span, **facts, right=scope.written(right[0]))
            return None
        age = m.DaysBetween(m.Today(), date, span=date.span)
        return m.Comparison(operator, age, length, span=node.span)
    return m.AgeComparison(operator, date, length, span=node.span)


def _completed(
    operator: str,
    age: m.AgeIn,
    left: tuple[t.Expression, m.Expression],
    right: tuple[t.Expression, m.Expression],
    node: t.Expression,
    scope: Scope,
) -> m.Expression | None:
    """``age in years of birth_date >= 18 years``: completed units, compared as a number."""
    length = right[1]
    unit = length.type.unit if isinstance(length.type, Length) else ""
    if unit != _AGE_UNITS[age.unit] or not isinstance(length, m.Literal) or not isinstance(length.value, Duration):
        facts = {"left": scope.written(left[0]), "left_unit": age.unit}
        scope.report("unit-mismatch", node.span, **facts, right=scope.written(right[0]), right_unit=unit)
        return None
    amount = length.value.amount
    if age.unit == "years":
        if amount % 12:
            facts = {"left": scope.written(left[0]), "left_unit": age.unit}
            scope.report("unit-mismatch", node.span, **facts, right=scope.written(right[0]), right_unit=unit)
            return None
        amount //= 12
    return m.Comparison(operator, age, m.Literal(amount, Number(0), span=length.span), span=node.span)


def resolve_between(node: t.Between, scope: Scope) -> m.Expression | None:
    """``value between low and high``: as two comparisons would be, of one kind."""
    low = resolve_comparison(">=", node.value, node.low, node, scope)
    high = resolve_comparison("<=" if node.include_high else "<", node.value, node.high, node, scope)
    if low is None or high is None:
        return None
    if isinstance(low, m.AgeComparison) and isinstance(high, m.AgeComparison) and low.date == high.date:
        _check_limits(low.length, high.length, node, scope)
        return m.Between(low.date, low.length, high.length, node.include_high, span=node.span)
    if isinstance(low, m.Comparison) and isinstance(high, m.Comparison) and low.left == high.left:
        _check_limits(low.right, high.right, node, scope)
        return m.Between(low.left, low.right, high.right, node.include_high, span=node.span)
    return m.And((low, high), span=node.span)


def _check_limits(low: m.Expression, high: m.Expression, node: t.Between, scope: Scope) -> None:
    if not isinstance(low, m.Literal) or not isinstance(high, m.Literal):
        return
    first, second = low.value, high.value
    comparable = (
        (isinstance(first, int | Decimal) and isinstance(second, int | Decimal) and first > second)
        or (isinstance(first, Duration) and isinstance(second, Duration) and first.amount > second.amount)
        or (isinstance(low.type, Date) and isinstance(high.type, Date) and str(first) > str(second))
    )
    if comparable:
        scope.report("limits-reversed", node.span, low=scope.written(node.low), high=scope.written(node.high))


def resolve_one_of(node: t.OneOf, scope: Scope) -> m.Expression | None:
    """``value is one of a, b``: each option as in an equality."""
    options: list[m.Expression] = []
    value: m.Expression | None = None
    for option in node.options:
        equal = resolve_comparison("=", node.value, option, node, scope)
        if equal is None:
            return None
        if not isinstance(equal, m.Comparison):
            return None
        value = equal.left
        options.append(equal.right)
    return None if value is None else m.OneOf(value, tuple(options), span=node.span)
