"""What rules ask of lists, in SQL: one grouped pass over a second table, and a column of the customer for each answer.

The rules then read these columns like fields. Who has a record with something unknown in it is left to an engine that
can weigh what that might change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.sql.conditions import Printer
from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.door import Reading
from rulelang.backends.sql.figures import Sql
from rulelang.lowering import plan as p
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.planned import Aggregation, Plan
from rulelang.lowering.reading import aggregated_of, answers_of, inputs_of, nodes
from rulelang.lowering.recipes import Aggregating
from rulelang.lowering.rewriting import rewritten, rewritten_plan
from rulelang.model.aggregates import EXISTS
from rulelang.model.lists import Aggregate
from rulelang.model.program import Model
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import ListOf, Number, YesNo

_COUNT_DIGITS = 10
_BEST = {"largest": "MAX", "latest": "MAX", "smallest": "MIN", "earliest": "MIN"}
_KINDS = {EXISTS, "count", "sum", "average", "distinct", "busiest", *_BEST}


@frozen
class ListColumn:
    """A column for what a list comes to: the field that rules read instead, its aggregate over the records of one
    customer, and its value where there are none. All values there are have the type ``narrow``, where it is given.
    """

    field: Field
    text: str
    empty: str
    value: Sql
    narrow: str = ""


@frozen
class GroupedList:
    """What is asked of one list. ``records`` are the columns read of each record, ``windows`` those that are found by
    looking at the records after it; in terms of both are the ``columns``, and ``doubt``: something is unknown.
    """

    list: str
    records: tuple[tuple[str, str], ...]
    windows: tuple[tuple[str, str], ...]
    columns: tuple[ListColumn, ...]
    doubt: str

    def grouped(self, key: str, relation: str, dialect: Dialect) -> str:
        """The query: a row for each key of the table ``t``."""
        inner = ", ".join(f"{text} AS {dialect.identifier(name)}" for text, name in (("t.k", "k"), *self.records))
        source = f"(SELECT {inner} FROM (SELECT {key} AS k, t.* FROM {relation} AS t) AS t) AS t"
        if self.windows:
            windows = ", ".join(f"{text} AS {dialect.identifier(name)}" for text, name in self.windows)
            source = f"(SELECT t.*, {windows} FROM {source}) AS t"
        items = [f"{each.text} AS {dialect.identifier(f'g{place}')}" for place, each in enumerate(self.columns)]
        doubtful = self.doubt != dialect.never
        items.append(f"COALESCE(BOOL_OR({self.doubt}), FALSE) AS doubt" if doubtful else "FALSE AS doubt")
        return f"SELECT k, COUNT(*) AS n, {', '.join(items)} FROM {source} GROUP BY k"


@frozen
class Listed:
    """A plan whose rules read columns where they asked lists, with the model that has them as fields."""

    plan: Plan
    model: Model
    lists: tuple[GroupedList, ...]


def in_columns(
    plan: Plan, model: Model, as_of: date, dialect: Dialect, readings: Mapping[str, Mapping[str, Reading]]
) -> Listed:
    """The plan in terms of columns; ``readings`` are how the fields of records are read, by list. Raises NotCarried."""
    if plan.stages:
        raise NotCarried("list", plan.stages[0].list)
    aggregations = {each.aggregated.expression: each for each in plan.aggregations}
    places: dict[tuple[Any, str], Field] = {}

    def change(part: Any) -> Any:
        if isinstance(part, p.Aggregated):
            key = (part.expression, part.part)
            if key not in places:
                type_ = Number() if part.part else part.expression.type
                places[key] = Field(f"\x1f{len(places)}", type_)
            return p.Input(places[key].name)
        if isinstance(part, p.Judged) and not part.atom.answers:
            return rewritten(part.atom.false if part.false else part.atom.true, change)
        return None

    found = rewritten_plan(plan, change)
    parts = [part for each in found.branches for part in (each.true, each.false, *(g.value for g in each.gifts))]
    parts += [each for rule in found.rules for each in (*rule.divisors, *rule.lookups, *rule.calls)]
    lists = {each.name for each in model.fields.values() if isinstance(each.type, ListOf)}
    for name in inputs_of(*parts):
        if name in lists:
            raise NotCarried("list", name)
    printed: dict[str, _List] = {}
    for (expression, part), field in places.items():
        aggregation = aggregations.get(expression)
        if aggregation is None or aggregation.list not in readings:
            raise NotCarried("list", expression.list)
        if aggregation.list not in printed:
            printed[aggregation.list] = _List(aggregation.list, model, as_of, dialect, readings[aggregation.list])
        printed[aggregation.list].add(aggregation, part, field)
    names = [each.name for each in places.values()]
    inputs = (*(each for each in plan.inputs if each not in lists), *names)
    found = evolve(found, inputs=inputs, needed=plan.needed - lists | frozenset(names), aggregations=())
    fields = {**model.fields, **{each.name: each for each in places.values()}}
    return Listed(found, evolve(model, fields=fields), tuple(each.grouped() for each in printed.values()))


class _List:
    """Prints what is asked of one list."""

    def __init__(self, name: str, model: Model, as_of: date, dialect: Dialect, readings: Mapping[str, Reading]) -> None:
        self._name, self._dialect = name, dialect
        self._readings = readings
        inputs = {
            f"{name}.{key}": evolve(reading.value, text=f"t.{dialect.identifier(f'e{place}')}", value=None)
            for place, (key, reading) in enumerate(readings.items())
        }
        self._printer = Printer(dialect, model, as_of, inputs, {})
        self._columns: list[ListColumn] = []
        self._windows: list[tuple[str, str]] = []
        self._unknown: dict[str, None] = {}

    def grouped(self) -> GroupedList:
        dialect = self._dialect
        records = [(each.value.text, f"e{place}") for place, each in enumerate(self._readings.values())]
        odd = " OR ".join(f"({each.odd})" for each in self._readings.values() if each.odd)
        doubts = [f"{each} IS NULL" for each in self._unknown]
        if odd:
            records.append((f"COALESCE({odd}, FALSE)", "odd"))
            doubts.append("t.odd")
        doubt = " OR ".join(doubts) or dialect.never
        return GroupedList(self._name, tuple(records), tuple(self._windows), tuple(self._columns), doubt)

    def add(self, aggregation: Aggregation, part: str, field: Field) -> None:
        """A column more. Raises NotCarried."""
        aggregator, reads = aggregation.aggregator, aggregation.parts
        beyond = inputs_of(*reads) or answers_of(*reads) or aggregated_of(*reads) or aggregation.aggregated.answers
        kind = getattr(aggregator, "kind", "")
        if kind not in _KINDS or aggregation.group is not None or aggregation.fallible or beyond:
            raise NotCarried("list", self._name)
        for name in (each for each in aggregation.needed if not self._readings[each].known):
            self._unknown[self._element(name)] = None
        test = self._printer.test(self._own(aggregation.true))
        where = "" if test == self._dialect.always else f" FILTER (WHERE {test})"
        if kind == EXISTS:
            inverted = bool(getattr(aggregator, "inverted", False))
            hit = f"COALESCE(BOOL_OR({test}), FALSE)"
            found = (f"NOT {hit}" if inverted else hit, "TRUE" if inverted else "FALSE", Sql("", "yesno"))
            assert isinstance(field.type, YesNo)
        elif aggregation.value is None:
            found = (f"COUNT(*){where}", "0", Sql("", digits=_COUNT_DIGITS))
        else:
            value = self._printer.operand(self._own(aggregation.value))
            if getattr(aggregator, "order", ()) and kind in _BEST:
                raise NotCarried("list", self._name)
            found = self._of_values(aggregation, kind, part, value, where, test)
        text, empty, sql = found
        if aggregation.complete != p.Always():
            complete = self._printer.test(self._own(aggregation.complete))
            text, empty = (f"CASE WHEN {complete} THEN {each} END" for each in (text, empty))
        self._columns.append(ListColumn(field, text, empty, sql))

    def _of_values(
        self, aggregation: Aggregation, kind: str, part: str, value: Sql, where: str, test: str
    ) -> tuple[str, str, Sql]:
        if kind == "busiest":
            place = self._window(aggregation, value, test)
            return f"COALESCE(MAX({place}){where}, 0)", "0", Sql("", digits=_COUNT_DIGITS)
        if kind == "distinct":
            return f"COUNT(DISTINCT {value.text}){where}", "0", Sql("", digits=_COUNT_DIGITS)
        if kind in _BEST and value.kind in ("number", "date"):
            return f"{_BEST[kind]}({value.text}){where}", "NULL", value
        if kind == "average" and part == "denominator":
            return f"NULLIF(COUNT({value.text}){where}, 0)", "NULL", Sql("", digits=_COUNT_DIGITS)
        if (kind == "sum" and not part) or (kind == "average" and part == "numerator"):
            digits = value.digits + _COUNT_DIGITS
            total = f"CAST(SUM({value.text}){where} AS {self._dialect.number_type(digits, value.scale)})"
            sql = Sql("", digits=digits, scale=value.scale)
            return (f"COALESCE({total}, 0)", "0", sql) if kind == "sum" else (total, "NULL", sql)
        raise NotCarried("list", self._name)

    def _window(self, aggregation: Aggregation, day: Sql, test: str) -> str:
        """The column that counts the records from each one's date on, as far as the length reaches."""
        printer = self._printer
        expression = aggregation.aggregated.expression
        assert isinstance(expression, Aggregate), "a rolling window is of an aggregate"
        length = fixed_value(Aggregating(expression), printer.model, printer.as_of).length
        if not isinstance(length, Duration) or day.kind != "date":
            raise NotCarried("list", self._name)
        unit = {"days": "DAY", "months": "MONTH"}.get(length.unit)
        if unit is None:
            raise NotCarried("list", self._name)
        frame = f"RANGE BETWEEN CURRENT ROW AND INTERVAL '{length.amount}' {unit} FOLLOWING"
        text = f"COUNT(*) FILTER (WHERE {test}) OVER (PARTITION BY t.k ORDER BY {day.text} {frame})"
        name = f"w{len(self._windows)}"
        self._windows.append((text, name))
        return f"t.{self._dialect.identifier(name)}"

    def _element(self, name: str) -> str:
        return self._printer.inputs[f"{self._name}.{name}"].text

    def _own(self, part: Any) -> Any:
        """In terms of the record's columns. Raises NotCarried for what was decided for a record."""

        def change(each: Any) -> Any:
            if isinstance(each, p.Judged):
                return rewritten(each.atom.false if each.false else each.atom.true, change)
            return p.Input(f"{each.list}.{each.name}") if isinstance(each, p.Element) else None

        found = rewritten(part, change)
        if any(isinstance(each, p.Pair | p.Invoke | p.Blank) for each in nodes(found)):
            raise NotCarried("list", self._name)
        return found
