"""Which character separates the cells of a text file."""

from __future__ import annotations

import csv
import io
import re

from rulelang.diagnostics.diagnostic import DataError, Diagnostic

DELIMITERS = (",", ";", "\t", "|", "，", "；")
_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_RECORDS = 200


def find_delimiter(name: str, head: str, stated: str | None = None) -> str:
    """The delimiter of a text, from its first lines: the one that cuts them into equally many cells.

    A file of one column has none of them and is read with a comma. ``sep=;`` in the first line says it.
    Raises DataError: ``unknown-delimiter`` (the stated one is not one character), ``no-delimiter`` (columns set apart
    by spaces).
    """
    if stated is not None:
        delimiter = _NAMES.get(stated.casefold(), stated)
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise DataError((Diagnostic("unknown-delimiter", facts={"delimiter": stated}),))
        return delimiter
    if said := stated_in(head.partition("\n")[0]):
        return said
    scores = {each: _score(head, each) for each in DELIMITERS}
    best = max(DELIMITERS, key=lambda each: scores[each])
    if scores[best] > (0.0, 1):
        return best
    if _aligned_by_spaces(head):
        raise DataError((Diagnostic("no-delimiter", facts={"file": name}),))
    return ","


def stated_in(line: str) -> str | None:
    """The delimiter that Excel's line ``sep=;`` names, None for any other line."""
    line = line.strip('\r\n\ufeff"')
    return line[4] if len(line) == 5 and line.startswith("sep=") else None


def _score(head: str, delimiter: str) -> tuple[float, int]:
    """How well a delimiter fits: the share of records with the commonest number of cells above one, and that number."""
    counts: dict[int, int] = {}
    total = 0
    try:
        for record in csv.reader(io.StringIO(head), delimiter=delimiter):
            if record:
                counts[len(record)] = counts.get(len(record), 0) + 1
                total += 1
            if total == _RECORDS:
                break
    except csv.Error:
        pass  # what was read until then is judged
    several = {cells: count for cells, count in counts.items() if cells > 1}
    if not several:
        return 0.0, 1
    cells = max(several, key=lambda each: (several[each], each))
    return several[cells] / total, cells


def _aligned_by_spaces(head: str) -> bool:
    """Whether all lines have equally many words, three or more of them or set apart by several spaces."""
    lines = [each.split() for each in head.split("\n")[:_RECORDS] if each.strip()]
    widths = {len(each) for each in lines}
    if len(lines) < 2 or len(widths) != 1 or widths == {1}:
        return False
    return max(widths) > 2 or bool(re.search(r"\S {2,}\S", head))
