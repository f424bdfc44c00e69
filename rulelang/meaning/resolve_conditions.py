"""From the syntax of a condition to a typed condition of the model."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.kinds import counted_from, resolve_aged, resolve_date, resolve_moment
from rulelang.meaning.loose_values import joined_name, loose_value
from rulelang.meaning.resolve_comparisons import resolve_between, resolve_comparison, resolve_one_of
from rulelang.meaning.resolve_groups import resolve_gaps_compared, resolve_group, resolve_in_each
from rulelang.meaning.resolve_lists import is_list, resolve_empty, resolve_quantified
from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.syntax import tree as t
from rulelang.syntax.expected import near_names
from rulelang.syntax.natural import said_in
from rulelang.vocabulary.types import Choice, ListOf, Text, Type, YesNo

MAX_TERMS = 20_000


def resolve_condition(node: t.Expression, scope: Scope, expected: Type | None = None) -> m.Expression | None:
    """The typed condition, or None where it was reported to be wrong."""
    del expected  # a condition is yes or no, whatever is wanted of it
    while isinstance(node, t.Grouped):
        node = node.operand
    match node:
        case t.Connected(operator, items):
            if loose_value(node, scope):
                return None
            resolved = _all(items, node, scope)
            if resolved is None:
                return None
            return m.And(resolved, span=node.span) if operator == "and" else m.Or(resolved, span=node.span)
        case t.Negation(operand):
            inner = resolve_condition(operand, scope)
            return None if inner is None else m.Not(inner, span=node.span)
        case t.Bullets():
            return _bullets(node, scope)
        case t.Compare(operator, left, right):
            if joined_name(operator, left, right, scope):
                return None
            if isinstance(left, t.Gap) and left.kind in ("any", "every", "no"):
                return resolve_gaps_compared(node, left, scope)
            return resolve_comparison(operator, left, right, node, scope)
        case t.CompareAgo():
            return _ago(node, scope)
        case t.Between():
            return _negate(resolve_between(node, scope), node.negated, node)
        case t.OneOf():
            return _negate(resolve_one_of(node, scope), node.negated, node)
        case t.InList():
            return _negate(_in_list(node, scope), node.negated, node)
        case t.Missing():
            return _missing(node, scope)
        case t.Empty():
            return _empty(node, scope)
        case t.TextTest():
            return _negate(_text_test(node, scope), node.negated, node)
        case t.Within():
            date, length = resolve_aged(node.value, node.quantity, scope)
            if date is None or length is None:
                return None
            return m.Within(date, node.direction, length, span=node.span)
        case t.WithinOf():
            return _within_of(node, scope)
        case t.InPeriod():
            date = resolve_date(node.value, scope)
            return None if date is None else m.InPeriod(date, node.unit, node.offset, span=node.span)
        case t.HasStanding():
            return _has_standing(node, scope)
        case t.Tiles():
            scope.report("tiling-outside-require", node.span, table=node.table)
            return None
        case t.Quantified():
            return resolve_quantified(node, scope)
        case t.AnyGroup():
            return resolve_group(node, scope)
        case t.InEach():
            return resolve_in_each(node, scope)
        case t.Name():
            return _name(node, scope)
    value = scope.value(node, scope)
    if value is None or isinstance(value.type, YesNo):
        return value
    scope.report("not-a-condition", node.span, found=scope.written(node), type=type_word(value.type))
    return None


def _all(items: Sequence[t.Expression], node: t.Expression, scope: Scope) -> tuple[m.Expression, ...] | None:
    if len(items) > MAX_TERMS:
        scope.report("too-many-terms", node.span, count=len(items), limit=MAX_TERMS)
        return None
    resolved = [resolve_condition(item, scope) for item in items]
    found = tuple(each for each in resolved if each is not None)
    return found if len(found) == len(resolved) else None


def _negate(condition: m.Expression | None, negated: bool, node: t.Expression) -> m.Expression | None:
    return m.Not(condition, span=node.span) if condition is not None and negated else condition


def _bullets(node: t.Bullets, scope: Scope) -> m.Expression | None:
    items = _all(node.items, node, scope)
    if items is None:
        return None
    match node.quantifier:
        case "all":
            return m.And(items, span=node.span)
        case "any":
            return m.Or(items, span=node.span)
        case "none":
            return m.Not(m.Or(items, span=node.span), span=node.span)
    return m.AtLeastOf(node.count, items, span=node.span)


def _ago(node: t.CompareAgo, scope: Scope) -> m.Expression | None:
    date, length = resolve_aged(node.left, node.quantity, scope)
    if date is None or length is None:
        return None
    return m.AgeComparison(node.operator, date, length, span=node.span)


def _in_list(node: t.InList, scope: Scope) -> m.Expression | None:
    value = scope.value(node.value, scope)
    assert isinstance(node.list, t.Name)
    symbol = scope.vocabulary.symbols.get(node.list.text)
    if symbol is None or symbol.kind != "list":
        from rulelang.diagnostics.nearest import nearest

        scope.report_near(
            "unknown-list", node.list.span, nearest(node.list.text, scope.vocabulary.lists), name=node.list.text
        )
        return None
    if value is None:
        return None
    if not isinstance(value.type, Text):
        scope.report("not-a-text", node.value.span, name=scope.written(node.value), type=type_word(value.type))
        return None
    return m.InList(value, symbol.key, span=node.span)


def _missing(node: t.Missing, scope: Scope) -> m.Expression | None:
    value = _list(node.value, scope) or scope.value(node.value, scope)
    if value is None:
        return None
    if isinstance(value.type, Choice):
        said = scope.written(node)[len(scope.written(node.value)) :].strip()
        spellings = [each for one in value.type.members for each in one.spellings() if said.endswith(each)]
        member = max(spellings, key=len, default=None)
        if member is not None:
            facts = {"name": scope.written(node.value), "member": member}
            scope.report("member-or-missing", node.span, **facts)
            return None
    return _negate(m.IsMissing(value, span=node.span), node.negated, node)


def _has_standing(node: t.HasStanding, scope: Scope) -> m.Expression | None:
    """The standing of an outcome; a field and a named value have none."""
    value = scope.value(node.value, scope)
    if value is None:
        return None
    if not isinstance(value, m.OutcomeRef) and not (isinstance(value, m.ElementRef) and value.outcome):
        outcomes = [name for name, symbol in scope.vocabulary.symbols.items() if symbol.kind == "outcome"]
        found = scope.written(node.value)
        scope.report_near("no-standing", node.span, nearest(found, outcomes), name=found, type=type_word(value.type))
        return None
    if scope.element is not None and not scope.element.deciding:
        scope.report("standing-in-where", node.span, name=scope.written(node.value), list=scope.element.key)
        return None
    assert isinstance(value, m.OutcomeRef)
    standing = "no rule" if node.standing == "no_rule" else node.standing
    return _negate(m.HasStanding(value, standing, span=node.span), node.negated, node)


def _list(node: t.Expression, scope: Scope) -> m.FieldRef | None:
    """A list as a whole: only whether it is known can be asked of it."""
    field = scope.vocabulary.field(node.text) if isinstance(node, t.Name) and node.text not in scope.bound else None
    if field is None or not isinstance(field.type, ListOf):
        return None
    return m.FieldRef(field.name, field.type, span=node.span)


def _empty(node: t.Empty, scope: Scope) -> m.Expression | None:
    if isinstance(node.value, t.Aggregate) or (isinstance(node.value, t.Name) and is_list(node.value.text, scope)):
        return resolve_empty(node, scope)
    if node.negated:  # not empty is known, whoever says it of a single value
        return _missing(t.Missing(node.value, True, span=node.span), scope)
    value = scope.value(node.value, scope)
    if value is not None:
        scope.report("empty-on-flat", node.span, name=scope.written(node.value), type=type_word(value.type))
    return None


def _text_test(node: t.TextTest, scope: Scope) -> m.Expression | None:
    value = scope.value(node.value, scope)
    if value is None:
        return None
    collected = node.kind == "contains" and scope.vocabulary.collects(value)
    if not collected and not isinstance(value.type, Text):
        scope.report("not-a-text", node.value.span, name=scope.written(node.value), type=type_word(value.type))
        return None
    pattern = scope.value(node.pattern, scope, value.type if collected else Text())
    if pattern is None:
        return None
    if not isinstance(pattern, m.Literal) or not isinstance(pattern.value, str):
        scope.report("not-a-text", node.pattern.span, name=scope.written(node.pattern), type=type_word(pattern.type))
        return None
    return m.TextTest(node.kind, value, pattern.value, span=node.span)


def _within_of(node: t.WithinOf, scope: Scope) -> m.Expression | None:
    date, length = resolve_aged(node.value, node.quantity, scope)
    anchor = None if length is None else resolve_moment(node.anchor, scope)
    anchor = None if anchor is None or length is None else counted_from(anchor, node.anchor, length, scope)
    if date is None or anchor is None or length is None:
        return None
    return m.WithinOf(date, length, node.direction, anchor, span=node.span)


def _name(node: t.Name, scope: Scope) -> m.Expression | None:
    """A name as a whole condition: a declared yes/no value, never an undeclared name (S8)."""
    known = node.text in scope.vocabulary.symbols or node.text in scope.bound
    known = known or (scope.element is not None and scope.element.find(node.text) is not None)
    if not known and (scope.of_each_record(node) or scope.runs_into_a_list(node)):
        return None
    if not known:
        spellings = tuple(scope.vocabulary.spellings())
        said = said_in(node.text, spellings)
        if said is not None:
            scope.report(said.code, node.span, found=node.text, written=said.written)
            return None
        near = near_names(node.text, spellings) or nearest(node.text, spellings)
        scope.report_near("name-as-condition", node.span, near, name=node.text, **_other_reading(node.text))
        return None
    value = scope.value(node, scope)
    if value is None or isinstance(value.type, YesNo):
        return value
    scope.report("not-a-condition", node.span, found=node.text, type=type_word(value.type))
    return None


def _other_reading(name: str) -> dict[str, str]:
    """渠道为线上 was probably meant as 渠道 为 线上."""
    for sign in ("为", "是"):
        left, found, right = name.partition(sign)
        if found and left and right:
            return {"reading": f"{left}＝{right}", "suggestion": f"{left} {sign} {right}"}
    return {}
