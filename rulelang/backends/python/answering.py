"""What all functions that print decisions share: where things are kept, and what may differ from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import field, frozen

from rulelang.backends.python.candidates import giving, origin
from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.gathering import Group, Loop
from rulelang.backends.python.indexed import Indexing
from rulelang.backends.python.joint import CHAINS
from rulelang.backends.python.names import Lines, Names
from rulelang.lowering.plan import Constant, Operand
from rulelang.lowering.planned import Gift, Plan, PlannedBranch, PlannedDecision, PlannedEach, PlannedRule
from rulelang.model.policies import Combiner


@frozen
class Answering:
    """The parts of what prints the decisions of a function."""

    plan: Plan
    names: Names
    lines: Lines
    printer: Printer
    indexing: Indexing
    _taken: dict[str, str] = field(factory=dict)

    # --- what functions differ in --------------------------------------------------------------------------------

    def before(self, joint: Sequence[PlannedDecision]) -> None:
        """Printed before a decision."""

    def gather(self, group: Group) -> None:
        """Prints how the records of a list are aggregated."""
        Loop(self.lines, self.printer, group).print_answers(None)

    def decide_records(self, stage: PlannedEach) -> None:
        """Prints how the records of a list are decided."""
        raise NotImplementedError("answers alone don't tell of records")

    def after(self, joint: Sequence[PlannedDecision]) -> None:
        """Printed after a decision."""

    def won(self, decision: PlannedDecision, branch: PlannedBranch) -> None:
        """Printed where a branch makes the answer."""

    def found(self, joint: Sequence[PlannedDecision], branch: str) -> None:
        """Printed where an index has found the branch that makes the answers; ``branch`` is its number or None."""

    def added(self, decision: PlannedDecision, branch: int | str) -> None:
        """Printed where a branch adds to the answer; ``branch`` is its number."""

    def start(self, decision: PlannedDecision) -> None:
        """Printed before branches add to an answer."""

    def unknown(self, variable: str, value: Operand) -> bool:
        """Printed after a value is assigned; whether it may be unknown from here on."""
        return self.printer.may_be_unknown(value)

    def violated(self, variable: str) -> None:
        """Printed where two rules of a unique decision match."""
        self.lines.add(f"{variable} = None")

    # --- parts ---------------------------------------------------------------------------------------------------

    def answer(self, decision: PlannedDecision) -> str:
        return self.printer.variables[decision.outcome.name]

    def indented(self, *lines: str) -> None:
        self.lines.indent()
        for each in lines:
            self.lines.add(each)
        self.lines.indent(-1)

    def _judge_shared_rules(self, joint: Sequence[PlannedDecision]) -> None:
        """Rules whose branches can't stand in the decision itself: which branch is taken, counted from 1, or 0."""
        for rule in joint[0].rules:
            if rule.name in self._taken or self._stands_inline(rule, joint):
                continue
            variable = self._taken[rule.name] = f"t{rule.branches[0].index}"
            if len(rule.branches) == 1:
                test = self.printer.test(rule.branches[0].true)
                self.lines.add(f"{variable} = {test}", origin(rule, rule.branches[0]))
                continue
            found = self.indexing.first(rule.branches)
            if found is not None:
                self.lines.add(f"{variable} = {found} + 1", f"{rule.name}: which of {len(rule.branches):,} rows")
                continue
            self.lines.add("while True:")
            self.lines.indent()
            for number, branch in enumerate(rule.branches, start=1):
                test = self.printer.test(branch.true)
                self.lines.add(f"if {test}:", origin(rule, branch))
                self.indented(f"{variable} = {number}", "break")
            self.lines.add(f"{variable} = 0")
            self.lines.add("break")
            self.lines.indent(-1)

    @staticmethod
    def _stands_inline(rule: PlannedRule, joint: Sequence[PlannedDecision]) -> bool:
        names = {each.outcome.name for each in joint}
        if joint[0].outcome.policy in CHAINS:
            return all({gift.outcome for gift in branch.gifts} == names for branch in rule.branches)
        return len(rule.branches) == 1 and set(rule.outcomes) == names

    def _tests(self, rule: PlannedRule, outcome: str) -> Iterator[tuple[PlannedBranch, list[Gift], str]]:
        """The branches that give something to an outcome, each with the test that it is taken."""
        for number, branch, gifts in giving(rule, outcome):
            yield branch, gifts, self._test(rule, number, branch)

    def _test(self, rule: PlannedRule, number: int, branch: PlannedBranch) -> str:
        """The test that a branch is taken; a rule that was judged before says which one is."""
        variable = self._taken.get(rule.name)
        if variable is None:
            return self.printer.test(branch.true)
        return variable if len(rule.branches) == 1 else f"{variable} == {number}"

    def _value(self, gift: Gift, combiner: Combiner | None = None) -> str:
        """The text of an assigned value, within the outcome's caps where a combiner is given."""
        if combiner is None or not combiner.outcome.is_capped:
            return self.printer.value(gift.value)
        if isinstance(gift.value, Constant):
            return self.names.constant(combiner.finished(gift.value.value))
        return f"{self._combiner(combiner)}.finished({self.printer.value(gift.value)})"

    def _combiner(self, combiner: Combiner) -> str:
        return self.names.thing("D", (combiner.outcome.name,), combiner)

    def _fallback(self, combiner: Combiner) -> str:
        return "None" if combiner.fallback is None else self.names.constant(combiner.fallback)
