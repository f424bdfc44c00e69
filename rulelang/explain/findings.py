"""What is worth reporting about one customer: dates in the future, near misses, zero divisors, rules at odds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.explain.evaluate import Evaluation, Trace
from rulelang.explain.rule_names import rule_name
from rulelang.lowering.needs import expressions_of, values_of
from rulelang.model import expressions as e
from rulelang.model.contributions import Result
from rulelang.model.evaluation import call_arguments, literal_value, value_of
from rulelang.model.expressions import Expression
from rulelang.model.program import Model, Rule
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, children, own_parts, parts
from rulelang.values.moments import Moment, clock, plain_day
from rulelang.values.text import near_key
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.types import Date, DateTime, Length, Text, Type


@frozen
class Spellings:
    """The texts that rules compare a field with: as they are, and by a key that forgets case, width and spaces."""

    exact: frozenset[str]
    near: Mapping[str, str]


def spellings(model: Model) -> Mapping[str, Spellings]:
    """For every text field, what it is compared with."""
    compared: dict[str, dict[str, None]] = {}
    for rule in model.rules:
        for branch in rule.branches:
            for expression in expressions_of(branch):
                for part in parts(expression):
                    for name, text in _compared_texts(part, model):
                        compared.setdefault(name, {})[text] = None
    return {
        name: Spellings(frozenset(texts), {near_key(each): each for each in texts}) for name, texts in compared.items()
    }


def _compared_texts(part: Expression, model: Model) -> Iterator[tuple[str, str]]:
    """The text fields and texts that a condition compares."""
    pairs: list[tuple[Expression, Expression]] = []
    match part:
        case e.Comparison(left=left, right=right):
            pairs = [(left, right), (right, left)]
        case e.OneOf(value=value, options=options):
            pairs = [(value, each) for each in options]
        case e.InList(value=value, list=list_name):
            name = _text_field(value)
            if name is not None:
                yield from ((name, text) for text in sorted(model.lists[list_name].values))
    for one, other in pairs:
        name = _text_field(one)
        if name is not None and isinstance(other, e.Literal):
            yield name, literal_value(other)


def _text_field(expression: Expression) -> str | None:
    bottom = bare(expression)
    return bottom.name if isinstance(bottom, e.FieldRef) and isinstance(bottom.type, Text) else None


def is_future(type_: Type, value: date, as_of: date) -> bool:
    """Whether a day or a moment lies after the as-of date, and none of its type should."""
    if isinstance(type_, DateTime):
        at = clock(as_of) if isinstance(as_of, Moment) else datetime.combine(plain_day(as_of), time.max)
        return not type_.may_be_future and value > at
    return isinstance(type_, Date) and not type_.may_be_future and value > as_of


def field_findings(
    model: Model, values: Mapping[str, Any], as_of: date, compared: Mapping[str, Spellings]
) -> Iterator[Diagnostic]:
    """Dates in the future where none belongs, and texts that nearly equal what rules compare them with."""
    for name, value in values.items():
        declared = model.fields[name]
        if isinstance(value, date) and is_future(declared.type, value, as_of):
            yield Diagnostic("future-date", facts={"field": name, "value": shown(declared, value), "as_of": as_of})
        if isinstance(value, str) and name in compared and value not in compared[name].exact:
            near = compared[name].near.get(near_key(value))
            if near is not None:
                yield Diagnostic(
                    "near-miss", facts={"field": name, "value": shown(declared, value), "near": shown(declared, near)}
                )


def rival_findings(model: Model, results: Mapping[str, Result]) -> Iterator[Diagnostic]:
    """Outcomes that want one matching rule and have two."""
    branches = [rule for rule in model.rules if not rule.switched_off for _ in rule.branches]
    for name, result in results.items():
        if result.rivals:
            first, second = (branches[index] for index in result.rivals[:2])
            values = result.possible if len(result.possible) > 1 else result.possible * 2
            yield Diagnostic(
                "answers-disagree" if model.outcome(name).policy == "any" else "unique-violated",
                first.span,
                {
                    "outcome": name,
                    "first": first.name,
                    "second": second.name,
                    "first_value": values[0],
                    "second_value": values[1],
                },
                labels=tuple(
                    _label(key, rule) for key, rule in (("first-rule", first), ("other-rule", second)) if rule.span
                ),
            )


def _label(key: str, rule: Rule) -> Label:
    assert rule.span is not None
    return Label(key, rule.span)


def open_findings(evaluation: Evaluation) -> Iterator[Diagnostic]:
    """Divisions by zero, keys without an entry and functions that failed, where they leave something unknown."""
    seen: dict[Expression, Rule] = {}
    for rule in evaluation.rules.values():
        for each in rule.walked():
            _note(seen, _culprits(each.trace, evaluation), rule.rule)
            for assignment in each.branch.assignments if each.trace.status is not False else ():
                for value in values_of(assignment):
                    if value_of(value, evaluation.scope) is None:
                        _note(seen, _open(value, evaluation), rule.rule)
    model = evaluation.scope.model
    for culprit, written in seen.items():
        if isinstance(culprit, e.Call):
            failed = failure(culprit, evaluation.scope)
            yield from () if failed is None else (failed,)
        elif isinstance(culprit, e.Lookup):
            facts = {"key": value_of(culprit.key, evaluation.scope), "table": culprit.table}
            yield Diagnostic("key-not-found", culprit.span, facts)
        elif isinstance(culprit, _COUNTED):
            calendar = evaluation.scope.model.working_days
            assert calendar is not None, "working days are counted by a list of holidays only"
            yield Diagnostic("outside-holidays", culprit.span, {"first": calendar.first, "last": calendar.last})
        else:
            facts = {"rule": rule_name(model, written.name, "en"), "rule_zh": rule_name(model, written.name, "zh")}
            yield Diagnostic("division-by-zero", culprit.span, facts)


def _note(seen: dict[Expression, Rule], culprits: Iterator[Expression], rule: Rule) -> None:
    """Culprits, each with the first rule that has it."""
    for each in culprits:
        seen.setdefault(each, rule)


def _culprits(trace: Trace, evaluation: Evaluation) -> Iterator[Expression]:
    # What is asked whether it is missing may be so for a reason worth telling.
    if trace.now is None or isinstance(bare(trace.condition), e.IsMissing):
        for part in trace.parts:
            yield from _culprits(part, evaluation)
        if not trace.parts:
            yield from _open(trace.condition, evaluation)


def _open(expression: Expression, evaluation: Evaluation) -> Iterator[Expression]:
    for part in own_parts(expression):
        if isinstance(part, e.Arithmetic) and part.operator == "/" and value_of(part.right, evaluation.scope) == 0:
            yield part
        if isinstance(part, e.Call) and failure(part, evaluation.scope) is not None:
            yield part
        if isinstance(part, e.Lookup) and _finds_nothing(part, evaluation):
            yield part
        if isinstance(part, _COUNTED) and _leaves_calendar(part, evaluation.scope):
            yield part


_COUNTED = (e.DateShift, e.AgeComparison, e.Within, e.WithinOf, e.Between)


def _leaves_calendar(expression: Expression, scope: Scope) -> bool:
    """Whether it counts working days in a year of which no holidays are listed."""
    inner = list(children(expression))
    counted = any(isinstance(each.type, Length) and each.type.unit == "working days" for each in inner)
    return counted and value_of(expression, scope) is None and all(value_of(each, scope) is not None for each in inner)


def failure(call: e.Call, scope: Scope) -> Diagnostic | None:
    """That a function failed, if it did; what it says of personal data is left out."""
    model = scope.model
    function = model.functions[call.function]
    cause = function.attempt(call_arguments(call, scope))[1]
    if cause is None:
        return None
    read = (each for each in parts(call) if isinstance(each, e.FieldRef | e.ElementRef))
    if any(model.fields[each.list if isinstance(each, e.ElementRef) else each.name].privacy for each in read):
        cause = cause.partition(":")[0]
    facts = {"function": function.name, "plugin": function.plugin, "cause": cause}
    return Diagnostic("function-failed", call.span, facts)


def _finds_nothing(lookup: e.Lookup, evaluation: Evaluation) -> bool:
    """Whether a known key has no entry."""
    return value_of(lookup.key, evaluation.scope) is not None and value_of(lookup, evaluation.scope) is None
