"""Declarations made anew: what they don't say of names in the other language stays as it was where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from rulelang.syntax import statements as s


def keep_labels(file: s.File, elsewhere: Iterable[s.Statement]) -> s.File:
    """The file; a field, outcome or choice declared ``elsewhere`` with a label and here without one has that label.

    Reasons of a base name fields in both languages; a field declared anew in one of them would take away the other.
    """
    kinds = (s.FieldStatement, s.OutcomeStatement, s.ChoiceStatement)
    before: dict[tuple[type, str], s.FieldStatement | s.OutcomeStatement | s.ChoiceStatement] = {}
    for each in elsewhere:
        if isinstance(each, kinds) and each.label is not None:
            before |= {(type(each), each.name): each, (type(each), each.label): each}
    if not before:
        return file
    return evolve(file, readings=tuple(_kept(each, before) for each in file.readings))


def _kept(
    readings: Sequence[s.Reading],
    before: dict[tuple[type, str], s.FieldStatement | s.OutcomeStatement | s.ChoiceStatement],
) -> tuple[s.Reading, ...]:
    found = []
    for reading in readings:
        statement = reading.statement
        if isinstance(statement, s.FieldStatement | s.OutcomeStatement | s.ChoiceStatement):
            base = before.get((type(statement), statement.name))
            if base is not None and statement.label is None:
                label = base.label if statement.name == base.name else base.name
                reading = evolve(reading, statement=evolve(statement, label=label))
        found.append(reading)
    return tuple(found)
