"""Sums, differences, products and comparisons in the words of z3: exact, and unknown where something is."""

from __future__ import annotations

from typing import Any

from rulelang.analysis.solver.terms import LAST_DAY, Term, Terms, is_whole
from rulelang.model import expressions as e
from rulelang.model.evaluation import literal_value
from rulelang.model.expressions import Expression
from rulelang.model.scope import Scope
from rulelang.values.durations import UNITS, Duration
from rulelang.vocabulary.types import Date, Length, Text, YesNo, is_numeric

Truth = tuple[Any, Any]

# How far a step of months may be from so many times the average month, in days.
_AVERAGE_MONTH = 30.436875
_MONTHS_OF_4800 = 146_097  # as many days have 4800 months, which is when the calendar begins anew
_IRREGULAR = 8


def reckoned(terms: Terms, expression: Expression, scope: Scope) -> Term | None:
    """A number, a day or a length of time; None where z3 has no words for it."""
    yes, no = terms.truth(True), terms.truth(False)
    match expression:
        case e.Literal() if _is_ordered(expression):
            amount = literal_value(expression)
            return Term(terms.number(amount.toordinal() if isinstance(expression.type, Date) else amount), yes, no)
        case e.Today():
            return Term(terms.number(scope.as_of.toordinal()), yes, no)
        case e.FieldRef(name=name) if name in terms.space.by_name:
            return _of_variable(terms, terms.space.by_name[name])
        case e.Negated(operand=operand):
            number = reckoned(terms, operand, scope)
            return None if number is None else Term(-number.value, number.known, no)
        case e.Arithmetic(operator=sign, left=left, right=right):
            first, second = reckoned(terms, left, scope), reckoned(terms, right, scope)
            return None if first is None or second is None else _arithmetic(terms, sign, first, second)
        case e.DaysBetween(later=later, earlier=earlier):
            first, second = reckoned(terms, later, scope), reckoned(terms, earlier, scope)
            if first is None or second is None:
                return None
            return Term(first.value - second.value, terms.all_of(first.known, second.known), no)
        case e.DateShift(date=start, sign=sign, length=length):
            return _shifted(terms, expression, start, sign, length, scope)
        case e.AgeIn(unit=unit, date=start):
            return _aged(terms, expression, unit, start, scope)
        case e.DatePart(part=part, date=start):
            return _part(terms, expression, part, start, scope)
        case e.NextAnniversary(date=start):
            day = reckoned(terms, start, scope)
            found = None if day is None else terms.aside(expression, scope, terms.fresh(expression.type))
            if day is None or found is None:
                return None
            terms.facts += [found.known == day.known, found.value >= scope.as_of.toordinal(), found.value <= LAST_DAY]
            return found
    return None


def _is_ordered(expression: Expression) -> bool:
    return is_numeric(expression.type) or isinstance(expression.type, Date | Length)


def _of_variable(terms: Terms, variable: Any) -> Term | None:
    term = terms.term(variable)
    if variable.cells.ordered:
        return term
    if not (is_numeric(variable.type) or isinstance(variable.type, Date | Length)):
        return None
    value = terms.number(0)
    for number, cell in enumerate(variable.cells.cells):
        if cell.kind == "value":
            low = cell.low
            if isinstance(low, tuple):
                return None  # a gift, not an answer
            shown = low.toordinal() if isinstance(variable.type, Date) else low
            value = terms.choose(term.value == number, terms.number(shown), value)
    return Term(value, term.known, term.blank)


def _arithmetic(terms: Terms, sign: str, first: Term, second: Term) -> Term:
    known, no = terms.all_of(first.known, second.known), terms.truth(False)
    left, right = first.value, second.value
    match sign:
        case "+":
            return Term(left + right, known, no)
        case "-":
            return Term(left - right, known, no)
        case "*":
            return Term(left * right, known, no)
    real = terms.z3.ToReal
    top = real(left) if left.is_int() else left
    bottom = real(right) if right.is_int() else right
    # What is divided by zero is unknown, whatever z3 makes of it.
    return Term(top / bottom, terms.all_of(known, right != 0), no)


# --- days --------------------------------------------------------------------------------------------------------


def _clamped(terms: Terms, day: Any) -> Any:
    """No day lies outside the calendar."""
    low = terms.choose(day < 1, terms.number(1), day)
    return terms.choose(day > LAST_DAY, terms.number(LAST_DAY), low)


