"""Conditions in the reader's language: read again as syntax and printed with that language's words and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from rulelang.model.contents import expressions
from rulelang.model.expressions import Named
from rulelang.model.program import MEASURE, Model
from rulelang.model.walking import distinct, parts
from rulelang.syntax.words import CJK
from rulelang.vocabulary.types import Choice, ListOf, Type

Spell = Callable[[str], str]


def translator(model: Model, lang: str) -> Spell:
    """Puts the text of a condition into a language; a text that is in it already, or can't be read, stays as it is."""
    pairs = dict(_let_labels(model)) | dict(labelled(model))
    names = [spelling for pair in pairs.items() for spelling in pair]
    names += [spelling for each in model.functions.values() for spelling in each.spellings]
    names += [each for each in model.fields if not each.startswith(MEASURE)]
    names += [*model.outcomes, *model.thresholds, *model.lists]
    names += [each.part for each in model.record_outcomes.values()]
    return speaker(pairs, names, lang)


def speaker(pairs: Mapping[str, str], names: Iterable[str], lang: str) -> Spell:
    """The same where ``pairs`` are Latin names with their labels, and ``names`` all that may stand in a text."""
    wanted = pairs if lang == "zh" else {label: name for name, label in pairs.items()}
    names = tuple(names)

    @lru_cache(10_000)  # the conditions of rules are told again and again
    def spell(text: str) -> str:
        if bool(CJK.search(text)) == (lang == "zh"):
            return text
        # Parsing is imported where something is to be parsed: deciding goes without.
        from rulelang.syntax.parse import parse_expression
        from rulelang.syntax.printing.expressions import print_one
        from rulelang.syntax.printing.speller import Speller
        from rulelang.syntax.words import load_words

        expression = parse_expression(text, names)
        if expression is None:
            return text
        return print_one(expression, Speller.of(load_words(), lang, lambda name: wanted.get(name, name)))

    return spell


def labelled(model: Model) -> Iterator[tuple[str, str]]:
    """The Latin name and the label of everything that has both."""
    for field in model.fields.values():
        if field.name.startswith(MEASURE):
            continue
        yield from _pair(field.name, field.label)
        yield from _members(field.type)
    for outcome in (*model.outcomes.values(), *model.record_outcomes.values()):
        yield from _pair(outcome.part or outcome.name, outcome.label)
        yield from _members(outcome.type)
    for threshold in model.thresholds.values():
        yield from _pair(threshold.name, threshold.label)
    for reference in model.lists.values():
        yield from _pair(reference.name, reference.label)
    for function in model.functions.values():
        yield from _pair(function.name, function.label)


def _let_labels(model: Model) -> Iterator[tuple[str, str]]:
    """The same of the values that ``let`` names and rules read."""
    for outermost in distinct(expressions(model)):
        for each in parts(outermost):
            if isinstance(each, Named):
                yield from _pair(each.name, each.label)


def _pair(name: str, label: str | None) -> Iterator[tuple[str, str]]:
    if label:
        yield name, label


def _members(type_: Type) -> Iterator[tuple[str, str]]:
    if isinstance(type_, Choice):
        yield from ((member.key, member.label) for member in type_.members if member.label)
    elif isinstance(type_, ListOf):
        for name, label, inner in type_.fields:
            if label:
                yield name, label
            yield from _members(inner)
