"""Where something stands in a file."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

from attrs import field, frozen

_LINE_END = re.compile("\n")


@frozen
class Span:
    """A stretch of one source file.

    0-based character offsets, end exclusive, and the 1-based line and column of its start.
    ``column`` counts characters; :func:`display_width` turns it into terminal cells.
    """

    file: str
    start: int
    end: int
    line: int
    column: int


@frozen
class Source:
    """The text of one file and its name as the user knows it."""

    name: str
    text: str
    _line_starts: tuple[int, ...] = field(init=False, eq=False, repr=False)
    # The numbers themselves, so that a hundred thousand places share them.
    _line_numbers: tuple[int, ...] = field(init=False, eq=False, repr=False)

    @_line_starts.default
    def _find_line_starts(self) -> tuple[int, ...]:
        return (0, *(match.end() for match in _LINE_END.finditer(self.text)))

    @_line_numbers.default
    def _count_lines(self) -> tuple[int, ...]:
        return tuple(range(len(self._line_starts) + 1))

    def span(self, start: int, end: int) -> Span:
        """The span from one character offset to another."""
        line = self._line_numbers[bisect_right(self._line_starts, start)]
        return Span(self.name, start, max(end, start), line, start - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line end; empty beyond the last."""
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


def display_width(text: str) -> int:
    """Terminal cells a text takes: full-width characters count two."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )
