"""Questions about one ruleset on one day, and what they find.

inquiry = Inquiry.of(model, as_of, answers)
inquiry.find([formula], inquiry.plausible)       # the smallest customer, or None: proved that there is none
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from attrs import define, evolve, field, frozen

from rulelang.analysis.account import Proof
from rulelang.analysis.cells import MISSING, NONE
from rulelang.analysis.decisions import Decision
from rulelang.analysis.formula import Box
from rulelang.analysis.meeting import Meeting, places_in
from rulelang.analysis.normal import is_total
from rulelang.analysis.points import Answers
from rulelang.analysis.program import Program
from rulelang.analysis.records import aggregates_of, is_unjudged
from rulelang.analysis.solve import USUAL_STEPS, Budget, OutOfBudget, Solver, fields_of
from rulelang.analysis.solver import may_tell, prover_of
from rulelang.analysis.solver.prover import Prover
from rulelang.analysis.space import EXPRESSION, FIELD, Space, Variable
from rulelang.analysis.witness import Customer, any_tried, find_customer
from rulelang.diagnostics.position import Span
from rulelang.model.expressions import Quantified
from rulelang.model.program import Branch, Model, Rule
from rulelang.model.scope import Scope
from rulelang.model.walking import fields_read
from rulelang.vocabulary.types import Date

MOST_EFFORTS = 100


@frozen
class Finding:
    """Something proved about rules, or shown by a customer.

    ``code`` is that of its diagnostic; ``outcome`` and ``rule`` are names. ``others`` are further rules, ``values``
    what the sentence tells besides. ``wanted`` are the formulas of the customers it concerns, within a box.
    ``provable``: it is left open, and the second prover, which isn't installed, may well tell. ``further`` are
    customers like the one that is named, each elsewhere, and ``more`` how many others there are at least.
    """

    code: str
    span: Span | None = None
    outcome: str | None = None
    rule: str | None = None
    others: tuple[Rule, ...] = ()
    values: tuple[tuple[str, Any], ...] = ()
    customer: Customer | None = None
    wanted: tuple[int, ...] = field(default=(), repr=False)
    within: tuple[int, ...] = field(default=(), repr=False)
    provable: bool = False
    further: tuple[Customer, ...] = ()
    more: int = 0


@define(eq=False)
class Inquiry:
    """A model in its space. ``steps`` bounds each single question.

    ``efforts``: how often more than the first box is still tried to show what is no fault.
    """

    model: Model
    as_of: date
    program: Program
    solver: Solver
    answers: Answers
    steps: int
    prover: Prover | None = None
    efforts: int = MOST_EFFORTS
    _asked: tuple[int, ...] = ()
    _sound: Box | None = None
    _plausible: Box | None = None

    @classmethod
    def of(cls, model: Model, as_of: date, answers: Answers, steps: int = USUAL_STEPS) -> Inquiry:
        """The inquiry into a model; ``answers`` are what its rules give a customer."""
        space = Space()
        program = Program(model, Scope(model, as_of, {}, {}), space)
        program.read()
        space.cut()
        for name in model.outcomes:
            program.decide(name)
        solver = Solver(space, program.definition)
        return cls(model, as_of, program, solver, answers, steps, prover_of(solver, (program,), {"": answers}))

    @property
    def space(self) -> Space:
        return self.program.space

    @property
    def everybody(self) -> Box:
        """All customers, impossible ones included."""
        return self.space.everything()

    @property
    def plausible(self) -> Box:
        """All customers but those with a date in the future where none may be."""
        if self._plausible is None:
            self._plausible = [each.cells.full & ~self._future(each) for each in self._variables()]
        return list(self._plausible)

    @property
    def sound(self) -> Box:
        """The customers of whom everything is known."""
        if self._sound is None:
            self._sound = [
                each.cells.mask_of(False)
                if self._all_judged(each)
                else mask & ~each.cells.of_kind(MISSING)
                if self._is_known(each)
                else mask
                for each, mask in zip(self._variables(), self.plausible, strict=True)
            ]
        return list(self._sound)

    def rule_out(self, decision: Decision) -> None:
        """Proves of an outcome that it is never undecided, never without a value, where everything is known.

        What is proved needs no proof again for the outcomes that rest on it.
        """
        cells, number = decision.variable.cells, decision.variable.number
        for kind in (MISSING, NONE):
            mask = cells.of_kind(kind)
            within = self.sound
            try:
                if within[number] & mask and self.never([self.space.within(decision.variable, mask)], within):
                    within[number] &= ~mask
                    self._sound = within
            except OutOfBudget:
                return

    def _variables(self) -> list[Variable]:
        return self.space.variables

    def _all_judged(self, variable: Variable) -> bool:
        """Whether, where everything is known, no record of a list leaves anything open."""
        expression = variable.expression
        if not isinstance(expression, Quantified) or not is_unjudged(expression):
            return False
        return all(is_total(each, self.model) for each in aggregates_of(self.model, expression.list))

    def _is_known(self, variable: Variable) -> bool:
        """Whether a variable has a value where everything is known."""
        if variable.kind == FIELD:
            return True
        if variable.kind != EXPRESSION or variable.expression is None:
            return False
        read = (self.model.fields.get(name) for name in fields_read(variable.expression))
        if any(each is not None and each.may_be_blank for each in read):
            return False  # a blank is an answer, and nothing is reckoned with it
        return is_total(variable.expression, self.model)

    def _future(self, variable: Variable) -> int:
        """The cells of a date that lie in the future and may not."""
        if variable.kind != FIELD or not isinstance(variable.type, Date) or variable.type.may_be_future:
            return 0
        known = [number for number, cell in enumerate(variable.cells.cells) if variable.cells.known >> number & 1]
        return sum(1 << number for number in known if variable.cells.cells[number].low > self.as_of)

    def find(self, wanted: Sequence[int], within: Box) -> Customer | None:
        """The smallest customer for whom formulas hold; None: there is none. Raises OutOfBudget.

        Where boxes don't tell, the second prover is asked, if there is one.
        """
        self._asked = tuple(wanted)
        try:
            found = find_customer(self.solver, wanted, within, Budget(self.steps), {"": self.answers})
        except OutOfBudget:
            return self._second.find(wanted, within, self.steps)
        if found is None or found.tried or not may_tell(self.solver, found.box):
            return found
        if self.prover is None:
            return evolve(found, provable=True)
        better = self.prover.find(wanted, within, self.steps)
        return found if better is not None and not better.tried else better

    def never(self, wanted: Sequence[int], within: Box) -> bool:
        """Whether it is proved that formulas hold for nobody, by boxes or by the second prover. Raises OutOfBudget."""
        self._asked = tuple(wanted)
        try:
            box = self.solver.solve(wanted, within, Budget(self.steps))
        except OutOfBudget:
            return self._second.never(wanted, within, self.steps)
        if box is None or self.prover is None or not may_tell(self.solver, box):
            return box is None
        return self.prover.never(wanted, within, self.steps)

    def shows(self, wanted: Sequence[int]) -> bool:
        """Whether a customer for whom formulas hold was found, and tried; else nothing is said.

        Only where no plausible one is found those with a date in the future count.
        """
        answers = {"": self.answers}
        try:
            for within in (self.plausible, self.everybody):
                box = self.solver.solve(wanted, within, Budget(self.steps))
                if box is None:
                    continue
                if any_tried(self.solver, wanted, box, within, answers):
                    return True
                if self.efforts:
                    self.efforts -= 1
                    found = find_customer(self.solver, wanted, within, Budget(self.steps), answers)
                    return found is not None and found.tried
                return False
        except OutOfBudget:
            pass
        return False

    @property
    def _second(self) -> Prover:
        """The second prover. Raises OutOfBudget where there is none."""
        if self.prover is None:
            raise OutOfBudget
        return self.prover

    def left_open(
        self,
        question: str,
        span: Span | None,
        outcome: str | None = None,
        rule: str | None = None,
        *,
        over: Sequence[int] | None = None,
        **values: Any,
    ) -> Finding:
        """That a question was given up, with the fields it goes over: by default those of what was asked last."""
        reach = fields_of(self.solver, self._asked if over is None else over)
        told = (("question", question), *values.items(), ("reach", reach))
        return Finding("not-decided", span, outcome, rule, values=told, provable=self.prover is None)

    def decisions(self) -> Iterator[Decision]:
        """The decisions of all outcomes that some rule in force sets."""
        for name in self.model.outcomes:
            decision = self.program.decide(name)
            if decision.groups:
                yield decision

    def branches(self) -> Iterator[tuple[Rule, int, Branch]]:
        """The branches of all rules in force, with their positions."""
        for rule in self.program.rules:
            for number, branch in enumerate(rule.branches):
                yield rule, number, branch

    def rivals(self, decision: Decision) -> list[list[int]]:
        """For each rule of a decision the places of those that can match the same customer, as far as boxes tell."""
        gives = [giver.gives for giver in decision.givers]
        meeting = Meeting.of(self.space.formulas, gives)
        return [places_in(meeting.places(each) & ~(1 << place)) for place, each in enumerate(gives)]


Check = Callable[[Inquiry], Iterator[Finding | Proof]]

__all__ = ["Check", "Finding", "Inquiry", "OutOfBudget"]
