"""The branches that may make an answer, in the order in which they win."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rulelang.lowering.plan import Constant
from rulelang.lowering.planned import Gift, PlannedBranch, PlannedRule
from rulelang.model.policies import Combiner


class Candidate(NamedTuple):
    """A branch that may win, and what it gives to each of the decisions made at once.

    ``number`` counts the branches of its rule from 1.
    """

    rule: PlannedRule
    number: int
    branch: PlannedBranch
    gifts: tuple[Gift, ...]


Places = Sequence[Candidate | None]


def giving(rule: PlannedRule, outcome: str) -> Iterator[tuple[int, PlannedBranch, list[Gift]]]:
    """The branches that give something to an outcome, counted from 1."""
    for number, branch in enumerate(rule.branches, start=1):
        gifts = [gift for gift in branch.gifts if gift.outcome == outcome]
        if gifts:
            yield number, branch, gifts


def origin(rule: PlannedRule, branch: PlannedBranch) -> str:
    """Where a branch stands, for a reader of the generated code."""
    return f"{rule.name}, {branch.span.file}:{branch.span.line}" if branch.span else rule.name


def are_constant(candidates: Sequence[Candidate]) -> bool:
    """Whether nothing they give has to be reckoned."""
    return all(isinstance(gift.value, Constant) for each in candidates for gift in each.gifts)


def by_number(candidates: Sequence[Candidate]) -> Places:
    """Candidates of one rule by their number; none at 0, nor where a branch gives nothing."""
    found = {each.number: each for each in candidates}
    return [found.get(number) for number in range(len(candidates[0].rule.branches) + 1)]


def values_by_place(places: Places, at: int, combiner: Combiner) -> tuple[Any, ...]:
    """What the candidates of some places give to one of the decisions, and last what none of them gives."""
    values = []
    for each in places:
        gift = None if each is None else each.gifts[at].value
        values.append(combiner.finished(gift.value) if isinstance(gift, Constant) else combiner.fallback)
    return (*values, combiner.fallback)


def winners_by_place(places: Places) -> tuple[int | None, ...]:
    """The branches of some places, and last None."""
    return (*(None if each is None else each.branch.index for each in places), None)
