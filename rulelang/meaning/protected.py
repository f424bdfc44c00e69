"""Attributes by which people must not be treated differently (gender, religion …), where they drive a decision.

A field, a part of a record, or a list with such a name that a condition or an assigned value reads is pointed out, and
so is what commonly stands in for one (native place for ethnicity). Where there is a lawful ground, the field's note
says so: ``"Lawful ground: pension age by law" ("依法：法定退休年龄")``; then nothing is reported.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model import expressions as m
from rulelang.model.program import Branch, Model
from rulelang.model.walking import parts
from rulelang.vocabulary.types import ListOf

LAWFUL = ("lawful ground", "依法")


@frozen
class Attribute:
    """A protected attribute: its name in both languages, the words that name it, and those that stand in for it."""

    en: str
    zh: str
    words: tuple[str, ...]
    proxies: tuple[str, ...]


@lru_cache(maxsize=1)
def attributes() -> tuple[Attribute, ...]:
    """The protected attributes known."""
    facts = tomllib.loads(Path(__file__).with_name("protected.toml").read_text("utf-8"))
    return tuple(
        Attribute(each["en"], each["zh"], tuple(each["words"]), tuple(each["proxies"])) for each in facts.values()
    )


def protected(model: Model, sources: Mapping[str, Source], memory: Memory = NO_MEMORY) -> tuple[Diagnostic, ...]:
    """Warnings about what drives a decision of these files and should not; each field, part and list once."""
    found: dict[tuple[str, str], Diagnostic] = {}
    judged: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()

    seen: set[_Key] = set()

    def judge(speaking: Mapping[_Key, m.Expression], place: Span | None) -> None:
        for key, part in speaking.items():
            if key in seen:  # rules read the same few fields again and again
                continue
            seen.add(key)
            for name, spellings, notes, span in _named(model, measures, part):
                if (name, spellings, notes) not in judged:
                    judged.add((name, spellings, notes))
                    for diagnostic in _judged(name, spellings, notes, span or place):
                        found.setdefault((diagnostic.code, name), diagnostic)

    measures = frozenset(each.name for each in model.measures)  # what they rest on is judged by itself
    branches = [(rule, branch) for rule in model.rules for branch in rule.branches]
    spoken = memory.each("speaking", _of_branch, (branch for _, branch in branches))
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


_Named = tuple[str, tuple[str, ...], tuple[str, ...], Span | None]
_Key = tuple[object, ...]


def _of_branch(branch: Branch) -> Mapping[_Key, m.Expression]:
    """What a branch reads that has a name."""
    found: dict[_Key, m.Expression] = {}
    for expression in (branch.condition, *(each.value for each in branch.assignments)):
        for key, part in _speaking(expression).items():
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
            field = model.fields[name]
            yield name, _texts(name, field.label), _texts(field.note, field.note_label), part.span
        case m.ElementRef(list=name, name=inner) if name in model.fields:
            field = model.fields[name]
            of = field.type.fields if isinstance(field.type, ListOf) else ()
            label = next((label for key, label, _ in of if key == inner), None)
            yield inner, _texts(inner, label), _texts(field.note, field.note_label), part.span
        case m.InList(list=name) | m.Lookup(table=name) if name in model.lists:
            reference = model.lists[name]
            column = (reference.columns[part.column],) if isinstance(part, m.Lookup) else (reference.column,)
            yield name, _texts(name, reference.label, *column), (), part.span


def _texts(*texts: str | None) -> tuple[str, ...]:
    return tuple(each for each in texts if each)


def _judged(name: str, spellings: Iterable[str], notes: Iterable[str], place: Span | None) -> Iterator[Diagnostic]:
    if any(each.lower().startswith(LAWFUL) for each in notes):
        return
    written = tuple(spellings)
    for attribute in attributes():
        facts = {"name": name, "attribute": attribute.en, "attribute_zh": attribute.zh}
        if any(says(each, word) for each in written for word in attribute.words):
            yield Diagnostic("protected-attribute", place, facts)
        elif any(says(each, word) for each in written for word in attribute.proxies):
            yield Diagnostic("protected-proxy", place, facts)


def says(spelling: str, word: str) -> bool:
    """Whether a name has a word in it: as whole parts of an English name, anywhere in a Chinese one."""
    if not word.isascii():
        return word in spelling
    separate = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", spelling)
    return f" {word} " in f" {' '.join(re.findall(r'[a-z0-9]+', separate.lower()))} "
