"""From the syntax of a value to a typed expression of the model: every name resolved, units checked."""

from __future__ import annotations

from attrs import evolve

from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.constants import constant, duration_of
from rulelang.meaning.currencies import report_currencies
from rulelang.meaning.fitting import same_currency
from rulelang.meaning.kinds import counts_minutes, day_of, resolve_date, resolve_length, resolve_number
from rulelang.meaning.own_currencies import resolve_converted
from rulelang.meaning.previous import previous_name
from rulelang.meaning.resolve_calls import resolve_call
from rulelang.meaning.resolve_groups import resolve_gap, resolve_pick
from rulelang.meaning.resolve_lists import resolve_aggregate
from rulelang.meaning.resolve_lookups import resolve_lookup
from rulelang.meaning.resolve_population import resolve_population
from rulelang.meaning.scope import Scope
from rulelang.meaning.table_totals import resolve_total
from rulelang.meaning.vocabulary import key_and_label, type_word
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.syntax.members import yes_or_no
from rulelang.values.durations import Duration
from rulelang.vocabulary.types import (
    Choice,
    Date,
    DateTime,
    Length,
    ListOf,
    Money,
    Number,
    Text,
    Type,
    YesNo,
    is_numeric,
)

_AGE_UNITS = {"day": "days", "month": "months", "year": "years"}


def resolve_value(node: t.Expression, scope: Scope, expected: Type | None = None) -> m.Expression | None:
    """The typed value, or None where it was reported to be wrong.

    ``expected`` is the type of what it is compared with or given to: it turns the name or text of a choice's member
    into that member, and a plain number into an amount of money.
    """
    while isinstance(node, t.Grouped):
        node = node.operand
    match node:
        case t.Name():
            return _name(node, scope, expected)
        case t.NumberLiteral() | t.Money() | t.DateLiteral() | t.YesNo() | t.TextLiteral():
            return _literal(node, scope, expected)
        case t.Quantity():
            return _quantity(node, scope)
        case t.Today():
            return m.Today(span=node.span)
        case t.Relative():
            length = resolve_length(node.quantity, scope)
            if length is None:
                return None
            if counts_minutes(length.type):
                return m.DateShift(m.Now(), node.sign, length, DateTime(), span=node.span)
            return m.DateShift(m.Today(), node.sign, length, span=node.span)
        case t.Negative():
            return _negative(node, scope)
        case t.Binary():
            return _arithmetic(node, scope)
        case t.Age():
            date = resolve_date(node.operand, scope)
            return None if date is None else m.AgeIn(_AGE_UNITS[node.unit], date, span=node.span)
        case t.Part():
            date = resolve_date(node.operand, scope)
            return None if date is None else m.DatePart(node.part, date, span=node.span)
        case t.Converted():
            return resolve_converted(node, scope)
        case t.Anniversary():
            date = resolve_date(node.operand, scope)
            return None if date is None else m.NextAnniversary(date, span=node.span)
        case t.Call():
            return resolve_call(node, scope)
        case t.Aggregate() | t.Path() | t.CountHere():
            return resolve_aggregate(node, scope)
        case t.Gap():
            return resolve_gap(node, scope)
        case t.Pick():
            return resolve_pick(node, scope)
        case t.Population():
            return resolve_population(node, scope)
        case t.TableTotal():
            return resolve_total(node, scope)
        case t.Lookup():
            return resolve_lookup(node, scope, expected)
        case t.Previous(name):
            return _previous(name, node, scope)
        case t.Owned():
            return _name(node.name, evolve(scope, element=None, group=None), None)
    if isinstance(node, t.MissingFor):
        scope.report("missing-for-elsewhere", node.span)
        return None
    return scope.condition(node, scope)


