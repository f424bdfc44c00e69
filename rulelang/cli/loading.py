"""Rules and data for a command: found, read, and refused with messages where they have errors."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve

from rulelang.cli.console import Console
from rulelang.cli.failures import CommandError, exit_code_of, wrong_call
from rulelang.cli.options import read_pair

if TYPE_CHECKING:
    from rulelang.engine.deciding.decision import Decision
    from rulelang.engine.deciding.each import ElementDecision
    from rulelang.engine.reading.column_maps import AppliedMaps, ColumnMapFile
    from rulelang.engine.reading.joined import ListTable
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.sources.source import Source
    from rulelang.model.program import Model
    from rulelang.vocabulary.reading import ReadingOptions


def load_ruleset(reference: str, data: Source | None = None, plugin_folders: Sequence[Path] = ()) -> Ruleset:
    """The ruleset a reference stands for; the columns of ``data`` help where the file declares no fields.

    Raises CommandError with every error: exit code 2 where there are no such rules, 1 where they are wrong.
    """
    from rulelang.engine.loading.reading import read_ruleset
    from rulelang.engine.reading.observe import observe

    columns = () if data is None else data.columns
    observed = None if data is None else observe(data)
    loaded = read_ruleset(reference, columns, observed, plugin_folders)
    if loaded.ruleset is None:
        raise CommandError(*loaded.errors, exit_code=exit_code_of(loaded.errors), sources=loaded.sources)
    context = click.get_current_context(silent=True)
    if context is not None:
        context.ensure_object(Console).speaks_of(loaded.ruleset.model)
    return loaded.ruleset


def with_settings(ruleset: Ruleset, settings: Sequence[str]) -> Ruleset:
    """The ruleset with thresholds set on the command line, by name or label. Raises CommandError (exit code 2)."""
    if not settings:
        return ruleset
    from rulelang.diagnostics.nearest import nearest

    thresholds = ruleset.model.thresholds
    names = {spelling: each.name for each in thresholds.values() for spelling in (each.label, each.name) if spelling}
    values: dict[str, str] = {}
    for each in settings:
        name, value = read_pair(each, "--set", "THRESHOLD=VALUE")
        if name not in names:
            raise wrong_call("unknown-threshold", nearest(name, names), name=name)
        values[names[name]] = value
    return ruleset.with_thresholds(**values)


def open_data(
    data: str,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    rules: str | None = None,
    plugin_folders: Sequence[Path] = (),
    titles: Collection[str] = (),
) -> Source:
    """The rows of a data file; ``\\\\t`` and ``tab`` name the tabulator. Of a workbook with several sheets the one is
    read whose head has the fields of ``rules``, or some titles.
    """
    from rulelang.engine.sources.opening import open_source
    from rulelang.engine.sources.source import SourceOptions

    def wanted() -> Collection[str]:
        from rulelang.engine.loading.reading import read_ruleset
        from rulelang.engine.reading.mapping import titles_of

        ruleset = None if rules is None else read_ruleset(rules, plugin_folders=plugin_folders).ruleset
        return {*titles, *(() if ruleset is None else titles_of(ruleset.model))}

    separator = "\t" if delimiter in ("\\t", "tab") else delimiter
    return open_source(data, SourceOptions(encoding, separator, sheet, wanted))


def open_in_spark(
    data: str, encoding: str | None, delimiter: str | None, memory: str | None, stack: ExitStack
) -> Source:
    """The rows of data that Spark reads, in a session that lasts as long as the stack."""
    from rulelang.engine.sources.source import SourceOptions
    from rulelang.engine.spark.files import open_frame
    from rulelang.engine.spark.session import open_session

    separator = "\t" if delimiter in ("\\t", "tab") else delimiter
    session = stack.enter_context(open_session(memory, data))
    return open_frame(session, data, SourceOptions(encoding, separator)).source


def open_tables(
    tables: Sequence[str],
    keys: Sequence[str],
    encoding: str | None,
    delimiter: str | None,
    stack: ExitStack,
    model: Model,
    in_spark: bool = False,
) -> tuple[ListTable, ...]:
    """The second tables of ``--with`` and ``--key``, open until the stack closes, ``in_spark`` where Spark reads them.
    Raises CommandError, DataError.
    """
    from rulelang.engine.reading.joined import ListTable, of_list
    from rulelang.engine.sources.opening import open_records

    found = []
    for place, each in enumerate(tables):
        name, file = read_pair(each, "--with", "LIST=FILE")
        if not keys or (len(keys) > 1 and len(keys) != len(tables)):
            raise wrong_call("key-needed", list=name, file=file)
        key = keys[place if len(keys) > 1 else 0]
        if in_spark:
            source = open_in_spark(file, encoding, delimiter, None, stack)
        else:
            separator = "\t" if delimiter in ("\\t", "tab") else delimiter
            source = open_records(file, of_list(model, name, encoding, separator))
        found.append(ListTable(name, stack.enter_context(source), _key_columns(key)))
    return tuple(found)


def _key_columns(key: str) -> tuple[str, str]:
    """What ``--key`` calls the customer in the second table and in the data. Raises CommandError."""
    return read_pair(key, "--key", "LISTCOLUMN=CUSTOMERCOLUMN") if "=" in key or "＝" in key else (key, key)


def with_last_run(
    source: Source,
    file: str | None,
    keys: Sequence[str],
    model: Model,
    stack: ExitStack,
    language: str | None = None,
) -> Source:
    """The source with the last run's answers of ``--previous`` and ``--key``, titled in the language of the result.

    Raises CommandError, DataError.
    """
    from rulelang.engine.reading.previous import with_previous

    if file is None:
        return source
    if not keys:
        raise wrong_call("previous-needs-key", file=file)
    key = _key_columns(keys[0])
    outcomes = model.outcomes.values()
    titles = {spelling for each in outcomes for spelling in (each.name, each.label) if spelling} | {key[0]}
    previous = stack.enter_context(open_data(file, None, None, None, titles=titles))
    return with_previous(source, previous, key, model, language or model.language)


def read_maps(values: Sequence[str], plugin_folders: Sequence[Path] = ()) -> tuple[ColumnMapFile, ...]:
    """The maps among the values of ``--map``: files, and those of plug-ins. Raises DataError."""
    from rulelang.engine.reading.column_maps import find_map, is_pair
    from rulelang.plugin.discover import discover

    names = [each for each in values if not is_pair(each)]
    if not names:
        return ()
    plugins = discover(plugin_folders)
    return tuple(find_map(each, plugins) for each in names)


def applied_maps(
    values: Sequence[str],
    columns: Sequence[str],
    model: Model,
    plugin_folders: Sequence[Path] = (),
    checked: bool = False,
) -> AppliedMaps:
    """What the values of ``--map`` come to for columns of data; fields that are only checked count where ``checked``.

    Raises DataError.
    """
    from rulelang.engine.reading.column_maps import AppliedMaps, apply_maps, is_pair
    from rulelang.engine.reading.mapping import read_pair as column_pair

    maps = read_maps(values, plugin_folders)
    pairs = tuple(column_pair(each) for each in values if is_pair(each))
    applied = apply_maps(maps, columns, model, pairs, checked) if maps else AppliedMaps()
    return evolve(applied, pairs=(*pairs, *applied.pairs))


def mapped(
    console: Console,
    values: Sequence[str],
    options: ReadingOptions,
    source: Source,
    model: Model,
    plugin_folders: Sequence[Path] = (),
) -> tuple[tuple[tuple[str, str], ...], ReadingOptions]:
    """The pairs of column and field that the values of ``--map`` come to, and how values are read; what a reader should
    know of it is told. Raises DataError.
    """
    applied = applied_maps(values, source.columns, model, plugin_folders)
    console.report(applied.notes)
    only_checked = {name for each in model.checks for name in (each.field.name, each.field.label)}
    only_checked -= {name for each in model.fields.values() for name in (each.name, each.label)}
    pairs = tuple(each for each in applied.pairs if each[1] not in only_checked)
    return pairs, evolve(options, spellings=applied.values)


def outcomes_named(model: Model, wanted: Sequence[str]) -> tuple[str, ...]:
    """The outcomes of names or labels, all where none is named. Raises CommandError (``unknown-outcome``)."""
    from rulelang.diagnostics.nearest import nearest

    outcomes = model.outcomes
    names = {spelling: each.name for each in outcomes.values() for spelling in (each.label, each.name) if spelling}
    for each in wanted:
        if each not in names:
            raise wrong_call("unknown-outcome", nearest(each, names), name=each)
    return tuple(names[each] for each in wanted) or tuple(outcomes)


def elements_named(decision: Decision, asked: str) -> tuple[ElementDecision, ...]:
    """What was decided for the records of ``LIST``, or for one of them (``LIST=2``). Raises CommandError:
    ``nothing-for-each``, ``no-such-record``.
    """
    from rulelang.diagnostics.nearest import nearest

    name, equals, number = (part.strip() for part in asked.replace("＝", "=", 1).partition("="))
    try:
        elements = decision.each(name)
    except KeyError:
        raise wrong_call("nothing-for-each", nearest(name, decision.lists), list=name) from None
    if not equals:
        return elements
    if not number.isdecimal() or not 1 <= int(number) <= len(elements):
        raise wrong_call("no-such-record", list=name, number=number, count=len(elements))
    return elements[int(number) - 1 : int(number)]


def given_values(ruleset: Ruleset, pairs: Sequence[str], what: str = "--given") -> dict[str, str]:
    """The values of FIELD=VALUE pairs by field name. Raises CommandError (``unknown-field-option``, ``not-a-pair``)."""
    from rulelang.diagnostics.nearest import nearest

    fields = ruleset.model.fields
    names = {spelling: each.name for each in fields.values() for spelling in (each.label, each.name) if spelling}
    values: dict[str, str] = {}
    for each in pairs:
        name, value = read_pair(each, what, "FIELD=VALUE")
        if name not in names:
            raise wrong_call("unknown-field-option", nearest(name, names), name=name)
        values[names[name]] = value
    return values


def reading_options(
    date_order: Mapping[str, str], decimal: Mapping[str, str], percent: Mapping[str, str], names: Sequence[str] = ()
) -> ReadingOptions:
    """How values are read that the data itself leaves open: of the customers, or of the list that has these names."""
    from rulelang.vocabulary.reading import ReadingOptions

    def said(words: Mapping[str, str], first: str) -> bool | None:
        word = next((words[each] for each in (*names, "") if each in words), None)
        return None if word is None else word == first

    return ReadingOptions(said(date_order, "dmy"), said(decimal, "comma"), said(percent, "figures"))


def read_otherwise(
    tables: Sequence[ListTable], words: tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]], model: Model
) -> tuple[ListTable, ...]:
    """The tables, with how their values are read where options name their lists; ``words`` are those of
    --date-order, --decimal and --percent. Raises CommandError (``option-without-table``), DataError
    (``unknown-list-option``).
    """
    from rulelang.engine.reading.joined import list_named

    named = [(list_named(model, name).name, name) for each in words for name in each if name]
    given = {list_named(model, each.list).name for each in tables} if named else set()
    for key, name in named:
        if key not in given:
            raise wrong_call("option-without-table", list=name)
    spellings = {key: [name for other, name in named if other == key] for key, _ in named}
    keys = [list_named(model, each.list).name if named else "" for each in tables]
    otherwise = {key: reading_options(*words, names=names) for key, names in spellings.items()}
    return tuple(evolve(each, reading=otherwise.get(key)) for each, key in zip(tables, keys, strict=True))
