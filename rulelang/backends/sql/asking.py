"""What the parts of a plan ask of other outcomes: which they read, and whether they only compare them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import attrs
from attrs import evolve

from rulelang.lowering import plan as p
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.planned import Plan, PlannedBranch, PlannedDecision
from rulelang.lowering.reading import answers_of, nodes
from rulelang.model.program import Model

_COMPARED = (p.Compare, p.In, p.InList, p.Matches, p.Missing, p.Blank, p.Stands, p.Has)


def branch_tests(branch: PlannedBranch) -> tuple[p.Test, p.Test]:
    """When a branch's own condition holds, and when it fails."""
    return branch.true, branch.false


def branch_parts(branch: PlannedBranch) -> tuple[p.Operand | p.Test, ...]:
    """Everything that is printed of a branch."""
    return (branch.true, branch.false, *(gift.value for gift in branch.gifts))


def decision_parts(decision: PlannedDecision) -> list[p.Operand | p.Test]:
    """Everything that is printed of a decision."""
    return [part for rule in decision.rules for each in rule.branches for part in branch_parts(each)]


def settled_plan(plan: Plan, model: Model, as_of: date) -> Plan:
    """The plan with the values that rest on thresholds and the as-of date alone as constants."""

    def settled(value: p.Operand) -> p.Operand:
        if isinstance(value, p.Fixed):
            found = fixed_value(value.recipe, model, as_of)
            if found is not None and not isinstance(found, Fraction):
                return p.Constant(found)
        return value

    branches = {
        each.index: evolve(each, gifts=tuple(evolve(gift, value=settled(gift.value)) for gift in each.gifts))
        for each in plan.branches
    }
    rules = {
        each.name: evolve(each, branches=tuple(branches[branch.index] for branch in each.branches))
        for each in plan.rules
    }
    decisions = tuple(
        evolve(each, groups=tuple(tuple(rules[rule.name] for rule in group) for group in each.groups))
        for each in plan.decisions
    )
    return evolve(plan, decisions=decisions, branches=tuple(branches.values()), rules=tuple(rules.values()))


def levels(plan: Plan) -> list[list[PlannedDecision]]:
    """The decisions in steps: each after those whose outcomes it reads."""
    found: list[list[PlannedDecision]] = []
    placed: dict[str, int] = {}
    for decision in plan.decisions:
        level = max((placed[name] + 1 for name in answers_of(*decision_parts(decision))), default=0)
        placed[decision.outcome.name] = level
        found += [[] for _ in range(level + 1 - len(found))]
        found[level].append(decision)
    return found


def unknown_fixed(plan: Plan, model: Model, as_of: date) -> bool:
    """Whether a value that rests on thresholds alone is unknown: a division by zero, a key without an entry."""
    parts = (part for each in plan.branches for part in branch_parts(each))
    fixed = (each for part in parts for each in nodes(part) if isinstance(each, p.Fixed) and each.fallible)
    return any(fixed_value(each.recipe, model, as_of) is None for each in fixed)


def reckoned(part: p.Operand | p.Test) -> Iterator[str]:
    """The outcomes that are more than compared: reckoned with, or given on."""
    if isinstance(part, p.Answer):
        yield part.name
    for each in nodes(part):
        if not isinstance(each, _COMPARED):
            inner = (getattr(each, one.name) for one in attrs.fields(type(each)))
            yield from (one.name for one in inner if isinstance(one, p.Answer))


def asked_of_lists(name: str, plan: Plan) -> bool:
    """Whether a rule asks a list whether it has a value."""
    tests = (test for each in plan.branches for test in branch_tests(each))
    return any(isinstance(each, p.Has) and each.answer.name == name for test in tests for each in nodes(test))


def doubt_matters(decision: PlannedDecision, plan: Plan) -> bool:
    """Whether an answer rests on the doubt of an outcome: a withheld one, how it stands, that it had no rule."""
    name = decision.outcome.name
    if decision.outcome.when_missing:
        return True
    blank = {p.Blank(p.Answer(name, whole)) for whole in (False, True)}
    read = (part for each in plan.branches for part in (each.true, *(gift.value for gift in each.gifts)))
    for part in read:
        for each in _asked(part):
            if each in blank or (isinstance(each, p.Stands) and each.answer.name == name):
                return True
    # It takes part in the doubt of another that matters.
    readers = (each for each in plan.decisions if name in answers_of(*decision_parts(each)))
    return any(each.outcome.name != name and doubt_matters(each, plan) for each in readers)


def _asked(part: p.Operand | p.Test) -> Iterator[p.Operand | p.Test]:
    """The nodes of a part, of a condition on outcomes those of the side that is asked."""
    match part:
        case p.All(items=items) | p.Some(items=items) | p.AtLeast(items=items):
            for each in items:
                yield from _asked(each)
        case p.Judged(atom=atom, false=false):
            yield from _asked(atom.false if false else atom.true)
        case _:
            yield from nodes(part)
