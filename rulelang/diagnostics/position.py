"""Where something stands in a file."""

from __future__ import annotations

import unicodedata

from attrs import frozen


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

    def span(self, start: int, end: int) -> Span:
        """The span from one character offset to another."""
        line = self.text.count("\n", 0, start) + 1
        column = start - (self.text.rfind("\n", 0, start) + 1) + 1
        return Span(self.name, start, max(end, start), line, column)

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line end; empty beyond the last."""
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


def display_width(text: str) -> int:
    """Terminal cells a text takes: full-width characters count two."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )
