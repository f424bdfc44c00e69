"""The road from a rule file to its checked model, one line per step.

    text ──parse──▶ tree ──build_model──▶ model ──(engine)──▶ plan, Python

:func:`read_model` is the whole of it; the layers below do the work and return values with diagnostics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Source
from rulelang.meaning.build import Surroundings, build_model
from rulelang.model.program import Model
from rulelang.plugin.discover import Plugins, discover
from rulelang.reference import read_lists, read_source, read_table
from rulelang.syntax import statements as s
from rulelang.syntax.cut import DECLARATIONS
from rulelang.syntax.parse import Known, declared_names, parse, read_statements
from rulelang.syntax.tables import inline_rows, table_rules


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
        expanded, found_in_tables = _with_tables(file, names, folder)
        files.append(expanded)
        problems.extend((*found_here, *found_in_tables))
    entries, list_problems = read_lists([each for file in files for each in file.statements], folder)
    problems.extend(list_problems)
    surroundings = Surroundings(entries, context.columns, context.observed, tuple(used))
    model, found_in_meaning = build_model(files, surroundings)
    problems.extend(found_in_meaning)
    failed = any(severity(each.code) == "error" for each in problems)
    return Read(None if failed else model, tuple(problems), (*sources, *vocabulary_sources))


def _with_tables(file: s.File, names: Sequence[str], folder: Path) -> tuple[s.File, list[Diagnostic]]:
    """The file with the rules of its decision tables in their place."""
    if not any(isinstance(each, s.TableStatement) for each in file.statements):
        return file, []
    declared = [name for each in file.statements for name in declared_names(each)]
    known = Known.of([*names, *declared])
    readings: list[tuple[s.Reading, ...]] = []
    problems: list[Diagnostic] = []
    for each in file.readings:
        table = each[0].statement
        if not isinstance(table, s.TableStatement):
            readings.append(each)
            continue
        if table.file is None:
            rows = inline_rows(table, file.source)
        else:
            rows, missing = read_table(table, folder)
            problems.extend(missing)
        if rows:
            rules, found = table_rules(table, rows, known)
            problems.extend(found)
            readings.extend((s.Reading(rule),) for rule in rules)
    return evolve(file, readings=tuple(readings)), problems


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
