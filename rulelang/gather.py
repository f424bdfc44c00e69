"""Gathers what a ruleset is made of: its files, the vocabularies it uses, its base, its lists and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from attrs import evolve, field, frozen

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Source
from rulelang.meaning.declare import Entries, Used
from rulelang.meaning.labels_kept import keep_labels
from rulelang.meaning.moved_base import version_changed
from rulelang.meaning.override import override
from rulelang.meaning.privacy_dropped import privacy_dropped
from rulelang.meaning.restated import Node, kept_figures, one_currency, restated
from rulelang.memory import Memory
from rulelang.model.program import Deviation
from rulelang.plugin.discover import Plugins, discover
from rulelang.plugin.locate import ENDING, locate
from rulelang.plugin.reads import Reads
from rulelang.plugin.words import spoken
from rulelang.reference import TableFile, read_lists, read_source, read_table
from rulelang.syntax import statements as s
from rulelang.syntax.blocks import as_rules
from rulelang.syntax.cut import DECLARATIONS
from rulelang.syntax.parse import Known, declared_names, parse, read_statements
from rulelang.syntax.table_cells import Rows
from rulelang.syntax.tables import Table, inline_rows, read_rows, table_rules
from rulelang.syntax.words import load_words
from rulelang.vocabulary.declarations import ListFile

_HEADS = frozenset({"use", "extends"})


@frozen
class Context:
    """What surrounds the files: the plug-ins at hand, the columns of the data and what they seem to hold."""

    plugins: Plugins | None = None
    columns: tuple[str, ...] = ()
    observed: Mapping[str, str] = {}


@frozen
class Gathered:
    """The parsed files, what the plug-ins used bring, the entries of list files, all texts involved, the decision
    tables with the texts of their files, and the thresholds of the rulesets that are extended, by name and by
    label. ``reads`` is what else all this was read from."""

    files: tuple[s.File, ...]
    vocabulary: tuple[s.Statement, ...] = ()
    entries: Entries = field(factory=dict)
    deviations: tuple[Deviation, ...] = ()
    functions: tuple[Used, ...] = ()
    sources: tuple[Source, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    tables: tuple[Table, ...] = ()
    table_sources: tuple[Source, ...] = ()
    base_thresholds: Mapping[str, s.ThresholdStatement] = field(factory=dict)
    reads: Reads = Reads()


def gather(
    sources: Sequence[Source],
    folder: Path,
    context: Context,
    chain: tuple[Path, ...] = (),
    memory: Memory | None = None,
) -> Gathered:
    """Everything that some rule files decide with.

    ``folder`` is where the files they name are looked for; ``chain`` the rulesets that extend this one, so that a
    circle is noticed.
    """
    problems: list[Diagnostic] = []
    memory = Memory() if memory is None else memory
    heads = [each for source in sources for each in read_statements(source, _HEADS, (), memory)]
    plugins = context.plugins
    if plugins is None and heads:
        plugins = memory.whole("plugins", discover)
    context = evolve(context, plugins=plugins)
    extended = [each for each in heads if isinstance(each, s.ExtendsStatement)]
    bases = [_base(each, folder, context, chain, memory) for each in extended]
    problems.extend(_deciding_the_same(extended, bases))
    if len({each.currency for each in extended}) > 1:
        problems.append(Diagnostic("bases-in-two-currencies", extended[-1].span))
    used, used_sources, used_entries, found = _used(heads, plugins, memory)
    problems.extend(found)
    # Two bases, or a base and this file, may use one plug-in: its words count once.
    inherited = list({each.span: each for base in bases for each in base.vocabulary}.values())
    known = {each.span for each in inherited}
    used = [each for each in used if each.span not in known]
    functions = [each for base in bases for each in base.functions]
    functions += _functions([*heads, *used], plugins)  # a vocabulary may use another's functions for its checks
    functions = list({(each.plugin, each.name): (each, span) for each, span in reversed(functions)}.values())[::-1]
    names = [*_titles(context.columns), *(spelling for each, _ in functions for spelling in each.spellings)]
    names += [name for statement in (*inherited, *used) for name in declared_names(statement)]
    names += [
        name for base in bases for file in base.files for each in file.statements for name in declared_names(each)
    ]
    if len(sources) > 1:
        shared = [each for source in sources for each in read_statements(source, DECLARATIONS, names, memory)]
        names += [name for statement in shared for name in declared_names(statement)]
    files = []
    tables: list[Table] = []
    table_sources: list[Source] = []
    elsewhere = (*inherited, *used, *(each for base in bases for file in base.files for each in file.statements))
    reads: list[Path] = []
    for source in sources:
        file, found_here = parse(source, names, memory)
        named = [name for each in file.statements if (name := getattr(each, "file", None)) is not None]
        reads.extend(folder / name for name in named)
        expanded = _with_tables(file, names, folder, elsewhere, memory)
        files.append(keep_labels(expanded.file, elsewhere))
        tables.extend(expanded.tables)
        table_sources.extend(expanded.sources)
        problems.extend((*found_here, *expanded.diagnostics))
    problems.extend(privacy_dropped(elsewhere, [each for file in files for each in file.statements]))
    entries, list_problems = read_lists([each for file in files for each in file.statements], folder, memory)
    problems.extend(list_problems)
    own = Gathered(
        tuple(files),
        (*inherited, *used),
        {**used_entries, **entries},
        (),
        tuple(functions),
        (*sources, *used_sources, *table_sources),
        tuple(problems),
        tuple(tables),
        tuple(table_sources),
        reads=_reads(reads, (*heads, *used), plugins),
    )
    return own if not bases else _on_top(own, bases)


def _reads(files: Sequence[Path], statements: Sequence[s.Statement], plugins: Plugins | None) -> Reads:
    """The files, and the plug-ins that some statements use."""
    names = [name for each in statements if isinstance(each, s.UseStatement) for name in each.plugins]
    if not names or plugins is None:
        return Reads(tuple(dict.fromkeys(files)))
    used = (plugins.named(name) for name in names)
    return Reads(tuple(dict.fromkeys(files)), (), tuple(each for each in used if each is not None), plugins)


def _deciding_the_same(extended: Sequence[s.ExtendsStatement], bases: Sequence[Gathered]) -> Iterator[Diagnostic]:
    """An error for each base that decides what one before it decides: the rules of one would stand in the shade."""
    deciding: dict[str, s.ExtendsStatement] = {}
    for statement, base in zip(extended, bases, strict=True):
        outcomes = [
            each.name
            for file in base.files
            for each in file.statements
            if isinstance(each, s.OutcomeStatement) and each.element is None
        ]
        shared = tuple(each for each in outcomes if each in deciding)
        if shared:
            other = deciding[shared[0]]
            facts = {"base": statement.path, "other": other.path, "outcomes": shared}
            labels = (Label("first-declared-here", other.span),)
            yield Diagnostic("bases-decide-the-same", statement.span, facts, labels=labels)
        deciding |= {each: statement for each in outcomes if each not in deciding}


def _titles(columns: Sequence[str]) -> list[str]:
    """The titles of data that may serve as names: "previous tier" is what the last run decided, no name of its own."""
    phrases = tuple(each for table in load_words().all_phrases.values() for each in table.get("PREVIOUS", ()))
    return [each for each in columns if not each.lower().startswith(phrases)]


def _on_top(own: Gathered, bases: Sequence[Gathered]) -> Gathered:
    """A ruleset on top of the ones it extends: one file with the statements of all, and the changes listed."""
    base_readings = [each for base in bases for file in base.files for each in file.readings]
    own_readings = [each for file in own.files for each in file.readings]
    readings, deviations, found = override(base_readings, own_readings)
    found = (*found, *_figures(bases, base_readings, own_readings))
    merged = evolve(own.files[0], readings=tuple(readings))
    silent = [evolve(file, readings=()) for file in (*own.files[1:], *(each for base in bases for each in base.files))]
    entries: dict[tuple[str, str, str | None], ListFile] = {}
    for base in bases:
        entries.update(base.entries)
    return Gathered(
        (merged, *silent),
        own.vocabulary,
        {**entries, **own.entries},
        (*(each for base in bases for each in base.deviations), *deviations),
        own.functions,
        (*own.sources, *(each for base in bases for each in base.sources)),
        (*(each for base in bases for each in base.diagnostics), *own.diagnostics, *found),
        (*own.tables, *(each for base in bases for each in base.tables)),
        (*own.table_sources, *(each for base in bases for each in base.table_sources)),
        _thresholds(base_readings, own.vocabulary),
        reads=sum((each.reads for each in bases), own.reads),
    )


def _figures(
    bases: Sequence[Gathered], base: Sequence[tuple[s.Reading, ...]], own: Sequence[tuple[s.Reading, ...]]
) -> Iterator[Diagnostic]:
    """A note where amounts of a base are in another currency with the figures they had."""
    restated_ = any(each.kind == "currency" for gathered in bases for each in gathered.deviations)
    asking = [each[0].statement for each in own if isinstance(each[0].statement, s.ExtendsStatement)]
    for statement in asking if restated_ else ():
        if statement.currency is not None:
            found = kept_figures(statement, [each[0].statement for each in base], [each[0].statement for each in own])
            yield from () if found is None else (found,)


def _thresholds(
    readings: Sequence[tuple[s.Reading, ...]], vocabulary: Sequence[s.Statement]
) -> dict[str, s.ThresholdStatement]:
    """The thresholds declared, by name and by label."""
    statements = (*vocabulary, *(each[0].statement for each in readings))
    return {
        name: each for each in statements if isinstance(each, s.ThresholdStatement) for name in declared_names(each)
    }


def _base(
    statement: s.ExtendsStatement, folder: Path, context: Context, chain: tuple[Path, ...], memory: Memory
) -> Gathered:
    """The ruleset that is extended: a file beside this one, or a shipped one by its name."""
    path = named = folder / statement.path
    by_name = not path.is_file()
    if by_name:
        located = locate(statement.path, context.plugins)
        if located.diagnostics or len(located.paths) != 1:
            code = "missing-file" if statement.path.endswith(ENDING) else "no-such-ruleset"
            facts = {"file": statement.path, "name": statement.path}
            near = located.diagnostics[0].nearest if located.diagnostics else ()
            return Gathered((), diagnostics=(Diagnostic(code, statement.span, facts, near),))
        path = located.paths[0]
    path = path.resolve()
    if path in chain:
        circle = tuple(each.name for each in (*chain[chain.index(path) :], path))
        return Gathered((), diagnostics=(Diagnostic("extends-cycle", statement.span, {"path": circle}),))
    source, problems = read_source(path, _shown(path))
    if source is None:
        return Gathered((), diagnostics=problems)
    with spoken([source], context.plugins, memory) as (plugins, unspoken):
        base = gather([source], path.parent, evolve(context, plugins=plugins, columns=()), (*chain, path), memory)
    moved = tuple(version_changed(statement, (each for file in base.files for each in file.statements)))
    found_by_name = Reads(absent=(named,), plugins=discover() if plugins is None else plugins)
    reads = base.reads + Reads((path,)) + (found_by_name if by_name else Reads())
    base = evolve(base, diagnostics=(*unspoken, *base.diagnostics, *moved), reads=reads)
    return base if statement.currency is None else _in_currency(base, statement)


def _in_currency(base: Gathered, statement: s.ExtendsStatement) -> Gathered:
    """A base with its amounts in the currency that the ruleset on top of it asks for; their figures stay."""
    assert statement.currency is not None
    spoken = ([file.readings for file in base.files], base.vocabulary)
    old, problems = one_currency(statement, spoken)
    if old is None or old == statement.currency:
        return evolve(base, diagnostics=(*base.diagnostics, *problems))

    def anew(node: Node) -> Node:
        return restated(node, old, str(statement.currency))

    files = tuple(evolve(file, readings=anew(file.readings)) for file in base.files)
    deviation = Deviation("currency", statement.currency, span=statement.span)
    return evolve(
        base,
        files=files,
        vocabulary=tuple(map(anew, base.vocabulary)),
        tables=tuple(map(anew, base.tables)),
        deviations=(*base.deviations, deviation),
    )


def _shown(path: Path) -> str:
    """A file as people call it: from the folder they work in, where it lies in that."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@frozen
