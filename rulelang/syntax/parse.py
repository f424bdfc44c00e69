"""Reads the text of a rule file into its syntax tree: cut, scan, drive, build.

Declarations are read first, so that their names are known to the scanner when the rules are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Anchor, Source
from rulelang.memory import Memory
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.blocks import Result, in_blocks
from rulelang.syntax.build_expressions import ExpressionBuilder, Refused
from rulelang.syntax.build_statements import StatementBuilder
from rulelang.syntax.cut import DECLARATIONS, Chunk, Comment, cut
from rulelang.syntax.cut_again import Cut, cut_again, cut_whole
from rulelang.syntax.drive import Drive
from rulelang.syntax.fold import Folded, fold
from rulelang.syntax.grammar import load_tables
from rulelang.syntax.lalr import END, Node
from rulelang.syntax.messages import failure_diagnostic
from rulelang.syntax.openings import unknown_statements
from rulelang.syntax.read_before import remembering
from rulelang.syntax.readings import met_in_chinese, read_otherwise, read_usually, written_cut
from rulelang.syntax.scan import Names, Scanner
from rulelang.syntax.shapes import Shapes
from rulelang.syntax.words import CJK, Words, load_words
from rulelang.values.currencies import CURRENCIES

MAX_CHARACTERS = 5_000_000
MAX_STATEMENTS = 200_000
_MAX_OTHER_READINGS = 8


@frozen
class _Reader:
    """What reading the statements of one file needs, with some names known."""

    source: Source
    scanner: Scanner
    shapes: Shapes
    builder: StatementBuilder | None = None

    @classmethod
    def of(cls, source: Source, folded: Folded, names: Names) -> _Reader:
        words = load_words()
        return cls(source, Scanner(folded, words, names), Shapes(folded, words, names))

    def read(self, chunk: Chunk) -> Result:
        """The readings of one statement, whose places count from where it begins; or what is wrong with it."""
        anchor = Anchor(self.source.name)
        self.source.place(anchor, chunk.start)
        builder = StatementBuilder.of(self.source.counting_from(anchor))
        found = evolve(self, builder=builder)._read(chunk)
        return found if found.problems else evolve(found, anchor=anchor)

    def _read(self, chunk: Chunk) -> Result:
        source, builder = self.source, self.builder
        assert builder is not None
        if chunk.kind is None:
            return Result(problems=unknown_statements(source, self.scanner, chunk))
        shape = self.shapes.of(chunk)
        known = None if shape is None else self.shapes.tree(shape)
        if known is not None:
            return self.built(known)
        self.scanner.forget()
        first, choices = read_usually(load_tables(), self.scanner, chunk, chunk.kind)
        if first.tree is None:
            rest = _another_statement(first, chunk)
            if rest is not None:
                own = self._read(evolve(chunk, end=rest.start))
                return evolve(own, problems=(*own.problems, *self.read(rest).problems))
            problem = failure_diagnostic(source, first, self.scanner.names.all())
            return Result(problems=(problem,), names=_declared_so_far(first, chunk))
        readings: list[s.Reading] = []
        refusal: Diagnostic | None = None
        try:
            readings.append(s.Reading(builder.statement(first.tree)))
        except Refused as refused:
            refusal = refused.diagnostic
            if refusal.code != "unexpected-text":
                return Result(problems=(refusal,), names=_declared_so_far(first, chunk))
        others = list(read_otherwise(first, choices))
        if shape is not None and not others:
            self.shapes.remember(shape, first, met_in_chinese(first, choices))
        for drive in others:
            assert drive.tree is not None
            try:
                statement = builder.statement(drive.tree)
            except Refused:
                continue
            if all(statement != each.statement for each in readings):
                readings.append(s.Reading(statement, written_cut(drive, source.text)))
            if len(readings) > _MAX_OTHER_READINGS:
                break
        if refusal is not None and not readings:
            return Result(problems=(refusal,), names=_declared_so_far(first, chunk))
        if len(readings) > 1 and refusal is None:
            readings[0] = evolve(readings[0], cut=written_cut(first, source.text))
        return Result(tuple(readings), names=tuple(declared_names(readings[0].statement)))

    def built(self, tree: Node) -> Result:
        """The statement of a parse tree that is its only reading, one that declares nothing."""
        try:
            assert self.builder is not None
            return Result((s.Reading(self.builder.statement(tree)),))
        except Refused as refused:
            return Result(problems=(refused.diagnostic,))


def _another_statement(drive: Drive, chunk: Chunk) -> Chunk | None:
    """What follows a whole statement on a line of its own: another one, with a slip in its first word."""
    failure, half = drive.failure, drive.half
    if failure is None or failure.reason != "text" or not failure.machine.viable(END):
        return None
    line, own_line = (half.rfind("\n", 0, each) + 1 for each in (failure.position, chunk.start))
    if half[line : failure.position].strip() or failure.position - line > chunk.start - own_line:
        return None
    return Chunk(failure.position, chunk.end, None) if line > chunk.start else None


def _declared_so_far(drive: Drive, chunk: Chunk) -> tuple[str, ...]:
    """The names in a declaration that can't be read, so that the rest of the file may use them."""
    if chunk.kind not in DECLARATIONS:
        return ()
    return tuple(link.token.text for link in drive.taken() if link.token.type in ("NAME", "NEW_NAME"))


