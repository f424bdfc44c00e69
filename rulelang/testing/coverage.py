"""Which rules and which conditions the sample customers reach.

**Rules.** Counted are the branches (``if … then``, each ``otherwise``) of all rules that are not switched off. A branch
is reached when some sample takes it: its condition is true and no earlier branch of its rule was taken. Whether the
rule then wins does not matter. A rule about each record of a list is reached by records. A rule that is in force on no
sample's day is not reached.

**Conditions.** Counted twice are the single conditions of these branches (a comparison, a membership, ``is missing``, a
yes/no field: what is left after ``and``, ``or``, ``not``, bullets and names for conditions): once to be seen true, once
to be seen false, by samples for which the branch comes up (no earlier one of its rule was taken). Unknown is neither.
``always`` is not counted.

A percentage is the reached part of what is counted, rounded down, so that 100 means all; of nothing to count, 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.explain.rule_names import rule_name
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.program import Branch, Model, Rule
from rulelang.model.scope import Scope
from rulelang.vocabulary.reading import outside_limits

if TYPE_CHECKING:
    from rulelang.engine.deciding.decision import Decision


@frozen
class Seen:
    """A customer as it was decided: the values read, the outcomes (None for no value), the day, and how they stand.

    ``elements`` are the records of the lists that rules decide for: each with its fields and what rules read of its
    outcomes, and how these stand by their keys.
    """

    fields: Mapping[str, Any]
    outcomes: Mapping[str, Any]
    as_of: date
    standings: Mapping[str, str] = {}
    elements: Mapping[str, Sequence[tuple[Mapping[str, Any], Mapping[str, str]]]] = {}

    @classmethod
    def of(cls, given: Mapping[str, Any], decision: Decision) -> Seen:
        """A customer with these values and its decision."""
        elements = {name: [each.seen for each in decision.each(name)] for name in decision.lists}
        return cls(given, decision.outcomes, decision.as_of, decision.standings, elements)

    def known(self) -> dict[str, Any]:
        """The outcomes as conditions read them: one that had no rule is known to be none."""
        return {name: BLANK if self.standings.get(name) == "no rule" else each for name, each in self.outcomes.items()}


@frozen
class ConditionCoverage:
    """One single condition: where it stands, and whether it was seen true and seen false."""

    condition: e.Expression
    place: Span | None
    seen_true: bool
    seen_false: bool


@frozen
class BranchCoverage:
    """One branch of a rule, counted from 1: where it stands, how many samples took it, its single conditions.

    ``in_chinese`` is what readers of Chinese call the rule.
    """

    rule: str
    number: int
    place: Span | None
    taken: int
    conditions: tuple[ConditionCoverage, ...]
    in_chinese: str = ""


@frozen
class Coverage:
    """What the samples reach; the module says what is counted."""

    branches: tuple[BranchCoverage, ...]

    @property
    def rules_percent(self) -> int:
        """The share of branches that some sample takes, in whole percent."""
        return _percent([each.taken > 0 for each in self.branches])

    @property
    def conditions_percent(self) -> int:
        """The share of single conditions seen true, and seen false, in whole percent."""
        return _percent([seen for each in self.conditions for seen in (each.seen_true, each.seen_false)])

    @property
    def conditions(self) -> tuple[ConditionCoverage, ...]:
        return tuple(condition for each in self.branches for condition in each.conditions)

    def gaps(self) -> tuple[Diagnostic, ...]:
        """What no sample reaches, as notes with their places, in the order of the rules.

        ``branch-not-covered``; ``condition-never-true`` and ``condition-never-false`` for branches that are reached
        (a branch that nobody takes says it all).
        """
        return tuple(_gaps(self.branches))


def cover(model: Model, seen: Iterable[Seen]) -> Coverage:
    """Says what a set of customers reaches in the rules of a model."""
    tallies = [[_Tally(rule, number, each) for number, each in enumerate(rule.branches, 1)] for rule in _counted(model)]
    for customer in seen:
        scope = Scope(
            model,
            customer.as_of,
            _within_limits(model, customer.fields),
            customer.known(),
            standings=customer.standings,
        )
        lists = {name: [record for record, _ in found] for name, found in customer.elements.items()}
        scope = evolve(scope, fields={**scope.fields, **lists})
        for branches in tallies:
            if branches and branches[0].rule.in_force(customer.as_of):
                for each in _scopes(branches[0].rule, scope, customer):
                    _walk(branches, each)
    found = (each for branches in tallies for each in branches)
    return Coverage(tuple(evolve(each.result(), in_chinese=rule_name(model, each.rule.name, "zh")) for each in found))


def _scopes(rule: Rule, scope: Scope, customer: Seen) -> Iterator[Scope]:
    """What a rule can see: the customer, or one record after the other."""
    if rule.each is None:
        yield scope
        return
    outcomes = scope.model.outcomes_of(rule.each)
    for record, standings in customer.elements.get(rule.each, ()):
        own = {outcome.name: record[outcome.part] for outcome in outcomes}
        yield evolve(
            scope,
            records={rule.each: record},
            outcomes={**scope.outcomes, **own},
            standings={**scope.standings, **standings},
        )


def atoms(condition: e.Expression) -> tuple[e.Expression, ...]:
    """The single conditions of a condition, as written from left to right."""
    match condition:
        case e.And(items=items) | e.Or(items=items) | e.AtLeastOf(items=items):
            return tuple(atom for each in items for atom in atoms(each))
        case e.Not(item=item):
            return atoms(item)
        case e.Named(operand=operand):
            return atoms(operand)
        case e.Literal():
            return ()
    return (condition,)


class _Tally:
    """What was seen of one branch so far; lives only while coverage is counted."""

    def __init__(self, rule: Rule, number: int, branch: Branch) -> None:
        self.rule = rule
        self.number = number
        self.branch = branch
        self.taken = 0
        self.atoms = atoms(branch.condition)
        self.truths: tuple[set[bool | None], ...] = tuple(set() for _ in self.atoms)

    def result(self) -> BranchCoverage:
        place = self.branch.span or self.rule.span
        conditions = (
            ConditionCoverage(atom, atom.span or place, True in truths, False in truths)
            for atom, truths in zip(self.atoms, self.truths, strict=True)
        )
        return BranchCoverage(self.rule.name, self.number, place, self.taken, tuple(conditions))


def _counted(model: Model) -> Iterator[Rule]:
    return (each for each in model.rules if not each.switched_off)


def _walk(branches: Iterable[_Tally], scope: Scope) -> None:
    for each in branches:
        for atom, truths in zip(each.atoms, each.truths, strict=True):
            truths.add(truth_of(atom, scope))
        if truth_of(each.branch.condition, scope):
            each.taken += 1
            return


def _within_limits(model: Model, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The customer's values; one outside its field's limits counts as missing (S8)."""
    return {
        name: None if outside_limits(model.fields[name], value) else value
        for name, value in fields.items()
        if name in model.fields
    }


def _percent(reached: Sequence[bool]) -> int:
    return 100 * sum(reached) // len(reached) if reached else 100


def _gaps(branches: Iterable[BranchCoverage]) -> Iterator[Diagnostic]:
    for each in branches:
        if not each.taken:
            more = {"number": each.number if each.number > 1 else None}
            yield Diagnostic("branch-not-covered", each.place, {**_named(each), **more})
            continue
        for condition in each.conditions:
            if not condition.seen_true:
                yield Diagnostic("condition-never-true", condition.place, _named(each))
            if not condition.seen_false:
                yield Diagnostic("condition-never-false", condition.place, _named(each))


def _named(branch: BranchCoverage) -> dict[str, Any]:
    """The rule, for readers of both languages."""
    return {"rule": branch.rule, "rule_zh": branch.in_chinese or branch.rule}


__all__ = ["BranchCoverage", "ConditionCoverage", "Coverage", "Seen", "atoms", "cover"]
