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
from rulelang.model import expressions as m
from rulelang.model.program import Model
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


def protected(model: Model, sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """Warnings about what drives a decision of these files and should not; each field, part and list once."""
    found: dict[tuple[str, str], Diagnostic] = {}
    judged: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()

    def judge(expression: m.Expression, place: Span | None) -> None:
        for name, spellings, notes, span in _named(model, measures, expression):
            if (name, spellings, notes) not in judged:  # rules read the same few fields again and again
                judged.add((name, spellings, notes))
                for diagnostic in _judged(name, spellings, notes, span or place):
                    found.setdefault((diagnostic.code, name), diagnostic)

    measures = frozenset(each.name for each in model.measures)  # what they rest on is judged by itself
    for rule in model.rules:
        for branch in rule.branches:
            place = branch.span or rule.span
            if place is None or place.file not in sources:
                continue
            for expression in (branch.condition, *(each.value for each in branch.assignments)):
                judge(expression, place)
    for measure in model.measures:
        for part in (measure.value, measure.group):
            if part is not None:
                judge(part, measure.span)
    return tuple(found.values())


_Named = tuple[str, tuple[str, ...], tuple[str, ...], Span | None]


def _named(model: Model, measures: frozenset[str], expression: m.Expression) -> Iterator[_Named]:
    """What an expression reads that has a name: the name shown, its spellings, its notes, its place."""
    for part in parts(expression):
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
