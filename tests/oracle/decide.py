"""Deciding: what the rules of each outcome give, how that combines, and the standing of the answer (S1 to S4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from rulelang.model.program import Model, Rule
from rulelang.vocabulary.declarations import Outcome
from tests.oracle.combine import NOTHING, VIOLATED, Combined, Given, combine, end, extreme
from tests.oracle.doubt import Contribution, contribution, could_change, given_by, reachable, settled_by
from tests.oracle.evaluate import holds
from tests.oracle.world import ANY, BLANK, NO_VALUE, World, read_customer


@frozen
class OracleDecision:
    """The answers (None: no answer), their standings, what is still possible, what would settle it, who won."""

    outcomes: Mapping[str, object]
    standings: Mapping[str, str]
    possible: Mapping[str, tuple[object, ...]]
    missing_for: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, str | None]


def decide(model: Model, row: Mapping[str, object], as_of: date) -> OracleDecision:
    """Decide every outcome for one customer on one day, an outcome after those its rules read (S2)."""
    world = World(model, read_customer(model, row), as_of, {}, {}, {})
    standings: dict[str, str] = {}
    winners: dict[str, str | None] = {}
    for outcome in model.outcomes.values():
        rules = [rule for rule in model.decision(outcome.name) if rule.in_force(as_of)]
        present = combine(outcome, rules, [fired(rule, outcome, world) for rule in rules])
        contributions = [contribution(rule, outcome, world) for rule in rules]
        reached = reachable(outcome, rules, contributions)
        value, standing, possible = judge(outcome, present, reached)
        missing: tuple[str, ...] = ()
        if standing not in ("decided", "no rule"):
            missing = would_settle(outcome, rules, contributions, world)
        # Where it is known that no rule applies there is nothing unknown: conditions see a blank.
        present_answer = BLANK if standing == "no rule" else value
        world = world.deciding(outcome.name, present_answer, standing, possible, missing)
        standings[outcome.name] = standing
        winners[outcome.name] = present.winner
    answers = {name: None if answer is BLANK else answer for name, answer in world.answers.items()}
    return OracleDecision(answers, standings, world.possible, world.missing, winners)


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
    return tuple(name for name in world.model.fields if name in found)
