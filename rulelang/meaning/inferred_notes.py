"""What was inferred from use, with the declaration that says the same."""

from __future__ import annotations

from collections.abc import Iterable

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.meaning.vocabulary import Vocabulary, type_word
from rulelang.meaning.walk import descend, expressions
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.words import load_words
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Date, DateTime, Length, Money


def inferred_notes(vocabulary: Vocabulary, statements: Iterable[s.Statement]) -> tuple[Diagnostic, ...]:
    """``inferred`` and ``inferred-outcome``, each with how its declaration would read."""
    future = _in_the_future(statements)
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
    words, names = load_words(), _spelled("name", field.name)
    type_ = "duration" if isinstance(field.type, Length) else type_word(field.type)
    chinese = _in_chinese(field, type_)
    if future and isinstance(field.type, Date | DateTime):
        type_ += f", {words.canonical['en']['MAY_BE_FUTURE']}"
        chinese += f"，{words.canonical['zh']['MAY_BE_FUTURE']}"
    written = f"{words.canonical['en']['FIELD']} {names['name']}: {type_}"
    return {"declared": written, "declared_zh": f"{words.canonical['zh']['FIELD']}{names['name_zh']}：{chinese}"}


def _in_chinese(field: Field, type_: str) -> str:
    """A type as a Chinese declaration writes it."""
    patterns = load_words().patterns["zh"]
    if isinstance(field.type, Money):
        currency = patterns.get(f"currency_{field.type.currency}", field.type.currency)
        return patterns["type_money_in"].format(currency) if currency else patterns["type_money"]
    key = {"whole number": "whole", "yes or no": "yesno", "date and time": "datetime", "duration": "duration_days"}
    return patterns[f"type_{key.get(type_, type_)}"]


def _in_the_future(statements: Iterable[s.Statement]) -> set[str]:
    """The names that rules look for in the time to come."""
    found: set[str] = set()
    for statement in statements:
        for outermost in expressions(statement):
            for node in descend(outermost):
                if isinstance(node, t.Within) and node.direction == "next" and isinstance(node.value, t.Name):
                    found.add(node.value.text)
    return found
