"""The members of a choice that stand in a file: ``choice country from "countries.csv" column code``."""

from __future__ import annotations

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.meaning.vocabulary import key_and_label
from rulelang.syntax import statements as s
from rulelang.vocabulary.declarations import ListFile
from rulelang.vocabulary.types import Member

MOST_MEMBERS = 2000
"""So many members a choice from a file may have: every cell is held against all of them."""


def members_in_file(statement: s.ChoiceStatement, file: ListFile) -> tuple[tuple[Member, ...], tuple[Diagnostic, ...]]:
    """The members in the column that is named, else in the first one; the column after it says what they are called in
    the other language. What is wrong with them comes too; a file that can't be read has been reported before.
    """
    column, head, name = statement.column, file.columns, statement.file or ""
    if not head:
        return (), ()
    if column is not None and column not in head:
        facts = {"file": name, "column": column, "columns": head}
        return (), (Diagnostic("missing-column", statement.span, facts, nearest(column, head)),)
    if len(file.rows) > MOST_MEMBERS:
        size = {"name": statement.name, "count": len(file.rows), "limit": MOST_MEMBERS}
        return (), (Diagnostic("list-too-long", statement.span, size),)
    place = 0 if column is None else head.index(column)
    members: list[Member] = []
    problems: list[Diagnostic] = []
    seen: set[str] = set()
    for row in file.rows:
        written, other = (*row[place : place + 2], "", "")[:2]
        if not written:
            continue
        key, label = key_and_label(written, other or None)
        spellings = [each for each in (key, label) if each]
        problems += [Diagnostic("duplicate-name", statement.span, {"name": each}) for each in spellings if each in seen]
        seen.update(spellings)
        members.append(Member(key, label))
    return tuple(members), tuple(problems)
