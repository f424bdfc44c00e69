"""Conditions as written: and, or, not, comparisons, windows, and what is asked of records and of the whole base."""

from __future__ import annotations

from attrs import frozen

from rulelang.syntax.tree.base import Expression
from rulelang.syntax.tree.values import Name, NumberLiteral, Quantity


@frozen
class Connected(Expression):
    """Items joined by ``and`` or by ``or``."""

    operator: str
    items: tuple[Expression, ...]


@frozen
class Negation(Expression):
    """``not …``."""

    operand: Expression


@frozen
class Bullets(Expression):
    """``all``, ``any``, ``none`` or ``at least`` N of the bullets."""

    quantifier: str
    items: tuple[Expression, ...]
    count: int = 0


@frozen
class Compare(Expression):
    """``= != < <= > >=``, or ``before after on_or_before on_or_after``."""

    operator: str
    left: Expression
    right: Expression


@frozen
class CompareAgo(Expression):
    """``more than 365 days ago``: the age compared, whatever else the field may hold."""

    operator: str
    left: Expression
    quantity: Quantity | Name


@frozen
class Between(Expression):
    """Between two bounds; the upper one may be left out."""

    value: Expression
    low: Expression
    high: Expression
    include_high: bool = True
    negated: bool = False


@frozen
class OneOf(Expression):
    """One of several values, or none of them."""

    value: Expression
    options: tuple[Expression, ...]
    negated: bool = False


@frozen
class InList(Expression):
    """An entry of a reference list, or not."""

    value: Expression
    list: Expression
    negated: bool = False


@frozen
class Missing(Expression):
    """``is missing``, or with ``negated`` ``is known``."""

    value: Expression
    negated: bool = False


@frozen
class Empty(Expression):
    """``is empty``, of a list."""

    value: Expression
    negated: bool = False


@frozen
class TextTest(Expression):
    """``contains``, ``starts``, ``ends`` or ``like``."""

    kind: str
    value: Expression
    pattern: Expression
    negated: bool = False


@frozen
class Within(Expression):
    """``within the last 90 days``: direction ``last`` or ``next``."""

    value: Expression
    direction: str
    quantity: Quantity | Name


@frozen
class WithinOf(Expression):
    """``within 2 years after opened_on``: direction ``after`` or ``before``."""

    value: Expression
    quantity: Quantity | Name
    direction: str
    anchor: Expression


@frozen
class InPeriod(Expression):
    """In this / last / next month, quarter or year: offset 0, -1, +1."""

    value: Expression
    unit: str
    offset: int


@frozen
class Population(Expression):
    """Where a value stands among all customers, or those of one group.

    ``top``, ``bottom`` (an ``amount``: a share or a number of customers), ``making_up`` (a share of the whole),
    ``quintile``, ``decile``, ``rank``, ``share``.
    """

    kind: str
    value: Expression
    amount: NumberLiteral | None = None
    group: Name | None = None


@frozen
class HasStanding(Expression):
    """``is provisional``, ``undecided`` or ``decided``, or ``has no rule`` (``no_rule``); or is, or has, not."""

    value: Expression
    standing: str
    negated: bool = False


@frozen
class Tiles(Expression):
    """``table "Tier" tiles spend``: every value from ``low`` to ``high`` (or any value) in exactly one row."""

    table: str
    column: Name
    low: Expression | None = None
    high: Expression | None = None
