"""Rows with something unknown, each kind of them decided once by the generated Python.

Rows that are alike (see `rulelang.backends.sql.alike`) have the same answers and standings, so that a million of them
come down to a few thousand decisions.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence

from attrs import evolve, frozen

from rulelang.backends.sql.alike import alike, same
from rulelang.backends.sql.decisions import kind_of
from rulelang.backends.sql.dialect import NotCarried
from rulelang.backends.sql.dialects import DUCKDB
from rulelang.engine.batch.lists import ListsInColumns
from rulelang.engine.batch.places import with_measures
from rulelang.engine.batch.statement import NUMBER, Statement, stored, typed
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sources.source import Row
from rulelang.model.contributions import DECIDED, NO_RULE, STANDINGS

KEYS = "rulelang_keys"
PATTERNS = "rulelang_patterns"
MOST_PATTERNS = 50_000
_TRIED = 20_000  # rows on which it shows whether patterns are worth the while


@frozen
class Patterns:
    """What rows with something unknown have in common: ``names`` are the columns that tell them apart, printed as
    ``texts``; ``rows`` is how many of these rows were decided by their pattern, with the count of each standing and
    of those without an answer, by outcome, and how often each field is missing in them. Where ``asked`` some have to
    be decided one by one.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    rows: int
    standings: tuple[tuple[int, ...], ...]
    silent: tuple[int, ...]
    missing: dict[str, int]
    asked: bool

    @property
    def found(self) -> str:
        """The condition on a row ``q`` with these columns that its pattern is ``p``."""
        return same(map(quoted, self.names), "q", "p")

    def one_by_one(self) -> str:
        """The condition on the last step of a statement that a row has to be decided by itself."""
        tests = " AND ".join(
            f"p.{quoted(name)} IS NOT DISTINCT FROM ({text})" for name, text in zip(self.names, self.texts, strict=True)
        )
        return f"EXISTS (SELECT 1 FROM {PATTERNS} AS p WHERE p.asked AND {tests})"


def without_patterns(statement: Statement) -> tuple[Statement, Patterns]:
    """The statement for rows that have too little in common: those with something unknown are decided one by one."""
    each = (0,) * len(statement.outcomes)
    doubtful = statement.doubtful
    elsewhere = doubtful if statement.elsewhere == "FALSE" else f"{statement.elsewhere} OR ({doubtful})"
    nothing = Patterns((), (), 0, (tuple(0 for _ in STANDINGS),) * len(each), each, {}, asked=False)
    return evolve(statement, elsewhere=elsewhere), nothing


def find_patterns(
    work: RowRun, statement: Statement, duck: Duck, lists: ListsInColumns | None = None
) -> Patterns | None:
    """Decides every pattern, with the records of ``lists``. None where there are too many, and rows are better decided
    one by one.
    """
    try:
        texts = statement.cells or alike(statement.plan, statement.written.printer, DUCKDB).texts
    except NotCarried:
        return None
    names = tuple(f"rulelang_w{place}" for place, _ in enumerate(texts))
    if not _worth_while(statement, duck, texts):
        return None
    needed = [name for name in statement.needed if name in work.columns.positions]
    places, measures = _places(work), statement.table.places.values()
    row = ", ".join(
        [
            "n: 1",
            *(f"c{place}: t.{quoted(statement.table.columns[place])}" for place in places),
            *(f"p{number}: t.{quoted(each)}" for number, each in enumerate(measures)),
        ]
    )
    shown = list(zip(texts, names, strict=True))
    shown += [(statement.present(name), f"rulelang_m{place}") for place, name in enumerate(needed)]
    inner = statement.select([*shown, (quoted(NUMBER), NUMBER)], statement.doubtful)
    sums = "".join(f", count(*) - count(rulelang_m{place}) AS m{place}" for place, _ in enumerate(needed))
    keys = "".join(f"{quoted(name)}, " for name in names)
    duck.execute(
        f"CREATE TABLE {KEYS} AS SELECT row_number() OVER () AS id, k.* EXCLUDE ({NUMBER}), {{{row}}} AS sample FROM "
        f"(SELECT {keys}count(*) AS n, min({NUMBER}) AS {NUMBER}{sums} "
        f"FROM ({inner}) GROUP BY ALL LIMIT {MOST_PATTERNS + 1}) AS k "
        f"JOIN {statement.table.relation} AS t ON t.{NUMBER} = k.{NUMBER}"
    )
    if int(duck.execute(f"SELECT count(*) FROM {KEYS}").fetchone()[0]) > MOST_PATTERNS:
        return None
    return _decide(work, statement, duck, (names, texts), needed, lists)


def _places(work: RowRun) -> list[int]:
    """The columns of a row that deciding it takes."""
    return list(dict.fromkeys([*work.columns.positions.values(), *(each.customer_place for each in work.lists)]))


