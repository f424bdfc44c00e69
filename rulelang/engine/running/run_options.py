"""How a run goes: what the caller may say."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date

from attrs import field, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.deciding.population import Cuts
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.running.each_output import EachTable
from rulelang.vocabulary.reading import ReadingOptions

Progress = Callable[[int, int | None], object]
PathLike = str | os.PathLike[str]


@frozen
class RunOptions:
    """How a run goes.

    ``as_of`` is the day it decides for (None: today), ``pairs`` are columns and the fields they belong to,
    ``reading`` says what the data doesn't, ``why`` adds standings and reasons to the result (personal
    values starred out unless ``reveal``). ``language`` is that of the result's columns and words (None: the language of
    the rules; the reader's locale never changes a result).
    ``progress`` is told now and then how many rows are done, and of about how many. ``cuts`` are cut points of an
    earlier run, which then serve in place of those of this source. ``lists`` are second tables with records of lists,
    ``each`` tables for what is decided for each record; ``key`` is the customers' column that nested records are
    written with (None: the first). ``engine`` is what decides (``auto``, ``python``, ``duckdb``, ``spark``,
    ``database``), ``memory`` how much a batch engine may use (``2GB``), ``replace`` lets a result take the place of a
    table. ``quality`` says what happens where data fails the checks of its vocabulary: it is reported (``report``),
    nothing is written (``strict``), or nobody looks (``off``); ``details`` is a file for every place that fails.
    ``notes`` are findings about the columns that the caller has, for the account.
    """

    as_of: date | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    reading: ReadingOptions = field(factory=ReadingOptions)
    why: bool = False
    language: str | None = None
    progress: Progress | None = None
    cuts: Cuts | None = None
    lists: tuple[ListTable, ...] = ()
    each: tuple[EachTable, ...] = ()
    key: str | None = None
    reveal: bool = False
    engine: str = "auto"
    memory: str | None = None
    quality: str = "report"
    details: PathLike | None = None
    notes: tuple[Diagnostic, ...] = ()
    replace: bool = False

    @property
    def readings(self) -> tuple[ReadingOptions, ...]:
        """How the values of customers and of each second table are read."""
        return (self.reading, *(each.reading for each in self.lists if each.reading is not None))
