"""What is asked of lists of records, as written: aggregates, runs, gaps, single records, groups."""

from __future__ import annotations

from attrs import frozen

from rulelang.syntax.tree.base import Expression
from rulelang.syntax.tree.values import Name, Quantity


@frozen
class Path(Expression):
    """``orders.amount``."""

    list: Name
    field: Name


@frozen
class Aggregate(Expression):
    """``count of orders where (…) within the last 90 days``; ``kind`` is ``""`` where a list stands alone.

    ``rolling`` is the length of ``within any 7 days``; ``in_row``: of the longest run of such records; ``by`` is the
    date that a window or an order uses. ``member``: ``cash share of orders.amount``.
    """

    kind: str
    list: Name
    field: Name | None = None
    where: Expression | None = None
    window: Quantity | Name | None = None
    rolling: Quantity | Name | None = None
    in_row: bool = False
    by: Name | None = None
    member: Name | None = None


@frozen
class CountHere(Expression):
    """``count``, inside a group's brackets: how many records the group has."""

    where: Expression | None = None
    window: Quantity | Name | None = None


@frozen
class Gap(Expression):
    """``largest gap between one order where (…) and the next``.

    ``kind``: ``largest``, ``smallest``, ``average``, ``any``, ``every``, ``no``, or ``unsaid`` where none is named.
    """

    kind: str
    list: Name
    where: Expression | None = None
    by: Name | None = None


@frozen
class Pick(Expression):
    """``outcome of the latest of contacts where (…)``: a field of one record. ``record`` says which."""

    field: Name
    record: Aggregate


@frozen
class Quantified(Expression):
    """``any``, ``every`` or ``no`` order has (…)."""

    quantifier: str
    list: Name
    condition: Expression


@frozen
class AnyGroup(Expression):
    """``in any 3 days of transactions: (…)`` with its ``length``, ``for any one counterparty of …`` with its
    ``key``.
    """

    list: Name
    condition: Expression
    length: Quantity | Name | None = None
    key: Name | None = None
    where: Expression | None = None
    window: Quantity | Name | None = None
    by: Name | None = None


@frozen
class InEach(Expression):
    """``in each of the last 3 months: (…)``; with ``list``, the condition is on its records."""

    length: Quantity
    condition: Expression
    list: Name | None = None
    where: Expression | None = None
    by: Name | None = None
