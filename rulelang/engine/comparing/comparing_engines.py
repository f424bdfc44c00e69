"""Whether the engines agree on the user's own rows: every row decided by each, or the first that differs.

found = compare_engines(ruleset, source, options)      # () where they agree on every row
"""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from rulelang.engine.connections.duck import literal, open_duck, quoted
from rulelang.engine.database.beside import as_query
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.run import run
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sinks.opening import open_sink
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.parquet import parquet_files
from rulelang.engine.sources.source import Row, Source
from rulelang.lowering import plan as p
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.lower import lower
from rulelang.lowering.reading import nodes

ENGINES = ("duckdb", "spark")  # what is held against the generated Python
NUMBER = "rulelang_row"
_MOST_BOUNDARIES = 2000


@frozen
class Difference:
    """A row on which two engines differ: its place in the result, the outcome, both answers, and the rule in Python's
    decision.
    """

    row: int
    outcome: str
    answers: tuple[str, str]
    rule: str | None


@frozen
class Agreement:
    """How many rows were decided by all engines, and the first difference, None where they agree."""

    rows: int
    difference: Difference | None


def engine_for(source: Source, engine: str = "duckdb") -> str:
    """The engine that is held against the generated Python: one of `ENGINES`, or the database that has the rows."""
    return engine if source.address is None else "database"


def compare_engines(ruleset: Decider, source: Source, options: RunOptions, engine: str = "duckdb") -> Agreement:
    """Decides every row by the generated Python and by another engine, see `engine_for`. Raises what
    `rulelang.engine.run.run` raises.
    """
    engine = engine_for(source, engine)
    options = evolve(options, progress=None, quality="off" if engine == "database" else options.quality)
    with tempfile.TemporaryDirectory(prefix="rulelang-") as folder:
        key = "file_row_number"
        if engine == "spark":  # its rows come in any order
            source, key = _numbered(source, folder, options), NUMBER
        paths = [os.path.join(folder, f"{each}.parquet") for each in ("python", engine)]
        for each, path in zip(("python", engine), paths, strict=True):
            summary = run(ruleset, source, evolve(options, engine=each), path)
        relations = [f"{path}/*.parquet" if os.path.isdir(path) else path for path in paths]
        work = RowRun(ruleset, source, options)
        own, titles = work.head.columns[: len(source.columns)], work.head.columns[len(source.columns) :]
        first, second = (_in_order(each, own, source) for each in relations)
        with open_duck(options.memory, source.name) as duck:
            names = list(map(quoted, titles))
            differs = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in names)
            shown = ", ".join(f"CAST(a.{name} AS VARCHAR), CAST(b.{name} AS VARCHAR)" for name in names)
            found = duck.execute(
                f"SELECT CAST({key} AS BIGINT), {shown} FROM {first} a FULL JOIN {second} b USING ({key}) "
                f"WHERE {differs or 'FALSE'} OR a.{key} IS NULL OR b.{key} IS NULL ORDER BY 1 LIMIT 1"
            ).fetchone()
        if found is None:
            return Agreement(summary.decided, None)
        for joined in work.lists:  # for the rule that decided
            joined.read(lambda *_: None, lambda *_: None)
        pairs = list(zip(found[1::2], found[2::2], strict=True))
        place = next((number for number, (one, other) in enumerate(pairs) if one != other), 0)
        if engine == "database":
            with open_duck(options.memory, source.name) as duck:
                text = f"SELECT {', '.join(map(quoted, own))} FROM {first} WHERE {key} = {int(found[0])}"
                rule = _rule_for(work, duck.execute(text).fetchone(), place)
        else:
            rule = _rule(work, int(found[0]), place, engine == "spark")
        return Agreement(summary.decided, Difference(int(found[0]) + 1, titles[place], _texts(pairs[place]), rule))


def _numbered(source: Source, folder: str, options: RunOptions) -> Source:
    """The source as a file with a column that counts its rows from 0."""
    if source.format != "parquet" or source.path is None:
        rows = (Row(row.number, [*row.cells, place]) for place, row in enumerate(source.rows()) if row.fault is None)
        return written_aside(evolve(source, columns=(*source.columns, NUMBER), read=lambda: rows), folder)
    path = os.path.join(folder, "numbered.parquet")
    with open_duck(options.memory, source.name) as duck:
        relation = parquet_files(source.path, duck).relation
        duck.execute(
            f"COPY (SELECT *, row_number() OVER () - 1 AS {quoted(NUMBER)} FROM {relation}) TO {literal(path)} "
            "(FORMAT parquet)"
        )
    return open_source(path)


