"""Puts the Chinese labels of fields, outcomes and rules in the place of their names, for a Chinese reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.account.summary import RunSummary
from rulelang.model.program import Model
from rulelang.vocabulary.types import Choice, ListOf

_NAMING = ("field", "list", "outcome", "rule", "first", "second", "table")


def labelled(summary: RunSummary, model: Model) -> RunSummary:
    """The account of a run with labels where there are any; columns of the data keep their own titles."""
    fields, rules = _fields(model), {each.name: each.label for each in model.rules if each.label}
    names, members = _names(model), _members(model)
    return evolve(
        summary,
        fields=tuple(evolve(each, name=fields.get(each.name, each.name)) for each in summary.fields),
        never_fired=tuple(rules.get(each, each) for each in summary.never_fired),
        overruled=tuple(rules.get(each, each) for each in summary.overruled),
        findings=tuple(evolve(each, diagnostic=_renamed(each.diagnostic, names, members)) for each in summary.findings),
        rejections=tuple(
            evolve(each, faults=tuple(_renamed(fault, names, members) for fault in each.faults))
            for each in summary.rejections
        ),
        notes=tuple(_renamed(each, names, members) for each in summary.notes),
        lists=tuple(evolve(each, list=fields.get(each.list, each.list)) for each in summary.lists),
        elements=tuple(evolve(each, list=fields.get(each.list, each.list)) for each in summary.elements),
    )


def labelled_findings(findings: Iterable[Diagnostic], model: Model, lang: str) -> tuple[Diagnostic, ...]:
    """Findings about data as a reader of a language calls what they name."""
    if lang != "zh":
        return tuple(findings)
    names, members = _names(model), _members(model)
    return tuple(_renamed(each, names, members) for each in findings)


def _fields(model: Model) -> dict[str, str]:
    fields = (*(each.field for each in model.checks), *model.fields.values())
    own = {each.name: each.label for each in fields if each.label}
    lists = ((each, each.type) for each in fields if isinstance(each.type, ListOf))
    parts = {
        f"{each.name}.{name}": f"{each.label or each.name}.{label}"
        for each, type_ in lists
        for name, label, _ in type_.fields
        if label
    }
    return {**own, **parts}


def _names(model: Model) -> dict[str, str]:
    rules = {each.name: each.label for each in model.rules if each.label}
    outcomes = {each.name: each.label for each in model.outcomes.values() if each.label}
    lists = {each.name: each.label for each in model.lists.values() if each.label}
    return {**lists, **rules, **outcomes, **_fields(model)}


def _members(model: Model) -> dict[str, dict[str, str]]:
    """What the members of choices are called, by field."""
    fields = (*(each.field for each in model.checks), *model.fields.values())
    return {
        each.name: {member.key: member.label for member in each.type.members if member.label is not None}
        for each in fields
        if isinstance(each.type, Choice)
    }


def _renamed(finding: Diagnostic, names: Mapping[str, str], members: Mapping[str, Mapping[str, str]]) -> Diagnostic:
    changed: dict[str, object] = {
        key: names[finding.facts[key]]
        for key in _NAMING
        if isinstance(finding.facts.get(key), str) and finding.facts[key] in names
    }
    of_records = finding.facts.get("fields")
    if isinstance(of_records, tuple) and "list" in finding.facts:
        parts = {each: names.get(f"{finding.facts['list']}.{each}", str(each)) for each in of_records}
        changed["fields"] = tuple(each.rpartition(".")[2] for each in parts.values())
    called = members.get(str(finding.facts.get("field")))
    allowed = finding.facts.get("members")
    if called and isinstance(allowed, tuple):
        changed["members"] = tuple(called.get(each, each) for each in allowed)
    return evolve(finding, facts={**finding.facts, **changed}) if changed else finding
