"""Which missing fields are worth asking for: how many open cases each would close, over a population.

found = worth_asking(ruleset, day, ["lifecycle"], source, Reading())
found[0].fields[0]       # order_count: closes 1840 of 2310

A case is closed by a field where the outcome is settled whatever the answer is; where it depends on the answer, the
field may close it. Answers are tried as far as the rules tell them apart: every constant they compare with, and just
beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from attrs import field, frozen

from rulelang.engine.advice.worth_trying import conditions, values_worth_trying
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.customers import Customers, Reading, Values
from rulelang.engine.running.rows import RowDecider
from rulelang.engine.sources.source import Source
from rulelang.model.contributions import DECIDED, NO_RULE
from rulelang.model.walking import fields_read
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Date, Length, ListOf, Money, Number

MOST_TOGETHER = 3

_MOST_ANSWERS = 24
_MOST_COMBINATIONS = 400


@frozen
class Worth:
    """A field: in how many open cases it is missing, how many it closes, and how many more it may close."""

    field: Field
    missing: int
    closes: int
    may_close: int


@frozen
class Asking:
    """What is worth asking for an outcome: ``open`` of ``customers`` are not settled.

    ``together`` are fields to be asked for one after the other, each with how many cases are closed with it and those
    before it.
    """

    outcome: Outcome
    customers: int
    open: int
    fields: tuple[Worth, ...]
    together: tuple[tuple[Field, int], ...]


@frozen
class _Case:
    """An open case: what is known, the fields that would settle it, and the answers to try for each."""

    values: Values
    answers: Mapping[str, tuple[Any, ...]]


class _Open:
    """The open cases of one outcome."""

    def __init__(self, ruleset: Decider, day: date, name: str) -> None:
        self.ruleset, self.day, self.name = ruleset, day, name
        self.decider = RowDecider(ruleset, day)
        self.place = self.decider.outcomes.index(name)
        self.cases: list[_Case] = []
        self.customers = 0

    def add(self, values: Values) -> None:
        self.customers += 1
        if self._settled(values):
            return
        decision = self.ruleset.decide_values([values.get(name) for name in self.decider.fields], self.day)
        fields = self.ruleset.model.fields
        missing = [name for name in decision.missing_for(self.name) if name in fields]
        found: dict[str, dict[Any, None]] = {name: {} for name in missing if not isinstance(fields[name].type, ListOf)}
        for trace in conditions(self.name, decision.evaluation(), {}):
            for name in fields_read(trace.condition):
                if name in found:
                    tried = values_worth_trying(self.ruleset, fields[name], trace, decision.evaluation())
                    found[name].update(dict.fromkeys(tried))
        for name, answers in found.items():
            answers.update(dict.fromkeys(_any_answers(fields[name], self.day)))
        self.cases.append(_Case(values, {name: tuple(answers)[:_MOST_ANSWERS] for name, answers in found.items()}))

    def _settled(self, values: Values) -> bool:
        standings = self.decider.tried([values.get(name) for name in self.decider.fields]).standings
        return standings is None or standings[self.place] in (DECIDED, NO_RULE)

    def closed(self, case: _Case, names: Sequence[str]) -> Iterator[bool]:
        """Whether a case is settled, for every combination of answers to some fields."""
        asked = [name for name in names if case.answers.get(name)]
        if asked and prod(len(case.answers[name]) for name in asked) <= _MOST_COMBINATIONS:
            for answers in product(*(case.answers[name] for name in asked)):
                yield self._settled({**case.values, **dict(zip(asked, answers, strict=True))})

    def result(self) -> Asking:
        fields = self.ruleset.model.fields
        missing: Counter[str] = Counter()
        closes: Counter[str] = Counter()
        may: Counter[str] = Counter()
        for case in self.cases:
            for name in case.answers:
                missing[name] += 1
                found = list(self.closed(case, (name,)))
                if found and all(found):
                    closes[name] += 1
                elif any(found):
                    may[name] += 1
        ranked = sorted(missing, key=lambda name: (-closes[name], -may[name], -missing[name]))
        worth = tuple(Worth(fields[name], missing[name], closes[name], may[name]) for name in ranked)
        together = list(self._together(ranked))
        while together and together[-1][1] == (together[-2][1] if len(together) > 1 else 0):
            together.pop()  # it closes nothing more
        return Asking(self.ruleset.model.outcomes[self.name], self.customers, len(self.cases), worth, tuple(together))

    def _together(self, ranked: Sequence[str]) -> Iterator[tuple[Field, int]]:
        """Fields one after the other, each time the one with which most cases are closed."""
        chosen: list[str] = []
        before = 0
        left = self.cases
        while len(chosen) < MOST_TOGETHER and left:
            counts = {
                name: sum(self._closes(case, (*chosen, name)) for case in left) for name in ranked if name not in chosen
            }
            if not counts:
                return
            best = max(counts, key=lambda name: (counts[name], -ranked.index(name)))
            if not counts[best] and len(chosen) + 1 >= len(ranked):
                return
            chosen.append(best)
            left = [case for case in left if not self._closes(case, chosen)]
            before += counts[best]
            yield self.ruleset.model.fields[best], before

    def _closes(self, case: _Case, names: Sequence[str]) -> bool:
        found = list(self.closed(case, names))
        return bool(found) and all(found)


def _any_answers(declared: Field, day: date) -> Iterator[Any]:
    """Answers that may be given whatever the rules ask: where a field is only reckoned with, any will do."""
    low = declared.at_least
    match declared.type:
        case Number() | Money():
            yield from (each for each in (1, low) if isinstance(each, int | Decimal))
        case Length():
            yield 1
        case Date():
            yield day


@frozen
class Asked:
    """What is worth asking for, outcome by outcome, and how many rows were read."""

    source: str
    day: date
    rows: int
    rejected: int
    outcomes: tuple[Asking, ...] = field(default=())


def worth_asking(ruleset: Decider, day: date, outcomes: Sequence[str], source: Source, reading: Reading) -> Asked:
    """What is worth asking for to settle some outcomes of the customers of a source; those that are settled for
    everybody are left out. Raises DataError and RuleError as `rulelang.engine.run.run` does.
    """
    customers = Customers([ruleset.model], [day], source, reading)
    counting = [_Open(ruleset, day, name) for name in outcomes]
    for customer in customers:
        for each in counting:
            each.add(customer.values[0])
    found = tuple(each.result() for each in counting if each.cases)
    return Asked(source.name, day, customers.rows, customers.rejected, found)
