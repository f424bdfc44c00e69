"""Decides for every row of a table that a program has in memory; the same kind of table comes back.

rulelang.load("tiers").run(frame)                       # the frame with a column per outcome
done = rulelang.load("tiers").decide_table(frame)       # with the rows that can't be read, and the account
done.table, done.rejects, done.summary
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, field, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import Cuts
from rulelang.engine.extras import extra
from rulelang.engine.frames.kinds import Added, Frame, arrow, as_frame
from rulelang.engine.frames.memory import answer_array, as_source, gathering, typed_column
from rulelang.engine.reading.column_maps import apply_maps, find_map
from rulelang.engine.reading.cut_files import given_cuts
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.reading.previous import with_previous
from rulelang.engine.reading.quality import MODES
from rulelang.engine.run import run_in_batch
from rulelang.engine.running.output import REJECT_COLUMNS, STANDING_WORDS, head, outcome_columns
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, Progress, RunOptions
from rulelang.engine.sources.source import Source
from rulelang.model.program import Model
from rulelang.plugin.discover import discover
from rulelang.vocabulary.reading import ReadingOptions

ENGINES = ("auto", "python", "duckdb")
_MANY = 20_000  # rows from which DuckDB is worth its start


@frozen
class DecidedTable:
    """``table`` has all rows in their order with a column per outcome, and where some can't be read a column that says
    why; ``rejects`` are those rows alone, with number, column and reason; ``summary`` is the account of a run.
    """

    table: Any = field(repr=False)
    rejects: Any = field(repr=False)
    summary: RunSummary


@frozen
class _Decided:
    """What was decided: a column per title, and of the rejected rows their places, columns and reasons. The columns
    have a value for every row that was not rejected, in their order.
    """

    summary: RunSummary
    columns: tuple[Any, ...]
    places: tuple[int, ...]
    at: tuple[str, ...]
    reasons: tuple[str, ...]


def decide_table(
    ruleset: Decider,
    table: Any,
    *,
    as_of: date | None = None,
    columns: Mapping[str, str] | None = None,
    column_map: str | None = None,
    lists: Mapping[str, Any] | None = None,
    previous: Any = None,
    key: str | None = None,
    thresholds: Mapping[str, Any] | None = None,
    cuts: Cuts | PathLike | None = None,
    why: bool = False,
    day_first: bool | None = None,
    decimal_comma: bool | None = None,
    percent_figures: bool | None = None,
    language: str | None = None,
    progress: Progress | None = None,
    engine: str = "auto",
    memory: str | None = None,
    quality: str = "report",
) -> DecidedTable:
    """Decides for every row of an Arrow table, a data frame of pandas or polars (lazy ones too), or DuckDB's relation.

    ``lists`` are tables with the records of lists, by the list's name, ``previous`` is the result of the last run, a
    table too; ``key`` is the column that they have in common with this one. Of the
    engines ``auto`` takes DuckDB for many rows where it is installed; with ``quality="strict"`` every answer is left
    out where the data fails what its vocabulary asks (``refused`` of the summary). The rest as in
    `rulelang.engine.run.run_file`.
    Raises as that does, and DataError (``not-a-table``, ``missing-extra``, ``duplicate-column``, ``engine-cannot``,
    ``unknown-quality``).
    """
    if engine not in ENGINES:
        known = engine in ("spark", "database")
        facts = {"engine": engine, **({"construct": "data in memory"} if known else {})}
        raise DataError((Diagnostic("engine-cannot" if known else "unknown-engine", facts=facts),))
    if quality not in MODES:
        raise DataError((Diagnostic("unknown-quality", facts={"value": quality}),))
    if language not in (None, *STANDING_WORDS):
        raise ValueError(f"language is one of {', '.join(STANDING_WORDS)}, not {language!r}")
    ruleset = ruleset.with_thresholds(**thresholds) if thresholds else ruleset
    frame, notes = as_frame(table), tuple[Diagnostic, ...]()
    if previous is not None:
        frame, notes = _with_last(frame, previous, key, ruleset.model, language or ruleset.model.language)
    pairs = tuple((columns or {}).items())
    reading = ReadingOptions(day_first, decimal_comma, percent_figures)
    options = RunOptions(as_of, pairs, reading, why, language, progress, memory=memory)
    options = evolve(options, quality=quality, engine=engine, lists=tuple(_lists(lists or {}, key)))
    options = evolve(options, cuts=given_cuts(cuts, ruleset))
    maps = () if column_map is None else (find_map(column_map, discover()),)
    found = apply_maps(maps, frame.columns, ruleset.model, pairs, checked=True)
    reading = evolve(options.reading, spellings=found.values)
    options = evolve(options, pairs=(*pairs, *found.pairs), reading=reading, notes=(*notes, *found.notes))
    return _decided_table(ruleset, frame, options)


def _lists(lists: Mapping[str, Any], key: str | None) -> Iterator[ListTable]:
    for name, table in lists.items():
        if key is None:
            raise DataError((Diagnostic("key-needed", facts={"list": name, "file": name}),))
        frame = as_frame(table)
        yield ListTable(name, as_source(frame, range(len(frame.columns)), name), (key, key))


def _with_last(
    frame: Frame, previous: Any, key: str | None, model: Model, language: str
) -> tuple[Frame, tuple[Diagnostic, ...]]:
    """The table with the last run's answers as columns of its own, and what there is to say of them."""
    if key is None:
        raise DataError((Diagnostic("previous-needs-key", facts={"file": "previous"}),))
    own, last = len(frame.columns), as_frame(previous)
    now, before = as_source(frame, range(own), "table"), as_source(last, range(len(last.columns)), "previous")
    joined = with_previous(now, before, (key, key), model, language)
    columns = list(zip(*(row.cells[own:] for row in joined.rows()), strict=True)) or [()] * (len(joined.columns) - own)
    added = tuple((title, arrow().array(cells)) for title, cells in zip(joined.columns[own:], columns, strict=True))
    return as_frame(frame.beside(frame.columns, added)), joined.notes


