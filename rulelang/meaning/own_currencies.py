"""Amounts in a currency of their own: which field says it, the table of rates, and what can't be done with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import Vocabulary, type_word
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model import expressions as m
from rulelang.model.contents import found_in
from rulelang.model.expressions import Expression
from rulelang.model.program import Branch, Measure, Rule
from rulelang.model.walking import bare, parts
from rulelang.syntax import tree as t
from rulelang.values.currencies import CURRENCIES
from rulelang.vocabulary.declarations import ReferenceList
from rulelang.vocabulary.types import Choice, ListOf, Money, Number, Text, Type

# What the table of rates is called.
RATES = ("rates", "exchange_rates", "汇率", "汇率表")
_MIXED = ("sum", "average", "largest", "smallest", "most_frequent", "distinct")


def with_currencies(vocabulary: Vocabulary) -> tuple[Vocabulary, tuple[Diagnostic, ...]]:
    """The vocabulary with the fields that hold currencies by their keys, and rates of each currency to itself."""
    problems: list[Diagnostic] = []
    fields = dict(vocabulary.fields)
    own = {key: field.type for key, field in fields.items()}
    labels = {field.label: key for key, field in fields.items() if field.label}
    for name, field in fields.items():
        type_: Type = field.type
        if isinstance(type_, Money) and type_.by is not None:
            type_ = _held(type_, own, labels, field.span, problems)
        elif isinstance(type_, ListOf):
            inner = {key: each for key, _, each in type_.fields}
            spelled = {label: key for key, label, _ in type_.fields if label}
            parts_ = tuple(
                (key, label, _held(each, inner, spelled, field.span, problems))
                if isinstance(each, Money) and each.by is not None
                else (key, label, each)
                for key, label, each in type_.fields
            )
            type_ = evolve(type_, fields=parts_)
        fields[name] = evolve(field, type=type_)
    lists = {name: _with_ones(each) if _is_rates(each) else each for name, each in vocabulary.lists.items()}
    return evolve(vocabulary, fields=fields, lists=lists), tuple(problems)


def _held(
    type_: Money, fields: dict[str, Type], labels: dict[str, str], span: Span | None, problems: list[Diagnostic]
) -> Money:
    """The type with the key of the field that holds its currency."""
    assert type_.by is not None
    key = labels.get(type_.by, type_.by)
    held = fields.get(key)
    if held is None:
        problems.append(Diagnostic("unknown-name", span, {"name": type_.by}, nearest(type_.by, (*fields, *labels))))
        return Money()
    if not isinstance(held, Text | Choice):
        problems.append(Diagnostic("not-a-text", span, {"name": key, "type": type_word(held)}))
        return Money()
    return evolve(type_, by=key)


def _is_rates(reference: ReferenceList) -> bool:
    return reference.name in RATES or reference.label in RATES


def _with_ones(reference: ReferenceList) -> ReferenceList:
    """The table of rates with a row for each currency that has a column: one of it is one of it."""
    known = {row[0] for row in reference.rows if row}
    ones = tuple(
        (title, *("1" if other == title else "" for other in reference.columns[1:]))
        for title in reference.columns[1:]
        if title in CURRENCIES and title not in known
    )
    return evolve(reference, rows=(*reference.rows, *ones), values=reference.values | {each[0] for each in ones})


def resolve_converted(node: t.Converted, scope: Scope) -> m.Expression | None:
    """``amount in CNY``; of what is aggregated in a list, each record's amount is converted."""
    value = scope.value(node.operand, scope)
    if value is None:
        return None
    inner = bare(value)
    if isinstance(inner, m.Aggregate) and inner.value is not None and isinstance(inner.value.type, Money):
        amount = _converted(inner.value, node, scope)
        return None if amount is None else evolve(inner, value=amount, type=Money(node.currency), span=node.span)
    return _converted(value, node, scope)


