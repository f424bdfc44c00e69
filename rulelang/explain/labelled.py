"""Findings with names and expressions as a Chinese reader knows them: by the labels of fields, outcomes, thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.explain.translate import Spell, labelled, speaker
from rulelang.model.program import Model
from rulelang.syntax import statements as s
from rulelang.syntax.words import CJK

Relabel = Callable[[Iterable[Diagnostic]], tuple[Diagnostic, ...]]

# Facts that show what somebody typed, as it was typed.
_AS_TYPED = frozenset(
    {"found", "file", "written", "source", "reading", "suggestion", "parts", "phrase", "given", "title"}
)
# Facts that may be a whole expression.
_EXPRESSIONS = frozenset({"left", "right", "text", "compared", "operand", "condition", "expression"})


def with_labels_of(model: Model) -> Relabel:
    """What puts the labels of a model into findings, for readers of Chinese."""
    return _relabel(dict(labelled(model)))


def with_labels_from(statements: Iterable[s.Statement]) -> Relabel:
    """The same for what statements declare, where they came to no model."""
    return _relabel(dict(pair for statement in statements for pair in _declared(statement)))


def _relabel(labels: Mapping[str, str]) -> Relabel:
    spell = speaker(labels, labels, "zh")

    def relabel(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        return tuple(_labelled(each, labels, spell) for each in diagnostics) if labels else tuple(diagnostics)

    return relabel


def _labelled(diagnostic: Diagnostic, labels: Mapping[str, str], spell: Spell) -> Diagnostic:
    facts: dict[str, Any] = dict(diagnostic.facts)
    for key, value in diagnostic.facts.items():
        if key in _AS_TYPED or f"{key}_zh" in facts or key.endswith(("_zh", "_en")):
            continue
        shown = _shown(value, labels, spell if key in _EXPRESSIONS else None)
        if shown != value:
            facts[f"{key}_zh"] = shown
    return diagnostic if len(facts) == len(diagnostic.facts) else evolve(diagnostic, facts=facts)


def _shown(value: Any, labels: Mapping[str, str], spell: Spell | None) -> Any:
    if isinstance(value, tuple):
        return tuple(_shown(each, labels, None) for each in value)
    if not isinstance(value, str):
        return value
    if value in labels:
        return labels[value]
    before, dot, part = value.partition(".")
    if dot and before in labels and part.isidentifier():  # orders.amount
        return f"{labels[before]}.{labels.get(part, part)}"
    return spell(value) if spell is not None and value and not CJK.search(value) else value


def _declared(statement: s.Statement) -> Iterator[tuple[str, str]]:
    """The Latin name and the label of what a statement declares, its members included."""
    name, label = getattr(statement, "name", None), getattr(statement, "label", None)
    plain = name if isinstance(name, str) else getattr(name, "text", None)
    if isinstance(plain, str) and isinstance(label, str) and plain.isascii():
        yield plain, label
    members = getattr(statement, "members", ())
    type_ = getattr(statement, "type", None)
    if isinstance(type_, s.TypeSyntax):
        members = (*members, *type_.members)
        for element in type_.elements:
            if element.label and element.name.isascii():
                yield element.name, element.label
    for each in members:
        if each.label and each.name.isascii():
            yield each.name, each.label
