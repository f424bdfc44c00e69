"""What a rule could still give: every combination of what is not known for certain is tried (S4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product

from attrs import frozen

from rulelang.model import expressions as e
from rulelang.model.program import Assignment, Branch, Rule
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import ListOf
from tests.oracle import lists
from tests.oracle.combine import NOTHING, VIOLATED, Given, capped, combine, rounded
from tests.oracle.evaluate import Truth, all_of, any_of, at_least, holds, opposite, value_of
from tests.oracle.world import ANY, BLANK, World, fields_read, outcomes_read

MOST_TOTALS = 256  # a sum with more possible totals than this can't be told


@frozen
class Contribution:
    """Everything a rule may give to an outcome (NOTHING among it), and the conditions and values left open."""

    alternatives: tuple[Given, ...]
    doubts: tuple[e.Expression, ...]


def distinct(items: Iterable[object]) -> tuple[object, ...]:
    return tuple(dict.fromkeys(items))


# --- conditions and values in doubt -------------------------------------------------------------------------------


def worlds(expression: e.Expression, world: World) -> Iterator[World | None]:
    """Every world that differs in the outcomes and aggregates an expression reads; None where one can't be told."""
    return lists.worlds([expression], world)


def status(condition: e.Expression, world: World) -> Truth:
    """S4: as `holds`, but an atomic condition over outcomes in doubt is unknown unless all their values agree."""
    match condition:
        case e.And(items=items):
            return all_of(status(each, world) for each in items)
        case e.Or(items=items):
            return any_of(status(each, world) for each in items)
        case e.Not(item=item):
            return opposite(status(item, world))
        case e.AtLeastOf(count=count, items=items):
            return at_least(count, [status(each, world) for each in items])
        case e.Named(operand=operand):
            return status(operand, world)
    if isinstance(condition, e.HasStanding):
        return holds(condition, world)  # how things stand is known, whatever is missing
    found = {None if each is None else holds(condition, each) for each in worlds(condition, world)}
    return found.pop() if len(found) == 1 else None


def in_doubt(condition: e.Expression, world: World) -> list[e.Expression]:
    """The atomic conditions that leave a condition open, or that may not stay as they are now."""
    truth = status(condition, world)
    if truth is not None and truth is holds(condition, world):
        return []
    match condition:
        case e.And(items=items) | e.Or(items=items) | e.AtLeastOf(items=items):
            return [atom for each in items for atom in in_doubt(each, world)]
        case e.Not(item=item) | e.Named(operand=item):
            return in_doubt(item, world)
    return [condition]


def assigned(assignment: Assignment, outcome: Outcome, world: World) -> object:
    """S6: the value given, rounded once to the outcome's scale and then capped; a sum is rounded after adding."""
    value = value_of(assignment.value, world)
    caps = [None if each is None else value_of(each, world) for each in (assignment.at_least, assignment.at_most)]
    wanted = [each is not None for each in (assignment.at_least, assignment.at_most)]
    if value in (None, BLANK) or any(want and cap in (None, BLANK) for want, cap in zip(wanted, caps, strict=True)):
        return ANY
    return capped(value if outcome.policy == "sum" else rounded(outcome, value), *caps)


def given_by(branch: Branch, outcome: Outcome, world: World) -> Given:
    """What a branch gives to an outcome by the present answers."""
    return tuple(assigned(each, outcome, world) for each in branch.assignments if each.outcome == outcome.name)


def possibly_given_by(branch: Branch, outcome: Outcome, world: World) -> list[Given]:
    """What a branch may give to an outcome when the outcomes it reads may still change."""
    choices = []
    for each in branch.assignments:
        if each.outcome == outcome.name:
            whole = e.And(tuple(part for part in (each.value, each.at_least, each.at_most) if part is not None))
            choices.append(
                distinct(ANY if one is None else assigned(each, outcome, one) for one in worlds(whole, world))
            )
    return list(product(*choices))