def _in_order(path: str, own: Sequence[str], source: Source) -> str:
    """A result with numbers from 0; of a database, which knows no order of rows, in that of their cells."""
    if source.address is None:
        return f"read_parquet({literal(path)}, file_row_number = true)"
    order = ", ".join(f"CAST({quoted(each)} AS VARCHAR)" for each in own)
    number = f"row_number() OVER (ORDER BY {order}) - 1 AS file_row_number"
    return f"(SELECT *, {number} FROM read_parquet({literal(path)}))"


def _texts(pair: tuple[Any, Any]) -> tuple[str, str]:
    one, other = ("" if each is None else str(each) for each in pair)
    return one, other


def _rule(work: RowRun, wanted: int, outcome: int, numbered: bool) -> str | None:
    """The rule that made Python's answer for a row of the result, or for a numbered one."""
    place = -1
    for row in work.source.rows():
        if row.fault is not None:
            continue
        faults, values = work.read(row)
        place = int(str(row.cells[-1])) if numbered else place + (not faults)
        if place == wanted and not faults:
            return work.ruleset.decide_values(values, work.as_of).rule(work.outcomes[outcome].name)
    return None


def _rule_for(work: RowRun, cells: Sequence[object] | None, outcome: int) -> str | None:
    """The same for the cells of a row; None where the other engine alone has it."""
    if cells is None:
        return None
    _, values = work.read(Row(1, cells))
    return work.ruleset.decide_values(values, work.as_of).rule(work.outcomes[outcome].name)


def boundary_rows(ruleset: Decider, source: Source, options: RunOptions) -> Source:
    """The first row that can be read, over and over, with each field in turn at and beside what the rules compare."""
    work = RowRun(ruleset, source, evolve(options, progress=None))
    base = next((row.cells for row in source.rows() if row.fault is None), [None] * len(source.columns))
    cells: list[list[object]] = [list(base)]
    for name, position in work.columns.positions.items():
        for value in _boundaries(ruleset, name, work):
            changed = list(base)
            changed[position] = value
            cells.append(changed)
    rows = cells[:_MOST_BOUNDARIES]

    def read() -> Iterator[Row]:
        return (Row(number, each) for number, each in enumerate(rows, 2))

    return evolve(source, name=source.name, read=read, path=None, format="json", types=(), count=lambda: len(rows))


def _boundaries(ruleset: Decider, name: str, work: RowRun) -> list[object]:
    """What the rules compare a field with, and its neighbours; nothing at all, too."""
    found: dict[object, None] = {None: None}
    for branch in lower(ruleset.model).branches:
        for each in nodes(branch.true):
            if isinstance(each, p.Compare):
                for side, other in ((each.left, each.right), (each.right, each.left)):
                    if isinstance(side, p.Input) and side.name == name:
                        found.update(dict.fromkeys(_near(_value(other, ruleset, work))))
            if isinstance(each, p.In) and isinstance(each.operand, p.Input) and each.operand.name == name:
                found.update(dict.fromkeys(each.values))
    return list(found)


def _value(operand: p.Operand, ruleset: Decider, work: RowRun) -> Any:
    if isinstance(operand, p.Constant):
        return operand.value
    return fixed_value(operand.recipe, ruleset.model, work.as_of) if isinstance(operand, p.Fixed) else None


def _near(value: Any) -> list[object]:
    if isinstance(value, bool) or value is None:
        return [value]
    if isinstance(value, int):
        return [value - 1, value, value + 1]
    if isinstance(value, Decimal):
        return [value - Decimal("0.01"), value, value + Decimal("0.01")]
    if isinstance(value, datetime.date) and datetime.date.min < value < datetime.date.max:
        day = datetime.timedelta(days=1)
        return [value - day, value, value + day]
    return [value]


def written_aside(source: Source, folder: str) -> Source:
    """Rows that were made up as a CSV file, which every engine reads, or as a query of the database they are for."""
    if source.address is not None:
        return as_query(source, (row.cells for row in source.rows()))
    path = os.path.join(folder, "boundaries.csv")
    with open_sink(path, source.columns) as sink:
        for row in source.rows():
            sink.write(row.cells)
        sink.finish()
        sink.commit()
    return open_source(path)
