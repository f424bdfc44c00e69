"""A question put to z3: is there a customer for whom formulas hold? There is none, or one whom the rules confirm.

Every question is put in words of its own, so that its answer depends on nothing asked before.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

from attrs import define, evolve, field

from rulelang.analysis.cells import VALUE
from rulelang.analysis.decisions import Present
from rulelang.analysis.formula import YES, Box
from rulelang.analysis.points import Answers, point_of
from rulelang.analysis.program import Program
from rulelang.analysis.solve import Budget, OutOfBudget, Solver
from rulelang.analysis.solver.outcomes import outcome_in_words
from rulelang.analysis.solver.prover import Confirms
from rulelang.analysis.solver.reckoning import reckoned, truth_in_words
from rulelang.analysis.solver.terms import Terms, as_decimal
from rulelang.analysis.space import FIELD, OUTCOME, Variable
from rulelang.analysis.witness import Customer, around, chosen_value, shown
from rulelang.model.contributions import BLANK
from rulelang.vocabulary.types import Date, ListOf, Text

# What z3 may do for a step of the budget, in its own measure: 400,000 steps are a few seconds, on any machine the same.
WORK_PER_STEP = 40
MOST_ROUNDS = 12
MOST_TRIED = 60


@define(eq=False)
class Questions:
    """Puts questions about one space to z3; ``programs`` are those whose outcomes it has.

    ``asked`` counts the questions.
    """

    solver: Solver
    programs: Sequence[Program]
    answers: Mapping[str, Answers]
    asked: int = 0

    @property
    def z3(self) -> Any:
        """The library, loaded with the first question."""
        return importlib.import_module("z3")

    def find(self, wanted: Sequence[int], within: Box, steps: int, confirms: Confirms | None = None) -> Customer | None:
        """The customer for whom formulas hold, confirmed by the rules (``tried``); None: there is none.

        A customer who isn't confirmed: z3 has no words for something it depends on. Raises OutOfBudget.
        """
        return _Question(self, list(wanted), list(within), steps, confirms).customer()

    def never(self, wanted: Sequence[int], within: Box, steps: int) -> bool:
        """Whether formulas hold for nobody. Raises OutOfBudget."""
        return _Question(self, list(wanted), list(within), steps).is_never()


@define(eq=False)
class _Question:
    """One question in words of its own."""

    prover: Questions
    wanted: list[int]
    within: Box
    steps: int
    confirms: Confirms | None = None
    terms: Terms = field(init=False)
    engine: Any = field(init=False)
    _said: int = 0

    def __attrs_post_init__(self) -> None:
        z3, solver = self.prover.z3, self.prover.solver
        self.prover.asked += 1
        context = z3.Context()
        say = outcome_in_words(solver.definition, self.prover.programs)
        self.terms = terms = Terms(z3, context, solver.space, say, reckoned, truth_in_words)
        asked = [terms.formula(each) for each in self.wanted]
        for variable in solver.space.variables:
            if variable.kind != FIELD and self.within[variable.number] != variable.cells.full:
                terms.term(variable)
        terms.explain()
        for number, variable in terms.spoken.items():
            asked.append(terms.within(variable, self.within[number]))
        self.engine = z3.Solver(ctx=context)
        self.engine.set("rlimit", self.steps * WORK_PER_STEP)
        self.engine.add(*asked)

    def is_never(self) -> bool:
        return not self._check()

    def customer(self) -> Customer | None:
        """The customer found, in as few fields as possible."""
        first: Customer | None = None
        for _ in range(MOST_ROUNDS):
            if not self._check():
                return None
            values = self._simplest()
            if values is None:
                return first or Customer({}, (), False)
            point = self._confirmed(values)
            if point is not None:
                return self._smallest(values, point)
            first = first or Customer(values, (), False)
            lessons = [self.terms.learn(each, values) for each in self.terms.told]
            if not lessons:
                return first
            self.engine.add(*lessons)
        return first

    def _check(self, *assumed: Any) -> bool:
        """Whether there is somebody. Raises OutOfBudget."""
        self.engine.add(*self.terms.facts[self._said :])
        self._said = len(self.terms.facts)
        answer = str(self.engine.check(*assumed))
        if answer == "unknown":
            raise OutOfBudget
        return answer == "sat"

    def _confirmed(self, values: Mapping[str, Any]) -> Box | None:
        """The cells of somebody of whom the rules say what was asked; None where they don't."""
        solver = self.prover.solver
        point = point_of(solver, values, self.prover.answers)
        if point is None or not all(mask & within for mask, within in zip(point, self.within, strict=True)):
            return None
        for variable in solver.space.variables:
            decision = solver.definition(variable) if variable.kind == OUTCOME else None
            if isinstance(decision, Present):
                point[variable.number] = decision.possible(point)
        if self.confirms is not None:
            return point if self.confirms(values) else None
        status = solver.space.formulas.status
        return point if all(status(each, point) == YES for each in self.wanted) else None

    # --- values ---

    def _fields(self) -> list[Variable]:
        return [each for each in self.prover.solver.space.variables if each.kind == FIELD]

    def _simplest(self) -> dict[str, Any] | None:
        """The customer of the model found, with plain values where these do as well; None: data can't hold one."""
        values: dict[str, Any] = {}
        spoken = self.terms.spoken
        fixed: list[Any] = []
        model = self.engine.model()
        for variable in self._fields():
            if variable.number not in spoken:
                values[variable.name] = chosen_value(variable, self.within[variable.number])
                continue
            term = self.terms.term(variable)
            for value in self._plain(variable, model):
                same = self.terms.is_value(variable, term, value)
                if self._check(*fixed, same):
                    model = self.engine.model()
                    fixed.append(same)
                    values[variable.name] = () if isinstance(variable.type, ListOf) and value is not None else value
                    break
            else:
                return None
        return values

    def _plain(self, variable: Variable, model: Any) -> Iterator[Any]:
        """Values for a field: round ones first, the one z3 has found last."""
        term = self.terms.term(variable)

        def holds(condition: Any) -> bool:
            return bool(self.prover.z3.is_true(model.eval(condition, model_completion=True)))

        if holds(term.blank):
            yield BLANK
        elif not holds(term.known):
            yield None
        elif isinstance(variable.type, Text) and not variable.cells.ordered:
            yield from self._texts(variable, model)
        elif not variable.cells.ordered:
            number = model.eval(term.value, model_completion=True).as_long()
            yield variable.cells.cells[number].low
        else:
            exact = _fraction(model.eval(term.value, model_completion=True))
            cell = next(
                (
                    each
                    for number, each in enumerate(variable.cells.cells)
                    if each.kind == VALUE and holds(self.terms.within(variable, 1 << number))
                ),
                None,
            )
            near: list[Any] = [] if cell is None else [cell.low, cell.high]
            if isinstance(variable.type, Date):
                found = date.fromordinal(int(exact))
                yield from dict.fromkeys((*near, found))
                return
            for unit in (100, 10, 1, Fraction(1, 100)):
                near.append(as_decimal(round(exact / unit) * Fraction(unit)))
            yield from dict.fromkeys(each for each in (*near[:2], 0, *near[2:], as_decimal(exact)) if each is not None)

    def _texts(self, variable: Variable, model: Any) -> Iterator[str]:
        """A text of the cell found; texts that are to differ do."""
        number = model.eval(self.terms.term(variable).value, model_completion=True).as_long()
        low = variable.cells.cells[number].low
        yield low
        known = self.terms.known_text(variable, model)
        if known in variable.texts:
            yield known
        for times in range(1, 4):
            for made in (low + "x" * times, "x" * times + low):
                if variable.cells.number(made) == number:
                    yield made
        if known is not None:  # what another field is called
            yield known

    # --- the smallest ---

    def _smallest(self, values: Mapping[str, Any], point: Box) -> Customer:
        """As few fields as possible, each at the boundary; at worst the customer that z3 has found."""
        solver, spoken = self.prover.solver, self.terms.spoken
        box = list(point)
        for variable in solver.space.variables:
            if variable.number not in spoken:
                box[variable.number] = variable.cells.full if variable.kind == OUTCOME else self.within[variable.number]
        found: Customer | None = None
        try:
            for customer in islice(
                around(solver, self.wanted, box, self.within, values, Budget(self.steps)), MOST_TRIED
            ):
                found = customer  # the last one is the customer of the model
                confirmed = self._confirmed(customer.values)
                if confirmed is not None:
                    found = shown(solver, self.wanted, customer, confirmed, self.within, Budget(self.steps))
                    break
        except OutOfBudget:
            pass
        return evolve(found or Customer(values, (), True), tried=True, conditions=())


def _fraction(number: Any) -> Fraction:
    """A number of a model; of one that is no fraction (a root) a near one."""
    if hasattr(number, "numerator_as_long"):
        return Fraction(number.numerator_as_long(), number.denominator_as_long())
    if hasattr(number, "as_long"):
        return Fraction(number.as_long())
    return _fraction(number.approx(12))
