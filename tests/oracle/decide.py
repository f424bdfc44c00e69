"""Deciding: what the rules of each outcome give, how that combines, and the standing of the answer (S1 to S4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from attrs import evolve, field, frozen

from rulelang.model.program import Branch, Model, Rule
from rulelang.vocabulary.declarations import Outcome
from tests.oracle.combine import NOTHING, VIOLATED, Combined, Given, combine, end, extreme
from tests.oracle.doubt import Contribution, contribution, could_change, given_by, reachable, record_field, settled_by
from tests.oracle.evaluate import holds
from tests.oracle.world import ANY, BLANK, NO_VALUE, World, expressions, outcomes_read, read_customer


@frozen
class OracleDecision:
    """The answers (None: no answer), their standings, what is still possible, what would settle it, who won.

    ``records`` are the decisions for the records of each list, by the keys of their outcomes.
    """

    outcomes: Mapping[str, object]
    standings: Mapping[str, str]
    possible: Mapping[str, tuple[object, ...]]
    missing_for: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, str | None]
    records: Mapping[str, tuple[OracleDecision, ...]] = field(factory=dict)


@frozen
class Judging:
    """A customer, or a record in hand, and who won what so far."""

    world: World
    winners: Mapping[str, str | None] = field(factory=dict)

    def decision(self, outcomes: Iterable[Outcome]) -> OracleDecision:
        names = [each.name for each in outcomes]
        told = {name: self.world.answers[name] for name in names}
        return OracleDecision(
            {name: None if answer is BLANK else answer for name, answer in told.items()},
            {name: self.world.standings[name] for name in names},
            {name: self.world.possible[name] for name in names},
            {name: self.world.missing[name] for name in names},
            {name: self.winners[name] for name in names},
        )


def decide(model: Model, row: Mapping[str, object], as_of: date) -> OracleDecision:
    """Decide every outcome for one customer on one day, an outcome after those its rules read (S2)."""
    world = World(model, read_customer(model, row), as_of, {}, {}, {})
    if isinstance(as_of, datetime):
        world = evolve(world, as_of=as_of.date(), now=as_of)
    customer = Judging(world)
    of_lists: dict[str, list[Judging]] = {}
    for outcome in in_order(model):
        if outcome.list is None:
            customer = decided(outcome, customer)
            continue
        listed: Any = customer.world.fields[outcome.list]
        if listed is None:
            nobody = customer.world
            missing = {**nobody.missing, outcome.name: ()}
            customer = evolve(customer, world=evolve(nobody, missing=missing))
            continue
        before = of_lists.get(outcome.list) or [Judging(customer.world) for _ in listed]
        of_lists[outcome.list] = [
            decided(outcome, evolve(each, world=with_record(outcome.list, record, each.world, customer.world)))
            for each, record in zip(before, listed, strict=True)
        ]
        customer = evolve(customer, world=with_decided(outcome, of_lists[outcome.list], customer.world))
    own = customer.decision(model.outcomes.values())
    records = {
        list_: tuple(each.decision(model.outcomes_of(list_)) for each in judged) for list_, judged in of_lists.items()
    }
    return evolve(own, records=records)


def in_order(model: Model) -> list[Outcome]:
    """All outcomes, each after those that its rules read: the same for every customer of a model."""
    if not _ORDERED or _ORDERED[0] is not model:
        _ORDERED[:] = (model, _in_order(model))
    found: list[Outcome] = _ORDERED[1]
    return found


_ORDERED: list[Any] = []  # the latest model, and its order


def _in_order(model: Model) -> list[Outcome]:
    waiting = [*model.outcomes.values(), *model.record_outcomes.values()]
    done: list[Outcome] = []
    while waiting:
        names = {each.name for each in done}
        ready = next(each for each in waiting if reads_of(each, model) <= names)
        waiting.remove(ready)
        done.append(ready)
    return done


def reads_of(outcome: Outcome, model: Model) -> set[str]:
    """The outcomes that the rules of an outcome read where they give it something."""
    found: set[str] = set()
    for rule in model.decision(outcome.name):
        for branch in rule.branches:
            mine = [each for each in branch.assignments if each.outcome == outcome.name]
            only = Branch(branch.condition, tuple(mine))
            found.update(name for each in expressions([Rule("", (only,))]) for name in outcomes_read(each))
    return found


def with_record(list_: str, record: Mapping[str, object], own: World, customer: World) -> World:
    """The customer's world with a record in hand, and what was decided for the record itself."""
    return evolve(
        customer,
        records={list_: record},
        answers={**own.answers, **customer.answers},
        possible={**own.possible, **customer.possible},
        missing={**customer.missing, **own.missing},
        standings={**own.standings, **customer.standings},
    )


