"""What tells the gifts of rules apart: a constant by its value, anything else by how it is reckoned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rulelang.analysis.decisions import UNKNOWN, Decision, Gift
from rulelang.analysis.normal import is_pure, normal
from rulelang.analysis.program import Program
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
