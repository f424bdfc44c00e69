"""Many rules, or rules that SQL can't say: rows are told apart by the values of fields alone, cut where rules cut them.

A number or a date that rules only compare matters by the interval it lies in; of everything else the value itself
counts. Rows with the same cells are decided alike, once, by the generated Python, whatever the rules are like: a table
of ten thousand rows costs as much as one of a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.sql.dialects import DUCKDB
from rulelang.backends.sql.door import Reading, digits_of, missing_test
from rulelang.backends.sql.emit import Emitter, Written
from rulelang.backends.sql.figures import Figures
from rulelang.engine.batch.statement import ODD, Statement
from rulelang.engine.batch.tables import Table
from rulelang.engine.connections.duck import Duck, quoted
from rulelang.engine.running.row_run import RowRun
from rulelang.lowering import plan as p
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.plan import Operand, Test
from rulelang.lowering.planned import Plan, PlannedBranch
from rulelang.lowering.reading import nodes
from rulelang.model.program import Model
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Date, DateTime, Length, ListOf, Money, Number

MOST_BRANCHES = 40  # with more of them a query grows slow: one condition after the other
_WRITTEN_OUT = 40  # so many cuts are a sum of comparisons; more of them a table
_SCALED = (Number, Money, Length)


def by_cells(work: RowRun, table: Table, plan: Plan, readings: Mapping[str, Reading], duck: Duck) -> Statement | None:
    """The statement that tells rows apart by their cells; None for rules that ask for more than values of fields."""
    written = read_alone(work, plan, readings)
    if written is None:
        return None
    cut = cut_fields(work, table, plan, written, readings, duck, plan.branches, plan.inputs)
    return told_apart(work, table, plan, written, readings, cut)


@frozen
class Cut:
    """Rows told apart: the ``texts`` that do, over the columns that are read ``first``, of the ``relation``."""

    relation: str
    first: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()


def read_alone(work: RowRun, plan: Plan, readings: Mapping[str, Reading]) -> Written | None:
    """The query that reads the fields and decides nothing; None for rules that ask for more than values of fields."""
    model = work.ruleset.model
    fields = [model.fields[name] for name in plan.inputs]
    if plan.aggregations or plan.stages or any(isinstance(each.type, DateTime | ListOf) for each in fields):
        return None
    bare = evolve(plan, decisions=(), branches=(), rules=())
    return Emitter(bare, model, work.as_of, DUCKDB, readings, certain=True).write()


def cut_fields(
    work: RowRun, table: Table, plan: Plan, written: Written, readings: Mapping[str, Reading], duck: Duck,
    branches: Iterable[PlannedBranch], names: Collection[str],
) -> Cut:  # fmt: skip
    """Rows told apart by the cells of some fields, cut where some branches cut them."""
    model, cuts = work.ruleset.model, _Cuts(work.ruleset.model, work.as_of)
    for branch in branches:
        for part in (branch.true, *(gift.value for gift in branch.gifts)):  # where it fails it cuts at the same places
            cuts.add(part)
    first, texts, relation = [], [], table.relation
    for place, name in enumerate(plan.inputs):
        if name not in names:
            continue
        column = written.printer.inputs[name].text
        points = cuts.of(model.fields[name])
        if points is None:
            texts.append(column)
        elif len(points) <= _WRITTEN_OUT:
            texts.append(" + ".join(f"CAST({column} >= {each} AS INTEGER)" for each in points) or f"{column} IS NULL")
        else:
            relation = _binned(place, relation, readings[name].value.text, points, duck)
            first.append((f"t.rulelang_cell{place}", f"rulelang_c{place}"))
            texts.append(f'"rulelang_c{place}"')
    return Cut(relation, tuple(first), tuple(texts))


def told_apart(
    work: RowRun, table: Table, plan: Plan, written: Written, readings: Mapping[str, Reading], cut: Cut, hard: str = ""
) -> Statement:
    """The statement for rows told apart; where the column ``hard`` of the relation is true they are read elsewhere."""
    first = [*written.steps[0], *cut.first]
    odd = " OR ".join([*(f"({each.odd})" for each in readings.values() if each.odd), *([hard] if hard else [])])
    if odd:
        first.append((f"coalesce({odd}, FALSE)", ODD))
    written = evolve(written, steps=(tuple(first), *written.steps[1:]))
    elsewhere = quoted(ODD) if odd else "FALSE"
    table = evolve(table, relation=cut.relation)
    alone = {name: missing_test(readings[name]) for name in plan.mentioned if name in readings}
    return Statement(plan, written, table, work.outcomes, elsewhere, True, odd, cut.texts or ("0",), alone)


def _binned(place: int, relation: str, value: str, points: tuple[str, ...], duck: Duck) -> str:
    """The table with a column for the interval in which a value lies; NULL for none."""
    name = f"rulelang_bins{place}"
    duck.execute(f"CREATE TABLE {name}_at AS SELECT * FROM (VALUES {', '.join(f'({each})' for each in points)}) v(cut)")
    duck.execute(
        f"CREATE TABLE {name} AS SELECT d.value, coalesce(c.cell, 0) AS cell FROM "
        f"(SELECT DISTINCT {value} AS value FROM {relation} AS t) AS d ASOF LEFT JOIN "
        f"(SELECT cut, row_number() OVER (ORDER BY cut) AS cell FROM {name}_at) AS c ON d.value >= c.cut "
        "WHERE d.value IS NOT NULL"
    )
    return (
        f"(SELECT t.*, b.cell AS rulelang_cell{place} FROM {relation} AS t LEFT JOIN {name} AS b ON {value} = b.value)"
    )


@frozen
class _Grid:
    """The values that a column can have: multiples of a unit, or days."""

    field: Field

    def points(self, sign: str, value: Any) -> Iterator[Any]:
        """The least values of the intervals that a comparison tells apart."""
        at_least, beyond = self._from(value, 0), self._from(value, 1)
        if sign in (">=", "<", "=", "!="):
            yield at_least
        if sign in (">", "<=", "=", "!="):
            yield beyond

    def _from(self, value: Any, beyond: int) -> Any:
        if isinstance(self.field.type, Date):
            if value == date.max and beyond:
                return None
            return value + timedelta(days=beyond)
        unit = Fraction(1, 10 ** digits_of(self.field)[1])
        count = Fraction(value.amount if isinstance(value, Duration) else value) / unit
        return (math.floor(count) + 1 if beyond else math.ceil(count)) * unit


class _Cuts:
    """Where rules cut the values of each field."""

    def __init__(self, model: Model, as_of: date) -> None:
        self._model, self._as_of = model, as_of
        self._points: dict[str, set[Any]] = {}
        self._seen: set[tuple[str, str, Any]] = set()
        self._whole: set[str] = set()  # fields whose values themselves count

    def add(self, part: Operand | Test) -> None:
        """A condition or a value of the rules."""
        if isinstance(part, p.Input):
            self._whole.add(part.name)
        for each in nodes(part):
            match each:
                case p.Compare(operator=sign, left=p.Input(name=name), right=right):
                    self._cut(name, sign, right)
                case p.Compare(operator=sign, left=left, right=p.Input(name=name)):
                    self._cut(name, {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign), left)
                case p.In(operand=p.Input(name=name), values=values):
                    for value in values:
                        self._cut(name, "=", p.Constant(value))
                case p.Missing(operand=p.Input()) | p.Blank(operand=p.Input()):
                    pass
                case _:
                    self._reckoned(each)

    def of(self, field: Field) -> tuple[str, ...] | None:
        """The least values of a field's intervals as literals, in order; None where its values themselves count."""
        if field.name in self._whole or not isinstance(field.type, (*_SCALED, Date)):
            return None
        points = sorted(each for each in self._points.get(field.name, ()) if each is not None)
        if isinstance(field.type, Date):
            return tuple(DUCKDB.day(each) for each in points)
        figures = Figures(DUCKDB)
        scale = digits_of(field)[1]
        kept = (each for each in points if abs(each) < 10**18)
        return tuple(figures.literal(Decimal(int(each * 10**scale)).scaleb(-scale)).text for each in kept)

    def _cut(self, name: str, sign: str, other: Operand) -> None:
        value = other.value if isinstance(other, p.Constant) else None
        if isinstance(other, p.Fixed):
            value = fixed_value(other.recipe, self._model, self._as_of)
        field = self._model.fields[name]
        exact = isinstance(value, int | Decimal | Fraction | Duration) and isinstance(field.type, _SCALED)
        day = isinstance(value, date) and isinstance(field.type, Date)
        if not (exact or day) or isinstance(value, bool):
            self._whole.add(name)
            if isinstance(other, p.Input):
                self._whole.add(other.name)
            return
        key = (name, sign, value)
        if key not in self._seen:
            self._seen.add(key)
            self._points.setdefault(name, set()).update(_Grid(field).points(sign, value))

    def _reckoned(self, node: Operand | Test) -> None:
        """Fields that are more than compared: their values count."""
        inner = (getattr(node, each) for each in getattr(node, "__match_args__", ()))
        for each in inner:
            for one in each if isinstance(each, tuple) else (each,):
                if isinstance(one, p.Input):
                    self._whole.add(one.name)
