"""Values as written: names, literals, arithmetic, what is asked of dates, lists and tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import field, frozen

from rulelang.syntax.tree.base import Expression


@frozen
class Name(Expression):
    """A name as written; ``quoted`` in ``[…]`` or 【…】."""

    text: str
    quoted: bool = field(default=False, eq=False)


@frozen
class TextLiteral(Expression):
    """A text, and the same in the other language."""

    text: str
    other: str | None = None


@frozen
class NumberLiteral(Expression):
    """A number; ``percent`` where it was written with a percent sign (the value is the fraction)."""

    value: int | Decimal
    percent: bool = False


@frozen
class Quantity(Expression):
    """A number with a unit of time, canonical in the singular: ``day``, ``month``, ``working day`` …"""

    number: int | Decimal
    unit: str


@frozen
class Money(Expression):
    """An amount with its currency (ISO code)."""

    number: int | Decimal
    currency: str


@frozen
class DateLiteral(Expression):
    """A calendar day."""

    value: date


@frozen
class YesNo(Expression):
    """``yes`` or ``no``, and the word it was ``written`` with, which may be a member of a choice."""

    value: bool
    written: str = field(default="", kw_only=True, eq=False)


@frozen
class Today(Expression):
    """The as-of date."""


@frozen
class Relative(Expression):
    """``14 days ago`` (sign -1) or ``14 days from now`` (sign +1)."""

    quantity: Quantity | Name
    sign: int


@frozen
class Binary(Expression):
    """``+ - * /``."""

    operator: str
    left: Expression
    right: Expression


@frozen
class Negative(Expression):
    """A value with its sign changed."""

    operand: Expression


@frozen
class Age(Expression):
    """``age of x``: unit ``day``, ``month`` or ``year``."""

    unit: str
    operand: Expression


@frozen
class Part(Expression):
    """``month of x`` and its like."""

    part: str
    operand: Expression


@frozen
class Converted(Expression):
    """``amount in CNY``: an amount of money in another currency."""

    operand: Expression
    currency: str


@frozen
class Anniversary(Expression):
    """``anniversary of x``."""

    operand: Expression


@frozen
class Grouped(Expression):
    """Brackets, kept so that they can be printed where they are needed; they mean nothing of their own."""

    operand: Expression


@frozen
class Call(Expression):
    """A use of a ``define`` or of a function."""

    function: Name
    arguments: tuple[Expression, ...]


@frozen
class MissingFor(Expression):
    """``missing for x``: the fields that would settle an outcome."""

    outcome: Name


@frozen
class Owned(Expression):
    """``customer's x``: the customer's field is meant, inside ``where (…)``."""

    name: Name


@frozen
class Previous(Expression):
    """``previous x``: last run's answer."""

    name: Name


@frozen
class TableTotal(Expression):
    """``sum of score in table "Score card"``, a decision table by its title; or a reference table by its name."""

    kind: str
    column: Name
    table: TextLiteral | Name


@frozen
class Lookup(Expression):
    """``weight of country in country_risk, or 50``."""

    column: Name
    key: Expression
    table: Name
    default: Expression | None = None
