"""A plan with some of its operands and tests put in other terms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import attrs
from attrs import evolve

from rulelang.lowering.plan import Aggregated, Constant, Fixed, Test
from rulelang.lowering.planned import Gift, Plan, PlannedBranch, PlannedDecision, PlannedRule

Change = Callable[[Any], Any]
"""What stands for an operand or a test; None where it stays, and what is in it is looked at."""

_CLOSED = (Fixed, Aggregated, Constant)


def rewritten(part: Any, change: Change) -> Any:
    """An operand or a test with everything in it changed."""
    if isinstance(part, tuple):
        return tuple(rewritten(each, change) for each in part)
    if not attrs.has(part.__class__):
        return part
    found = change(part)
    if found is not None:
        return found
    if isinstance(part, _CLOSED):
        return part
    inner = {each.name: getattr(part, each.name) for each in attrs.fields(part.__class__)}
    new = {name: rewritten(value, change) for name, value in inner.items()}
    return evolve(part, **new) if any(new[name] is not value for name, value in inner.items()) else part


def rewritten_plan(plan: Plan, change: Change) -> Plan:
    """The plan with everything that its rules ask and give changed."""
    branches: dict[int, PlannedBranch] = {}
    for each in plan.branches:
        gifts = tuple(Gift(gift.outcome, rewritten(gift.value, change)) for gift in each.gifts)
        fails = cache(partial(_fails, each, change))
        branches[each.index] = PlannedBranch(each.index, rewritten(each.true, change), fails, gifts, each.span)
    rules = {each.name: _rule(each, branches, change) for each in plan.rules}
    decisions = tuple(_decision(each, rules) for each in plan.decisions)
    return evolve(plan, decisions=decisions, branches=tuple(branches.values()), rules=tuple(rules.values()))


def _fails(branch: PlannedBranch, change: Change) -> Test:
    found: Test = rewritten(branch.false, change)
    return found


def _rule(rule: PlannedRule, branches: dict[int, PlannedBranch], change: Change) -> PlannedRule:
    return evolve(
        rule,
        branches=tuple(branches[each.index] for each in rule.branches),
        divisors=rewritten(rule.divisors, change),
        lookups=rewritten(rule.lookups, change),
        calls=rewritten(rule.calls, change),
    )


def _decision(decision: PlannedDecision, rules: dict[str, PlannedRule]) -> PlannedDecision:
    return evolve(decision, groups=tuple(tuple(rules[each.name] for each in group) for group in decision.groups))
