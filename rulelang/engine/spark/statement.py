"""What Spark is asked: how every row is decided in SQL, and which rows are asked of the generated Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from rulelang.backends.sql.asking import settled_plan
from rulelang.backends.sql.decisions import Decision, kind_of
from rulelang.backends.sql.dialects import SPARK
from rulelang.backends.sql.door import Reading, missing_test
from rulelang.backends.sql.emit import Emitter, Written
from rulelang.backends.sql.standings import standing_word
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.spark.columns import Columns
from rulelang.engine.spark.doors import reading
from rulelang.engine.spark.worker import answer_ddl, decimals
from rulelang.lowering import plan as p
from rulelang.lowering.lower import lower
from rulelang.lowering.planned import Plan
from rulelang.model.contributions import DECIDED, NO_RULE
from rulelang.vocabulary.declarations import Outcome

BETWEEN = "\x1f"
ELSEWHERE = "rulelang_elsewhere"
STANDING = "rulelang_standing"
"""What the columns of standings are called, each with the place of its outcome."""
_MOST_DIGITS = 18


@frozen
class Statement:
    """The columns that decide: ``steps`` one after the other, ``elsewhere`` the condition that SQL leaves a row.
    ``readings`` are those of the fields that have a column.
    """

    plan: Plan
    written: Written
    readings: Mapping[str, Reading]
    outcomes: tuple[Outcome, ...]
    elsewhere: str

    def answer(self, outcome: Outcome, language: str) -> str:
        """An outcome's answer as the result has it: of its type, choices by their name in the language."""
        text = self.written.answers[outcome.name].text
        names = names_of(outcome, language)
        if outcome.policy == "collect":
            found = f"CASE WHEN {text} = '' THEN CAST(array() AS ARRAY<STRING>) ELSE split({text}, '{BETWEEN}', -1) END"
            return f"transform({found}, x -> {_renamed('x', names)})" if names else found
        if kind_of(outcome) == "text":
            return f"CAST({_renamed(text, names)} AS STRING)"
        return f"CAST({text} AS {answer_ddl(outcome, self.plan).upper()})"

    def standing(self, outcome: Outcome) -> str:
        """An outcome's standing, in English; null where SQL leaves the row."""
        name, written = outcome.name, self.written
        answer = written.answers[name].text
        weighed = standing_word(answer, written.doubts[name], written.violated.get(name), SPARK)
        settled = f"CASE WHEN {answer} IS NULL THEN {SPARK.text(NO_RULE)} ELSE {SPARK.text(DECIDED)} END"
        return f"CASE WHEN {ELSEWHERE} THEN NULL WHEN {written.known} THEN {settled} ELSE {weighed} END"

    def missing(self, name: str) -> str:
        """The condition that a field is missing."""
        if name not in self.written.printer.inputs:  # reasons alone show it
            return missing_test(self.readings[name])
        condition = f"{self.written.printer.inputs[name].text} IS NULL"
        blank = self.written.printer.blanks.get(p.Input(name))
        return condition if blank is None else f"{condition} AND NOT ({blank})"

    def winners(self) -> dict[int, str]:
        """Of every branch the condition that it makes an answer, or a part of one."""
        found: dict[int, list[str]] = {}
        for decision in self.plan.decisions:
            answer = self.written.answers[decision.outcome.name]
            for index, condition in Decision(decision, self.written.printer).winners(answer):
                found.setdefault(index, []).append(f"({answer.text} IS NOT NULL AND {condition})")
        return {index: " OR ".join(conditions) for index, conditions in found.items()}


def compose(work: RowRun, columns: Columns, uncut: str | None) -> Statement:
    """The statement; ``uncut`` is the column of lines that could not be cut. Raises RuleError (``not-in-sql``)."""
    model = work.ruleset.model
    plan = settled_plan(lower(model), model, work.as_of)
    readings: dict[str, Reading] = {}
    for name in (*plan.inputs, *plan.mentioned):
        place = work.columns.positions.get(name)
        spellings = work.ruleset.spellings.get(name) if name in plan.inputs else None
        if place is not None:
            column, kind = columns.inner(place), columns.kinds[place]
            readings[name] = reading(model.fields[name], column, kind, work.as_of, spellings, work.asks_percent)
        elif name in plan.inputs:
            readings[name] = reading(model.fields[name], None, "", work.as_of, spellings, work.asks_percent)
    written = Emitter(plan, model, work.as_of, SPARK, readings, between=BETWEEN).write()
    tests = [f"coalesce({each.odd}, FALSE)" for each in readings.values() if each.odd]
    tests += [f"coalesce({each}, FALSE)" for each in written.violated.values()]
    if uncut is not None:
        tests.append(f"{uncut} IS NOT NULL")
    if written.hard != SPARK.never:
        tests.append(f"coalesce({written.hard}, FALSE)")
    if any(rule.divisors or rule.lookups for rule in plan.rules):
        tests.append(f"NOT coalesce({written.settled}, FALSE)")
    for outcome in work.outcomes:  # whole numbers beyond 64 bits are refused with their name
        answer = written.answers[outcome.name]
        if answer.kind == "number" and answer.digits > _MOST_DIGITS and answer_ddl(outcome, plan) == "bigint":
            tests.append(f"coalesce(abs({answer.text}) >= {10**_MOST_DIGITS}BD, FALSE)")
        places = decimals(outcome, plan)
        if answer.kind == "number" and answer.scale > places:  # nothing is rounded that is to be exact
            cut = f"CAST({answer.text} AS DECIMAL(38, {places}))"
            tests.append(f"coalesce({cut} <> {answer.text}, FALSE)")
    return Statement(plan, written, readings, work.outcomes, " OR ".join(tests) or "FALSE")


def _renamed(text: str, names: Mapping[Any, object]) -> str:
    cases = " ".join(f"WHEN {SPARK.text(str(key))} THEN {SPARK.text(str(name))}" for key, name in names.items())
    return f"CASE {text} {cases} ELSE {text} END" if cases else text
