"""What DuckDB is asked: how every row is decided, which rows it leaves to the other engine, what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import evolve, field, frozen

from rulelang.backends.sql.asking import doubt_matters, settled_plan
from rulelang.backends.sql.decisions import Decision, kind_of
from rulelang.backends.sql.dialects import DUCKDB
from rulelang.backends.sql.door import Reading, missing_test
from rulelang.backends.sql.emit import Emitter, Written
from rulelang.backends.sql.standings import standing_word
from rulelang.backends.sql.text import query
from rulelang.engine.batch.doors import reading, surveyed
from rulelang.engine.batch.tables import Table
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sinks.writers import as_text
from rulelang.lowering import plan as p
from rulelang.lowering.planned import Gift, Plan
from rulelang.model.policies import scale
from rulelang.model.program import MEASURE, Model
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice

BETWEEN = "\x1f"
NUMBER = "rulelang_number"
ODD = "rulelang_odd"
SHOWN_ALONE = "rulelang_no_"


@frozen
class Statement:
    """The queries of one run. ``elsewhere`` is the condition under which the other engine decides a row, ``odd`` the
    one on the table ``t`` under which it reads it.

    A ``certain`` statement decides rows of which everything is known; for the others (``doubtful``) its answers hold
    unless an answer ``rests_on_doubt``. A full one weighs what is in doubt for every row. One by ``cells`` has no
    answers of its own: rows with the same cells are decided alike.
    ``shown_alone``: of fields that only reasons show, the condition over the table that they are missing.
    """

    plan: Plan
    written: Written
    table: Table
    outcomes: tuple[Outcome, ...]
    elsewhere: str
    certain: bool
    odd: str
    cells: tuple[str, ...] | None = None
    shown_alone: Mapping[str, str] = field(factory=dict)

    @property
    def rests_on_doubt(self) -> bool:
        return self.cells is not None or any(doubt_matters(each, self.plan) for each in self.plan.decisions)

    @property
    def doubtful(self) -> str:
        """The condition that a row that this engine reads is decided by what it has in common with others."""
        if self.cells is not None:
            return f"NOT ({self.elsewhere})" if self.elsewhere != "FALSE" else "TRUE"
        known = self.written.known
        if known == DUCKDB.always:
            return "FALSE"
        return f"({known}) IS NOT TRUE" + (f" AND NOT ({self.elsewhere})" if self.elsewhere != "FALSE" else "")

    @property
    def length(self) -> int:
        """How many characters the steps have: what a database has to reckon with for every row."""
        return sum(len(text) for step in self.written.steps for text, _ in step)

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields that leave something unknown where they are missing."""
        return tuple(name for name in self.plan.inputs if name in self.plan.needed)

    def select(self, shown: Sequence[tuple[str, str]], where: str = "", kept: Sequence[str] = ()) -> str:
        """A query over all rows: what is shown, with the columns of the table that it reads."""
        text = query(self.written, DUCKDB, self.table.relation, shown, [*kept, NUMBER])
        return f"{text}\nWHERE {where}" if where else text

    def odd_rows(self, shown: str) -> str:
        """A query over the rows that this engine can't read."""
        return f"SELECT {shown} FROM {self.table.relation} AS t WHERE {self.odd}"

    def answer(self, outcome: Outcome) -> str:
        """An outcome's answer, of the type it has in Parquet."""
        text = self.written.answers[outcome.name].text
        if self.certain and isinstance(outcome.type, Choice) and outcome.policy != "collect":
            return text  # a text, or one of few, which a file holds as texts
        return typed(text, outcome, self.digits(outcome))

    def digits(self, outcome: Outcome) -> tuple[int, int]:
        """How many digits a number may have before and behind the point."""
        if self.cells is not None:
            decimals = scale(outcome.type)
            exact = decimals == 0 and not any(isinstance(gift.value, p.Capped) for gift in self._gifts(outcome))
            caps = (outcome.at_least, outcome.at_most)
            whole = exact and all(each is None or not isinstance(each, Decimal) for each in caps)
            return (18, 0) if whole else (20, max(decimals or 0, 10))
        answer = self.written.answers[outcome.name]
        decimals = scale(outcome.type) or 0
        places = max(decimals, answer.scale)
        return max(answer.digits, 1 if places else 10), places

    def _gifts(self, outcome: Outcome) -> Iterator[Gift]:
        gifts = (gift for branch in self.plan.branches for gift in branch.gifts)
        return (gift for gift in gifts if gift.outcome == outcome.name)

    def standing(self, outcome: Outcome) -> str:
        """An outcome's standing, in English."""
        name, written = outcome.name, self.written
        return standing_word(written.answers[name].text, written.doubts[name], written.violated.get(name), DUCKDB)

    def present(self, name: str) -> str:
        """A value that is NULL exactly where a field is missing."""
        text = self.written.printer.inputs[name].text
        blank = self.written.printer.blanks.get(p.Input(name))
        return text if blank is None else f"CASE WHEN {text} IS NOT NULL OR {blank} THEN 1 END"

    def missing(self, name: str) -> str:
        """The condition that a field is missing."""
        condition = f"{self.written.printer.inputs[name].text} IS NULL"
        blank = self.written.printer.blanks.get(p.Input(name))
        return condition if blank is None else f"{condition} AND NOT ({blank})"

    def with_shown_alone(self) -> Statement:
        """The statement with a column for each field that only reasons show, where it is missing."""
        columns = tuple((test, SHOWN_ALONE + name) for name, test in self.shown_alone.items())
        return evolve(self, written=_with_first(self.written, (*self.written.steps[0], *columns)))

    def winners(self) -> tuple[list[tuple[str, str]], dict[int, str]]:
        """Columns that tell which branch made an answer, and of every branch the condition on them that it did, or
        made a part of one.
        """
        columns: list[tuple[str, str]] = []
        found: dict[int, list[str]] = {}
        for place, decision in enumerate(self.plan.decisions):
            chosen, conditions = self.winners_of(decision.outcome.name)
            names = [f"rulelang_e{place}_{number}" for number, _ in enumerate(chosen)]
            columns += [(text, name) for (text, _), name in zip(chosen, names, strict=True)]
            if decision.outcome.policy in ("first", "last"):
                for index in conditions:
                    found.setdefault(index, []).append(f"{names[0]} = {index}")
            else:
                for index, name in zip(conditions, names, strict=True):
                    found.setdefault(index, []).append(name)
        return columns, {index: " OR ".join(conditions) for index, conditions in found.items()}

    def winners_of(self, outcome: str) -> tuple[list[tuple[str, int | None]], dict[int, str]]:
        """Expressions that tell which branches made the answer of an outcome (each with the branch that it is about,
        None for all of them), and by branch the condition that it did.
        """
        decision = next(each for each in self.plan.decisions if each.outcome.name == outcome)
        printer, answer = Decision(decision, self.written.printer), self.written.answers[outcome]
        if decision.outcome.policy in ("first", "last"):
            chain = printer.chain()
            cases = " ".join(f"WHEN {test} THEN {index}" for index, test in chain)
            given = f"CASE WHEN {answer.text} IS NOT NULL THEN CASE {cases} END END" if cases else "NULL"
            return [(given, None)], {index: f"({given}) = {index}" for index, _ in chain}
        tests: dict[int, list[str]] = {}
        for index, condition in printer.winners(answer):
            tests.setdefault(index, []).append(f"({answer.text} IS NOT NULL AND {condition})")
        found = {index: " OR ".join(each) for index, each in tests.items()}
        return [(text, index) for index, text in found.items()], found


