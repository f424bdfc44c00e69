"""A checked model as plain data (lists, dicts, texts, numbers) and back, for rulepacks.

A node is ``{"is": "Comparison", "operator": "=", …}`` without what is at its default; types stand once in a table and
are named by their number; a place is ``[file, start, end, line, column]`` with the file's number. Functions of
plug-ins are named, with their plug-in and its version; whoever reads the data has to bring them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args

import attrs
from attrs import field, frozen

from rulelang.diagnostics.position import Source, Span
from rulelang.model import program
from rulelang.model.expressions import Expression
from rulelang.model.program import Model
from rulelang.values.durations import Duration
from rulelang.values.moments import Moment
from rulelang.values.working_days import WorkingDays
from rulelang.vocabulary.checks import FieldChecks
from rulelang.vocabulary.declarations import Changeable, Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.functions import Function
from rulelang.vocabulary.types import Member, Type


def _is_of_program(kind: type) -> bool:
    return attrs.has(kind) and kind.__module__ == program.__name__ and kind is not Model


_TYPES: tuple[type, ...] = get_args(Type)
_PROGRAM = tuple(each for each in vars(program).values() if isinstance(each, type) and _is_of_program(each))
_DECLARED = (Field, Changeable, FieldChecks, Outcome, Threshold, ReferenceList, Member, Duration, Source, WorkingDays)
_NODES: Mapping[str, type] = {each.__name__: each for each in (*get_args(Expression), *_TYPES, *_PROGRAM, *_DECLARED)}
_PLACES = ("span", "base")
FUNCTIONS, FILES, TYPES = "functions", "files", "types"


def to_data(model: Model) -> dict[str, Any]:
    """The model as data: one key per part of the model, and the tables of files and types."""
    writer = _Writer()
    parts = {
        each.name: writer.value(getattr(model, each.name)) for each in attrs.fields(Model) if each.name != FUNCTIONS
    }
    called = [{"name": each.name, "plugin": each.plugin, "version": each.version} for each in model.functions.values()]
    return {FUNCTIONS: called, FILES: list(writer.files), TYPES: writer.types, **parts}


def from_data(data: Mapping[str, Any], functions: Mapping[str, Function]) -> Model:
    """The model of such data, with the functions it calls.

    Raises KeyError, TypeError, ValueError, ArithmeticError, AttributeError or IndexError for data of another shape.
    """
    reader = _Reader(data[FILES])
    for each in data[TYPES]:
        reader.types.append(reader.node(each))
    names = [each.name for each in attrs.fields(Model) if each.name != FUNCTIONS]
    parts = {name: reader.value(data[name]) for name in names if name in data}
    return Model(**parts, functions=functions)


@frozen
class _Writer:
    """Turns values into data; ``files`` and ``types`` are the tables it fills."""

    files: dict[str, int] = field(factory=dict)
    types: list[dict[str, Any]] = field(factory=list)
    _numbers: dict[Any, int] = field(factory=dict)

    def value(self, value: Any) -> Any:
        match value:
            case None | bool() | int():
                return value
            case str():
                return str(value)
            case Decimal():
                return {"number": str(value)}
            case datetime():
                return {"moment": value.isoformat()}
            case Moment():
                return {"as of": value.moment.isoformat()}
            case date():
                return {"date": value.isoformat()}
            case tuple():
                return [self.value(each) for each in value]
            case frozenset():
                return {"set": sorted(value)}
            case Mapping():
                return {"by name": {name: self.value(each) for name, each in value.items()}}
        return self.node(value)

    def node(self, value: Any) -> dict[str, Any]:
        """A node with what differs from its defaults."""
        kind = type(value).__name__
        assert _NODES.get(kind) is type(value), f"{kind} has no form in a rulepack"
        data: dict[str, Any] = {"is": kind}
        for name, default in _attributes(kind):
            part = getattr(value, name)
            if type(part) is type(default) and part == default and name not in _PLACES:
                continue
            if name in _PLACES:
                if part is not None:
                    data[name] = self.place(part)
            elif name == "type":
                data[name] = self.type(part)
            else:
                data[name] = self.value(part)
        return data

    def place(self, span: Span) -> list[int]:
        number = self.files.setdefault(span.file, len(self.files))
        return [number, span.start, span.end, span.line, span.column]

    def type(self, type_: Type) -> int:
        """The number of a type in the table; types inside it are written out."""
        number = self._numbers.get(type_)
        if number is None:
            number = self._numbers[type_] = len(self.types)
            self.types.append(self.node(type_))
        return number


@frozen
class _Reader:
    """Turns data into values."""

    files: list[str]
    types: list[Any] = field(factory=list)

    def value(self, data: Any) -> Any:
        kind = data.__class__
        if kind is list:
            return tuple([self.value(each) for each in data])
        if kind is not dict:
            return data
        if "is" in data:
            return self.node(data)
        ((form, inner),) = data.items()
        match form:
            case "number":
                return Decimal(inner)
            case "moment":
                return datetime.fromisoformat(inner)
            case "as of":
                return Moment.of(datetime.fromisoformat(inner))
            case "date":
                return date.fromisoformat(inner)
            case "set":
                return frozenset(inner)
            case "by name":
                return {name: self.value(each) for name, each in inner.items()}
        raise ValueError(f"{form} is no value")

    def node(self, data: Mapping[str, Any]) -> Any:
        parts: dict[str, Any] = {}
        for name, part in data.items():
            if name in _PLACES:
                parts[name] = Span(self.files[part[0]], *part[1:])
            elif name == "type":
                parts[name] = self.types[part]
            elif name != "is":
                parts[name] = self.value(part)
        return _NODES[data["is"]](**parts)


@cache
def _attributes(kind: str) -> list[tuple[str, Any]]:
    """What a node is made from, each with its default (attrs.NOTHING where it has none)."""
    return [(each.name, _default(each)) for each in attrs.fields(_NODES[kind]) if each.init]


def _default(attribute: attrs.Attribute[Any]) -> Any:
    factory = getattr(attribute.default, "factory", None)
    return attribute.default if factory is None else factory()
