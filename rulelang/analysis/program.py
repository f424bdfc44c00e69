"""The rules of a model over a space: the variables of its outcomes, when a branch is taken, and its decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, evolve, field

from rulelang.analysis.cells import MISSING, finite_values, is_ordered
from rulelang.analysis.conditions import Conditions, Pair
from rulelang.analysis.decisions import UNKNOWN, Decision, Gift, Giver, Taken
from rulelang.analysis.formula import ALWAYS
from rulelang.analysis.meeting import Meeting, places_in
from rulelang.analysis.normal import is_strict, normal
from rulelang.analysis.records import any_record, lists_read, unjudged
from rulelang.analysis.space import Space, Variable
from rulelang.lowering.fixed import is_fixed
from rulelang.lowering.needs import values_of
from rulelang.model import expressions as e
from rulelang.model.assigning import assigned_value
from rulelang.model.expressions import Expression
from rulelang.model.policies import Combiner
from rulelang.model.program import Assignment, Model, Rule
from rulelang.model.scope import Scope
from rulelang.model.walking import counts_working_days, fields_read, outcomes_read, own_parts
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import YesNo


@define(eq=False)
class Program:
    """The rules of one model in a space; ``tag`` tells two models apart. Only rules in force on the day count."""

    model: Model
    scope: Scope
    space: Space
    tag: str = ""
    shared: bool = True
    alike: Collection[str] = ()
    values: Mapping[str, tuple[Any, ...] | None] = field(factory=dict)  # what outcomes can be, in both models
    same: Mapping[str, str] = field(factory=dict)  # the tags under which outcomes go that are one in both models
    decisions: dict[str, Decision] = field(factory=dict)
    members: dict[str, Decision] = field(factory=dict)
    conditions: Conditions = field(init=False)
    _taken: dict[tuple[str, int], int] = field(factory=dict)
    _meeting: dict[str, tuple[Meeting, list[int]]] = field(factory=dict)
    _wanted: dict[str, tuple[str, str]] = field(factory=dict)

    @conditions.default
    def _conditions(self) -> Conditions:
        return Conditions(self.space, self.scope, self.tag, self.outcome, self.member, self.shared, self.alike)

    @property
    def rules(self) -> Iterator[Rule]:
        """The rules in force about customers, in the order written; those about records are beyond the proofs."""
        return (each for each in self.model.rules if each.each is None and each.in_force(self.scope.as_of))

    def outcome(self, name: str) -> Variable:
        """The variable of an outcome's answer."""
        declared = self.model.outcomes[name]
        key = self.key(name)
        known = self.space.by_name.get(key)
        if known is not None:
            return known
        constants = self.values[name] if name in self.values else self.constants(name)
        finite = declared.policy not in ("sum", "collect")
        made = self.space.outcome(key, declared.type, constants if finite else None, self.scope)
        made.collected = declared.policy == "collect"
        if not finite and not made.collected:
            made.add(constants or ())
        return made

    def key(self, name: str) -> str:
        """The name of an outcome's variable."""
        return f"\0o{self.same.get(name, self.tag)}:{name}"

    def constants(self, name: str) -> tuple[Any, ...] | None:
        """All values that an outcome can have, None where one is no constant."""
        outcome = self.model.outcomes[name]
        combiner = Combiner(outcome)
        found: dict[Any, None] = {}
        for rule in self.deciding(name):
            for branch in rule.branches:
                for each in branch.assignments:
                    if each.outcome == name:
                        value = self.constant(each)
                        if value is UNKNOWN or value is None:
                            return None
                        found[combiner.finished(value)] = None
        if combiner.fallback is not None and outcome.policy != "collect":
            found[combiner.fallback] = None
        return tuple(found)

    def constant(self, assignment: Assignment) -> Any:
        """What an assignment gives, where that is the same for every customer."""
        if not all(is_fixed(each) for each in values_of(assignment)):
            return UNKNOWN
        return assigned_value(assignment, self.model.outcomes[assignment.outcome], self.scope)

    def deciding(self, name: str) -> list[Rule]:
        """The rules in force that decide an outcome, foremost priority first."""
        return [each for each in self.model.decision(name) if each.in_force(self.scope.as_of)]

    def member(self, variable: Variable, value: str) -> Variable | None:
        """The variable of whether a collected outcome has a value."""
        if not variable.collected:
            return None
        key = f"{variable.name}\0{value}"
        made = self.space.outcome(key, YesNo(), None, self.scope)
        owner = next((each for each in self.model.outcomes if self.key(each) == variable.name), None)
        if owner is not None:
            self._wanted[key] = (owner, value)
        return made

    def read(self) -> None:
        """Leaves the thresholds of all conditions with their variables, before the space is cut."""
        for rule in self.rules:
            for branch in rule.branches:
                self.conditions.pair(branch.condition)
                for each in branch.assignments:
                    self.outcome(each.outcome)
                    for name in (name for value in values_of(each) for name in fields_read(value)):
                        self.space.field(self.model.fields[name], self.scope)
        for name in self.model.outcomes:
            self.outcome(name)

    def decide(self, name: str) -> Decision:
        """The decision of an outcome, once the space is cut; those it rests on come first."""
        found = self.decisions.get(name)
        if found is None:
            found = self.decisions[name] = self._decision(name, None, self.outcome(name))
        return found

    def definition(self, variable: Variable) -> Decision | None:
        """The decision behind a variable of this model, None where there is none."""
        if variable.name in self._wanted:
            if variable.name not in self.members:
                owner, value = self._wanted[variable.name]
                self.members[variable.name] = evolve(self.decide(owner), variable=variable, member=value)
            return self.members[variable.name]
        name = variable.name.rpartition(":")[2]
        return self.decide(name) if name in self.model.outcomes and self.key(name) == variable.name else None

    def pair(self, condition: Expression) -> Pair:
        """Where a condition is true, and where it is false."""
        return self.conditions.pair(condition)

    def taken(self, rule: Rule, number: int) -> int:
        """The formula of a branch being taken: its condition is true, and that of no earlier branch is."""
        key = (rule.name, number)
        if key not in self._taken:
            formulas, true = self.space.formulas, self.pair(rule.branches[number].condition).true
            earlier = [formulas.opposite(each) for each in self.earlier(rule, number, true)]
            self._taken[key] = formulas.all_of((true, *earlier))
        return self._taken[key]

    def earlier(self, rule: Rule, number: int, formula: int) -> list[int]:
        """The formulas of the earlier branches' conditions, without those that can't be true where a formula holds."""
        if not number:
            return []
        if rule.name not in self._meeting:
            true = [self.pair(each.condition).true for each in rule.branches]
            self._meeting[rule.name] = (Meeting.of(self.space.formulas, true), true)
        meeting, true = self._meeting[rule.name]
        return [true[place] for place in places_in(meeting.places(formula) & ((1 << number) - 1))]

    def _decision(self, name: str, member: str | None, variable: Variable) -> Decision:
        outcome = self.model.outcomes[name]
        combiner = Combiner(outcome)
        groups: dict[int | None, list[Giver]] = {}
        for rule in self.deciding(name):
            groups.setdefault(rule.priority, []).append(self._giver(rule, outcome, combiner, variable))
        ranked = variable.cells.known if combiner.ranks or is_ordered(outcome.type) else 0
        given = tuple(map(tuple, groups.values()))
        doubt, silent = self._doubt(name), self._silent(given)
        return Decision(outcome, variable, given, doubt, silent, self.space, combiner, member, ranked)

    def _silent(self, groups: Sequence[Sequence[Giver]]) -> int:
        """Where no branch with a gift is true or may turn out to be."""
        formulas, found = self.space.formulas, []
        for giver in (giver for group in groups for giver in group):
            certain: list[int] = []  # an earlier branch that is surely the one taken
            failed: list[int] = []
            for each in giver.branches:
                pair = self.pair(each.branch.condition)
                if each.gift is not None:
                    # An undecided outcome may make it unknown, though all that the outcome may be makes it false.
                    undone = pair.false if not outcomes_read(each.branch.condition) else formulas.opposite(pair.true)
                    found.append(formulas.any_of((undone, *certain)))
                elif any(later.gift is not None for later in giver.branches):
                    certain.append(formulas.all_of((pair.true, *failed)))
                # One with a gift that is surely taken is no silence: it needs no mention among the certain ones.
                failed.append(pair.false)
        return formulas.all_of(found)

    def _doubt(self, name: str) -> int:
        """Where a condition of the decision, or of one it rests on, is unknown."""
        formulas, found, waiting, seen = self.space.formulas, [], [name], set()
        while waiting:
            here = waiting.pop()
            if here in seen or here not in self.model.outcomes:
                continue  # what is decided for records is in the conditions that read it, which may be anything
            seen.add(here)
            for rule in self.deciding(here):
                for branch in rule.branches:
                    pair = self.pair(branch.condition)
                    found.append(formulas.all_of((formulas.opposite(pair.true), formulas.opposite(pair.false))))
                    found += map(self._unjudged, lists_read(branch))
                    waiting += outcomes_read(branch.condition)
                    for each in branch.assignments:
                        waiting += [read for value in values_of(each) for read in outcomes_read(value)]
                        if here != name and each.outcome == here and self.constant(each) is UNKNOWN:
                            # What it rests on is given a value that may not be known.
                            found.append(formulas.all_of((pair.true, self._reckoned((each,))[0])))
        return formulas.any_of(found)

    def _unjudged(self, name: str) -> int:
        """Where a record of a list may leave something open: an aggregate is known and yet in doubt (S3)."""
        conditions = self.conditions
        return self.space.formulas.all_of((conditions.of(any_record(name)).true, conditions.of(unjudged(name)).true))

    def _giver(self, rule: Rule, outcome: Outcome, combiner: Combiner, variable: Variable) -> Giver:
        branches = []
        for number, branch in enumerate(rule.branches):
            given = tuple(each for each in branch.assignments if each.outcome == outcome.name)
            gift = self._gift(given, outcome, combiner, variable) if given else None
            branches.append(Taken(branch, self.taken(rule, number), gift))
        if all(each.gift is not None for each in branches):
            # Where one is true, the first such one is taken.
            gives = self.space.formulas.any_of(self.pair(each.branch.condition).true for each in branches)
        else:
            gives = self.space.formulas.any_of(each.taken for each in branches if each.gift is not None)
        return Giver.of(rule, tuple(branches), gives, self.space.formulas)

    def _gift(self, given: tuple[Assignment, ...], outcome: Outcome, combiner: Combiner, variable: Variable) -> Gift:
        values = tuple(self.constant(each) for each in given)
        cells = variable.cells
        if any(each is UNKNOWN for each in values):
            unknown, copied = self._reckoned(given)
            if copied is not None and copied.cells.cells and outcome.policy not in ("sum", "collect"):
                few = finite_values(outcome.type) is not None or (copied.values is not None and not outcome.is_capped)
                same = copied.type == outcome.type and few
                return Gift(None, cells.known | cells.of_kind(MISSING), given, unknown, copied if same else None)
            return Gift(None, cells.known | cells.of_kind(MISSING), given, unknown)
        if outcome.policy in ("sum", "collect"):
            return Gift(None if None in values else values, cells.known, given)
        chosen = (
            values[-1:]
            if outcome.policy == "last"
            else values
            if outcome.policy in ("highest", "lowest")
            else values[:1]
        )
        told = dict.fromkeys(None if each is None else combiner.finished(each) for each in chosen)
        if outcome.policy == "any" and len(dict.fromkeys(map(combiner.finished, values))) > 1:
            told = {None: None}  # one rule that gainsays itself
        mask = 0
        for each in told:
            mask |= cells.mask_of(each)
        return Gift(chosen, mask, given)

    def _reckoned(self, given: tuple[Assignment, ...]) -> tuple[int, Variable | None]:
        """Where a value that isn't constant is unknown, and the variable it is copied from, if it is just that."""
        formulas, unknown = self.space.formulas, []
        for each in given:
            for value in values_of(each):
                told = normal(value, self.scope, lambda name: self.outcome(name).name)
                divides = any(isinstance(part, e.Arithmetic) and part.operator == "/" for part in own_parts(told))
                if not is_strict(told) or divides or counts_working_days(told):
                    return ALWAYS, None
                for part in own_parts(told):
                    if isinstance(part, e.FieldRef):
                        variable = self.space.by_name.get(part.name)
                        if variable is None:
                            return ALWAYS, None
                        unknown.append(self.space.within(variable, variable.cells.full & ~variable.cells.known))
        copied = None
        if len(given) == 1 and len(list(values_of(given[0]))) == 1:
            told = normal(given[0].value, self.scope, lambda name: self.outcome(name).name)
            copied = self.space.by_name.get(told.name) if isinstance(told, e.FieldRef) else None
        return formulas.any_of(unknown), copied