def _worth_while(statement: Statement, duck: Duck, texts: Sequence[str]) -> bool:
    """Whether the first rows with something unknown have much in common."""
    if statement.cells is None and not any(text.startswith('"') for text in texts):
        return True
    shown = [(text, f"k{place}") for place, text in enumerate(texts)]
    first = f"{statement.select(shown, statement.doubtful)} LIMIT {_TRIED}"
    rows, kinds = duck.execute(f"SELECT count(*), count(DISTINCT t) FROM ({first}) AS t").fetchone()
    most = 0.25 if statement.cells is None else 0.9  # there is no other way that is nearly as fast
    return int(rows) < 1000 or int(kinds) < most * int(rows)


def _decide(
    work: RowRun,
    statement: Statement,
    duck: Duck,
    key: tuple[tuple[str, ...], tuple[str, ...]],
    needed: Sequence[str],
    lists: ListsInColumns | None,
) -> Patterns:
    rows, asked = 0, False
    standings = [[0] * len(STANDINGS) for _ in statement.outcomes]
    silent = [0] * len(statement.outcomes)
    missing = [0] * len(needed)
    path = os.path.join(duck.folder, "patterns.csv")
    sums = "".join(f", m{place}" for place, _ in enumerate(needed))
    width = len(work.source.columns)
    places = _places(work)
    hold = None
    if lists is not None:
        keys = lists.keys(lambda each: f"sample.c{each.joined.customer_place}")
        hold = lists.beside(duck, f"SELECT id AS number{keys} FROM {KEYS}")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for id_, count, sample, *absent in duck.rows(f"SELECT id, n, sample{sums} FROM {KEYS} ORDER BY id"):
            if hold is not None:
                hold(int(id_))
            cells: list[object] = [None] * width
            for place in places:
                cells[place] = statement.table.value(place, sample[f"c{place}"])
            stands = [sample[f"p{number}"] for number, _ in enumerate(statement.table.places)]
            values = with_measures(work, statement.table, work.values(Row(0, cells)), stands)
            verdict = work.decider.decide(values)
            if verdict.problems:  # they are reported with their rows
                asked = True
                writer.writerow([id_, "1", *("" for _ in statement.outcomes)])
                continue
            rows += count
            found = verdict.standings or [DECIDED if each is not None else NO_RULE for each in verdict.answers]
            for place, (standing, answer) in enumerate(zip(found, verdict.answers, strict=True)):
                standings[place][STANDINGS.index(standing)] += count
                silent[place] += count * (answer is None)
            missing = [total + int(more) for total, more in zip(missing, absent, strict=True)]
            writer.writerow([id_, "0", *map(stored, verdict.answers)])
    if statement.rests_on_doubt or asked:
        load_answers(statement, duck, path, f"{PATTERNS}_read")
        duck.execute(
            f"CREATE TABLE {PATTERNS} AS SELECT r.* EXCLUDE (number, special), r.special AS asked, "
            f"k.* EXCLUDE (n, sample) FROM {PATTERNS}_read AS r JOIN {KEYS} AS k ON r.number = k.id"
        )
    counts = dict(zip(needed, missing, strict=True))
    return Patterns(*key, rows, tuple(map(tuple, standings)), tuple(silent), counts, asked)


def load_answers(statement: Statement, duck: Duck, path: str, name: str) -> None:
    """A file of numbers, marks and answers as a table; the types of the answers hold the largest there is."""
    columns = [f"a{place}" for place, _ in enumerate(statement.outcomes)]
    types = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in ("number", "special", *columns))
    file = (
        f"read_csv({literal(path)}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, max_line_size = 16777216, nullstr = '')"
    )

    def longest(column: str) -> tuple[int, int]:
        """The most digits before and behind the point."""
        parts = [f"max(length(split_part(ltrim({column}, '=-'), '.', {part})))" for part in (1, 2)]
        whole, behind = duck.execute(
            f"SELECT {', '.join(f'coalesce({each}, 0)' for each in parts)} FROM {file}"
        ).fetchone()
        return int(whole), int(behind)

    answers = []
    for column, outcome in zip(columns, statement.outcomes, strict=True):
        text = f"CASE WHEN starts_with({column}, '=') THEN substr({column}, 2) END"
        digits, places = statement.digits(outcome)
        if kind_of(outcome) == "number" and outcome.policy != "collect":
            whole, behind = longest(column)
            places = max(places, behind)  # a cap is as exact as the value it was read from
            digits = 38 - places if whole > digits else min(digits, 38 - places)
        answers.append(f"{typed(text, outcome, (digits, places))} AS {column}")
    duck.execute(
        f"CREATE TABLE {name} AS SELECT CAST(number AS BIGINT) AS number, special = '1' AS special, "
        f"{', '.join(answers)} FROM {file}"
    )
