"""Declarations that several files of a ruleset make alike: each file may name what it uses, only clashes are errors."""

from __future__ import annotations

from collections.abc import Iterable

from rulelang.syntax import statements as s
from rulelang.syntax.printing.sameness import canonical

_DECLARATIONS = (
    s.ChoiceStatement,
    s.ThresholdStatement,
    s.FieldStatement,
    s.OutcomeStatement,
    s.ListStatement,
    s.LetStatement,
    s.DefineStatement,
)


def declared_once(statements: Iterable[s.Statement]) -> list[s.Statement]:
    """The statements without declarations that another file has made alike; within one file none may be repeated."""
    first: dict[object, str] = {}
    kept = []
    for statement in statements:
        file = statement.span.file
        declares = isinstance(statement, _DECLARATIONS)
        if not declares or first.setdefault(canonical(statement), file) == file:
            kept.append(statement)
    return kept