def _converted(value: m.Expression, node: t.Converted, scope: Scope) -> m.Expression | None:
    if not isinstance(value.type, Money):
        facts = {"name": scope.written(node.operand), "type": type_word(value.type)}
        scope.report("not-money", node.operand.span, **facts)
        return None
    if value.type.by is None and value.type.currency in (None, node.currency):
        return value
    table = next((each for each in scope.vocabulary.lists.values() if _is_rates(each)), None)
    if table is None or not table.columns:
        scope.report("no-rates", node.span, currency=node.currency)
        return None
    if node.currency not in table.columns[1:]:
        facts_ = {"file": table.source or table.name, "column": node.currency, "columns": table.columns}
        scope.report_near("missing-column", node.span, nearest(node.currency, table.columns), **facts_)
        return None
    column = table.columns.index(node.currency)
    rate = m.Lookup(table.name, 0, column, _currency_of(value, scope), None, Number(), span=node.span)
    return m.Arithmetic("*", value, rate, Money(node.currency), span=node.span)


def _currency_of(value: m.Expression, scope: Scope) -> m.Expression:
    """What says in which currency an amount is: a field beside it, or its own type."""
    assert isinstance(value.type, Money)
    by = value.type.by
    if by is None:
        return m.Literal(value.type.currency or "", Text())
    for each in parts(value):
        if isinstance(each, m.ElementRef) and isinstance(each.type, Money) and each.type.by == by:
            of_record = scope.vocabulary.fields[each.list].type
            assert isinstance(of_record, ListOf)
            return m.ElementRef(each.list, by, of_record.field_type(by) or Text(), span=each.span)
    return m.FieldRef(by, scope.vocabulary.fields[by].type, span=value.span)


def mixed_currencies(
    rules: Sequence[Rule],
    measures: Iterable[Measure],
    others: Iterable[Expression],
    memory: Memory = NO_MEMORY,
) -> tuple[Diagnostic, ...]:
    """Where amounts in currencies of their own meet others unconverted (``currency-of-its-own``)."""
    assigned = memory.each("assigned", _assigned, [rule.branches for rule in rules])
    found = [*chain.from_iterable(assigned), *(each.value for each in measures if _by(each.value) is not None)]
    found += found_in(rules, "mixed currencies", _all_mixed, memory)
    found += [mixed for each in others for mixed in _all_mixed(each)]
    return tuple(Diagnostic("currency-of-its-own", each.span, {"by": _by(each)}) for each in dict.fromkeys(found))


def _by(expression: Expression) -> str | None:
    return expression.type.by if isinstance(expression.type, Money) else None


def _assigned(branches: Iterable[Branch]) -> tuple[Expression, ...]:
    values = (each.value for branch in branches for each in branch.assignments)
    return tuple(each for each in values if _by(each) is not None)


def _all_mixed(outermost: Expression) -> tuple[Expression, ...]:
    return tuple(each for part in parts(outermost) for each in _mixed(part))


def _mixed(expression: Expression) -> Iterator[Expression]:
    """The operands of an expression that would have to be converted first."""
    operands: tuple[Expression, ...] = ()
    match expression:
        case m.Comparison(left=left, right=right):
            operands = (left, right)
        case m.Arithmetic(operator="+" | "-", left=left, right=right):
            operands = (left, right)
        case m.Between(value=value, low=low, high=high):
            operands = (value, low, high)
        case m.OneOf(value=value, options=options):
            operands = (value, *options)
        case m.Call(arguments=arguments):
            yield from (each for each in arguments if _by(each) is not None)
        case m.Aggregate(kind=kind, value=value) if value is not None and kind in _MIXED and _by(value) is not None:
            yield value
    if any(_by(each) is not None and not isinstance(each, m.Literal) for each in operands):
        same = {_by(each) for each in operands}
        plain = any(isinstance(each, m.Literal) for each in operands)
        if len(same) > 1 or plain:
            yield next(each for each in operands if _by(each) is not None and not isinstance(each, m.Literal))
