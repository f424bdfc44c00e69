"""What is declared and never used: notes, not faults."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Source
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model import expressions as m
from rulelang.model.contents import beside_rules, found_in
from rulelang.model.program import Model
from rulelang.model.walking import fields_read, parts
from rulelang.syntax import statements as s
from rulelang.vocabulary.declarations import Threshold

_MOST_LISTED = 12


def names_read(expression: m.Expression) -> tuple[set[str], set[str]]:
    """The fields and thresholds an expression reads."""
    thresholds = {each.name for each in parts(expression) if isinstance(each, m.ThresholdRef)}
    return set(fields_read(expression)), thresholds


@frozen
class NamesRead:
    """The fields, thresholds and lists that the rules of a model read."""

    fields: frozenset[str]
    thresholds: frozenset[str]
    lists: frozenset[str]


def all_names_read(model: Model, memory: Memory = NO_MEMORY) -> NamesRead:
    """What the rules of a model read, found in one walk through them."""
    found = set(found_in(model.rules, "names read", _names_in, memory))
    found.update(pair for each in beside_rules(model) for pair in _names_in(each))
    found.update(("field", each.group.name) for each in model.measures if each.group is not None)
    kinds = (frozenset(name for kind, name in found if kind == wanted) for wanted in ("field", "threshold", "list"))
    return NamesRead(*kinds)


def _names_in(outermost: m.Expression) -> frozenset[tuple[str, str]]:
    """What an expression reads: what each is, and its name."""
    found: set[tuple[str, str]] = set()
    for each in parts(outermost):
        match each:
            case m.FieldRef():
                found.add(("field", each.name))
            case m.ThresholdRef():
                found.add(("threshold", each.name))
            case m.Lookup():
                found.add(("list", each.table))
            case m.InList():
                found.add(("list", each.list))
            case m.Aggregate() | m.Quantified() | m.AnyGroup():
                found.add(("field", each.list))
    return frozenset(found)


def without_borrowed(model: Model, sources: Mapping[str, Source], read: NamesRead) -> Model:
    """The model without what a plug-in's vocabulary declares and nothing in the ruleset speaks of."""
    named = {name for each in model.examples for name, _ in (*each.given, *each.records)}
    fields, thresholds, lists = read.fields | named, read.thresholds, read.lists
    return evolve(
        model,
        fields={name: each for name, each in model.fields.items() if name in fields or not _borrowed(each, sources)},
        thresholds={
            name: each for name, each in model.thresholds.items() if name in thresholds or not _borrowed(each, sources)
        },
        lists={name: each for name, each in model.lists.items() if name in lists or not _borrowed(each, sources)},
    )


def misnamed_thresholds(
    model: Model, sources: Mapping[str, Source], base: Mapping[str, s.ThresholdStatement], read: NamesRead
) -> tuple[Diagnostic, ...]:
    """The thresholds that nothing reads where a ruleset is extended: meant for one of the base's, under another name.

    ``base`` are the thresholds of the rulesets that are extended, by name and label. One that comes near to one of
    these is an error: the base would go on deciding with its own value.
    """
    found = []
    for each in _unread_thresholds(model, sources, read) if base else ():
        if each.name not in base:
            near = [*nearest(each.name, base), *(nearest(each.label, base) if each.label else ())]
            have = list(dict.fromkeys(base.values()))[:_MOST_LISTED]
            facts = {"name": each.name, "thresholds": tuple(one.name.text for one in have)}
            facts |= {"thresholds_zh": tuple(one.label or one.name.text for one in have)}
            code = "threshold-near-base" if near else "threshold-without-use"
            labels = (Label("meant-perhaps", base[near[0]].span),) if near else ()
            found.append(Diagnostic(code, each.span, facts, tuple(dict.fromkeys(near)), labels))
    return tuple(found)


def _unread_thresholds(model: Model, sources: Mapping[str, Source], read: NamesRead) -> list[Threshold]:
    """The thresholds of the ruleset's own files that no rule and no check of the data reads."""
    checking = {each.oldest_threshold for each in model.checks}
    return [
        each
        for each in model.thresholds.values()
        if each.name not in read.thresholds and each.name not in checking and _ours(each, sources)
    ]


def unused(
    model: Model, sources: Mapping[str, Source], base: Mapping[str, s.ThresholdStatement], read: NamesRead
) -> tuple[Diagnostic, ...]:
    """Notes on fields and thresholds that no rule reads, and outcomes that no rule sets.

    Where a ruleset is extended (``base`` are its thresholds), its own thresholds are what `misnamed_thresholds` says.
    """
    checked = {each.field.name for each in model.checks if each.declared}
    assigned: set[str] = set()
    for rule in model.rules:
        assigned.update(each.outcome for branch in rule.branches for each in branch.assignments)
    notes = [
        Diagnostic("unused-field", each.span, {"name": each.name})
        for each in model.fields.values()
        if each.name not in read.fields and each.name not in checked and _ours(each, sources)
    ]
    notes += [
        Diagnostic("unused-threshold", each.span, {"name": each.name})
        for each in _unread_thresholds(model, sources, read)
        if not base or each.name in base
    ]
    notes += [
        Diagnostic("unused-outcome", each.span, {"name": each.name})
        for each in (*model.outcomes.values(), *model.record_outcomes.values())
        if each.name not in assigned and _ours(each, sources)
    ]
    return tuple(notes)


def _borrowed(declared: object, sources: Mapping[str, Source]) -> bool:
    """Declared in the vocabulary of a plug-in."""
    span = getattr(declared, "span", None)
    return span is not None and span.file not in sources


def _ours(declared: object, sources: Mapping[str, Source]) -> bool:
    """Declared in one of the ruleset's own files, not in a plug-in's vocabulary."""
    span = getattr(declared, "span", None)
    return span is not None and span.file in sources
