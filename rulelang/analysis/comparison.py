"""Two programs in one space: whether what they decide for an outcome ever differs, by boxes or the second prover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice, product
from math import prod
from typing import Any

from attrs import define, evolve, field

from rulelang.analysis.cells import numbers_of
from rulelang.analysis.decisions import Decision, Present, Taken
from rulelang.analysis.doubts import standings_differ
from rulelang.analysis.formula import ALWAYS, NEVER
from rulelang.analysis.gifts import edited, finished, gift_cells, same_groups, token_of, tokens_in, total_of
from rulelang.analysis.likeness import (
    decided_alike,
    same_answer,
    same_frame,
    surroundings_alike,
)
from rulelang.analysis.points import Answers
from rulelang.analysis.program import Program
from rulelang.analysis.solve import Budget, OutOfBudget, Solver
from rulelang.analysis.solver import may_tell, prover_of
from rulelang.analysis.solver.prover import Prover
from rulelang.analysis.space import Space, Variable
from rulelang.analysis.verdict import DIFFERENT, EQUAL, NEW, OLD, POSSIBLE, UNDECIDED, Verdict
from rulelang.analysis.witness import Customer, candidates, elsewhere, varied
from rulelang.lowering.needs import values_of
from rulelang.model.contributions import BLANK
from rulelang.model.program import Model
from rulelang.model.scope import Scope
from rulelang.model.walking import fields_read

MOST_COMBINATIONS = 512
MOST_WITNESSES = 6
MOST_TRIED = 60


@define(eq=False)
class Comparison:
    """The two programs; outcomes that are the same in both so far are one variable."""

    space: Space
    old: Program
    new: Program
    solver: Solver
    answers: Mapping[str, Answers]
    prover: Prover | None
    given: dict[str, Decision] = field(factory=dict)

    @classmethod
    def of(cls, old: Model, new: Model, as_of: date, answers: Mapping[str, Answers], separate: set[str]) -> Comparison:
        shared = surroundings_alike(old, new)
        space = Space()
        same = dict.fromkeys((name for name in new.outcomes if name in old.outcomes and name not in separate), OLD)
        alike = {f"\0o{OLD}:{name}" for name in decided_alike(old, new) if name in same}
        first = Program(old, Scope(old, as_of, {}, {}), space, OLD, shared, alike, same=same)
        second = Program(new, Scope(new, as_of, {}, {}), space, NEW, shared, alike, same=same)
        values: dict[str, tuple[Any, ...] | None] = {}
        for name in same:
            ours, theirs = first.constants(name), second.constants(name)
            values[name] = None if ours is None or theirs is None else tuple(dict.fromkeys((*ours, *theirs)))
        first.values = second.values = values
        for program in (first, second):
            program.read()
        space.cut()

        given: dict[str, Decision] = {}

        def definition(variable: Variable) -> Decision | None:
            found = given.get(variable.name)
            if found is None:
                found = first.definition(variable)
            return second.definition(variable) if found is None else found

        solver = Solver(space, definition)
        return cls(space, first, second, solver, answers, prover_of(solver, (first, second), answers), given)

    def verdict(self, name: str, steps: int) -> Verdict:
        """What is known of one outcome."""
        policy = self.old.model.outcomes[name].policy
        if policy == self.new.model.outcomes[name].policy and policy in ("sum", "collect"):
            differs = self._of_totals(name) if policy == "sum" else self._of_lists(name)
        else:
            differs = self._of_gifts(name)
        found = self._told(name, differs, steps)
        if found is not None:
            return found
        open_ = standings_differ(self.old, self.new, name)
        try:
            if open_ is None or not self._never(open_, steps):
                return Verdict(name, POSSIBLE, reason="missing data")
        except OutOfBudget:
            return Verdict(name, UNDECIDED)
        return Verdict(name, EQUAL)

    def _told(self, name: str, differs: int, steps: int) -> Verdict | None:
        """A customer for whom a formula holds and the answers differ, by boxes or else by the second prover.

        None where the formula holds for nobody.
        """
        try:
            found = self._shown(name, differs, Budget(steps))
        except OutOfBudget:
            found = Verdict(name, UNDECIDED)
        if found is None or found.kind == DIFFERENT or self.prover is None:
            return found
        if found.customer is not None and not may_tell(self.solver, found.customer.box):
            return found

        def confirms(values: Mapping[str, Any]) -> bool:
            return self._compared(name, Customer(values, (), False)) is not None

        try:
            better = self.prover.find([differs], self.space.everything(), steps, confirms)
        except OutOfBudget:
            return Verdict(name, UNDECIDED)
        if better is None or not better.tried:
            return None if better is None else found if found.kind == POSSIBLE else Verdict(name, POSSIBLE, better)
        return self._compared(name, better)

    def _never(self, formula: int, steps: int) -> bool:
        """Whether it is proved that a formula holds for nobody. Raises OutOfBudget."""
        within = self.space.everything()
        try:
            box = self.solver.solve([formula], within, Budget(steps))
        except OutOfBudget:
            if self.prover is None:
                raise
            return self.prover.never([formula], within, steps)
        if box is None or self.prover is None or not may_tell(self.solver, box):
            return box is None
        return self.prover.never([formula], within, steps)

    def _compared(self, name: str, customer: Customer) -> Verdict | None:
        """The difference that a customer shows, None where there is none."""
        old, new = (self.answers[tag](customer.values).get(name, BLANK) for tag in (OLD, NEW))
        if same_answer(old, new):
            return None
        return Verdict(name, DIFFERENT, evolve(customer, tried=True, conditions=()), old, new)

    def _shown(self, name: str, differs: int, budget: Budget) -> Verdict | None:
        """A customer for whom a formula holds and the answers differ; None where the formula holds for nobody."""
        wanted, first = [differs], None
        for _ in range(MOST_WITNESSES):
            last = None
            for customer in islice(candidates(self.solver, wanted, self.space.everything(), budget), MOST_TRIED):
                first, last = first or customer, customer
                for each in (customer, *self._reckoning(name, customer)):
                    compared = self._compared(name, each)
                    if compared is not None:
                        return compared
            if last is None:
                break
            wanted = [*wanted, elsewhere(self.solver, last)]
        return None if first is None else Verdict(name, POSSIBLE, first, reason="beyond boxes")

    def _reckoning(self, name: str, customer: Customer) -> Iterator[Customer]:
        """The same customer with other values in the fields from which the outcome is reckoned."""
        read: dict[str, None] = {}
        for program in (self.old, self.new):
            for rule in program.deciding(name):
                for branch in rule.branches:
                    for each in branch.assignments:
                        if each.outcome == name:
                            read.update(dict.fromkeys(f for value in values_of(each) for f in fields_read(value)))
        yield from islice(varied(self.solver, customer, tuple(read)), MOST_TRIED)

    # --- what rules give ---

    def _of_gifts(self, name: str) -> int:
        """Where what the rules give differs: each distinct gift is a cell of its own."""
        decisions = [program.decide(name) for program in (self.old, self.new)]
        ours, theirs = self._contributions(name)
        if ours == theirs and same_frame(*(each.outcome for each in decisions)) and same_groups(decisions):
            return NEVER
        tokens: dict[Any, None] = {}
        for program, decision in zip((self.old, self.new), decisions, strict=True):
            for giver in decision.givers:
                for each in giver.branches:
                    if each.gift is not None:
                        tokens[token_of(program, each.gift, decision)] = None
            if decision.combiner.fallback is not None:
                tokens["constant", decision.combiner.fallback] = None
        made = [
            self._given(program, decision, tokens)
            for program, decision in zip((self.old, self.new), decisions, strict=True)
        ]
        formulas, full = self.space.formulas, made[0].cells.full
        own = edited(decisions, (ours, theirs)) if same_frame(*(each.outcome for each in decisions)) else None
        masks = (full, 0) if own is None else tuple(map(gift_cells, decisions, made, own))
        either = [
            formulas.all_of((self.space.within(one, 1 << number), self.space.within(other, full & ~(1 << number))))
            for one, other, mask in zip(made, reversed(made), masks, strict=True)
            for number in numbers_of(mask)
        ]
        changed = ALWAYS if own is None else formulas.any_of(taken for side in own for taken, _ in side)
        return formulas.all_of((changed, formulas.any_of(either)))

    def _given(self, program: Program, decision: Decision, tokens: Mapping[Any, None]) -> Variable:
        """The variable of what a program's rules give to an outcome, with a cell for each gift."""
        made = self.space.outcome(
            f"\0g{program.tag}:{decision.outcome.name}", decision.outcome.type, tuple(tokens), program.scope
        )
        cells = made.cells

        def told(each: Taken) -> Taken:
            if each.gift is None:
                return each
            mask = cells.mask_of(token_of(program, each.gift, decision))
            assert mask, "every gift has a cell"
            return evolve(each, gift=evolve(each.gift, mask=mask, unknown=NEVER, copied=None))

        groups = tuple(
            tuple(evolve(giver, branches=tuple(map(told, giver.branches))) for giver in group)
            for group in decision.groups
        )
        silent = evolve(decision.outcome, when_missing="")
        ranked = cells.known if decision.ranked else 0
        ranked = sum(1 << number for number in numbers_of(ranked) if cells.cells[number].low[0] == "constant")
        frame = (silent, made, groups, NEVER, NEVER, self.space, decision.combiner, None, ranked)
        self.given[made.name] = Present(*frame, decision.combiner.fallback)
        return made

    def _of_totals(self, name: str) -> int:
        """Where sums differ: rules that both have cancel out."""
        formulas = self.space.formulas
        ours, theirs = self._contributions(name)
        decisions = [program.decide(name) for program in (self.old, self.new)]
        framed = same_frame(*(each.outcome for each in decisions))
        if any(len(each.groups) > 1 for each in decisions):
            return self._any_given(name)
        if framed:
            for each in list(ours):
                if each in theirs:
                    ours.remove(each)
                    theirs.remove(each)
        sides = [list(each) for each in (*ours, *theirs)]
        if prod(len(each) + 1 for each in sides) > MOST_COMBINATIONS:
            return self._any_given(name)
        options = [[*each, (formulas.opposite(formulas.any_of(taken for taken, _ in each)), None)] for each in sides]
        differing = []
        for chosen in product(*options):
            first, second = total_of(chosen[: len(ours)]), total_of(chosen[len(ours) :])
            if not framed:
                first, second = (finished(each, one) for each, one in zip(decisions, (first, second), strict=True))
            if first != second:
                differing.append(formulas.all_of(taken for taken, _ in chosen))
        return formulas.any_of(differing)

    def _contributions(self, name: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        found = []
        for program in (self.old, self.new):
            decision = program.decide(name)
            found.append(
                [
                    tuple(
                        (each.taken, token_of(program, each.gift, decision))
                        for each in giver.branches
                        if each.gift is not None
                    )
                    for giver in decision.givers
                ]
            )
        return found[0], found[1]

    def _of_lists(self, name: str) -> int:
        """Where lists differ: for some value only one of them has it."""
        formulas = self.space.formulas
        having: list[dict[Any, list[int]]] = []
        for program in (self.old, self.new):
            decision = program.decide(name)
            found: dict[Any, list[int]] = {}
            if len(decision.groups) > 1 or not same_frame(
                *(each.model.outcomes[name] for each in (self.old, self.new))
            ):
                return self._any_given(name)
            for giver in decision.givers:
                for each in giver.branches:
                    for value in () if each.gift is None else tokens_in(program, each.gift, decision):
                        found.setdefault(value, []).append(each.taken)
            having.append(found)
        differing = []
        for value in dict.fromkeys((*having[0], *having[1])):
            first, second = (formulas.any_of(each.get(value, ())) for each in having)
            differing.append(formulas.differ(first, second))
        return formulas.any_of(differing)

    def _any_given(self, name: str) -> int:
        """Where any rule gives anything: no more is said of where totals may differ."""
        return self.space.formulas.any_of(
            giver.gives for program in (self.old, self.new) for giver in program.decide(name).givers
        )
