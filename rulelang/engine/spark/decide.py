"""Decides for every row of a data frame, lazily, in one pass.

    decided = spark_decide(frame, rules, as_of=date(2026, 6, 30))

SQL decides what it can carry; the few rows that it can't read are handed to the generated Python on their way. Large
rulesets, and what SQL can't say, are decided by the generated Python alone, over Arrow batches; the answers are the
same.
"""

from __future__ import annotations

import logging
import pickle
import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.engine.capabilities import limit_of
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import Cuts
from rulelang.engine.extras import extra
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.rulepack import pack_model
from rulelang.engine.running.each_output import EachTable
from rulelang.engine.running.output import REJECT_COLUMNS
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.source import Source
from rulelang.engine.spark.columns import UNCUT, Columns, columns_of, require_types
from rulelang.engine.spark.elements import records_frame
from rulelang.engine.spark.heads import spark_head
from rulelang.engine.spark.lists import ListFrame, SecondFrame, second_frames, with_records
from rulelang.engine.spark.statement import ELSEWHERE, STANDING, Statement, compose
from rulelang.engine.spark.worker import Payload, answers_ddl, decide_batches, decide_some, records_ddl
from rulelang.vocabulary.reading import ReadingOptions

ROUTES = ("auto", "sql", "python")
MOST_RULES = 200
"""More rules than this are faster in Python: Spark compiles no SQL of that size."""

_log = logging.getLogger("rulelang.spark")


@frozen
class Decided:
    """A frame with what was decided for every row.

    Its columns are the frame's own (``c0``, ``c1`` …), the answers (``a0`` …), with standings and reasons (``s0``,
    ``w0``) where asked for, ``reason`` for a row that can't be read, and ``account``; for a run with records also
    those of second tables (``r0`` …) and what was decided for the records of lists (``e0`` …). ``route`` says what
    decides; ``statement`` is what SQL does, None where it does nothing. ``seconds`` are second tables, ``lonely`` is
    an observation of each: how many of its records belong to nobody. ``payload`` is what workers are sent.
    """

    frame: Any
    route: Diagnostic
    statement: Statement | None
    work: RowRun
    table: Columns
    customers: Any
    payload: bytes
    seconds: tuple[SecondFrame, ...] = ()
    lonely: tuple[Any, ...] = ()


def spark_decide(
    frame: Any,
    rules: Decider,
    as_of: date | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    why: bool = False,
    language: str | None = None,
    day_first: bool | None = None,
    percent_figures: bool | None = None,
    route: str = "auto",
    lists: Mapping[str, Any] | None = None,
    key: str | None = None,
    each: str | None = None,
    cuts: Cuts | None = None,
) -> Any:
    """The data frame with one column more for every outcome, and one that says why a row can't be read.

    ``columns`` maps columns to fields where they are called otherwise; with ``why`` each outcome has its standing and
    reason; ``route`` is ``auto``, ``sql`` or ``python``; ``cuts`` are saved cut points. ``lists`` has for lists the
    frame with their records, joined by the column ``key`` that both have; rows then come in any order. With ``each``
    the frame is that of the records of a list that were decided, with a column for each of their outcomes. An input
    column called like an added one keeps its values as ``NAME_before``. Nothing is computed yet. Raises DataError
    (``missing-extra``, ``columns-alike``, ``wrong-column-type``, ``zone-needed``, ``no-field-found``, ``key-needed``,
    ``engine-cannot`` …) and RuleError (``not-in-sql`` where SQL is insisted on; ``outside-validity``).
    """
    extra("spark", "pyspark", "spark_decide")
    pairs = tuple((columns or {}).items())
    options = RunOptions(as_of, pairs, ReadingOptions(day_first, percent_figures=percent_figures), why, language)
    table = columns_of(frame.schema)
    source = _source("data frame", table)
    given = {name: ListFrame(second, columns_of(second.schema)) for name, second in (lists or {}).items()}
    if given and key is None:
        raise DataError((Diagnostic("key-needed", facts={"list": next(iter(given)), "file": "data frame"}),))
    seconds = tuple(ListTable(n, _source(n, second.table), (str(key), str(key))) for n, second in given.items())
    wanted = () if each is None else (EachTable(each, each),)
    options = evolve(options, lists=seconds, each=wanted, cuts=cuts)
    decided = decide_frame(frame, table, rules, source, options, route, tuple(given.values()))
    _log.info(describe(decided.route, "en").message)
    if each is not None:
        (asked,) = (table for one in decided.work.decided for table in one.tables)
        return records_frame(decided.work, decided.frame, asked)
    return shown(decided)


def _source(name: str, table: Columns) -> Source:
    """A frame's columns as those of a source."""
    return Source(name, "parquet", table.names, lambda: iter(()))


def shown(decided: Decided) -> Any:
    """The frame under the names of the result, with the reasons of rows that can't be read."""
    work = decided.work
    reason = REJECT_COLUMNS[work.language][2]
    names = spark_head(work, (reason,)).columns
    own = [f"c{place}" for place, _ in enumerate(work.source.columns)]
    return decided.frame.select(*own, *answer_names(work), "reason").toDF(*names)


def answer_names(work: RowRun) -> list[str]:
    """The inner names of answers, and of standings and reasons where asked for."""
    return [name for name, _ in answers_ddl(work.outcomes, work.decider.plan, work.options.why)[2:]]


def decide_frame(
    frame: Any,
    table: Columns,
    rules: Decider,
    source: Source,
    options: RunOptions,
    route: str = "auto",
    lists: Sequence[ListFrame] = (),
    counted: bool = False,
) -> Decided:
    """Decides for the rows of a frame whose columns are those of ``source`` in their order, and then perhaps `UNCUT`.

    ``lists`` are the frames of second tables, in the order of the options. Where ``counted``, a run gives an account:
    what was decided for the records of lists stands beside the answers.
    """
    limit = limit_of("spark", rules, source, options)
    if limit is not None:
        raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": limit}),))
    work = RowRun(rules, source, options)
    require_types(((reader.field, reader.position) for _, reader in work.readers), table)
    own = len(source.columns)
    uncut = UNCUT if len(frame.columns) > own else None
    plain = frame.toDF(*(table.inner(place) for place in range(own)), *((UNCUT,) if uncut else ()))
    seconds = second_frames(work, lists, whole=bool(options.each))
    statement, said = _route(work, table, uncut, route)
    payload, places = _payload(work, seconds, records=bool(work.decided and (counted or options.each)))
    if statement is not None:
        decided = _by_sql(plain, work, table, uncut, statement, payload, places)
        return Decided(decided, said, statement, work, table, plain, payload)
    joined, lonely = with_records(plain, table, seconds, source.delimiter, counted)
    decided = _by_python(joined, work, table, uncut, payload, places, len(seconds))
    return Decided(decided, said, None, work, table, plain, payload, seconds, lonely)


def _route(work: RowRun, table: Columns, uncut: str | None, route: str) -> tuple[Statement | None, Diagnostic]:
    """What decides, and why."""
    if route not in ROUTES:
        raise DataError((Diagnostic("unknown-engine", facts={"engine": route}),))
    rules = len(work.ruleset.model.rules)
    asked = (
        (work.options.why, "reason"),
        (work.lists or work.decided, "list"),
        (work.ruleset.model.measures, "place among all"),
        (work.options.reading.spellings, "values of a map"),
        (any(each.decimal_comma for each in work.options.readings), "decimal commas"),
        (any(each.percent_figures for each in work.options.readings), "percent figures"),
    )
    other = next((construct for wanted, construct in asked if wanted), None)
    if route == "python" or other or (route == "auto" and rules > MOST_RULES):
        if route == "sql":
            raise DataError((Diagnostic("engine-cannot", facts={"engine": "sql", "construct": other}),))
        return None, Diagnostic("spark-by-python", facts={"rules": rules, "construct": other})
    try:
        return compose(work, table, uncut), Diagnostic("spark-by-sql", facts={"rules": rules})
    except RuleError as error:
        first = error.diagnostics[0]
        if route == "sql" or any(each.code != "not-in-sql" for each in error.diagnostics):
            raise
        return None, Diagnostic("spark-by-python", facts={"rules": rules, "construct": first.facts["construct"]})


# --- the two ways ------------------------------------------------------------------------------------------------


def _payload(work: RowRun, seconds: Sequence[SecondFrame], records: bool) -> tuple[bytes, tuple[int, ...]]:
    """What workers are sent, and the places of the columns that they read."""
    keys = (each.customer_place for each in work.lists)
    places = tuple(dict.fromkeys((*(reader.position for _, reader in work.readers), *keys)))
    names = work.source.columns
    options = work.options
    delimiter = work.source.delimiter
    payload = Payload(
        pack_model(work.ruleset.model).encode(),
        work.as_of,
        tuple(names[place] for place in places),
        tuple((names[reader.position], reader.field.name) for _, reader in work.readers),
        options.reading,
        work.language,
        options.why,
        options.reveal,
        None if options.cuts is None else (options.cuts.as_of, options.cuts.points),
        None if delimiter is None else (delimiter, len(names), places),
        tuple(each.sent for each in seconds),
        records,
    )
    return pickle.dumps(payload), places


def _by_python(
    frame: Any, work: RowRun, table: Columns, uncut: str | None, payload: bytes, places: Sequence[int], lists: int
) -> Any:
    """Every row by the generated Python; ``lists`` columns of records stand at the end."""
    types, why = _types(), work.options.why
    own = tuple(range(len(table.names)))
    records = tuple(range(len(frame.columns) - lists, len(frame.columns)))
    added = answers_ddl(work.outcomes, work.decider.plan, why)
    if pickle.loads(payload).records:
        added += records_ddl(work, why)
        own += records if work.options.each else ()
    names = types.StructType.fromDDL(", ".join(f"{name} {type_}" for name, type_ in added)).fields
    schema = types.StructType([*(frame.schema.fields[place] for place in own), *names])
    function = partial(decide_batches, payload, own, places, None if uncut is None else len(table.names), records)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # Spark's own, of libraries newer than itself
        return frame.mapInArrow(function, schema)


def _by_sql(
    frame: Any,
    work: RowRun,
    table: Columns,
    uncut: str | None,
    statement: Statement,
    payload: bytes,
    places: Sequence[int],
) -> Any:
    """Every row by SQL, but for those that it leaves."""
    functions = _functions()
    for step in statement.written.steps:
        frame = frame.select("*", *(functions.expr(text).alias(name) for text, name in step))
    frame = frame.withColumn(ELSEWHERE, functions.expr(statement.elsewhere))
    own = [table.inner(place) for place, _ in enumerate(table.names)]
    members = [f"'m{place}', {table.inner(place)}" for place in places]
    asked = ", ".join(["'asked', TRUE", *members, *([f"'uncut', {uncut}"] if uncut else [])])
    frame = frame.withColumn("rulelang_asked", functions.expr(f"CASE WHEN {ELSEWHERE} THEN named_struct({asked}) END"))
    ddl = ", ".join(f"{name} {type_}" for name, type_ in answers_ddl(work.outcomes, work.decider.plan, why=False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        ask = functions.arrow_udf(_typed(partial(decide_some, payload, uncut is not None)), ddl).asNondeterministic()
    frame = frame.withColumn("rulelang_told", ask("rulelang_asked"))
    items = [functions.col(each) for each in own]
    for place, outcome in enumerate(work.outcomes):
        answer = statement.answer(outcome, work.language)
        text = f"CASE WHEN {ELSEWHERE} THEN rulelang_told.a{place} ELSE {answer} END"
        items.append(functions.expr(text).alias(f"a{place}"))
    items += [functions.col(f"rulelang_told.{each}").alias(each) for each in ("reason", "account")]
    standings = ((statement.standing(each), f"{STANDING}{place}") for place, each in enumerate(work.outcomes))
    items += [functions.expr(text).alias(name) for text, name in standings]
    steps = [each for each in frame.columns if each not in own]  # an account still asks about them
    return frame.select(*items, *steps)


def _typed(function: Any) -> Any:
    """The function with the type hints that Spark wants of an Arrow function."""
    import pyarrow

    def decide(asked: pyarrow.Array) -> pyarrow.Array:
        return function(asked)

    decide.__annotations__ = {"asked": pyarrow.Array, "return": pyarrow.Array}
    return decide


def _functions() -> Any:
    return extra("spark", "pyspark.sql.functions", "Spark")


def _types() -> Any:
    return extra("spark", "pyspark.sql.types", "Spark")
