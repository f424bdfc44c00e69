"""Prints how decisions are made where nobody asks what else would be possible: flat tests, one after the other.

A `first` decision becomes

    while True:
        if f0 is not None and f0 <= F0:  # No order for a year, lifecycle.rules:3
            o0 = L0
            break
        o0 = L1
        break

`break` leaves the decision. Rules that serve several decisions are judged once, into a variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import field, frozen

from rulelang.backends.python import indexed
from rulelang.backends.python.candidates import (
    Candidate,
    Places,
    are_constant,
    by_number,
    giving,
    origin,
    values_by_place,
    winners_by_place,
)
from rulelang.backends.python.conditions import Printer, is_whole
from rulelang.backends.python.each import Waiting
from rulelang.backends.python.gathering import Group, Loop
from rulelang.backends.python.indexed import Indexing
from rulelang.backends.python.joint import CHAINS, joint_decisions, values_of
from rulelang.backends.python.names import Lines, Names
from rulelang.lowering.plan import Constant, Operand
from rulelang.lowering.planned import Gift, Plan, PlannedBranch, PlannedDecision, PlannedEach, PlannedRule
from rulelang.model.policies import Combiner

ADDING = ("sum", "collect")


@frozen
class Answers:
    """Prints the decisions of a function that gives answers only: what is unknown gives none."""

    plan: Plan
    names: Names
    lines: Lines
    printer: Printer
    indexing: Indexing
    _taken: dict[str, str] = field(factory=dict)

    def print(self) -> None:
        """All decisions, in order; what is aggregated in lists as soon as the outcomes it rests on are decided."""
        waiting = Waiting.of(self.plan)
        for joint in joint_decisions(self.plan):
            waiting.prepare(self.gather, self.decide_records)
            waiting.decided.update(each.outcome.name for each in joint)
            for each in joint:
                self.lines.add("")
                self.lines.add("", f"{self.answer(each)}: {each.outcome.name} ({each.outcome.policy})")
            self.before(joint)
            self._judge_shared_rules(joint)
            self._decide(joint)
            self.after(joint)
        waiting.prepare(self.gather, self.decide_records)

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

    def added(self, decision: PlannedDecision, branch: PlannedBranch) -> None:
        """Printed where a branch adds to the answer."""

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

    # --- policies ------------------------------------------------------------------------------------------------

    def _decide(self, joint: Sequence[PlannedDecision]) -> None:
        decision = joint[0]
        combiner = Combiner(decision.outcome)
        match decision.outcome.policy:
            case "first":
                self._chain(joint, list(self._candidates(joint, decision.rules)))
            case "last":
                rules = [rule for group in decision.groups for rule in reversed(group)]
                self._chain(joint, list(self._candidates(joint, rules)))
            case "unique":
                self._unique(decision, combiner)
            case "any":
                self._best(decision, combiner)
            case "sum":
                self._sum(decision, combiner)
            case "collect":
                self._collect(decision, combiner)
            case _ if all(isinstance(value, Constant) for value in values_of(decision)):
                self._chain(joint, list(self._ranked(decision, combiner)))
            case _:
                self._best(decision, combiner)

    def _candidates(self, joint: Sequence[PlannedDecision], rules: Sequence[PlannedRule]) -> Iterator[Candidate]:
        """The branches in the order in which they win."""
        position = 0 if joint[0].outcome.policy == "first" else -1
        for rule in rules:
            for number, branch, _ in giving(rule, joint[0].outcome.name):
                gifts = (
                    [gift for gift in branch.gifts if gift.outcome == each.outcome.name][position] for each in joint
                )
                yield Candidate(rule, number, branch, tuple(gifts))

    def _ranked(self, decision: PlannedDecision, combiner: Combiner) -> Iterator[Candidate]:
        """The same for constants of which the best wins: group by group, the best first."""

        def rank(gift: Gift) -> Any:
            assert isinstance(gift.value, Constant)
            return combiner.ranks.get(gift.value.value, gift.value.value)

        descending = decision.outcome.policy == "highest"
        for group in decision.groups:
            candidates = [
                Candidate(rule, number, branch, ((max if descending else min)(gifts, key=rank),))
                for rule in group
                for number, branch, gifts in giving(rule, decision.outcome.name)
            ]
            yield from sorted(candidates, key=lambda each: rank(each.gifts[0]), reverse=descending)

    def _chain(self, joint: Sequence[PlannedDecision], candidates: Sequence[Candidate]) -> None:
        """The first branch that is taken makes the answer."""
        if self._looked_up(joint, candidates):
            return
        self.lines.add("while True:")
        self.lines.indent()
        for rule, number, branch, gifts in candidates:
            test = self._test(rule, number, branch)
            if test == "False":
                continue
            if test != "True":
                self.lines.add(f"if {test}:", origin(rule, branch))
                self.lines.indent()
            for each, gift in zip(joint, gifts, strict=True):
                self.lines.add(f"{self.answer(each)} = {self._value(gift, Combiner(each.outcome))}")
                self.unknown(self.answer(each), gift.value)
                self.won(each, branch)
            self.lines.add("break", "" if test != "True" else origin(rule, branch))
            self.lines.indent(-1)
            if test == "True":  # nothing after it can win
                return
        for each in joint:
            self.lines.add(f"{self.answer(each)} = {self._fallback(Combiner(each.outcome))}")
        self.lines.add("break")
        self.lines.indent(-1)

    def _looked_up(self, joint: Sequence[PlannedDecision], candidates: Sequence[Candidate]) -> bool:
        """Prints the same by an index, where there is one and what the branches give is constant."""
        rules = {each.rule.name for each in candidates}
        taken = {self._taken.get(each) for each in rules}
        found: str | None = None
        places: Places = candidates
        if not are_constant(candidates):
            return False
        if taken == {None}:
            found = self.indexing.first([each.branch for each in candidates])
        elif len(rules) == 1 and len(candidates) >= indexed.FEW_IN_A_TABLE:
            found, places = taken.pop(), by_number(candidates)
        if found is None:
            return False
        self.lines.add(f"k = {found}", f"of {len(candidates):,}, by an index")
        for at, each in enumerate(joint):
            values = values_by_place(places, at, Combiner(each.outcome))
            self.lines.add(f"{self.answer(each)} = {self.names.thing('V', (each.outcome.name,), values)}[k]")
        self.found(joint, f"{self.names.thing('W', (joint[0].outcome.name,), winners_by_place(places))}[k]")
        return True

    def _in_groups(self, decision: PlannedDecision, matched: str) -> Iterator[tuple[PlannedBranch, Gift]]:
        """Every gift inside its `if`; where there are several groups, the first that matches ends the decision."""
        several = len(decision.groups) > 1
        if several:
            self.lines.add("while True:")
            self.lines.indent()
        for group in decision.groups:
            for rule in group:
                for branch, gifts, test in self._tests(rule, decision.outcome.name):
                    self.lines.add(f"if {test}:", origin(rule, branch))
                    self.lines.indent()
                    for gift in gifts:
                        yield branch, gift
                    if decision.outcome.policy in ADDING:
                        self.added(decision, branch)
                    self.lines.indent(-1)
            if several:
                self.lines.add(f"if {matched}:")
                self.indented("break")
        if several:
            self.lines.add("break")
            self.lines.indent(-1)

    def _unique(self, decision: PlannedDecision, combiner: Combiner) -> None:
        answer, matched = self.answer(decision), self.answer(decision).replace("o", "n")
        self.lines.add(f"{answer} = {self._fallback(combiner)}")
        self.lines.add(f"{matched} = 0")
        for branch, gift in self._in_groups(decision, matched):
            self.lines.add(f"{matched} += 1")
            self.lines.add(f"{answer} = {self._value(gift, combiner)}")
            self.unknown(answer, gift.value)
            self.won(decision, branch)
        self.lines.add(f"if {matched} > 1:")
        self.lines.indent()
        self.violated(answer)
        self.lines.indent(-1)

    def _sum(self, decision: PlannedDecision, combiner: Combiner) -> None:
        answer = self.answer(decision)
        matched, unknown = answer.replace("o", "n"), answer.replace("o", "u")
        values = list(values_of(decision))
        whole = all(map(is_whole, values))
        asked = len(decision.groups) > 1 or combiner.outcome.last_resort is not None
        self.lines.add(f"{answer} = 0")
        if asked:
            self.lines.add(f"{matched} = False")
        if any(map(self.printer.may_be_unknown, values)):
            self.lines.add(f"{unknown} = False")
        self.start(decision)
        for _, gift in self._in_groups(decision, matched):
            value = self._value(gift)
            doubtful = False
            if not isinstance(gift.value, Constant):
                self.lines.add(f"v = {value}")
                value = "v"
                doubtful = self.unknown(value, gift.value)
            total = f"{answer} = {answer} + {value}" if whole else f"{answer} = add_any({answer}, {value})"
            if doubtful:
                self.lines.add("if v is None:")
                self.indented(f"{unknown} = True")
                self.lines.add("else:")
                self.indented(total)
            else:
                self.lines.add(total)
            if asked:
                self.lines.add(f"{matched} = True")
        if not whole or combiner.outcome.is_capped:
            self.lines.add(f"{answer} = {self._combiner(combiner)}.finished({answer})")
        if combiner.outcome.last_resort is not None:
            self.lines.add(f"if not {matched}:")
            self.indented(f"{answer} = {self._fallback(combiner)}")
        if any(map(self.printer.may_be_unknown, values)):
            self.lines.add(f"if {unknown}:")
            self.indented(f"{answer} = None")

    def _collect(self, decision: PlannedDecision, combiner: Combiner) -> None:
        answer = self.answer(decision)
        unknown = answer.replace("o", "u")
        doubtful = any(map(self.printer.may_be_unknown, values_of(decision)))
        self.lines.add(f"{answer} = {{}}")
        if doubtful:
            self.lines.add(f"{unknown} = False")
        self.start(decision)
        for _, gift in self._in_groups(decision, f"{answer} or {unknown}" if doubtful else answer):
            if isinstance(gift.value, Constant):
                self.lines.add(f"{answer}[{self._value(gift)}] = None")
                continue
            self.lines.add(f"v = {self._value(gift)}")
            if self.unknown("v", gift.value):
                self.lines.add("if v is None:")
                self.indented(f"{unknown} = True")
            self.lines.add(f"{answer}[v] = None")
        if combiner.fallback:
            self.lines.add(f"{answer} = tuple({answer}) or {self._fallback(combiner)}")
        else:
            self.lines.add(f"{answer} = tuple({answer})")
        if doubtful:
            self.lines.add(f"if {unknown}:")
            self.indented(f"{answer} = None")

    def _best(self, decision: PlannedDecision, combiner: Combiner) -> None:
        """The best value so far is kept (or the one all agree on); an unknown one may leave no answer."""
        answer = self.answer(decision)
        better = f"{self._combiner(combiner)}.{'agreed' if decision.outcome.policy == 'any' else 'better'}"
        self.lines.add(f"{answer} = NOTHING")
        for branch, gift in self._in_groups(decision, f"{answer} is not NOTHING"):
            self.lines.add(f"v = {self._value(gift)}")
            if self.unknown("v", gift.value):
                self.lines.add("if v is None:")
                self.indented("v = ANY")
            self.lines.add(f"if {better}({answer}, v) is not {answer}:")
            self.lines.indent()
            self.lines.add(f"{answer} = {better}({answer}, v)")
            self.won(decision, branch)
            self.lines.indent(-1)
        self.lines.add(f"if {answer} is NOTHING:")
        self.indented(f"{answer} = {self._fallback(combiner)}")
        self.lines.add(f"elif {answer} is ANY:")
        self.indented(f"{answer} = None")
        if decision.outcome.policy == "any":
            self.lines.add(f"elif {answer} is VIOLATED:")
            self.lines.indent()
            self.violated(answer)
            self.lines.indent(-1)
        elif combiner.outcome.is_capped:
            self.lines.add(f"{answer} = {self._combiner(combiner)}.finished({answer})")
