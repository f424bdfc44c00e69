"""Several files as one table: a folder of them, or a pattern (``exports/*.csv``), in the order of their names.

Rows are numbered as if the files stood below each other; ``Source.origin`` says which file a row is from.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.sources.source import Row, Source

_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson")
_SIGNS = "*?["
_MOST_NAMED = 5


def files_of(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """The files of a folder or a pattern in the order of their names; none for the name of a single file."""
    name = os.fspath(path)
    if os.path.isdir(name):
        return tuple(str(each) for each in sorted(Path(name).iterdir()) if each.suffix.casefold() in _ENDINGS)
    if any(each in name for each in _SIGNS) and not os.path.exists(name):
        return tuple(sorted(glob.glob(name)))
    return ()


def open_several(name: str, files: tuple[str, ...], open_one: Callable[[str], Source]) -> Source:
    """The rows of all files; their columns may stand in any order. Raises DataError: ``columns-differ``, and what
    opening one of them raises.
    """
    opened: list[Source] = []
    try:
        opened = [open_one(each) for each in files]  # all of them, so that a fault is told before anything is decided
        columns = opened[0].columns
        for each in opened[1:]:
            lacking = tuple(sorted(set(columns) - set(each.columns)))
            more = tuple(sorted(set(each.columns) - set(columns)))
            if lacking or more:
                facts = {"file": each.name, "first": opened[0].name, "lacking": lacking or None, "more": more or None}
                raise DataError((Diagnostic("columns-differ", facts=facts),))
    except BaseException:
        for each in opened:
            each.close()
        raise
    table = _Table(tuple(opened))
    shown = [os.path.basename(each) for each in files[:_MOST_NAMED]]
    more_files = len(files) - len(shown) or None
    note = Diagnostic("several-files", facts={"count": len(files), "files": shown, "more": more_files})
    return Source(
        name=name,
        format=opened[0].format,
        columns=columns,
        read=table.rows,
        notes=(note, *(found for each in opened for found in each.notes)),
        encoding=opened[0].encoding,
        delimiter=opened[0].delimiter,
        count=table.estimate,
        release=table.close,
        origin=table.origin,
        files=files,
    )


class _Table:
    """The files below each other; ``_starts`` are the numbers that were used up before each of them."""

    def __init__(self, parts: tuple[Source, ...]) -> None:
        self._parts = parts
        self._starts: list[int] = []

    def rows(self) -> Iterator[Row]:
        """The rows from the first on."""
        columns, used, starts = self._parts[0].columns, 0, []
        for part in self._parts:
            starts.append(used)
            self._starts = starts if len(starts) >= len(self._starts) else self._starts
            places = [part.columns.index(each) for each in columns]
            alike, last, start = part.columns == columns, 1, used
            for row in part.rows():
                last = row.number
                number = start + last
                if row.fault is None:
                    yield Row(number, row.cells if alike else [row.cells[place] for place in places])
                else:
                    facts = {**row.fault.facts, "row": number}
                    yield Row(number, row.cells, Diagnostic(row.fault.code, row.fault.span, facts))
            used = start + last

    def origin(self, number: int) -> tuple[str, int]:
        """The file of a row that was read, and its number there."""
        place = max(place for place, start in enumerate(self._starts) if start < number)
        return os.path.basename(self._parts[place].name), number - self._starts[place]

    def estimate(self) -> int | None:
        """About how many rows there are."""
        counts = [each.estimate() for each in self._parts]
        return None if None in counts else sum(each or 0 for each in counts)

    def close(self) -> None:
        """Closes all files."""
        for each in self._parts:
            each.close()
