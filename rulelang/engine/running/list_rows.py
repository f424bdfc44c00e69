"""The rows of second tables: read, and reported one by one where something is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.account.tally import FindingTally
from rulelang.engine.reading.joined import JoinedList, key_text
from rulelang.engine.reading.quality import Quality
from rulelang.engine.running.output import reject_reason
from rulelang.engine.sinks.writers import Takes
from rulelang.engine.sources.source import Row
from rulelang.explain.named import Renamed
from rulelang.vocabulary.privacy import HIDDEN


class Work(Protocol):
    """What reading second tables needs of a run."""

    lists: tuple[JoinedList, ...]
    findings: FindingTally
    quality: Quality | None
    reject_columns: tuple[str, ...]
    language: str
    named: Renamed

    def reject_record(self, joined: JoinedList, row: Row, faults: Sequence[Diagnostic], sink: Takes | None) -> None:
        """Puts a row of a second table beside the rejected ones."""


def noticing(work: Work, joined: JoinedList) -> Callable[[Diagnostic, int], None]:
    """What counts a finding about a record, and writes it down where findings are."""

    def notice(finding: Diagnostic, number: int) -> None:
        work.findings.count(finding, number)
        if work.quality is not None:
            work.quality.note_record(joined.source.name, number, finding)

    return notice


def read_lists(work: Work, rejects: Takes | None) -> None:
    """Reads every second table. Raises DataError as `JoinedList.read` does."""
    for joined in work.lists:
        joined.read(
            noticing(work, joined), lambda joined, row, faults: work.reject_record(joined, row, faults, rejects)
        )


def with_unread(work: Work, row: Row, finding: Diagnostic) -> Diagnostic:
    """A finding about a customer's records, with what of them is there and can't be read."""
    for joined in work.lists:
        finding = joined.told(finding, row.cells[joined.customer_place])
    return finding


def report_left_over(work: Work, rejects: Takes | None) -> None:
    """Writes down the rows of no customer, once every customer has been asked for, where there is a file for them."""
    if not wants_rows(work, rejects):
        return
    for joined in work.lists:
        if not joined.summary().without_customer:
            continue
        for row in joined.source.rows():
            cell = row.cells[joined.key_place] if joined.key_place < len(row.cells) else None
            if joined.is_left(key_text(cell)):
                report_lonely(work, joined, row, rejects)


def wants_rows(work: Work, rejects: Takes | None) -> bool:
    """Whether there is a file for rows that something is wrong with."""
    return rejects is not None or (work.quality is not None and work.quality.sink is not None)


def report_lonely(work: Work, joined: JoinedList, row: Row, rejects: Takes | None) -> None:
    """Writes down a row of no customer."""
    column = joined.source.columns[joined.key_place]
    key = key_text(row.cells[joined.key_place]) if joined.key_place < len(row.cells) else ""
    facts = {"row": row.number, "column": column}
    facts |= {"value": HIDDEN if joined.field.privacy else key} if key else {"blank": column}
    work.reject_record(joined, row, (Diagnostic("row-without-customer", facts=facts),), rejects)


def reject_record(work: Work, joined: JoinedList, row: Row, faults: Sequence[Diagnostic], sink: Takes | None) -> None:
    """Puts a row of a second table beside the rejected ones; what can be read of it still counts."""
    for each in faults:
        if each.code != "row-without-customer":  # told as a whole
            work.findings.count(each, row.number)
        if work.quality is not None:
            work.quality.note_record(joined.source.name, row.number, each)
    if sink is None:
        return
    cells: list[object] = [None] * len(work.reject_columns)
    for column, cell in zip(joined.source.columns, row.cells, strict=False):
        cells[work.reject_columns.index(column)] = cell
    reason = reject_reason(faults, work.language, work.named)
    columns = ", ".join(str(each.facts["column"]) for each in faults if "column" in each.facts)
    sink.write([*cells, row.number, columns, reason, joined.source.name])