def typed(text: str, outcome: Outcome, digits: tuple[int, int]) -> str:
    """A value as Parquet has it: numbers as decimals or integers, a list as a list."""
    if outcome.policy == "collect":
        return f"CASE WHEN {text} = '' THEN []::VARCHAR[] ELSE string_split({text}, {literal(BETWEEN)}) END"
    kind = kind_of(outcome)
    if kind == "number":
        return f"CAST({text} AS {DUCKDB.number_type(*digits)})"
    return f"CAST({text} AS {({'date': 'DATE', 'yesno': 'BOOLEAN'}).get(kind, 'VARCHAR')})"


_DIALECT = evolve(DUCKDB, enumerated="CAST({x} AS ENUM({all}))")


def stored(answer: Any) -> str:
    """An answer as text, with a mark before it, so that none is told from an empty text; `typed` reads what follows."""
    if answer is None:
        return ""
    if isinstance(answer, tuple):
        return "=" + BETWEEN.join(answer)
    return "=" + as_text(answer.amount if isinstance(answer, Duration) else answer)


def read(work: RowRun, table: Table, duck: Duck, plan: Plan, more: Sequence[str] = ()) -> dict[str, Reading]:
    """How each field that the rules read or show, and ``more`` of them, are read from their columns."""
    fields, positions = work.ruleset.model.fields, work.columns.positions
    readings: dict[str, Reading] = {}
    for name in dict.fromkeys((*plan.inputs, *plan.mentioned, *more)):
        if name not in fields or name.startswith(MEASURE):
            continue  # what a list comes to is found with the list, a place with the others
        position = positions.get(name)
        column = None if position is None else table.columns[position]
        if column is None and name in plan.mentioned:
            continue  # only reasons show it, and yet a cell that can't be read is a fault
        kind = "" if column is None else table.kind(column)
        spellings = None if name in plan.mentioned else work.ruleset.spellings.get(name)
        found = reading(fields[name], column, kind, work.as_of, spellings, work.asks_percent)
        if column in table.plain and kind == "VARCHAR" and found.plain is not None:
            readings[name] = evolve(found, value=found.plain, odd="")
        else:
            readings[name] = found if column is None else surveyed(found, table.relation, duck)
    return readings


