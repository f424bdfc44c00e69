"""What missing data leaves open in an outcome: the gifts that may still turn out to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rulelang.analysis.decisions import Decision, Gift, Giver
from rulelang.analysis.formula import NEVER
from rulelang.analysis.gifts import token_of
from rulelang.analysis.likeness import outcomes_read_by
from rulelang.analysis.program import Program
from rulelang.model.walking import outcomes_read
from rulelang.values.numbers import add


def read_alike(old: Program, new: Program, name: str) -> bool:
    """Whether the rules that rest on outcomes are the same in both, in an order that makes no difference."""
    orders = [[each for each in program.decide(name).givers if _reads_outcomes(each)] for program in (old, new)]
    places = {giver.rule.branches: place for place, giver in enumerate(orders[1])}
    if len(orders[0]) != len(orders[1]) or any(each.rule.branches not in places for each in orders[0]):
        return False
    if old.model.outcomes[name].policy not in ("first", "last"):
        return True
    moved = [(places[giver.rule.branches], giver.gives) for giver in orders[0]]
    return all(
        one[0] < other[0] or old.space.formulas.all_of((one[1], other[1])) == NEVER
        for place, one in enumerate(moved)
        for other in moved[place + 1 :]
    )


def standings_differ(old: Program, new: Program, name: str) -> int | None:
    """Where what missing data leaves open differs in two versions and shows; None where that can't be told.

    It shows where the outcome is withheld, or where rules that read it tell "none" from "not known".
    """
    withheld = any(program.model.outcomes[name].when_missing for program in (old, new))
    read = any(name in outcomes_read_by(program.model) for program in (old, new))
    if not withheld and not read:
        return NEVER
    if not read_alike(old, new, name):
        return None
    formulas = old.space.formulas
    ours, theirs = left_open(old, new, name)
    return formulas.any_of(
        formulas.differ(ours.get(value, NEVER), theirs.get(value, NEVER)) for value in dict.fromkeys((*ours, *theirs))
    )


def left_open(old: Program, new: Program, name: str) -> tuple[dict[Any, int], dict[Any, int]]:
    """For each gift, where a rule that gives it may still turn out to count, in both programs."""
    ours, theirs = _paired(old.decide(name).givers, new.decide(name).givers)
    return _open_gifts(old, name, ours), _open_gifts(new, name, theirs)


def _paired(old: Sequence[Giver], new: Sequence[Giver]) -> tuple[list[Any], list[Any]]:
    """A key for each rule, the same for those that stand in both as they are, and for the others in their order."""
    common = Counter(each.rule.branches for each in old) & Counter(each.rule.branches for each in new)
    keys: tuple[list[Any], list[Any]] = ([], [])
    for givers, told in zip((old, new), keys, strict=True):
        seen: Counter[Any] = Counter()
        others = 0
        for each in givers:
            branches = each.rule.branches
            seen[branches] += 1
            if seen[branches] <= common[branches]:
                told.append((branches, seen[branches]))
            else:
                told.append(others)
                others += 1
    return keys


def _open_gifts(program: Program, name: str, keys: Sequence[Any]) -> dict[Any, int]:
    formulas = program.space.formulas
    decision = program.decide(name)
    in_turn = decision.outcome.policy == "first"
    found: dict[Any, list[int]] = {}
    before: list[int] = []
    for key, giver in zip(keys, decision.givers, strict=True):
        certain: list[int] = []
        earlier_false: list[int] = []
        earlier_open: list[int] = []
        for each in giver.branches:
            pair = program.pair(each.branch.condition)
            surely = formulas.all_of((pair.true, *earlier_false))
            if each.gift is not None and not adds_nothing(each.gift, decision):
                possible = [formulas.opposite(pair.false), formulas.opposite(surely), *earlier_open]
                token: Any = token_of(program, each.gift, decision)
                if not in_turn:
                    token = (key, token)
                found.setdefault(token, []).append(formulas.all_of((*possible, *(before if in_turn else ()))))
                certain.append(surely)
            earlier_false.append(pair.false)
            earlier_open.append(formulas.opposite(pair.true))
        before.append(formulas.opposite(formulas.any_of(certain)))
    return {token: formulas.any_of(each) for token, each in found.items()}


def _reads_outcomes(giver: Giver) -> bool:
    return any(outcomes_read(each.branch.condition) for each in giver.branches)


def adds_nothing(gift: Gift, decision: Decision) -> bool:
    """Whether a sum is the same with a gift and without any: it is 0, and no gift at all makes 0 as well."""
    if decision.outcome.policy != "sum" or len(decision.groups) > 1 or gift.values is None or None in gift.values:
        return False
    total: Any = 0
    for each in gift.values:
        total = add(total, each)
    return total == 0 and bool(decision.combiner.fallback == decision.combiner.finished(0))
