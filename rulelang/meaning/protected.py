"""Attributes by which people must not be treated differently (gender, religion …), where they drive a decision.

A field, a part of a record, or a list with such a name that a condition or an assigned value reads is pointed out, and
so is what commonly stands in for one (native place for ethnicity). Where there is a lawful ground, the field's note
says so: ``"Lawful ground: pension age by law" ("依法：法定退休年龄")``; then nothing is reported.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from attrs import field, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model import expressions as m
from rulelang.model.program import Branch, Model
from rulelang.model.walking import distinct, parts
from rulelang.vocabulary.types import Choice, ListOf, Type

LAWFUL = ("lawful ground", "依法")


@frozen
class Attribute:
    """A protected attribute: its name in both languages, the words that name it, and those that stand in for it;
    ``values`` that tell it where a choice has two of them.
    """

    en: str
    zh: str
    words: tuple[str, ...]
    proxies: tuple[str, ...]
    values: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def attributes() -> tuple[Attribute, ...]:
    """The protected attributes known."""
    facts = tomllib.loads(Path(__file__).with_name("protected.toml").read_text("utf-8"))
    return tuple(
        Attribute(
            each["en"],
            each["zh"],
            tuple(each["words"]),
            tuple(each["proxies"]),
            frozenset(each.get("values", ())),
        )
        for each in facts.values()
    )


def protected(model: Model, sources: Mapping[str, Source], memory: Memory = NO_MEMORY) -> tuple[Diagnostic, ...]:
    """Warnings about what drives a decision of these files and should not; each field, part and list once."""
    found: dict[tuple[str, str], Diagnostic] = {}
    judged: set[_Named] = set()

    seen: set[_Key] = set()

    def judge(speaking: Mapping[_Key, m.Expression], place: Span | None) -> None:
        for key, part in speaking.items():
            if key in seen:  # rules read the same few fields again and again
                continue
            seen.add(key)
            for named in _named(model, measures, part):
                if named not in judged:
                    judged.add(named)
                    for diagnostic in _judged(named, place):
                        found.setdefault((diagnostic.code, named.name), diagnostic)

    measures = frozenset(each.name for each in model.measures)  # what they rest on is judged by itself
    branches = [(rule, branch) for rule in model.rules for branch in rule.branches]
    known: dict[int, Mapping[_Key, m.Expression]] = {}
    spoken = memory.each("speaking", lambda branch: _of_branch(branch, known), (branch for _, branch in branches))
    for (rule, branch), speaking in zip(branches, spoken, strict=True):
        if seen.issuperset(speaking):
            continue
        place = branch.span or rule.span
        if place is not None and place.file in sources:
            judge(speaking, place)
    for measure in model.measures:
        for part in (measure.value, measure.group):
            if part is not None:
                judge(_speaking(part), measure.span)
    return tuple(found.values())


_Key = tuple[object, ...]


@frozen
class _Named:
    """Something read that has a name: the name shown, its spellings, notes and values, where it is read."""

    name: str
    spellings: tuple[str, ...]
    notes: tuple[str, ...]
    values: tuple[frozenset[str], ...]
    span: Span | None = field(eq=False)


def _of_branch(branch: Branch, known: dict[int, Mapping[_Key, m.Expression]]) -> Mapping[_Key, m.Expression]:
    """What a branch reads that has a name; ``known`` by the identity of conditions, which rows of a table share."""
    found: dict[_Key, m.Expression] = {}
    for expression in distinct((branch.condition, *(each.value for each in branch.assignments))):
        if id(expression) not in known:
            known[id(expression)] = _speaking(expression)
        for key, part in known[id(expression)].items():
            found.setdefault(key, part)
    return found


def _speaking(expression: m.Expression) -> Mapping[_Key, m.Expression]:
    """The parts of an expression that read something with a name, the first of each."""
    found: dict[_Key, m.Expression] = {}
    for part in parts(expression):
        match part:
            case m.FieldRef(name=name):
                found.setdefault((m.FieldRef, name), part)
            case m.ElementRef(list=name, name=inner):
                found.setdefault((m.ElementRef, name, inner), part)
            case m.InList(list=name):
                found.setdefault((m.InList, name), part)
            case m.Lookup(table=name, column=column):
                found.setdefault((m.Lookup, name, column), part)
    return found


def _named(model: Model, measures: frozenset[str], part: m.Expression) -> Iterator[_Named]:
    """What a part reads that has a name: the name shown, its spellings, its notes, its place."""
    match part:
        case m.FieldRef(name=name) if name in model.fields and name not in measures:
            known = model.fields[name]
            notes = _texts(known.note, known.note_label)
            yield _Named(name, _texts(name, known.label), notes, _values(known.type), part.span)
        case m.ElementRef(list=name, name=inner) if name in model.fields:
            known = model.fields[name]
            of = known.type.fields if isinstance(known.type, ListOf) else ()
            label, type_ = next(((label, type_) for key, label, type_ in of if key == inner), (None, None))
            notes = _texts(known.note, known.note_label)
            yield _Named(inner, _texts(inner, label), notes, _values(type_), part.span)
        case m.InList(list=name) | m.Lookup(table=name) if name in model.lists:
            reference = model.lists[name]
            column = (reference.columns[part.column],) if isinstance(part, m.Lookup) else (reference.column,)
            yield _Named(name, _texts(name, reference.label, *column), (), (), part.span)


def _texts(*texts: str | None) -> tuple[str, ...]:
    return tuple(each for each in texts if each)


def _values(type_: Type | None) -> tuple[frozenset[str], ...]:
    """The values of a choice, each as it is written in either language."""
    members = type_.members if isinstance(type_, Choice) else ()
    return tuple(frozenset(spelling.lower() for spelling in each.spellings()) for each in members)


def _judged(named: _Named, place: Span | None) -> Iterator[Diagnostic]:
    if any(each.lower().startswith(LAWFUL) for each in named.notes):
        return
    for attribute in attributes():
        facts = {"name": named.name, "attribute": attribute.en, "attribute_zh": attribute.zh}
        told = any(says(each, word) for each in named.spellings for word in attribute.words)
        telling = sum(not attribute.values.isdisjoint(each) for each in named.values)
        if told or (telling > 1 and 2 * telling >= len(named.values)):  # MR and MS are countries, too
            yield Diagnostic("protected-attribute", named.span or place, facts)
        elif any(says(each, word) for each in named.spellings for word in attribute.proxies):
            yield Diagnostic("protected-proxy", named.span or place, facts)


def says(spelling: str, word: str) -> bool:
    """Whether a name has a word in it: as whole parts of an English name, anywhere in a Chinese one."""
    if not word.isascii():
        return word in spelling
    separate = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", spelling)
    return f" {word} " in f" {' '.join(re.findall(r'[a-z0-9]+', separate.lower()))} "