def _decided_table(ruleset: Decider, frame: Frame, options: RunOptions) -> DecidedTable:
    whole = Source("table", "parquet", frame.columns, lambda: iter(()))
    work = RowRun(ruleset, whole, options)  # which columns belong to what; it decides nothing
    used = sorted(_used(work))
    decided = _by_engine(ruleset, frame, used, options)
    own, language = work.head.columns[: len(frame.columns)], work.language
    added: Added = ()
    if not decided.summary.refused:
        added = tuple(zip(work.head.columns[len(own) :], map(_spread(frame, decided), decided.columns), strict=True))
    row, column, reason = REJECT_COLUMNS[language]
    if decided.places:
        reasons = dict(zip(decided.places, decided.reasons, strict=True))
        titles = head((*own, *(name for name, _ in added)), (reason,), language).columns
        own = titles[: len(own)]
        added = (*added, (reason, arrow().array(map(reasons.get, range(frame.rows)), arrow().string())))
    numbers = arrow().array([each + 1 for each in decided.places], arrow().int64())
    marks = ((row, numbers), (column, _texts(decided.at)), (reason, _texts(decided.reasons)))
    notes = (*work.columns.findings, *work.head.notes)
    summary = evolve(
        decided.summary,
        source="table",
        target=None,
        rejects=None,
        unused_columns=work.unused_columns,
        columns=(*own, *(name for name, _ in added)),
        notes=(*notes, *(each for each in decided.summary.notes if each not in notes)),
        preview=(),
    )
    return DecidedTable(frame.beside(own, added), frame.some(decided.places, marks), summary)


def _used(work: RowRun) -> set[int]:
    """The places of the columns that the rules or checks read, and of those that lists are joined by."""
    found = {*work.columns.positions.values(), *(each.customer_place for each in work.lists)}
    if work.quality is not None:
        found.update(each.position for each in work.quality.columns)
    return found


def _texts(values: Sequence[str]) -> Any:
    return arrow().array(values, arrow().string())


