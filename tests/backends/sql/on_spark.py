"""Runs what is emitted on Spark: many rulesets side by side in one wide row, so that few queries serve them all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

import rulelang
from rulelang.backends.sql.asking import settled_plan
from rulelang.backends.sql.dialects import SPARK
from rulelang.backends.sql.emit import PREFIX, Emitter, Written
from rulelang.backends.sql.text import standing, typed_readings
from rulelang.lowering.lower import lower
from rulelang.model.program import Model
from tests.backends.sql.on_databases import Answered, Row, _plain, column_type, column_values


@frozen
class Asked:
    """A ruleset with customers and a day; or why it can't be carried."""

    model: Model
    rows: Sequence[Row]
    as_of: date


@frozen
class _Part:
    """One ruleset of a query: its columns are called by its number."""

    number: int
    asked: Asked
    written: Written
    odd: str
    columns: dict[str, str]

    def own(self, text: str) -> str:
        return text.replace(PREFIX, f"g{self.number}_{PREFIX}")


Found = list[Answered | None] | rulelang.RuleError


def on_spark(spark: Any, asked: Sequence[Asked]) -> list[Found]:
    """Each ruleset's answers, None for a row with a value that no typed column takes; or its refusal."""
    found: list[Found] = [[None] * len(each.rows) for each in asked]
    parts = []
    for number, each in enumerate(asked):
        try:
            parts.append(_part(number, each))
        except rulelang.RuleError as error:
            found[number] = error
    if parts:
        _query(spark, parts, found)
    return found


def _part(number: int, asked: Asked) -> _Part:
    model = asked.model
    plan = settled_plan(lower(model), model, asked.as_of)
    columns = {name: f"g{number}_c{place}" for place, name in enumerate(plan.inputs)}
    readings = typed_readings(model, plan, SPARK, columns)
    written = Emitter(plan, model, asked.as_of, SPARK, readings).write()
    odd = " OR ".join(f"({each.odd})" for each in readings.values() if each.odd) or SPARK.never
    return _Part(number, asked, written, SPARK.flag(odd), {name: columns[name] for name in readings})


def _query(spark: Any, parts: Sequence[_Part], found: list[Found]) -> None:
    from pyspark.sql import functions

    schema: list[str] = []
    cells: list[list[Any]] = []
    height = max(len(each.asked.rows) for each in parts)
    for part in parts:
        fields = [part.asked.model.fields[name] for name in part.columns]
        schema += [f"{part.columns[each.name]} {column_type(each, SPARK)}" for each in fields]
        schema.append(f"g{part.number}_there BOOLEAN")
        columns: list[list[Any]] = [[None] * height for _ in range(len(fields) + 1)]
        for place, row in enumerate(part.asked.rows):
            values = column_values(row, fields, SPARK)
            for column, field, value in zip(columns, fields, values or (), strict=False):
                number = value is not None and "DECIMAL" in column_type(field, SPARK)
                column[place] = Decimal(value) if number else value
            columns[-1][place] = values is not None
        cells += columns
    frame = spark.createDataFrame(list(zip(*cells, strict=True)), ", ".join(schema)).alias("t")
    for depth in range(max(len(each.written.steps) for each in parts)):
        items = []
        for part in parts:
            if depth < len(part.written.steps):
                step = part.written.steps[depth]
                more = [(part.odd, f"{PREFIX}odd")] if depth == 0 else []
                items += [functions.expr(part.own(text)).alias(part.own(name)) for text, name in (*step, *more)]
        frame = frame.select("t.*" if depth == 0 else "*", *items)
    shown = []
    for part in parts:
        written, names = part.written, list(part.asked.model.outcomes)
        shown += [functions.expr(f"g{part.number}_there"), functions.expr(part.own(f"{PREFIX}odd"))]
        shown.append(functions.expr(part.own(SPARK.flag(written.hard))))
        shown += [functions.expr(part.own(written.answers[name].text)) for name in names]
        shown += [functions.expr(part.own(standing(written, name, SPARK))) for name in names]
    named = [each.alias(f"r{place}") for place, each in enumerate(shown)]
    for place, row in enumerate(frame.select(*named).collect()):
        taken = iter(row)
        for part in parts:
            names = list(part.asked.model.outcomes)
            there, odd, hard = next(taken), next(taken), next(taken)
            answers = {name: _plain(next(taken), 0, part.asked.model.outcomes[name]) for name in names}
            standings = {name: next(taken) for name in names}
            results = found[part.number]
            if there and not odd and isinstance(results, list):
                results[place] = Answered(answers, standings, not hard)
