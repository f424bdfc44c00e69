"""The nearest change that brings a customer another answer.

    nearest = nearest_change(ruleset, decision, "tier", "gold", Allowed(kept=("birthday",)))
    nearest.changes      # spend: 50 → 100
    nearest.cost         # 1, or what the fields' declarations say

Tried are, for each field, the values at which some condition turns; alone and together, the cheapest first. What is
found has been decided with the rules; what is not found may still exist where a value lies between those tried, or
where lists of records would have to change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from heapq import heappop, heappush
from typing import Any

from attrs import field, frozen

from rulelang.engine.decision import Decision
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.rows import RowDecider
from rulelang.explain.boundaries import (
    can_step,
    constants,
    may_be,
    moved,
    nearest_turns,
    single,
    step_of,
    with_value,
)
from rulelang.explain.evaluate import Evaluation, Trace
from rulelang.meaning.changeable import is_given
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.program import MEASURE
from rulelang.model.walking import fields_read, outcomes_read
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Changeable, Field
from rulelang.vocabulary.types import Choice, Date, ListOf, Text, YesNo

MOST_DECIDED = 60_000

_MOST_VALUES = 30
KNOWN = "…"  # any text will do

# What changes cost: the cost itself; between changes that cost the same, how many fields, then how far.
Cost = tuple[Fraction, int, float]


@frozen
class Allowed:
    """Which fields may change: ``only`` these where any are named, never those ``kept``.

    Without ``only`` it is the fields declared changeable; where none is, all but personal ones and those that nobody
    can change (age, gender, birth date). ``costs`` says how dear a change of a field is, whatever is declared.
    """

    only: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    costs: Mapping[str, Decimal] = field(factory=dict)

    def may_change(self, declared: Field, any_declared: bool = False) -> bool:
        """Whether a field may be changed; ``any_declared``: some field of the ruleset is declared changeable."""
        if isinstance(declared.type, ListOf) or declared.name.startswith(MEASURE) or declared.name in self.kept:
            return False
        if self.only:
            return declared.name in self.only
        if any_declared:
            return declared.changeable is not None
        return not declared.privacy and not is_given(declared)

    def cost(self, declared: Field, before: Any, after: Any) -> Fraction:
        """What the change of a field costs: 1 where nothing is said; what is missing is filled in for one step."""
        if declared.name in self.costs:
            return Fraction(self.costs[declared.name])
        changeable = declared.changeable or Changeable()
        if changeable.per is None or before is None:
            return Fraction(changeable.cost)
        per = changeable.per.amount if isinstance(changeable.per, Duration) else changeable.per
        distance = abs((after - before).days) if isinstance(after, date) else abs(Fraction(after) - Fraction(before))
        assert isinstance(per, int | Decimal), "a cost is per an amount"
        return Fraction(changeable.cost) * distance / Fraction(per)


@frozen
class FieldChange:
    """A field with another value; None is missing."""

    field: Field
    before: Any
    after: Any


@frozen
class Nearest:
    """The cheapest change found, None where there is none; ``whole``: everything that was to be tried has been.

    ``declared``: the costs are those that fields declare, or the caller; ``only``: the fields declared changeable
    and not kept, where these alone were changed; ``untried`` those left alone because they are personal or nobody can
    change them.
    """

    changes: tuple[FieldChange, ...] | None
    cost: Fraction
    whole: bool
    tried: int
    declared: bool = False
    only: tuple[Field, ...] = ()
    untried: tuple[Field, ...] = ()


def nearest_change(
    ruleset: Ruleset, decision: Decision, outcome: str, wanted: Any, allowed: Allowed | None = None
) -> Nearest:
    """The cheapest change of a customer that makes an answer of an outcome: fewest fields, or least cost where costs
    are declared or given; then the fewest fields and the smallest distance.
    """
    allowed = allowed or Allowed()
    values = dict(decision.inputs)
    options, untried, whole = _options(ruleset, decision, outcome, allowed)
    decider = RowDecider(ruleset, decision.as_of)
    place = decider.outcomes.index(outcome)
    fields = ruleset.model.fields
    declared_so = [each for each in fields.values() if each.changeable is not None]
    only = () if allowed.only else tuple(each for each in declared_so if each.name not in allowed.kept)
    declared = bool(allowed.costs or (declared_so and not allowed.only))
    tried = 0
    for chosen, cost in _cheapest_first(options):
        if tried >= MOST_DECIDED:
            return Nearest(None, Fraction(0), False, tried, declared, only, untried)
        tried += 1
        other = {**values, **chosen}
        if decider.decide([other.get(name) for name in decider.fields]).answers[place] == wanted:
            changes = tuple(
                FieldChange(fields[name], _plain(values.get(name)), value) for name, value in chosen.items()
            )
            return Nearest(changes, cost[0], whole, tried, declared, only)
    return Nearest(None, Fraction(0), whole, tried, declared, only, untried)


def _cheapest_first(options: Mapping[str, Sequence[tuple[Any, Cost]]]) -> Iterator[tuple[dict[str, Any], Cost]]:
    """Every combination of changes with what it costs, the cheapest first; a field's options are in that order."""
    names = sorted(options, key=lambda name: options[name][0][1])
    # A combination is a place among the options of some fields. What follows from it changes its last field more,
    # adds the next field, or takes that instead: so each comes up once, after those that are cheaper.
    waiting: list[tuple[Cost, tuple[tuple[int, int], ...]]] = []

    def add(*combination: tuple[int, int]) -> None:
        number, place = combination[-1]
        if number < len(names) and place < len(options[names[number]]):
            costs = [options[names[number]][place][1] for number, place in combination]
            first, count, distance = (sum(each[part] for each in costs) for part in range(3))
            heappush(waiting, ((Fraction(first), int(count), float(distance)), combination))

    add((0, 0))
    while waiting:
        cost, combination = heappop(waiting)
        yield {names[number]: options[names[number]][place][0] for number, place in combination}, cost
        *others, (number, place) = combination
        add(*others, (number, place + 1))
        add(*combination, (number + 1, 0))
        if place == 0:
            add(*others, (number + 1, 0))


