"""The account of a batch run: classes counted in the result, standings and missing values where the rows are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from attrs import frozen

from rulelang.engine.account.tally import MOST_VALUES
from rulelang.engine.batch.lined import cells_of, first_lines
from rulelang.engine.batch.patterns import Patterns
from rulelang.engine.batch.statement import SHOWN_ALONE, Statement
from rulelang.engine.batch.tables import Table
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.running.number_formats import made_numbers
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sinks.writers import as_text
from rulelang.model.contributions import BLANK, DECIDED, NO_RULE, STANDINGS
from rulelang.vocabulary.types import Money, Number

_PREVIEW = 10
_FIRST_VALUES = 50_000  # rows in which values are looked for before they are in all
_TOGETHER = 16  # outcomes that are counted in one pass
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
    """Fills in what a run counts; ``result`` is the relation of the result, or of the answers alone where lines are
    written, ``format_`` that of the target. The rows that the other engine decided have
    counted their standings already, those with something unknown by their ``patterns`` where there are any.
    """
    work.rows = statement.table.rows
    own = len(work.source.columns)
    titles = work.head.columns[own :: 3 if work.options.why else 1]
    _values(work, titles, duck, result)
    doubts = _doubts(statement, duck) if patterns is None else _of_patterns(patterns)
    _standings(work, duck, result, asked, titles, doubts)
    _missing(work, statement, patterns, duck, asked)
    _winners(work, statement, patterns, duck, asked)
    spell = answer_speller(work, format_)
    table = statement.table
    lines = table.lines
    for cells in duck.rows(
        f"SELECT * FROM {result} LIMIT {_PREVIEW}" if lines is None else first_lines(lines, _PREVIEW)
    ):
        if lines is not None:
            cells = (*cells_of(cells[-1], lines), *cells[:-1])
        answers = spell(cells[own:])
        texts = format_ == "parquet" and table.untyped
        shown = cells[:own] if texts else own_cells(work, table, cells[:own], format_)
        work.preview.append(tuple(map(as_text, (*shown, *answers))))


def _values(work: RowRun, titles: Sequence[str], duck: Duck, result: str) -> None:
    """The values of all outcomes with the number of rows each, in the order in which they first appear; of more than
    are listed, how many rows have them, the range and the total.
    """
    places = [place for place, each in enumerate(work.outcomes) if each.policy != "collect"]
    for start in range(0, len(places), _TOGETHER):
        some = places[start : start + _TOGETHER]
        _count(work, some, titles, f"{result}", duck)
    for place, each in enumerate(work.outcomes):
        if each.policy == "collect":
            value = quoted(titles[place])
            source = f"(SELECT unnest({value}) AS {value}, file_row_number FROM {result})"
            _count(work, [place], titles, source, duck)


def _count(work: RowRun, places: Sequence[int], titles: Sequence[str], relation: str, duck: Duck) -> None:
    """The values of some outcomes in one pass; what has too many of them shows in the first rows, and then only these
    are counted.
    """
    columns = [quoted(titles[place]) for place in places]
    codes = [(1 << len(places)) - 1 - (1 << len(places) - 1 - at) for at, _ in enumerate(places)]
    first = f"SELECT {', '.join(columns)}, file_row_number FROM {relation} WHERE file_row_number < {_FIRST_VALUES}"
    duck.execute(f"CREATE OR REPLACE TEMP TABLE rulelang_values AS {_grouped(first, columns, codes)}")
    found = dict(duck.execute("SELECT g, count(*) FROM rulelang_values GROUP BY 1").fetchall())
    keys = []
    for code, column in zip(codes, columns, strict=True):
        listed = f"SELECT {column} FROM rulelang_values WHERE g = {code}"
        many = found.get(code, 0) == MOST_VALUES
        keys.append(f"CASE WHEN {column} IN ({listed}) THEN {column} END AS {column}" if many else column)
    text = _grouped(f"SELECT {', '.join(keys)}, file_row_number FROM {relation}", columns, codes)
    counts: dict[int, list[tuple[Any, int]]] = {code: [] for code in codes}
    for code, number, _, *cells in duck.execute(f"SELECT * FROM ({text}) ORDER BY r").fetchall():
        counts[code].append((cells[codes.index(code)], int(number)))
    for place, code in zip(places, codes, strict=True):
        outcome, tally = work.outcomes[place], work.tallies[place]
        back = {str(name): key for key, name in names_of(outcome, work.language).items()}
        for value, number in counts[code]:
            tally.count(back.get(value, value) if isinstance(value, str) else plain(value), DECIDED, number)
        tally.standings[DECIDED] -= sum(number for _, number in counts[code])
    open_ = [at for at, code in enumerate(codes) if len(counts[code]) == MOST_VALUES]
    if not open_:
        return
    items = []
    for at in open_:
        column = columns[at]
        added = f"sum({column})" if isinstance(work.outcomes[places[at]].type, Number | Money) else "NULL"
        items += [f"count({column})", f"min({column})", f"max({column})", added]
    cells = duck.execute(f"SELECT {', '.join(items)} FROM {relation}").fetchone()
    for number, at in enumerate(open_):
        total, least, greatest, sum_ = cells[4 * number : 4 * number + 4]
        others = int(total) - sum(count for _, count in counts[codes[at]])
        work.tallies[places[at]].settle(others, plain(least), plain(greatest), plain(sum_) or 0)


def _grouped(source: str, columns: Sequence[str], codes: Sequence[int]) -> str:
    """The values of each column, with how many rows have each and the first of these; ``g`` is the column's code."""
    names, sets = ", ".join(columns), ", ".join(f"({each})" for each in columns)
    known = " ".join(f"WHEN {code} THEN {each} IS NOT NULL" for code, each in zip(codes, columns, strict=True))
    return (
        f"SELECT * FROM (SELECT GROUPING({names}) AS g, count(*) AS n, min(file_row_number) AS r, {names} "
        f"FROM ({source}) GROUP BY GROUPING SETS ({sets})) WHERE CASE g {known} END "
        f"QUALIFY row_number() OVER (PARTITION BY g ORDER BY r) <= {MOST_VALUES}"
    )


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
    total, *present = map(int, duck.execute(f"SELECT count(*), {answered} FROM {result}").fetchone())
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
        elif name in {*statement.written.printer.inputs, *statement.table.unread, *statement.shown_alone}:
            places.append((place, name))
    if not places:
        return
    statement = statement.with_shown_alone()
    alone = {name: quoted(SHOWN_ALONE + name) for name in statement.shown_alone}
    unread = {name: quoted(column) for name, column in statement.table.unread.items()}
    tests = ((place, alone.get(name) or unread.get(name) or statement.missing(name)) for place, name in places)
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
    """The cells of a row as a format takes them: a workbook has numbers and days, its own as they were typed."""
    found = table.values(cells)
    for reader in made_numbers(work.source, format_, (each for _, each in work.readers)):
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
