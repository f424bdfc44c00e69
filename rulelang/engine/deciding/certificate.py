"""Certificates: a small file that says what was decided for one customer, on what grounds, and can be replayed.

    text = certificate(decision, ruleset, ["lifecycle"], reference="lifecycle", masked=["phone"])

A certificate holds the fingerprint of the rules, the day, the outcomes with their reasons, and only those inputs
without which the outcomes would be others. Its checksum is over everything else in it, and it has one way to be
written: a changed byte is noticed. `rulelang.engine.deciding.verifying` replays it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.wording import show_value
from rulelang.engine.deciding.decided import DecidedCustomer
from rulelang.model.contents import functions_called, of_rule
from rulelang.model.contributions import BLANK
from rulelang.model.portable import to_data
from rulelang.model.program import Model
from rulelang.model.walking import fields_read, outcomes_read
from rulelang.version import __version__
from rulelang.vocabulary.privacy import HIDDEN

if TYPE_CHECKING:
    from rulelang.engine.deciding.situation import Keeper

FORMAT = 1
PERSONAL = "personal"

KIND = "rulelang certificate"
_LANGUAGES = ("en", "zh")
_PRIVACY = {"sensitive": 0, "personal": 1, "": 2}


def certificate(
    decision: DecidedCustomer,
    ruleset: Keeper,
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
    values = _needed(decision, model, outcomes)
    hidden = [name for name in dict.fromkeys(masked) if name in values]
    replayed = decision.of_others(values)
    shown = {name: value for name, value in values.items() if name not in hidden}
    without = decision.of_others(shown)
    data: dict[str, Any] = {
        KIND: FORMAT,
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
        "outcomes": {name: told(replayed, without, name, outcomes, hidden) for name in outcomes},
    }
    if with_rules:
        data["model"] = to_data(model)
    return written(data)


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


def _needed(decision: DecidedCustomer, model: Model, outcomes: Sequence[str]) -> dict[str, Any]:
    """The inputs without which the outcomes, or what is said of them, would be others; personal ones go first."""
    fields = model.fields
    values = {name: value for name, value in decision.inputs.items() if value is not None}
    wanted = {name: certified(decision, name) for name in outcomes}
    for name in sorted(values, key=lambda each: _PRIVACY[fields[each].privacy]):
        fewer = {other: value for other, value in values.items() if other != name}
        replayed = decision.of_others(fewer)
        if wanted == {each: certified(replayed, each) for each in outcomes}:
            values = fewer
    return values


def certified(decision: DecidedCustomer, name: str, starred: Collection[str] = ()) -> dict[str, Any]:
    """What a certificate says of an outcome, with the values of some fields starred out."""
    return {
        "value": _plain(decision[name]),
        "standing": decision.standing(name),
        "possible": [_plain(each) for each in decision.explain(name).possible],
        "rules": list(decision.rules(name)),
        "missing": list(decision.missing_for(name)),
        "reason": {lang: decision.reason(name, lang, starred=starred) for lang in _LANGUAGES},
    }


def told(
    decision: DecidedCustomer,
    without: DecidedCustomer,
    name: str,
    outcomes: Collection[str],
    hidden: Collection[str],
) -> dict[str, Any]:
    """What a certificate of some outcomes says of one, where fields are masked, ``without`` which the rest is decided:
    the rules, and their reasons but for the masked values. Where a reason could say what another outcome came to, which
    rests on masked fields and is not certified itself, it is not told at all.
    """
    whole = certified(decision, name)
    if not hidden or whole == certified(without, name):
        return whole
    model = decision.evaluation().scope.model
    deciding = [each for each in model.decision(name) if each.name in decision.rules(name)]
    others = {read for rule in deciding for each in of_rule(rule) for read in outcomes_read(each)} - set(outcomes)
    if any(each not in model.outcomes or reads(model, each).intersection(hidden) for each in others):
        return {**whole, "reason": dict.fromkeys(_LANGUAGES, HIDDEN)}
    return certified(decision, name, hidden)


def reads(model: Model, outcome: str, found: dict[str, frozenset[str]] | None = None) -> frozenset[str]:
    """The fields that an outcome rests on or its reasons tell of, through other outcomes as well."""
    known = {} if found is None else found
    if outcome not in known:
        known[outcome] = frozenset()
        read: set[str] = set()
        for expression in (each for rule in model.decision(outcome) for each in of_rule(rule)):
            read.update(fields_read(expression))
            for other in outcomes_read(expression):
                read |= reads(model, other, known)
        known[outcome] = frozenset(read)
    return known[outcome]


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


def written(data: Mapping[str, Any]) -> str:
    """The one way to write a certificate."""
    body = {name: part for name, part in data.items() if name != "checksum"}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    whole = {**body, "checksum": hashlib.sha256(text.encode()).hexdigest()}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
