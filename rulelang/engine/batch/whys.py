"""Standings and reasons in batch: rows that say the same are told once, by the generated Python, and joined.

What an outcome's reason says hangs on the rules that made the answer and on the figures in their reasons; where
something is unknown it may hang on every field that the rules read.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence

from attrs import frozen

from rulelang.engine.batch.places import with_measures
from rulelang.engine.batch.statement import Statement
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.running.output import STANDING_WORDS
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.rows import Verdict
from rulelang.engine.sources.source import Row
from rulelang.explain.behind import fields_behind
from rulelang.model.contributions import DECIDED, NO_RULE
from rulelang.model.program import Hole
from rulelang.model.walking import fields_read, outcomes_read

ASKED_WHY = "rulelang_asked_why"


@frozen
class Whys:
    """The tables with standings and reasons, one for each outcome: ``keys`` are the expressions that tell rows apart,
    by the name that they have in the table; ``kept`` are the columns that they read.
    """

    keys: tuple[tuple[tuple[str, str], ...], ...]
    kept: tuple[str, ...]

    def shown(self) -> list[tuple[str, str]]:
        """The keys of every row, with their names."""
        return [pair for each in self.keys for pair in each]

    def told(self, place: int, asked: bool) -> list[str]:
        """The standing and the reason of an outcome, where both tables are joined."""
        pairs = (("s", "standing"), ("w", "reason"))
        if not asked:
            return [f"y{place}.{name}" for _, name in pairs]
        return [f"CASE WHEN a.number IS NULL THEN y{place}.{name} ELSE b.{kind}{place} END" for kind, name in pairs]

    def join(self, row: str) -> str:
        """The join of the tables with rows ``row`` that have the keys."""
        joins = []
        for place, keys in enumerate(self.keys):
            tests = [f"{row}.{name} IS NOT DISTINCT FROM y{place}.{name}" for _, name in keys]
            joins.append(f" LEFT JOIN {_table(place)} AS y{place} ON {' AND '.join(tests) or 'TRUE'}")
        return "".join(joins)


def _table(place: int) -> str:
    return f"rulelang_why{place}"


def find_whys(work: RowRun, statement: Statement, duck: Duck) -> Whys:
    """Tells every kind of row why it got what it got."""
    table, positions = statement.table, work.columns.positions
    cells = [table.columns[place] for place in dict.fromkeys(positions.values())]
    cells += table.places.values()
    doubtful = "TRUE" if statement.cells is not None else f"({statement.written.known}) IS NOT TRUE"
    model = work.ruleset.model
    keys = []
    for place, outcome in enumerate(work.outcomes):
        behind = fields_behind(model, outcome.name)
        read = [table.columns[positions[each]] for each in behind if each in positions]
        read += [table.places[each] for each in behind if each in table.places]
        texts = [doubtful, *(f"CASE WHEN {doubtful} THEN {quoted(each)} END" for each in read)]
        if statement.cells is None:
            texts += [f"CASE WHEN NOT ({doubtful}) THEN {each} END" for each in _of_winners(work, statement, place)]
        keys.append(tuple((text, f"rulelang_y{place}_{number}") for number, text in enumerate(dict.fromkeys(texts))))
        _tell(work, statement, duck, place, keys[-1], cells)
    return Whys(tuple(keys), tuple(cells))


def _of_winners(work: RowRun, statement: Statement, place: int) -> list[str]:
    """Which branches made the answer of an outcome, and the figures that their reasons show."""
    table, outcome = statement.table, work.outcomes[place]
    columns, conditions = statement.winners_of(outcome.name)
    texts = [text for text, _ in columns]
    texts.append(f"{statement.written.answers[outcome.name].text} IS NULL")
    model = work.ruleset.model
    branches = [branch for rule in model.rules if not rule.switched_off for branch in rule.branches]
    for index, test in conditions.items():
        branch = branches[index]
        parts = () if branch.reason is None else (*branch.reason.parts, *(branch.reason.other or ()))
        for hole in (each for each in parts if isinstance(each, Hole)):
            for name in fields_read(hole.expression):
                position = work.columns.positions.get(name)
                column = table.places.get(name) or (None if position is None else table.columns[position])
                if column is not None:
                    texts.append(f"CASE WHEN {test} THEN {quoted(column)} END")
            for name in outcomes_read(hole.expression):
                texts.append(f"CASE WHEN {test} THEN {statement.written.answers[name].text} END")
    return texts


def _tell(
    work: RowRun,
    statement: Statement,
    duck: Duck,
    place: int,
    keys: Sequence[tuple[str, str]],
    cells: Sequence[str],
) -> None:
    """The table for one outcome."""
    table = statement.table
    row = ", ".join(["n: 1", *(f"c{number}: {quoted(each)}" for number, each in enumerate(cells))])
    where = "" if statement.elsewhere == "FALSE" else f"NOT ({statement.elsewhere})"
    text = statement.select([*keys, (f"{{{row}}}", "rulelang_row")], where, cells)
    names = ", ".join(name for _, name in keys)
    duck.execute(
        f"CREATE TABLE {_table(place)}_keys AS SELECT row_number() OVER () AS id, * FROM "
        f"(SELECT {names}, first(rulelang_row) AS sample FROM ({text}) GROUP BY {names})"
    )
    path = os.path.join(duck.folder, f"why{place}.csv")
    at = {name: number for number, name in enumerate(cells)}
    places = list(dict.fromkeys(work.columns.positions.values()))
    words = STANDING_WORDS[work.language]
    with open(path, "w", encoding="utf-8", newline="") as file:
        write = csv.writer(file).writerow
        for id_, sample in duck.rows(f"SELECT id, sample FROM {_table(place)}_keys"):
            found: list[object] = [None] * len(work.source.columns)
            for column in places:
                found[column] = table.value(column, sample[f"c{at[table.columns[column]]}"])
            stands = [sample[f"c{at[each]}"] for each in table.places.values()]
            values = with_measures(work, table, work.values(Row(0, found)), stands)
            verdict = work.decider.decide(values)
            (reason,) = work.reasons.some(values, verdict, (place,))
            write([id_, words[standings_of(verdict)[place]], f"={reason}"])
    file_ = texts_in(path, ("id", "standing", "reason"))
    duck.execute(
        f"CREATE TABLE {_table(place)} AS SELECT k.* EXCLUDE (id, sample), w.standing, substr(w.reason, 2) AS reason "
        f"FROM {_table(place)}_keys AS k JOIN {file_} AS w ON k.id = CAST(w.id AS BIGINT)"
    )


def standings_of(verdict: Verdict) -> Sequence[str]:
    """The standings of a verdict, of a settled one too."""
    return verdict.standings or [DECIDED if each is not None else NO_RULE for each in verdict.answers]


def texts_in(path: str, names: Sequence[str]) -> str:
    """A file of ours as a relation of texts."""
    types = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in names)
    return (
        f"read_csv({literal(path)}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, nullstr = '', max_line_size = 16777216)"
    )


class AskedWhys:
    """Standings and reasons of the rows that the other engine decides."""

    def __init__(self, work: RowRun, duck: Duck) -> None:
        self._work, self._duck = work, duck
        self._path = os.path.join(duck.folder, "asked_why.csv")
        self._file = open(self._path, "w", encoding="utf-8", newline="")  # noqa: SIM115 - closed by finish
        self._write = csv.writer(self._file).writerow

    def take(self, number: int, values: Sequence[object], verdict: Verdict) -> None:
        """Tells a row."""
        words = STANDING_WORDS[self._work.language]
        lines = self._work.reasons.lines(values, verdict)
        told = zip(standings_of(verdict), lines, strict=True)
        self._write([number, *(cell for standing, line in told for cell in (words[standing], f"={line}"))])

    def finish(self) -> None:
        """Makes the table of them."""
        self._file.close()
        places = range(len(self._work.outcomes))
        names = ["number", *(f"{kind}{place}" for place in places for kind in ("s", "w"))]
        items = ", ".join(f"s{place}, substr(w{place}, 2) AS w{place}" for place in places)
        told = texts_in(self._path, names)
        self._duck.execute(f"CREATE TABLE {ASKED_WHY} AS SELECT CAST(number AS BIGINT) AS number, {items} FROM {told}")
