"""From rule statements to rules of the model: branches, assignments, caps and reasons."""

from __future__ import annotations

from attrs import evolve

from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.fitting import fits
from rulelang.meaning.kinds import day_of
from rulelang.meaning.record_outcomes import outside_for_each, record_target
from rulelang.meaning.resolve_conditions import resolve_condition
from rulelang.meaning.resolve_lists import inside
from rulelang.meaning.resolve_values import resolve_value
from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import key_and_label, type_word
from rulelang.meaning.walk import HOLE
from rulelang.model import expressions as m
from rulelang.model.program import Assignment, Branch, Hole, Reason, Rule
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.parse import parse_expression
from rulelang.vocabulary.declarations import Outcome, list_spellings
from rulelang.vocabulary.types import Date, DateTime, Length, is_numeric

# What a table's word asks of its outcomes where that is called something else.
_POLICIES = {"priority": ("highest", "lowest"), "count": ("sum",)}


def resolve_rules(statement: s.RuleStatement, scope: Scope) -> list[Rule]:
    """The rules of one statement: one for each sentence."""
    rules: list[Rule] = []
    if statement.element is not None:
        inner = _each(statement.element, scope)
        if inner is None:
            return rules
        scope = inner
    for number, sentence in enumerate(statement.sentences):
        branches = []
        for branch in sentence.branches:
            resolved = _branch(branch, scope)
            if resolved is not None and statement.policy is not None:
                _check_policy(statement, resolved, scope)
            if resolved is not None:
                branches.append(resolved)
        title = statement.title
        name, label = unnamed(sentence.span)
        if title is not None:
            name, label = key_and_label(title.text, title.other)
        if number and title is not None:
            name = f"{name} ({number + 1})"
            label = f"{label} ({number + 1})" if label else None
        rules.append(
            Rule(
                name,
                tuple(branches),
                label,
                statement.priority,
                statement.switched_off,
                statement.valid_from,
                statement.valid_until,
                None if scope.element is None else scope.element.key,
                span=statement.span if title is not None else sentence.span,
            )
        )
    return rules


def _each(element: t.Name, scope: Scope) -> Scope | None:
    """The scope of rules about each record of a list."""
    vocabulary = scope.vocabulary
    if vocabulary.list_of(element.text) is None and vocabulary.field(element.text) is None:
        names = [each for field in vocabulary.fields.values() for each in list_spellings(field)]
        scope.report_near("unknown-element", element.span, nearest(element.text, names), name=element.text)
        return None
    found = inside(element, scope)
    return None if found is None else evolve(scope, element=evolve(found.element, deciding=True))


def unnamed(span: Span) -> tuple[str, str | None]:
    """What a rule without a title is called, by the place of its sentence."""
    return f"line {span.line}", f"第{span.line}行"


def _branch(branch: s.BranchSyntax, scope: Scope) -> Branch | None:
    condition: m.Expression | None = m.ALWAYS
    if branch.condition is not None:
        condition = _table_row(branch.condition, scope)
    assignments = []
    single: set[str] = set()
    for action in branch.actions:
        assignment = scope.once(action, _assignment)
        if assignment is None:
            continue
        outcome = scope.vocabulary.decided(assignment.outcome)
        if assignment.outcome in single and outcome.policy not in ("sum", "collect"):
            scope.report("two-values-one-branch", action.span, outcome=assignment.outcome)
        single.add(assignment.outcome)
        assignments.append(assignment)
    reason = None if branch.reason is None else _reason(branch.reason, scope)
    if condition is None:
        return None
    return Branch(condition, tuple(assignments), reason, span=branch.span)


def _table_row(node: t.Expression, scope: Scope) -> m.Expression | None:
    """The condition of a branch; cells that rows of a table have in common are resolved once."""
    if not scope.tables or not isinstance(node, t.Connected) or node.operator != "and":
        return scope.once(node, resolve_condition)
    items = [scope.once(each, resolve_condition) for each in node.items]
    if any(each is None or isinstance(each, m.And | m.Or) for each in items):
        return resolve_condition(node, scope)
    return m.And(tuple(each for each in items if each is not None), span=node.span)


def _check_policy(statement: s.RuleStatement, branch: Branch, scope: Scope) -> None:
    """A table that is unique, collects or adds up asks the same of its outcomes: combining is theirs to say."""
    for assignment in branch.assignments:
        outcome = scope.vocabulary.decided(assignment.outcome)
        wanted = _POLICIES.get(statement.policy or "", (statement.policy,))
        if outcome.policy not in wanted and assignment.outcome != _tags(scope):
            facts = {"outcome": outcome.name, "policy": statement.policy, "own": outcome.policy, "wanted": wanted[0]}
            scope.report("table-policy", assignment.span or branch.span or statement.span, **facts)


