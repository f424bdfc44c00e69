"""Which records of a customer's lists could not be judged, and why: what aggregates leave out and say so (S3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.explain.evaluate import Evaluation
from rulelang.explain.findings import failure, is_future
from rulelang.model.aggregates import counted
from rulelang.model.contributions import ANY
from rulelang.model.evaluation import aggregator_for, is_complete, judged_records, rows_of
from rulelang.model.expressions import Aggregate, Aggregated, AnyGroup, Call, Quantified
from rulelang.model.groups import Group, GroupAggregator
from rulelang.model.program import Model
from rulelang.model.records import is_unjudged
from rulelang.model.scope import Scope
from rulelang.model.walking import grouped_read, own_parts, record_fields_read
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.types import Date, DateTime, ListOf, Type


@frozen
class Tally:
    """How many records of a list count, how many were left out, and which of their fields were missing then.

    Of ``every order has (…)`` the ``exceptions`` are counted. Of a group of which the condition holds, ``group`` has
    what its records have in common, or their first and last day; those that count are its records then.
    """

    counted: int
    left_out: int
    missing: tuple[str, ...]
    exceptions: bool = False
    group: tuple[tuple[Any, Type], ...] = ()


def tally(expression: Aggregated, scope: Scope) -> Tally | None:
    """The records of an aggregate or a quantifier; None where the list, or a part of it, is unknown."""
    judged = judged_records(expression, scope)
    if judged is None:
        return None
    read = [name for list_, name in record_fields_read(expression) if list_ == expression.list]
    counted = left_out = 0
    missing: dict[str, None] = {}
    for record, truth, value in judged:
        if is_unjudged(expression, truth, value):
            left_out += 1
            missing.update(dict.fromkeys(name for name in read if record.get(name) is None))
        elif truth:
            counted += 1
    if isinstance(expression, AnyGroup):
        found = _group(expression, scope)
        if found:
            return Tally(len(found), left_out, tuple(missing), group=_bounds(expression, found))
    exceptions = isinstance(expression, Quantified) and expression.quantifier == "every"
    return Tally(counted, left_out, tuple(missing), exceptions)


def _group(expression: AnyGroup, scope: Scope) -> Group:
    aggregator = aggregator_for(expression, scope)
    assert isinstance(aggregator, GroupAggregator)
    return aggregator.found(rows_of(expression, scope)) or ()


def _bounds(expression: AnyGroup, group: Group) -> tuple[tuple[Any, Type], ...]:
    by = [row[1] for row in group]
    bounds = by[:1] if expression.length is None else [min(by), max(by)]
    return tuple((each, expression.by.type) for each in bounds)


def left_out(expression: Aggregated, evaluation: Evaluation) -> int:
    """How many records were left out, where that leaves the result in doubt."""
    result = evaluation.aggregations.get(expression)
    if result is None or (len(result.readings) == 1 and result.readings[0] not in (None, ANY)):
        return 0
    found = tally(expression, evaluation.scope)
    return 0 if found is None else found.left_out


def record_findings(evaluation: Evaluation) -> Iterator[Diagnostic]:
    """Records that were left out of what decided, and windows that reach back before a list is complete."""
    seen: dict[tuple[Any, ...], Diagnostic] = {}
    for expression in evaluation.aggregations:
        found = _finding(expression, evaluation)
        if found is not None:
            seen.setdefault((found.code, *found.facts.values()), found)
        if found is not None and found.code == "records-left-out":
            for failed in _failures(expression, evaluation.scope):
                seen.setdefault((failed.code, failed.facts["function"], failed.span), failed)
    yield from seen.values()


def _finding(expression: Aggregated, evaluation: Evaluation) -> Diagnostic | None:
    scope = evaluation.scope
    type_ = scope.model.fields[expression.list].type
    if not is_complete(expression, scope) and scope.fields.get(expression.list) is not None:
        assert isinstance(type_, ListOf)
        facts: Mapping[str, Any] = {"list": expression.list, "complete_from": type_.complete_from}
        return Diagnostic("list-incomplete", expression.span, facts)
    if not left_out(expression, evaluation):
        return None
    found = tally(expression, scope)
    assert found is not None
    facts = {"list": expression.list, "count": found.left_out, "fields": found.missing}
    return Diagnostic("records-left-out", expression.span, facts)


def _failures(expression: Aggregated, scope: Scope) -> Iterator[Diagnostic]:
    """Functions that failed on a record."""
    asked = [counted(expression)]
    if isinstance(expression, Aggregate) and expression.value is not None:
        asked.append(expression.value)
    if isinstance(expression, AnyGroup):
        asked += [counted(each) for each in grouped_read(expression.condition)]
    calls = [part for each in asked for part in own_parts(each) if isinstance(part, Call)]
    for record in scope.fields[expression.list] if calls else ():
        inner = evolve(scope, records={**scope.records, expression.list: record})
        yield from (found for call in calls if (found := failure(call, inner)) is not None)


def future_records(model: Model, values: Mapping[str, Any], as_of: date) -> Iterator[Diagnostic]:
    """The latest date of each field of records that lies in the future, where none may."""
    for name, records in values.items():
        field = model.fields[name]
        if not isinstance(field.type, ListOf) or records is None:
            continue
        for key, _, type_ in field.type.fields:
            if isinstance(type_, Date | DateTime) and not type_.may_be_future:
                latest = max((each[key] for each in records if each.get(key) is not None), default=None)
                if latest is not None and is_future(type_, latest, as_of):
                    facts = {"field": f"{name}.{key}", "value": shown(field, latest), "as_of": as_of}
                    yield Diagnostic("future-date", facts=facts)
