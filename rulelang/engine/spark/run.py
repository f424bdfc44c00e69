"""A run on Spark: files in, folders out, with the account of every other run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.capabilities import limit_of
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.extras import extra
from rulelang.engine.running.each_output import ElementTable
from rulelang.engine.running.output import REJECT_COLUMNS, REJECT_FILE, head
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, RunOptions
from rulelang.engine.sources.source import Source, SourceOptions
from rulelang.engine.spark.account import count_classes, count_records, metrics, see_preview, see_winners, take
from rulelang.engine.spark.aside import count_lonely, lonely_records, odd_records
from rulelang.engine.spark.decide import Decided, answer_names, decide_frame
from rulelang.engine.spark.elements import records_frame
from rulelang.engine.spark.failures import spark_failure
from rulelang.engine.spark.files import Opened, open_frame
from rulelang.engine.spark.heads import spark_head
from rulelang.engine.spark.lists import ListFrame, SecondFrame
from rulelang.engine.spark.session import open_session, small_methods
from rulelang.engine.spark.store import Store
from rulelang.engine.spark.texts import as_texts, cell_text
from rulelang.vocabulary.declarations import Outcome

_TEXT = {".csv": ",", ".tsv": "\t"}


def run_spark(
    ruleset: Decider,
    source: Source,
    options: RunOptions,
    target: PathLike | None = None,
    rejects: PathLike | None = None,
) -> RunSummary:
    """The run, in the active session or in one of its own. ``target`` and ``rejects`` become folders, whole or not at
    all. Raises DataError (``engine-cannot``, ``folder-in-use``, ``engine-failed``, what opening and deciding raise).
    """
    limit = "file format" if source.path is None else limit_of("spark", ruleset, source, options)
    if limit is not None:
        raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": limit}),))
    with open_session(options.memory, source.name) as session, small_methods(session):
        opened = open_frame(session, source.path or "", SourceOptions(source.encoding, source.delimiter))
        if opened.source.columns != source.columns:
            raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": "last run's answer"}),))
        seconds = [_open_second(session, each.source) for each in options.lists]
        tables = zip(options.lists, seconds, strict=True)
        options = evolve(options, lists=tuple(evolve(each, source=second.source) for each, second in tables))
        unchecked = _unchecked(RowRun(ruleset, opened.source, options))
        options = evolve(options, quality="off", notes=(*options.notes, *unchecked))
        return _run(session, opened, ruleset, options, target, rejects, seconds)


def _open_second(session: Any, source: Source) -> Opened:
    """A second table. Raises DataError as `open_frame` does."""
    if source.path is None:
        raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": "file format"}),))
    return open_frame(session, source.path, SourceOptions(source.encoding, source.delimiter), ordered=True)


def _unchecked(work: RowRun) -> tuple[Diagnostic, ...]:
    """That nobody looks at what a vocabulary asks of its fields beyond what makes a value unreadable or missing."""
    columns = () if work.quality is None else work.quality.columns
    fields = tuple(each.checks.field.name for each in columns if each.checks.asks_more or not each.read)
    return (Diagnostic("left-unchecked", facts={"engine": "Spark", "fields": fields}),) if fields else ()


def _run(
    session: Any,
    opened: Opened,
    ruleset: Decider,
    options: RunOptions,
    target: PathLike | None,
    rejects: PathLike | None,
    lists: Sequence[Opened],
) -> RunSummary:
    store = Store(session)
    for each in (target, rejects, *(table.target for table in options.each)):
        if each is not None:
            store.require_free(os.fspath(each))
    functions: Any = extra("spark", "pyspark.sql.functions", "Spark")
    library: Any = extra("spark", "pyspark.sql", "Spark")
    seconds = [ListFrame(each.frame, each.table, each.source.delimiter) for each in lists]
    decided = decide_frame(opened.frame, opened.table, ruleset, opened.source, options, lists=seconds, counted=True)
    work = decided.work
    work.cuts = options.cuts
    work.head = spark_head(work)
    observation = library.Observation("rulelang")
    try:
        with ExitStack() as stack:
            open_ = see_winners(decided, functions)
            observed = decided.frame.observe(observation, *metrics(decided, open_, functions))
            odd = [_kept(stack, odd_records(decided, n, each)) for n, each in enumerate(decided.seconds)]
            joined = bool(work.decided or decided.seconds)  # records are found once, and read several times
            if joined:
                observed = _kept(stack, observed.persist(_disk()))
                observed.count()
            draft = stack.enter_context(_draft(store, target))
            result = written = _result(observed, work)
            as_text = None if target is None else _TEXT.get(os.path.splitext(os.fspath(target))[1].casefold())
            if draft is not None and as_text is None:
                partitions = [name for name in opened.partitions if name in work.head.columns]
                result.write.partitionBy(*partitions).parquet(draft)
                written = session.read.parquet(draft).select(*map(_quoted, work.head.columns))
            else:
                if not joined:
                    written = _kept(stack, result.persist(_disk()))
                    written.count()
                if draft is not None:
                    _write_text(written, work.outcomes, work, draft, as_text or ",")
            for table in (each for one in work.decided for each in one.tables):
                _write_records(store, stack, observed, work, table)
            standings = take(work, decided, observation.get)
            for n, second in enumerate(decided.seconds):
                count_lonely(decided, n, second)
            own = len(opened.source.columns)
            titles = work.head.columns[own :: 3 if options.why else 1]
            count_classes(work.tallies, written, titles, standings, work.language, functions)
            count_records(work, observed, functions)
            see_preview(work, written)
            aside = work.rejected or any(_set_aside(each) for each in decided.seconds)
            set_aside = stack.enter_context(_draft(store, rejects if aside else None))
            if set_aside is not None:
                _write_rejects(decided, observed, odd, set_aside, os.fspath(rejects or ""))
    except DataError:
        raise
    except Exception as error:
        raise spark_failure(error) from error
    summary = work.summary(target, rejects)
    return evolve(summary, notes=(*summary.notes, decided.route))


def _kept(stack: ExitStack, frame: Any) -> Any:
    """A frame that is kept until all is done."""
    stack.callback(frame.unpersist)
    return frame


def _set_aside(second: SecondFrame) -> int:
    found = second.joined.summary()
    return found.rejected + found.without_customer


@contextmanager
def _draft(store: Store, target: PathLike | None) -> Iterator[str | None]:
    """Where a folder is written until all is done; it takes its name at the end, or goes."""
    if target is None:
        yield None
        return
    name = os.fspath(target)
    draft = store.draft(name)
    try:
        yield draft
        store.commit(draft, name)
    except BaseException:
        store.discard(draft)
        raise


def _result(frame: Any, work: RowRun) -> Any:
    own = [f"c{place}" for place, _ in enumerate(work.source.columns)]
    return frame.filter("reason IS NULL").select(*own, *answer_names(work)).toDF(*work.head.columns)


def _write_text(frame: Any, outcomes: Sequence[Outcome], work: RowRun, draft: str, delimiter: str) -> None:
    texts = as_texts(frame, outcomes, work.options.why, work.language)
    _write_csv(frame.select(*texts).toDF(*frame.columns), draft, delimiter)


def _write_records(store: Store, stack: ExitStack, frame: Any, work: RowRun, table: ElementTable) -> None:
    """What was decided for the records of a list."""
    name = os.fspath(table.target)
    draft = stack.enter_context(_draft(store, name))
    found = records_frame(work, frame, table)
    as_text = _TEXT.get(os.path.splitext(name)[1].casefold())
    if as_text is None:
        found.write.parquet(draft)
    else:
        _write_text(found, table.decided.outcomes, work, str(draft), as_text)


def _write_csv(frame: Any, draft: str, delimiter: str) -> None:
    options = {"header": True, "sep": delimiter, "quote": '"', "escape": '"', "emptyValue": "", "nullValue": ""}
    spaces = {"ignoreLeadingWhiteSpace": False, "ignoreTrailingWhiteSpace": False}
    frame.write.csv(draft, **options, **spaces)


def _write_rejects(decided: Decided, observed: Any, odd: Sequence[Any], draft: str, name: str) -> None:
    """The rows that can't be read, with the reason; of second tables those of nobody as well."""
    work = decided.work
    reason = REJECT_COLUMNS[work.language][2]
    tables = [(observed if decided.seconds else decided.frame, work.source)]
    for number, (second, frame) in enumerate(zip(decided.seconds, odd, strict=True)):
        tables += [(frame, second.joined.source), (lonely_records(decided, number, second), second.joined.source)]
    frames = []
    for frame, source in tables:
        own = [f"c{place}" for place, _ in enumerate(source.columns)]
        frames.append(frame.filter("reason IS NOT NULL").select(*own, "reason"))
    delimiter = _TEXT.get(os.path.splitext(name)[1].casefold())
    if len(frames) == 1:
        titles = head(work.source.columns, (reason,), work.language).columns
        frame = frames[0].toDF(*titles)
    else:
        frame, titles = _together(work, frames, [source for _, source in tables])
    if delimiter is None:
        frame.write.parquet(draft)
        return
    functions: Any = extra("spark", "pyspark.sql.functions", "Spark")
    cells = [functions.expr(cell_text(_quoted(each), kind)) for each, kind in frame.dtypes]
    _write_csv(frame.select(*cells).toDF(*titles), draft, delimiter)


def _together(work: RowRun, frames: Sequence[Any], sources: Sequence[Source]) -> tuple[Any, tuple[str, ...]]:
    """Rows of several tables as one of texts, which says where each comes from; and its columns."""
    functions: Any = extra("spark", "pyspark.sql.functions", "Spark")
    rejected, columns = REJECT_COLUMNS[work.language][2], work.reject_columns
    titles = head(columns, (rejected, REJECT_FILE[work.language]), work.language).columns
    found = None
    for frame, source in zip(frames, sources, strict=True):
        kinds = dict(frame.dtypes)
        texts = {name: cell_text(f"c{place}", kinds[f"c{place}"]) for place, name in enumerate(source.columns)}
        cells = [functions.expr(texts.get(name, "CAST(NULL AS STRING)")) for name in columns]
        one = frame.select(*cells, "reason", functions.lit(source.name)).toDF(*titles)
        found = one if found is None else found.union(one)
    return found, titles


def _disk() -> Any:
    return extra("spark", "pyspark", "Spark").StorageLevel.DISK_ONLY


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
