"""The account of a batch run: classes counted in the result, standings and missing values where the rows are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from attrs import frozen

from rulelang.engine.batch.duck import Duck, literal, quoted
from rulelang.engine.batch.patterns import Patterns
from rulelang.engine.batch.statement import Statement
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.tally import MOST_VALUES, OutcomeTally
from rulelang.engine.sinks.writers import as_text
from rulelang.model.contributions import DECIDED, NO_RULE, STANDINGS
from rulelang.vocabulary.declarations import Outcome

_PREVIEW = 10
_FIRST = 200_000  # rules are looked for in so many rows before all of them are


@frozen
class Asked:
    """The rows that the other engine had to be asked about: how many, how many it could decide, and for each outcome
    how many of them have no answer.
    """

    rows: int
    decided: int
    silent: tuple[int, ...]


def account(
    work: RowRun, statement: Statement, patterns: Patterns | None, duck: Duck, result: str, asked: Asked, format_: str
) -> None:
    """Fills in what a run counts; ``format_`` is that of the target. The rows that the other engine decided have
    counted their standings already, those with something unknown by their ``patterns`` where there are any.
    """
    work.rows = statement.table.rows
    own = len(work.source.columns)
    titles = work.head.columns[own:]
    for outcome, tally, title in zip(work.outcomes, work.tallies, titles, strict=True):
        _count(outcome, tally, title, work, duck, result)
    doubts = _doubts(statement, duck) if patterns is None else _of_patterns(patterns)
    _standings(work, duck, result, asked, titles, doubts)
    _missing(work, statement, patterns, duck, asked)
    _winners(work, statement, patterns, duck, asked)
    spellers = work.spellers(format_)
    for cells in duck.rows(f"SELECT * FROM read_parquet({literal(result)}) LIMIT {_PREVIEW}"):
        answers = (spell(plain(each)) for spell, each in zip(spellers, cells[own:], strict=True))
        work.preview.append(tuple(map(as_text, (*cells[:own], *answers))))


def _count(outcome: Outcome, tally: OutcomeTally, title: str, work: RowRun, duck: Duck, result: str) -> None:
    """The values of an outcome with the number of rows each, in the order in which they first appear."""
    value = quoted(title)
    relation = f"read_parquet({literal(result)})"
    order = "min(file_row_number)"
    if outcome.policy == "collect":
        relation = f"(SELECT unnest({value}) AS {value}, file_row_number FROM {relation})"
    grouped = f"SELECT {value}, count(*), {order} FROM {relation} WHERE {value} IS NOT NULL GROUP BY 1"
    back = {str(name): key for key, name in names_of(outcome, work.language).items()}
    found = duck.execute(f"{grouped} ORDER BY 3 LIMIT {MOST_VALUES}").fetchall()
    for each, count, _ in found:
        value_ = back.get(each, each) if isinstance(each, str) else plain(each)
        tally.count(value_, DECIDED, int(count))
    if len(found) == MOST_VALUES:
        rest = f"SELECT * FROM ({grouped}) ORDER BY 3 OFFSET {MOST_VALUES}"
        for each, count, _ in duck.rows(rest):
            tally.count(plain(each), DECIDED, int(count))
    tally.standings[DECIDED] -= sum(int(count) for _, count, _ in found)


@frozen
class Doubts:
    """The rows with something unknown: how many, and by outcome how many stand how and how many have no answer."""

    rows: int
    standings: tuple[tuple[int, ...], ...]
    silent: tuple[int, ...]


def _of_patterns(patterns: Patterns) -> Doubts:
    return Doubts(patterns.rows, patterns.standings, patterns.silent)


def _doubts(statement: Statement, duck: Duck) -> Doubts:
    """What a full statement says of the rows with something unknown."""
    open_ = f"NOT ({statement.written.known}) AND NOT ({statement.elsewhere})"
    shown = [(statement.standing(each), f"s{place}") for place, each in enumerate(statement.outcomes)]
    names = [f"s{place}" for place, _ in enumerate(statement.outcomes)]
    counts = [f"count(*) FILTER (WHERE {name} = {literal(each)})" for name in names for each in STANDINGS]
    nulls = [f"count(*) FILTER (WHERE {name} IN ('undecided', 'no rule'))" for name in names]
    text = statement.select(shown, open_)
    rows, *rest = map(int, duck.execute(f"SELECT count(*), {', '.join((*counts, *nulls))} FROM ({text})").fetchone())
    width = len(STANDINGS)
    standings = tuple(tuple(rest[place * width : (place + 1) * width]) for place, _ in enumerate(names))
    return Doubts(rows, standings, tuple(rest[len(names) * width :]))


def _standings(work: RowRun, duck: Duck, result: str, asked: Asked, titles: tuple[str, ...], doubts: Doubts) -> None:
    """Where all is known an answer is decided, and none says that no rule applies; the other rows were judged."""
    answered = ", ".join(f"count({quoted(each)})" for each in titles)
    total, *present = map(
        int, duck.execute(f"SELECT count(*), {answered} FROM read_parquet({literal(result)})").fetchone()
    )
    known = total - asked.decided - doubts.rows
    for place, tally in enumerate(work.tallies):
        no_answer = total - present[place] - asked.silent[place] - doubts.silent[place]
        for standing, count in zip(STANDINGS, doubts.standings[place], strict=True):
            tally.standings[standing] += count
        tally.standings[NO_RULE] += no_answer
        tally.standings[DECIDED] += known - no_answer


def _missing(work: RowRun, statement: Statement, patterns: Patterns | None, duck: Duck, asked: Asked) -> None:
    """How often each field is missing in the rows that SQL read; the others counted themselves."""
    counted = {} if patterns is None else patterns.missing
    places = []
    for place, each in work.readers:
        name = each.field.name
        if name in counted:
            work.missing[place] += counted[name]
        elif name in statement.written.printer.inputs:
            places.append((place, name))
    if not places:
        return
    shown = [(f"CASE WHEN {statement.missing(name)} THEN 1 END", f"m{place}") for place, name in places]
    text = statement.select(shown, f"NOT ({statement.elsewhere})" if asked.rows else "")
    counts = ", ".join(f"count(m{place})" for place, _ in places)
    found = duck.execute(f"SELECT {counts} FROM ({text})").fetchone()
    for (place, _), count in zip(places, found, strict=True):
        work.missing[place] += int(count)


def _winners(work: RowRun, statement: Statement, patterns: Patterns | None, duck: Duck, asked: Asked) -> None:
    """Which branches ever made an answer: most are met among the first rows. By cells all of them have been seen, and
    by patterns those of all rows with something unknown.
    """
    if statement.cells is not None:
        return
    columns, conditions = statement.winners()
    others = f"NOT ({statement.elsewhere})" if asked.rows else ""
    if patterns is not None:
        others = " AND ".join(each for each in (others, f"({statement.written.known}) IS TRUE") if each)
    for limit in (f"{quoted('rulelang_number')} < {_FIRST}", ""):
        open_ = [index for index in conditions if index in work.decider.unseen]
        if not open_ or (not limit and statement.table.rows <= _FIRST):
            return
        where = " AND ".join(each for each in (limit, others) if each)
        text = statement.select(columns, where)
        counts = ", ".join(f"count(*) FILTER (WHERE {conditions[index]})" for index in open_)
        found = duck.execute(f"SELECT {counts} FROM ({text})").fetchone()
        work.decider.unseen.difference_update(index for index, count in zip(open_, found, strict=True) if count)


def plain(value: Any) -> Any:
    """A value of a result file in the form that decisions have."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value
