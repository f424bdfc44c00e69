"""When two statements say the same, however they are laid out; and a statement with other names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.members import yes_or_no


def canonical(node: object) -> object:
    """A form in which two statements compare equal when they differ only in brackets, or in which of two texts, or of a
    name and its label, stands first; a member called yes or no reads as a yes or a no."""
    if isinstance(node, t.Grouped):
        return canonical(node.operand)
    if isinstance(node, t.YesNo):
        return ("yes or no", node.value)
    if isinstance(node, t.Name) and (said := yes_or_no(node.text)) is not None:
        return ("yes or no", said)
    if isinstance(node, t.TextLiteral) and node.other is not None:
        return ("texts", frozenset((node.text, node.other)))
    if isinstance(node, tuple):
        return tuple(canonical(each) for each in node)
    type_: Any = type(node)
    if not attrs.has(type_):
        return node
    values = {each.name: getattr(node, each.name) for each in attrs.fields(type_) if each.eq}
    pair: object = None
    if values.get("label") is not None:
        name = values["name"]
        pair = frozenset((name.text if isinstance(name, t.Name) else name, values["label"]))
        values["name"] = values["label"] = ""
    return (type_.__name__, pair, *(canonical(each) for each in values.values()))


def renamed(statement: s.Statement, rename: Callable[[str], str]) -> s.Statement:
    """The statement with every name that refers to something as ``rename`` says; the name it declares stays."""
    if rename is str:
        return statement
    result: Any = _map(statement, lambda name: t.Name(rename(name.text), span=name.span), _OF_FILES)
    if isinstance(statement, s.ThresholdStatement | s.ListStatement | s.LetStatement | s.DefineStatement):
        result = attrs.evolve(result, name=statement.name)
    renamed_statement: s.Statement = result
    return renamed_statement


# Names that a file has and the reader's language can't change: the column of a reference table.
_OF_FILES: dict[type, str] = {t.Lookup: "column"}


def renamed_expression(expression: t.Expression, rename: Callable[[str], str]) -> t.Expression:
    """The expression with every name as ``rename`` says."""
    result: t.Expression = _map(expression, lambda name: t.Name(rename(name.text), span=name.span))
    return result


def _map(node: Any, change: Callable[[t.Name], t.Name], kept: Mapping[type, str] | None = None) -> Any:
    if isinstance(node, t.Name):
        return change(node)
    if isinstance(node, tuple):
        return tuple(_map(each, change, kept) for each in node)
    type_ = type(node)
    if attrs.has(type_) and type_.__module__.startswith("rulelang.syntax"):
        held = None if kept is None else kept.get(type_)
        fields = [each.name for each in attrs.fields(type_) if each.name not in ("span", held)]
        changed = {name: _map(getattr(node, name), change, kept) for name in fields}
        plain = _NAMED_BY_TEXT.get(type_)
        if plain is not None and changed[plain] is not None:
            changed[plain] = change(t.Name(changed[plain])).text
        return attrs.evolve(node, **changed)
    return node


# Where a name that refers to something is kept as plain text.
_NAMED_BY_TEXT: dict[type, str] = {s.TypeSyntax: "name", s.OutcomeStatement: "element"}


def names_in(statement: s.Statement) -> frozenset[str]:
    """The names a statement refers to."""
    found: set[str] = set()

    def remember(name: t.Name) -> t.Name:
        found.add(name.text)
        return name

    _map(statement, remember)
    return frozenset(found)