def _plain(value: Any) -> Any:
    return None if value is BLANK else value


def _options(
    ruleset: Ruleset, decision: Decision, outcome: str, allowed: Allowed
) -> tuple[dict[str, list[tuple[Any, Cost]]], tuple[Field, ...], bool]:
    """For each field that may change the values worth trying, each with its cost; the fields that are left alone though
    nobody said so; and whether these are all values.
    """
    evaluation = decision.evaluation()
    traces = list(conditions(outcome, evaluation, {}))
    found: dict[str, dict[Any, None]] = {}
    scope = evaluation.scope
    any_declared = any(each.changeable is not None for each in ruleset.model.fields.values())
    untried: dict[str, Field] = {}
    for trace in traces:
        for name in fields_read(trace.condition):
            declared = ruleset.model.fields[name]
            if not (any_declared or allowed.only or name in allowed.kept) and not allowed.may_change(declared):
                untried[name] = declared
            if allowed.may_change(declared, any_declared):
                found.setdefault(name, {}).update(
                    dict.fromkeys(values_worth_trying(ruleset, declared, trace, evaluation))
                )
    options: dict[str, list[tuple[Any, Cost]]] = {}
    whole = True
    for name, values in found.items():
        declared, now = ruleset.model.fields[name], _plain(scope.fields.get(name))
        told = [(each, (allowed.cost(declared, now, each), 1, _distance(now, each))) for each in values if each != now]
        told.sort(key=lambda each: each[1])
        whole &= len(told) <= _MOST_VALUES
        if told:
            options[name] = told[:_MOST_VALUES]
    return options, tuple(untried.values()), whole


def conditions(outcome: str, evaluation: Evaluation, seen: dict[str, None]) -> Iterator[Trace]:
    """The single conditions of an outcome's rules, and of the outcomes that they read."""
    if outcome in seen or outcome not in evaluation.decisions:
        return
    seen[outcome] = None
    for group in evaluation.decisions[outcome]:
        for rule in group:
            for branch in rule.branches:
                for trace in single(branch.trace):
                    yield trace
                    for name in outcomes_read(trace.condition):
                        yield from conditions(name, evaluation, seen)


def values_worth_trying(ruleset: Ruleset, declared: Field, trace: Trace, evaluation: Evaluation) -> Iterator[Any]:
    """The values of a field at which a condition may turn."""
    scope, condition = evaluation.scope, trace.condition
    value = _plain(scope.fields.get(declared.name))
    match declared.type:
        case YesNo():
            yield from (True, False)
        case Choice() as choice:
            yield from choice.keys()
        case Text():
            compared = ruleset.spellings.get(declared.name)
            yield from sorted(compared.exact)[:_MOST_VALUES] if compared is not None else ()
            if value is None:
                yield KNOWN
    if not can_step(declared):
        return
    if value is not None and trace.now is not None:
        now = trace.now

        def turned(other: Any) -> bool:
            return truth_of(condition, with_value(scope, declared.name, other)) is (not now)

        yield from nearest_turns(declared, value, condition, scope, turned)
    size = step_of(declared, 0 if value is None else value, condition, scope)
    for each in constants(condition, declared, scope):
        near = (moved(declared, each, count, size) for count in (0, -1, 1))
        yield from (other for other in near if other is not None and may_be(declared, other, scope.as_of))


def _distance(before: Any, after: Any) -> float:
    """How far a change is: of dates in years, of numbers relative to their size, of anything else 1. Where nothing was
    known a small number comes before a large one.
    """
    if isinstance(after, str | bool) or (before is None and isinstance(after, date)):
        return 1.0
    if before is None:
        return float(2 - 1 / (1 + abs(Fraction(after))))
    if isinstance(after, date):
        return float(abs((after - before).days) / 365)
    one, other = Fraction(before), Fraction(after)
    distance: Fraction = abs(other - one) / max(abs(one), abs(other), Fraction(1))
    return float(distance)


def value_of_outcome(ruleset: Ruleset, outcome: str, text: str) -> Any:
    """An answer as it is written, in either language; None where the outcome can't have it."""
    from rulelang.values.errors import Unreadable
    from rulelang.vocabulary.reading import read_value

    declared = ruleset.model.outcomes[outcome]
    labels: Sequence[tuple[str, str]] = declared.text_labels
    known = {label: key for key, label in labels}
    try:
        value = read_value(Field(outcome, declared.type), known.get(text, text))
    except Unreadable:
        return None
    return value if not isinstance(declared.type, Date) or isinstance(value, date) else None
