"""Last run's answers: ``previous grade`` reads like a field that the customer brings along.

The field is called ``previous grade`` (上次的等级) and has the outcome's type; it is missing for a customer who
was not in the last run.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from rulelang.meaning.vocabulary import Symbol, Vocabulary
from rulelang.meaning.walk import descend, expressions
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.vocabulary.declarations import Field


def previous_name(outcome: str) -> str:
    """The name of the field that holds last run's answer for an outcome."""
    return f"previous {outcome}"


def with_previous(statements: Iterable[s.Statement], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with a field for each outcome whose last answer some sentence reads."""
    fields: dict[str, Field] = {}
    for statement in statements:
        for outermost in expressions(statement):
            for node in descend(outermost):
                if not isinstance(node, t.Previous):
                    continue
                outcome = vocabulary.outcome(node.name.text)
                if outcome is not None:
                    name = previous_name(outcome.name)
                    label = None if outcome.label is None else f"上次的{outcome.label}"
                    fields[name] = Field(name, outcome.type, label, inferred=True)
    symbols = dict(vocabulary.symbols)
    for name, field in fields.items():
        symbols[name] = Symbol("field", name)
        if field.label is not None:
            symbols.setdefault(field.label, Symbol("field", name))
    return evolve(vocabulary, fields={**vocabulary.fields, **fields}, symbols=symbols)
