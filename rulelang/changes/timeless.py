"""What time alone never changes: most conditions of most rulesets, told apart once for all customers."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from rulelang.lowering.needs import values_of
from rulelang.model import expressions as e
from rulelang.model.expressions import Expression
from rulelang.model.program import Model, Rule
from rulelang.model.walking import parts
from rulelang.vocabulary.lookups import is_dated
from rulelang.vocabulary.types import Date, Length

_DATED = (e.Today, e.AgeIn, e.NextAnniversary, e.AgeComparison, e.Within, e.InPeriod, e.OutcomeRef)


@frozen
class Timed:
    """What time may change of a decision: its rules with validity dates, conditions, and values given."""

    rules: tuple[Rule, ...]
    conditions: tuple[Expression, ...]
    values: tuple[Expression, ...]


def timed(model: Model) -> Mapping[str, Timed]:
    """What time may change, by outcome."""
    return {name: _of(name, model) for name in model.outcomes}


def _of(outcome: str, model: Model) -> Timed:
    rules = [rule for rule in model.decision(outcome) if not rule.switched_off]
    branches = [branch for rule in rules for branch in rule.branches]
    assigned = (each for branch in branches for each in branch.assignments if each.outcome == outcome)
    values = (value for each in assigned for value in values_of(each))
    return Timed(
        tuple(rule for rule in rules if rule.valid_from is not None or rule.valid_until is not None),
        tuple(branch.condition for branch in branches if not is_timeless(branch.condition, model)),
        tuple(value for value in values if not is_timeless(value, model)),
    )


def is_timeless(expression: Expression, model: Model) -> bool:
    """Whether a value rests on no date of deciding: not by an age, a window or today, nor by anything that is dated or
    decided.
    """
    return not any(_is_timed(each, model) for each in parts(expression))


def _is_timed(part: Expression, model: Model) -> bool:
    match part:
        case e.ThresholdRef(name=name):
            return bool(model.thresholds[name].dated)
        case e.Lookup(table=name) | e.InList(list=name):
            return is_dated(model.lists[name])
        case e.Between(value=value, low=low):
            return isinstance(value.type, Date) and isinstance(low.type, Length)
        case e.ElementRef(list=name, name=field):
            return any(each.part == field for each in model.outcomes_of(name))
    return isinstance(part, _DATED)


class Followers:
    """Conditions that turn only when an outcome they read does; each is looked at once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._known: dict[int, tuple[str, ...] | None] = {}

    def outcomes(self, condition: Expression) -> tuple[str, ...] | None:
        """The outcomes that a condition of the model follows; None where time may turn it in another way as well."""
        key = id(condition)
        if key not in self._known:
            read = [each for each in parts(condition) if _is_timed(each, self._model)]
            names = [each.name for each in read if isinstance(each, e.OutcomeRef)]
            self._known[key] = tuple(dict.fromkeys(names)) if len(names) == len(read) else None
        return self._known[key]