def _name(node: t.Name, scope: Scope, expected: Type | None) -> m.Expression | None:
    bound = scope.bound.get(node.text)
    if bound is not None:
        return bound
    vocabulary = scope.vocabulary
    symbol = vocabulary.symbols.get(node.text)
    if scope.element is not None:
        found = scope.element.find(node.text, node.span)
        if found is not None and symbol is not None and symbol.kind in ("field", "outcome"):
            scope.report("ambiguous-name", node.span, name=node.text, element=scope.element.word)
            return None
        if found is not None:
            return found
    if scope.group is not None and scope.element is None and scope.group.element.find(node.text) is not None:
        scope.report("aggregate-needed", node.span, list=scope.group.element.key, field=node.text)
        return None
    if isinstance(expected, Choice):
        member = expected.member(node.text)
        if member is not None and not _is_same_choice(node.text, scope, expected):
            return m.Literal(member.key, expected, span=node.span)
    if symbol is None:
        said = None if isinstance(expected, Choice) else yes_or_no(node.text)
        if said is not None:
            return m.Literal(said, YesNo(), span=node.span)
        if isinstance(expected, Choice):
            scope.unknown_value(node, node.text, expected)
        else:
            scope.unknown_name(node, expected)
        return None
    match symbol.kind:
        case "field" if isinstance(vocabulary.fields[symbol.key].type, ListOf):
            type_ = vocabulary.fields[symbol.key].type
            assert isinstance(type_, ListOf)
            numbers = (name for name, _, each in type_.fields if is_numeric(each))
            scope.report("list-as-value", node.span, list=node.text, field=next(numbers, type_.fields[0][0]))
            return None
        case "field":
            return m.FieldRef(symbol.key, vocabulary.fields[symbol.key].type, span=node.span)
        case "outcome":
            return m.OutcomeRef(symbol.key, vocabulary.outcomes[symbol.key].type, span=node.span)
        case "threshold":
            return m.ThresholdRef(symbol.key, vocabulary.thresholds[symbol.key].type, span=node.span)
        case "let":
            return _let(node, symbol.key, scope)
        case "define" | "function":
            return resolve_call(t.Call(node, (), span=node.span), scope)
    scope.report(
        "not-a-condition" if symbol.kind == "list" else "unknown-name",
        node.span,
        found=node.text,
        name=node.text,
        type="list",
    )
    return None


def _previous(name: t.Name, node: t.Previous, scope: Scope) -> m.Expression | None:
    """Last run's answer for an outcome, brought along as a field."""
    outcome = scope.vocabulary.outcome(name.text)
    of_records = [each for each in scope.vocabulary.record_outcomes.values() if name.text in (each.part, each.label)]
    if outcome is None and of_records:
        scope.report("previous-of-record", node.span, name=name.text)
        return None
    if outcome is None:
        outcomes = [each for each, symbol in scope.vocabulary.symbols.items() if symbol.kind == "outcome"]
        scope.report_near("unknown-outcome", name.span, nearest(name.text, outcomes), name=name.text)
        return None
    return m.FieldRef(previous_name(outcome.name), outcome.type, span=node.span)


def _is_same_choice(name: str, scope: Scope, expected: Choice) -> bool:
    """Whether a member's name is also a field or outcome of the same choice, which then is meant."""
    symbol = scope.vocabulary.symbols.get(name)
    if symbol is None or symbol.kind not in ("field", "outcome"):
        return False
    table = scope.vocabulary.fields if symbol.kind == "field" else scope.vocabulary.outcomes
    return table[symbol.key].type == expected


def _let(node: t.Name, key: str, scope: Scope) -> m.Expression | None:
    if key in scope.using:
        scope.report("recursive-definition", node.span, path=(*scope.using[scope.using.index(key) :], key))
        return None
    statement = scope.vocabulary.lets[key]
    value = resolve_value(statement.value, scope.inside(key, {}))
    if value is None:
        return None
    return m.Named(statement.name.text, statement.label, value, span=node.span)


