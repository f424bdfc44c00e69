"""What changes in rules themselves on a day: dated thresholds, validity of rules, dated rows of lists; and whether an
answer that changes on that day does so because of them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from attrs import define, field

from rulelang.changes.edits import compare
from rulelang.changes.versions import DAY, Chosen, Edit, Versions
from rulelang.engine.comparing.movements import Held, held_by
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.customers import Values
from rulelang.engine.running.rows import RowDecider
from rulelang.model.program import Model


@define(eq=False)
class DatedTurn:
    """The edits that a day brings by itself to rules, beside the day; ``versions`` are those of the day before and the
    day.
    """

    day: date
    versions: Versions
    _deciders: dict[Chosen, RowDecider | None] = field(factory=dict)

    @classmethod
    def of(cls, model: Model, day: date) -> DatedTurn:
        """What a day brings to the rules of a model."""
        return cls(day, compare(model, model, (day - timedelta(days=1), day)))

    def cause(self, values: Values, outcome: str, before: Held) -> tuple[Edit, ...]:
        """The edits without each of which a customer would keep an answer on the day, else all of them where only
        together they make it another; none where time alone does.
        """
        edits = self.versions.edits
        dated = [number for number, each in enumerate(edits) if each.kind != DAY]
        everything = frozenset(range(len(edits)))
        needed = [each for each in dated if self._held(everything - {each}, values, outcome) == before]
        if not needed and len(dated) > 1 and self._held(everything - {*dated}, values, outcome) == before:
            needed = dated
        return tuple(edits[each] for each in needed)

    def _held(self, chosen: Chosen, values: Values, outcome: str) -> Any:
        if chosen not in self._deciders:
            model = self.versions.model(chosen)
            self._deciders[chosen] = None if model is None else RowDecider(Decider(model), self.day)
        decider = self._deciders[chosen]
        return None if decider is None else held_by(decider, [values.get(name) for name in decider.fields])[outcome]
