"""Declarations that several files of a ruleset make alike: each file may name what it uses, only clashes are errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
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
    """The statements without declarations that another file has made alike; within one file none may be repeated.

    Alike means the same but for the note, and a label that only one of them has; the one with more words stays.
    """
    kept: list[s.Statement] = []
    alike: dict[object, list[int]] = {}
    for statement in statements:
        if not isinstance(statement, _DECLARATIONS):
            kept.append(statement)
            continue
        places = alike.setdefault(_without_names(statement), [])
        twin = next((each for each in places if _same_thing(kept[each], statement)), None)
        if twin is None:
            places.append(len(kept))
            kept.append(statement)
        elif _words(statement) > _words(kept[twin]):
            kept[twin] = statement
    return kept


def _without_names(statement: Any) -> object:
    """What a declaration says, whatever it is called and whatever its note."""
    nameless = t.Name("") if isinstance(statement.name, t.Name) else ""
    facts: dict[str, Any] = {"name": nameless, "label": None}
    return canonical(evolve(statement, **(facts | {"note": None} if hasattr(statement, "note") else facts)))


def _same_thing(one: Any, other: Any) -> bool:
    """Whether two declarations of two files are of one thing."""
    names, others = _names(one), _names(other)
    return one.span.file != other.span.file and (names <= others or others <= names)


def _names(statement: Any) -> set[str]:
    name = statement.name.text if isinstance(statement.name, t.Name) else statement.name
    return {name} if statement.label is None else {name, statement.label}


def _words(statement: Any) -> tuple[bool, bool]:
    return statement.label is not None, getattr(statement, "note", None) is not None
