"""Decides for every row of a source: reads, decides, writes, and gives an account.

    with open_source("customers.csv") as source:
        summary = run(ruleset, source, RunOptions(as_of=date(2026, 6, 1)), target="result.csv")

One row at a time, so that a file of any size passes; nothing is left behind where it goes wrong.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.connections.address import is_beside
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import Cuts
from rulelang.engine.reading.column_maps import apply_maps, find_map
from rulelang.engine.reading.cut_files import given_cuts
from rulelang.engine.reading.joined import ListTable, of_list
from rulelang.engine.reading.mapping import titles_of
from rulelang.engine.reading.previous import with_previous
from rulelang.engine.reading.quality import MODES
from rulelang.engine.running.each_output import EachTable
from rulelang.engine.running.overruled import overruled, overruled_in
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, Progress, RunOptions
from rulelang.engine.running.targets import refuse_same_files
from rulelang.engine.sources.opening import open_records, open_source
from rulelang.engine.sources.source import Source, SourceOptions
from rulelang.plugin.discover import discover
from rulelang.vocabulary.reading import ReadingOptions

ENGINES = ("auto", "python", "duckdb", "spark", "database")

_LARGE = 20_000_000  # bytes from which a file is large


def run(
    ruleset: Decider,
    source: Source,
    options: RunOptions | None = None,
    target: PathLike | None = None,
    rejects: PathLike | None = None,
) -> RunSummary:
    """Decides for every row of a source and writes the result to ``target``, rows that can't be read to ``rejects``.

    A row is rejected where a cell that the rules read can't be read as its field's type, where it has too many or
    too few cells, or where the file is damaged there. Both files appear when the run is over, or not at all.
    Raises DataError (what mapping, sources and sinks raise; ``same-file``; ``ambiguous-date``, which is asked for
    and not guessed) and RuleError (``outside-validity``, ``requirement-not-met``).
    """
    options = options or RunOptions()
    if options.engine not in ENGINES:
        raise DataError((Diagnostic("unknown-engine", facts={"engine": options.engine}),))
    if options.quality not in MODES:
        raise DataError((Diagnostic("unknown-quality", facts={"value": options.quality}),))
    for read in (source, *(table.source for table in options.lists)):
        for file in (read.path, *read.files):
            refuse_same_files(file, target, rejects, options.details, *(table.target for table in options.each))
    if options.engine == "spark":
        from rulelang.engine.spark.run import run_spark  # most runs do without

        return run_spark(ruleset, source, options, target, rejects)
    instead: tuple[Diagnostic, ...] = ()
    beside = options.engine == "auto" and source.address is not None and is_beside(target, source.address)
    if beside or options.engine in ("duckdb", "database") or (options.engine == "auto" and _is_large(source)):
        done = run_in_batch(ruleset, source, options, target, rejects)
        if isinstance(done, RunSummary):
            if source.address is not None or options.lists:
                return done
            return evolve(done, overruled=overruled_in(ruleset, source, options, done.never_fired))
        instead = done
    work = RowRun(ruleset, source, options)
    with ExitStack() as open_files:
        sink = None if target is None else open_files.enter_context(work.open(target, work.head.columns))
        rejected = None if rejects is None else open_files.enter_context(work.open(rejects, work.reject_head))
        details = None if options.details is None else open_files.enter_context(work.open_details(options.details))
        tables = [table for each in work.decided for table in each.tables]
        for table in tables:
            table.sink = open_files.enter_context(work.open(table.target, table.head.columns))
        work.go(sink, rejected)
        results = () if work.refused else (sink, *(table.sink for table in tables))
        files = [each for each in (*results, rejected, details) if each is not None]
        for each in files:
            each.finish()
        for each in files:
            each.commit()
    summary = work.summary(target, rejects)
    summary = evolve(summary, overruled=overruled(work, summary.never_fired))
    return evolve(summary, notes=(*summary.notes, *instead)) if instead else summary


def run_in_batch(
    ruleset: Decider, source: Source, options: RunOptions, target: PathLike | None, rejects: PathLike | None
) -> RunSummary | tuple[Diagnostic, ...]:
    """The account of a run by DuckDB, or by the database that has the rows; a note that says why where they are better
    decided one by one, with the same answers.
    """
    from rulelang.engine.batch.run import Elsewhere, run_batch  # most runs do without
    from rulelang.engine.database.run import run_in_database

    insisted = options.engine in ("duckdb", "database")
    title = "DuckDB" if source.address is None else source.address.title
    decide = run_batch if source.address is None and options.engine != "database" else run_in_database
    try:
        return decide(ruleset, source, options, target, rejects)
    except Elsewhere as other:
        if insisted and (other.reason != "file" or source.address is not None):
            facts = {"engine": options.engine if source.address is None else title, "construct": other.reason}
            raise DataError((Diagnostic("engine-cannot", facts=facts),)) from other
        construct: object = "kind of file" if other.reason == "file" else other.reason
    except DataError as error:
        if insisted or any(each.code != "column-type" for each in error.diagnostics):
            raise
        construct = "columns of these types"
    except RuleError as error:
        if insisted or any(each.code != "not-in-sql" for each in error.diagnostics):
            raise
        construct = error.diagnostics[0].facts["construct"]
    return (Diagnostic("decided-by-python", facts={"engine": title, "construct": construct}),)


def _is_large(source: Source) -> bool:
    """Whether a file is worth a batch engine, and there is one."""
    if importlib.util.find_spec("duckdb") is None or source.path is None:
        return False
    if source.format == "parquet":
        return (source.estimate() or 0) > 100_000
    return source.format == "csv" and os.path.getsize(source.path) > _LARGE


def run_file(
    ruleset: Decider,
    data: PathLike,
    target: PathLike | None = None,
    *,
    as_of: date | None = None,
    columns: Mapping[str, str] | None = None,
    column_map: str | None = None,
    rejects: PathLike | None = None,
    why: bool = False,
    day_first: bool | None = None,
    decimal_comma: bool | None = None,
    percent_figures: bool | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    language: str | None = None,
    progress: Progress | None = None,
    engine: str = "auto",
    memory: str | None = None,
    each: Mapping[str, PathLike] | None = None,
    lists: Mapping[str, PathLike] | None = None,
    previous: PathLike | None = None,
    key: str | None = None,
    thresholds: Mapping[str, Any] | None = None,
    cuts: Cuts | PathLike | None = None,
    quality: str = "report",
    findings: PathLike | None = None,
) -> RunSummary:
    """Opens a file (``-`` is standard input) and runs over it, for callers in Python.

    ``columns`` maps columns of the data to fields, ``column_map`` is a file of such pairs or the name of a plug-in's
    map (``zoho``); ``day_first`` says how 03/04/2026 is meant, ``decimal_comma`` how 48.500 is,
    ``percent_figures`` whether 73 is 73% where a percentage is read; ``each`` names for a list the file that gets what
    is decided for each of its records, ``lists`` the file with its records, joined by the column ``key`` both have.
    ``previous`` is the result of the last run, joined by ``key`` too, ``thresholds`` are other values of some, as
    `rulelang.Ruleset.with_thresholds` takes them, ``cuts`` the cut points of an earlier run, or the file they are in.
    With ``quality="strict"`` nothing is written where the data fails
    what its vocabulary asks (``refused`` of the summary); ``findings`` is a file for every such place. The rest as in
    `RunOptions` and `SourceOptions`.
    Raises as `run` and `open_source` do, and DataError (``unknown-engine``).
    """
    ruleset = ruleset.with_thresholds(**thresholds) if thresholds else ruleset
    pairs = tuple((columns or {}).items())
    tables = tuple(EachTable(*each) for each in (each or {}).items())
    reading = ReadingOptions(day_first, decimal_comma, percent_figures)
    options = RunOptions(as_of, pairs, reading, why, language, progress, each=tables, engine=engine, memory=memory)
    options = evolve(options, quality=quality, details=findings, cuts=given_cuts(cuts, ruleset))
    maps = () if column_map is None else (find_map(column_map, discover()),)
    wanted = {*titles_of(ruleset.model), *(columns or {}), *(line.column for each in maps for line in each.lines)}
    if lists and key is None:
        name, file = next(iter(lists.items()))
        raise DataError((Diagnostic("key-needed", facts={"list": name, "file": os.fspath(file)}),))
    if previous is not None and key is None:
        raise DataError((Diagnostic("previous-needs-key", facts={"file": os.fspath(previous)}),))
    with ExitStack() as stack:
        source = stack.enter_context(open_source(data, SourceOptions(encoding, delimiter, sheet, lambda: wanted)))
        seconds = {
            name: stack.enter_context(open_records(file, of_list(ruleset.model, name)))
            for name, file in (lists or {}).items()
        }
        records = tuple(ListTable(name, second, (str(key), str(key))) for name, second in seconds.items())
        options = evolve(options, lists=records)
        if previous is not None:
            last = stack.enter_context(open_source(previous))
            source = with_previous(
                source, last, (str(key), str(key)), ruleset.model, language or ruleset.model.language
            )
        found = apply_maps(maps, source.columns, ruleset.model, pairs, checked=True)
        reading = evolve(options.reading, spellings=found.values)
        options = evolve(options, pairs=(*pairs, *found.pairs), reading=reading, notes=found.notes)
        return run(ruleset, source, options, target, rejects)


__all__ = ["ENGINES", "RunOptions", "run", "run_file"]
