"""What is declared and never used: notes, not faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.model import expressions as m
from rulelang.model.program import Hole, Model


def names_read(expression: m.Expression | None) -> tuple[set[str], set[str], set[str]]:
    """The fields, outcomes and thresholds an expression reads."""
    fields: set[str] = set()
    outcomes: set[str] = set()
    thresholds: set[str] = set()
    pending: list[object] = [expression]
    while pending:
        node = pending.pop()
        match node:
            case m.FieldRef(name):
                fields.add(name)
            case m.OutcomeRef(name):
                outcomes.add(name)
            case m.ThresholdRef(name):
                thresholds.add(name)
            case m.Aggregate(list=name) | m.Quantified(list=name):
                fields.add(name)
                pending.extend(_parts(node))
            case tuple():
                pending.extend(node)
            case _ if type(node).__module__ == m.__name__:
                pending.extend(_parts(node))
    return fields, outcomes, thresholds


def _parts(node: Any) -> list[object]:
    return [getattr(node, each.name) for each in attrs.fields(type(node)) if each.name not in ("span", "type")]


def unused(model: Model, sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """Notes on fields and thresholds that no rule reads, and outcomes that no rule sets."""
    fields: set[str] = set()
    thresholds: set[str] = set()
    assigned: set[str] = set()
    for rule in model.rules:
        for branch in rule.branches:
            expressions: list[m.Expression | None] = [branch.condition]
            for each in branch.assignments:
                assigned.add(each.outcome)
                expressions += [each.value, each.at_least, each.at_most]
            if branch.reason is not None:
                parts = (*branch.reason.parts, *(branch.reason.other or ()))
                expressions += [part.expression for part in parts if isinstance(part, Hole)]
            for expression in expressions:
                read = names_read(expression)
                fields |= read[0]
                thresholds |= read[2]
    for measure in model.measures:
        for expression in (measure.value, measure.group):
            read = names_read(expression)
            fields |= read[0]
            thresholds |= read[2]
    for requirement in model.requirements:
        thresholds |= names_read(requirement.condition)[2]
    notes = [
        Diagnostic("unused-field", each.span, {"name": each.name})
        for each in model.fields.values()
        if each.name not in fields and _ours(each, sources)
    ]
    notes += [
        Diagnostic("unused-threshold", each.span, {"name": each.name})
        for each in model.thresholds.values()
        if each.name not in thresholds and _ours(each, sources)
    ]
    notes += [
        Diagnostic("unused-outcome", each.span, {"name": each.name})
        for each in model.outcomes.values()
        if each.name not in assigned and _ours(each, sources)
    ]
    return tuple(notes)


def _ours(declared: object, sources: Mapping[str, Source]) -> bool:
    """Declared in one of the ruleset's own files, not in a plug-in's vocabulary."""
    span = getattr(declared, "span", None)
    return span is not None and span.file in sources
