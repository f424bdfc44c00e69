"""What a generated model talks about; a name is declared when it is first used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from attrs import define, field
from hypothesis import strategies as st

from rulelang.model import expressions as e
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.types import Type
from tests.strategies.pools import CONSTANTS, NUMERIC, TYPES

T = TypeVar("T")
INDEX = [st.integers(0, max(last, 0)) for last in range(-1, 40)]
LIST_VALUES = (frozenset({"a", "北京"}), frozenset({"NA", "b", "+86"}), frozenset[str]())
LATER = (date(2026, 3, 31), date(2026, 1, 1), date(2024, 2, 29))


@define
class Vocabulary:
    """Names and constants for one model. ``readable`` are the outcomes a rule may read where it is being made."""

    draw: st.DrawFn
    fields: dict[str, Field] = field(factory=dict)
    thresholds: dict[str, Threshold] = field(factory=dict)
    lists: dict[str, ReferenceList] = field(factory=dict)
    kinds: dict[str, str] = field(factory=dict)
    readable: tuple[Outcome, ...] = ()

    def pick(self, options: Sequence[T]) -> T:
        """One of the options; the first is the simplest."""
        return options[self.draw(INDEX[len(options)])] if len(options) > 1 else options[0]

    def seldom(self, one_in: int = 4) -> bool:
        """Yes, one time in so many."""
        return bool(self.draw(INDEX[one_in]) == one_in - 1)

    def constant(self, kind: str) -> Any:
        return self.pick(CONSTANTS[kind])

    def literal(self, kind: str) -> e.Literal:
        return e.Literal(self.constant(kind), TYPES[kind])

    def field(self, kind: str) -> e.FieldRef:
        """One of two fields of a kind."""
        name = f"{kind}_{self.pick(('a', 'b'))}"
        if name not in self.fields:
            self.fields[name] = self._declared(name, kind)
            self.kinds[name] = kind
        return e.FieldRef(name, self.fields[name].type)

    def _declared(self, name: str, kind: str) -> Field:
        type_: Type = TYPES[kind]
        match self.pick(("plain", "plain", "blank", "limits", "missing")):
            case "blank":
                return Field(name, type_, may_be_blank=True)
            case "limits" if kind in NUMERIC:
                lowest = 0 if self.seldom(2) else Decimal("0.3")
                return Field(name, type_, at_least=lowest, at_most=self.pick((None, 10_000)))
            case "limits" if kind == "date":
                return Field(name, type_, at_least=date(2000, 1, 1))
            case "missing" if kind == "text":
                return Field(name, type_, label=f"名{name}", missing_values=("null",))
            case "missing" if kind == "number":
                return Field(name, type_, label=f"名{name}", missing_values=("-1",))
        return Field(name, type_)

    def threshold(self, kind: str) -> e.ThresholdRef:
        """One of two thresholds of a kind, some with a later value."""
        name = f"{kind}_limit_{self.pick(('a', 'b'))}"
        if name not in self.thresholds:
            days = sorted({self.pick(LATER) for _ in range(self.pick((0, 0, 1, 2)))})
            dated = tuple((day, self.constant(kind)) for day in days)
            self.thresholds[name] = Threshold(name, TYPES[kind], self.constant(kind), dated=dated)
        return e.ThresholdRef(name, self.thresholds[name].type)

    def list(self) -> str:
        """One of two reference lists of texts."""
        name = f"list_{self.pick(('a', 'b'))}"
        if name not in self.lists:
            self.lists[name] = ReferenceList(name, self.pick(LIST_VALUES))
        return name

    def outcome(self, kinds: Sequence[str], *, collected: bool = False) -> e.OutcomeRef | None:
        """A readable outcome of one of some kinds, None where there is none."""
        fit = [
            each for each in self.readable if self.kinds[each.name] in kinds and (each.policy == "collect") == collected
        ]
        if not fit:
            return None
        chosen = self.pick(fit)
        return e.OutcomeRef(chosen.name, chosen.type)
