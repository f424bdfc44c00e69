"""What an answer rests on, and the dates among it that lie in the future where none should."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from rulelang.explain.findings import is_future
from rulelang.lowering.needs import expressions_of
from rulelang.model.contributions import BLANK
from rulelang.model.expressions import MissingFor
from rulelang.model.program import Hole, Model
from rulelang.model.walking import fields_read, outcomes_read, parts
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.types import Date, DateTime, ListOf, Type


@frozen
class FutureDate:
    """A date later than the as-of date, and what has it; one of a record by the names of its list and its own."""

    name: tuple[str, ...]
    label: tuple[str, ...]
    value: Any
    type: Type


def fields_behind(model: Model, outcome: str) -> tuple[str, ...]:
    """The fields that what is said of an outcome may hang on: those that its rules read, and the outcomes that they
    read, and so on.
    """
    found: dict[str, None] = {}
    waiting, met = [outcome], {outcome}
    while waiting:
        for rule in model.decision(waiting.pop()):
            for branch in rule.branches:
                reason = branch.reason
                told = () if reason is None else (*reason.parts, *(reason.other or ()))
                holes = (each.expression for each in told if isinstance(each, Hole))
                for expression in (*expressions_of(branch), *holes):
                    found.update(dict.fromkeys(fields_read(expression)))
                    asked = [each.outcome for each in parts(expression) if isinstance(each, MissingFor)]
                    new = [each for each in (*outcomes_read(expression), *asked) if each not in met]
                    met.update(new)
                    waiting += new
    return tuple(found)


def future_behind(outcome: str, model: Model, values: Mapping[str, Any], as_of: date, reveal: bool) -> list[FutureDate]:
    """The dates in the future that an outcome may rest on, of each field the latest."""
    odd = {name: future_ones(model.fields[name], value, as_of) for name, value in values.items()}
    if not any(odd.values()):
        return []
    found = []
    for name in fields_behind(model, outcome):
        declared = model.fields[name]
        for part, value, type_ in odd.get(name, ()):
            key = (name,) if part is None else (name, part[0])
            label = declared.label or name
            labels = (label,) if part is None else (label, part[1] or part[0])
            found.append(FutureDate(key, labels, shown(declared, value, reveal), type_))
    return found


def may_be_odd(field: Field) -> bool:
    """Whether a field, or its records, may have a date that should not lie in the future."""
    types = [each for _, _, each in field.type.fields] if isinstance(field.type, ListOf) else [field.type]
    return any(isinstance(each, Date | DateTime) and not each.may_be_future for each in types)


def future_ones(field: Field, value: Any, as_of: date) -> list[tuple[tuple[str, str | None] | None, Any, Type]]:
    """The value of a field, or the latest of its records by the part of it, that lies in the future; and its type."""
    if value is None or value is BLANK:
        return []
    if not isinstance(field.type, ListOf):
        return [(None, value, field.type)] if isinstance(value, date) and is_future(field.type, value, as_of) else []
    found: list[tuple[tuple[str, str | None] | None, Any, Type]] = []
    for key, label, type_ in field.type.fields:
        if isinstance(type_, Date | DateTime) and not type_.may_be_future:
            latest = max((each[key] for each in value if isinstance(each.get(key), date)), default=None)
            if latest is not None and is_future(type_, latest, as_of):
                found.append(((key, label), latest, type_))
    return found
