"""A place where a statement stopped making sense, with what surrounds it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax.cut import Chunk
from rulelang.syntax.drive import Drive, Failure
from rulelang.syntax.fold import Folded
from rulelang.syntax.phrases import CJK
from rulelang.syntax.words import Words


@frozen
class Fault:
    """A failure with what surrounds it: ``found`` is the word that did not fit, ``rest`` the statement from there."""

    source: Source
    drive: Drive
    failure: Failure
    expected: frozenset[str]
    found: str
    rest: str
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, source: Source, drive: Drive, names: Iterable[str]) -> Fault:
        failure = drive.failure
        assert failure is not None
        found = source.text[failure.position : failure.end].strip()
        rest = drive.scanner.folded.key[failure.position : drive.chunk.end]
        return cls(source, drive, failure, frozenset(failure.expected), found, rest, frozenset(names))

    @property
    def folded(self) -> Folded:
        return self.drive.scanner.folded

    @property
    def words(self) -> Words:
        return self.drive.scanner.words

    @property
    def chunk(self) -> Chunk:
        return self.drive.chunk

    @property
    def before(self) -> str:
        """The terminal of the word before; empty at the beginning."""
        return "" if self.failure.before is None else self.failure.before.type

    @property
    def language(self) -> str:
        """That of the first letter: a cell of a table may begin with a sign or a number."""
        text = self.source.text
        first = next((each for each in islice(text, self.chunk.start, None) if each.isalpha()), "")
        return "zh" if CJK.match(first) else "en"

    def says(self, terminal: str, text: str) -> bool:
        """Whether a text holds a phrase of a terminal."""
        return any(
            terminal in phrase.terminals
            for index in range(len(text))
            for _, phrase in self.words.index.at(text, index, len(text))
        )

    def begins(self, terminal: str) -> bool:
        """Whether the word that did not fit is a phrase of a terminal."""
        key, at = self.folded.key, self.failure.position
        return at < self.chunk.end and any(
            terminal in phrase.terminals for _, phrase in self.words.index.at(key, at, self.chunk.end)
        )

    def diagnostic(self, code: str, start: int | None = None, end: int | None = None, **facts: object) -> Diagnostic:
        """A finding at the failure, or at another stretch."""
        first = self.failure.position if start is None else start
        last = max(self.failure.end, first + 1) if end is None else end
        return Diagnostic(code, self.source.span(first, last), facts)
