"""The records of an example in another language: heads, values of choices and standings; all other cells are data."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from rulelang.syntax import statements as s
from rulelang.syntax.example_heads import expected_part
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.words import load_words


def translated_example(
    example: s.ExampleStatement, speller: Speller, members: Mapping[str, frozenset[str]]
) -> s.ExampleStatement:
    """The example with its records in the speller's language; ``members`` are the values of each field's choice."""
    return evolve(example, records=tuple(_records(each, speller, members) for each in example.records))


def _records(records: s.ExampleRecords, speller: Speller, members: Mapping[str, frozenset[str]]) -> s.ExampleRecords:
    heads = records.rows[0]
    known = [members.get(expected_part(each) or each, frozenset()) for each in heads]
    rows = tuple(
        tuple(
            _cell(cell, known[place] if place < len(known) else frozenset(), speller) for place, cell in enumerate(row)
        )
        for row in records.rows[1:]
    )
    return evolve(records, rows=(tuple(_head(each, speller) for each in heads), *rows))


def _head(head: str, speller: Speller) -> str:
    part = expected_part(head)
    return speller.rename(head) if part is None else speller.fill("head_expect", speller.rename(part))


def _cell(cell: str, members: frozenset[str], speller: Speller) -> str:
    if cell in members:
        return speller.rename(cell)
    bare = cell.strip("()（）")
    pattern = f"standing_{load_words().standing(bare).replace(' ', '_')}"
    if bare == cell or not speller.has(pattern):
        return cell
    return speller.fill("group", speller.fill(pattern))
