"""What decisions of some customers show of rules, where proofs stay open: that a branch counts for somebody, and that
somebody gets a value.

seen = Seen(ruleset, day, known)
seen.shows(proof)          # known customers are decided first; then one is put together for the branch

A customer is put together from a known one: condition by condition of the branch a field is given a value, or a list
records, with which it is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, product
from typing import Any

from attrs import define, field

from rulelang.analysis.account import RULE, VALUE, Proof
from rulelang.engine.advice.further_records import ANY_TEXT, kinds_of_records
from rulelang.engine.advice.near_customers import NearCustomers, Values
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.running.rows import RowDecider
from rulelang.explain.boundaries import constants, with_value
from rulelang.explain.evaluate import Evaluation, RuleTrace, Trace, evaluate
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import truth_of
from rulelang.model.expressions import Aggregated
from rulelang.model.scope import Scope
from rulelang.model.walking import fields_read, outcomes_read, parts
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import ListOf, Number

# Customers decided in all; records of one kind that are put into a list; lists that are tried for one condition.
MOST_DECIDED = 1_500
MOST_OF_A_KIND = 40
MOST_LISTS = 300
_KINDS = 6
_ROUNDS = 6
_BASES = 3


@define(eq=False)
class Seen:
    """What customers show of the rules of a ruleset as of a day."""

    ruleset: Decider
    day: date
    known: Callable[[], Sequence[Values]]
    decided: int = 0
    branches: set[int] = field(factory=set)
    values: set[tuple[str, Any]] = field(factory=set)
    _bases: Sequence[Values] = ()
    _decider: RowDecider | None = None
    _near: NearCustomers | None = None
    _tried: set[int] = field(factory=set)

    def shows(self, proof: Proof) -> bool:
        """Whether what is open in a proof is shown by a customer: a known one, or one that is put together for it."""
        if proof.kind not in (RULE, VALUE) or (proof.rule is None and proof.value is None):
            return False
        if self._decider is None:
            self._decider = RowDecider(self.ruleset, self.day)
            self._bases = self.known()
            for each in self._bases:
                self._decide(each)
        if proof.kind == VALUE:
            return (proof.outcome or "", proof.value) in self.values
        place = self._place(proof)
        if place is None:
            return False
        if place not in self.branches and place not in self._tried:
            self._tried.add(place)
            self._put_together(proof, place)
        return place in self.branches

    def _place(self, proof: Proof) -> int | None:
        """The number of a branch among those of the compiled rules."""
        names = self.ruleset.situation(self.day).bound.program.branch_rules
        first = next((place for place, name in enumerate(names) if name == proof.rule), None)
        return None if first is None or proof.number is None else first + proof.number

    def _decide(self, values: Values) -> None:
        """Takes what a customer's decision shows."""
        assert self._decider is not None
        self.decided += 1
        before = set(self._decider.unseen)
        verdict = self._decider.decide([values.get(name) for name in self._decider.fields])
        self.branches |= before - self._decider.unseen
        for name, answer in zip(self._decider.outcomes, verdict.answers, strict=True):
            if isinstance(answer, str | bool):
                self.values.add((name, answer))

    # --- put together ---

    def _put_together(self, proof: Proof, place: int) -> None:
        """Looks for a customer for whom a branch counts, and decides them."""
        model = self.ruleset.model
        rule = next((each for each in model.rules if each.name == proof.rule and each.each is None), None)
        if rule is None:
            return
        empty: dict[str, Any] = {
            name: () if isinstance(each.type, ListOf) else BLANK if each.may_be_blank else None
            for name, each in model.fields.items()
        }
        for base in (empty, *self._bases[:_BASES]):
            values = {**empty, **base}
            for _ in range(_ROUNDS):
                if self.decided >= MOST_DECIDED:
                    return
                self._decide(values)
                if place in self.branches:
                    return
                evaluation = evaluate(model, values, self.day)
                found = self._turned(_open_conditions(evaluation, rule.name, proof.number or 0), evaluation)
                if found is None:
                    break
                values = {**values, **found}

    def _turned(self, conditions: Iterable[Trace], evaluation: Evaluation) -> dict[str, Any] | None:
        """A field with a value with which the first condition that can be turned is what is wanted of it."""
        scope = evaluation.scope
        for trace in conditions:
            wanted = trace.now is not True
            read = [scope.model.fields[name] for name in fields_read(trace.condition)]
            for declared in read:
                for value in self._candidates(declared, trace, scope):
                    if truth_of(trace.condition, with_value(scope, declared.name, value)) is wanted:
                        return {declared.name: value}
            for declared in read:  # what is held against records, or another field, has to be known first
                if not isinstance(declared.type, ListOf) and scope.fields.get(declared.name) is None:
                    first = next(iter(self._candidates(declared, trace, scope)), None)
                    if first is not None:
                        return {declared.name: first}
        return None

    def _candidates(self, declared: Field, trace: Trace, scope: Scope) -> Iterator[Any]:
        if isinstance(declared.type, ListOf):
            yield from islice(_lists(declared, trace, scope), MOST_LISTS)
            return
        if self._near is None:
            self._near = NearCustomers((self.ruleset.model,), self.day)
        yield from self._near.values(declared.name)


