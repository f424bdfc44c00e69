"""Reads the text of a rule file into its syntax tree: cut, scan, drive, build.

Declarations are read first, so that their names are known to the scanner when the rules are read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.syntax import statements as s
from rulelang.syntax.build_expressions import ExpressionBuilder, Refused
from rulelang.syntax.build_statements import StatementBuilder
from rulelang.syntax.cut import DECLARATIONS, Chunk, cut
from rulelang.syntax.drive import Outcome, drive
from rulelang.syntax.fold import Folded, fold
from rulelang.syntax.grammar import load_parser
from rulelang.syntax.messages import failure_diagnostic
from rulelang.syntax.scan import Names, Scanner
from rulelang.syntax.tree import Expression
from rulelang.syntax.words import CJK, Words, load_words

MAX_CHARACTERS = 5_000_000
MAX_STATEMENTS = 200_000
_MAX_OTHER_READINGS = 8
_MAX_TRIES = 60


@frozen
class _Reader:
    """What reading the statements of one file needs."""

    source: Source
    folded: Folded
    words: Words
    builder: StatementBuilder

    def read(self, chunk: Chunk, names: Names) -> tuple[tuple[s.Reading, ...], tuple[Diagnostic, ...]]:
        """The readings of one statement, or what is wrong with it."""
        if chunk.kind is None:
            return (), (failure_diagnostic(self.source, self.words, chunk, None),)
        scanner = Scanner(self.folded, self.words, names)
        parser = load_parser()
        first = drive(parser, scanner, chunk, chunk.kind, {})
        if first.tree is None:
            first = self._repair(scanner, chunk, first)
            if first.tree is None:
                return (), (failure_diagnostic(self.source, self.words, chunk, first.failure),)
        try:
            reading = s.Reading(self.builder.statement(first.tree), self._cut(first))
        except Refused as refused:
            return (), (refused.diagnostic,)
        return (reading, *self._others(scanner, chunk, first, reading)), ()

    def _repair(self, scanner: Scanner, chunk: Chunk, first: Outcome) -> Outcome:
        """Another cut of the text that makes sense, where the usual one does not."""
        tried = 0
        for size in (1, 2):
            for places in itertools.combinations(first.choices[-12:][::-1], size):
                for picks in itertools.product(*(range(1, place.count) for place in places)):
                    tried += 1
                    if tried > _MAX_TRIES:
                        return first
                    chosen = {place.position: pick for place, pick in zip(places, picks, strict=True)}
                    outcome = drive(load_parser(), scanner, chunk, chunk.kind or "", chosen)
                    if outcome.tree is not None:
                        return outcome
        return first

    def _others(self, scanner: Scanner, chunk: Chunk, first: Outcome, reading: s.Reading) -> tuple[s.Reading, ...]:
        """Further readings of Chinese text without spaces, each by one different choice.

        A reading counts only if it brings in no name that nobody declared.
        """
        found: list[s.Reading] = []
        half = self.folded.half
        usual = self._undeclared(scanner, first)
        for place in first.choices:
            if not CJK.match(half, place.position):
                continue
            for pick in range(1, place.count):
                outcome = drive(load_parser(), scanner, chunk, chunk.kind or "", {place.position: pick})
                if outcome.tree is None or not self._undeclared(scanner, outcome) <= usual:
                    continue
                try:
                    other = s.Reading(self.builder.statement(outcome.tree), self._cut(outcome))
                except Refused:
                    continue
                if other.statement != reading.statement and all(other.statement != each.statement for each in found):
                    found.append(other)
                if len(found) >= _MAX_OTHER_READINGS:
                    return tuple(found)
        return tuple(found)

    def _undeclared(self, scanner: Scanner, outcome: Outcome) -> set[str]:
        """The names of a reading that nobody declared."""
        half = self.folded.half
        names = {half[start:end] for terminal, start, end in outcome.tokens if terminal in ("NAME", "NEW_NAME")}
        return {name for name in names if name not in scanner.names.by_first.get(name[0], ())}

    def _cut(self, outcome: Outcome) -> str:
        original = self.source.text
        return "｜".join(original[start:end] for name, start, end in outcome.tokens if end > start and name != "BULLET")


def parse(source: Source, names: Iterable[str] = ()) -> tuple[s.File, tuple[Diagnostic, ...]]:
    """The syntax tree of a file and everything that is wrong with its spelling.

    ``names`` are names declared elsewhere (a plug-in's vocabulary, the columns of the data). A broken statement is
    reported and left out; the others are read.
    """
    words = load_words()
    problem = _unreadable(source)
    if problem is not None:
        return s.File(source, "en", ()), (problem,)
    folded = fold(source.text, words.traditional)
    chunks, comments = cut(folded, words)
    if not chunks:
        return s.File(source, "en", (), comments), (Diagnostic("empty-file", source.span(0, 0)),)
    if len(chunks) > MAX_STATEMENTS:
        facts = {"count": len(chunks), "limit": MAX_STATEMENTS}
        return s.File(source, "en", (), comments), (Diagnostic("too-many-rules", source.span(0, 0), facts),)
    reader = _Reader(source, folded, words, StatementBuilder.of(source))
    read: dict[int, tuple[s.Reading, ...]] = {}
    diagnostics: list[Diagnostic] = []
    known = set(names)
    for declarations in (True, False):
        index = Names.of(known)
        for number, chunk in enumerate(chunks):
            if (chunk.kind in DECLARATIONS) != declarations:
                continue
            readings, problems = reader.read(chunk, index)
            diagnostics.extend(problems)
            if readings:
                read[number] = readings
                if declarations:
                    known.update(declared_names(readings[0].statement))
        if declarations and any(chunk.kind in ("let", "define", "outcome", "field") for chunk in chunks):
            read = _again(reader, chunks, read, Names.of(known))
    diagnostics.sort(key=lambda each: each.span.start if each.span else 0)
    language = _language(source.text, chunks, words, folded)
    file = s.File(source, language, tuple(read[number] for number in sorted(read)), comments)
    return file, tuple(diagnostics)


def parse_expression(text: str, names: Iterable[str]) -> Expression | None:
    """The expression a piece of text says, as between the braces of a reason; None where it says none."""
    words = load_words()
    source = Source("", text)
    folded = fold(text, words.traditional)
    if not text.strip():
        return None
    scanner = Scanner(folded, words, Names.of(names))
    outcome = drive(load_parser(), scanner, Chunk(0, len(text), "expression"), "expression", {})
    if outcome.tree is None:
        return None
    try:
        return ExpressionBuilder(source).expression(outcome.tree)
    except Refused:
        return None


def _again(
    reader: _Reader, chunks: tuple[Chunk, ...], read: dict[int, tuple[s.Reading, ...]], names: Names
) -> dict[int, tuple[s.Reading, ...]]:
    """Named values and conditions speak of names declared anywhere: read them once more with all names known."""
    result = dict(read)
    for number, chunk in enumerate(chunks):
        if chunk.kind in ("let", "define", "threshold"):
            readings, _ = reader.read(chunk, names)
            if readings:
                result[number] = readings
    return result


def declared_names(statement: s.Statement) -> list[str]:
    """The names and labels a declaration makes known, its members included."""
    names: list[str | None] = []
    if isinstance(statement, s.FieldStatement | s.OutcomeStatement):
        names += [statement.name, statement.label, *_type_names(statement.type)]
    elif isinstance(statement, s.ChoiceStatement):
        names += [statement.name, statement.label]
        names += [each for member in statement.members for each in (member.name, member.label)]
    elif isinstance(statement, s.ThresholdStatement | s.ListStatement | s.LetStatement | s.DefineStatement):
        names += [statement.name.text, statement.label]
    return [each for each in names if each]


def _type_names(type_: s.TypeSyntax) -> list[str | None]:
    names: list[str | None] = [each for member in type_.members for each in (member.name, member.label)]
    for element in type_.elements:
        names += [element.name, element.label, *_type_names(element.type)]
    return names if type_.kind != "list" else [type_.name, *names]


def _unreadable(source: Source) -> Diagnostic | None:
    if "\0" in source.text:
        at = source.text.index("\0")
        return Diagnostic("null-byte", source.span(at, at + 1))
    if len(source.text) > MAX_CHARACTERS:
        facts = {"size": len(source.text), "limit": MAX_CHARACTERS}
        return Diagnostic("file-too-large", source.span(0, 0), facts)
    return None


def _language(text: str, chunks: tuple[Chunk, ...], words: Words, folded: Folded) -> str:
    """The language most statements begin in."""
    chinese = sum(1 for chunk in chunks if CJK.match(text, chunk.start))
    del words, folded
    return "zh" if chinese * 2 > len(chunks) else "en"


def read_statements(source: Source, kinds: frozenset[str], names: Iterable[str] = ()) -> tuple[s.Statement, ...]:
    """The sound statements of some kinds only (``use``, or the declarations), without reading the rest of the file."""
    if _unreadable(source) is not None:
        return ()
    words = load_words()
    folded = fold(source.text, words.traditional)
    reader = _Reader(source, folded, words, StatementBuilder.of(source))
    index = Names.of(names)
    found = [reader.read(chunk, index)[0] for chunk in cut(folded, words)[0] if chunk.kind in kinds]
    return tuple(readings[0].statement for readings in found if readings)


def read_title(path: Path) -> tuple[str, ...]:
    """The title a rule file's header gives it, in both languages; nothing where it has none or can't be read."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ()
    for statement in read_statements(Source(str(path), text), frozenset({"ruleset"})):
        if isinstance(statement, s.RulesetStatement):
            title = statement.title
            return (title.text,) if title.other is None else (title.text, title.other)
    return ()


@frozen
class Known:
    """The names that are known when a single statement is read again."""

    names: Names

    @classmethod
    def of(cls, names: Iterable[str]) -> Known:
        return cls(Names.of(names))


def parse_again(text: str, known: Known) -> list[tuple[s.Reading, ...]]:
    """The readings of each statement of a printed text; a statement that can't be read is left out."""
    words = load_words()
    source = Source("", text)
    folded = fold(text, words.traditional)
    reader = _Reader(source, folded, words, StatementBuilder.of(source))
    found = (reader.read(chunk, known.names)[0] for chunk in cut(folded, words)[0])
    return [each for each in found if each]
