"""What two models have in common by what they declare and write, without any proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from rulelang.lowering.needs import expressions_of
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.expressions import Expression
from rulelang.model.fingerprint import meaning
from rulelang.model.program import Branch, Model, Rule
from rulelang.model.walking import decided_name, distinct, fields_read, outcomes_read, parts
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList


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
    """The outcomes that both decide by the very same rules, and by the same of everything these rest on: thresholds,
    lists, functions, fields, measures, other outcomes.
    """
    if old.working_days != new.working_days:
        return set()
    seen: dict[str, bool] = {}

    def alike(name: str) -> bool:
        """Whether an outcome, of the customer or of a record, is decided alike; outcomes don't go in circles."""
        if name not in seen:
            seen[name] = all(name in each.outcomes or name in each.record_outcomes for each in (old, new)) and own(name)
        return seen[name]

    def own(name: str) -> bool:
        if meaning(old.outcome(name)) != meaning(new.outcome(name)):
            return False
        ours, theirs = ([_speaking_of(name, each) for each in _in_use(model, name)] for model in (old, new))
        if len(ours) != len(theirs) or not all(map(_mean_the_same, ours, theirs)):
            return False
        read = [each for rule in theirs for branch in rule.branches for each in expressions_of(branch)]
        lists = {rule.each for rule in theirs if rule.each is not None}
        return all(field(each) for each in lists) and all(expression(each) for each in distinct(read))

    def expression(outermost: Expression) -> bool:
        return all(map(part, parts(outermost)))

    def part(each: Expression) -> bool:
        decided = decided_name(each)
        if decided is not None and not alike(decided):
            return False
        match each:
            case e.FieldRef(name=name) | e.Quantified(list=name) | e.Aggregate(list=name) | e.AnyGroup(list=name):
                return field(name)
            case e.ElementRef(list=name):
                return field(name)
            case e.ThresholdRef(name=name):
                return _declared_alike(old.thresholds, new.thresholds, name)
            case e.InList(list=name) | e.Lookup(table=name):
                return _same_entries(old.lists.get(name), new.lists.get(name))
            case e.Call(function=name):
                return _declared_alike(old.functions, new.functions, name)
        return True

    known: dict[str, bool] = {}

    def field(name: str) -> bool:
        """Whether a field, or what it measures of all customers, is the same."""
        if name not in known:
            known[name] = _declared_alike(old.fields, new.fields, name)
            ours, theirs = ([each for each in model.measures if each.name == name] for model in (old, new))
            known[name] &= ours == theirs and all(expression(each.value) for each in theirs)
            known[name] &= all(each.group is None or field(each.group.name) for each in theirs)
        return known[name]

    return {name for name in (*new.outcomes, *new.record_outcomes) if alike(name)}


def _in_use(model: Model, outcome: str) -> list[Rule]:
    return [each for each in model.decision(outcome) if not each.switched_off]


def _speaking_of(outcome: str, rule: Rule) -> Rule:
    """A rule with what it gives to one outcome alone; the conditions of all its branches count."""
    if all(each.outcome == outcome for branch in rule.branches for each in branch.assignments):
        return rule
    branches = (
        evolve(branch, assignments=tuple(each for each in branch.assignments if each.outcome == outcome))
        for branch in rule.branches
    )
    return evolve(rule, branches=tuple(branches))


def _mean_the_same(one: Rule, other: Rule) -> bool:
    return one is other or (one.each == other.each and (one == other or meaning(one) == meaning(other)))


def _same_entries(one: ReferenceList | None, other: ReferenceList | None) -> bool:
    return one is other or (
        one is not None
        and other is not None
        and (one.values, one.columns, one.rows) == (other.values, other.columns, other.rows)
    )


def _declared_alike(ours: Mapping[str, Any], theirs: Mapping[str, Any], name: str) -> bool:
    """Whether both declare something, and as the same."""
    if name not in ours or name not in theirs:
        return False
    one, other = ours[name], theirs[name]
    return one is other or meaning(one) == meaning(other)


def only(model: Model, outcomes: Sequence[str]) -> Model:
    """The model with some of its outcomes, that rest on no others, and without fields that no rule then reads."""
    wanted = set(outcomes)
    rules = []
    for rule in model.rules:
        if rule.each is None:
            rule = evolve(
                rule,
                branches=tuple(
                    evolve(branch, assignments=tuple(each for each in branch.assignments if each.outcome in wanted))
                    for branch in rule.branches
                ),
            )
        if any(branch.assignments for branch in rule.branches):
            rules.append(rule)
    read = {
        name
        for rule in rules
        for branch in rule.branches
        for expression in expressions_of(branch)
        for name in fields_read(expression)
    }
    read |= {name for measure in model.measures for name in fields_read(measure.value)}
    read |= {measure.group.name for measure in model.measures if measure.group is not None}
    read |= {rule.each for rule in rules if rule.each is not None}
    return evolve(
        model,
        rules=tuple(rules),
        fields={name: each for name, each in model.fields.items() if name in read},
        outcomes={name: each for name, each in model.outcomes.items() if name in wanted},
    )


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
