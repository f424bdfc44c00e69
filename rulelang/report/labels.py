"""Puts the Chinese labels of fields, outcomes and rules in the place of their names, for a Chinese reader."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.summary import RunSummary
from rulelang.model.program import Model

_NAMING = ("field", "outcome", "rule", "first", "second")


def labelled(summary: RunSummary, model: Model) -> RunSummary:
    """The account of a run with labels where there are any; columns of the data keep their own titles."""
    checked = (each.field for each in model.checks)
    fields = {each.name: each.label for each in (*checked, *model.fields.values()) if each.label}
    outcomes = {each.name: each.label for each in model.outcomes.values() if each.label}
    rules = {each.name: each.label for each in model.rules if each.label}
    names = {**rules, **outcomes, **fields}
    return evolve(
        summary,
        fields=tuple(evolve(each, name=fields.get(each.name, each.name)) for each in summary.fields),
        never_fired=tuple(rules.get(each, each) for each in summary.never_fired),
        findings=tuple(evolve(each, diagnostic=_renamed(each.diagnostic, names)) for each in summary.findings),
        rejections=tuple(
            evolve(each, faults=tuple(_renamed(fault, names) for fault in each.faults)) for each in summary.rejections
        ),
        notes=tuple(_renamed(each, names) for each in summary.notes),
        elements=tuple(evolve(each, list=fields.get(each.list, each.list)) for each in summary.elements),
    )


def _renamed(finding: Diagnostic, names: Mapping[str, str]) -> Diagnostic:
    changed = {
        key: names[finding.facts[key]]
        for key in _NAMING
        if isinstance(finding.facts.get(key), str) and finding.facts[key] in names
    }
    return evolve(finding, facts={**finding.facts, **changed}) if changed else finding