class _Expanded:
    """A file with the rules of its decision tables in their place; the tables, and the texts of their files."""

    file: s.File
    tables: tuple[Table, ...] = ()
    sources: tuple[Source, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def _with_tables(
    file: s.File, names: Sequence[str], folder: Path, elsewhere: Sequence[s.Statement], memory: Memory
) -> _Expanded:
    """``elsewhere`` are declarations that are not in the file itself."""
    file = as_rules(file, memory)
    if not any(isinstance(each, s.TableStatement) for each in file.statements):
        return _Expanded(file)
    declared = [name for each in file.statements for name in declared_names(each)]
    known = Known.of([*names, *declared])
    texts = frozenset(name for each in (*elsewhere, *file.statements) for name in _text_names(each))
    surroundings = memory.same(("table names", file.source.name), (frozenset((*names, *declared)), texts))
    readings: list[tuple[s.Reading, ...]] = []
    tables: list[Table] = []
    sources: list[Source] = []
    problems: list[Diagnostic] = []
    for each in file.readings:
        statement = each[0].statement
        if not isinstance(statement, s.TableStatement):
            readings.append(each)
            continue
        rows: Rows
        found: TableFile | None = None
        if statement.file is None:
            rows = inline_rows(statement, file.source)
        else:
            found, missing = read_table(statement, folder, memory)
            problems.extend(missing)
            rows = found.rows
            if found.source is not None and all(found.source.name != source.name for source in sources):
                sources.append(found.source)
        if rows:
            read = partial(_table, statement, rows, known, texts)
            table, wrong, ruled = memory.whole(
                ("table", statement.file, statement.title.text, len(tables)),
                read,
                statement,
                found,
                surroundings,
                sound=lambda each: not each[1],
            )
            problems.extend(wrong)
            if table is not None:
                tables.append(table)
                readings.extend(ruled)
    return _Expanded(evolve(file, readings=tuple(readings)), tuple(tables), tuple(sources), tuple(problems))


def _table(
    statement: s.TableStatement, rows: Rows, known: Known, texts: frozenset[str]
) -> tuple[Table | None, tuple[Diagnostic, ...], tuple[tuple[s.Reading, ...], ...]]:
    """A table from its cells, what is wrong with it, and its rules."""
    table, wrong = read_rows(statement, rows, known, texts)
    rules = () if table is None else table_rules(table)
    return table, wrong, tuple((s.Reading(evolve(each, element=statement.element)),) for each in rules)


def _text_names(statement: s.Statement) -> tuple[str, ...]:
    """The name and label of a field or an outcome that holds texts."""
    if not isinstance(statement, s.FieldStatement | s.OutcomeStatement) or statement.type.kind != "text":
        return ()
    return (statement.name,) if statement.label is None else (statement.name, statement.label)


def _functions(heads: Sequence[s.Statement], plugins: Plugins | None) -> list[Used]:
    """The functions of the plug-ins that the files use, and their vocabularies."""
    found: list[Used] = []
    for statement in heads:
        if isinstance(statement, s.UseStatement) and plugins is not None:
            used = [plugin for name in statement.plugins if (plugin := plugins.named(name)) is not None]
            found += [(each, statement.span) for plugin in used for each in plugin.provided_functions]
    return found


def _used(
    heads: Sequence[s.Statement], plugins: Plugins | None, memory: Memory
) -> tuple[list[s.Statement], list[Source], Entries, list[Diagnostic]]:
    """The declarations of the plug-ins that the files use, and the entries of their lists: files beside them."""
    found: list[s.Statement] = []
    sources: list[Source] = []
    entries: dict[tuple[str, str, str | None], ListFile] = {}
    problems: list[Diagnostic] = []
    for statement in heads:
        if not isinstance(statement, s.UseStatement) or plugins is None:
            continue
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
            if source is not None and source.name not in {each.name for each in sources}:
                file, parsing = parse(source, (), memory)
                listed, missing = read_lists(file.statements, plugin.vocabulary.parent, memory)
                problems.extend((*parsing, *missing))
                sources.append(source)
                found.extend(file.statements)
                entries.update(listed)
    return found, sources, entries, problems
