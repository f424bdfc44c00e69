"""A row of a table as it stands in its file, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from rulelang.model.program import Branch, Model, Rule
from rulelang.syntax.words import load_words

_BARS = ("|", "｜")
# A bar that stands in no text.
_BETWEEN = re.compile(r"""[|｜](?=(?:[^"“”]*["“][^"“”]*["”])*[^"“”]*$)""")


@frozen
class TableRow:
    """What a row asks, in the order of its columns, what it gives by the title of the column; and the whole line."""

    asked: tuple[str, ...]
    given: Mapping[str, str]
    line: str


def row_of(part: Rule | Branch | None, model: Model) -> TableRow | None:
    """The row of a table that a rule, or a branch of one, is; None of any other."""
    branch = part.branches[0] if isinstance(part, Rule) and len(part.branches) == 1 else part
    if not isinstance(branch, Branch) or branch.span is None:
        return None
    text = next((source.text for source in model.sources if source.name == branch.span.file), None)
    if text is None:
        return None
    lines = text.split("\n")
    place = branch.span.line - 1
    if place >= len(lines) or not lines[place].lstrip().startswith(_BARS):
        return None
    head = place
    while head and lines[head - 1].lstrip().startswith(_BARS):
        head -= 1
    titles, cells = _cells(lines[head]), _cells(lines[place])
    gives, because = _phrases("HEAD_RESULT"), _phrases("BECAUSE")
    asked, given = [], {}
    for title, cell in zip(titles, cells, strict=False):
        sign = next((each for each in gives if title.startswith(each)), None)
        if sign is not None:
            given[title.removeprefix(sign).strip()] = cell
        elif not title.casefold().startswith(because):
            asked.append(cell)
    return TableRow(tuple(asked), given, " ".join(lines[place].split()))


def _phrases(terminal: str) -> tuple[str, ...]:
    """How something is said at the head of a column, in any language."""
    return tuple(each for table in load_words().all_phrases.values() for each in table.get(terminal, ()))


def _cells(line: str) -> Sequence[str]:
    """The cells of a line between bars."""
    return [" ".join(each.split()) for each in _BETWEEN.split(line.strip().strip("|｜"))]
