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
from itertools import groupby
from typing import Any

from attrs import frozen

from rulelang.backends.python import indexed
from rulelang.backends.python.answering import Answering
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
from rulelang.backends.python.conditions import is_whole
from rulelang.backends.python.each import Waiting
from rulelang.backends.python.joint import joint_decisions, values_of
from rulelang.lowering.joining import all_of
from rulelang.lowering.plan import All, Constant, Test
from rulelang.lowering.planned import Gift, PlannedBranch, PlannedDecision, PlannedRule
from rulelang.model.policies import Combiner

ADDING = ("sum", "collect")


@frozen
class Answers(Answering):
    """Prints the decisions of a function that gives answers only: what is unknown gives none."""

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
        for first, group in groupby(candidates, key=self._first_condition):
            alike = list(group)
            if first is None or len(alike) == 1:
                over = any(self._offer(joint, each, self._test(*each[:3])) for each in alike)
            else:  # branches in a row that begin with the same condition ask for it once
                known: set[str] = set()
                self.lines.add(f"if {self.printer.test(first, known)}:")
                self.lines.indent()
                rests = ((each, all_of(_conditions(each.branch)[1:])) for each in alike)
                any(self._offer(joint, each, self.printer.test(rest, set(known))) for each, rest in rests)
                self.lines.indent(-1)
                over = False
            if over:  # nothing after it can win
                self.lines.indent(-1)
                return
        for each in joint:
            self.lines.add(f"{self.answer(each)} = {self._fallback(Combiner(each.outcome))}")
        self.lines.add("break")
        self.lines.indent(-1)

    def _first_condition(self, candidate: Candidate) -> Test | None:
        """What a branch asks first; None where it was judged before."""
        return None if candidate.rule.name in self._taken else _conditions(candidate.branch)[0]

    def _offer(self, joint: Sequence[PlannedDecision], candidate: Candidate, test: str) -> bool:
        """Prints that a branch makes the answers where a test is true; whether it always is."""
        rule, _, branch, gifts = candidate
        if test == "False":
            return False
        if test != "True":
            self.lines.add(f"if {test}:", origin(rule, branch))
            self.lines.indent()
        for each, gift in zip(joint, gifts, strict=True):
            self.lines.add(f"{self.answer(each)} = {self._value(gift, Combiner(each.outcome))}")
            self.unknown(self.answer(each), gift.value)
            self.won(each, branch)
        if test == "True":
            self.lines.add("break", origin(rule, branch))
            return True
        self.lines.add("break")
        self.lines.indent(-1)
        return False

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
                        self.added(decision, branch.index)
                    self.lines.indent(-1)
            if several:
                self.lines.add(f"if {matched}:")
                self.indented("break")
        if several:
            self.lines.add("break")
            self.lines.indent(-1)

    def _each_found(self, decision: PlannedDecision, combiner: Combiner | None = None) -> tuple[str, str] | None:
        """Opens a loop over the branches that are taken, found by an index: what each gives, and its number.

        None where there is no index, several groups, or something to be reckoned. Caps count where a combiner is given.
        """
        name = decision.outcome.name
        given = [each for rule in decision.rules for each in giving(rule, name)]
        plain = all(len(gifts) == 1 and isinstance(gifts[0].value, Constant) for _, _, gifts in given)
        alone = all(rule.name not in self._taken and len(rule.branches) == 1 for rule in decision.rules)
        found = self.indexing.every([branch for _, branch, _ in given]) if plain and alone else None
        if found is None or len(decision.groups) != 1:
            return None
        values = [gifts[0].value.value for _, _, gifts in given if isinstance(gifts[0].value, Constant)]
        values = values if combiner is None else list(map(combiner.finished, values))
        self.lines.add(f"for k in {found}:", f"of {len(given):,}, by an index")
        self.lines.indent()
        winners = tuple(branch.index for _, branch, _ in given)
        things = (self.names.thing(prefix, (name,), tuple(each)) for prefix, each in (("V", values), ("W", winners)))
        value, winner = (f"{each}[k]" for each in things)
        return value, winner

    def _unique(self, decision: PlannedDecision, combiner: Combiner) -> None:
        answer, matched = self.answer(decision), self.answer(decision).replace("o", "n")
        self.lines.add(f"{answer} = {self._fallback(combiner)}")
        self.lines.add(f"{matched} = 0")
        found = self._each_found(decision, combiner)
        if found is not None:
            self.lines.add(f"{matched} += 1")
            self.lines.add(f"{answer} = {found[0]}")
            self.found((decision,), found[1])
            self.lines.indent(-1)
        for branch, gift in self._in_groups(decision, matched) if found is None else ():
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
        found = self._each_found(decision)
        if found is not None:
            self.lines.add(
                f"{answer} = {answer} + {found[0]}" if whole else f"{answer} = add_any({answer}, {found[0]})"
            )
            if asked:
                self.lines.add(f"{matched} = True")
            self.added(decision, found[1])
            self.lines.indent(-1)
        for _, gift in self._in_groups(decision, matched) if found is None else ():
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
        found = self._each_found(decision)
        if found is not None:
            self.lines.add(f"{answer}[{found[0]}] = None")
            self.added(decision, found[1])
            self.lines.indent(-1)
        several = f"{answer} or {unknown}" if doubtful else answer
        for _, gift in self._in_groups(decision, several) if found is None else ():
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


def _conditions(branch: PlannedBranch) -> Sequence[Test]:
    """What has to hold for a branch to be taken, in the order in which it is asked."""
    return branch.true.items if isinstance(branch.true, All) else (branch.true,)
