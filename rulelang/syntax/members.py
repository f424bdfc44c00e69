"""Members of choices that are called yes or no: 有、无, 是、否, ``yes`` and ``no`` themselves.

Such a word is a yes or a no until it is known what it is held against: ``会员为无`` is a no, ``资产为无`` the member 无
where the assets are declared to be one of 有、无. Printing has to know, because only members have names of their own in
the other language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
from attrs import frozen

from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.words import load_words


@frozen
class Spellings:
    """What a word for yes or no is, held against a field or an outcome: of the ``choices`` those with the members that
    are called so; the others that are ``plain`` yes or no."""

    choices: Mapping[str, frozenset[str]]
    plain: frozenset[str]


def yes_or_no(word: str) -> bool | None:
    """What a word for yes or no says, in any language; None for any other word."""
    tables = load_words().all_phrases.values()
    for value, terminal in ((True, "YES"), (False, "NO")):
        if any(word.lower() == each for table in tables for each in table.get(terminal, ())):
            return value
    return None


def called_yes_or_no(statements: Iterable[s.Statement]) -> Spellings:
    """Which fields and outcomes have members that are called yes or no, and which are a yes or a no themselves.

    A name that several things have, of which one is something else, is neither.
    """
    statements = tuple(statements)
    plain: dict[str, bool] = {}
    for name, type_ in _types(statements):
        plain[name] = plain.get(name, True) and type_.kind == "yesno"
    words = {
        name: frozenset(each for each in spellings if yes_or_no(each) is not None)
        for name, spellings in member_spellings(statements).items()
    }
    choices = {name: said for name, said in words.items() if said}
    return Spellings(choices, frozenset(name for name, said in plain.items() if said))


def member_spellings(statements: Iterable[s.Statement]) -> Mapping[str, frozenset[str]]:
    """For every name of a field or an outcome what the values of its choice are called; of several things that have
    the name, what they have in common."""
    statements = tuple(statements)
    choices = {
        spelling: _spellings(each.members)
        for each in statements
        if isinstance(each, s.ChoiceStatement)
        for spelling in (each.name, each.label)
        if spelling is not None
    }
    found: dict[str, frozenset[str]] = {}
    for name, type_ in _types(statements):
        members = choices.get(type_.name or "", frozenset()) if type_.kind == "named" else _spellings(type_.members)
        found[name] = found.get(name, members) & members
    return found


def _spellings(members: Iterable[s.Member]) -> frozenset[str]:
    return frozenset(each for one in members for each in (one.name, one.label) if each is not None)


def _types(statements: Iterable[s.Statement]) -> Iterator[tuple[str, s.TypeSyntax]]:
    """Every name and label of a field or an outcome, with its type."""
    for statement in statements:
        for name, label, type_ in _declared(statement):
            yield from ((each, type_) for each in (name, label) if each is not None)


def _declared(statement: s.Statement) -> list[tuple[str, str | None, s.TypeSyntax]]:
    if isinstance(statement, s.OutcomeStatement):
        return [(statement.name, statement.label, statement.type)]
    if isinstance(statement, s.FieldStatement):
        own = (statement.name, statement.label, statement.type)
        return [own, *((each.name, each.label, each.type) for each in statement.type.elements)]
    return []


def named(node: Any, spellings: Spellings) -> Any:
    """The tree with each yes or no that is held against such a choice as the name of its member, and no other so."""
    if not spellings.choices:
        return node
    if isinstance(node, tuple):
        return tuple(named(each, spellings) for each in node)
    if not attrs.has(type(node)) or not type(node).__module__.startswith("rulelang.syntax"):
        return node
    changed = {
        each.name: named(getattr(node, each.name), spellings)
        for each in attrs.fields(type(node))
        if each.init and each.name != "span"
    }
    node = attrs.evolve(node, **changed)
    match node:
        case t.Compare():
            left, right = member(node.left, node.right, spellings), member(node.right, node.left, spellings)
            return attrs.evolve(node, left=left, right=right)
        case t.OneOf():
            return attrs.evolve(node, options=tuple(member(each, node.value, spellings) for each in node.options))
        case s.Action() if node.target is not None:
            return attrs.evolve(node, value=member(node.value, node.target, spellings))
        case s.ExamplePair() if node.value is not None:
            return attrs.evolve(node, value=member(node.value, node.name, spellings))
        case s.OutcomeStatement():
            return attrs.evolve(node, attributes=tuple(_last_resort(each, node, spellings) for each in node.attributes))
    return node


def _last_resort(attribute: s.Attribute, outcome: s.OutcomeStatement, spellings: Spellings) -> s.Attribute:
    if attribute.kind != "last_resort":
        return attribute
    name = t.Name(outcome.name)
    return attrs.evolve(attribute, values=tuple(member(each, name, spellings) for each in attribute.values))


def member(value: Any, subject: t.Expression | None, spellings: Spellings) -> Any:
    """A value that is held against something, as the name of a member where it is one."""
    bare = value
    while isinstance(bare, t.Grouped):
        bare = bare.operand
    name = _name(subject)
    if isinstance(bare, t.YesNo) and bare.written in spellings.choices.get(name, ()):
        return t.Name(bare.written, span=bare.span)
    if isinstance(bare, t.Name) and name in spellings.plain and (said := yes_or_no(bare.text)) is not None:
        return t.YesNo(said, written=bare.text, span=bare.span)
    return value


def _name(subject: t.Expression | None) -> str:
    """The name of the field or outcome that a value is held against; empty where it has none."""
    match subject:
        case t.Name(text):
            return text
        case t.Owned(name) | t.Previous(name) | t.Path(_, name):
            return name.text
        case t.Pick():
            return subject.field.text
        case t.Aggregate() if subject.field is not None:
            return subject.field.text
        case t.Grouped():
            return _name(subject.operand)
    return ""


__all__ = ["Spellings", "called_yes_or_no", "member", "member_spellings", "named", "yes_or_no"]
