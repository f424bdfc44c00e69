"""A run on Spark: files in, folders out, with the account of every other run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.capabilities import limit_of
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.extras import extra
from rulelang.engine.running.output import REJECT_COLUMNS, head
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, RunOptions
from rulelang.engine.sources.source import Source, SourceOptions
from rulelang.engine.spark.account import count_classes, metrics, see_preview, see_winners, take
from rulelang.engine.spark.decide import Decided, answer_names, decide_frame
from rulelang.engine.spark.failures import spark_failure
from rulelang.engine.spark.files import Opened, open_frame
from rulelang.engine.spark.heads import spark_head
from rulelang.engine.spark.session import open_session
from rulelang.engine.spark.store import Store
from rulelang.engine.spark.texts import as_texts, cell_text

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
    with open_session(options.memory, source.name) as session:
        opened = open_frame(session, source.path or "", SourceOptions(source.encoding, source.delimiter))
        if opened.source.columns != source.columns:
            raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": "last run's answer"}),))
        unchecked = _unchecked(RowRun(ruleset, opened.source, options))
        options = evolve(options, quality="off", notes=(*options.notes, *unchecked))
        return _run(session, opened, ruleset, options, target, rejects)


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
) -> RunSummary:
    store = Store(session)
    for each in (target, rejects):
        if each is not None:
            store.require_free(os.fspath(each))
    functions: Any = extra("spark", "pyspark.sql.functions", "Spark")
    library: Any = extra("spark", "pyspark.sql", "Spark")
    decided = decide_frame(opened.frame, opened.table, ruleset, opened.source, options)
    work = decided.work
    work.cuts = options.cuts
    work.head = spark_head(work)
    observation = library.Observation("rulelang")
    observed = decided.frame.observe(observation, *metrics(decided, functions))
    result = _result(observed, work)
    aside = None
    try:
        with _draft(store, target) as draft:
            as_text = None if target is None else _TEXT.get(os.path.splitext(os.fspath(target))[1].casefold())
            if draft is not None and as_text is None:
                partitions = [name for name in opened.partitions if name in work.head.columns]
                result.write.partitionBy(*partitions).parquet(draft)
                written = session.read.parquet(draft).select(*map(_quoted, work.head.columns))
            else:
                aside = written = result.persist(_disk())
                written.count()
                if draft is not None:
                    _write_text(written, work, draft, as_text or ",")
            standings = take(work, decided, observation.get)
            see_winners(work, decided, functions)
            own = len(opened.source.columns)
            count_classes(work, written, work.head.columns[own :: 3 if options.why else 1], standings, functions)
            see_preview(work, written)
            with _draft(store, rejects if work.rejected else None) as set_aside:
                if set_aside is not None:
                    _write_rejects(decided, set_aside, os.fspath(rejects or ""))
    except DataError:
        raise
    except Exception as error:
        raise spark_failure(error) from error
    finally:
        if aside is not None:
            aside.unpersist()
    summary = work.summary(target, rejects)
    return evolve(summary, notes=(*summary.notes, decided.route))


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


def _write_text(result: Any, work: RowRun, draft: str, delimiter: str) -> None:
    _write_csv(result.select(*as_texts(result, work)).toDF(*work.head.columns), draft, delimiter)


def _write_csv(frame: Any, draft: str, delimiter: str) -> None:
    options = {"header": True, "sep": delimiter, "quote": '"', "escape": '"', "emptyValue": "", "nullValue": ""}
    spaces = {"ignoreLeadingWhiteSpace": False, "ignoreTrailingWhiteSpace": False}
    frame.write.csv(draft, **options, **spaces)


def _write_rejects(decided: Decided, draft: str, name: str) -> None:
    """The rows that can't be read, with the reason."""
    work = decided.work
    own = [f"c{place}" for place, _ in enumerate(work.source.columns)]
    titles = head(work.source.columns, (REJECT_COLUMNS[work.language][2],), work.language).columns
    frame = decided.frame.filter("reason IS NOT NULL").select(*own, "reason").toDF(*titles)
    delimiter = _TEXT.get(os.path.splitext(name)[1].casefold())
    if delimiter is None:
        frame.write.parquet(draft)
        return
    functions: Any = extra("spark", "pyspark.sql.functions", "Spark")
    cells = [functions.expr(cell_text(_quoted(each), kind)) for each, kind in frame.dtypes]
    _write_csv(frame.select(*cells).toDF(*titles), draft, delimiter)


def _disk() -> Any:
    return extra("spark", "pyspark", "Spark").StorageLevel.DISK_ONLY


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
