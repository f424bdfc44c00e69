"""What was inferred from use, with the declaration that says the same."""

from __future__ import annotations

from collections.abc import Iterable

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.meaning.vocabulary import Vocabulary, type_word
from rulelang.meaning.walk import distinct
from rulelang.memory import NO_MEMORY, Memory
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.words import load_words
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Money, Type


def inferred_notes(
    vocabulary: Vocabulary, statements: Iterable[s.Statement], memory: Memory = NO_MEMORY
) -> tuple[Diagnostic, ...]:
    """``inferred`` and ``inferred-outcome``, each with how its declaration would read."""
    inferred = any(each.inferred and each.span is not None for each in vocabulary.fields.values())
    future = {name for each in memory.each("future", _in_the_future, statements) for name in each} if inferred else ()
    outcomes: tuple[Outcome, ...] = (*vocabulary.outcomes.values(), *vocabulary.record_outcomes.values())
    fields = (
        Diagnostic("inferred", each.span, {**_facts(each), **_declarations(each, each.name in future)})
        for each in vocabulary.fields.values()
        if each.inferred and each.span is not None
    )
    return (
        *fields,
        *(
            Diagnostic("inferred-outcome", each.span, {**_facts(each), **_spelled("declared", each.part or each.name)})
            for each in outcomes
            if each.inferred and each.span is not None
        ),
    )


def _facts(each: Field | Outcome) -> dict[str, str]:
    return {"name": each.name, "type": type_word(each.type)}


def _spelled(fact: str, name: str) -> dict[str, str]:
    """A name as it is written where it is declared, in each language: in brackets where it needs them."""
    words = load_words()
    return {fact: Speller.of(words, "en").name(name), f"{fact}_zh": Speller.of(words, "zh").name(name)}


def _declarations(field: Field, future: bool) -> dict[str, str]:
    """The declaration of a field in each language."""
    words = load_words()
    declared = {}
    for language, fact, colon, comma in (("en", "declared", ": ", ", "), ("zh", "declared_zh", "：", "，")):
        speller = Speller.of(words, language)
        written = _type(field.type, speller)
        if future and isinstance(field.type, Date | DateTime):
            written += comma + words.canonical[language]["MAY_BE_FUTURE"]
        gap = " " if language == "en" else ""
        declared[fact] = f"{words.canonical[language]['FIELD']}{gap}{speller.name(field.name)}{colon}{written}"
    return declared


def _type(type_: Type, speller: Speller) -> str:
    """A type as a declaration writes it."""
    patterns = speller.patterns
    match type_:
        case Money(currency=currency) if currency:
            return speller.fill("type_money_in", patterns.get(f"currency_{currency}", currency))
        case Choice():
            members = [speller.name(each.key) for each in type_.members]
            if type_.ordered:
                return patterns["ordered_comma"].join(members)
            return speller.fill("type_one_of", speller.names(members))
        case ListOf():
            parts = [f"{speller.name(name)}{patterns['colon']}{_type(each, speller)}" for name, _, each in type_.fields]
            return speller.fill("type_list_unnamed", "", patterns["comma"].join(parts))
        case Length(unit=unit):
            return patterns[f"type_duration_{unit}"]
    kinds = {"whole number": "whole", "yes or no": "yesno", "date and time": "datetime"}
    word = type_word(type_)
    return patterns[f"type_{kinds.get(word, word)}"]


def _in_the_future(statement: s.Statement) -> tuple[str, ...]:
    """The names that a statement looks for in the time to come."""
    nodes = distinct(statement)
    return tuple(
        node.value.text
        for node in nodes
        if isinstance(node, t.Within) and node.direction == "next" and isinstance(node.value, t.Name)
    )
