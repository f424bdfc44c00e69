"""Last run's answers: ``previous grade`` reads like a field that the customer brings along.

The field is called ``previous grade`` (上次的等级) and has the outcome's type; it is missing for a customer who
was not in the last run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from rulelang.meaning.vocabulary import Symbol, Vocabulary
from rulelang.meaning.walk import HOLE, descend, distinct, sentences
from rulelang.memory import NO_MEMORY, Memory
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.parse import parse_expression
from rulelang.vocabulary.declarations import Field, Outcome


def previous_name(outcome: str) -> str:
    """The name of the field that holds last run's answer for an outcome."""
    return f"previous {outcome}"


def is_previous(field: Field) -> bool:
    """Whether a field stands for last run's answer."""
    return field.inferred and field.name.startswith(previous_name(""))


def _spellings(outcome: Outcome) -> tuple[str, ...]:
    """How last run's answer is called, in both languages and by the outcome's name or label."""
    names = [each for each in (outcome.name, outcome.label) if each]
    return tuple(f"{word}{each}" for word in ("previous ", "上次的") for each in names)


def _is_declared(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a name is something that the author declared, not a mere column of the data."""
    symbol = vocabulary.symbols.get(name)
    return symbol is not None and not (symbol.kind == "field" and vocabulary.fields[symbol.key].inferred)


def _shown(statement: s.Statement, vocabulary: Vocabulary) -> Iterator[t.Expression]:
    """What the reasons of a rule show between braces."""
    for sentence in sentences(statement):
        for branch in sentence.branches:
            for text in () if branch.reason is None else (branch.reason.text, branch.reason.other or ""):
                for match in HOLE.finditer(text):
                    shown = parse_expression(match.group(1).strip(), vocabulary.spellings())
                    if shown is not None:
                        yield shown


def with_previous(statements: Iterable[s.Statement], vocabulary: Vocabulary, memory: Memory = NO_MEMORY) -> Vocabulary:
    """The vocabulary with a field for each outcome whose last answer some sentence reads."""
    spelled = {each: outcome for outcome in vocabulary.outcomes.values() for each in _spellings(outcome)}

    def read(statement: s.Statement) -> tuple[Outcome, ...]:
        return tuple(_read(statement, vocabulary, spelled))

    found = memory.each("previous", read, statements, vocabulary)
    outcomes = tuple({outcome.name: outcome for each in found for outcome in each}.values())
    return memory.whole("with previous", lambda: _with(outcomes, vocabulary), vocabulary, *outcomes)


def _read(statement: s.Statement, vocabulary: Vocabulary, spelled: Mapping[str, Outcome]) -> Iterator[Outcome]:
    """The outcomes whose last answer a statement reads."""
    for node in (*distinct(statement), *(each for shown in _shown(statement, vocabulary) for each in descend(shown))):
        outcome = None
        if isinstance(node, t.Previous):
            outcome = vocabulary.outcome(node.name.text)
        elif isinstance(node, t.Name) and not _is_declared(node.text, vocabulary):
            # Where the data has a column of that name, it is read as one name.
            outcome = spelled.get(node.text)
        if outcome is not None:
            yield outcome


def _with(outcomes: Iterable[Outcome], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with a field for the last answer of each outcome."""
    fields: dict[str, Field] = {}
    symbols = dict(vocabulary.symbols)
    for outcome in outcomes:
        name = previous_name(outcome.name)
        label = None if outcome.label is None else f"上次的{outcome.label}"
        fields[name] = Field(name, outcome.type, label, inferred=True)
        symbols.update(dict.fromkeys((name, *_spellings(outcome)), Symbol("field", name)))
    return evolve(vocabulary, fields={**vocabulary.fields, **fields}, symbols=symbols)
