"""What a database is asked: how every row is decided, which rows it leaves to the other engine, what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.sql.asking import settled_plan
from rulelang.backends.sql.decisions import Decision, kind_of
from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.door import Reading, doubtful_percent, missing_test
from rulelang.backends.sql.emit import Emitter, Written
from rulelang.backends.sql.standings import standing_word
from rulelang.backends.sql.text import query
from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.engine.connections.session import ColumnType, Session
from rulelang.engine.database.doors import reading, require_fitting, value_tests
from rulelang.engine.running.row_run import RowRun
from rulelang.lowering import plan as p
from rulelang.lowering.lower import lower
from rulelang.lowering.planned import Plan
from rulelang.model.policies import scale
from rulelang.vocabulary.declarations import Outcome

BETWEEN = "\x1f"
ODD = "rulelang_odd"
SHOWN_ALONE = "rulelang_no_"
_UNREAD = "rulelang_unread"


@frozen
class Statement:
    """The queries over one table; ``here`` is the condition under which a row is decided by this statement.

    A ``certain`` statement decides rows of which everything is known; a full one weighs what is in doubt as well, and
    leaves the rest to the other engine. ``shown_alone`` are the fields that only reasons show.
    """

    plan: Plan
    written: Written
    dialect: Dialect
    relation: str
    outcomes: tuple[Outcome, ...]
    here: str
    certain: bool
    shown_alone: tuple[str, ...] = ()

    @property
    def elsewhere(self) -> str:
        return self.dialect.denied(self.here)

    @property
    def unreadable(self) -> str:
        """The condition on the last step that SQL can't read the row."""
        return self.dialect.flagged(self.dialect.identifier(ODD))

    def read_alone(self) -> Statement:
        """The first step alone: the fields as they are read."""
        return evolve(self, written=evolve(self.written, steps=self.written.steps[:1]))

    def select(self, shown: Sequence[tuple[str, str]], where: str = "", kept: Sequence[str] = ()) -> str:
        """A query over all rows: what is shown, with the columns of the table that it reads."""
        text = query(self.written, self.dialect, self.relation, shown, kept)
        return f"{text}\nWHERE {where}" if where else text

    def answer(self, outcome: Outcome, names: Mapping[Any, object]) -> str:
        """An outcome's answer as the result has it, choices and texts by their ``names``."""
        answer = self.written.answers[outcome.name]
        dialect, text = self.dialect, answer.text
        if dialect.scaled:
            kind = kind_of(outcome)
            exact = f"{text} / {10**answer.scale}.0" if kind == "number" and answer.scale else text
            return _renamed(text, names, dialect) if kind == "text" else exact
        if outcome.policy == "collect":
            found = f'STRING_TO_ARRAY({text} COLLATE "default", {dialect.text(BETWEEN)})'
            if not names:
                return found
            each = _renamed("x", names, dialect)
            return f"ARRAY(SELECT {each} FROM UNNEST({found}) WITH ORDINALITY AS u(x, n) ORDER BY n)"
        kind = kind_of(outcome)
        if kind == "number":
            decimals = scale(outcome.type) or 0
            places = max(decimals, answer.scale)
            digits = max(answer.digits, 1 if places else 10)
            return f"CAST({text} AS {dialect.number_type(digits, places)})"
        if kind == "text":
            return f'CAST({_renamed(text, names, dialect)} AS TEXT) COLLATE "default"'
        return f"CAST({text} AS {'DATE' if kind == 'date' else 'BOOLEAN'})"

    def standing(self, outcome: Outcome) -> str:
        """An outcome's standing, in English."""
        name, written = outcome.name, self.written
        answer, doubt = written.answers[name].text, written.doubts.get(name, self.dialect.never)
        return standing_word(answer, doubt, written.violated.get(name), self.dialect)

    def missing(self, name: str) -> str:
        """The condition that a field is missing."""
        if name in self.shown_alone:
            return self.dialect.flagged(self.dialect.identifier(SHOWN_ALONE + name))
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


def compose(
    work: RowRun, session: Session, relation: str, columns: Sequence[ColumnType], certain: bool = False
) -> Statement:
    """The statement of a run. Raises RuleError (``not-in-sql``) and DataError (``column-type``)."""
    between = "; " if session.dialect.scaled else BETWEEN
    model, dialect = work.ruleset.model, session.dialect
    plan = settled_plan(lower(model), model, work.as_of)
    readings: dict[str, Reading] = {}
    refused: list[Diagnostic] = []
    for name in (*plan.inputs, *plan.mentioned):
        position = work.columns.positions.get(name)
        if position is None and name not in plan.inputs:
            continue
        field, column = model.fields[name], None if position is None else columns[position]
        if column is not None:
            require_fitting(field, column)
        try:
            readings[name] = reading(field, column, dialect)
        except NotCarried as error:
            facts = {"construct": error.construct, "detail": error.detail or None, "dialect": dialect.title}
            refused.append(Diagnostic("not-in-sql", field.span, facts))
    if refused:
        raise RuleError(tuple(refused))
    written = Emitter(plan, model, work.as_of, dialect, readings, between=between, certain=certain).write()
    written = _with_odd(work, written, readings, dialect)
    alone = tuple(name for name in plan.mentioned if name in readings)
    tests_alone = ((dialect.flag(missing_test(readings[name])), SHOWN_ALONE + name) for name in alone)
    written = evolve(written, steps=((*written.steps[0], *tests_alone), *written.steps[1:]))
    tests = [dialect.flagged(dialect.identifier(ODD)), *written.violated.values()]
    if written.hard != dialect.never:
        tests.append(written.hard)
    if not certain and any(rule.divisors or rule.lookups for rule in plan.rules):
        tests.append(dialect.denied(written.settled))
    other = " OR ".join(f"({each})" for each in tests)
    here = dialect.denied(other)
    if certain:
        here = f"COALESCE(({written.known}) AND {here}, {dialect.no})"
    return Statement(plan, written, dialect, relation, work.outcomes, here, certain, alone)


def _with_odd(work: RowRun, written: Written, readings: Mapping[str, Reading], dialect: Dialect) -> Written:
    """The steps with a column for whether a row is odd: found out in part before values are read, in part from them."""
    first = [f"({each.odd})" for each in readings.values() if each.odd]
    then: list[str] = []
    for name, each in readings.items():
        value = written.printer.inputs.get(name)
        field, spellings = work.ruleset.model.fields[name], work.ruleset.spellings.get(name)
        if work.columns.positions.get(name) is None:
            continue
        tests = value_tests(field, value or each.value, dialect, work.as_of, spellings)
        if work.asks_percent:
            tests += doubtful_percent(field, value or each.value, dialect)
        (first if value is None else then).extend(f"({test})" for test in tests)
    before, *steps = written.steps
    if not then:
        column = (dialect.flag(" OR ".join(first) or dialect.never), ODD)
        return evolve(written, steps=((*before, column), *steps))
    if first:
        before = (*before, (dialect.flag(" OR ".join(first)), _UNREAD))
        then.insert(0, dialect.flagged(dialect.identifier(_UNREAD)))
    second, *further = steps or [()]
    column = (dialect.flag(" OR ".join(then)), ODD)
    return evolve(written, steps=(before, (*second, column), *further))


def _renamed(text: str, names: Mapping[Any, object], dialect: Dialect) -> str:
    cases = " ".join(f"WHEN {dialect.text(str(key))} THEN {dialect.text(str(name))}" for key, name in names.items())
    return f"CASE {text} {cases} ELSE {text} END" if cases else text