def planned(work: RowRun) -> Plan:
    """The plan of a run, with what rests on its day alone as constants."""
    return settled_plan(work.decider.plan, work.ruleset.model, work.as_of)


def compose(
    work: RowRun, table: Table, plan: Plan, model: Model, readings: Mapping[str, Reading], certain: bool
) -> Statement:
    """The statement of a run. Raises RuleError (``not-in-sql``)."""
    written = Emitter(
        plan, model, work.as_of, _DIALECT if certain else DUCKDB, readings, between=BETWEEN, certain=certain
    ).write()
    odd = " OR ".join(f"({each.odd})" for each in readings.values() if each.odd)
    tests = [f"coalesce({each}, FALSE)" for each in written.violated.values()]
    if odd:
        written = _with_first(written, (*written.steps[0], (f"coalesce({odd}, FALSE)", ODD)))
        tests.insert(0, quoted(ODD))
    if written.hard != DUCKDB.never:
        tests.append(f"coalesce({written.hard}, FALSE)")
    if not certain and any(rule.divisors or rule.lookups for rule in plan.rules):
        tests.append(f"NOT coalesce({written.settled}, FALSE)")
    alone = {name: missing_test(readings[name]) for name in plan.mentioned if name in readings}
    elsewhere = " OR ".join(tests) or "FALSE"
    return Statement(plan, written, table, work.outcomes, elsewhere, certain, odd, shown_alone=alone)


def _with_first(written: Written, first: tuple[tuple[str, str], ...]) -> Written:
    return evolve(written, steps=(first, *written.steps[1:]))


def spelled(text: str, outcome: Outcome, names: dict[Any, object], typed_format: bool, language: str) -> str:
    """An answer as the result writes it: choices by their name in the language, lists and yes or no in words."""
    if outcome.policy == "collect":
        each = _renamed("x", names)
        found = f"list_transform({text}, lambda x: {each})" if names else text
        between = {"en": "; ", "zh": "、"}[language]
        return found if typed_format else f"array_to_string({found}, {literal(between)})"
    kind = kind_of(outcome)
    if kind == "yesno" and not typed_format:
        yes, no = {"en": ("yes", "no"), "zh": ("是", "否")}[language]
        return f"CASE {text} WHEN TRUE THEN {literal(yes)} WHEN FALSE THEN {literal(no)} END"
    if kind == "number" and not typed_format:
        return plain_number(text)
    return _renamed(text, names) if names and kind == "text" else text


def plain_number(text: str) -> str:
    """A number in plain figures, without zeros at the end."""
    written = f"CAST({text} AS VARCHAR)"
    return f"CASE WHEN contains({written}, '.') THEN rtrim(rtrim({written}, '0'), '.') ELSE {written} END"


def _renamed(text: str, names: dict[Any, object]) -> str:
    cases = " ".join(f"WHEN {literal(str(key))} THEN {literal(str(name))}" for key, name in names.items())
    return f"CASE {text} {cases} ELSE {text} END" if cases else text
