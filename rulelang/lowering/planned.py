"""The plan of a whole ruleset: its rules and decisions, and what they aggregate in lists."""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.lowering.plan import Aggregated, Operand, Test
from rulelang.model.aggregates import Aggregator
from rulelang.model.groups import GroupAggregator
from rulelang.vocabulary.declarations import Outcome


@frozen
class Gift:
    """What a branch gives to an outcome."""

    outcome: str
    value: Operand


@frozen
class PlannedBranch:
    """A branch; ``index`` counts the branches of all rules. Where its own condition holds and where it fails.

    Where it fails is lowered when it is first asked for: only customers of whom something is unknown need it.
    """

    index: int
    true: Test
    _fails: Callable[[], Test] = field(eq=False, repr=False)
    gifts: tuple[Gift, ...]
    span: Span | None = field(default=None, eq=False)

    @property
    def false(self) -> Test:
        return self._fails()


@frozen
class PlannedRule:
    """A rule; something in it is unknown where one of its ``divisors`` is zero, one of its ``lookups`` is in vain or
    one of its ``calls`` fails.
    """

    name: str
    branches: tuple[PlannedBranch, ...]
    divisors: tuple[Operand, ...] = ()
    lookups: tuple[Operand, ...] = ()
    calls: tuple[Operand, ...] = ()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes it gives something to."""
        return tuple(dict.fromkeys(gift.outcome for branch in self.branches for gift in branch.gifts))


@frozen
class PlannedDecision:
    """An outcome with its rules by priority, foremost group first."""

    outcome: Outcome
    groups: tuple[tuple[PlannedRule, ...], ...]

    @property
    def rules(self) -> tuple[PlannedRule, ...]:
        return tuple(rule for group in self.groups for rule in group)


@frozen
class Aggregation:
    """How an aggregate or a quantifier is found in the records of a list: where a record counts and where it doesn't.

    ``value`` is what is aggregated, or grouped by; ``group`` what is asked of each group. ``complete`` is true where
    the window lies within what the list covers. ``fields`` are the record's fields it reads; with the ``needed``
    ones everything about a record is known, but for what is ``fallible``: a division, or a key without an entry.
    """

    aggregated: Aggregated
    aggregator: Aggregator | GroupAggregator
    true: Test
    false: Test
    value: Operand | None
    complete: Test
    fields: tuple[str, ...]
    needed: frozenset[str]
    fallible: bool
    group: GroupTest | None = None

    @property
    def list(self) -> str:
        return self.aggregated.expression.list

    @property
    def parts(self) -> tuple[Operand | Test, ...]:
        """Everything an emitter prints of it."""
        own: tuple[Operand | Test, ...] = (self.true, self.false, self.complete)
        if self.value is not None:
            own = (*own, self.value)
        if self.group is not None:
            inner = (part for each in self.group.parts for part in each.parts)
            own = (*own, self.group.true, self.group.false, *inner)
        return own


@frozen
class GroupTest:
    """What is asked of a group of records: its aggregates, and where the condition on them holds and where it fails."""

    parts: tuple[Aggregation, ...]
    true: Test
    false: Test


@frozen
class PlannedEach:
    """Outcomes decided for each record of a list, in the order in which they are decided, all at one time.

    ``waits_for`` are the outcomes that have to be decided before. Of what the rules read: ``fields`` are the record's,
    ``earlier`` its outcomes that were decided before (by their keys, with their names in the record), ``inputs`` and
    ``answers`` the customer's, ``aggregated`` what whole lists come to. Where one of the ``needed`` fields of the
    record is missing, something is unknown.
    """

    list: str
    decisions: tuple[PlannedDecision, ...]
    rules: tuple[PlannedRule, ...]
    waits_for: frozenset[str]
    fields: tuple[str, ...]
    earlier: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...]
    answers: tuple[str, ...]
    aggregated: tuple[Aggregated, ...]
    needed: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of what is decided."""
        return tuple(each.outcome.name for each in self.decisions)


@frozen
class Plan:
    """A whole ruleset, its decisions in the order in which they are made.

    ``inputs`` are the fields it reads; where one of ``needed`` is missing, something is unknown, and where one of
    ``reckoned`` is blank, outcomes among them: those are more than compared. ``mentioned`` are fields that only the
    reasons show.
    ``aggregations`` stand in an order in which each rests on earlier ones only. ``stages`` decide for the records of
    lists, as soon as what they wait for is decided.
    """

    decisions: tuple[PlannedDecision, ...]
    inputs: tuple[str, ...]
    mentioned: tuple[str, ...]
    needed: frozenset[str]
    reckoned: frozenset[str]
    branches: tuple[PlannedBranch, ...] = field(eq=False)
    rules: tuple[PlannedRule, ...] = field(eq=False)
    aggregations: tuple[Aggregation, ...] = field(default=(), eq=False)
    stages: tuple[PlannedEach, ...] = field(default=(), eq=False)
