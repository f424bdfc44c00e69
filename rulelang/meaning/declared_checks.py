"""What fields ask of the data: ``checked by``, ``like``, ``no older than``, ``unique``, beside required and limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.constants import constant
from rulelang.meaning.fitting import fits
from rulelang.meaning.vocabulary import Vocabulary, key_and_label, type_word
from rulelang.model.program import Model
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.values.durations import Duration
from rulelang.vocabulary.checks import FieldChecks
from rulelang.vocabulary.types import Date, DateTime, ListOf, Text, Type, YesNo

# Attributes of a field that are checks and nothing else.
KINDS = ("checked_by", "like_pattern", "no_older_than", "policy_unique")
WORDS = {"like_pattern": "like", "no_older_than": "no older than", "policy_unique": "unique"}

_COUNTED = ("days", "months")


def declared_checks(
    statements: Iterable[s.Statement], vocabulary: Vocabulary
) -> tuple[tuple[FieldChecks, ...], tuple[Diagnostic, ...]]:
    """The checks of every declared field that has any, and what is wrong with them."""
    found: dict[str, FieldChecks] = {}
    diagnostics: list[Diagnostic] = []
    for statement in statements:
        if not isinstance(statement, s.FieldStatement):
            continue
        key, _ = key_and_label(statement.name, statement.label)
        field = vocabulary.fields.get(key)
        if field is None or key in found:
            continue
        checks = FieldChecks(field)
        for attribute in statement.attributes:
            if attribute.kind in KINDS:
                facts, problems = _read(attribute, field.type, field.name, vocabulary)
                checks = evolve(checks, **facts)
                diagnostics.extend(problems)
        if checks.ever_fails and not isinstance(field.type, ListOf):
            found[key] = checks
    return tuple(found.values()), tuple(diagnostics)


def _read(
    attribute: s.Attribute, type_: Type, name: str, vocabulary: Vocabulary
) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    """What an attribute asks, or what is wrong with it."""
    facts = {"name": name, "type": type_word(type_)}
    unfit = Diagnostic("check-type", attribute.span, {**facts, "check": WORDS.get(attribute.kind, "")})
    match attribute.kind:
        case "checked_by":
            return _function(attribute.values[0], type_, name, vocabulary)
        case "like_pattern":
            written = attribute.values[0]
            assert isinstance(written, t.TextLiteral)
            return ({"pattern": written.text}, ()) if isinstance(type_, Text) else ({}, (unfit,))
        case "no_older_than":
            return _oldest(attribute.values[0], vocabulary) if isinstance(type_, Date | DateTime) else ({}, (unfit,))
    return ({}, (unfit,)) if isinstance(type_, ListOf) else ({"unique": True}, ())


def _function(
    written: t.Expression, type_: Type, field: str, vocabulary: Vocabulary
) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    assert isinstance(written, t.Name)
    name = written.text
    symbol = vocabulary.symbols.get(name)
    if symbol is None or symbol.kind != "function":
        known = [key for key, each in vocabulary.symbols.items() if each.kind == "function"]
        return {}, (Diagnostic("unknown-function", written.span, {"name": name}, nearest(name, known)),)
    function = vocabulary.functions[symbol.key]
    fitting = len(function.parameters) == 1 and fits(type_, function.parameters[0].type)
    if not fitting or not isinstance(function.result, YesNo):
        return {}, (Diagnostic("check-function", written.span, {"name": name, "field": field}),)
    return {"function": symbol.key}, ()


def _oldest(written: t.Expression, vocabulary: Vocabulary) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    if isinstance(written, t.Name):
        symbol = vocabulary.symbols.get(written.text)
        if symbol is None or symbol.kind != "threshold":
            near = nearest(written.text, vocabulary.thresholds)
            return {}, (Diagnostic("unknown-name", written.span, {"name": written.text}, near),)
        value: object = vocabulary.thresholds[symbol.key].value
        facts: dict[str, Any] = {"oldest_threshold": symbol.key}
    else:
        found = constant(written)
        value = None if found is None else found[0]
        facts = {"oldest": value}
    if isinstance(value, Duration) and value.unit in _COUNTED:
        return facts, ()
    return {}, (Diagnostic("check-length", written.span),)


def with_checks(model: Model, checks: Iterable[FieldChecks], vocabulary: Vocabulary) -> Model:
    """The model with what it asks of data, and the functions and thresholds that asking takes.

    Of fields that a plug-in brings and no rule reads, only those whose declaration asks for something are checked.
    """
    asked: list[FieldChecks] = []
    for each in checks:
        field = model.fields.get(each.field.name)
        if field is not None or each.declared:
            asked.append(each if field is None else evolve(each, field=field))
    functions = {each.function: vocabulary.functions[each.function] for each in asked if each.function is not None}
    thresholds = {name: vocabulary.thresholds[name] for name in _thresholds_of(asked)}
    return evolve(
        model,
        checks=tuple(asked),
        functions={**model.functions, **functions},
        thresholds={**model.thresholds, **thresholds},
    )


def _thresholds_of(checks: Iterable[FieldChecks]) -> tuple[str, ...]:
    """The thresholds that checks rest on."""
    return tuple(each.oldest_threshold for each in checks if each.oldest_threshold is not None)