def contribution(rule: Rule, outcome: Outcome, world: World) -> Contribution:
    """S4: walk the branches. False: on to the next; unknown: possible, and on; true: possible, and the walk ends."""
    alternatives: list[Given] = []
    doubts: list[e.Expression] = []
    for branch in rule.branches:
        truth = status(branch.condition, world)
        doubts += in_doubt(branch.condition, world)
        if truth is False:
            continue
        given = possibly_given_by(branch, outcome, world)
        alternatives += given
        if len(given) > 1 or any(ANY in each for each in given):
            for each in branch.assignments:
                if each.outcome == outcome.name:
                    doubts += [part for part in (each.value, each.at_least, each.at_most) if part is not None]
        if truth is True:
            break
    else:
        alternatives.append(NOTHING)
    return Contribution(tuple(dict.fromkeys(alternatives)), tuple(doubts))


# --- combinations -------------------------------------------------------------------------------------------------


def reachable(outcome: Outcome, rules: Sequence[Rule], contributions: Sequence[Contribution]) -> tuple[object, ...]:
    """S4: every result of the outcome over all combinations of what its rules may give."""
    if outcome.policy == "sum" and len({rule.priority for rule in rules}) == 1:
        results = distinct(combine(outcome, rules[:1], [total]).value for total in _totals(contributions))
    else:
        combinations = product(*(each.alternatives for each in contributions))
        results = distinct(combine(outcome, rules, given).value for given in combinations)
    results = tuple(each for each in results if each is not VIOLATED)
    if outcome.policy == "sum" and len(results) > MOST_TOTALS:
        return (ANY,)
    return _shortest_and_longest(results, contributions) if outcome.policy == "collect" else results


def _totals(contributions: Sequence[Contribution]) -> tuple[Given, ...]:
    """What all rules of a sum may give together: combinations that came to the same total go on as one."""
    totals: tuple[Given, ...] = (NOTHING,)
    for each in contributions:
        together = (total + given for total, given in product(totals, each.alternatives))
        totals = distinct((ANY,) if ANY in values else values and (sum(values, Fraction(0)),) for values in together)
    return totals


def _shortest_and_longest(lists: tuple[object, ...], contributions: Sequence[Contribution]) -> tuple[object, ...]:
    """Of all the lists a collect outcome may become: what all of them hold, and what any of them holds."""
    if len(lists) == 1:
        return lists
    known = [each for each in lists if isinstance(each, tuple)]
    everything = distinct(v for each in contributions for given in each.alternatives for v in given)
    longest = tuple(v for v in everything if any(v in each for each in known))
    shortest = tuple(v for v in everything if all(v in each for each in known))
    return distinct([*([ANY] if ANY in lists else []), shortest, longest])


def could_change(outcome: Outcome, rules: Sequence[Rule], contributions: Sequence[Contribution], index: int) -> bool:
    """Whether what one rule may give makes a difference to the result, whatever the others give."""
    others = [each.alternatives for position, each in enumerate(contributions) if position != index]
    for rest in product(*others):
        results = []
        for given in contributions[index].alternatives:
            results.append(combine(outcome, rules, [*rest[:index], given, *rest[index:]]).value)
            if ANY in given and results[-1] is ANY:
                return True
        if len(set(results)) > 1:
            return True
    return False


def record_field(list_: str, name: str, world: World) -> str:
    """What a field of a record is called outside of it."""
    type_ = world.model.fields[list_].type
    assert isinstance(type_, ListOf)
    return f"{type_.element or list_}.{name}"


def settled_by(doubt: e.Expression, world: World) -> set[str]:
    """The missing fields a condition or value rests on, directly or through outcomes that are not settled."""
    found = {name for name in fields_read(doubt) if world.fields[name] is None}
    for part in lists.own_parts(doubt):
        if isinstance(part, e.ElementRef) and world.records[part.list][part.name] is None:
            found.add(record_field(part.list, part.name, world))
    found |= lists.to_be_mended(doubt, world)
    return found.union(*(world.missing[name] for name in outcomes_read(doubt)))