def with_decided(outcome: Outcome, judged: list[Judging], world: World) -> World:
    """The customer's world when an outcome has been decided for each record of a list."""
    list_, name = outcome.list, outcome.name
    assert list_ is not None
    listed: Any = world.fields[list_]
    records = [{**record, outcome.part: each.world.answers[name]} for record, each in zip(listed, judged, strict=True)]
    before = world.open_records.get(list_) or tuple({} for _ in judged)
    options = tuple(
        {**open_, outcome.part: each.world.possible[name]} for open_, each in zip(before, judged, strict=True)
    )
    fields = {record_field(list_, part, world) for record in listed for part in record}
    missing = dict.fromkeys(list_ if each in fields else each for one in judged for each in one.world.missing[name])
    return evolve(
        world,
        fields={**world.fields, list_: records},
        open_records={**world.open_records, list_: options},
        missing={**world.missing, name: tuple(missing)},
    )


def decided(outcome: Outcome, judging: Judging) -> Judging:
    """The world with one outcome more."""
    world, model = judging.world, judging.world.model
    rules = [rule for rule in model.decision(outcome.name) if rule.in_force(world.as_of)]
    present = combine(outcome, rules, [fired(rule, outcome, world) for rule in rules])
    contributions = [contribution(rule, outcome, world) for rule in rules]
    reached = reachable(outcome, rules, contributions)
    value, standing, possible = judge(outcome, present, reached)
    missing: tuple[str, ...] = ()
    if standing not in ("decided", "no rule"):
        missing = would_settle(outcome, rules, contributions, world)
    # Where it is known that no rule applies there is nothing unknown: conditions see a blank.
    present_answer = BLANK if standing == "no rule" else value
    return Judging(
        world.deciding(outcome.name, present_answer, standing, possible, missing),
        {**judging.winners, outcome.name: present.winner},
    )


def fired(rule: Rule, outcome: Outcome, world: World) -> Given:
    """S3: what the first branch with a true condition gives, judged by the present answers."""
    for branch in rule.branches:
        if holds(branch.condition, world) is True:
            return given_by(branch, outcome, world)
    return NOTHING


def judge(outcome: Outcome, present: Combined, reached: tuple[object, ...]) -> tuple[object, str, tuple[object, ...]]:
    """S4: the answer, its standing and the possible values, from the present result and all that can be reached."""
    if present.value is VIOLATED:
        return None, "undecided", tuple(dict.fromkeys((*present.rivals, *reached)))
    if present.value is NO_VALUE and reached == (NO_VALUE,):
        return None, "no rule", reached
    # A rule that fires only while an outcome is withheld may give a value that can't be told.
    possible = (ANY, NO_VALUE) if present.value is ANY and reached == (NO_VALUE,) else reached
    answer = None if present.value in (ANY, NO_VALUE) else present.value
    if answer is not None and (answer in reached or outcome.policy != "collect" or len(reached) == 1):
        possible = (answer, *(each for each in reached if each != answer))
    if answer is not None and possible == (answer,):
        return answer, "decided", possible
    values = [each for each in possible if each is not NO_VALUE]
    if outcome.when_missing == "worst" and values:
        which = "lowest" if outcome.policy == "lowest" else "highest"
        worst = extreme(outcome, values, which)
        if worst is ANY:  # a grade that can't be told may be the worst there is; a number has no end
            worst = end(outcome, which)
        return worst, "undecided" if worst is None else "provisional", possible
    if outcome.when_missing == "undecided" or answer is None:
        return None, "undecided", possible
    return answer, "provisional", possible


def would_settle(
    outcome: Outcome, rules: list[Rule], contributions: list[Contribution], world: World
) -> tuple[str, ...]:
    """S4: the missing fields behind the doubts of every rule that could still change the outcome."""
    found: set[str] = set()
    for index, (rule, each) in enumerate(zip(rules, contributions, strict=True)):
        now = fired(rule, outcome, world)
        if now not in each.alternatives or could_change(outcome, rules, contributions, index):
            found.update(*(settled_by(doubt, world) for doubt in each.doubts))
    return (*(name for name in world.model.fields if name in found), *sorted(found - world.model.fields.keys()))
