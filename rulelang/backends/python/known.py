"""Prints how decisions are made for customers of whom everything is known: no guards, and who won is kept."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from rulelang.backends.python.decisions import Answers
from rulelang.backends.python.each import stage_call
from rulelang.backends.python.gathering import Group, print_known
from rulelang.lowering.plan import Operand
from rulelang.lowering.planned import PlannedBranch, PlannedDecision, PlannedEach
from rulelang.lowering.reading import aggregated_of, answers_of


@frozen
class KnownAnswers(Answers):
    """Prints the decisions of a function for customers of whom everything is known, with the branch that won each.

    ``reckoned`` are the answers that rules reckon with and that may be none. It gives up where something turns out to
    be unknown after all: a zero divisor, a key without an entry, a function that fails, or such an answer. Without
    ``keeps_winners`` the branches are left out: the decision is made again for those who ask.
    """

    doubt: str = "return None"
    keeps_winners: bool = True
    reckoned: frozenset[str] = frozenset()
    _checked: set[Operand] = field(factory=set)
    _decided: set[str] = field(factory=set)

    def before(self, joint: Sequence[PlannedDecision]) -> None:
        for rule in joint[0].rules:
            for divisor in rule.divisors:
                if self._is_due(divisor):
                    guards: list[str] = []
                    text = self.printer.operand(divisor, set(), guards)
                    zero = f"not ({' and '.join((*guards, f'{text} != 0'))})" if guards else f"{text} == 0"
                    self.lines.add(f"if {zero}:")
                    self.indented(self.doubt)
            for lookup in (*rule.lookups, *rule.calls):
                if self._is_due(lookup):
                    self.lines.add(f"if ({self.printer.value(lookup)}) is None:")
                    self.indented(self.doubt)
        for each in joint:
            if each.outcome.policy not in ("sum", "collect") and self.keeps_winners:
                self.lines.add(f"{self._winner(each)} = None")

    def _is_due(self, operand: Operand) -> bool:
        """Whether something is to be checked here: not yet done, and all it rests on is decided.

        What rests on another outcome of its own rule waits for the decision that it serves.
        """
        rests_on = {*answers_of(operand), *(name for each in aggregated_of(operand) for name in each.answers)}
        if operand in self._checked or not rests_on <= self._decided:
            return False
        self._checked.add(operand)
        return True

    def gather(self, group: Group) -> None:
        print_known(self.lines, self.printer, group, self.doubt)
        for each in group.aggregations:
            variable = self.printer.variable(each.aggregated)
            if variable in self.reckoned:
                self.lines.add(f"if {variable} is BLANK:")
                self.indented(self.doubt)

    def decide_records(self, stage: PlannedEach) -> None:
        self._decided.update(stage.names)
        number = self.plan.stages.index(stage)
        self.lines.add(f"x = decided_records({stage_call(stage, number, self.printer, 'o', 'm')})")
        self.lines.add("if x is None:")
        self.indented(self.doubt)
        self.lines.add(f"{self.printer.variables[stage.list]}, y{number} = x")

    def after(self, joint: Sequence[PlannedDecision]) -> None:
        self._decided.update(each.outcome.name for each in joint)
        for each in joint:
            if self.answer(each) in self.printer.blankable | self.reckoned:
                self.lines.add(f"if {self.answer(each)} is None:")
                self.indented(self.doubt if self.answer(each) in self.reckoned else f"{self.answer(each)} = BLANK")

    def start(self, decision: PlannedDecision) -> None:
        if self.keeps_winners:
            self.lines.add(f"{self._winner(decision)} = []")

    def won(self, decision: PlannedDecision, branch: PlannedBranch) -> None:
        if self.keeps_winners:
            self.lines.add(f"{self._winner(decision)} = {branch.index}")

    def found(self, joint: Sequence[PlannedDecision], branch: str) -> None:
        for each in joint if self.keeps_winners else ():
            self.lines.add(f"{self._winner(each)} = {branch}")

    def added(self, decision: PlannedDecision, branch: int | str) -> None:
        if self.keeps_winners:
            self.lines.add(f"{self._winner(decision)}.append({branch})")

    def unknown(self, variable: str, value: Operand) -> bool:
        if self.printer.may_be_unknown(value):
            self.lines.add(f"if {variable} is None:")
            self.indented(self.doubt)
        return False

    def violated(self, variable: str) -> None:
        self.lines.add(self.doubt)

    def _winner(self, decision: PlannedDecision) -> str:
        return self.answer(decision).replace("o", "w")
