"""Prints the function for customers of whom something is unknown: what every rule gives and could still give (S4).

    s5 = True if f0 is not None and f0 <= F0 else False if f0 is not None and f0 > F0 else None
    if s5:
        g0.append(C0)       # it gives L0
        break
    elif s5 is None:
        g0.append(C1)       # it may give L0

Conditions and values that rest on other outcomes are functions of their own, tried with all that those may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from attrs import field, frozen

from rulelang.backends.python import indexed
from rulelang.backends.python.candidates import giving, origin
from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.each import Waiting, stage_call
from rulelang.backends.python.gathering import Group, Loop, aggregator_name
from rulelang.backends.python.names import Lines, Names, joined
from rulelang.lowering.plan import Aggregated, Atom, Constant, Input, Judged, Operand, Test
from rulelang.lowering.planned import Gift, Plan, PlannedBranch, PlannedDecision, PlannedEach, PlannedRule
from rulelang.lowering.reading import aggregated_of, answers_of, elements_of, inputs_of, nodes
from rulelang.model.contributions import Contribution
from rulelang.model.policies import Combiner


@frozen
class Standings:
    """Prints the decisions of the function, and beside it the functions it tries out."""

    plan: Plan
    names: Names
    lines: Lines
    variables: dict[Any, str]
    blankable: frozenset[str]
    function: str = ""
    tried: Lines = field(factory=Lines)
    _statuses: dict[int, tuple[str, str]] = field(factory=dict)
    _verdicts: dict[Atom, str] = field(factory=dict)
    _atoms: dict[int, list[Atom]] = field(factory=dict)
    _numbers: Iterator[int] = field(factory=count)

    def print(self) -> None:
        """All decisions, in order; the function returns their results."""
        waiting = Waiting.of(self.plan)
        for decision in self.plan.decisions:
            waiting.prepare(self._gather, self._decide_records)
            self._decide(decision)
            waiting.decided.add(decision.outcome.name)
        waiting.prepare(self._gather, self._decide_records)
        results = joined(self._result(each.outcome.name) for each in self.plan.decisions)
        records = joined(f"y{number}" for number, _ in enumerate(self.plan.stages))
        self.lines.add(f"return {results}" if self.function else f"return {results}, {records}")

    def _decide_records(self, stage: PlannedEach) -> None:
        """Prints how the records of a list are judged."""
        number = self.plan.stages.index(stage)
        call = stage_call(stage, number, self._printer(self.lines, {}), "d", "h")
        self.lines.add(f"{self.variables[stage.list]}, y{number} = judged_records({call})")

    def _decide(self, decision: PlannedDecision) -> None:
        outcome = decision.outcome
        result = self._result(outcome.name)
        self.lines.add("")
        self.lines.add("", f"{result}: {outcome.name} ({outcome.policy})")
        if self._looked_up(decision, result):
            return
        for rule in decision.rules:
            self._judge_atoms(rule)
            if len(rule.outcomes) > 1:
                self._judge(rule)
        groups = [f"g{next(self._numbers)}" for _ in decision.groups]
        for name in groups:
            self.lines.add(f"{name} = []")
        in_turn = outcome.policy == "first"  # nothing after a sure match can win
        if in_turn:
            self.lines.add("while True:")
            self.lines.indent()
        for name, group in zip(groups, decision.groups, strict=True):
            for rule in group:
                self._judge(rule)
                self._contribute(rule, outcome.name, name, in_turn)
        if in_turn:
            self.lines.add("break")
            self.lines.indent(-1)
        combiner = self.names.thing("D", (outcome.name,), Combiner(outcome))
        self.lines.add(f"{result} = {combiner}.combine({joined(groups)})")

    @property
    def decided_parts(self) -> frozenset[tuple[str, str]]:
        """What is decided for records, by list and name."""
        outcomes = (each.outcome for stage in self.plan.stages for each in stage.decisions)
        return frozenset((each.list, each.part) for each in outcomes if each.list is not None)

    def _looked_up(self, decision: PlannedDecision, result: str) -> bool:
        """Prints the same by an index: which rows fit or may come to fit, up to the first that fits for certain."""
        name = decision.outcome.name
        if self.function or decision.outcome.policy != "first" or len(decision.groups) != 1:
            return False  # one record is decided by one branch after the other
        if sum(len(rule.branches) for rule in decision.rules) < indexed.FEW_IN_A_TABLE:
            return False
        places, branches = [], []
        for at, rule in enumerate(decision.rules):
            given = list(giving(rule, name))
            if len(given) < len(rule.branches):
                return False  # a branch that is taken and gives nothing ends its rule, not the decision
            for _, branch, (gift, *_) in given:
                if not isinstance(gift.value, Constant) or self._atoms_of(branch):
                    return False
                branches.append(branch)
                places.append((at, branch.index, (gift.value.value,)))
        index, shape = indexed.index_over(branches, self.names)
        if shape.rests or not indexed.is_worth_it(shape):
            return False
        values = joined(self.variables[each.name] for each in shape.columns if isinstance(each, Input))
        found = f"opened({index}.open({values}), {self.names.thing('P', (name,), tuple(places))})"
        self.lines.add(f"{result} = {self.names.thing('D', (name,), Combiner(decision.outcome))}.combine(({found},))")
        return True

    def _result(self, outcome: str) -> str:
        return self.variables[outcome].replace("o", "d")

    def _aggregated(self, aggregated: Aggregated) -> str:
        return self.variables[aggregated.expression].replace("m", "h")

    def _gather(self, group: Group) -> None:
        """Prints the loop over a list as a function, tried with all that the outcomes it rests on may be."""
        number = next(self._numbers)
        inputs = [self.variables[each] for each in group.inputs]
        rest_on = [self.variables[each] for each in group.answers]
        rest_on += [self.variables[each.expression] for each in group.inner]
        function = f"{self.function}records{number}"
        self._open(function, [*inputs, *rest_on])
        Loop(self.tried, self._printer(self.tried, {}), group).print_rows()
        self.tried.indent(-1)
        kinds = joined(aggregator_name(self.names, each) for each in group.aggregations)
        results = joined(
            [*map(self._result, group.answers), *map(self._aggregated, group.inner)],
        )
        found = joined(self._aggregated(each.aggregated) for each in group.aggregations)
        decided = tuple(name for name in group.fields if (group.list, name) in self.decided_parts)
        if decided:
            parts = self.names.constant(decided)
            self.lines.add(f"{found} = gathered_records({function}, {joined(inputs)}, {results}, {kinds}, {parts})")
            return
        self.lines.add(f"{found} = gathered({function}, {joined(inputs)}, {results}, {kinds})")

    # --- conditions ----------------------------------------------------------------------------------------------

    def _judge(self, rule: PlannedRule) -> None:
        """The status of each branch, and what it is by present answers where that can differ."""
        for branch in rule.branches:
            if branch.index in self._statuses:
                continue
            status = now = f"s{branch.index}"
            self.lines.add(f"{status} = {self._truth(branch, 's')}", origin(rule, branch))
            if self._atoms_of(branch):
                now = f"n{branch.index}"
                self.lines.add(f"{now} = {self._truth(branch, 'n')}")
            self._statuses[branch.index] = (status, now)

    def _truth(self, branch: PlannedBranch, kind: str) -> str:
        verdicts = {atom: kind + name for atom, name in self._verdicts.items()}
        return _either(self._printer(self.lines, verdicts), branch.true, branch.false)

    def _atoms_of(self, branch: PlannedBranch) -> list[Atom]:
        """The conditions on other outcomes in a branch."""
        found = self._atoms.get(branch.index)
        if found is None:
            judged = (
                each.atom for test in (branch.true, branch.false) for each in nodes(test) if isinstance(each, Judged)
            )
            found = self._atoms[branch.index] = list(dict.fromkeys(judged))
        return found

    def _judge_atoms(self, rule: PlannedRule) -> None:
        for branch in rule.branches:
            for atom in self._atoms_of(branch):
                if atom not in self._verdicts:
                    name = self._verdicts[atom] = f"a{len(self._verdicts)}"
                    self.lines.add(f"n{name}, s{name} = judged({self._atom(atom, name[1:])})")

    def _atom(self, atom: Atom, number: str) -> str:
        """Prints an atom as a function; returns the arguments of the call that tries it."""
        printer, call = self._open_function(f"{self.function}atom{number}", (atom.true, atom.false))
        return self._close_function(_either(printer, atom.true, atom.false), call)

    def _value(self, value: Operand, number: int) -> str:
        """The same for a value."""
        printer, call = self._open_function(f"{self.function}value{number}", (value,))
        return self._close_function(printer.value(value), call)

    def _open_function(self, name: str, parts: tuple[Operand | Test, ...]) -> tuple[Printer, str]:
        inputs = [self.variables[each] for each in (*elements_of(*parts), *inputs_of(*parts))]
        answers, aggregated = answers_of(*parts), aggregated_of(*parts)
        read = [*(self.variables[each] for each in answers), *(self.variables[each.expression] for each in aggregated)]
        self._open(name, [*inputs, *read])
        results = joined([*map(self._result, answers), *map(self._aggregated, aggregated)])
        return self._printer(self.tried, {}), f"{name}, {joined(inputs)}, {results}"

    def _open(self, name: str, parameters: Sequence[str]) -> None:
        self.tried.add("")
        self.tried.add("")
        self.tried.add(f"def {name}({', '.join(parameters)}):")
        self.tried.indent()

    def _close_function(self, value: str, call: str) -> str:
        self.tried.add(f"return {value}")
        self.tried.indent(-1)
        return call

    def _printer(self, lines: Lines, verdicts: dict[Atom, str]) -> Printer:
        nullable = frozenset(self.variables.values())
        results = {name: self._result(name) for name, variable in self.variables.items() if variable.startswith("o")}
        blankable, numbers = self.blankable, self._numbers
        return Printer(self.names, lines, self.variables, nullable, verdicts, blankable, results, numbers=numbers)

    # --- what rules give -----------------------------------------------------------------------------------------

    def _contribute(self, rule: PlannedRule, outcome: str, group: str, in_turn: bool) -> None:
        only = rule.branches[0]
        gifts = [gift for gift in only.gifts if gift.outcome == outcome]
        if (
            len(rule.branches) == 1
            and not self._atoms_of(only)
            and all(isinstance(each.value, Constant) for each in gifts)
        ):
            self._contribute_constants(only, gifts, group, in_turn)
            return
        walked = ", ".join([self._walked(branch, outcome) for branch in rule.branches])
        self.lines.add(f"x = contribution(({walked},))")
        self.lines.add(f"{group}.append(x)")
        if in_turn:
            self.lines.add("if x.given and x.certain:")
            self._indented("break")

    def _contribute_constants(self, branch: PlannedBranch, gifts: Sequence[Gift], group: str, in_turn: bool) -> None:
        values = tuple(gift.value.value for gift in gifts if isinstance(gift.value, Constant))
        sure = Contribution(branch.index, values, (values,))
        maybe = Contribution(branch.index, (), (values, ()))
        key = (branch.index, gifts[0].outcome)
        self.lines.add(f"if s{branch.index}:")
        self._indented(f"{group}.append({self.names.thing('C', (*key, True), sure)})", *(("break",) if in_turn else ()))
        self.lines.add(f"elif s{branch.index} is None:")
        self._indented(f"{group}.append({self.names.thing('C', (*key, False), maybe)})")

    def _walked(self, branch: PlannedBranch, outcome: str) -> str:
        given: list[str] = []
        possible: list[str] = []
        for gift in branch.gifts:
            if gift.outcome != outcome:
                continue
            if isinstance(gift.value, Constant):
                constant = self._printer(self.lines, {}).value(gift.value)
                given.append(constant)
                possible.append(f"({constant},)")
                continue
            number = next(self._numbers)
            given.append(f"v{number}")
            if answers_of(gift.value) or aggregated_of(gift.value):
                possible.append(f"p{number}")
                self.lines.add(f"v{number}, p{number} = expanded({self._value(gift.value, number)})")
            else:
                possible.append(f"told(v{number})")
                self.lines.add(f"v{number} = {self._printer(self.lines, {}).value(gift.value)}")
        status, now = self._statuses[branch.index]
        return f"walked({branch.index}, {status}, {now}, {joined(given)}, {joined(possible)})"

    def _indented(self, *lines: str) -> None:
        self.lines.indent()
        for each in lines:
            self.lines.add(each)
        self.lines.indent(-1)


def _either(printer: Printer, true: Test, false: Test) -> str:
    return f"True if {printer.test(true)} else False if {printer.test(false)} else None"
