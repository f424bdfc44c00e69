"""The syntax tree: what was written, with its sugar and its spans, whatever the language it was written in.

Spans are left out of equality, so two trees are equal when they say the same. Names are as written (a label stays a
label); the meaning layer resolves them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import field, frozen

from rulelang.diagnostics.position import Span


def _span() -> Span:
    result: Span = field(default=None, eq=False, kw_only=True, repr=False)
    return result


# --- values ---


@frozen
class Name:
    """A name as written; ``quoted`` in ``[…]`` or 【…】."""

    text: str
    quoted: bool = field(default=False, eq=False)
    span: Span = _span()


@frozen
class TextLiteral:
    """A text, and the same in the other language."""

    text: str
    other: str | None = None
    span: Span = _span()


@frozen
class NumberLiteral:
    """A number; ``percent`` where it was written with a percent sign (the value is the fraction)."""

    value: int | Decimal
    percent: bool = False
    span: Span = _span()


@frozen
class Quantity:
    """A number with a unit of time, canonical in the singular: ``day``, ``month``, ``working day`` …"""

    number: int | Decimal
    unit: str
    span: Span = _span()


@frozen
class Money:
    """An amount with its currency (ISO code)."""

    number: int | Decimal
    currency: str
    span: Span = _span()


@frozen
class DateLiteral:
    """A calendar day."""

    value: date
    span: Span = _span()


@frozen
class YesNo:
    """``yes`` or ``no``."""

    value: bool
    span: Span = _span()


@frozen
class Today:
    """The as-of date."""

    span: Span = _span()


@frozen
class Relative:
    """``14 days ago`` (sign -1) or ``14 days from now`` (sign +1)."""

    quantity: Quantity | Name
    sign: int
    span: Span = _span()


@frozen
class Binary:
    """``+ - * /``."""

    operator: str
    left: Expression
    right: Expression
    span: Span = _span()


@frozen
class Negative:
    """A value with its sign changed."""

    operand: Expression
    span: Span = _span()


@frozen
class Age:
    """``age of x``: unit ``day``, ``month`` or ``year``."""

    unit: str
    operand: Expression
    span: Span = _span()


@frozen
class Part:
    """``month of x`` and its like."""

    part: str
    operand: Expression
    span: Span = _span()


@frozen
class Anniversary:
    """``anniversary of x``."""

    operand: Expression
    span: Span = _span()


@frozen
class Grouped:
    """Brackets, kept so that they can be printed where they are needed; they mean nothing of their own."""

    operand: Expression
    span: Span = _span()


@frozen
class Call:
    """A use of a ``define`` or of a function."""

    function: Name
    arguments: tuple[Expression, ...]
    span: Span = _span()


@frozen
class MissingFor:
    """``missing for x``: the fields that would settle an outcome."""

    outcome: Name
    span: Span = _span()


@frozen
class Owned:
    """``customer's x``: the customer's field is meant, inside ``where (…)``."""

    name: Name
    span: Span = _span()


@frozen
class Previous:
    """``previous x``: last run's answer."""

    name: Name
    span: Span = _span()


@frozen
class Path:
    """``orders.amount``."""

    list: Name
    field: Name
    span: Span = _span()


@frozen
class Aggregate:
    """``count of orders where (…) within the last 90 days``; ``kind`` is ``""`` where a list stands alone."""

    kind: str
    list: Name
    field: Name | None = None
    where: Expression | None = None
    window: Quantity | Name | None = None
    span: Span = _span()


@frozen
class Lookup:
    """``weight of country in country_risk, or 50``."""

    column: Name
    key: Expression
    table: Name
    default: Expression | None = None
    span: Span = _span()


# --- conditions ---


@frozen
class Connected:
    """Items joined by ``and`` or by ``or``."""

    operator: str
    items: tuple[Expression, ...]
    span: Span = _span()


@frozen
class Negation:
    """``not …``."""

    operand: Expression
    span: Span = _span()


@frozen
class Bullets:
    """``all``, ``any``, ``none`` or ``at least`` N of the bullets."""

    quantifier: str
    items: tuple[Expression, ...]
    count: int = 0
    span: Span = _span()


@frozen
class Compare:
    """``= != < <= > >=``, or ``before after on_or_before on_or_after``."""

    operator: str
    left: Expression
    right: Expression
    span: Span = _span()


@frozen
class CompareAgo:
    """``more than 365 days ago``: the age compared, whatever else the field may hold."""

    operator: str
    left: Expression
    quantity: Quantity | Name
    span: Span = _span()


@frozen
class Between:
    """Between two bounds; the upper one may be left out."""

    value: Expression
    low: Expression
    high: Expression
    include_high: bool = True
    negated: bool = False
    span: Span = _span()


@frozen
class OneOf:
    """One of several values, or none of them."""

    value: Expression
    options: tuple[Expression, ...]
    negated: bool = False
    span: Span = _span()


@frozen
class InList:
    """An entry of a reference list, or not."""

    value: Expression
    list: Expression
    negated: bool = False
    span: Span = _span()


@frozen
class Missing:
    """``is missing``, or with ``negated`` ``is known``."""

    value: Expression
    negated: bool = False
    span: Span = _span()


@frozen
class Empty:
    """``is empty``, of a list."""

    value: Expression
    negated: bool = False
    span: Span = _span()


@frozen
class TextTest:
    """``contains``, ``starts``, ``ends`` or ``like``."""

    kind: str
    value: Expression
    pattern: Expression
    negated: bool = False
    span: Span = _span()


@frozen
class Within:
    """``within the last 90 days``: direction ``last`` or ``next``."""

    value: Expression
    direction: str
    quantity: Quantity | Name
    span: Span = _span()


@frozen
class WithinOf:
    """``within 2 years after opened_on``: direction ``after`` or ``before``."""

    value: Expression
    quantity: Quantity | Name
    direction: str
    anchor: Expression
    span: Span = _span()


@frozen
class InPeriod:
    """In this / last / next month, quarter or year: offset 0, -1, +1."""

    value: Expression
    unit: str
    offset: int
    span: Span = _span()


@frozen
class Population:
    """Where a value stands among all customers, or those of one group.

    ``top``, ``bottom`` (an ``amount``: a share or a number of customers), ``making_up`` (a share of the whole),
    ``quintile``, ``decile``, ``rank``, ``share``.
    """

    kind: str
    value: Expression
    amount: NumberLiteral | None = None
    group: Name | None = None
    span: Span = _span()


@frozen
class HasStanding:
    """``is provisional``, ``undecided`` or ``decided``."""

    value: Expression
    standing: str
    span: Span = _span()


@frozen
class Quantified:
    """``any``, ``every`` or ``no`` order has (…)."""

    quantifier: str
    list: Name
    condition: Expression
    span: Span = _span()


Expression = (
    Name
    | TextLiteral
    | NumberLiteral
    | Quantity
    | Money
    | DateLiteral
    | YesNo
    | Today
    | Relative
    | Binary
    | Negative
    | Age
    | Part
    | Anniversary
    | Grouped
    | Call
    | MissingFor
    | Owned
    | Previous
    | Path
    | Aggregate
    | Lookup
    | Connected
    | Negation
    | Bullets
    | Compare
    | CompareAgo
    | Between
    | OneOf
    | InList
    | Missing
    | Empty
    | TextTest
    | Within
    | WithinOf
    | InPeriod
    | Population
    | HasStanding
    | Quantified
)
