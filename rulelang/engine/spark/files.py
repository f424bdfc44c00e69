"""Files as data frames: Parquet and tables of text; a file, a folder (partitioned or not), a pattern, on any store."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import Row, Source, SourceOptions
from rulelang.engine.spark.columns import ORDER, UNCUT, Columns, columns_of
from rulelang.engine.spark.failures import spark_failure
from rulelang.engine.spark.store import Store
from rulelang.values.text import OUTER_SPACES

_SAMPLE = 1000
_HEAD_LINES = 50
_TEXT = (".csv", ".tsv", ".txt")
_CHARSETS = ("utf-8", "utf-8-sig", "ascii")


@frozen
class Opened:
    """Data as a frame with its columns, perhaps with `UNCUT` and `ORDER` behind them, and as a source that knows its
    first rows.

    ``partitions`` are the columns that are folders.
    """

    frame: Any
    table: Columns
    source: Source
    partitions: tuple[str, ...]


def open_frame(
    session: Any, data: str | os.PathLike[str], options: SourceOptions | None = None, ordered: bool = False
) -> Opened:
    """The frame of a path, where ``ordered`` with the column `ORDER` behind all others. Raises DataError:
    ``no-such-file``, ``engine-cannot`` (neither Parquet nor text), ``columns-alike``, ``engine-failed``, and for text
    what `open_source` raises.
    """
    name = os.fspath(data)
    store = Store(session)
    files = store.files(name)
    if not files:
        raise DataError((Diagnostic("no-such-file", facts={"file": name}),))
    ending = os.path.splitext(files[0])[1].casefold()
    if ending in _TEXT:
        return _open_text(session, name, files[0], options or SourceOptions(), store, ordered)
    pattern = store.pattern(name)
    if ending in (".xlsx", ".xls", ".json", ".jsonl", ".ndjson"):
        raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": "file format"}),))
    session.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")  # 007 stays 007
    try:
        base = _base(pattern)
        frame = (session.read if base is None else session.read.option("basePath", base)).parquet(pattern)
        table = columns_of(frame.schema)
        first = frame.inputFiles()[:1]
    except Exception as error:
        raise spark_failure(error) from error
    folders = [unquote(part.partition("=")[0]) for each in first for part in each.split("/")[:-1] if "=" in part]
    partitions = tuple(each for each in table.names if each in folders)
    source = Source(name, "parquet", table.names, lambda: _first_rows(frame), name)
    return Opened(_in_order(frame) if ordered else frame, table, source, partitions)


def _in_order(frame: Any) -> Any:
    """With a column that says where a row stands among all: its file, the part of it that is read at a time, its place
    in there.
    """
    place = (
        "struct(_metadata.file_path AS file, _metadata.file_block_start AS part, monotonically_increasing_id() AS n)"
    )
    return frame.selectExpr("*", f"{place} AS {ORDER}")


def _base(name: str) -> str | None:
    """The folder above the first ``name=value`` of a path, which makes its partitions columns; None without any."""
    parts = name.split("/")
    place = next((place for place, each in enumerate(parts) if "=" in each), 0)
    return "/".join(parts[:place]) or None


def _first_rows(frame: Any) -> Iterator[Row]:
    """The first rows, as far as they are wanted."""
    for number, cells in enumerate(frame.limit(_SAMPLE).collect(), 1):
        yield Row(number, list(cells))


def _open_text(session: Any, name: str, first: str, options: SourceOptions, store: Store, ordered: bool) -> Opened:
    with _sniffed(session, first, options, store) as sniffed:
        encoding, delimiter, columns = sniffed.encoding or "utf-8", sniffed.delimiter or ",", sniffed.columns
        titles = sniffed.notes
    if encoding not in _CHARSETS or any(each.code == "title-row" for each in titles):
        raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": "text like this"}),))
    functions, types = _library("functions"), _library("types")
    odd = "pmod(length(value) - length(replace(value, '\"', '')), 2) = 1"
    schema = types.StructType([types.StructField(each, types.StringType()) for each in (*columns, UNCUT)])
    try:
        broken = not session.read.text(store.pattern(name)).filter(functions.expr(odd)).isEmpty()
        frame = session.read.csv(
            store.pattern(name),
            schema=schema,
            sep=delimiter,
            header=True,
            quote='"',
            escape='"',
            multiLine=broken,
            mode="PERMISSIVE",
            columnNameOfCorruptRecord=UNCUT,
            ignoreLeadingWhiteSpace=False,
            ignoreTrailingWhiteSpace=False,
            maxCharsPerColumn=1 << 20,
        )
    except Exception as error:
        raise spark_failure(error) from error
    table = Columns(tuple(columns), ("string",) * len(columns))
    behind = (UNCUT, ORDER) if ordered else (UNCUT,)
    inner = (_in_order(frame) if ordered else frame).toDF(*(f"c{place}" for place, _ in enumerate(columns)), *behind)
    spaces = "".join(f"{each}" for each in OUTER_SPACES)
    filled = " OR ".join(f"c{place} RLIKE '[^{spaces}]'" for place, _ in enumerate(columns))
    inner = inner.filter(f"{UNCUT} IS NOT NULL OR {filled}")
    named = inner.toDF(*columns, *behind)
    shown = inner.drop(*behind)
    source = Source(name, "csv", tuple(columns), lambda: _first_rows(shown), name, delimiter=delimiter)
    return Opened(named, table, evolve(source, encoding=encoding), ())


def _sniffed(session: Any, first: str, options: SourceOptions, store: Store) -> Source:
    """The first file as a source of our own, to find out how it is cut."""
    path = store.local(first)
    if path is not None:
        return open_source(path, options)
    lines = [row[0] for row in session.read.text(first).limit(_HEAD_LINES).collect()]
    handle, aside = tempfile.mkstemp(suffix=os.path.splitext(first)[1])
    with open(handle, "w", encoding="utf-8", newline="") as file:
        file.write("\n".join(lines) + "\n")
    return evolve(open_source(aside, options), release=lambda: os.unlink(aside))


def _library(name: str) -> Any:
    from importlib import import_module

    return import_module(f"pyspark.sql.{name}")
