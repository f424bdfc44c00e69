"""Certificates: a small file that says what was decided for one customer, on what grounds, and can be replayed.

    text = certificate(decision, ["lifecycle"], reference="lifecycle", masked=["phone"])
    verify(text, ruleset).findings

A certificate holds the fingerprint of the rules, the day, the outcomes with their reasons, and only those inputs
without which the outcomes would be others. Its checksum is over everything else in it, and it has one way to be
written: a changed byte is noticed. Whoever changes it and reckons the checksum anew is found out by replaying it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from attrs import frozen

from rulelang import __version__
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.wording import show_value
from rulelang.engine.decision import Decision
from rulelang.engine.ruleset import Ruleset
from rulelang.explain.words import in_language
from rulelang.lowering.aggregates import fields_as_read
from rulelang.lowering.needs import expressions_of
from rulelang.model.contents import functions_called
from rulelang.model.contributions import BLANK
from rulelang.model.portable import from_data, to_data
from rulelang.model.program import Model
from rulelang.model.walking import fields_read, outcomes_read
from rulelang.plugin.discover import discover
from rulelang.values.errors import Unreadable
from rulelang.values.moments import read_as_of
from rulelang.vocabulary.privacy import HIDDEN
from rulelang.vocabulary.reading import AS_WRITTEN, read_value
from rulelang.vocabulary.records import RecordReader
from rulelang.vocabulary.types import ListOf

FORMAT = 1
PERSONAL = "personal"

_KIND = "rulelang certificate"
_LANGUAGES = ("en", "zh")
_PRIVACY = {"sensitive": 0, "personal": 1, "": 2}


def certificate(
    decision: Decision,
    ruleset: Ruleset,
    outcomes: Sequence[str],
    reference: str = "",
    settings: Mapping[str, str] | None = None,
    masked: Iterable[str] = (),
    with_rules: bool = False,
) -> str:
    """The text of a certificate for some outcomes of a decision.

    ``reference`` is what the rules were called by, ``settings`` are thresholds that were set, ``masked`` fields whose
    values are not to stand in it, ``with_rules`` puts the rules themselves into it.
    """
    model, day = ruleset.model, decision.as_of
    values = _needed(decision, ruleset, outcomes)
    hidden = [name for name in dict.fromkeys(masked) if name in values]
    replayed = _replay(ruleset, values, day)
    shown = {name: value for name, value in values.items() if name not in hidden}
    without = _replay(ruleset, shown, day) if hidden else None
    data: dict[str, Any] = {
        _KIND: FORMAT,
        "rulelang": __version__,
        "rules": {
            "name": model.header.name,
            "version": model.header.version,
            "reference": reference,
            "fingerprint": ruleset.fingerprint,
        },
        "plugins": {each.plugin: each.version for each in map(model.functions.__getitem__, functions_called(model))},
        "set": dict(settings or {}),
        "as_of": day.isoformat(),
        "inputs": {name: HIDDEN if name in hidden else _encoded(value) for name, value in values.items()},
        "masked": hidden,
        "outcomes": _told(replayed, without, outcomes),
    }
    if with_rules:
        data["model"] = to_data(model)
    return _written(data)


def fields_masked(model: Model, names: Iterable[str]) -> tuple[str, ...]:
    """The fields to be masked, by name or label; ``personal`` stands for all that are personal or sensitive.

    Raises DataError (``unknown-field-option``).
    """
    fields, found = model.fields, []
    for name in names:
        if name == PERSONAL and name not in fields:
            found += [each.name for each in fields.values() if each.privacy]
            continue
        called = [each.name for each in fields.values() if name in (each.name, each.label)]
        if not called:
            near = nearest(
                name, [spelled for each in fields.values() for spelled in (each.name, each.label) if spelled]
            )
            raise DataError((Diagnostic("unknown-field-option", facts={"name": name}, nearest=tuple(near)),))
        found += called
    return tuple(dict.fromkeys(found))


def check(certificate: str | bytes, ruleset: Ruleset, known: Mapping[str, Any] | None = None) -> Verified:
    """Replays the text of a certificate with the rules, as `verify` does. Raises as `read_certificate` does."""
    content = certificate.encode("utf-8") if isinstance(certificate, str) else certificate
    return verify(read_certificate(content), ruleset, known)


def _needed(decision: Decision, ruleset: Ruleset, outcomes: Sequence[str]) -> dict[str, Any]:
    """The inputs without which the outcomes, or what is said of them, would be others; personal ones go first."""
    fields = ruleset.model.fields
    values = {name: value for name, value in decision.inputs.items() if value is not None}
    wanted = {name: _outcome(decision, name) for name in outcomes}
    for name in sorted(values, key=lambda each: _PRIVACY[fields[each].privacy]):
        fewer = {other: value for other, value in values.items() if other != name}
        replayed = _replay(ruleset, fewer, decision.as_of)
        if wanted == {each: _outcome(replayed, each) for each in outcomes}:
            values = fewer
    return values


def _replay(ruleset: Ruleset, values: Mapping[str, Any], day: date) -> Decision:
    names = ruleset.situation(day).bound.program.fields
    return ruleset.decide_values([values.get(name) for name in names], day)


def _outcome(decision: Decision, name: str) -> dict[str, Any]:
    """What a certificate says of an outcome."""
    return {
        "value": _plain(decision[name]),
        "standing": decision.standing(name),
        "possible": [_plain(each) for each in decision.possible(name)],
        "rules": list(decision.rules(name)),
        "missing": list(decision.missing_for(name)),
        "reason": {lang: decision.reason(name, lang) for lang in _LANGUAGES},
    }


def _told(decision: Decision, without: Decision | None, outcomes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What a certificate says of outcomes: of those that are others ``without`` the masked inputs neither the rules nor
    the reasons, which would tell what the masks hide.
    """
    told = {name: _outcome(decision, name) for name in outcomes}
    if without is None:
        return told
    return {name: each if each == _outcome(without, name) else _veiled(each) for name, each in told.items()}


