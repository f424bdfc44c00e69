"""The query of the result: the source's columns and the answers, in the order of the source."""

from __future__ import annotations

from rulelang.engine.batch.account import Asked
from rulelang.engine.batch.lined import ANSWERS
from rulelang.engine.batch.patterns import PATTERNS, Patterns
from rulelang.engine.batch.statement import NUMBER, Statement, spelled
from rulelang.engine.batch.tables import Table
from rulelang.engine.batch.whys import ASKED_WHY, Whys
from rulelang.engine.connections.duck import Duck, quoted
from rulelang.engine.running.output import answer_type, names_of
from rulelang.engine.running.row_run import RowRun

ASKED = "rulelang_asked"
"""The table of the rows that the other engine has decided."""
_DOUBTFUL = "rulelang_doubtful"
_LARGEST = 1 << 63


def result_query(
    work: RowRun, statement: Statement, patterns: Patterns | None, asked: Asked, format_: str, texts: bool,
    table: Table, duck: Duck, whys: Whys | None = None,
) -> str | None:  # fmt: skip
    """The columns of the source and the answers: as the result writes them, or typed for what comes after; None where
    lines are written, and there are `ANSWERS` alone.

    ``table`` is the source alone; with ``texts`` a Parquet file gets texts of what has no types. What is found by
    joining loses the order of the rows: such answers are found first, put in order, and laid beside the source.
    With ``whys`` every answer has its standing and its reason behind it.
    """
    by_pattern = patterns if patterns is not None and patterns.names and statement.rests_on_doubt else None
    joined = table.lines is not None or bool(by_pattern is not None or asked.rows or work.lists or whys is not None)
    joined = joined or _joins(statement, duck)
    language = work.language
    columns = work.head.columns
    own = table.columns
    shown = [] if joined else [(quoted(each), each) for each in own]
    for place, outcome in enumerate(statement.outcomes):
        shown.append((statement.answer(outcome) if statement.cells is None else "NULL", f"rulelang_x{place}"))
    shown.append((quoted(NUMBER), NUMBER))
    if by_pattern is not None:
        doubtful = "TRUE" if statement.cells is not None else f"({statement.written.known}) IS NOT TRUE"
        keys = zip(by_pattern.texts, by_pattern.names, strict=True)
        shown.append((doubtful, _DOUBTFUL))
        shown += [(f"CASE WHEN {doubtful} THEN {text} END", name) for text, name in keys]
    shown += [] if whys is None else whys.shown()
    read = () if whys is None else whys.kept
    text = statement.select(shown, "", read if joined else own)
    answers = []
    for place, outcome in enumerate(statement.outcomes):
        value = f"q.{quoted(f'rulelang_x{place}')}"
        if by_pattern is not None:
            value = f"CASE WHEN q.{_DOUBTFUL} THEN p.a{place} ELSE {value} END"
        if asked.rows:
            value = f"CASE WHEN a.number IS NULL THEN {value} ELSE a.a{place} END"
        names = names_of(outcome, language)
        if format_ == "parquet" and names:
            value = spelled(value, outcome, names, True, language)
        answers.append(value)
        answers += [] if whys is None else whys.told(place, bool(asked.rows))
    if joined:
        found = [f"{value} AS a{place}" for place, value in enumerate(answers)]
        found.append(f"{'a.special IS TRUE' if work.rejected else 'FALSE'} AS special")
        joins = "" if by_pattern is None else f" LEFT JOIN {PATTERNS} AS p ON q.{_DOUBTFUL} AND {by_pattern.found}"
        joins += f" LEFT JOIN {ASKED} AS a ON q.{quoted(NUMBER)} = a.number" if asked.rows else ""
        if whys is not None:
            joins += whys.join("q")
            joins += f" LEFT JOIN {ASKED_WHY} AS b ON q.{quoted(NUMBER)} = b.number" if asked.rows else ""
        text = f"SELECT q.{quoted(NUMBER)} AS number, {', '.join(found)} FROM ({text}) AS q{joins}"
        if table.lines is not None:
            duck.follow(f"CREATE TABLE {ANSWERS} AS {text}", None)
            if duck.execute(f"SELECT 1 FROM {ANSWERS} WHERE rowid <> number LIMIT 1").fetchone() is not None:
                duck.follow(f"CREATE OR REPLACE TABLE {ANSWERS} AS FROM {ANSWERS} ORDER BY number", None)
            return None
        duck.follow(f"CREATE TABLE {ANSWERS} AS {text} ORDER BY 1", None)
        answers = [f"a.a{place}" for place, _ in enumerate(answers)]
    items = [
        f"{_own(table, place, f'q.{quoted(each)}', texts)} AS {quoted(title)}"
        for place, (each, title) in enumerate(zip(own, columns, strict=False))
    ]
    items += [f"{value} AS {quoted(title)}" for value, title in zip(answers, columns[len(own) :], strict=True)]
    if not joined:
        return f"SELECT {', '.join(items)} FROM ({text}) AS q"
    beside = f"{table.relation} AS q POSITIONAL JOIN {ANSWERS} AS a"
    apart = f"SELECT 1 FROM {beside} WHERE q.{quoted(NUMBER)} IS DISTINCT FROM a.number LIMIT 1"
    order = ""
    if duck.execute(apart).fetchone() is not None:  # the source was not read in its order
        beside = f"{table.relation} AS q JOIN {ANSWERS} AS a ON q.{quoted(NUMBER)} = a.number"
        order = f" ORDER BY q.{quoted(NUMBER)}"
    where = " WHERE NOT a.special" if work.rejected else ""
    return f"SELECT {', '.join(items)} FROM {beside}{where}{order}"


def with_whole_numbers(work: RowRun, duck: Duck, text: str, beyond: bool = False) -> str:
    """The query with answers that are whole numbers as such: a sum is reckoned with more digits than it comes to. Where
    some go ``beyond`` 64 bits, without the columns that do.
    """
    own, wide = len(work.source.columns), 3 if work.options.why else 1
    described = duck.execute(f"DESCRIBE {text}").fetchall()[own::wide]
    titles = [
        quoted(str(title))
        for (title, kind, *_), outcome in zip(described, work.outcomes, strict=True)
        if answer_type(outcome) == "BIGINT" and str(kind) in ("HUGEINT", "DECIMAL(38,0)")
    ]
    if titles and beyond:
        most = duck.execute(f"SELECT {', '.join(f'max(abs({each}))' for each in titles)} FROM ({text})").fetchone()
        titles = [each for each, largest in zip(titles, most, strict=True) if largest is None or largest < _LARGEST]
    items = ", ".join(f"CAST({each} AS BIGINT) AS {each}" for each in titles)
    return f"SELECT * REPLACE ({items}) FROM ({text})" if titles else text


def _joins(statement: Statement, duck: Duck) -> bool:
    """Whether DuckDB makes a join of something in the answers: of a text that is one of several, for one."""
    answers = [(statement.answer(each), f"rulelang_x{place}") for place, each in enumerate(statement.outcomes)]
    steps = duck.execute(f"EXPLAIN {statement.select(answers)}").fetchall()
    return any("join" in str(text).lower() for _, text in steps)


def _own(table: Table, place: int, cell: str, texts: bool) -> str:
    """A cell of the source in the result: a Parquet file has ``texts`` of what has no types."""
    return table.text(place, cell) if texts else cell
