"""Findings about data with fields, lists and rules as a reader calls them: by their labels, for a reader of Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.model.program import Model
from rulelang.vocabulary.types import Choice, ListOf

Renamed = Callable[[Diagnostic], Diagnostic]

_NAMING = ("field", "list", "outcome", "rule", "first", "second", "table")


def named_for(model: Model, lang: str) -> Renamed:
    """What puts labels in the place of names in a finding, for a reader of a language."""
    if lang != "zh":
        return lambda finding: finding
    names, members = _names(model), _members(model)
    return lambda finding: _renamed(finding, names, members)


def labelled_findings(findings: Iterable[Diagnostic], model: Model, lang: str) -> tuple[Diagnostic, ...]:
    """Findings about data as a reader of a language calls what they name."""
    return tuple(map(named_for(model, lang), findings))


def field_labels(model: Model) -> dict[str, str]:
    """The labels of fields and of what records have (``orders.amount``), by name."""
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
    return {**lists, **rules, **outcomes, **field_labels(model)}


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
    for key in ("fields", "missing", "unreadable"):
        of_records = finding.facts.get(key)
        if isinstance(of_records, tuple) and "list" in finding.facts:
            parts = {each: names.get(f"{finding.facts['list']}.{each}", str(each)) for each in of_records}
            changed[key] = tuple(each.rpartition(".")[2] for each in parts.values())
    called = members.get(str(finding.facts.get("field")))
    allowed = finding.facts.get("members")
    if called and isinstance(allowed, tuple):
        changed["members"] = tuple(called.get(each, each) for each in allowed)
    return evolve(finding, facts={**finding.facts, **changed}) if changed else finding
