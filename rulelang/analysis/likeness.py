"""What two models have in common by what they declare and write, without any proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rulelang.lowering.needs import expressions_of
from rulelang.model.contributions import BLANK
from rulelang.model.program import Branch, Model
from rulelang.model.walking import fields_read, outcomes_read
from rulelang.vocabulary.declarations import Field, Outcome


def declared_otherwise(first: Field, second: Field) -> bool:
    """Whether two fields of one name can hold different values."""
    parts = ("type", "may_be_blank", "at_least", "at_most", "missing_values")
    return any(getattr(first, each) != getattr(second, each) for each in parts)


def comparable(first: Outcome, second: Outcome) -> bool:
    """Whether answers can be compared: a choice may have gained a member."""
    return type(first.type) is type(second.type) and (first.policy == "collect") == (second.policy == "collect")


def outcomes_read_by(model: Model) -> set[str]:
    """The outcomes that some rule reads."""
    return {name for rule in model.rules for branch in rule.branches for name in _rests_on(branch)}


def fields_behind(outcome: str, model: Model) -> frozenset[str]:
    """The fields that an outcome rests on, itself or through others; all of them where records are decided about, or
    places among all customers count.
    """
    if model.record_outcomes or model.measures:
        return frozenset(model.fields)
    found: set[str] = set()
    waiting = [outcome]
    for name in waiting:
        branches = (branch for rule in model.decision(name) for branch in rule.branches)
        for expression in (each for branch in branches for each in expressions_of(branch)):
            found.update(fields_read(expression))
            waiting.extend(each for each in outcomes_read(expression) if each not in waiting)
    return frozenset(found)


def decided_alike(old: Model, new: Model) -> set[str]:
    """The outcomes that both decide by the very same rules, those they rest on included."""
    found: set[str] = set()
    if old.thresholds != new.thresholds:
        return found
    for name, outcome in new.outcomes.items():
        if old.outcomes.get(name) == outcome and old.decision(name) == new.decision(name):
            rests = {each for rule in new.decision(name) for branch in rule.branches for each in _rests_on(branch)}
            if rests - {name} <= found:
                found.add(name)
    return found


def _rests_on(branch: Branch) -> Iterator[str]:
    for expression in expressions_of(branch):
        yield from outcomes_read(expression)


def same_frame(first: Outcome, second: Outcome) -> bool:
    """Whether two outcomes make the same of what their rules give."""
    parts = ("type", "policy", "last_resort", "at_least", "at_most")
    return all(getattr(first, each) == getattr(second, each) for each in parts)


def surroundings_alike(old: Model, new: Model) -> bool:
    """Whether conditions on lists, tables and functions mean the same in both."""
    parts = ("lists", "functions", "fields", "record_outcomes", "working_days")
    if any(getattr(old, each) != getattr(new, each) for each in parts):
        return False
    ours, theirs = ([rule for rule in model.rules if rule.each is not None] for model in (old, new))
    return ours == theirs and (not ours or old.thresholds == new.thresholds)


def same_answer(first: Any, second: Any) -> bool:
    """Whether two answers are one: lists as sets, no rule and withheld apart."""
    if isinstance(first, tuple) and isinstance(second, tuple):
        return frozenset(first) == frozenset(second)
    return (
        type(first) is type(second) and bool(first == second)
        if first is BLANK or second is BLANK
        else bool(first == second)
    )


def records_alike(old: Model, new: Model) -> bool:
    """Whether both decide the same for each record of a list: by the same rules, that read no customer's outcome."""
    if not surroundings_alike(old, new):
        return False
    rules = [rule for rule in new.rules if rule.each is not None]
    read = {name for rule in rules for branch in rule.branches for name in _rests_on(branch)}
    return read.isdisjoint((*old.outcomes, *new.outcomes))
