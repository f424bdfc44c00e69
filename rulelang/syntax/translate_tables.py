"""The cells of a decision table in another language: each read, printed, and read again to be sure.

A cell that can't be told in the other language stays as it is: cells are read in every language.
"""

from __future__ import annotations

from attrs import evolve

from rulelang.diagnostics.position import Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.build_tables import Column
from rulelang.syntax.members import Spellings, member, named
from rulelang.syntax.parse import Known
from rulelang.syntax.printing.cells import print_cell, print_head
from rulelang.syntax.printing.expressions import print_one
from rulelang.syntax.printing.sameness import canonical, renamed_expression
from rulelang.syntax.printing.speller import Speller
from rulelang.syntax.table_cells import Cell, CellReader

_NOWHERE = Span("", 0, 0, 0, 0)
_ANY = "-"


def translated(table: s.TableStatement, speller: Speller, known: Known, spellings: Spellings) -> s.TableStatement:
    """The table with its cells in the speller's language and names; ``spellings`` are the members called yes or no."""
    if not table.rows:
        return table
    reader = CellReader(known)
    columns = [_column(text, reader) for text in table.rows[0]]
    heads = [_head(text, column, speller, reader) for text, column in zip(table.rows[0], columns, strict=True)]
    rows = [tuple(text for text, _ in heads)]
    for row in table.rows[1:]:
        cells = [
            _cell(text, columns[place], heads[place][1], speller, reader, spellings) if place < len(columns) else text
            for place, text in enumerate(row)
        ]
        rows.append(tuple(cells))
    return evolve(table, rows=tuple(rows))


def _column(text: str, reader: CellReader) -> Column | None:
    return reader.column(Cell(text, _NOWHERE)) if text else None


def _head(text: str, column: Column | None, speller: Speller, reader: CellReader) -> tuple[str, Column | None]:
    """The head in the other language, and its column then; None where it stays as it is, with the cells below it."""
    if column is None:
        return text, None
    subject = None if column.subject is None else renamed_expression(column.subject, speller.rename)
    wanted = evolve(column, subject=subject)
    for each in (speller, evolve(speller, spaced=True)):
        printed = print_head(column, each)
        again = reader.column(Cell(printed, _NOWHERE))
        if again is not None and again.kind == wanted.kind and canonical(again.subject) == canonical(wanted.subject):
            return printed, again
    return text, None


def _cell(
    text: str,
    column: Column | None,
    after: Column | None,
    speller: Speller,
    reader: CellReader,
    spellings: Spellings,
) -> str:
    if column is None or after is None or not text:
        return text
    if text.lower() in reader.words.any_cell:
        return _ANY
    found = _read(text, column, reader)
    if found is None or (column.kind == "because" and text[0] not in '"“「『'):
        return text
    found = member(named(found, spellings), column.subject, spellings)
    wanted = canonical(renamed_expression(found, speller.rename))
    for each in (speller, evolve(speller, spaced=True)):
        printed = print_cell(found, each) if column.kind == "condition" else print_one(found, each)
        again = None if printed is None or "\n" in printed else _read(printed, after, reader)
        if printed is not None and again is not None and canonical(again) == wanted:
            return printed
    return text


def _read(text: str, column: Column, reader: CellReader) -> t.Expression | None:
    cell = Cell(text, _NOWHERE)
    return reader.condition(cell, column) if column.kind == "condition" else reader.value(cell, column)