def _open_conditions(evaluation: Evaluation, rule: str, number: int) -> Iterator[Trace]:
    """The single conditions that keep a branch from being taken: those of its own that aren't true, and those of
    earlier branches that are.
    """
    traced = next((each for each in _rules(evaluation) if each.rule.name == rule), None)
    for place, branch in enumerate(traced.branches if traced is not None else ()):
        if place == number:
            yield from (each for each in _single(branch.trace) if each.now is not True)
        elif place < number and branch.trace.now is True:
            yield from (each for each in _single(branch.trace) if each.now is True)


def _rules(evaluation: Evaluation) -> Iterator[RuleTrace]:
    for groups in evaluation.decisions.values():
        for group in groups:
            yield from group


def _single(trace: Trace) -> Iterator[Trace]:
    """The single conditions of a condition that read no outcome."""
    if trace.parts:
        for part in trace.parts:
            yield from _single(part)
    elif not outcomes_read(trace.condition):
        yield trace


def _lists(list_: Field, trace: Trace, scope: Scope) -> Iterator[tuple[Mapping[str, Any], ...]]:
    """Lists with which a condition may be another: records that count for what it asks, so many of one kind, of one
    kind each of another text, and of two kinds.
    """
    own = tuple(scope.fields.get(list_.name) or ())
    asked = [each for each in dict.fromkeys(parts(trace.condition)) if isinstance(each, Aggregated)]
    kinds: list[dict[str, Any]] = []
    for each in asked:
        if each.list == list_.name:
            made = islice(kinds_of_records(each, list_, trace.condition, scope), _KINDS)
            kinds += [one for one in made if one not in kinds]
    counts = dict.fromkeys((1, 2, *_counts(trace, scope)))
    for count, record in product(counts, kinds):
        yield (*own, *([record] * count))
        yield (*own, *_each_of_its_own(record, count))
    for one, other in product(kinds, kinds):
        if one is not other:
            yield (*own, one, other)
    yield ()


def _counts(trace: Trace, scope: Scope) -> Iterator[int]:
    """How many records may be wanted."""
    number = Field("", Number(0))
    for each in constants(trace.condition, number, scope):
        for count in (int(each), int(each) + 1):
            if 1 < count <= MOST_OF_A_KIND:
                yield count


def _each_of_its_own(record: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Copies of a record that differ in their texts."""
    own = [name for name, value in record.items() if value == ANY_TEXT]
    return [{**record, **{name: f"{ANY_TEXT}{number}" for name in own}} for number in range(count)]
