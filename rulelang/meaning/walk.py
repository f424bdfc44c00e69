"""Walks syntax: the expressions inside an expression, and all expressions of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from rulelang.syntax import statements as s
from rulelang.syntax import tree as t

# What stands between braces in a reason.
HOLE = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")


def children(node: t.Expression) -> Iterator[t.Expression]:
    """The expressions directly inside an expression, in the order written."""
    for name in _attributes(type(node)):
        value = getattr(node, name)
        if isinstance(value, tuple):
            yield from value
        elif attrs.has(type(value)):
            yield value


def descend(node: t.Expression) -> Iterator[t.Expression]:
    """An expression and everything inside it."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if _attributes(type(current)):
            pending.extend(reversed(list(children(current))))


def _attributes(kind: type) -> tuple[str, ...]:
    """The attributes of a kind of node that may hold expressions."""
    found = _KNOWN.get(kind)
    if found is None:
        fields = attrs.fields(kind)
        found = tuple(each.name for each in fields if each.name != "span" and each.type not in _PLAIN)
        _KNOWN[kind] = found
    return found


_KNOWN: dict[type, tuple[str, ...]] = {}
_PLAIN = ("str", "str | None", "bool", "int", "date", "int | Decimal")


def sentences(statement: s.Statement) -> tuple[s.Sentence, ...]:
    """The sentences of a rule; none for other statements."""
    return statement.sentences if isinstance(statement, s.RuleStatement) else ()


def distinct(statement: s.Statement) -> Iterator[t.Expression]:
    """Every expression inside a statement, each once: rows of a large table have conditions in common."""
    seen: set[int] = set()
    for outermost in expressions(statement):
        for each in outermost.items if isinstance(outermost, t.Connected) else (outermost,):
            if id(each) not in seen:
                seen.add(id(each))
                yield from descend(each)


def expressions(statement: s.Statement) -> Iterator[t.Expression]:
    """The outermost expressions of a statement that are evaluated for a customer."""
    if isinstance(statement, s.LetStatement):
        yield statement.value
    elif isinstance(statement, s.DefineStatement | s.RequireStatement):
        yield statement.condition
    for sentence in sentences(statement):
        for branch in sentence.branches:
            if branch.condition is not None:
                yield branch.condition
            for action in branch.actions:
                yield action.value
                yield from (each for each in (action.at_least, action.at_most) if each is not None)