def _spread(frame: Frame, decided: _Decided) -> Any:
    """Puts the answers of rows that were decided at their places among all rows."""
    if not decided.places:
        return lambda column: column
    pa = arrow()
    rejected = set(decided.places)
    counter = iter(range(frame.rows))
    places = pa.array((None if each in rejected else next(counter) for each in range(frame.rows)), pa.int64())
    return lambda column: column.take(places)


def _by_engine(ruleset: Decider, frame: Frame, used: Sequence[int], options: RunOptions) -> _Decided:
    """Small tables, and those of mixed columns, row by row; the others by DuckDB, but for what it leaves to Python."""
    insisted = options.engine == "duckdb"
    notes: tuple[Diagnostic, ...] = ()
    if insisted:
        extra("batch", "duckdb", "table")
    installed = importlib.util.find_spec("duckdb") is not None
    if insisted or (options.engine == "auto" and frame.rows >= _MANY and installed):
        source = as_source(frame, used, "table", numbered=True)
        if source.table is not None:
            done = _in_batch(ruleset, source, options)
            if isinstance(done, _Decided):
                return done
            notes = done
        elif insisted:
            facts = {"engine": "duckdb", "construct": "columns of these types"}
            raise DataError((Diagnostic("engine-cannot", facts=facts),))
    return _one_by_one(ruleset, as_source(frame, used, "table"), evolve(options, notes=(*options.notes, *notes)))


def _one_by_one(ruleset: Decider, source: Source, options: RunOptions) -> _Decided:
    """The rows one after the other, without any file."""
    work = RowRun(ruleset, source, options)
    titles = outcome_columns(work.outcomes, options.why, work.language)
    sink, gathered = gathering(len(titles))
    rejects, refused = gathering(3)
    work.go(sink, rejects)
    columns = list(zip(*gathered.rows, strict=True)) or [()] * len(titles)
    places = tuple(int(str(each[0])) - 1 for each in refused.rows)
    at, reasons = (tuple(str(each[n] or "") for each in refused.rows) for n in (1, 2))
    summary = work.summary(None, None)
    return _Decided(summary, tuple(_arrays(work, columns, options.why)), places, at, reasons)


def _arrays(work: RowRun, columns: Sequence[Sequence[Any]], why: bool) -> Iterator[Any]:
    width = 3 if why else 1
    for place, cells in enumerate(columns):
        if place % width:
            yield arrow().array(cells, arrow().string())
        else:
            yield answer_array(work.outcomes[place // width], cells)


def _in_batch(ruleset: Decider, source: Source, options: RunOptions) -> _Decided | tuple[Diagnostic, ...]:
    """By DuckDB, whose result is set aside as a file for as long as this takes; a note where it leaves it to Python."""
    parquet: Any = extra("tables", "pyarrow.parquet", "pyarrow")
    row, column, reason = REJECT_COLUMNS[options.language or ruleset.model.language]
    with tempfile.TemporaryDirectory(prefix="rulelang-") as folder:
        target, rejects = (os.path.join(folder, name) for name in ("decided.parquet", "rejected.parquet"))
        summary = run_in_batch(ruleset, source, options, target, rejects)
        if not isinstance(summary, RunSummary):
            return summary
        titles, number = summary.columns[len(source.columns) :], source.columns[-1]
        columns: list[Any] = [arrow().nulls(0)] * len(titles)
        if not summary.refused:
            found = parquet.read_table(target, columns=[number, *titles], partitioning=None).sort_by(number)
            columns = [found.column(each) for each in titles]
            width = 3 if options.why else 1
            for place, outcome in enumerate(ruleset.model.outcomes.values()):
                columns[place * width] = typed_column(outcome, columns[place * width])
        refused = parquet.read_table(rejects, columns=[row, column, reason], partitioning=None)
    places, at, reasons = (refused.column(each).to_pylist() for each in (row, column, reason))
    return _Decided(
        summary, tuple(columns), tuple(int(each) - 1 for each in places), tuple(map(_text, at)), tuple(reasons)
    )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
