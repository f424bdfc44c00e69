"""The nearest change that brings a customer another answer.

    nearest = nearest_change(ruleset, decision, "tier", "gold", Allowed(kept=("birthday",)))
    nearest.changes      # spend: 50 → 100

Tried are, for each field, the values at which some condition turns; alone, then two and three fields together, the
cheapest first. What is found has been decided with the rules; what is not found may still exist where a value lies
between those tried, or where lists of records would have to change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from attrs import field, frozen

from rulelang.engine.decision import Decision
from rulelang.engine.rows import RowDecider
from rulelang.engine.ruleset import Ruleset
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
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.program import MEASURE
from rulelang.model.walking import fields_read, outcomes_read
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, ListOf, Text, YesNo

MOST_FIELDS = 3
MOST_DECIDED = 60_000

_MOST_VALUES = 30
KNOWN = "…"  # any text will do


@frozen
class Allowed:
    """Which fields may change: ``only`` these where any are named, never those ``kept``; personal ones only where they
    are named. ``costs`` says how dear a change of a field is (1 where it does not).
    """

    only: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    costs: Mapping[str, Decimal] = field(factory=dict)

    def may_change(self, declared: Field) -> bool:
        """Whether a field may be changed."""
        if isinstance(declared.type, ListOf) or declared.name.startswith(MEASURE) or declared.name in self.kept:
            return False
        return declared.name in self.only if self.only else not declared.privacy


@frozen
class FieldChange:
    """A field with another value; None is missing."""

    field: Field
    before: Any
    after: Any


@frozen
class Nearest:
    """The cheapest change found, None where there is none; ``whole``: everything that was to be tried has been."""

    changes: tuple[FieldChange, ...] | None
    cost: Decimal
    whole: bool
    tried: int


def nearest_change(
    ruleset: Ruleset, decision: Decision, outcome: str, wanted: Any, allowed: Allowed | None = None
) -> Nearest:
    """The cheapest change of a customer that makes an answer of an outcome: fewest fields, or least cost where costs
    are given; then the smallest distance.
    """
    allowed = allowed or Allowed()
    values = dict(decision.inputs)
    options = _options(ruleset, decision, outcome, allowed)
    decider = RowDecider(ruleset, decision.as_of)
    place = decider.outcomes.index(outcome)
    groups = [group for size in range(1, MOST_FIELDS + 1) for group in combinations(options, size)]
    groups.sort(key=lambda group: sum(allowed.costs.get(name, Decimal(1)) for name in group))
    best: tuple[Decimal, float, tuple[FieldChange, ...]] | None = None
    tried = 0
    for group in groups:
        cost = sum((allowed.costs.get(name, Decimal(1)) for name in group), Decimal(0))
        if best is not None and cost > best[0]:
            break
        for chosen in product(*(options[name] for name in group)):
            if tried >= MOST_DECIDED:
                return Nearest(None if best is None else best[2], Decimal(0) if best is None else best[0], False, tried)
            distance = sum(far for _, far in chosen)
            if best is not None and (cost, distance) >= best[:2]:
                continue
            tried += 1
            other = {**values, **{name: value for name, (value, _) in zip(group, chosen, strict=True)}}
            verdict = decider.decide([other.get(name) for name in decider.fields])
            if verdict.answers[place] == wanted:
                fields = ruleset.model.fields
                changes = (
                    FieldChange(fields[name], _plain(values.get(name)), value)
                    for name, (value, _) in zip(group, chosen, strict=True)
                )
                best = (cost, distance, tuple(changes))
    return Nearest(None if best is None else best[2], Decimal(0) if best is None else best[0], True, tried)


def _plain(value: Any) -> Any:
    return None if value is BLANK else value


def _options(
    ruleset: Ruleset, decision: Decision, outcome: str, allowed: Allowed
) -> dict[str, list[tuple[Any, float]]]:
    """For each field that may change the values worth trying, each with how far away it is."""
    evaluation = decision.evaluation()
    traces = list(conditions(outcome, evaluation, {}))
    found: dict[str, dict[Any, None]] = {}
    scope = evaluation.scope
    for trace in traces:
        for name in fields_read(trace.condition):
            declared = ruleset.model.fields[name]
            if allowed.may_change(declared):
                found.setdefault(name, {}).update(
                    dict.fromkeys(values_worth_trying(ruleset, declared, trace, evaluation))
                )
    options = {}
    for name, values in found.items():
        declared, now = ruleset.model.fields[name], scope.fields.get(name)
        told = [(each, _distance(_plain(now), each)) for each in values if each != now]
        options[name] = sorted(told, key=lambda each: each[1])[:_MOST_VALUES]
    return {name: values for name, values in options.items() if values}


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
    """How far a change is: of dates in years, of numbers relative to their size, of anything else 1."""
    if before is None or isinstance(after, str | bool):
        return 1.0
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
