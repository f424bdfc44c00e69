"""The checked model of a ruleset: what it means, without its wording."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import evolve, field, frozen

from rulelang.diagnostics.position import Source, Span
from rulelang.model.expressions import Expression, FieldRef
from rulelang.values.working_days import WorkingDays
from rulelang.vocabulary.checks import FieldChecks
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.functions import Function
from rulelang.vocabulary.types import Type


@frozen
class Hole:
    """A value shown inside a reason: ``{last_purchase}``; ``text`` is what was written between the braces."""

    text: str
    expression: Expression


@frozen
class Reason:
    """A ``because`` text, cut into literal text and holes, as first written and in its other language."""

    parts: tuple[str | Hole, ...]
    other: tuple[str | Hole, ...] | None = None


@frozen
class Assignment:
    """What a branch gives to one outcome. ``at_least``/``at_most`` cap this value after rounding."""

    outcome: str
    value: Expression
    at_least: Expression | None = None
    at_most: Expression | None = None
    span: Span | None = field(default=None, eq=False)


@frozen
class Branch:
    """One ``if … then …`` or ``otherwise …`` of a rule.

    ``condition`` is its own condition only: a branch is taken when it is true and no earlier branch of the rule is.
    ``always`` and a bare ``otherwise`` have the condition ALWAYS.
    """

    condition: Expression
    assignments: tuple[Assignment, ...]
    reason: Reason | None = None
    span: Span | None = field(default=None, eq=False)


@frozen
class Rule:
    """A named rule; ``priority`` 1 goes first, None last. ``name`` is unique (an unnamed one is ``line 12``).

    ``each`` is the list whose records it speaks of, one at a time; its own fields are ElementRefs outside aggregates.
    """

    name: str
    branches: tuple[Branch, ...]
    label: str | None = None
    priority: int | None = None
    switched_off: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    each: str | None = None
    span: Span | None = field(default=None, eq=False)

    def in_force(self, as_of: date) -> bool:
        """Whether the rule counts on a day: switched on, and the day lies within its validity."""
        return (
            not self.switched_off
            and (self.valid_from is None or self.valid_from <= as_of)
            and (self.valid_until is None or as_of <= self.valid_until)
        )


@frozen
class Requirement:
    """A statement about thresholds that must hold on the as-of date (``require gold_at > silver_at``)."""

    condition: Expression
    text: str
    note: str | None = None
    note_label: str | None = None
    span: Span | None = field(default=None, eq=False)


@frozen
class ExampleRecord:
    """One record of a list in an ``example`` block: its values by field, its outcomes expected (as written, unread)."""

    given: tuple[tuple[str, str], ...]
    expect: tuple[tuple[str, str], ...]
    span: Span | None = field(default=None, eq=False)


@frozen
class Example:
    """An ``example`` block: values given (as written, unread), outcomes and rules expected, the records of lists."""

    name: str
    as_of: date | None
    given: tuple[tuple[str, str | None], ...]
    expect: tuple[tuple[str, str | None], ...]
    expect_rules: tuple[str, ...] = ()
    records: tuple[tuple[str, tuple[ExampleRecord, ...]], ...] = ()
    span: Span | None = field(default=None, eq=False)


# Measures of the population are fields of these names; people see what was written, which is the field's label.
MEASURE = "measure "


@frozen
class Measure:
    """Where customers stand among all, or among those of one group; read by rules as the field ``name``.

    ``top`` and ``bottom``: within an ``amount`` of customers (a share of them where ``share``), ties included;
    ``making_up``: among those whose values, the largest first, make up a share of the total; ``quintile`` and
    ``decile``: 5 and 10 are the largest (of dates: the latest); ``rank``: 1 is the largest, ties share the better
    rank; ``share`` of the total. A customer whose value is missing is not counted and has no measure.
    """

    name: str
    kind: str
    value: Expression
    amount: int | Decimal | None
    share: bool
    group: FieldRef | None
    type: Type
    span: Span | None = field(default=None, eq=False)

    def named(self, name: str) -> Measure:
        """The measure under a name."""
        return evolve(self, name=name)

    def same_as(self, other: Measure) -> bool:
        """Whether both measure the same."""
        return self == other.named(self.name)


@frozen
class Deviation:
    """What a ruleset changed of the one it extends: ``kind`` is ``added``, ``replaced``, ``removed``, ``threshold``,
    ``field`` or ``currency`` (the one that its amounts are in now).

    ``span`` is the place of the change, ``base`` the place of what was changed.
    """

    kind: str
    name: str
    span: Span | None = field(default=None, eq=False)
    base: Span | None = field(default=None, eq=False)


@frozen
class Header:
    """What the file says of itself."""

    name: str | None = None
    label: str | None = None
    version: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@frozen
class Model:
    """A whole checked ruleset.

    ``outcomes`` stand in the order in which they are decided (S2: an outcome after those its rules read);
    ``rules`` stand in the order written. A rule belongs to the decision of each outcome it assigns.
    ``functions`` are those that are called, or check data, by name. ``record_outcomes`` are decided for each record of
    a list; they too stand in an order in which they can be decided.
    ``working_days`` is the calendar of the list of holidays. ``checks`` is what is asked of data, field by field; no
    decision rests on it.
    """

    header: Header
    fields: Mapping[str, Field]
    outcomes: Mapping[str, Outcome]
    thresholds: Mapping[str, Threshold]
    lists: Mapping[str, ReferenceList]
    rules: tuple[Rule, ...]
    requirements: tuple[Requirement, ...] = ()
    examples: tuple[Example, ...] = ()
    measures: tuple[Measure, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    functions: Mapping[str, Function] = field(factory=dict)
    sources: tuple[Source, ...] = field(default=(), eq=False)
    language: str = "en"
    record_outcomes: Mapping[str, Outcome] = field(factory=dict)
    working_days: WorkingDays | None = None
    checks: tuple[FieldChecks, ...] = ()

    def outcome(self, name: str) -> Outcome:
        """The outcome of a customer or of a record with this key."""
        found = self.outcomes.get(name)
        return self.record_outcomes[name] if found is None else found

    def outcomes_of(self, list_: str) -> tuple[Outcome, ...]:
        """What is decided for each record of a list."""
        return tuple(each for each in self.record_outcomes.values() if each.list == list_)

    def decision(self, outcome: str) -> tuple[Rule, ...]:
        """The rules that assign an outcome, foremost priority first, else in the order written."""
        rules = [
            rule
            for rule in self.rules
            if any(each.outcome == outcome for branch in rule.branches for each in branch.assignments)
        ]
        return tuple(sorted(rules, key=lambda rule: (rule.priority is None, rule.priority or 0)))