def _assignment(action: s.Action, scope: Scope) -> Assignment | None:
    if action.kind == "tag":
        return _tag(action, scope)
    assert action.target is not None
    outcome = record_target(action, scope) if scope.element is not None else _target(action, scope)
    if outcome is None:
        return None
    if action.kind == "add" and outcome.policy not in ("sum", "collect"):
        scope.report("add-to-single", action.target.span, outcome=action.target.text)
        return None
    value = resolve_value(action.value, scope, outcome.type)
    if value is None:
        return None
    fitted = _fit(value, outcome, action, scope)
    if fitted is None:
        return None
    if isinstance(action.value, t.TextLiteral) and HOLE.search(action.value.text):
        scope.report("braces-in-value", action.value.span, text=action.value.text, outcome=outcome.name)
    at_least = _cap(action.at_least, outcome, scope)
    at_most = _cap(action.at_most, outcome, scope)
    return Assignment(outcome.name, fitted, at_least, at_most, span=action.span)


def _tag(action: s.Action, scope: Scope) -> Assignment | None:
    outcome = scope.vocabulary.decided(_tags(scope))
    if outcome.policy != "collect":
        scope.report("add-to-single", action.span, outcome=outcome.name)
        return None
    value = resolve_value(action.value, scope, outcome.type)
    return None if value is None else Assignment(outcome.name, value, span=action.span)


def _tags(scope: Scope) -> str:
    """The outcome that tags go to: the customer's, or under ``for each`` the record's."""
    found = None if scope.element is None else scope.vocabulary.tags_of(scope.element.key)
    return scope.vocabulary.tags if found is None else found


def _target(action: s.Action, scope: Scope) -> Outcome | None:
    name = action.target
    assert name is not None
    symbol = scope.vocabulary.symbols.get(name.text)
    if outside_for_each(action, symbol is not None, scope):
        return None
    if symbol is None:
        outcomes = [key for key, each in scope.vocabulary.symbols.items() if each.kind == "outcome"]
        scope.report_near("unknown-outcome", name.span, nearest(name.text, outcomes), name=name.text)
        return None
    if symbol.kind != "outcome":
        scope.report("outcome-not-assignable", name.span, name=name.text, kind=symbol.kind)
        return None
    return scope.vocabulary.outcomes[symbol.key]


def _fit(value: m.Expression, outcome: Outcome, action: s.Action, scope: Scope) -> m.Expression | None:
    """The value, if it can be given to the outcome."""
    if isinstance(outcome.type, Date):
        value = day_of(value)
    given, wanted = value.type, outcome.type
    if fits(given, wanted):
        if isinstance(value, m.Literal) and is_numeric(wanted):
            return evolve(value, type=wanted)
        return value
    facts = {"outcome": outcome.name, "outcome_type": type_word(wanted), "value": scope.written(action.value)}
    scope.report("assign-type", action.value.span, **facts, value_type=type_word(given))
    return None


def _cap(written: t.Expression | None, outcome: Outcome, scope: Scope) -> m.Expression | None:
    if written is None:
        return None
    cap = resolve_value(written, scope, outcome.type)
    if cap is None:
        return None
    limited = is_numeric(outcome.type) or isinstance(outcome.type, Date | DateTime | Length)
    if not limited or not fits(cap.type, outcome.type):
        scope.report("cap-type", written.span, name=outcome.name, type=type_word(outcome.type))
        return None
    return cap


# --- reasons ---


def _reason(text: t.TextLiteral, scope: Scope) -> Reason:
    other = None if text.other is None else _parts(text.other, text.span, scope)
    return Reason(_parts(text.text, text.span, scope), other)


def _parts(text: str, span: Span, scope: Scope) -> tuple[str | Hole, ...]:
    parts: list[str | Hole] = []
    last = 0
    for match in HOLE.finditer(text):
        if match.start() > last:
            parts.append(text[last : match.start()])
        inner = match.group(1).strip()
        hole = _hole(inner, span, scope)
        parts.append(match.group() if hole is None else hole)
        last = match.end()
    if last < len(text):
        parts.append(text[last:])
    return tuple(parts)


# What a condition may not say may no more be shown between braces.
REFUSED = frozenset({"measure-in-where", "measure-of-outcome", "standing-in-where", "previous-of-record"})


def _hole(inner: str, span: Span, scope: Scope) -> Hole | None:
    node = parse_expression(inner, scope.vocabulary.spellings())
    if node is None:
        scope.report_near("unknown-hole", span, nearest(inner, scope.vocabulary.spellings()), name=inner)
        return None
    trial = evolve(scope, diagnostics=[])
    value = _missing_for(node, trial) if isinstance(node, t.MissingFor) else resolve_value(node, trial)
    if value is None:
        refused = [each for each in trial.diagnostics if each.code in REFUSED]
        if refused:
            scope.report(refused[0].code, span, **refused[0].facts)
        else:
            scope.report_near("unknown-hole", span, nearest(inner, scope.vocabulary.spellings()), name=inner)
        return None
    return Hole(inner, value)


def _missing_for(node: t.MissingFor, scope: Scope) -> m.Expression | None:
    """The fields that would settle an outcome; None where there is no such outcome."""
    name = node.outcome.text
    own = None if scope.element is None else scope.element.outcome(name)
    outcome = scope.vocabulary.outcome(name) if own is None else own
    return None if outcome is None else m.MissingFor(outcome.name, span=node.span)
