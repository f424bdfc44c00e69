"""The customer workbook: three linked sheets, basic information, classification, follow-up record.

The first has the data as it came, the second what was decided and why, the third what is to be done by when, with
columns to fill in. What was filled in stays: made anew from such a workbook, the record goes on. Rows that can't be
read, and customers of whom something is undecided, have a sheet each that says why, where there are any; so has what
amounts come to.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.draft import start_draft
from rulelang.engine.number_formats import GENERAL, NumberFormat
from rulelang.engine.reading.joined import JoinedList
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.number_formats import number_format
from rulelang.engine.running.output import STANDING_WORDS, outcome_name, speller
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, RunOptions
from rulelang.engine.sinks.opening import Sink
from rulelang.engine.sinks.workbook import Book, BookSheet, widths_of
from rulelang.engine.sinks.writers import Takes
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import Row, Source, SourceOptions
from rulelang.report.money_totals import TOTALS, MoneyTotals
from rulelang.values.text import clean_text, near_key
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.reading import is_blank
from rulelang.vocabulary.types import Date, DateTime

SHEETS = {
    "en": ("Basic information", "Classification", "Follow-up record"),
    "zh": ("基础信息", "分类信息", "跟进记录"),
}
# Sheets that are there only when somebody is to be found on them.
FURTHER = {"en": ("Rejected rows", "Undecided customers"), "zh": ("退回的行", "待定客户")}
_OPEN = {"en": ("outcome", "why it is undecided"), "zh": ("结论", "待定原因")}
# The columns that people fill in.
RECORD = {
    "en": ("followed up on", "by", "result", "next step"),
    "zh": ("跟进日期", "跟进人", "跟进结果", "下一步"),
}
_DECIDED_ON = {"en": "decided on", "zh": "判定日期"}
# What to do about a customer, beside every day that is decided: outcomes of these names.
_TO_DO = ("strategy", "service_level", "channel", "offer", "task", "reminder", "benefits", "next_contact")
_NAMES = (
    *("customer_name", "customer name", "name", "full name", "client", "client name", "customer", "company"),
    *("客户名称", "姓名", "名称", "客户姓名", "公司名称", "客户"),
)
_MOST_TO_DO = 8


@frozen
class Wanted:
    """``key`` is the column that says who a customer is (None: the one of customer_id, or the first); ``to_do`` are the
    outcomes of the follow-up record (none: days, and those called strategy, channel and the like; else the first few).
    """

    key: str | None = None
    to_do: tuple[str, ...] = ()


def write_book(
    ruleset: Ruleset, source: Source, options: RunOptions, target: PathLike, wanted: Wanted | None = None
) -> RunSummary:
    """Decides for every row and writes the three sheets; nothing is left behind where it goes wrong.

    Raises DataError and RuleError as `rulelang.engine.run.run` does.
    """
    work = _BookRun(ruleset, source, evolve(options, why=True))
    layout = Layout(work, wanted or Wanted())
    draft = start_draft(target)
    try:
        writer = work.book = _BookWriter(draft.path, os.fspath(target), layout, _earlier(source, layout))
    except BaseException:
        draft.discard()
        raise
    with Sink(os.fspath(target), "excel", draft, writer) as sink:
        work.go(sink, None)
        if not work.refused:
            sink.finish()
            sink.commit()
    return work.summary(target, None)


class _BookRun(RowRun):
    """A run whose rejected rows go into the workbook: as they came among the others, with the reason on a sheet."""

    book: _BookWriter

    def reject(self, row: Row, faults: Sequence[Diagnostic], sink: Takes | None) -> None:
        """Sets a row aside with its reasons."""
        self.book.basic.write(row.cells[: len(self.source.columns)])
        super().reject(row, faults, self.book.rejected)

    def reject_record(self, joined: JoinedList, row: Row, faults: Sequence[Diagnostic], sink: Takes | None) -> None:
        """Puts a row of a second table beside the rejected ones."""
        super().reject_record(joined, row, faults, self.book.rejected)


class Layout:
    """Which columns say what: who, what was decided, what is to be done; each outcome has ``columns_each``."""

    def __init__(self, work: RowRun, wanted: Wanted, columns_each: int = 3) -> None:
        self.work = work
        self.columns_each = columns_each
        self.language = work.language
        self.width = len(work.source.columns)
        self.basic = work.head.columns[: self.width]
        self.decided = work.head.columns[self.width :]
        self.key = _key(work, wanted.key)
        titles = [near_key(each) for each in work.source.columns]
        names = {near_key(column) for column, field in work.options.pairs if field in _NAMES}
        named = [titles.index(each) for each in (*names, *map(near_key, _NAMES)) if each in titles]
        self.who = tuple(dict.fromkeys((self.key, *named[:1])))
        self.to_do = tuple(_to_do(work.outcomes, wanted.to_do))
        spellers = [speller(each, self.language, typed=False) for each in work.outcomes]
        self._else = [spell(each.last_resort) for spell, each in zip(spellers, work.outcomes, strict=True)]
        days = [place for place in self.to_do if isinstance(work.outcomes[place].type, Date | DateTime)]
        preferred = [place for place in days if work.outcomes[place].name == "next_contact"]
        self.due: int | None = [*preferred, *days, None][0]

    def asks_for_something(self, to_do: Sequence[object]) -> bool:
        """Whether the answers for the follow-up record are more than nothing and what is left to everybody else."""
        return any(
            not is_blank(cell) and cell != self._else[place] for place, cell in zip(self.to_do, to_do, strict=True)
        )

    @property
    def record(self) -> tuple[str, ...]:
        """The columns of the follow-up record."""
        who = (self.basic[each] for each in self.who)
        to_do = (outcome_name(self.work.outcomes[each], self.language) for each in self.to_do)
        return (*who, *to_do, *RECORD[self.language])


def _key(work: RowRun, wanted: str | None) -> int:
    columns = [clean_text(each) for each in work.source.columns]
    if wanted is not None and clean_text(wanted) in columns:
        return columns.index(clean_text(wanted))
    known = [columns.index(each) for each in ("customer_id", "客户编号") if each in columns]
    checked = work.quality.columns if work.quality is not None else ()
    unique = [each.position for each in checked if each.checks.unique]
    return (unique or known or [0])[0]


def _to_do(outcomes: Sequence[Outcome], wanted: Sequence[str]) -> Iterable[int]:
    """The places of the outcomes asked for; else of days and those called strategy and the like, all where none is."""
    if wanted:
        return [place for place, each in enumerate(outcomes) if each.name in wanted or each.label in wanted]
    usual = [
        place for place, each in enumerate(outcomes) if each.name in _TO_DO or isinstance(each.type, Date | DateTime)
    ]
    return usual or range(min(len(outcomes), _MOST_TO_DO))


def _earlier(source: Source, layout: Layout) -> tuple[tuple[str, ...], list[Sequence[object]]]:
    """The follow-up record of a workbook that was made before, in either language: its columns as they are called now,
    and its rows.
    """
    if source.format != "excel" or source.path is None:
        return (), []
    now = _titles_now(layout)
    for names in SHEETS.values():
        try:
            with open_source(source.path, SourceOptions(sheet=names[2])) as record:
                columns = tuple(now.get(each, each) for each in record.columns)
                return columns, [row.cells for row in record.rows() if row.fault is None]
        except DataError as error:
            if not {each.code for each in error.diagnostics} <= {"no-such-sheet", "empty-data"}:
                raise
    return (), []


def _titles_now(layout: Layout) -> dict[str, str]:
    """What the columns of a record in either language are called in this one."""
    own = RECORD[layout.language]
    titles = {title: own[place] for names in RECORD.values() for place, title in enumerate(names)}
    for place in layout.to_do:
        outcome = layout.work.outcomes[place]
        titles |= {outcome_name(outcome, each): outcome_name(outcome, layout.language) for each in RECORD}
    return titles


class _BookWriter:
    """Writes every row to the sheets it belongs to; the follow-up record when all are known, the earliest day first."""

    def __init__(
        self, path: Any, name: str, layout: Layout, earlier: tuple[tuple[str, ...], list[Sequence[object]]]
    ) -> None:
        work, language = layout.work, layout.language
        self.layout = layout
        model = work.ruleset.model
        self.book = Book(
            path,
            name,
            work.as_of,
            title=(model.header.label if language == "zh" else None) or model.header.name or "",
            comments=work.ruleset.fingerprint,
        )
        titles = SHEETS[language]
        columns, self.earlier = earlier
        self.record_columns = (*layout.record, *(each for each in columns if each not in layout.record))
        self.places = [self.record_columns.index(each) for each in columns]
        decided = (*(layout.basic[each] for each in layout.who), _DECIDED_ON[language], *layout.decided)
        self.basic = self.book.sheet(titles[0], layout.basic, widths_of(layout.basic), work.number_formats)
        self.classes = self.book.sheet(titles[1], decided, widths_of(decided), self._formats(decided))
        self.record = self.book.sheet(
            titles[2], self.record_columns, widths_of(self.record_columns), self._formats(self.record_columns)
        )
        self.rejected = _FurtherSheet(self.book, FURTHER[language][0], work.reject_head)
        self.undecided = _FurtherSheet(
            self.book, FURTHER[language][1], (*(layout.basic[each] for each in layout.who), *_OPEN[language])
        )
        self.totals = MoneyTotals(work.outcomes, language, layout.width, layout.columns_each)
        self.open: list[tuple[date, int, list[object]]] = []
        self.rows = 0

    def _formats(self, columns: Sequence[str]) -> tuple[NumberFormat, ...]:
        """How the numbers in the columns are shown."""
        known = dict(zip(self.layout.work.head.columns, self.layout.work.number_formats, strict=True))
        return tuple(known.get(each, GENERAL) for each in columns)

    def write(self, cells: Sequence[object]) -> None:
        """Writes one customer."""
        layout, width = self.layout, self.layout.width
        self.rows += 1
        self.basic.write(cells[:width])
        self.totals.add(cells)
        who = [cells[each] for each in layout.who]
        self.classes.write([*who, layout.work.as_of, *cells[width:]])
        for place, outcome in enumerate(layout.work.outcomes):
            _, standing, reason = cells[width + 3 * place : width + 3 * place + 3]
            if standing == STANDING_WORDS[layout.language]["undecided"]:
                self.undecided.write([*who, outcome_name(outcome, layout.language), reason])
        to_do = [cells[width + 3 * place] for place in layout.to_do]
        due = cells[width + 3 * layout.due] if layout.due is not None else None
        if layout.asks_for_something(to_do):
            day = due if isinstance(due, date) else date.max
            self.open.append((day, self.rows, [*who, *to_do]))

    def finish(self) -> None:
        """Writes the follow-up record and the workbook."""
        done = len(self.layout.record) - len(RECORD[self.layout.language])
        still_open = set()
        for cells in self.earlier:
            row: list[object] = [None] * len(self.record_columns)
            for place, cell in zip(self.places, cells, strict=False):
                row[place] = cell
            self.record.write(row)
            if all(is_blank(each) for each in row[done : done + len(RECORD[self.layout.language])]):
                still_open.add(str(row[0]))
        for _, _, cells in sorted(self.open, key=lambda each: each[:2]):
            if str(cells[0]) not in still_open:
                self.record.write(cells)
        self._write_totals()
        further = (each.sheet for each in (self.rejected, self.undecided) if each.sheet is not None)
        for sheet in (self.basic, self.classes, self.record, *further):
            sheet.filtered()
        self.book.finish()

    def _write_totals(self) -> None:
        """The sheet of what the amounts come to, where any are decided."""
        totals, language = self.totals, self.layout.language
        if not totals.customers:
            return
        words = TOTALS[language]
        columns = (*words["columns"], *totals.names)
        formats = (number_format(each.type, language) for _, each in totals.amounts)
        sheet = self.book.sheet(words["sheet"], columns, widths_of(columns), (GENERAL, GENERAL, GENERAL, *formats))
        sheet.write((words["all"], None, totals.customers, *totals.all))
        for place, outcome in totals.classed:
            for class_, count, amounts in totals.classes(place):
                sheet.write((outcome_name(outcome, language), class_, count, *amounts))

    def abandon(self) -> None:
        """Drops what was written."""
        self.book.abandon()


class _FurtherSheet:
    """A sheet that is made with its first row."""

    def __init__(self, book: Book, title: str, columns: Sequence[str]) -> None:
        self.sheet: BookSheet | None = None
        self._book, self._title, self._columns = book, title, tuple(columns)

    def write(self, cells: Sequence[object]) -> None:
        """Writes one row."""
        if self.sheet is None:
            self.sheet = self._book.sheet(self._title, self._columns, widths_of(self._columns))
        self.sheet.write(cells)
