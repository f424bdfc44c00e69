"""What amounts come to: over all customers, and over those of each class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from rulelang.engine.running.output import outcome_name, speller
from rulelang.engine.sinks.writers import as_text
from rulelang.values.numbers import add
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Money, YesNo

TOTALS: dict[str, dict[str, Any]] = {
    "en": {"sheet": "Totals", "columns": ("outcome", "class", "customers"), "all": "all customers", "none": "no class"},
    "zh": {"sheet": "合计", "columns": ("结论", "类别", "人数"), "all": "全部客户", "none": "无类别"},
}
Totals = list[Any]  # one for each amount; None where no customer has any


class MoneyTotals:
    """Adds up the amounts that are decided; ``first`` is the place of the first outcome among the cells of a customer,
    each has ``columns_each``.
    """

    def __init__(self, outcomes: Sequence[Outcome], language: str, first: int, columns_each: int) -> None:
        self.language = language
        single = [(place, each) for place, each in enumerate(outcomes) if each.policy != "collect"]
        self.amounts = tuple((place, each) for place, each in single if isinstance(each.type, Money))
        classed = [(place, each) for place, each in single if isinstance(each.type, Choice | YesNo)]
        self.classed = tuple(classed) if self.amounts else ()
        self.all: Totals = [None] * len(self.amounts)
        self.customers = 0
        self._place: Callable[[int], int] = lambda outcome: first + columns_each * outcome
        self._counts: dict[tuple[int, str], int] = {}
        self._totals: dict[tuple[int, str], Totals] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What the amounts are called."""
        return tuple(outcome_name(each, self.language) for _, each in self.amounts)

    def add(self, cells: Sequence[object]) -> None:
        """Takes a customer."""
        if not self.amounts:
            return
        amounts = [cells[self._place(place)] for place, _ in self.amounts]
        self.customers += 1
        _add(self.all, amounts)
        for place, _ in self.classed:
            class_ = (place, as_text(cells[self._place(place)]))
            self._counts[class_] = self._counts.get(class_, 0) + 1
            _add(self._totals.setdefault(class_, [None] * len(self.amounts)), amounts)

    def classes(self, place: int) -> Iterator[tuple[str, int, Totals]]:
        """The classes of the outcome at a place that customers with amounts are of, in the order declared, those of
        no class last: the name, how many customers, and their totals.
        """
        for outcome in (each for at, each in self.classed if at == place):
            for class_ in (*declared_classes(outcome, self.language), ""):
                totals = self._totals.get((place, class_), [])
                if any(each is not None for each in totals):
                    yield class_ or TOTALS[self.language]["none"], self._counts[place, class_], totals


def declared_classes(outcome: Outcome, language: str) -> tuple[str, ...]:
    """The classes of an outcome as a result calls them, in the order declared; none where texts or numbers are."""
    type_, spell = outcome.type, speller(outcome, language, typed=False)
    keys: tuple[Any, ...] = type_.keys() if isinstance(type_, Choice) else ()
    return tuple(as_text(spell(each)) for each in ((True, False) if isinstance(type_, YesNo) else keys))


def _add(totals: Totals, amounts: Sequence[object]) -> None:
    for place, amount in enumerate(amounts):
        if isinstance(amount, int | Decimal):
            totals[place] = amount if totals[place] is None else add(totals[place], amount)
