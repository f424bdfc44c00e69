"""Last run's answers: ``previous grade`` reads like a field that the customer brings along.

The field is called ``previous grade`` (上次的等级) and has the outcome's type; it is missing for a customer who
was not in the last run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from rulelang.meaning.vocabulary import Symbol, Vocabulary
from rulelang.meaning.walk import HOLE, descend, expressions, sentences
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


def with_previous(statements: Iterable[s.Statement], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with a field for each outcome whose last answer some sentence reads."""
    spelled = {each: outcome for outcome in vocabulary.outcomes.values() for each in _spellings(outcome)}
    fields: dict[str, Field] = {}
    symbols = dict(vocabulary.symbols)
    for statement in statements:
        for outermost in (*expressions(statement), *_shown(statement, vocabulary)):
            for node in descend(outermost):
                outcome = None
                if isinstance(node, t.Previous):
                    outcome = vocabulary.outcome(node.name.text)
                elif isinstance(node, t.Name) and not _is_declared(node.text, vocabulary):
                    # Where the data has a column of that name, it is read as one name.
                    outcome = spelled.get(node.text)
                if outcome is not None:
                    name = previous_name(outcome.name)
                    label = None if outcome.label is None else f"上次的{outcome.label}"
                    fields[name] = Field(name, outcome.type, label, inferred=True)
                    symbols.update(dict.fromkeys((name, *_spellings(outcome)), Symbol("field", name)))
    return evolve(vocabulary, fields={**vocabulary.fields, **fields}, symbols=symbols)
