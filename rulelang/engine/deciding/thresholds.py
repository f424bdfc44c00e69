"""Other values for the thresholds of a ruleset, as callers give them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.diagnostics.nearest import nearest
from rulelang.model.program import Model
from rulelang.values.durations import Duration, read_duration
from rulelang.values.errors import Unreadable
from rulelang.values.money import read_money
from rulelang.vocabulary.declarations import Field, Threshold, Value
from rulelang.vocabulary.reading import read_value
from rulelang.vocabulary.types import Length, Money, type_names


def with_values(model: Model, values: Mapping[str, Any]) -> Model:
    """The model with other values of some thresholds, by name or label; text is read as in a rule file.

    Raises RuleError for a threshold that doesn't exist or a value that doesn't fit.
    """
    changed = dict(model.thresholds)
    for name, value in values.items():
        threshold = _threshold(model, name)
        changed[threshold.name] = evolve(threshold, value=_threshold_value(threshold, value), dated=())
    return evolve(model, thresholds=changed)


def _threshold(model: Model, name: str) -> Threshold:
    for each in model.thresholds.values():
        if name in (each.name, each.label):
            return each
    names = [spelling for each in model.thresholds.values() for spelling in (each.name, each.label) if spelling]
    raise RuleError((Diagnostic("unknown-threshold", facts={"name": name}, nearest=tuple(nearest(name, names))),))


def _threshold_value(threshold: Threshold, value: Any) -> Value:
    """A threshold's value from a Python value or a text; a length of time has its unit, as in a rule file."""
    try:
        if isinstance(threshold.type, Length):
            length = read_duration(value) if isinstance(value, str) else value
            if isinstance(length, timedelta) and length == timedelta(length.days):
                length = Duration(length.days, "days")
            if isinstance(length, Duration) and length.unit == threshold.type.unit:
                return length
        else:
            read = read_value(Field(threshold.name, threshold.type), value)
            if read is not None and not isinstance(read, tuple):
                return read
    except Unreadable:
        pass
    from rulelang.explain.wording import show_typed  # a value that does not fit is rare

    now = {lang: show_typed(threshold.value, threshold.type, lang) for lang in ("en", "zh")}
    facts = {"name": threshold.name, "value": value, "type": type_names[type(threshold.type)], "now": now["en"]}
    facts["now_zh"] = now["zh"]
    if isinstance(threshold.type, Money) and isinstance(value, str):
        facts["currency"] = _other_currency(value, threshold.type)
    raise RuleError((Diagnostic("threshold-value", facts=facts),))


def _other_currency(text: str, type_: Money) -> str | None:
    """The currency of an amount that is in another one than that of a threshold."""
    try:
        currency = read_money(text, type_.currency)[1]
    except Unreadable:
        return None
    return currency if currency != type_.currency else None
