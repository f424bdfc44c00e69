"""Customers for whom two versions differ, looked for among known ones and near them, where nothing could be proved.

found = Nearby(old, new, day).find(("grade", "limit"), customers)

Known customers are decided by both versions; those who come nearest to a condition that was edited, or differ
already in another outcome, are then changed field by field. What is found is a customer whom both versions have
decided; that nothing is found proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import heappop, heappush
from itertools import combinations, islice, product
from typing import Any

from attrs import define, field, frozen

from rulelang.analysis.likeness import fields_behind, same_answer
from rulelang.analysis.witness import Customer, Told, kind_of
from rulelang.engine.advice.near_customers import NearCustomers, Values
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.running.rows import RowDecider
from rulelang.lowering.needs import expressions_of
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK, NO_RULE
from rulelang.model.evaluation import value_of
from rulelang.model.expressions import Expression
from rulelang.model.fingerprint import meaning
from rulelang.model.program import Branch, Model
from rulelang.model.scope import Scope
from rulelang.model.walking import distinct, fields_read, outcomes_read, own_parts, parts
from rulelang.vocabulary.types import is_numeric

MOST_TRIED = 4_000
# Of these so many are left for customers with two other values in what the rules of an outcome read themselves.
_TWO_AT_ONCE = 0.4
_FEW_PARENTS = 2
# Conditions that were edited and are measured, and customers near one that are gone on from.
MOST_MEASURED = 8
MOST_FOLLOWED = 30

_FAR = float("inf")


@frozen
class Differing:
    """A customer for whom an outcome differs: what the two versions answer, BLANK where no rule does."""

    customer: Customer
    old: Any
    new: Any


@frozen
class _Seen:
    """What both versions decide for a customer."""

    values: Values
    answers: tuple[Mapping[str, Any], Mapping[str, Any]]


@define(eq=False)
class Nearby:
    """The search in two versions as of a day; ``tried`` counts the customers decided, ``most`` of them in all."""

    old: Decider
    new: Decider
    day: date
    most: int = MOST_TRIED
    tried: int = 0
    _deciders: tuple[RowDecider, RowDecider] = field(init=False)
    _near: NearCustomers = field(init=False)
    _measured: list[tuple[e.Comparison, int]] = field(init=False)

    @_deciders.default
    def _of_both(self) -> tuple[RowDecider, RowDecider]:
        return RowDecider(self.old, self.day), RowDecider(self.new, self.day)

    @_near.default
    def _around(self) -> NearCustomers:
        return NearCustomers((self.old.model, self.new.model), self.day)

    @_measured.default
    def _edited(self) -> list[tuple[e.Comparison, int]]:
        return list(islice(_edited_comparisons(self.old.model, self.new.model), MOST_MEASURED))

    def find(self, outcomes: Collection[str], known: Iterable[Values]) -> dict[str, Differing]:
        """A customer, made small, for each of some outcomes where one is found."""
        wanted = dict.fromkeys(outcomes)
        found: dict[str, _Seen] = {}
        waiting: list[tuple[bool, float, int, _Seen]] = []
        seen: set[tuple[Any, ...]] = set()

        def take(values: Values, least: float = _FAR) -> bool:
            """Decides a customer, who is gone on from where there is anything new about them."""
            self.tried += 1
            each = self._decided(values)
            if each is None:
                return False
            differing = [name for name in each.answers[0] if name in each.answers[1] and _differs(each, name)]
            for name in differing:
                if name not in found or (_open(found[name], name) and not _open(each, name)):
                    found[name] = each
            distance = self._distance(each)
            kind = (_kind(each.answers[0]), _kind(each.answers[1]))
            if kind in seen and distance >= least:
                return False
            seen.add(kind)
            heappush(waiting, (not differing, distance, self.tried, each))
            return True

        for values in known:
            take(values, _FAR)
        names = self._fields(wanted)
        most = self.most if not self._measured and not found else int(self.most * (1 - _TWO_AT_ONCE))
        while waiting and self.tried < most and not self._all_found(wanted, found):
            *_, parent = heappop(waiting)
            least, followed = self._distance(parent), 0
            for values in self._near.around(parent.values, names):
                if self.tried >= most:
                    break
                followed += followed < MOST_FOLLOWED and take(values, least)
        for name in [each for each in wanted if each not in found]:
            own, read = self._read_by(name)
            parents = {id(found[each]): found[each] for each in (*read, *found) if each in found}
            for (one, other), parent in product(combinations(own, 2), list(parents.values())[:_FEW_PARENTS]):
                for values in self._near.around(parent.values, [one]):
                    if self.tried >= self.most or name in found:
                        break
                    for each in self._near.around(values, [other]):
                        take(each, -1.0)
        return {name: self._told(name, found[name]) for name in wanted if name in found}

    def _all_found(self, wanted: Collection[str], found: Mapping[str, _Seen]) -> bool:
        return all(name in found and not _open(found[name], name) for name in wanted)

    def _fields(self, outcomes: Iterable[str]) -> tuple[str, ...]:
        """The fields that some outcomes rest on in either version; those that edited conditions read come first."""
        behind = {
            name
            for each in outcomes
            for model in (self.old.model, self.new.model)
            for name in fields_behind(each, model)
        }
        first = (name for condition, _ in self._measured for name in _fields_of(condition))
        order = dict.fromkeys((*first, *self._near.fields))
        return tuple(name for name in order if name in behind)

    def _read_by(self, outcome: str) -> tuple[list[str], dict[str, None]]:
        """The fields that the rules of an outcome read themselves, in either version, and the outcomes that they read.
        First come fields on which none of these outcomes rests, and of them those that are read along with one.
        """
        own, outcomes, together = dict[str, None](), dict[str, None](), set[str]()
        for model in (self.old.model, self.new.model):
            branches = (branch for rule in model.decision(outcome) for branch in rule.branches)
            for expression in (each for branch in branches for each in expressions_of(branch)):
                own.update(dict.fromkeys(fields_read(expression)))
                outcomes.update(dict.fromkeys(outcomes_read(expression)))
                together.update(fields_read(expression) if outcomes_read(expression) else ())
        models = (self.old.model, self.new.model)
        behind = {name for each in outcomes for model in models for name in fields_behind(each, model)}
        return sorted(own, key=lambda name: (name in behind, name not in together)), outcomes

    def _decided(self, values: Values) -> _Seen | None:
        """What both versions decide; None where one of them can't."""
        answers = []
        for decider in self._deciders:
            verdict = decider.tried([values.get(name) for name in decider.fields])
            told = dict(zip(decider.outcomes, verdict.answers, strict=True))
            if verdict.standings is None:
                told = {name: BLANK if answer is None else answer for name, answer in told.items()}
            else:
                for name, standing in zip(decider.outcomes, verdict.standings, strict=True):
                    if standing == NO_RULE:
                        told[name] = BLANK
            answers.append(told)
        return _Seen(values, (answers[0], answers[1]))

    def _distance(self, seen: _Seen) -> float:
        """How far a customer is from where a condition that was edited turns; 0 where there is none to be measured."""
        if not self._measured:
            return 0.0
        models = (self.old.model, self.new.model)
        scopes = [
            Scope(model, self.day, seen.values, answers) for model, answers in zip(models, seen.answers, strict=True)
        ]
        return min(_apart(condition, scopes[version]) for condition, version in self._measured)

    # --- made small ---

    def _told(self, name: str, seen: _Seen) -> Differing:
        """The customer without what doesn't matter to the difference, as far as one field after the other tells."""
        values = dict(seen.values)
        nothing = {field: BLANK if self._may_be_blank(field) else None for field in values}
        for field_name in sorted(values, key=self._order):
            if self._same(values[field_name], nothing[field_name]):
                continue
            other = self._decided({**values, field_name: nothing[field_name]})
            if other is not None and self._as_good(name, seen, other):
                values[field_name], seen = nothing[field_name], other
        for field_name, records in values.items():
            for place in reversed(range(len(records) if isinstance(records, tuple | list) else 0)):
                fewer = (*values[field_name][:place], *values[field_name][place + 1 :])
                other = self._decided({**values, field_name: fewer})
                if other is not None and self._as_good(name, seen, other):
                    values[field_name], seen = fewer, other
        told = []
        for field_name in sorted(values, key=self._order, reverse=True):
            value = values[field_name]
            if not self._same(value, nothing[field_name]):
                told.append(Told(field_name, value, kind_of(value)))
        answers = (each[name] for each in seen.answers)
        return Differing(Customer(values, tuple(told), tried=True), *answers)

    def _order(self, name: str) -> int:
        """Fields read last are dropped first."""
        order = self._near.fields
        return -order.index(name) if name in order else -len(order)

    def _may_be_blank(self, name: str) -> bool:
        return all(
            ruleset.model.fields[name].may_be_blank for ruleset in (self.old, self.new) if name in ruleset.model.fields
        )

    @staticmethod
    def _same(one: Any, other: Any) -> bool:
        return one is other or (type(one) is type(other) and bool(one == other))

    def _as_good(self, name: str, seen: _Seen, other: _Seen) -> bool:
        """Whether another customer shows the same difference, or of numbers one of the same kind."""
        if not _differs(other, name):
            return False
        for before, after in zip(seen.answers, other.answers, strict=True):
            one, two = before[name], after[name]
            if (one is None or one is BLANK or two is None or two is BLANK) and one is not two:
                return False
            if not is_numeric(self.new.model.outcomes[name].type) and not same_answer(one, two):
                return False
        return True


