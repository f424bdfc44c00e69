"""Replays certificates: whether one is as it was written, and whether the rules decide as it says.

    check(text, ruleset).findings

Whoever changes a certificate and reckons the checksum anew is found out by replaying it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.deciding.certificate import FORMAT, KIND, certified, reads, told, written
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.decision import Decision
from rulelang.explain.words import in_language
from rulelang.lowering.aggregates import fields_as_read
from rulelang.model.contributions import BLANK
from rulelang.model.portable import from_data
from rulelang.model.program import Model
from rulelang.plugin.discover import discover
from rulelang.values.errors import Unreadable
from rulelang.values.moments import read_as_of
from rulelang.vocabulary.reading import AS_WRITTEN, read_value
from rulelang.vocabulary.records import RecordReader
from rulelang.vocabulary.types import ListOf


def check(certificate: str | bytes, ruleset: Decider, known: Mapping[str, Any] | None = None) -> Verified:
    """Replays the text of a certificate with the rules, as `verify` does. Raises as `read_certificate` does."""
    content = certificate.encode("utf-8") if isinstance(certificate, str) else certificate
    return verify(read_certificate(content), ruleset, known)


def _replay(ruleset: Decider, values: Mapping[str, Any], day: date) -> Decision:
    names = ruleset.situation(day).bound.program.fields
    return ruleset.decide_values([values.get(name) for name in names], day)


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
    because inputs are masked. ``given`` are masked inputs whose values the reader gave: it holds with these values, and
    may with others.
    """

    certificate: Certificate
    findings: tuple[Diagnostic, ...]
    masked: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

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
        kind = data[KIND]
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
        return written(data).encode() == content
    except (ValueError, TypeError, AttributeError):
        return False


def verify(given: Certificate, ruleset: Decider, known: Mapping[str, Any] | None = None) -> Verified:
    """Replays a certificate with the rules; ``known`` are values of masked inputs that the reader has.

    Raises DataError (``certificate-not-masked``) where one of these is no masked input. Findings:
    ``certificate-other-rules``, ``certificate-input``, ``certificate-other-answer`` (an error each),
    ``certificate-masked`` (a warning: without the masked inputs the outcome can't be decided again).
    """
    data = given.data
    _refuse_others(known or {}, data["masked"])
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
    open_ = {name: value for name, value in values.items() if name not in data["masked"]}
    without = _replay(ruleset, open_, given.day)
    findings: list[Diagnostic] = []
    masked = []
    for name, stated in data["outcomes"].items():
        found = None
        if name in ruleset.model.outcomes:
            found = told(replayed, without, name, data["outcomes"], data["masked"])
        if found is not None and stated in (found, certified(replayed, name, data["masked"])):
            continue  # or what is masked stands in the reason alone
        if found is not None and reads(ruleset.model, name).intersection(hidden):
            masked.append(name)
            facts = {"outcome": name, "fields": tuple(hidden), "value": stated["value"]}
            facts["outcome_zh"] = in_language(name, ruleset.model.outcomes[name].label, "zh")
            facts["fields_zh"] = tuple(in_language(each, ruleset.model.fields[each].label, "zh") for each in hidden)
            findings.append(Diagnostic("certificate-masked", facts=facts))
        else:
            facts = {"outcome": name, "certified": _said(stated), "found": _said(found)}
            findings.append(Diagnostic("certificate-other-answer", facts=facts))
    return Verified(given, tuple(findings), tuple(masked), tuple(name for name in data["masked"] if name not in hidden))


def _refuse_others(known: Mapping[str, Any], masked: Sequence[str]) -> None:
    """Refuses values of fields that aren't masked inputs. Raises DataError (``certificate-not-masked``)."""
    others = [name for name in known if name not in masked]
    if others:
        facts = {"fields": tuple(others), "masked": tuple(masked)}
        raise DataError((Diagnostic("certificate-not-masked", facts=facts),))


def _said(outcome: Mapping[str, Any] | None) -> str:
    """An outcome in a few words, for a message."""
    if outcome is None:
        return "–"
    value = outcome["value"]
    shown = ", ".join(map(str, value)) if isinstance(value, list) else "–" if value is None else str(value)
    rules = ", ".join(outcome["rules"])
    return f"{shown} ({outcome['standing']}{'; ' + rules if rules else ''})"


def _decoded(ruleset: Decider, name: str, raw: Any) -> Any:
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
