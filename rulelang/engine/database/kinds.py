"""Rows of a table with something unknown, each kind of them decided once by the generated Python.

Rows that are alike (see `rulelang.backends.sql.alike`) have the same answers and standings, so that a million of them
come down to a few hundred decisions, and nobody has to weigh in SQL what is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from attrs import frozen

from rulelang.backends.sql.alike import alike
from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.engine.connections.session import ColumnType, Session
from rulelang.engine.database.account import read_fields
from rulelang.engine.database.statement import Statement
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sources.source import Row
from rulelang.model.contributions import DECIDED, NO_RULE

KEY = "rulelang_key"
ODD = "rulelang_unreadable"

_KINDS, _ANSWERS = ("rulelang_kinds",), ("rulelang_answers",)
_MOST = 50_000  # kinds of rows
_FEW = 1000  # rows of which each may be of its own kind
_SHARE = 0.25  # of the rows: more kinds than that, and rows are better decided in SQL

Stored = Callable[[Sequence[Any]], Sequence[object]]


@frozen
class Marks:
    """What the rows set aside are marked with: the expressions and names of columns beside their own."""

    columns: tuple[tuple[str, str], ...]
    fields: tuple[int, ...]


def marks_of(work: RowRun, statement: Statement) -> Marks | None:
    """The marks that tell rows apart; None where the rules ask for more than can be told in a few columns."""
    dialect = statement.dialect
    try:
        found = alike(statement.plan, statement.written.printer, dialect)
    except NotCarried:
        return None
    key = found.truths[0] if len(found.texts) == 1 and found.truths else _together(found.texts, dialect)
    columns = [(key, KEY), (dialect.flag(statement.unreadable), ODD)]
    fields = read_fields(work, statement)
    columns += [(f"CASE WHEN {statement.missing(name)} THEN 1 END", f"rulelang_m{place}") for place, name in fields]
    return Marks(tuple(columns), tuple(place for place, _ in fields))


def _together(texts: Sequence[str], dialect: Dialect) -> str:
    """Several values as one, so that different ones never come to the same."""
    if dialect.scaled:
        return " || ',' || ".join(f"QUOTE({each})" for each in texts)
    return f"CAST(ROW({', '.join(texts)}) AS TEXT)"


def decide_kinds(
    work: RowRun,
    session: Session,
    marks: Marks,
    tables: tuple[str, str],
    columns: Sequence[ColumnType],
    number: str,
    stored: Stored,
) -> str | None:
    """Decides every kind of row of a table that has the marks, and puts the rows into the result (``tables`` are both);
    the condition on those that have to be decided one by one. None where there are too many kinds.
    """
    table, result = tables
    dialect = session.dialect
    kinds, answers = session.name(_KINDS), session.name(_ANSWERS)
    readable = dialect.denied(dialect.flagged(dialect.identifier(ODD)))
    sums = "".join(f", COUNT(rulelang_m{place}) AS m{place}" for place in marks.fields)
    session.execute(
        f"CREATE TEMPORARY TABLE {kinds} AS SELECT {KEY} AS k, COUNT(*) AS n, MIN({number}) AS first{sums} "
        f"FROM {table} WHERE {readable} GROUP BY {KEY}"
    )
    ((count, rows),) = session.execute(f"SELECT COUNT(*), SUM(n) FROM {kinds}")
    if count > _MOST or (int(rows or 0) > _FEW and count > _SHARE * int(rows)):
        session.execute(f"DROP TABLE {kinds}")
        return None
    own = ", ".join(f"m.{dialect.identifier(each)}" for each in work.source.columns)
    missing = "".join(f", k.m{place}" for place in marks.fields)
    samples = f"SELECT k.k, k.n{missing}, {own} FROM {kinds} AS k JOIN {table} AS m ON m.{number} = k.first"
    decided = list(_decided(work, session.rows(samples), session, columns, marks.fields, stored))
    widen(work, session, result, [row[2:] for row in decided])
    titles = work.head.columns[len(work.source.columns) :]
    names = ", ".join(map(dialect.identifier, titles))
    session.execute(
        f"CREATE TEMPORARY TABLE {answers} AS SELECT k, FALSE AS rulelang_asked, {names} FROM {kinds}, {result} LIMIT 0"
    )
    session.insert(answers, ("k", "rulelang_asked", *titles), decided)
    if not dialect.scaled:  # SQLite would keep what it found in the user's file
        session.execute(f"ANALYZE {answers}")
    cells = ", ".join(f"a.{dialect.identifier(each)}" for each in titles)
    into = ", ".join(map(dialect.identifier, work.head.columns))
    session.execute(
        f"INSERT INTO {result} ({into}) SELECT {own}, {cells} FROM {table} AS m JOIN {answers} AS a ON a.k = m.{KEY} "
        f"WHERE {readable} AND NOT a.rulelang_asked"
    )
    asked = f"{KEY} IN (SELECT k FROM {answers} WHERE rulelang_asked)"
    return f"{dialect.flagged(dialect.identifier(ODD))} OR {asked}"


def widen(work: RowRun, session: Session, result: str, rows: Sequence[Sequence[object]]) -> None:
    """Lets the columns of the result take answers with more digits than SQL would have found: a cap that is as long as
    the value it was read from, a large number of a row that SQL can't read.
    """
    if session.dialect.scaled:
        return
    own = len(work.source.columns)
    columns = session.columns(result, work.source.address) if rows and work.source.address is not None else ()
    for place, column in enumerate(columns[own:]):
        if column.digits is not None and any(_is_longer(row[place], *column.digits) for row in rows):
            name = session.dialect.identifier(column.name)
            session.execute(f"ALTER TABLE {result} ALTER COLUMN {name} TYPE NUMERIC")


def _is_longer(answer: object, digits: int, places: int) -> bool:
    if isinstance(answer, bool) or not isinstance(answer, int | Decimal):
        return False
    return abs(answer) >= 10 ** min(digits, 18 if not places else digits) or answer != round(answer, places)


def _decided(
    work: RowRun,
    samples: Iterable[tuple[Any, ...]],
    session: Session,
    columns: Sequence[ColumnType],
    fields: Sequence[int],
    stored: Stored,
) -> Iterator[tuple[object, ...]]:
    """The answers of each kind by its key, and whether its rows have to be asked about one by one: those of which
    something is to be reported.
    """
    for key, count, *rest in samples:
        missing, raw = rest[: len(fields)], rest[len(fields) :]
        cells = [session.value(cell, column.kind) for cell, column in zip(raw, columns, strict=True)]
        verdict = work.decider.decide(work.values(Row(0, cells)))
        if verdict.problems:
            yield (key, True, *(None for _ in verdict.answers))
            continue
        for place, more in zip(fields, missing, strict=True):
            work.missing[place] += int(more)
        standings = verdict.standings or [DECIDED if each is not None else NO_RULE for each in verdict.answers]
        for tally, standing in zip(work.tallies, standings, strict=True):
            tally.standings[standing] += int(count)
        yield (key, False, *stored(verdict.answers))
