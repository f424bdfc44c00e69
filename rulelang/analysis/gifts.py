"""What tells the gifts of rules apart: a constant by its value, anything else by how it is reckoned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rulelang.analysis.cells import MISSING
from rulelang.analysis.decisions import UNKNOWN, Decision, Gift
from rulelang.analysis.normal import is_pure, normal
from rulelang.analysis.program import Program
from rulelang.analysis.space import Variable
from rulelang.model.program import Assignment
from rulelang.values.numbers import add
from rulelang.vocabulary.declarations import Outcome


def token_of(program: Program, gift: Gift, decision: Decision) -> Any:
    """What tells gifts apart: a constant by its value, anything else by how it is reckoned."""
    if gift.values is not None and None not in gift.values:
        if decision.outcome.policy in ("sum", "collect"):
            return ("constants", gift.values)
        values = gift.values
        if decision.outcome.policy in ("highest", "lowest"):
            best: Any = values[0]
            for each in values[1:]:
                best = decision.combiner.better(best, each)
            values = (best,)
        return ("constant", decision.combiner.finished(values[0]))
    return ("reckoned", *(_reckoned(program, each, decision.outcome) for each in gift.assignments))


def _reckoned(program: Program, assignment: Assignment, outcome: Outcome) -> Any:
    parts = (assignment.value, assignment.at_least, assignment.at_most)
    told = [
        None if each is None else normal(each, program.scope, lambda name: program.outcome(name).name) for each in parts
    ]
    pure = all(each is None or is_pure(each) for each in told)
    frame = (type(outcome.type), getattr(outcome.type, "decimals", None), outcome.at_least, outcome.at_most)
    return (*told, frame, "" if pure or program.shared else program.tag)


def tokens_in(program: Program, gift: Gift, decision: Decision) -> Sequence[Any]:
    """The values a branch adds to a list, each by what tells it apart."""
    if gift.values is not None:
        return [("constant", each) for each in gift.values]
    found = []
    for each in gift.assignments:
        value = program.constant(each)
        found.append(
            ("constant", value) if value is not UNKNOWN else ("reckoned", _reckoned(program, each, decision.outcome))
        )
    return found


def total_of(chosen: Sequence[tuple[int, Any]]) -> tuple[Any, Any]:
    """The sum of the constants given, and what else is added."""
    total: Any = 0
    others: list[Any] = []
    for _, token in chosen:
        if token is None:
            continue
        if token[0] == "constants":
            for each in token[1]:
                total = add(total, each)
        else:
            others.append(token)
    return total, sorted(others, key=repr)


def finished(decision: Decision, total: tuple[Any, Any]) -> tuple[Any, Any]:
    """A total as it leaves its decision, rounded and within the caps; what isn't constant stays as it is."""
    constant, others = total
    return (decision.combiner.finished(constant) if not others else (decision.outcome, constant)), others


def same_groups(decisions: Sequence[Decision]) -> bool:
    """Whether the rules of two decisions stand in the same groups."""
    first, second = ([[each.rule.priority for each in group] for group in decision.groups] for decision in decisions)
    return first == second


Branches = Sequence[tuple[int, Any]]  # the formula of being taken and the token of what is given


def edited(
    decisions: Sequence[Decision], given: Sequence[Sequence[tuple[tuple[int, Any], ...]]]
) -> tuple[Branches, Branches] | None:
    """The branches of the rules that only one version has; None where rules that both have stand in another order.

    The answers differ only where one of these branches gives the answer, or makes rules meet that must not.
    """
    told = [
        [(giver.rule.priority, each) for giver, each in zip(decision.givers, found, strict=True)]
        for decision, found in zip(decisions, given, strict=True)
    ]
    sets = [set(each) for each in told]
    common = [[each for each in one if each in other] for one, other in zip(told, sets[::-1], strict=True)]
    if common[0] != common[1]:
        return None
    own = [
        [branch for rule in one if rule not in other for branch in rule[1]]
        for one, other in zip(told, sets[::-1], strict=True)
    ]
    return own[0], own[1]


def gift_cells(decision: Decision, made: Variable, branches: Branches) -> int:
    """The cells of what some branches give; where rules may not meet, or have to agree, also that they do not."""
    found = made.cells.of_kind(MISSING) if decision.outcome.policy in ("unique", "any") else 0
    for _, token in branches:
        found |= made.cells.mask_of(token)
    return found
