"""Decides for every row where it is, with the same answers and the same account as row by row.

The database reads and decides what SQL can; the other rows (a word that is no member, a value outside its limits,
something missing that SQL can't weigh) are fetched, decided by the generated Python, and join the result. All of it
is one transaction: the result is there as a whole, or nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.batch.run import Elsewhere
from rulelang.engine.capabilities import limit_of
from rulelang.engine.connections.address import Address, is_address, read_address
from rulelang.engine.connections.opening import open_session
from rulelang.engine.connections.session import ColumnType, Session
from rulelang.engine.database.account import (
    ELSEWHERE,
    answer_of,
    count_judged,
    count_result,
    judged,
    overview_of_certain,
)
from rulelang.engine.database.kinds import Stored, decide_kinds, marks_of, widen
from rulelang.engine.database.statement import Statement, compose
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.quality import CheckedColumn
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, RunOptions
from rulelang.engine.sinks.opening import Sink
from rulelang.engine.sinks.table import TABLE, TableDraft, TableWriter, make_way
from rulelang.engine.sources.source import Row, Source
from rulelang.model.contributions import DECIDED, NO_RULE
from rulelang.values.durations import Duration

_RESULT, _REST, _JUDGED = ("rulelang_result",), ("rulelang_rest",), ("rulelang_judged",)
_NUMBER = "rulelang_number"
_SOME = 5000


def run_in_database(
    ruleset: Decider,
    source: Source,
    options: RunOptions,
    target: PathLike | None = None,
    rejects: PathLike | None = None,
) -> RunSummary:
    """The run. Raises Elsewhere (a word of labels.toml: what this engine doesn't do), RuleError (``not-in-sql``),
    DataError (``column-type``, ``table-exists``, ``same-file``, what sessions raise).
    """
    address = source.address
    if address is None:
        raise Elsewhere("data outside the database")
    limit = limit_of("database", ruleset, source, options)
    if limit is not None:
        raise Elsewhere(limit)
    work = RowRun(ruleset, source, options)
    with open_session(address) as session, ExitStack() as stack:
        tables = [_table_here(each, address) for each in (target, rejects)]
        _refuse_same(address, tables)
        if session.dialect.scaled and any(
            each.policy == "collect" and names_of(each, work.language) for each in work.outcomes
        ):
            raise Elsewhere("list")
        relation = session.relation(address)
        columns = session.columns(relation, address)
        certain = compose(work, session, relation, columns, certain=True)
        compose(work, session, relation, columns)  # what can't be weighed is refused before anything is written
        into, rejected_into = tables
        details = None if options.details is None else stack.enter_context(work.open_details(options.details))
        rejected = None
        if rejects is not None and rejected_into is None:
            rejected = stack.enter_context(work.open(rejects, work.reject_head))
        elif rejected_into is not None:
            rejected = _table_of_rejects(session, rejected_into, work)
        sink = None
        if target is not None and into is None:
            sink = stack.enter_context(work.open(target, work.head.columns))
        result = _make(work, session, certain, into)
        unchecked = _check(work, session, relation, columns)
        _decide_rest(work, session, certain, columns, result, rejected, unchecked)
        format_ = TABLE if into is not None else "csv" if sink is None else sink.format
        count_result(work, session, result, format_)
        if sink is not None:
            _pour(work, session, result, sink)
        if options.progress is not None:
            options.progress(work.rows, work.rows)
        files = [each for each in (sink, rejected, details) if each is not None]
        for each in files:
            each.finish()
        if not work.refused:
            session.commit()
        for each in files:
            if each is not (sink if work.refused else None) and (each is not rejected or rejected_into is None):
                each.commit()
    return work.summary(target, rejects)


def _check(work: RowRun, session: Session, relation: str, columns: Sequence[ColumnType]) -> list[int]:
    """Checks all cells of the columns that are held to more than what makes a row odd; the places of the others among
    those checked.
    """
    quality = work.quality
    if quality is None:
        return []
    checked = [(place, columns[each.position]) for place, each in enumerate(quality.columns) if _asks_more(each)]
    if checked:
        names = ", ".join(session.dialect.identifier(column.name) for _, column in checked)
        for number, cells in enumerate(session.rows(f"SELECT {names} FROM {relation} AS t"), 1):
            for cell, (place, column) in zip(cells, checked, strict=True):
                quality.check_cell(number, place, session.value(cell, column.kind))
    return [place for place, each in enumerate(quality.columns) if not _asks_more(each)]


def _asks_more(column: CheckedColumn) -> bool:
    """Whether a column is held to more than what makes a row odd."""
    checks = column.checks
    more = checks.unique or checks.pattern or checks.function or checks.oldest or checks.oldest_threshold
    return bool(more) or not column.read


def _table_here(path: PathLike | None, address: Address) -> Address | None:
    """The address of a table in the same database; None for a file or another database."""
    if not is_address(path):
        return None
    found = read_address(str(path))
    return found if found.place == address.place and found.table else None


def _refuse_same(address: Address, tables: Sequence[Address | None]) -> None:
    """Raises DataError (``same-file``) where a table would be read and written, or written twice."""
    names = [each.table for each in (address, *tables) if each is not None and each.table]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise DataError((Diagnostic("same-file", facts={"file": ".".join(name)}),))


def _make(work: RowRun, session: Session, statement: Statement, into: Address | None) -> str:
    """Makes the result, a table that stays or one that goes with the session; its name in statements."""
    if into is not None:
        make_way(session, into.table, work.head.columns, work.options.replace)
    table = session.name(_RESULT if into is None else into.table)
    kind = "TABLE" if into is not None else "TEMPORARY TABLE"
    session.execute(f"CREATE {kind} {table} AS\n{_decided(work, statement)}")
    return table


def _decided(work: RowRun, statement: Statement) -> str:
    """The rows that a statement decides, as they stand in the result."""
    dialect, own = statement.dialect, work.source.columns
    shown = [(dialect.identifier(each), title) for each, title in zip(own, work.head.columns, strict=False)]
    shown += _answers(work, statement)
    return statement.select(shown, statement.here, own)


def _answers(work: RowRun, statement: Statement) -> list[tuple[str, str]]:
    """What a statement answers, by the titles of the result."""
    titles = work.head.columns[len(work.source.columns) :]
    return [
        (statement.answer(outcome, names_of(outcome, work.language)), title)
        for outcome, title in zip(work.outcomes, titles, strict=True)
    ]


def _decide_rest(
    work: RowRun,
    session: Session,
    certain: Statement,
    columns: Sequence[ColumnType],
    result: str,
    rejected: Sink | None,
    unchecked: Sequence[int],
) -> None:
    """Sets the rows aside of which not everything is known, with their numbers; Python decides each kind of them once,
    or where there are too many kinds SQL what it can, and Python the others one by one.
    """
    own, table = work.source.columns, session.name(_REST)
    marks = marks_of(work, certain)
    shown = [(session.dialect.identifier(each), each) for each in (*own, _NUMBER)]
    shown += marks.columns if marks is not None else ()
    numbered = f"(SELECT t.*, ROW_NUMBER() OVER () AS {_NUMBER} FROM {certain.relation} AS t)"
    text = evolve(certain, relation=numbered).select(shown, certain.elsewhere, (*own, _NUMBER))
    session.execute(f"CREATE TEMPORARY TABLE {table} AS\n{text}")
    ((count,),) = session.execute(f"SELECT COUNT(*) FROM {table}")
    overview_of_certain(work, certain, session, result, evolve(certain, relation=table) if count else None)
    ((known,),) = session.execute(f"SELECT COUNT(*) FROM {result}")
    work.rows = int(known) + int(count)
    if not count:
        return
    names = [names_of(each, work.language) for each in work.outcomes]

    def stored(answers: Sequence[Any]) -> Sequence[object]:
        return [_stored(each, known) for each, known in zip(answers, names, strict=True)]

    left = None
    if marks is not None:
        left = decide_kinds(work, session, marks, (table, result), columns, _NUMBER, stored)
    if left is None:
        table, left = _weigh(work, session, compose(work, session, table, columns), result)
    cells = ", ".join(map(session.dialect.identifier, own))
    text = f"SELECT {_NUMBER}, {cells} FROM {table} WHERE {left} ORDER BY 1"
    asked = _asked(work, session, text, [each.kind for each in columns], rejected, unchecked, stored)
    while some := list(islice(asked, _SOME)):
        widen(work, session, result, [row[len(own) :] for row in some])
        session.insert(result, work.head.columns, some)


def _weigh(work: RowRun, session: Session, rest: Statement, result: str) -> tuple[str, str]:
    """Decides in SQL what it can of rows of which not everything is known; the table with the others, and the condition
    that tells them.
    """
    own = work.source.columns
    answers, (flags, counts) = _answers(work, rest), judged(work, rest)
    places = [(text, f"rulelang_x{place}") for place, (text, _) in enumerate(answers)]
    shown = [(session.dialect.identifier(each), each) for each in (*own, _NUMBER)]
    table = session.name(_JUDGED)
    session.execute(f"CREATE TEMPORARY TABLE {table} AS\n{rest.select([*shown, *places, *flags], '', (*own, _NUMBER))}")
    count_judged(work, rest, session, table, counts)
    names = ", ".join(map(session.dialect.identifier, work.head.columns))
    taken = ", ".join(map(session.dialect.identifier, (*own, *(name for _, name in places))))
    left = session.dialect.flagged(ELSEWHERE)
    session.execute(f"INSERT INTO {result} ({names}) SELECT {taken} FROM {table} WHERE NOT ({left})")
    return table, left


def _table_of_rejects(session: Session, into: Address, work: RowRun) -> Sink:
    """A table for rejected rows, in the same transaction."""
    make_way(session, into.table, work.reject_head, work.options.replace)
    table = session.name(into.table)
    items = ", ".join(
        f"{session.dialect.identifier(each)} {session.column_type('VARCHAR')}" for each in work.reject_head
    )
    session.execute(f"CREATE TABLE {table} ({items})")
    return Sink(into.shown, TABLE, TableDraft(session), TableWriter(session, table, work.reject_head))


def _asked(
    work: RowRun,
    session: Session,
    text: str,
    kinds: Sequence[str],
    rejected: Sink | None,
    unchecked: Sequence[int],
    stored: Stored,
) -> Iterator[tuple[object, ...]]:
    """The rows that SQL leaves, decided one by one: as they stand in the result."""
    for number, *raw in session.rows(text):
        row = Row(int(number), [session.value(cell, kind) for cell, kind in zip(raw, kinds, strict=True)])
        if work.quality is not None:
            for place in unchecked:
                work.quality.check_cell(row.number, place, row.cells[work.quality.columns[place].position])
        faults, values = work.read(row)
        if faults:
            work.reject(row, faults, rejected)
            continue
        verdict = work.decider.decide(values)
        standings = verdict.standings or [DECIDED if each is not None else NO_RULE for each in verdict.answers]
        for tally, standing in zip(work.tallies, standings, strict=True):
            tally.standings[standing] += 1
        for problem in verdict.problems:
            work.findings.count(problem, row.number)
        yield (*raw, *stored(verdict.answers))


def _stored(answer: Any, names: dict[Any, object]) -> object:
    """An answer as the result has it."""
    if isinstance(answer, tuple):
        return tuple(names.get(each, each) for each in answer)
    if isinstance(answer, Duration):
        return answer.amount
    return names.get(answer, answer) if isinstance(answer, str) else answer


def _pour(work: RowRun, session: Session, table: str, sink: Sink) -> None:
    """The result row by row into a file, or into another database."""
    own = len(work.source.columns)
    spellers = work.spellers(sink.format)
    kinds = [each.kind for each in session.columns(table, work.source.address or read_address(table))]
    for raw in session.rows(f"SELECT * FROM {table}"):
        cells = [session.value(cell, kind) for cell, kind in zip(raw, kinds, strict=True)]
        answers = (
            spell(answer_of(each, outcome, work))
            for spell, each, outcome in zip(spellers, cells[own:], work.outcomes, strict=True)
        )
        sink.write([*cells[:own], *answers])