def _literal(node: t.Expression, scope: Scope, expected: Type | None) -> m.Expression | None:
    if isinstance(node, t.TextLiteral) and isinstance(expected, Choice):
        member = expected.member(node.text)
        if member is None:
            scope.unknown_value(node, node.text, expected)
            return None
        return m.Literal(member.key, expected, span=node.span)
    if isinstance(node, t.TextLiteral):
        key, label = key_and_label(node.text, node.other)
        return m.Literal(key, Text(), label=label, span=node.span)
    found = (constant(node, expected) if isinstance(node, t.YesNo) else None) or constant(node)
    assert found is not None
    value, type_ = found
    if isinstance(expected, Money) and isinstance(type_, Number) and not type_.percent:
        type_ = expected
    return m.Literal(value, type_, span=node.span)


def _quantity(node: t.Quantity, scope: Scope) -> m.Literal | None:
    length = duration_of(node)
    if length is None:
        scope.report("unknown-unit", node.span, found=scope.written(node))
        return None
    return m.Literal(length, Length(length.unit), span=node.span)


def _negative(node: t.Negative, scope: Scope) -> m.Expression | None:
    found = constant(node)
    if found is not None:
        return m.Literal(found[0], found[1], span=node.span)
    operand = resolve_number(node.operand, scope)
    return None if operand is None else m.Negated(operand, operand.type, span=node.span)


def _product(left: Type, right: Type) -> Type:
    for each in (left, right):
        if isinstance(each, Money):
            return each
    whole = all(isinstance(each, Number) and each.decimals == 0 for each in (left, right))
    return Number(0) if whole else Number()


def _arithmetic(node: t.Binary, scope: Scope) -> m.Expression | None:
    left = resolve_value(node.left, scope)
    right = resolve_value(node.right, scope)
    if left is None or right is None:
        return None
    dated = _date_arithmetic(node, left, right, scope)
    if dated is not None:
        return dated
    if not is_numeric(left.type) or not is_numeric(right.type):
        facts: dict[str, str | None] = {
            "operator": node.operator,
            "left": scope.written(node.left),
            "left_type": type_word(left.type),
            "right": scope.written(node.right),
            "right_type": type_word(right.type),
        }
        scope.report("operation-mismatch", node.span, **facts)
        return None
    if isinstance(left.type, Money) and isinstance(right.type, Money):
        if node.operator == "*":
            facts = {"operator": "*", "left": scope.written(node.left), "right": scope.written(node.right)}
            scope.report("operation-mismatch", node.span, left_type="money", right_type="money", **facts)
            return None
        if not same_currency(left.type, right.type):
            report_currencies(node.left, left.type, node.right, right.type, node, scope)
            return None
    return m.Arithmetic(
        node.operator, left, right, _arithmetic_type(node.operator, left.type, right.type), span=node.span
    )


def _arithmetic_type(operator: str, left: Type, right: Type) -> Type:
    if operator == "/":
        return left if isinstance(left, Money) and not isinstance(right, Money) else Number()
    return _product(left, right)


def _date_arithmetic(node: t.Binary, left: m.Expression, right: m.Expression, scope: Scope) -> m.Expression | None:
    """Date ± length of time, date - date; None where it is something else."""
    dated = (Date, DateTime)
    if isinstance(left.type, dated) and isinstance(right.type, Length) and node.operator in "+-":
        return _shifted(left, 1 if node.operator == "+" else -1, right, node)
    if isinstance(left.type, Length) and isinstance(right.type, dated) and node.operator == "+":
        return _shifted(right, 1, left, node)
    if isinstance(left.type, dated) and isinstance(right.type, dated) and node.operator == "-":
        return m.DaysBetween(day_of(left), day_of(right), span=node.span)
    if node.operator == "*" and isinstance(left, m.Literal) and isinstance(right, m.Literal):
        length, factor = left.value, right.value
        if isinstance(length, Duration) and isinstance(factor, int) and not isinstance(factor, bool):
            return m.Literal(Duration(length.amount * factor, length.unit), left.type, span=node.span)
    return None


def _shifted(day: m.Expression, sign: int, length: m.Expression, node: t.Binary) -> m.Expression:
    """A date, or a date with time, moved: hours are no part of a date (``time-needed`` where that is asked)."""
    type_ = DateTime() if isinstance(day.type, DateTime) else Date()
    return m.DateShift(day, sign, length, type_, span=node.span)
