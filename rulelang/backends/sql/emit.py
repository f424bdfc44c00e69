"""Prints the plan of a ruleset as the steps of one SQL query: read, then decide outcome by outcome.

Each step is a SELECT around the one before it, so that an outcome can read those decided earlier by their columns:
`rulelang_f0` is a field, `rulelang_o0` an outcome, `rulelang_d0` whether it is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from attrs import evolve, field, frozen

from rulelang.backends.sql.asking import (
    asked_of_lists,
    branch_tests,
    decision_parts,
    doubt_matters,
    levels,
    reckoned,
)
from rulelang.backends.sql.conditions import Printer
from rulelang.backends.sql.decisions import Decided, Decision
from rulelang.backends.sql.dialect import Dialect, NotCarried
from rulelang.backends.sql.door import Reading
from rulelang.backends.sql.doubts import Doubts, Found, Judge, Possible
from rulelang.backends.sql.figures import Sql
from rulelang.backends.sql.knowing import known_after, known_before
from rulelang.backends.sql.standings import standings, worst
from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.diagnostics.position import Span
from rulelang.lowering import plan as p
from rulelang.lowering.planned import Plan, PlannedDecision
from rulelang.lowering.reading import answers_of
from rulelang.model.program import Model

PREFIX = "rulelang_"

Column = tuple[str, str]

_KNOWN = {"decisions", "inputs", "mentioned", "needed", "reckoned", "branches", "rules", "aggregations", "stages"}


@frozen
class Written:
    """A ruleset in SQL.

    ``steps`` are the columns that each SELECT adds, expression and name. By outcome: ``answers`` are its column,
    ``doubts`` the condition that it is not settled, ``violated`` that two rules broke its policy. ``hard`` is the
    condition under which SQL can't tell what is in doubt, ``settled`` the one under which nothing is unknown, ``known``
    that under which every field is (of a `certain` ruleset: under which nothing is in doubt, and the answers hold).
    ``printer`` prints more that rests on these columns.
    """

    steps: tuple[tuple[Column, ...], ...]
    answers: Mapping[str, Sql]
    doubts: Mapping[str, str]
    violated: Mapping[str, str]
    hard: str
    settled: str
    known: str
    printer: Printer


@frozen
class Emitter:
    """Emits one ruleset for one day in one dialect; ``readings`` are how its fields are read.

    With ``doubts`` it prints for every outcome whether it is in doubt, else only where an answer rests on that; where
    ``certain`` nowhere, and the answers are those of rows of which everything is known.
    """

    plan: Plan
    model: Model
    as_of: date
    dialect: Dialect
    readings: Mapping[str, Reading]
    doubts: bool = True
    between: str = "; "
    certain: bool = False
    _steps: list[tuple[Column, ...]] = field(factory=list, init=False)
    _answers: dict[str, Sql] = field(factory=dict, init=False)
    _blanks: dict[p.Input | p.Answer, str] = field(factory=dict, init=False)
    _possible: dict[str, Possible] = field(factory=dict, init=False)
    _collected: dict[str, dict[Any, str]] = field(factory=dict, init=False)
    _violated: dict[str, str] = field(factory=dict, init=False)
    _guards: list[str] = field(factory=list, init=False)
    _standings: dict[str, dict[str, str]] = field(factory=dict, init=False)
    _hard: list[str] = field(factory=list, init=False)
    _truths: dict[tuple[str, int], str] = field(factory=dict, init=False)
    _refused: list[Diagnostic] = field(factory=list, init=False)

    def write(self) -> Written:
        """The steps. Raises RuleError (``not-in-sql``) with every place of the rules that can't be carried."""
        for each in self.plan.aggregations:
            self._refuse(NotCarried("list", each.list), each.aggregated.expression.span)
        for stage in self.plan.stages:
            spans = [*(each.branches[0].span for each in stage.rules[:1]), stage.decisions[0].outcome.span]
            for span in spans:
                self._refuse(NotCarried("list", stage.list), span)
        for name in {each.name for each in attrs.fields(Plan)} - _KNOWN:  # parts that came later than this emitter
            if getattr(self.plan, name):
                self._refuse(NotCarried("construct", name), None)
        for measure in self.model.measures:
            if measure.name in self.plan.inputs and measure.name not in self.readings:
                self._refuse(NotCarried("place among all"), measure.span)
        self._stop_where_refused()
        inputs = self._read()
        printer = Printer(
            self.dialect, self.model, self.as_of, inputs, self._answers, self._blanks,
            standings=self._standings, collected=self._collected, between=self.between,
        )  # fmt: skip
        known = known_before(self.plan, printer, self.readings)
        if self._asks_doubts():
            self._guard(known)
        for level in levels(self.plan):
            self._decide(level, printer)
        self._stop_where_refused()
        doubts = {name: each.doubt for name, each in self._possible.items()}
        hard = " OR ".join(self._hard) or self.dialect.never
        settled = known_after(self.plan, printer, self.readings, known)
        if self.certain:
            known = " AND ".join(dict.fromkeys([settled, *self._uncertain(self.plan.decisions)]))
        elif self._guards:
            known = self._all_known
        answers, violated = dict(self._answers), dict(self._violated)
        return Written(tuple(self._steps), answers, doubts, violated, hard, settled, known, printer)

    # --- refusing ------------------------------------------------------------------------------------------------

    def _refuse(self, error: NotCarried, span: Span | None) -> None:
        facts = {"construct": error.construct, "detail": error.detail or None, "dialect": self.dialect.title}
        found = Diagnostic("not-in-sql", span, facts)
        if found not in self._refused:
            self._refused.append(found)

    def _stop_where_refused(self) -> None:
        if self._refused:
            raise RuleError(tuple(self._refused))

    def _place(self, decision: PlannedDecision, printer: Printer) -> Span | None:
        """The branch that can't be carried, or the outcome whose policy can't."""
        branches = [branch for rule in decision.rules for branch in rule.branches]
        for branch in branches:
            prints: list[Callable[[], object]] = [lambda test=each: printer.test(test) for each in branch_tests(branch)]  # type: ignore[misc]  # the test of this turn
            prints += [lambda value=gift.value: printer.operand(value) for gift in branch.gifts]  # type: ignore[misc]  # the value of this turn
            for attempt in prints:
                try:
                    attempt()
                except NotCarried:
                    return branch.span
                except KeyError:  # it reads an outcome that was refused
                    continue
        return decision.outcome.span or next((each.span for each in branches), None)

    # --- reading -------------------------------------------------------------------------------------------------

    def _step(self, columns: Sequence[Column]) -> None:
        if columns:
            self._steps.append(tuple(columns))

    def _column(self, kind: str, place: int | str) -> str:
        return self.dialect.identifier(f"{PREFIX}{kind}{place}")

    def _flagged(self, kind: str, place: int | str) -> str:
        return self.dialect.flagged(self._column(kind, place))

    def _read(self) -> dict[str, Sql]:
        """The first step: every field the rules read."""
        inputs: dict[str, Sql] = {}
        columns: list[Column] = []
        for number, name in enumerate(self.plan.inputs):
            if name not in self.readings:
                self._refuse(NotCarried("field without a column", name), self.model.fields[name].span)
                continue
            reading = self.readings[name]
            columns.append((reading.value.text, f"{PREFIX}f{number}"))
            inputs[name] = evolve(reading.value, text=self._column("f", number), value=None)
            if self.model.fields[name].may_be_blank:
                condition = f"{inputs[name].text} IS NULL"
                if reading.blank:
                    columns.append((self.dialect.flag(reading.blank), f"{PREFIX}n{number}"))
                    condition = self._flagged("n", number)
                self._blanks.update({p.Input(name, whole): condition for whole in (False, True)})
        self._stop_where_refused()
        self._step(columns or [("1", f"{PREFIX}one")])
        return inputs

    # --- what is asked -------------------------------------------------------------------------------------------

    def _asks_doubts(self) -> bool:
        return any(map(self._doubtful, self.plan.decisions))

    def _doubtful(self, decision: PlannedDecision) -> bool:
        return not self.certain and (self.doubts or doubt_matters(decision, self.plan))

    def _withheld(self, decision: PlannedDecision) -> bool:
        """Whether the answer may be another one where it is in doubt."""
        return bool(decision.outcome.when_missing) and not self.certain

    # --- deciding ------------------------------------------------------------------------------------------------

    def _decide(self, level: Sequence[PlannedDecision], printer: Printer) -> None:
        """The steps of decisions that rest on earlier ones only: judge, answer, doubt, withhold."""
        doubtful = list(filter(self._doubtful, level))
        judge = Judge(printer, self._possible)
        if doubtful and (uncertain := self._uncertain(level)):
            self._guard(" AND ".join([self._all_known, *uncertain]))
        if doubtful and not self._judge(doubtful, judge):
            return
        answers: list[Column] = []
        made: dict[str, Decided] = {}
        for decision in level:
            name, place = decision.outcome.name, self._number(decision)
            try:
                found = Decision(decision, printer).decided()
            except NotCarried as error:
                self._refuse(error, self._place(decision, printer))
                continue
            except KeyError:  # it reads an outcome that was refused
                continue
            made[name] = found
            kind = "a" if self._withheld(decision) else "o"
            text = found.answer.text
            answers.append(
                (self.dialect.binary.format(x=text) if found.answer.kind == "text" else text, f"{PREFIX}{kind}{place}")
            )
            if found.violated:
                answers.append((self.dialect.flag(found.violated), f"{PREFIX}v{place}"))
                self._violated[name] = self._flagged("v", place)
            if found.members and asked_of_lists(name, self.plan):
                self._collected[name] = {}
                for number, (value, test) in enumerate(found.members):
                    answers.append((self.dialect.flag(test), f"{PREFIX}m{place}_{number}"))
                    self._collected[name][value] = self._flagged("m", f"{place}_{number}")
        self._step(answers)
        self._doubt([each for each in doubtful if each.outcome.name in made], made, judge)
        for decision in level:
            if decision.outcome.name in made:
                self._finish(decision, made[decision.outcome.name])

    def _number(self, decision: PlannedDecision) -> int:
        return list(self.model.outcomes).index(decision.outcome.name)

    def _judge(self, decisions: Sequence[PlannedDecision], judge: Judge) -> bool:
        """The truth of every branch, by all readings of the outcomes it rests on."""
        columns: list[Column] = []
        for branch in (branch for each in decisions for rule in each.rules for branch in rule.branches):
            try:
                printer = evolve(judge.printer, verdicts=judge.verdicts((branch.true, branch.false)))
                texts = [printer.test(test) for test in branch_tests(branch)]
            except NotCarried as error:
                self._refuse(error, branch.span)
                return False
            except KeyError:
                return False
            for kind, text in zip(("t", "s"), texts, strict=True):
                self._truth(kind, branch.index, self._guarded(text), columns)
        self._step(columns)
        return True

    def _truth(self, kind: str, index: int, text: str, columns: list[Column]) -> None:
        """The column of a branch's truth; one that is judged again where more may be unknown has another name."""
        earlier = {name: before for step in (*self._steps, columns) for before, name in step}
        name = f"{PREFIX}{kind}{index}"
        if earlier.get(name, text) != text:
            name = f"{name}_{len(self._guards)}"
        if name not in earlier:
            columns.append((text, name))
        self._truths[kind, index] = self.dialect.flagged(self.dialect.identifier(name))

    def _guard(self, known: str) -> None:
        """A column for the condition under which nothing is unknown from here on."""
        self._guards.append(f"{PREFIX}k{len(self._guards)}")
        self._step([(self.dialect.flag(known), self._guards[-1])])

    @property
    def _all_known(self) -> str:
        return self.dialect.flagged(self.dialect.identifier(self._guards[-1]))

    def _uncertain(self, level: Sequence[PlannedDecision]) -> list[str]:
        """What has to hold of earlier outcomes so that nothing about these decisions is unknown: what is reckoned with
        has a value, and no policy is broken.
        """
        parts = [part for each in level for part in decision_parts(each)]
        names = dict.fromkeys(name for part in parts for name in reckoned(part))
        silent = [each for each in names if self.model.outcomes[each].may_have_no_rule and each in self._answers]
        broken = [self._violated[each] for each in answers_of(*parts) if each in self._violated]
        return [
            *(f"{self._answers[each].text} IS NOT NULL" for each in silent),
            *map(self.dialect.denied, broken),
        ]

    def _guarded(self, condition: str, known: str = "") -> str:
        """A flag that is not reckoned where everything is known; there it is ``known``."""
        yes, no = self.dialect.yes, self.dialect.no
        first = f"WHEN {self._all_known} AND {known} THEN {yes} " if known else ""
        return f"CASE {first}WHEN {self._all_known} THEN {no} WHEN {condition} THEN {yes} ELSE {no} END"

    def _doubt(self, decisions: Sequence[PlannedDecision], made: Mapping[str, Decided], judge: Judge) -> None:
        """Whether each outcome is in doubt, and its possible values where rules read it."""
        columns: list[Column] = []
        for decision in decisions:
            name, place = decision.outcome.name, self._number(decision)
            kind = "a" if decision.outcome.when_missing else "o"
            answer = evolve(made[name].answer, text=self._column(kind, place), value=None)
            indices = [branch.index for rule in decision.rules for branch in rule.branches]
            true, false = ({index: self._truths[kind, index] for index in indices} for kind in ("t", "s"))
            try:
                found = Doubts(Decision(decision, judge.printer), judge, answer, true, false).found()
            except NotCarried as error:
                self._refuse(error, self._place(decision, judge.printer))
                continue
            except KeyError:
                if not self._refused:
                    raise
                continue  # a branch that is never taken reads an outcome that was refused
            doubt = self._guarded(found.doubt)
            if name in self._violated:
                doubt = f"CASE WHEN {self._violated[name]} THEN {self.dialect.yes} ELSE {doubt} END"
            columns.append((doubt, f"{PREFIX}d{place}"))
            if found.hard != self.dialect.never:
                columns.append((self._guarded(found.hard), f"{PREFIX}h{place}"))
                self._hard.append(self._flagged("h", place))
            self._possible[name] = self._listed(decision, found, answer, columns)
        self._step(columns)

    def _listed(self, decision: PlannedDecision, found: Found, answer: Sql, columns: list[Column]) -> Possible:
        place = self._number(decision)
        values: list[tuple[Any, str]] | None = None if found.values is None else []
        for number, (value, condition) in enumerate(found.values or ()):
            same = (
                f"{answer.text} IS NULL"
                if value is None
                else f"{answer.text} = {Decision(decision, self._bare()).literal(value, answer)}"
            )
            columns.append((self._guarded(condition, same), f"{PREFIX}p{place}_{number}"))
            assert values is not None
            values.append((value, self._flagged("p", f"{place}_{number}")))
        members: dict[Any, tuple[str, str]] = {}
        for number, (value, certain, open_) in enumerate(
            found.members if asked_of_lists(decision.outcome.name, self.plan) else ()
        ):
            present = self._collected[decision.outcome.name][value]
            columns.append((self._guarded(certain, present), f"{PREFIX}c{place}_{number}"))
            columns.append((self._guarded(open_, present), f"{PREFIX}q{place}_{number}"))
            members[value] = (self._flagged("c", f"{place}_{number}"), self._flagged("q", f"{place}_{number}"))
        return Possible(self._flagged("d", place), None if values is None else tuple(values), members)

    def _withhold_members(self, name: str, place: int, doubt: str) -> list[Column]:
        """What a list that is withheld has can't be told: neither that a value is in it nor that it is not."""
        members = self._collected.get(name, {})
        columns = []
        for number, value in enumerate(members):
            present = self._column("m", f"{place}_{number}")
            columns.append((f"CASE WHEN {doubt} THEN NULL ELSE {present} END", f"{PREFIX}w{place}_{number}"))
            members[value] = self._flagged("w", f"{place}_{number}")
        return columns

    def _bare(self) -> Printer:
        return Printer(self.dialect, self.model, self.as_of, {}, {})

    def _finish(self, decision: PlannedDecision, made: Decided) -> None:
        """The outcome's final column: withheld or the worst possible where the outcome asks for that."""
        outcome, place = decision.outcome, self._number(decision)
        possible = self._possible.get(outcome.name)
        if self._withheld(decision):
            present = evolve(made.answer, text=self._column("a", place), value=None)
            if possible is None:
                return
            try:
                instead = (
                    "NULL"
                    if outcome.when_missing == "undecided"
                    else worst(Decision(decision, self._bare()), possible.values, present)
                )
            except NotCarried as error:
                self._refuse(error, outcome.span)
                return
            text = f"CASE WHEN {possible.doubt} THEN {instead} ELSE {present.text} END"
            self._step([(text, f"{PREFIX}o{place}"), *self._withhold_members(outcome.name, place, possible.doubt)])
        self._answers[outcome.name] = evolve(made.answer, text=self._column("o", place), value=None)
        none = f"{self._column('o', place)} IS NULL"
        blank = none if possible is None else f"({none} AND {self.dialect.denied(possible.doubt)})"
        if possible is not None or self.certain:
            doubt = self.dialect.never if possible is None else possible.doubt
            self._standings[outcome.name] = standings(none, doubt, self._violated.get(outcome.name), self.dialect)
            self._blanks.update({p.Answer(outcome.name, whole): blank for whole in (False, True)})