def parse(
    source: Source, names: Iterable[str] = (), memory: Memory | None = None
) -> tuple[s.File, tuple[Diagnostic, ...]]:
    """The syntax tree of a file and everything that is wrong with its spelling.

    ``names`` are names declared elsewhere (a plug-in's vocabulary, the columns of the data). A broken statement is
    reported and left out; the others are read, those that ``memory`` knows from last time excepted.
    """
    words = load_words()
    memory = Memory() if memory is None else memory
    problem = _unreadable(source)
    if problem is not None:
        return s.File(source, "en", ()), (problem,)
    folded, chunks, comments = _cut(source, memory)
    if not chunks:
        return s.File(source, "en", (), comments), (Diagnostic("empty-file", source.span(0, 0)),)
    if len(chunks) > MAX_STATEMENTS:
        facts = {"count": len(chunks), "limit": MAX_STATEMENTS}
        return s.File(source, "en", (), comments), (Diagnostic("too-many-rules", source.span(0, 0), facts),)
    results: dict[int, Result] = {}
    known = set(names)
    for declarations in (True, False):
        read = remembering(memory, source, known, declarations, _Reader.of(source, folded, Names.of(known)).read)
        for number, chunk in enumerate(chunks):
            if (chunk.kind in DECLARATIONS) == declarations:
                results[number] = read(chunk)
                known.update(results[number].names)
        if declarations:
            again = _Reader.of(source, folded, Names.of(known)).read
            _read_again(remembering(memory, source, known, "again", again), chunks, results)
    ordered = in_blocks(chunks, [results[number] for number in range(len(chunks))], source.name, memory)
    file = s.File(
        source,
        _language(folded, chunks, words),
        tuple(each.readings for each in ordered if each.readings),
        comments,
        tuple(name for each in ordered if not each.readings for name in each.names),
    )
    return file, tuple(problem for each in ordered for problem in each.problems)


def parse_expression(text: str, names: Iterable[str]) -> t.Expression | None:
    """The expression a piece of text says, as between the braces of a reason; None where it says none."""
    words = load_words()
    source = Source("", text)
    folded = fold(text, words.traditional)
    if not text.strip():
        return None
    scanner = Scanner(folded, words, Names.of(names))
    outcome, _ = read_usually(load_tables(), scanner, Chunk(0, len(text), "expression"), "expression")
    if outcome.tree is None:
        return None
    try:
        found = ExpressionBuilder(source).expression(outcome.tree)
    except Refused:
        return None
    match found:
        case t.InList(value=value, list=t.Name(text=code), negated=False) if code in CURRENCIES:
            return t.Converted(value, code, span=found.span)  # no list is called like a currency
    return found


def _read_again(read: Callable[[Chunk], Result], chunks: tuple[Chunk, ...], results: dict[int, Result]) -> None:
    """Values and conditions speak of names declared anywhere: read them once more with all names known."""
    for number, chunk in enumerate(chunks):
        if chunk.kind in ("let", "define", "threshold"):
            again = read(chunk)
            if again.readings or not results[number].readings:
                results[number] = again


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


def _language(folded: Folded, chunks: tuple[Chunk, ...], words: Words) -> str:
    """The language most statements begin in; of two, the one that comes first among the word tables.

    ``use`` has no say: what is used may bring the language of the rest.
    """
    counts = dict.fromkeys(words.patterns, 0)
    for chunk in [each for each in chunks if each.kind != "use"] or chunks:
        first = "zh" if CJK.match(folded.original, chunk.start) else words.language_at(folded.key, chunk.start)
        counts[first] += 1
    return max(counts, key=lambda language: counts[language])


def _cut(source: Source, memory: Memory) -> tuple[Folded, tuple[Chunk, ...], tuple[Comment, ...]]:
    """The text folded, its statements and its comments; once in a reading."""
    words = load_words()

    def make() -> Cut:
        name = "cut", source.name
        nothing: tuple[Words, Cut] | None = None
        before = memory.kept(name, lambda: nothing)
        again = before is not None and before[0] is words and before[1].chunks
        found = cut_again(source.text, words, before[1]) if again and before else cut_whole(source.text, words)
        memory.keep(name, (words, found))
        return found

    found = memory.once((source.name, source.text, id(words)), make)
    return found.folded, found.chunks, found.comments


def read_statements(
    source: Source, kinds: frozenset[str], names: Iterable[str] = (), memory: Memory | None = None
) -> tuple[s.Statement, ...]:
    """The sound statements of some kinds only (``use``, or the declarations), without reading the rest of the file."""
    if _unreadable(source) is not None:
        return ()
    memory = Memory() if memory is None else memory
    folded, chunks, _ = _cut(source, memory)
    wanted = [chunk for chunk in chunks if chunk.kind in kinds]
    if not wanted:
        return ()
    known = set(names)
    read = remembering(memory, source, known, kinds, _Reader.of(source, folded, Names.of(known)).read)
    found = [read(chunk).readings for chunk in wanted]
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
    reader = _Reader.of(source, folded, known.names)
    found = (reader.read(chunk).readings for chunk in cut(folded, words)[0])
    return [each for each in found if each]