def _differs(seen: _Seen, name: str) -> bool:
    return not same_answer(seen.answers[0][name], seen.answers[1][name])


def _open(seen: _Seen, name: str) -> bool:
    """Whether one of the versions gives no answer."""
    return any(each[name] is None or each[name] is BLANK for each in seen.answers)


def _kind(answers: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is told apart of decisions: choices, and whether there is a number or a day at all."""
    return tuple(
        each if isinstance(each, str | bool | tuple) or each is None else each is BLANK for each in answers.values()
    )


def _apart(condition: e.Comparison, scope: Scope) -> float:
    """How far the two sides of a comparison are apart, as a part of the larger one."""
    left, right = value_of(condition.left, scope), value_of(condition.right, scope)
    if left is None or right is None:
        return _FAR
    if isinstance(left, date) and isinstance(right, date):
        return abs((left - right).days) / 365
    try:
        one, other = float(left), float(right)
    except (TypeError, ValueError, OverflowError):
        return _FAR
    return abs(one - other) / max(abs(one), abs(other), 1.0)


def _fields_of(condition: Expression) -> Iterator[str]:
    yield from (each.name for each in parts(condition) if isinstance(each, e.FieldRef))


def _edited_comparisons(old: Model, new: Model) -> Iterator[tuple[e.Comparison, int]]:
    """The comparisons of numbers and days that one version has and the other hasn't, or that read a threshold with
    another value; each with the version, 0 or 1, in which it stands.
    """
    changed = {
        name
        for name in (*old.thresholds, *new.thresholds)
        if name not in old.thresholds or name not in new.thresholds or old.thresholds[name] != new.thresholds[name]
    }
    for version, (model, other) in enumerate(((old, new), (new, old))):
        known = {meaning(each) for each in _comparisons(_branches(other))}
        for each in _comparisons(_branches(model)):
            read = (part.name for part in parts(each) if isinstance(part, e.ThresholdRef))
            if not changed.isdisjoint(read) or meaning(each) not in known:
                yield each, version


def _branches(model: Model) -> Sequence[Branch]:
    return [branch for rule in model.rules if rule.each is None and not rule.switched_off for branch in rule.branches]


def _comparisons(branches: Sequence[Branch]) -> Iterator[e.Comparison]:
    for condition in distinct(branch.condition for branch in branches):
        for each in own_parts(condition):
            if isinstance(each, e.Comparison) and each.operator not in ("=", "!=") and not _of_records(each):
                yield each


def _of_records(comparison: e.Comparison) -> bool:
    """Whether a comparison is about a record in hand, or a group of them: of no customer alone."""
    return any(
        isinstance(each, e.ElementRef) or (isinstance(each, e.Aggregate | e.Quantified) and each.grouped)
        for each in own_parts(comparison)
    )
