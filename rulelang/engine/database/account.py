"""The account of a run in a database: one pass over the rows, and the classes of the result."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from attrs import evolve

from rulelang.engine.account.tally import OutcomeTally
from rulelang.engine.connections.session import Session
from rulelang.engine.database.statement import Statement
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sinks.writers import as_text
from rulelang.model.contributions import DECIDED, NO_RULE, STANDINGS
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Date, YesNo

ELSEWHERE = "rulelang_e"

_PREVIEW = 10
_FIRST = 100_000  # rules are looked for in so many rows before all of them are


def judged(work: RowRun, statement: Statement) -> tuple[list[tuple[str, str]], list[str]]:
    """What a full statement shows of its rows for the account, and the counts of it that `count_judged` takes."""
    dialect, here = statement.dialect, statement.here
    shown = [(dialect.flag(statement.elsewhere), ELSEWHERE)]
    counts = [f"COUNT(CASE WHEN {dialect.flagged(ELSEWHERE)} THEN 1 END)"]

    def count(condition: str, name: str) -> None:
        shown.append((f"CASE WHEN {here} AND ({condition}) THEN 1 END", name))
        counts.append(f"COUNT({name})")

    for place, outcome in enumerate(statement.outcomes):
        name = f"rulelang_s{place}"
        shown.append((f"CASE WHEN {here} THEN {statement.standing(outcome)} END", name))
        counts += [f"COUNT(CASE WHEN {name} = {dialect.text(each)} THEN 1 END)" for each in STANDINGS]
    for place, name in read_fields(work, statement):
        count(statement.missing(name), f"rulelang_m{place}")
    for index, condition in statement.winners().items():
        count(condition, f"rulelang_w{index}")
    return shown, counts


def count_judged(work: RowRun, statement: Statement, session: Session, table: str, counts: Sequence[str]) -> int:
    """Counts standings, missing values and rules of the rows that a full statement decided; how many it left."""
    ((elsewhere, *rest),) = session.execute(f"SELECT {', '.join(counts)} FROM {table}")
    counted = iter(map(int, rest))
    for tally in work.tallies:
        for standing in STANDINGS:
            tally.standings[standing] += next(counted)
    for place, _ in read_fields(work, statement):
        work.missing[place] += next(counted)
    work.decider.unseen.difference_update([index for index in statement.winners() if next(counted)])
    return int(elsewhere)


def read_fields(work: RowRun, statement: Statement) -> list[tuple[int, str]]:
    """The places and names of the fields that the statement reads and that may be missing: blank is an answer."""
    found = []
    for place, each in work.readers:
        name = each.field.name
        read = name in statement.written.printer.inputs or name in statement.shown_alone
        if read and not (each.field.may_be_blank and not each.field.at_least):
            found.append((place, name))
    return found


def overview_of_certain(
    work: RowRun, statement: Statement, session: Session, table: str, rest: Statement | None
) -> None:
    """The same for the rows of which everything is known, which are all that ``table`` has so far: an answer is
    decided, and none says that no rule applies. ``rest`` is the statement over the other rows.
    """
    titles = work.head.columns[len(work.source.columns) :]
    answered = "".join(f", COUNT({session.dialect.identifier(each)})" for each in titles)
    ((rows, *counts),) = session.execute(f"SELECT COUNT(*){answered} FROM {table}")
    for tally, count in zip(work.tallies, counts, strict=True):
        tally.standings[DECIDED] += int(count)
        tally.standings[NO_RULE] += int(rows) - int(count)
    needed = statement.plan.needed
    places = [(place, name) for place, name in read_fields(work, statement) if name not in needed]
    for sign, each_ in ((1, statement), (-1, rest)):
        if each_ is None or not places:
            continue
        alone = each_.read_alone()
        shown = [(f"CASE WHEN {each_.missing(name)} THEN 1 END", f"m{place}") for place, name in places]
        counting = ", ".join(f"COUNT(m{place})" for place, _ in places)
        (found,) = session.execute(f"SELECT {counting} FROM (\n{alone.select(shown)}\n) AS q")
        for (place, _), count in zip(places, found, strict=True):
            work.missing[place] += sign * int(count)
    _winners(work, statement, session, int(rows))


def _winners(work: RowRun, statement: Statement, session: Session, rows: int) -> None:
    """Which branches ever made an answer: most are met among the first rows."""
    conditions = statement.winners()
    for limit in (f"(SELECT * FROM {statement.relation} AS t LIMIT {_FIRST})", statement.relation):
        open_ = [index for index in conditions if index in work.decider.unseen]
        if not open_ or not rows or (limit is statement.relation and rows <= _FIRST):
            return
        shown = [(f"CASE WHEN {conditions[index]} THEN 1 END", f"w{index}") for index in open_]
        counts = ", ".join(f"COUNT(w{index})" for index in open_)
        text = evolve(statement, relation=limit).select(shown, statement.here)
        (found,) = session.execute(f"SELECT {counts} FROM (\n{text}\n) AS q")
        work.decider.unseen.difference_update(index for index, count in zip(open_, found, strict=True) if count)


def count_result(work: RowRun, session: Session, table: str, format_: str) -> None:
    """The classes of the result, and its first rows."""
    own = len(work.source.columns)
    titles = work.head.columns[own:]
    for outcome, tally, title in zip(work.outcomes, work.tallies, titles, strict=True):
        _count(outcome, tally, title, work, session, table)
    spellers = work.spellers(format_)
    for cells in session.execute(f"SELECT * FROM {table} LIMIT {_PREVIEW}"):
        answers = (
            spell(answer_of(each, outcome, work))
            for spell, each, outcome in zip(spellers, cells[own:], work.outcomes, strict=True)
        )
        work.preview.append(tuple(map(as_text, (*cells[:own], *answers))))


def _count(outcome: Outcome, tally: OutcomeTally, title: str, work: RowRun, session: Session, table: str) -> None:
    """How many rows have each value of an outcome."""
    value = session.dialect.identifier(title)
    grouped = f"SELECT {value}, COUNT(*) FROM {table} WHERE {value} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    for each, count in session.execute(grouped):
        tally.count(answer_of(each, outcome, work), DECIDED, int(count))
        tally.standings[DECIDED] -= int(count)  # standings are counted where the rows are


def answer_of(value: Any, outcome: Outcome, work: RowRun) -> Any:
    """A value of the result in the form that decisions have."""
    if value is None:
        return None
    back = {str(name): key for key, name in names_of(outcome, work.language).items()}
    if outcome.policy == "collect":
        values = value if isinstance(value, list) else [each for each in value.split("; ") if each]
        return tuple(back.get(each, each) for each in values)
    if isinstance(outcome.type, YesNo):
        return bool(value)
    if isinstance(outcome.type, Date):
        return work.as_of.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return back.get(value, value) if isinstance(value, str) else value