def _shifted(
    terms: Terms, expression: Expression, start: Expression, sign: int, length: Expression, scope: Scope
) -> Term | None:
    day = reckoned(terms, start, scope)
    unit = _unit(length)
    if day is None or unit not in ("days", "months"):
        return None
    if unit == "days":
        amount = reckoned(terms, length, scope)
        if amount is None:
            return None
        moved = _clamped(terms, day.value + sign * amount.value)
        return Term(moved, terms.all_of(day.known, amount.known), terms.truth(False))
    if not isinstance(length, e.Literal):
        return None
    found = terms.aside(expression, scope, terms.fresh(expression.type))
    if found is None:
        return None
    middle = round(sign * literal_value(length) * _AVERAGE_MONTH)
    terms.facts += [
        found.known == day.known,
        found.value >= 1,
        found.value <= LAST_DAY,
        terms.any_of(found.value >= day.value + (middle - _IRREGULAR), found.value == LAST_DAY),
        terms.any_of(found.value <= day.value + (middle + _IRREGULAR), found.value == 1),
    ]
    return found


def _unit(length: Expression) -> str:
    if isinstance(length, e.Literal) and isinstance(length.value, Duration):
        return length.value.unit
    return length.type.unit if isinstance(length.type, Length) else ""


def _aged(terms: Terms, expression: Expression, unit: str, start: Expression, scope: Scope) -> Term | None:
    day = reckoned(terms, start, scope)
    if day is None:
        return None
    base, size = UNITS[unit]
    days = scope.as_of.toordinal() - day.value
    if base == "days":
        return Term(days / size, day.known, terms.truth(False))  # whole numbers: z3 divides downwards
    found = terms.aside(expression, scope, terms.fresh(expression.type))
    if found is None:
        return None
    # Completed months are the days by the average month, give or take one of them and what is irregular in months.
    months, slack = 4800 * days, 4800 * (2 * _IRREGULAR)
    terms.facts += [
        found.known == day.known,
        months >= found.value * (size * _MONTHS_OF_4800) - slack,
        months <= (found.value + 1) * (size * _MONTHS_OF_4800) + slack,
    ]
    return found


def _part(terms: Terms, expression: Expression, part: str, start: Expression, scope: Scope) -> Term | None:
    day = reckoned(terms, start, scope)
    if day is None:
        return None
    if part == "weekday":
        return Term((day.value - 1) % 7 + 1, day.known, terms.truth(False))
    found = terms.aside(expression, scope, terms.fresh(expression.type))
    if found is None:
        return None
    low, high = {"year": (1, 9999), "quarter": (1, 4), "month": (1, 12), "day": (1, 31)}[part]
    terms.facts += [found.known == day.known, found.value >= low, found.value <= high]
    if part == "year":
        terms.facts += [day.value >= (found.value - 1) * 365, day.value <= found.value * 366 + 1]
    return found


# --- comparisons -------------------------------------------------------------------------------------------------


def truth_in_words(terms: Terms, condition: Expression, scope: Scope) -> Truth | None:
    """Where a comparison is true and where it is false; None where z3 has no words for it."""
    match condition:
        case e.Comparison(operator=sign, left=left, right=right):
            if isinstance(left.type, Text) and isinstance(right.type, Text):
                return _same_text(terms, sign, left, right)
            first, second = reckoned(terms, left, scope), reckoned(terms, right, scope)
            if first is None or second is None:
                return None
            return _compared(terms, sign, first, second)
        case e.AgeComparison(operator=sign, date=start, length=length) if _unit(length) == "days":
            day, amount = reckoned(terms, start, scope), reckoned(terms, length, scope)
            if day is None or amount is None:
                return None
            today = scope.as_of.toordinal() - (0 if sign in (">=", "<") else 1)
            cut_off = Term(_clamped(terms, today - amount.value), amount.known, amount.blank)
            return _compared(terms, "<=" if sign in (">=", ">") else ">", day, cut_off)
        case e.IsMissing(operand=operand) if not isinstance(operand.type, YesNo):
            term = reckoned(terms, operand, scope)
            return None if term is None else (terms.opposite(term.known), term.known)
    return None


def _compared(terms: Terms, sign: str, first: Term, second: Term) -> Truth:
    left, right = first.value, second.value
    holds = {
        "=": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }[sign]()
    return _where(terms, holds, first, second)


def _where(terms: Terms, holds: Any, first: Term, second: Term) -> Truth:
    known = terms.all_of(first.known, second.known)
    return terms.all_of(known, holds), terms.all_of(known, terms.opposite(holds))


def _same_text(terms: Terms, sign: str, left: Expression, right: Expression) -> Truth | None:
    found: list[tuple[Any, Term]] = []
    for each in (left, right):
        if isinstance(each, e.Literal):
            known = Term(None, terms.truth(True), terms.truth(False))
            found.append((terms.number(terms.identity(str(literal_value(each)))), known))
        elif isinstance(each, e.FieldRef) and each.name in terms.space.by_name:
            variable = terms.space.by_name[each.name]
            if not isinstance(variable.type, Text) or variable.kind == "outcome" or variable.collected:
                return None
            found.append((terms.text(variable), terms.term(variable)))
        else:
            return None
    (one, first), (other, second) = found
    same = one == other
    return _where(terms, same if sign == "=" else terms.opposite(same), first, second)


__all__ = ["Truth", "is_whole", "reckoned", "truth_in_words"]
