"""The days on which something turns by itself for a customer: a cut-off date is passed, a threshold or a rule changes.

    turning = Turning(model, start, end)
    turning.days("lifecycle", values)      # the answer may be another on these days alone; None: on any

Between two of these days every condition of the outcome's rules stays what it is, so that deciding on them is enough.
They come from the conditions: within a stretch in which thresholds, tables and other outcomes stay the same, a
comparison of a date with the as-of date changes once, and where is found by halving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import product
from math import prod
from typing import Any

from attrs import evolve, field, frozen

from rulelang.changes import course as c
from rulelang.changes.course import ANYHOW, DAY, NO_DAYS, STAYS, Course, Days, added, changes, flipped, joined, steady
from rulelang.changes.timeless import Followers, timed
from rulelang.lowering.needs import values_of
from rulelang.model import expressions as e
from rulelang.model.assigning import assigned_value
from rulelang.model.evaluation import truth_of, value_of
from rulelang.model.expressions import Expression
from rulelang.model.policies import Combiner
from rulelang.model.program import Assignment, Model, Rule
from rulelang.model.records import reaches_back
from rulelang.model.scope import Scope
from rulelang.model.walking import bare, children, fields_read, outcomes_read, parts
from rulelang.values.dates import period
from rulelang.values.numbers import compare
from rulelang.vocabulary.declarations import ReferenceList
from rulelang.vocabulary.lookups import is_dated, validity
from rulelang.vocabulary.types import Date, Length

_MOST_COMBINATIONS = 64
_MOST_KNOWN = 100_000
_LISTS = (e.Aggregate, e.Quantified, e.AnyGroup, e.ElementRef)


class Turning:
    """Finds turning days after ``start`` up to ``end``. What rests on a customer's fields alone is found once for all
    customers with the same values.
    """

    def __init__(self, model: Model, start: date, end: date) -> None:
        self.model, self.start, self.end = model, start, end
        self.timed, self.followers = timed(model), Followers(model)
        self.decisions = {name: model.decision(name) for name in model.outcomes}
        self.decided = {(each.list, each.part) for each in model.record_outcomes.values()}
        self._known: dict[Any, Days | None] = {}
        self._reads: dict[int, tuple[str, ...] | None] = {}

    def days(self, outcome: str, values: Mapping[str, Any]) -> Days | None:
        """The days on which an outcome may turn for a customer; None where it may on any day."""
        return _Customer(self, values).outcome(outcome)

    def moves_daily(self, outcome: str) -> bool:
        """Whether an outcome counts from the day itself (``today + 14 days``), so that it is another every day."""
        values = (value for rule in self.decisions[outcome] for value in _values(rule, outcome))
        return any(self._counts_from_today(each) for each in values)

    def _counts_from_today(self, value: Expression) -> bool:
        match value := bare(value):
            case e.Today():
                return True
            case e.AgeIn(unit=unit):
                return unit == "days"
            case e.DatePart(part=part) if part not in ("day", "weekday"):
                return False
            case e.Aggregate():
                return False
            case e.OutcomeRef(name=name):
                return self.moves_daily(name)
        return not isinstance(value, e.Condition) and any(map(self._counts_from_today, children(value)))

    def read_by(self, condition: Expression) -> tuple[str, ...] | None:
        """The fields that a condition rests on; None where it rests on outcomes or lists as well."""
        key = id(condition)
        if key not in self._reads:
            alone = not outcomes_read(condition) and not any(isinstance(each, _LISTS) for each in parts(condition))
            self._reads[key] = fields_read(condition) if alone else None
        return self._reads[key]

    def kept(self, key: Any, find: Callable[[], Days | None]) -> Days | None:
        """Days found before, or now."""
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = find()
        return self._known[key]


def _one(value: Expression, scope: Scope) -> tuple[Any]:
    return (value_of(value, scope),)


def _values(rule: Rule, outcome: str) -> Iterator[Expression]:
    for branch in rule.branches:
        for each in branch.assignments:
            if each.outcome == outcome:
                yield from values_of(each)


@frozen(eq=False)
class _Customer:
    """One customer's values, and what has been found of the outcomes."""

    turning: Turning
    values: Mapping[str, Any]
    records: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    found: dict[str, Days | None] = field(factory=dict)

    def outcome(self, name: str) -> Days | None:
        if name not in self.found:
            self.found[name] = joined(self._of_decision(name))
        return self.found[name]

    def _of_decision(self, name: str) -> Iterator[Days | None]:
        timed = self.turning.timed[name]
        for rule in timed.rules:
            yield self._within((rule.valid_from, rule.valid_until and rule.valid_until + DAY))
        yield from map(self.condition, timed.conditions)
        for value in timed.values:
            yield self._turns((value,), partial(_one, value), self.course(value).way)

    def _within(self, days: Iterable[date | None]) -> Days:
        return frozenset(each for each in days if each is not None and self.turning.start < each <= self.turning.end)

    def condition(self, condition: Expression) -> Days | None:
        """The days on which a condition may turn; None for any day."""
        follows = self.turning.followers.outcomes(condition)
        if follows is not None:
            return joined(map(self.outcome, follows))
        match condition := bare(condition):
            case e.And(items=items) | e.Or(items=items) | e.AtLeastOf(items=items):
                return joined(map(self.condition, items))
            case e.Not(item=item):
                return self.condition(item)
        read = self.turning.read_by(condition)
        if read is None:
            return self._atom(condition)
        key = (id(condition), *(self.values.get(name) for name in read))
        return self.turning.kept(key, lambda: self._atom(condition))

    def _atom(self, condition: Expression) -> Days | None:
        match condition:
            case e.IsMissing(operand=operand):
                course = self.course(operand)
                return None if course.way is None else course.breaks
            case e.AgeComparison(date=day, length=length):
                return self._turns((day, length), lambda scope: (truth_of(condition, scope),), still=True)
            case e.Within(date=day, direction=side, length=length):
                passed = self._sign(day, e.Today())
                if side == "last":
                    aged = e.AgeComparison("<=", day, length)
                    return self._turns((day, length), lambda scope: (passed(scope), truth_of(aged, scope)), still=True)
                ahead = self._sign(day, e.DateShift(e.Today(), 1, length))
                return self._turns((day, length), lambda scope: (passed(scope), ahead(scope)), still=True)
            case e.WithinOf(date=day, length=length, direction=side, anchor=anchor):
                near, far = (
                    self._sign(day, anchor),
                    self._sign(day, e.DateShift(anchor, -1 if side == "before" else 1, length)),
                )
                still = self.course(length).way == 0
                ways = added(self.course(day), self.course(anchor), -1)
                return self._turns(
                    (day, anchor, length), lambda scope: (near(scope), far(scope)), ways.way if still else None
                )
            case e.InPeriod(date=day, unit=unit, offset=offset):

                def edges(scope: Scope) -> tuple[Any, ...]:
                    value = value_of(day, scope)
                    first, last = period(scope.as_of, unit, offset)
                    return (None, None) if value is None else (value >= first, value <= last)

                return self._turns((day,), edges, still=True)
            case e.Comparison(left=left, right=right):
                return self._compared(left, (right,))
            case e.OneOf(value=value, options=options):
                return self._compared(value, options)
            case e.Between(value=value, low=low, high=high):
                if isinstance(value.type, Date) and isinstance(low.type, Length):
                    ages = [
                        e.AgeComparison(sign, value, bound) for sign, bound in ((">=", low), ("<=", high), ("<", high))
                    ]
                    return self._turns(
                        (value, low, high), lambda scope: tuple(truth_of(each, scope) for each in ages), still=True
                    )
                return self._compared(value, (low, high))
            case e.InList(value=value, list=name):
                course = self.course(value)
                return None if course.way != 0 else course.breaks | self._edges(self.turning.model.lists[name])
            case e.Quantified(condition=inner, where=where):
                return self._of_records(condition, (inner, where))
            case e.AnyGroup(condition=inner, where=where, window=window, length=length):
                return joined((self._of_records(condition, (where, window), (length,)), self.condition(inner)))
        course = self.course(condition) if not isinstance(condition, e.Condition) else self._parts(condition)
        return course.breaks if course.way == 0 else None

    def _compared(self, value: Expression, others: Iterable[Expression]) -> Days | None:
        """A value against others: between breaks each comparison changes twice at most, before and after they meet."""
        return joined(map(partial(self._against, value), others))

    def _against(self, value: Expression, other: Expression) -> Days | None:
        sign = self._sign(value, other)
        way = added(self.course(value), self.course(other), -1).way
        return self._turns((value, other), lambda scope: (sign(scope),), way)

    def _turns(
        self,
        operands: Iterable[Expression],
        state: Callable[[Scope], tuple[Any, ...]],
        way: int | None = 0,
        still: bool = False,
    ) -> Days | None:
        """The days on which a state changes whose parts each change in one direction only.

        ``still``: the operands have to stay the same between breaks, and only the day goes on; else ``way`` is how
        what is compared goes.
        """
        operands = tuple(operands)
        courses = [self.course(each) for each in operands]
        if way is None or any(each.way is None for each in courses) or (still and any(each.way for each in courses)):
            return None
        breaks = frozenset(day for each in courses for day in each.breaks)
        if not still and way == 0:
            return breaks
        if any(isinstance(part, e.Aggregate) and part.grouped for each in operands for part in parts(each)):
            return None  # it is another value in every group
        found = set(breaks)
        ends = [*sorted(breaks), self.turning.end + DAY if self.turning.end < date.max else date.max]
        first = self.turning.start
        for following in ends:
            answers = self._answers(operands, first)
            if answers is None:
                return None
            last = max(first, following - DAY)
            for each in answers:
                found.update(changes(partial(self._state, state, each), first, last))
            first = following
        return frozenset(day for day in found if self.turning.start < day <= self.turning.end)

    def _sign(self, one: Expression, other: Expression) -> Callable[[Scope], int | None]:
        def sign(scope: Scope) -> int | None:
            left, right = value_of(one, scope), value_of(other, scope)
            if left is None or right is None:
                return None
            return (left > right) - (left < right) if isinstance(left, date) else compare(left, right)

        return sign

    def _state(
        self, state: Callable[[Scope], tuple[Any, ...]], outcomes: Mapping[str, Any], day: date
    ) -> tuple[Any, ...]:
        return state(self._scope(day, outcomes))

    def _scope(self, day: date, outcomes: Mapping[str, Any]) -> Scope:
        return Scope(self.turning.model, day, self.values, outcomes, self.records)

    def course(self, value: Expression) -> Course:
        """How a value goes with time."""
        value = bare(value)
        match value:
            case e.ElementRef(list=name, name=part) if (name, part) in self.turning.decided:
                return ANYHOW
            case e.Literal() | e.FieldRef() | e.ElementRef():
                return STAYS
            case e.Today():
                return Course(NO_DAYS, 1)
            case e.ThresholdRef(name=name):
                return Course(self._within(day for day, _ in self.turning.model.thresholds[name].dated))
            case e.OutcomeRef(name=name):
                days = self.outcome(name)
                return ANYHOW if days is None else Course(days)
            case e.Negated(operand=operand):
                return flipped(self.course(operand), -1)
            case e.DateShift(date=day, sign=sign, length=length):
                return added(self.course(day), self.course(length), sign)
            case e.DaysBetween(later=later, earlier=earlier):
                return added(self.course(later), self.course(earlier), -1)
            case e.AgeIn(date=day):
                course = self.course(day)
                return Course(course.breaks, 1) if course.way == 0 else ANYHOW
            case e.NextAnniversary(date=day):
                return self._anniversaries(day)
            case e.DatePart(part=part, date=day):
                return self._date_part(part, day)
            case e.Arithmetic(operator="+" | "-" as sign, left=left, right=right):
                return added(self.course(left), self.course(right), 1 if sign == "+" else -1)
            case e.Arithmetic(operator=sign, left=left, right=right):
                return self._scaled(sign, left, right)
            case e.Lookup(table=table, key=key, default=default):
                parts = [self.course(each) for each in (key, default) if each is not None]
                return steady([*parts, Course(self._edges(self.turning.model.lists[table]))])
            case e.Aggregate(where=where, window=window, value=inner, rolling=rolling):
                days = self._of_records(value, (where, window), (inner, rolling))
                return ANYHOW if days is None else Course(days)
        if isinstance(value, e.Condition):
            turns = self.condition(value)
            return ANYHOW if turns is None else Course(turns)
        return self._parts(value)

    def _parts(self, value: Expression) -> Course:
        """What changes only where one of its parts does."""
        return steady([self.course(each) for each in children(value)])

    def _scaled(self, sign: str, left: Expression, right: Expression) -> Course:
        """A product or a quotient: rises and falls with one side where the other stays, and its sign is known."""
        one, other = self.course(left), self.course(right)
        if one.way == 0 and other.way == 0:
            return steady([one, other])
        if outcomes_read(left) or outcomes_read(right):
            return ANYHOW
        for moving, still, factor in ((one, other, right), (other, one, left)):
            if still.way == 0 and not still.breaks and (sign == "*" or factor is right):
                number = value_of(factor, self._scope(self.turning.start, {}))
                return Course(moving.breaks) if not number else flipped(moving, 1 if number > 0 else -1)
        return ANYHOW

    def _anniversaries(self, day: Expression) -> Course:
        course = self.course(day)
        if course.way != 0 or course.breaks or outcomes_read(day):
            return ANYHOW
        born = value_of(day, self._scope(self.turning.start, {}))
        return Course(frozenset(c.days_after_anniversaries(born, self.turning.start, self.turning.end)))

    def _date_part(self, part: str, day: Expression) -> Course:
        course = self.course(day)
        if course.way == 0 or (part == "year" and course.way is not None):
            return course
        if part in ("month", "quarter") and isinstance(bare(day), e.Today):
            return Course(self._within(c.starts_of_months(self.turning.start, self.turning.end)))
        return ANYHOW

    def _edges(self, reference: ReferenceList) -> Days:
        """The days on which rows of a table begin or cease to hold."""
        if not is_dated(reference):
            return NO_DAYS
        spans = [validity(reference.columns, row) for row in reference.rows]
        ends = (until + DAY for _, until in spans if until < date.max)
        return self._within((*(first for first, _ in spans), *ends))

    def _of_records(
        self,
        expression: e.Aggregated,
        conditions: Iterable[Expression | None],
        values: Iterable[Expression | None] = (),
    ) -> Days | None:
        """The days on which what is asked of the records of a list may turn."""
        asked, taken = ([each for each in some if each is not None] for some in (conditions, values))
        reach = reaches_back(expression, self.turning.model)
        found: list[Days | None] = [] if reach is None else [self._atom(reach)]
        for record in self.values.get(expression.list) or ():
            inner = evolve(self, records={**self.records, expression.list: record}, found=self.found)
            found += map(inner.condition, asked)
            for each in taken:
                course = inner.course(each)
                found.append(course.breaks if course.way == 0 else None)
        return joined(found)

    def _answers(self, operands: Iterable[Expression], day: date) -> list[dict[str, Any]] | None:
        """Every combination of what the outcomes that are read may be on a day; None where they are too many."""
        names = tuple(dict.fromkeys(name for each in operands for name in outcomes_read(each)))
        if not names:
            return [{}]
        options = [self._candidates(name, day) for name in names]
        if any(each is None for each in options) or prod(len(each or ()) for each in options) > _MOST_COMBINATIONS:
            return None
        return [dict(zip(names, each, strict=True)) for each in product(*(each or () for each in options))]

    def _candidates(self, name: str, day: date) -> tuple[Any, ...] | None:
        outcome = self.turning.model.outcomes[name]
        if outcome.policy in ("sum", "collect"):
            return None
        combiner = Combiner(outcome)
        found: dict[Any, None] = {None: None, combiner.fallback: None}
        for assignment in self._assignments(name):
            answers = self._answers(values_of(assignment), day)
            if answers is None:
                return None
            for each in answers:
                value = assigned_value(assignment, outcome, self._scope(day, each))
                found[combiner.finished(value)] = None
        return tuple(found) if len(found) <= _MOST_COMBINATIONS else None

    def _assignments(self, name: str) -> Iterator[Assignment]:
        for rule in self.turning.decisions[name]:
            for branch in () if rule.switched_off else rule.branches:
                yield from (each for each in branch.assignments if each.outcome == name)
