"""The account of a batch run: classes counted in the result, standings and missing values where the rows are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from attrs import frozen

from rulelang.engine.batch.duck import Duck, literal, quoted
from rulelang.engine.batch.patterns import Patterns
from rulelang.engine.batch.statement import Statement
from rulelang.engine.batch.tables import Table
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.tally import MOST_VALUES, OutcomeTally
from rulelang.engine.sinks.writers import as_text
from rulelang.model.contributions import BLANK, DECIDED, NO_RULE, STANDINGS
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Date, Money, Number

_PREVIEW = 10
_FIRST_VALUES = 50_000  # rows in which values are looked for before they are in all
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
    titles = work.head.columns[own :: 3 if work.options.why else 1]
    for outcome, tally, title in zip(work.outcomes, work.tallies, titles, strict=True):
        _count(outcome, tally, title, work, duck, result)
    doubts = _doubts(statement, duck) if patterns is None else _of_patterns(patterns)
    _standings(work, duck, result, asked, titles, doubts)
    _missing(work, statement, patterns, duck, asked)
    _winners(work, statement, patterns, duck, asked)
    spell = answer_speller(work, format_)
    table = statement.table
    for cells in duck.rows(f"SELECT * FROM read_parquet({literal(result)}) LIMIT {_PREVIEW}"):
        answers = spell(cells[own:])
        texts = format_ == "parquet" and table.untyped
        shown = cells[:own] if texts else own_cells(work, table, cells[:own], format_)
        work.preview.append(tuple(map(as_text, (*shown, *answers))))


def _count(outcome: Outcome, tally: OutcomeTally, title: str, work: RowRun, duck: Duck, result: str) -> None:
    """The values of an outcome with the number of rows each, in the order in which they first appear; of more than are
    listed, how many rows have them, the range and the total.
    """
    value = quoted(title)
    relation = f"read_parquet({literal(result)})"
    if outcome.policy == "collect":
        relation = f"(SELECT unnest({value}) AS {value}, file_row_number FROM {relation})"
    back = {str(name): key for key, name in names_of(outcome, work.language).items()}
    listed = f"SELECT {value} AS v, min(file_row_number) AS r FROM {relation} WHERE {value} IS NOT NULL"
    first = f"{listed} AND file_row_number < {_FIRST_VALUES} GROUP BY 1 ORDER BY 2 LIMIT {MOST_VALUES}"
    duck.execute(f"CREATE OR REPLACE TEMP TABLE rulelang_values AS {first}")
    many = int(duck.execute("SELECT count(*) FROM rulelang_values").fetchone()[0]) == MOST_VALUES
    if not many:
        duck.execute(
            f"CREATE OR REPLACE TEMP TABLE rulelang_values AS {listed} GROUP BY 1 ORDER BY 2 LIMIT {MOST_VALUES}"
        )
    counted = f"SELECT f.v, count(*), f.r FROM {relation} AS q JOIN rulelang_values AS f ON q.{value} = f.v"
    found = duck.execute(f"{counted} GROUP BY 1, 3 ORDER BY 3").fetchall()
    for each, count, _ in found:
        tally.count(back.get(each, each) if isinstance(each, str) else plain(each), DECIDED, int(count))
    rows = sum(int(count) for _, count, _ in found)
    if len(found) == MOST_VALUES:
        added = f"sum({value})" if isinstance(outcome.type, Number | Money) else "NULL"
        text = f"SELECT count({value}), min({value}), max({value}), {added} FROM {relation}"
        total, least, greatest, sum_ = duck.execute(text).fetchone()
        tally.settle(int(total) - rows, plain(least), plain(greatest), plain(sum_) or 0)
    tally.standings[DECIDED] -= rows


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
        elif name in statement.written.printer.inputs or name in statement.table.unread:
            places.append((place, name))
    if not places:
        return
    unread = {name: quoted(column) for name, column in statement.table.unread.items()}
    tests = ((place, unread.get(name) or statement.missing(name)) for place, name in places)
    shown = [(f"CASE WHEN {test} THEN 1 END", f"m{place}") for place, test in tests]
    text = statement.select(
        shown, f"NOT ({statement.elsewhere})" if asked.rows else "", tuple(statement.table.unread.values())
    )
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


def answer_speller(work: RowRun, format_: str) -> Callable[[Sequence[Any]], Sequence[object]]:
    """How the cells that a run adds are written: answers in a format's way, standings and reasons as they are."""
    spellers, wide = work.spellers(format_), 3 if work.options.why else 1

    def spell(cells: Sequence[Any]) -> Sequence[object]:
        found = list(cells)
        for place, each in enumerate(spellers):
            found[wide * place] = each(plain(cells[wide * place]))
        return found

    return spell


def own_cells(work: RowRun, table: Table, cells: Sequence[Any], format_: str) -> list[object]:
    """The cells of a row as a format takes them: a workbook has numbers and days as such."""
    found = table.values(cells)
    for _, reader in work.readers if format_ == "excel" else ():
        if isinstance(reader.field.type, Number | Money | Date):
            value = reader.read(found[reader.position]).value
            if value is not None and value is not BLANK:
                found[reader.position] = value
    return found


def plain(value: Any) -> Any:
    """A value of a result file in the form that decisions have."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value
