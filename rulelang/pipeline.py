"""The road from a rule file to its checked model, one line per step.

    text ──parse──▶ tree ──build_model──▶ model ──(engine)──▶ plan, Python

:func:`read_model` is the whole of it; the layers below do the work and return values with diagnostics.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Source
from rulelang.meaning.build import Surroundings, build_model
from rulelang.model.program import Model
from rulelang.plugin.discover import Plugins, discover
from rulelang.syntax import statements as s
from rulelang.syntax.cut import DECLARATIONS
from rulelang.syntax.parse import declared_names, parse, read_statements
from rulelang.values.text import clean_text

MAX_LIST_ENTRIES = 5_000_000
ENCODINGS = ("utf-8-sig", "gb18030")


@frozen
class Read:
    """A model, or None with the errors that stand in its way; ``sources`` are the texts the diagnostics point into."""

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(each for each in self.diagnostics if severity(each.code) == "error")


@frozen
class Context:
    """What surrounds the files: the plug-ins at hand, the columns of the data and what they seem to hold."""

    plugins: Plugins | None = None
    columns: tuple[str, ...] = ()
    observed: Mapping[str, str] = {}


def read_model(paths: Sequence[Path], context: Context | None = None) -> Read:
    """The model of some rule files that decide together."""
    sources: list[Source] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        source, problem = read_source(path)
        diagnostics.extend(problem)
        if source is not None:
            sources.append(source)
    if diagnostics:
        return Read(None, tuple(diagnostics), tuple(sources))
    return read_sources(sources, paths[0].parent if paths else Path(), context)


def read_sources(sources: Sequence[Source], folder: Path, context: Context | None = None) -> Read:
    """The model of some texts; ``folder`` is where the files they name are looked for."""
    context = Context() if context is None else context
    plugins = context.plugins
    used, vocabulary_sources, problems = [], [], list[Diagnostic]()
    names: list[str] = list(context.columns)
    uses = [each for source in sources for each in read_statements(source, frozenset({"use"}))]
    if uses:
        plugins = discover() if plugins is None else plugins
        for statement in uses:
            assert isinstance(statement, s.UseStatement)
            used_here, used_sources, found = _used(statement, plugins, names)
            used += used_here
            vocabulary_sources += used_sources
            problems += found
    names += [name for statement in used for name in declared_names(statement)]
    if len(sources) > 1:
        shared = [each for source in sources for each in read_statements(source, DECLARATIONS, names)]
        names += [name for statement in shared for name in declared_names(statement)]
    files = []
    for source in sources:
        file, found_here = parse(source, names)
        files.append(file)
        problems.extend(found_here)
    entries, list_problems = _read_lists([each for file in files for each in file.statements], folder)
    problems.extend(list_problems)
    surroundings = Surroundings(entries, context.columns, context.observed, tuple(used))
    model, found_in_meaning = build_model(files, surroundings)
    problems.extend(found_in_meaning)
    failed = any(severity(each.code) == "error" for each in problems)
    return Read(None if failed else model, tuple(problems), (*sources, *vocabulary_sources))


def read_source(path: Path, name: str | None = None) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """The text of a rule file: UTF-8, with or without a byte order mark, or GB18030."""
    shown = str(path) if name is None else name
    try:
        data = path.read_bytes()
    except OSError:
        return None, (Diagnostic("missing-file", None, {"file": shown}),)
    text = decode(data)
    if text is None:
        return None, (Diagnostic("not-text", None, {"file": shown}),)
    return Source(shown, text.replace("\r\n", "\n").replace("\r", "\n")), ()


def decode(data: bytes) -> str | None:
    """Text of bytes in UTF-8, UTF-16 with a byte order mark, or GB18030; None where it is none of them."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            return None
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _used(
    statement: s.UseStatement, plugins: Plugins, names: Sequence[str]
) -> tuple[list[s.Statement], list[Source], list[Diagnostic]]:
    """The declarations of the plug-ins a file uses."""
    found: list[s.Statement] = []
    sources: list[Source] = []
    problems: list[Diagnostic] = []
    for name in statement.plugins:
        plugin = plugins.named(name)
        if plugin is None:
            known = [each for plugin in plugins.plugins for each in (plugin.name, plugin.label) if each]
            problems.append(Diagnostic("unknown-plugin", statement.span, {"name": name}, nearest(name, known)))
            problems.extend(each for each in plugins.diagnostics if each.facts.get("name") == name)
            continue
        if plugin.vocabulary is None:
            continue
        source, reading = read_source(plugin.vocabulary)
        problems.extend(reading)
        if source is not None:
            file, parsing = parse(source, names)
            problems.extend(parsing)
            sources.append(source)
            found.extend(file.statements)
    return found, sources, problems


def _read_lists(
    statements: Sequence[s.Statement], folder: Path
) -> tuple[dict[tuple[str, str | None], frozenset[str]], list[Diagnostic]]:
    """The entries of every list file that is named."""
    entries: dict[tuple[str, str | None], frozenset[str]] = {}
    problems: list[Diagnostic] = []
    for statement in statements:
        if not isinstance(statement, s.ListStatement) or statement.file is None:
            continue
        values, problem = _list_values(statement, folder)
        entries[(statement.file, statement.column)] = values
        problems.extend(problem)
    return entries, problems


def _list_values(statement: s.ListStatement, folder: Path) -> tuple[frozenset[str], tuple[Diagnostic, ...]]:
    file = statement.file or ""
    try:
        text = decode((folder / file).read_bytes())
    except OSError:
        return frozenset(), (Diagnostic("missing-file", statement.span, {"file": file}),)
    if text is None or "\0" in text:
        return frozenset(), (Diagnostic("unreadable-list", statement.span, {"file": file}),)
    delimiter = "\t" if file.lower().endswith(".tsv") else ","
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))
    head = [clean_text(each) for each in rows[0]] if rows else []
    wanted = statement.column
    if wanted is None:
        index = 0
    elif wanted in head:
        index = head.index(wanted)
    else:
        facts = {"file": file, "column": wanted, "columns": tuple(head)}
        return frozenset(), (Diagnostic("missing-column", statement.span, facts, nearest(wanted, head)),)
    values = frozenset(value for row in rows[1:] if len(row) > index and (value := clean_text(row[index])))
    name = statement.name.text
    if len(values) > MAX_LIST_ENTRIES:
        size = {"name": name, "count": len(values), "limit": MAX_LIST_ENTRIES}
        return frozenset(), (Diagnostic("list-too-long", statement.span, size),)
    if not values:
        return values, (Diagnostic("empty-list", statement.span, {"name": name}),)
    return values, ()
