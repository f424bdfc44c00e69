"""Looks for customers for whom some formulas hold: boxes are cut down until all formulas hold in one, or none is left.

What the search finds where an outcome could be told only roughly is a candidate to be tried on the rules themselves;
that it finds nothing is a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import define, frozen

from rulelang.analysis.decisions import Decision
from rulelang.analysis.formula import ALL, LITERAL, NEVER, NO, OPEN, YES, Box
from rulelang.analysis.space import FIELD, OUTCOME, Space, Variable
from rulelang.model.expressions import FieldRef
from rulelang.model.walking import parts

USUAL_STEPS = 400_000


class OutOfBudget(Exception):  # noqa: N818 - the end of a search, no error
    """The search was given up: the question stays open."""


@define
class Budget:
    """How many formulas may still be looked at; shared by the questions that are asked with it."""

    left: int = USUAL_STEPS

    def spend(self, steps: int) -> None:
        """Takes some steps. Raises OutOfBudget when they are used up."""
        self.left -= steps
        if self.left < 0:
            raise OutOfBudget


MANY = 12  # choices, with which it is better to cut a variable than to try the ways to fulfil one


def _half(mask: int) -> int:
    """The lower half of the cells of a mask."""
    result = 0
    for _ in range(max(mask.bit_count() // 2, 1)):
        lowest = mask & -mask
        result |= lowest
        mask ^= lowest
    return result


Definition = Callable[[Variable], Decision | None]
_Choices = list[tuple[int, ...]]  # of each one formula has to hold
_Node = tuple[Box, list[int], _Choices, frozenset[int]]


@frozen(eq=False)
class Solver:
    """A search in a space; ``definition`` gives the decision behind the variable of an outcome."""

    space: Space
    definition: Definition

    def solve(self, wanted: Sequence[int], within: Box, budget: Budget) -> Box | None:
        """A box, inside the one given, all of whose customers fulfil some formulas; None where nobody does.

        Raises OutOfBudget.
        """
        stack: list[_Node] = [(list(within), list(wanted), [], frozenset())]
        while stack:
            box, pending, choices, laws = stack.pop()
            left = self._narrowed(box, pending, choices, budget)
            if left is None:
                continue
            if left:
                branches = self._branches(left, box, budget)
                stack.extend((list(box), more, rest, laws) for more, rest in reversed(branches))
                continue
            new = [number for number in self.space.axioms if number not in laws and box[number] != self._full(number)]
            if new:
                more = [law for number in new for law in self.space.axioms[number]]
                stack.append((box, more, [], laws | set(new)))
                continue
            unsettled, question = self._unsettled(box, budget)
            if unsettled:
                continue
            if question is None:
                return box
            opposite = self.space.formulas.opposite(question)
            stack.append((list(box), [opposite], [], laws))
            stack.append((box, [question], [], laws))
        return None

    def holds(self, wanted: Sequence[int], box: Box, budget: Budget) -> bool:
        """Whether formulas hold for all customers of a box, its outcomes included."""
        formulas = self.space.formulas
        budget.spend(len(wanted) + 1)
        if any(formulas.status(each, box) != YES for each in wanted):
            return False
        for variable in self.space.variables:
            mask = box[variable.number]
            if mask == self._full(variable.number):
                continue
            if variable.kind == OUTCOME:
                decision = self.definition(variable)
                if decision is not None and decision.possible(box) & ~mask:
                    return False
            if any(formulas.status(law, box) == NO for law in self.space.axioms.get(variable.number, ())):
                return False
        return True

    def _full(self, number: int) -> int:
        return self.space.formulas.full[number]

    def _narrowed(self, box: Box, pending: list[int], choices: _Choices, budget: Budget) -> _Choices | None:
        """Cuts a box down by all that must hold; what is left are choices between formulas. None: nobody is left."""
        formulas = self.space.formulas
        kinds, parts = formulas.kinds, formulas.parts
        choices = list(choices)
        changed = bool(choices)
        while True:
            while pending:
                each = pending.pop()
                budget.spend(1)
                kind = kinds[each]
                if kind == LITERAL:
                    variable, mask = parts[each]
                    narrowed = box[variable] & mask
                    if not narrowed:
                        return None
                    changed |= narrowed != box[variable]
                    box[variable] = narrowed
                elif kind == ALL:
                    pending.extend(parts[each])
                elif each == NEVER:
                    return None
                else:
                    choices.append(parts[each])
                    changed = True
            if not changed:
                return choices
            changed = False
            kept: _Choices = []
            for choice in choices:
                budget.spend(len(choice))
                possible = []
                for each in choice:
                    found = formulas.status(each, box)
                    if found == YES:
                        break
                    if found == OPEN:
                        possible.append(each)
                else:
                    if not possible:
                        return None
                    if len(possible) == 1:
                        pending.append(possible[0])
                    else:
                        kept.append(tuple(possible))
            choices = kept

    def _branches(self, choices: _Choices, box: Box, budget: Budget) -> list[tuple[list[int], _Choices]]:
        """The ways to fulfil the narrowest choice, each with all others.

        Among many choices the variable with the fewest cells left is cut in two instead: that decides more of them.
        """
        formulas = self.space.formulas
        if len(choices) > MANY:
            literals = (each for choice in choices for each in choice if formulas.kinds[each] == LITERAL)
            numbers = {formulas.parts[each][0] for each in literals}
            if numbers:
                number = min(numbers, key=lambda each: (box[each].bit_count(), each))
                low = _half(box[number])
                variable = self.space.variables[number]
                rest = choices[::-1]
                return [([self.space.within(variable, mask)], rest) for mask in (low, box[number] & ~low)]
        chosen = min(choices, key=len)
        possible = self._possible(chosen, box, budget) if len(chosen) > MANY else chosen
        rest = [each for each in reversed(choices) if each is not chosen]
        branches: list[tuple[list[int], _Choices]] = []
        excluded: list[int] = []
        for each in possible:
            branches.append(([*excluded, each], rest))
            if formulas.kinds[each] == LITERAL:
                excluded.append(formulas.opposite(each))
        return branches

    def _possible(self, choice: Sequence[int], box: Box, budget: Budget) -> Sequence[int]:
        """What of a choice the outcomes that it speaks of allow in a box."""
        able = list(box)
        for number in dict.fromkeys(number for each in choice for number in self.space.formulas.variables(each)):
            variable = self.space.variables[number]
            decision = self.definition(variable) if variable.kind == OUTCOME else None
            if decision is not None:
                budget.spend(decision.steps)
                able[number] &= decision.possible(box)
        return [each for each in choice if self.space.formulas.status(each, able) != NO]

    def _unsettled(self, box: Box, budget: Budget) -> tuple[bool, int | None]:
        """Whether an outcome can't be what a box says; else a formula that would tell, None where all is settled."""
        for variable in reversed(self.space.variables):
            mask = box[variable.number]
            if variable.kind != OUTCOME or mask == self._full(variable.number):
                continue
            decision = self.definition(variable)
            if decision is None:
                continue
            budget.spend(decision.steps)
            possible = decision.possible(box)
            if not possible & mask:
                return True, None
            if possible & ~mask:
                question = decision.split(box)
                if question is not None:
                    return False, question
        return False, None


def fields_of(solver: Solver, wanted: Sequence[int]) -> tuple[str, ...]:
    """The fields that formulas speak of, through outcomes and expressions as well."""
    space = solver.space
    seen: set[int] = set()
    waiting = [number for each in wanted for number in space.formulas.variables(each)]
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        variable = space.variables[number]
        if variable.expression is not None:
            read = (each.name for each in parts(variable.expression) if isinstance(each, FieldRef))
            waiting += [space.by_name[name].number for name in read if name in space.by_name]
        decision = solver.definition(variable) if variable.kind == OUTCOME else None
        for giver in () if decision is None else decision.givers:
            waiting += space.formulas.variables(giver.gives)
    return tuple(each.name for each in space.variables if each.kind == FIELD and each.number in seen)