def _veiled(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {**outcome, "rules": [HIDDEN], "reason": dict.fromkeys(_LANGUAGES, HIDDEN)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | str) else show_value(value, "en")


def _encoded(value: Any) -> Any:
    """A value as JSON that reads back as the same: dates and numbers with decimals as text."""
    match value:
        case tuple():
            return [{key: _encoded(part) for key, part in record.items() if part is not None} for record in value]
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Fraction():
            return {"fraction": str(value)}
    return {"blank": True} if value is BLANK else value


def _written(data: Mapping[str, Any]) -> str:
    """The one way to write a certificate."""
    body = {name: part for name, part in data.items() if name != "checksum"}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    whole = {**body, "checksum": hashlib.sha256(text.encode()).hexdigest()}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


@frozen
class Certificate:
    """A certificate as it was read; ``data`` are its parts."""

    data: Mapping[str, Any]

    @property
    def reference(self) -> str:
        """What the rules were called by."""
        return str(self.data["rules"]["reference"])

    @property
    def day(self) -> date:
        """The day it was decided for."""
        return read_as_of(self.data["as_of"])


@frozen
class Verified:
    """What came of replaying a certificate: nothing was found where it holds; ``masked`` outcomes can't be replayed,
    because inputs are masked.
    """

    certificate: Certificate
    findings: tuple[Diagnostic, ...]
    masked: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every outcome was decided again as it is certified."""
        return not self.findings


def read_certificate(content: bytes, file: str = "") -> Certificate:
    """A certificate and nothing else.

    Raises DataError: ``certificate-unreadable``, ``certificate-version``, ``certificate-changed``.
    """
    try:
        data = json.loads(content.decode("utf-8"))
        kind = data[_KIND]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DataError((Diagnostic("certificate-unreadable", facts={"file": file}),)) from None
    if kind != FORMAT and _intact(data, content):
        raise DataError((Diagnostic("certificate-version", facts={"file": file, "version": kind}),))
    if not _intact(data, content):
        raise DataError((Diagnostic("certificate-changed", facts={"file": file}),))
    return Certificate(data)


def _intact(data: Any, content: bytes) -> bool:
    """Whether a certificate is written as it was, byte by byte."""
    try:
        return _written(data).encode() == content
    except (ValueError, TypeError, AttributeError):
        return False


def verify(given: Certificate, ruleset: Ruleset, known: Mapping[str, Any] | None = None) -> Verified:
    """Replays a certificate with the rules; ``known`` are values of masked inputs that the reader has.

    Findings: ``certificate-other-rules``, ``certificate-input``, ``certificate-other-answer`` (an error each),
    ``certificate-masked`` (a warning: without the masked inputs the outcome can't be decided again).
    """
    data = given.data
    if data["rules"]["fingerprint"] != ruleset.fingerprint:
        facts = {"certified": data["rules"]["fingerprint"], "found": ruleset.fingerprint}
        return Verified(given, (Diagnostic("certificate-other-rules", facts=facts),))
    hidden = [name for name in data["masked"] if name not in (known or {})]
    try:
        inputs = {**data["inputs"], **(known or {})}
        values = {name: _decoded(ruleset, name, raw) for name, raw in inputs.items() if name not in hidden}
    except (KeyError, Unreadable, ValueError) as error:
        return Verified(given, (Diagnostic("certificate-input", facts={"field": str(error)}),))
    replayed = _replay(ruleset, values, given.day)
    findings: list[Diagnostic] = []
    masked = []
    for name, certified in data["outcomes"].items():
        found = _outcome(replayed, name) if name in ruleset.model.outcomes else None
        if found is not None and certified in (found, _veiled(found)):
            continue
        if found is not None and _reads(ruleset.model, name, {}) & set(hidden):
            masked.append(name)
            facts = {"outcome": name, "fields": tuple(hidden), "value": certified["value"]}
            facts["outcome_zh"] = in_language(name, ruleset.model.outcomes[name].label, "zh")
            facts["fields_zh"] = tuple(in_language(each, ruleset.model.fields[each].label, "zh") for each in hidden)
            findings.append(Diagnostic("certificate-masked", facts=facts))
        else:
            facts = {"outcome": name, "certified": _said(certified), "found": _said(found)}
            findings.append(Diagnostic("certificate-other-answer", facts=facts))
    return Verified(given, tuple(findings), tuple(masked))


def _reads(model: Model, outcome: str, found: dict[str, frozenset[str]]) -> frozenset[str]:
    """The fields that an outcome rests on, through other outcomes as well."""
    if outcome not in found:
        found[outcome] = frozenset()
        read: set[str] = set()
        for rule in model.decision(outcome):
            for branch in rule.branches:
                for expression in expressions_of(branch):
                    read.update(fields_read(expression))
                    for other in outcomes_read(expression):
                        read |= _reads(model, other, found)
        found[outcome] = frozenset(read)
    return found[outcome]


def _said(outcome: Mapping[str, Any] | None) -> str:
    """An outcome in a few words, for a message."""
    if outcome is None:
        return "–"
    value = outcome["value"]
    shown = ", ".join(map(str, value)) if isinstance(value, list) else "–" if value is None else str(value)
    rules = ", ".join(outcome["rules"])
    return f"{shown} ({outcome['standing']}{'; ' + rules if rules else ''})"


def _decoded(ruleset: Ruleset, name: str, raw: Any) -> Any:
    """An input as rules see it. Raises Unreadable, KeyError."""
    declared = ruleset.model.fields[name]
    if isinstance(raw, dict) and "fraction" in raw:
        return Fraction(raw["fraction"])
    if isinstance(raw, dict):
        return BLANK
    if isinstance(declared.type, ListOf):
        return RecordReader(fields_as_read(ruleset.model)[name], AS_WRITTEN).read(raw).records
    return read_value(declared, raw, AS_WRITTEN)


def embedded(given: Certificate, plugin_folders: Sequence[Path] = ()) -> Model | None:
    """The rules in a certificate, None where it holds none. Raises DataError (``certificate-unreadable``)."""
    data = given.data.get("model")
    if data is None:
        return None
    plugins = discover(plugin_folders) if data["functions"] else None
    try:
        known = {
            each.name: each for plugin in (plugins.plugins if plugins else ()) for each in plugin.provided_functions
        }
        functions = {each["name"]: known[each["name"]] for each in data["functions"]}
        return from_data(data, functions)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError):
        raise DataError((Diagnostic("certificate-unreadable", facts={"file": ""}),)) from None
