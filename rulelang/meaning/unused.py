"""What is declared and never used: notes, not faults."""

from __future__ import annotations

from collections.abc import Mapping

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.model import expressions as m
from rulelang.model.contents import expressions
from rulelang.model.program import Model
from rulelang.model.walking import fields_read, parts


def names_read(expression: m.Expression) -> tuple[set[str], set[str]]:
    """The fields and thresholds an expression reads."""
    thresholds = {each.name for each in parts(expression) if isinstance(each, m.ThresholdRef)}
    return set(fields_read(expression)), thresholds


def unused(model: Model, sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """Notes on fields and thresholds that no rule reads, and outcomes that no rule sets."""
    fields: set[str] = set()
    thresholds: set[str] = set()
    assigned: set[str] = set()
    for expression in expressions(model):
        read = names_read(expression)
        fields |= read[0]
        thresholds |= read[1]
    for rule in model.rules:
        assigned.update(each.outcome for branch in rule.branches for each in branch.assignments)
    fields.update(each.group.name for each in model.measures if each.group is not None)
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
