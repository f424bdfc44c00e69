"""What a program may say when a file or a table is decided, as type checkers and completion know it.

What each option means stands with `rulelang.engine.run.run_file` and `rulelang.engine.frames.decide.decide_table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypedDict

from rulelang.engine.deciding.population import Cuts
from rulelang.engine.running.run_options import PathLike, Progress


class SharedOptions(TypedDict, total=False):
    """What files and tables have in common."""

    as_of: date | None
    columns: Mapping[str, str] | None
    column_map: str | None
    key: str | None
    thresholds: Mapping[str, Any] | None
    cuts: Cuts | PathLike | None
    why: bool
    day_first: bool | None
    decimal_comma: bool | None
    percent_figures: bool | None
    language: Literal["en", "zh"] | None
    progress: Progress | None
    memory: str | None
    quality: Literal["report", "strict", "off"]


class FileOptions(SharedOptions, total=False):
    """Options of `rulelang.Ruleset.run` with a file."""

    lists: Mapping[str, PathLike] | None
    previous: PathLike | None
    engine: Literal["auto", "python", "duckdb", "spark", "database"]
    rejects: PathLike | None
    findings: PathLike | None
    each: Mapping[str, PathLike] | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None


class TableOptions(SharedOptions, total=False):
    """Options of `rulelang.Ruleset.decide_table`, and of `rulelang.Ruleset.run` with a table in memory."""

    lists: Mapping[str, Any] | None
    previous: Any
    engine: Literal["auto", "python", "duckdb"]
