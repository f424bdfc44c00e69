"""The nearest change that brings a customer another answer.

    nearest = nearest_change(ruleset, decision, "tier", "gold", Allowed(kept=("birthday",)))
    nearest.changes      # spend: 50 → 100
    nearest.cost         # 1, or what the fields' declarations say

Tried are, for each field, the values at which some condition turns; alone and together, the cheapest first. What is
found has been decided with the rules; what is not found may still exist where a value lies between those tried. Of a
list as many records more are tried as turn a condition. A place among all customers moves with the customer's own
value, by the cut points as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from heapq import heappop, heappush
from typing import Any

from attrs import evolve, field, frozen

from rulelang.engine.advice.further_records import Further, further_records
from rulelang.engine.advice.places import Places, is_place
from rulelang.engine.advice.worth_trying import MOST_VALUES, Reached, conditions, valued, values_worth_trying
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.decision import Decision
from rulelang.engine.running.rows import RowDecider
from rulelang.meaning.changeable import is_given
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.expressions import Expression
from rulelang.model.program import MEASURE
from rulelang.model.walking import answers_named, fields_read
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Changeable, Field
from rulelang.vocabulary.types import Date, ListOf

MOST_DECIDED = 20_000

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
        if declared.name.startswith(MEASURE) or declared.name in self.kept:
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
        if isinstance(after, Further):
            return Fraction(changeable.cost)
        if changeable.per is None or before is None:
            return Fraction(changeable.cost)
        per = changeable.per.amount if isinstance(changeable.per, Duration) else changeable.per
        distance = abs((after - before).days) if isinstance(after, date) else abs(Fraction(after) - Fraction(before))
        assert isinstance(per, int | Decimal), "a cost is per an amount"
        return Fraction(changeable.cost) * distance / Fraction(per)


@frozen
class FieldChange:
    """A field with another value; None is missing. Of a list ``before`` is how many records there are, ``after`` those
    that are wanting."""

    field: Field
    before: Any
    after: Any


@frozen
class Nearest:
    """The cheapest change found, None where there is none; ``whole``: everything that was to be tried has been.

    ``declared``: the costs are those that fields declare, or the caller; ``only``: the fields declared changeable
    and not kept, where these alone were changed; ``untried`` those left alone because they are personal or nobody can
    change them. ``by_cuts``: a place among all customers was moved with a change; ``placed`` are the places, and
    ``listed`` the lists, for which nothing could be tried.
    """

    changes: tuple[FieldChange, ...] | None
    cost: Fraction
    whole: bool
    tried: int
    declared: bool = False
    only: tuple[Field, ...] = ()
    untried: tuple[Field, ...] = ()
    by_cuts: bool = False
    placed: tuple[Field, ...] = ()
    listed: tuple[Field, ...] = ()


def nearest_change(
    ruleset: Decider,
    decision: Decision,
    outcome: str,
    wanted: Any,
    allowed: Allowed | None = None,
    measured: Mapping[str, Any] | None = None,
) -> Nearest:
    """The cheapest change of a customer that makes an answer of an outcome: fewest fields, or least cost where costs
    are declared or given; then the fewest fields and the smallest distance.

    ``measured`` are the customer's values on which places among all customers rest, where the ruleset has cut points.
    """
    allowed = allowed or Allowed()
    values = {**(measured or {}), **decision.inputs}
    places = Places(ruleset.model, ruleset.cuts if measured is not None else None, decision.as_of)
    decider = RowDecider(ruleset, decision.as_of)
    reached = Reached(decider, outcome, wanted, ruleset.model.outcomes[outcome].policy == "collect")
    found = _options(ruleset, decision, reached, allowed, places, values)
    options, whole = found.options, found.whole
    fields = ruleset.model.fields
    declared_so = [each for each in fields.values() if each.changeable is not None]
    only = () if allowed.only else tuple(each for each in declared_so if each.name not in allowed.kept)
    declared = bool(allowed.costs or (declared_so and not allowed.only))
    tried = 0

    def told(changes: tuple[FieldChange, ...] | None, cost: Fraction, whole: bool) -> Nearest:
        if changes is not None:
            moved_ = any(each.field.name in found.moving for each in changes)
            return Nearest(changes, cost, whole, tried, declared, only, by_cuts=moved_)
        return Nearest(None, cost, whole, tried, declared, only, found.untried, False, found.placed, found.listed)

    for chosen, cost in _cheapest_first(options):
        if tried >= MOST_DECIDED:
            return told(None, Fraction(0), False)
        tried += 1
        applied = {
            name: each.added_to(values[name]) if isinstance(each, Further) else each for name, each in chosen.items()
        }
        other = places.moved({**values, **applied})
        if reached.by(other):
            changes = tuple(
                FieldChange(fields[name], _before(values.get(name), value), value) for name, value in chosen.items()
            )
            return told(changes, cost[0], whole)
    return told(None, Fraction(0), whole)


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


def _before(value: Any, after: Any) -> Any:
    return len(value) if isinstance(after, Further) else _plain(value)


@frozen
class _Options:
    """For each field that may change the values worth trying, each with its cost; whether these are all; and what is
    left alone, or moves places, as `Nearest` has it.
    """

    options: Mapping[str, Sequence[tuple[Any, Cost]]]
    whole: bool
    untried: tuple[Field, ...]
    moving: frozenset[str]
    placed: tuple[Field, ...]
    listed: tuple[Field, ...]


def _options(
    ruleset: Decider,
    decision: Decision,
    reached: Reached,
    allowed: Allowed,
    places: Places,
    inputs: Mapping[str, Any],
) -> _Options:
    evaluation = decision.evaluation()
    scope = evolve(evaluation.scope, fields={**inputs, **evaluation.scope.fields})
    fields = ruleset.model.fields
    any_declared = any(each.changeable is not None for each in fields.values())
    found: dict[str, dict[Any, None]] = {}
    untried, placed, listed, moving = dict[str, Field](), dict[str, Field](), dict[str, Field](), set[str]()

    def may_change(declared: Field) -> bool:
        allowed_so = allowed.may_change(declared, any_declared)
        if not allowed_so and not (any_declared or allowed.only or declared.name in allowed.kept):
            untried[declared.name] = declared
        return allowed_so

    def through(outcome: str, condition: Expression, turned: Callable[[Mapping[str, Any]], bool]) -> None:
        """What is reckoned from fields, and read by a condition, or is the answer itself."""
        for name, place in valued(outcome, evaluation, places):
            declared = fields[name]
            if may_change(declared):
                moving.update((name,) if place else ())
                values = places.reckoned(declared, place, condition, scope, turned)
                found.setdefault(name, {}).update(dict.fromkeys(values))

    through(reached.outcome, e.ALWAYS, reached.by)
    for trace in conditions(reached.outcome, evaluation, {}):
        for name in answers_named(trace.condition) if trace.now is not None else ():
            through(name, trace.condition, reached.turning(trace, scope))
        for name in fields_read(trace.condition):
            declared = fields[name]
            values: list[Any] = []
            if is_place(name):
                measured = places.measured(name)
                if not measured:
                    placed[name] = declared
                for each in filter(may_change, measured):
                    moving.add(each.name)
                    found.setdefault(each.name, {}).update(dict.fromkeys(places.values(each, name, trace, scope)))
            elif isinstance(declared.type, ListOf):
                if may_change(declared):
                    values = list(further_records(declared, trace, scope))
                    listed |= {} if values else {name: declared}
            elif may_change(declared):
                values = list(values_worth_trying(ruleset, declared, trace, evaluation))
            if values:
                found.setdefault(name, {}).update(dict.fromkeys(values))
    options: dict[str, list[tuple[Any, Cost]]] = {}
    whole = True
    for name, tried in found.items():
        declared, now = fields[name], _plain(scope.fields.get(name))
        told = [(each, (allowed.cost(declared, now, each), 1, _distance(now, each))) for each in tried if each != now]
        told.sort(key=lambda each: each[1])
        whole &= len(told) <= MOST_VALUES
        if told:
            options[name] = told[:MOST_VALUES]
    left = (tuple(each.values()) for each in (untried, placed, {k: v for k, v in listed.items() if k not in options}))
    untried_, placed_, listed_ = left
    return _Options(options, whole, untried_, frozenset(moving), placed_, listed_)


def _distance(before: Any, after: Any) -> float:
    """How far a change is: of dates in years, of numbers relative to their size, of anything else 1. Where nothing was
    known a small number comes before a large one.
    """
    if isinstance(after, Further):
        return float(after.count)
    if isinstance(after, str | bool) or (before is None and isinstance(after, date)):
        return 1.0
    if before is None:
        return float(2 - 1 / (1 + abs(Fraction(after))))
    if isinstance(after, date):
        return float(abs((after - before).days) / 365)
    one, other = Fraction(before), Fraction(after)
    distance: Fraction = abs(other - one) / max(abs(one), abs(other), Fraction(1))
    return float(distance)


def value_of_outcome(ruleset: Decider, outcome: str, text: str) -> Any:
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
