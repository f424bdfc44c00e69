"""Recipes: what rests on thresholds and the as-of date alone, and is computed once per as-of date."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from rulelang.model.expressions import Aggregate, AnyGroup, Expression
from rulelang.model.program import Assignment
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Type


@frozen
class Evaluated:
    """The value of an expression that reads no customer."""

    expression: Expression


@frozen
class Given:
    """The value of an assignment that reads no customer, rounded and capped."""

    assignment: Assignment
    outcome: Outcome


@frozen
class LatestAged:
    """The latest date whose age reaches a length of time, or ``exceeded``: exceeds it."""

    length: Expression
    exceeded: bool


@frozen
class LatestCompleted:
    """The latest date with at least so many completed units, or ``exceeded``: with more than so many."""

    unit: str
    count: Expression
    exceeded: bool


@frozen
class PeriodEdge:
    """The first (``edge`` 0) or last (1) day of the calendar period ``offset`` periods from the as-of date's."""

    unit: str
    offset: int
    edge: int


@frozen
class RankOf:
    """The position of an ordered choice's value."""

    expression: Expression
    order: tuple[str, ...]


@frozen
class Aggregating:
    """How an aggregate works, or a group is looked for; a span of days may be as long as a threshold says."""

    expression: Aggregate | AnyGroup


@frozen
class InForce:
    """Whether the as-of date lies within a validity."""

    valid_from: date | None
    valid_until: date | None


@frozen
class Entries:
    """The values of a reference table's column by key, of the rows in force."""

    table: str
    key_column: int
    column: int
    type: Type


Recipe = Evaluated | Given | LatestAged | LatestCompleted | PeriodEdge | RankOf | InForce | Entries | Aggregating
