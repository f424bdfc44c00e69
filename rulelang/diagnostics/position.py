"""Where something stands in a file."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import Any

from attrs import field, frozen

_LINE_END = re.compile("\n")


class Anchor:
    """Where a statement begins: its file, and how many characters and lines stand before it. What is in the statement
    counts from there, so that a statement that has only moved need not be read again."""

    __slots__ = ("file", "line", "start")

    def __init__(self, file: str, start: int = 0, line: int = 0) -> None:
        self.file, self.start, self.line = file, start, line

    __hash__ = None  # type: ignore[assignment]  # it moves

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Anchor) and (self.file, self.start, self.line) == (other.file, other.start, other.line)

    def __reduce__(self) -> tuple[Any, ...]:
        return Anchor, (self.file, self.start, self.line)


class Span:
    """A stretch of one source file.

    0-based character offsets, end exclusive, and the 1-based line and column of its start.
    ``column`` counts characters; :func:`display_width` turns it into terminal cells.
    """

    # Written out: there are many to each rule, and numbers that count from the statement are small and shared.

    __slots__ = ("_end", "_line", "_start", "anchor", "column")

    def __init__(self, file: str, start: int, end: int, line: int, column: int) -> None:
        self.anchor = Anchor(file)
        self._start, self._end, self._line, self.column = start, end, line, column

    @property
    def file(self) -> str:
        return self.anchor.file

    @property
    def start(self) -> int:
        return self.anchor.start + self._start

    @property
    def end(self) -> int:
        return self.anchor.start + self._end

    @property
    def line(self) -> int:
        return self.anchor.line + self._line

    def from_start_of(self, other: Span) -> Span:
        """From where another span of the statement begins to the end of this one."""
        return span_within(self.anchor, other.start - self.anchor.start, self._end, other._line, other.column)

    def settled(self) -> Span:
        """The same place, which stays when the statement moves."""
        return Span(self.file, self.start, self.end, self.line, self.column)

    def _key(self) -> tuple[str, int, int, int, int]:
        anchor = self.anchor
        return anchor.file, anchor.start + self._start, anchor.start + self._end, anchor.line + self._line, self.column

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Span) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Span(file={self.file!r}, start={self.start}, end={self.end}, line={self.line}, column={self.column})"

    def __reduce__(self) -> tuple[Any, ...]:
        return span_within, (self.anchor, self._start, self._end, self._line, self.column)


def span_within(anchor: Anchor, start: int, end: int, line: int, column: int) -> Span:
    """A span whose offsets and line count from an anchor."""
    made = object.__new__(Span)
    made.anchor, made._start, made._end, made._line, made.column = anchor, start, end, line, column
    return made


@frozen
class Source:
    """The text of one file and its name as the user knows it. ``anchor`` is what its spans count from."""

    name: str
    text: str
    _line_starts: tuple[int, ...] = field(init=False, eq=False, repr=False)
    # The numbers themselves, so that a hundred thousand places share them.
    _line_numbers: tuple[int, ...] = field(init=False, eq=False, repr=False)
    anchor: Anchor = field(init=False, eq=False, repr=False)

    @_line_starts.default
    def _find_line_starts(self) -> tuple[int, ...]:
        return (0, *(match.end() for match in _LINE_END.finditer(self.text)))

    @_line_numbers.default
    def _count_lines(self) -> tuple[int, ...]:
        return tuple(range(len(self._line_starts) + 1))

    @anchor.default
    def _beginning(self) -> Anchor:
        return Anchor(self.name)

    def counting_from(self, anchor: Anchor) -> Source:
        """The same text, with spans that count from an anchor of it."""
        made = object.__new__(Source)
        parts = (self.name, self.text, self._line_starts, self._line_numbers, anchor)
        for name, part in zip(("name", "text", "_line_starts", "_line_numbers", "anchor"), parts, strict=True):
            object.__setattr__(made, name, part)
        return made

    def place(self, anchor: Anchor, start: int) -> None:
        """Moves an anchor to where its statement begins in this text."""
        anchor.start, anchor.line = start, bisect_right(self._line_starts, start) - 1

    def span(self, start: int, end: int) -> Span:
        """The span from one character offset to another."""
        line = bisect_right(self._line_starts, start)
        anchor = self.anchor
        before, column = anchor.start, start - self._line_starts[line - 1] + 1
        number = self._line_numbers[line - anchor.line]
        return span_within(anchor, start - before, max(end, start) - before, number, column)

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line end; empty beyond the last."""
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


def display_width(text: str) -> int:
    """Terminal cells a text takes: full-width characters count two."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )
