"""Lists from second tables on Spark: grouped by their key in one pass, joined to the customers as arrays of structs.

A key goes by its text, as everywhere; the order of a customer's records is that of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from rulelang.engine.extras import extra
from rulelang.engine.reading.joined import JoinedList
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.spark.columns import INTEGERS, ORDER, UNCUT, Columns
from rulelang.engine.spark.doors import plain_text, reading
from rulelang.engine.spark.keys import key_texts
from rulelang.engine.spark.records import SentList
from rulelang.vocabulary.declarations import record_fields

KEY = "rulelang_key"
_HERE = "rulelang_here"


@frozen
class ListFrame:
    """A second table as a frame; `UNCUT` and `ORDER` may stand behind its columns. ``delimiter`` is that of text."""

    frame: Any
    table: Columns
    delimiter: str | None = None


@frozen
class SecondFrame:
    """A list with its table, whose columns are called ``c0``, ``c1`` … and which has `KEY` and `ORDER`."""

    joined: JoinedList
    frame: Any
    table: Columns
    sent: SentList
    places: tuple[int, ...]
    uncut: bool

    @property
    def members(self) -> list[str]:
        """What is sent of a record, in the order of its cells."""
        return [*(self.table.inner(place) for place in self.places), *([UNCUT] if self.uncut else [])]

    def grouped(self, place: int) -> Any:
        """A row for each key: its records in their order (``r0`` …), and how many they are (``n0`` …)."""
        functions = _functions()
        cells = ", ".join(f"'m{number}', {name}" for number, name in enumerate(self.members))
        records = self.frame.selectExpr(KEY, f"struct({ORDER} AS o, named_struct({cells}) AS cells) AS record")
        found = functions.expr("transform(sort_array(collect_list(record)), x -> x.cells)")
        return records.groupBy(KEY).agg(found.alias(f"r{place}"), functions.count("*").alias(f"n{place}"))

    def odd(self, work: RowRun) -> str:
        """The condition that there may be something to say about a record."""
        places = {part.name: place for place, part, _ in self.joined.columns}
        tests = [f"{UNCUT} IS NOT NULL"] if self.uncut else []
        for part in record_fields(self.joined.field):
            if part.name in places:
                place = places[part.name]
                found = reading(
                    part, self.table.inner(place), self.table.kinds[place], work.as_of, None, self.joined.asks_percent
                )
                tests += [f"coalesce({found.odd}, FALSE)"] if found.odd else []
        return " OR ".join(tests) or "FALSE"


def second_frames(work: RowRun, lists: Sequence[ListFrame], whole: bool) -> tuple[SecondFrame, ...]:
    """The second tables of a run, ready to be joined; ``whole``: with all columns of their records."""
    return tuple(_second(joined, each, whole) for joined, each in zip(work.lists, lists, strict=True))


def _second(joined: JoinedList, given: ListFrame, whole: bool) -> SecondFrame:
    table = given.table
    width = len(table.names)
    uncut = UNCUT in given.frame.columns
    own = [table.inner(place) for place in range(width)]
    ordered = ORDER in given.frame.columns
    frame = given.frame.toDF(*own, *((UNCUT,) if uncut else ()), *((ORDER,) if ordered else ()))
    if not ordered:
        frame = frame.selectExpr("*", f"monotonically_increasing_id() AS {ORDER}")
    frame = _keyed(frame, joined.key_place, table, uncut, given.delimiter)
    used = sorted({place for place, _, _ in joined.columns})
    places = tuple(range(width)) if whole else tuple(used)
    names = joined.source.columns
    sent = SentList(
        joined.field.name,
        joined.source.name,
        tuple(names[place] for place in places),
        (names[joined.key_place], joined.customer_column),
        joined.key_place,
        tuple((names[place], part.name) for place, part, _ in joined.columns),
        (given.delimiter or ",", width, places) if uncut else None,
        joined.otherwise,
    )
    return SecondFrame(joined, frame, table, sent, places, uncut)


def with_records(
    frame: Any, table: Columns, seconds: Sequence[SecondFrame], delimiter: str | None, counted: bool
) -> tuple[Any, tuple[Any, ...]]:
    """The customers' frame with the records of each list (``r0`` …) behind its columns; where ``counted``, of each an
    observation of ``lonely``, the number of records of nobody.
    """
    functions = _functions()
    counts = []
    uncut = UNCUT in frame.columns
    for place, second in enumerate(seconds):
        own = frame.columns
        grouped = second.grouped(place).withColumnRenamed(KEY, "rulelang_theirs")
        keyed = _keyed(frame, second.joined.customer_place, table, uncut, delimiter)
        keyed = keyed.withColumn(_HERE, functions.lit(True))
        same = functions.col(KEY) == functions.col("rulelang_theirs")
        joined = keyed.join(grouped, same, "full_outer" if counted else "left_outer")
        if counted:
            observation = extra("spark", "pyspark.sql", "Spark").Observation(f"rulelang_list{place}")
            lonely = functions.expr(f"sum(CASE WHEN {_HERE} IS NULL THEN n{place} END)").alias("lonely")
            joined = joined.observe(observation, lonely).filter(f"{_HERE} IS NOT NULL")
            counts.append(observation)
        records = functions.expr(f"coalesce(r{place}, array())").alias(f"r{place}")
        frame = joined.select(*own, records)
    return frame, tuple(counts)


def without_customer(frame: Any, table: Columns, second: SecondFrame, delimiter: str | None) -> Any:
    """The rows of a second table that belong to no customer."""
    customers = _keyed(frame, second.joined.customer_place, table, UNCUT in frame.columns, delimiter)
    customers = customers.select(_functions().col(KEY).alias("rulelang_theirs"))
    same = _functions().col(KEY) == _functions().col("rulelang_theirs")
    return second.frame.join(customers, same, "left_anti")


def _keyed(frame: Any, place: int, table: Columns, uncut: bool, delimiter: str | None) -> Any:
    """The frame with a key as text, null where there is none."""
    functions = _functions()
    cell, kind = table.inner(place), table.kinds[place]
    if kind in INTEGERS and not uncut:
        return frame.withColumn(KEY, functions.expr(f"CAST({cell} AS STRING)"))
    # Most keys are what they look like; the others are read as everywhere, on their way.
    odd = f"NOT ({plain_text(cell)})" if kind == "string" else f"{cell} IS NOT NULL"
    if uncut:
        odd = f"{UNCUT} IS NOT NULL OR {odd}"
    line = UNCUT if uncut else "CAST(NULL AS STRING)"
    read = functions.arrow_udf(key_texts(delimiter or ",", place), "string")
    told = read(functions.expr(f"CASE WHEN {odd} THEN named_struct('here', TRUE, 'cell', {cell}, 'line', {line}) END"))
    if kind != "string":
        return frame.withColumn(KEY, told)
    frame = frame.withColumn("rulelang_told", told)
    text = f"CASE WHEN {odd} THEN rulelang_told ELSE nullif({cell}, '') END"
    return frame.withColumn(KEY, functions.expr(text)).drop("rulelang_told")


def _functions() -> Any:
    return extra("spark", "pyspark.sql.functions", "Spark")
