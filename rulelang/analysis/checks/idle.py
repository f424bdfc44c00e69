"""Conditions that never matter, and rules that repeat another."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from rulelang.analysis.account import CONDITION, Proof
from rulelang.analysis.decisions import UNKNOWN
from rulelang.analysis.formula import ALWAYS, NEVER, NO, Box
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget
from rulelang.analysis.solve import Budget
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.program import Branch, Rule
from rulelang.model.walking import bare

MOST_COMPARED = 400
MOST_BEFORE = 2_000


def idle(inquiry: Inquiry) -> Iterator[Finding | Proof]:
    """``condition-never-matters``: without it the rule applies to the same customers, and is unknown for the same."""
    for rule, number, branch in inquiry.branches():
        try:
            yield from _of(inquiry, rule, number, branch)
        except OutOfBudget:
            yield inquiry.left_open("idle", branch.span or rule.span, rule=rule.name)


def _of(inquiry: Inquiry, rule: Rule, number: int, branch: Branch) -> Iterator[Finding | Proof]:
    formulas, everybody = inquiry.space.formulas, inquiry.everybody
    pair = inquiry.program.pair(branch.condition)
    if not inquiry.shows([pair.true]) and inquiry.never([pair.true], everybody):
        return
    for changed, left_out in without_one(branch.condition):
        without = inquiry.program.pair(changed)
        differs = formulas.any_of(
            (formulas.differ(pair.true, without.true), formulas.differ(pair.false, without.false))
        )
        if differs != NEVER:
            # Only what reaches the branch counts: customers whom no earlier branch has taken.
            region = _region(inquiry, branch.condition, changed)
            earlier = map(formulas.opposite, inquiry.program.earlier(rule, number, region))
            differs = formulas.all_of((region, differs, *earlier))
        if differs != NEVER and inquiry.shows([differs]):
            yield Proof(CONDITION, rule=rule.name)
        elif differs == NEVER or inquiry.never([differs], everybody):
            yield Finding("condition-never-matters", left_out.span or branch.span or rule.span, rule=rule.name)
            yield Proof(CONDITION, shown=False)
            return
        else:
            yield Proof(CONDITION, rule=rule.name, shown=False)


def _region(inquiry: Inquiry, condition: Expression, changed: Expression) -> int:
    """Where alone two conditions can differ: what is joined in both must not fail."""
    whole, rest = bare(condition), bare(changed)
    if not isinstance(whole, e.And):
        return ALWAYS
    kept = {id(each) for each in (rest.items if isinstance(rest, e.And) else (changed,))}
    common = (inquiry.program.pair(each).false for each in whole.items if id(each) in kept)
    return inquiry.space.formulas.all_of(map(inquiry.space.formulas.opposite, common))


def without_one(condition: Expression) -> Iterator[tuple[Expression, Expression]]:
    """The condition with one of those joined in it left out, and the one left out."""
    condition = bare(condition)
    match condition:
        case e.And(items=items) | e.Or(items=items):
            for index, item in enumerate(items):
                rest = items[:index] + items[index + 1 :]
                if rest:
                    yield rest[0] if len(rest) == 1 else evolve(condition, items=rest), item
                for changed, left_out in without_one(item):
                    yield evolve(condition, items=(*items[:index], changed, *items[index + 1 :])), left_out
        case e.Not(item=item):
            for changed, left_out in without_one(item):
                yield evolve(condition, item=changed), left_out


@frozen
class _Seen:
    """A rule, where it applies, and some of the customers to whom it does."""

    rule: Rule
    taken: int
    box: Box


def repeats(inquiry: Inquiry) -> Iterator[Finding]:
    """``repeated-rule``: the same conditions, in effect, and the same results as a rule before it."""
    formulas, everybody = inquiry.space.formulas, inquiry.everybody
    seen: dict[object, list[_Seen]] = {}
    compared = 0
    for rule in inquiry.program.rules:
        if len(rule.branches) != 1:
            continue
        taken = inquiry.program.taken(rule, 0)
        before = seen.setdefault(_effect(inquiry, rule.branches[0]), [])
        try:
            box = inquiry.solver.solve([taken], everybody, Budget(inquiry.steps))
            if box is None:
                continue  # it applies to nobody, which is said elsewhere
            for each in before[-MOST_BEFORE:]:
                if NO in (formulas.status(taken, each.box), formulas.status(each.taken, box)):
                    continue
                differs = formulas.differ(taken, each.taken)
                compared += 1
                if compared > MOST_COMPARED and differs != NEVER:
                    continue
                if differs == NEVER or inquiry.never([differs], everybody):
                    yield Finding("repeated-rule", rule.span, rule=rule.name, others=(each.rule,))
                    break
        except OutOfBudget:
            yield inquiry.left_open("repeat", rule.span, rule=rule.name)
            continue
        before.append(_Seen(rule, taken, box))


def _effect(inquiry: Inquiry, branch: Branch) -> object:
    """What a branch gives; what isn't constant by how it is written."""
    found = []
    for each in branch.assignments:
        value = inquiry.program.constant(each)
        found.append((each.outcome, (each.value, each.at_least, each.at_most) if value is UNKNOWN else value))
    return tuple(sorted(found, key=lambda pair: pair[0]))
