"""Places among all customers that a change of one customer's own value moves: by the cut points as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

from attrs import evolve, frozen

from rulelang.engine.deciding.population import Cuts
from rulelang.explain.boundaries import can_step, may_be, moved, nearest_turns, step_of
from rulelang.explain.evaluate import Trace
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of, value_of
from rulelang.model.expressions import Expression, FieldRef
from rulelang.model.program import MEASURE, Measure, Model
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, fields_read
from rulelang.values.numbers import round_half_up
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Choice, Date, ListOf, Money, Number, YesNo

_MOST_POINTS = 2000
_MOST_TURNING = 4


@frozen
class Places:
    """How a customer's places move with the customer's own values; ``cuts`` None: nothing is known of the others."""

    model: Model
    cuts: Cuts | None
    as_of: date

    def moved(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values with the places that go with them."""
        if self.cuts is None:
            return dict(values)
        return {**values, **self.cuts.measures(values, self.as_of)}

    def measured(self, name: str) -> tuple[Field, ...]:
        """The fields that a place rests on, and that can be moved; none where there are no cut points."""
        if self.cuts is None:
            return ()
        fields = (self.model.fields[each] for each in fields_read(self._measure(name).value))
        return tuple(each for each in fields if not isinstance(each.type, ListOf))

    def values(self, field: Field, name: str, trace: Trace, scope: Scope) -> Iterator[Any]:
        """The values of a field at which a condition on a place may turn."""
        value = scope.fields.get(field.name)
        if not can_step(field) or value is None or value is BLANK or self.cuts is None:
            return
        size = step_of(field, value, trace.condition, scope)
        if trace.now is not None:

            def turned(other: Any) -> bool:
                tried = evolve(scope, fields=self.moved({**scope.fields, field.name: other}))
                return truth_of(trace.condition, tried) is (not trace.now)

            yield from nearest_turns(field, value, trace.condition, scope, turned)
            yield from islice(self._at_points(field, name, size, scope, turned), _MOST_TURNING)

    def reckoned(
        self,
        field: Field,
        place: str,
        condition: Expression,
        scope: Scope,
        turned: Callable[[Mapping[str, Any]], bool],
    ) -> Iterator[Any]:
        """The values of a field at which something turns that is reckoned from it, or from a ``place``."""
        value = scope.fields.get(field.name)
        match field.type:
            case YesNo():
                yield from (True, False)
            case Choice() as choice:
                yield from choice.keys()
        if not can_step(field) or value is None or value is BLANK:
            return

        def tried(other: Any) -> bool:
            return turned(self.moved({**scope.fields, field.name: other}))

        yield from nearest_turns(field, value, condition, scope, tried)
        if place:
            size = step_of(field, value, condition, scope)
            yield from islice(self._at_points(field, place, size, scope, tried), _MOST_TURNING)

    def _at_points(
        self, field: Field, place: str, size: Any, scope: Scope, turned: Callable[[Any], bool]
    ) -> Iterator[Any]:
        """The values at cut points, or just beside, at which something turns; the nearest first."""
        for point in self._points(field, place, scope.fields.get(field.name), scope):
            for other in (moved(field, point, steps, size) for steps in (0, 1, -1)):
                if other is not None and may_be(field, other, scope.as_of) and turned(other):
                    yield other

    def _measure(self, name: str) -> Measure:
        return next(each for each in self.model.measures if each.name == name)

    def _points(self, field: Field, name: str, value: Any, scope: Scope) -> list[Any]:
        """The cut points nearest to a value, as values that the field may have."""
        measure = self._measure(name)
        bottom = bare(measure.value)
        if self.cuts is None or not isinstance(bottom, FieldRef) or measure.kind == "share":
            return []
        group = None if measure.group is None else value_of(measure.group, scope)
        found = self.cuts.points.get(name, {}).get(group, ())
        now = value.toordinal() if isinstance(value, date) else Fraction(value)
        nearest = sorted(dict.fromkeys(found), key=lambda each: abs(Fraction(each) - now))[:_MOST_POINTS]
        return [_as_value(field, Fraction(each)) for each in nearest]


def is_place(name: str) -> bool:
    """Whether a field of the model is a place among all customers."""
    return name.startswith(MEASURE)


def _as_value(field: Field, point: Fraction) -> Any:
    if isinstance(field.type, Date):
        return date.fromordinal(min(max(round(point), 1), date.max.toordinal()))
    decimals = field.type.decimals if isinstance(field.type, Number | Money) else 0
    return round_half_up(point, decimals)
