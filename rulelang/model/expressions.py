"""Typed expressions of the checked model: no sugar, no language, every name resolved.

Every node carries its ``type`` (conditions have ``YesNo()``) and the ``span`` of the text it came from, which is left
out of equality. A value is *unknown* where a field it rests on is missing; conditions are three-valued (S3).
"""

from __future__ import annotations

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.model.calls import Call as Call
from rulelang.model.calls import Lookup as Lookup
from rulelang.model.lists import Aggregate as Aggregate
from rulelang.model.lists import Aggregated as Aggregated
from rulelang.model.lists import AnyGroup as AnyGroup
from rulelang.model.lists import ElementRef as ElementRef
from rulelang.model.lists import Quantified as Quantified
from rulelang.model.moments import DayOf as DayOf
from rulelang.model.moments import Now as Now
from rulelang.model.standing import HasStanding as HasStanding
from rulelang.model.standing import MissingFor as MissingFor
from rulelang.vocabulary.declarations import Value
from rulelang.vocabulary.types import Date, Length, Number, Type, YesNo


def _span() -> Span | None:
    result: Span | None = field(default=None, eq=False, kw_only=True)
    return result


# --- values -----------------------------------------------------------------------------------------------------


@frozen
class Literal:
    """A constant. A length of time is a Duration; a choice member its key; YesNo True is the condition ``always``.

    ``label`` is a text's other language, for people only.
    """

    value: Value
    type: Type
    label: str | None = field(default=None, eq=False, kw_only=True)
    span: Span | None = _span()


@frozen
class FieldRef:
    """The customer's value of a field."""

    name: str
    type: Type
    span: Span | None = _span()


@frozen
class OutcomeRef:
    """What this run decided for another outcome; in a rule about records also for another outcome of the record."""

    name: str
    type: Type
    span: Span | None = _span()


@frozen
class ThresholdRef:
    """A threshold, at its value on the as-of date."""

    name: str
    type: Type
    span: Span | None = _span()


@frozen
class Named:
    """A named value (``let``) or a use of a reusable condition (``define``): transparent, kept for explanations."""

    name: str
    label: str | None
    operand: Expression
    span: Span | None = _span()

    @property
    def type(self) -> Type:
        return self.operand.type


@frozen
class Today:
    """The as-of date."""

    type: Type = Date()
    span: Span | None = _span()


@frozen
class Arithmetic:
    """``+ - * /`` over numbers; exact; dividing by zero is unknown."""

    operator: str
    left: Expression
    right: Expression
    type: Type
    span: Span | None = _span()


@frozen
class Negated:
    """A number with the sign changed."""

    operand: Expression
    type: Type
    span: Span | None = _span()


@frozen
class DateShift:
    """A date moved by a length of time (S5 calendar steps).

    ``sign`` is +1 or -1; ``length`` is a Literal, a ThresholdRef or any expression of type Length.
    """

    date: Expression
    sign: int
    length: Expression
    type: Type = Date()
    span: Span | None = _span()


@frozen
class DaysBetween:
    """``later - earlier`` in days, a length of time."""

    later: Expression
    earlier: Expression
    type: Type = Length("days")
    span: Span | None = _span()


@frozen
class AgeIn:
    """Completed days, months or years from a date to the as-of date, a whole number."""

    unit: str
    date: Expression
    type: Type = Number(0)
    span: Span | None = _span()


@frozen
class DatePart:
    """The ``year``, ``quarter``, ``month``, ``day`` or ``weekday`` (Monday 1) of a date."""

    part: str
    date: Expression
    type: Type = Number(0)
    span: Span | None = _span()


@frozen
class NextAnniversary:
    """The first anniversary of a date on or after the as-of date."""

    date: Expression
    type: Type = Date()
    span: Span | None = _span()


# --- conditions -------------------------------------------------------------------------------------------------


@frozen
class And:
    """All of ``items`` (Kleene)."""

    items: tuple[Expression, ...]
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class Or:
    """Any of ``items`` (Kleene)."""

    items: tuple[Expression, ...]
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class Not:
    """The opposite; unknown stays unknown."""

    item: Expression
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class AtLeastOf:
    """At least ``count`` of ``items`` are true."""

    count: int
    items: tuple[Expression, ...]
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class Comparison:
    """``left operator right`` with operator one of ``= != < <= > >=``.

    Both sides are of comparable type: numbers, dates, lengths of time; texts and yes/no for = and != only; ordered
    choices by rank.
    """

    operator: str
    left: Expression
    right: Expression
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class AgeComparison:
    """The age of a date at the as-of date against a length of time (S5): operator one of ``< <= > >=``.

    ``age >= 6 months`` is ``date + 6 months <= as-of date``; ``>`` is ``<``; the others are their opposites.
    """

    operator: str
    date: Expression
    length: Expression
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class Between:
    """``low <= value <= high``, or ``< high`` where ``include_high`` is false.

    A length of time as ``low`` and ``high`` beside a date compares the date's age.
    """

    value: Expression
    low: Expression
    high: Expression
    include_high: bool = True
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class OneOf:
    """The value equals one of the options."""

    value: Expression
    options: tuple[Expression, ...]
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class InList:
    """The text is an entry of a reference list."""

    value: Expression
    list: str
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class Within:
    """A date within the last / next length of time, both ends included (S5).

    ``last``: date <= as-of date and not (date + length < as-of date).
    ``next``: as-of date <= date <= as-of date + length.
    """

    date: Expression
    direction: str
    length: Expression
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class WithinOf:
    """``after``: anchor <= date <= anchor + length. ``before``: anchor - length <= date <= anchor."""

    date: Expression
    length: Expression
    direction: str
    anchor: Expression
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class InPeriod:
    """A date in the calendar ``month``, ``quarter`` or ``year`` of the as-of date, the one before or after (-1, +1)."""

    date: Expression
    unit: str
    offset: int
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class IsMissing:
    """The operand has no value. On a field that may be blank, a blank answers yes."""

    operand: Expression
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class TextTest:
    """``contains``, ``starts`` (with), ``ends`` (with) or ``like`` (``*`` any run, ``?`` one character).

    On a ``collect`` outcome, ``contains`` asks whether one of the collected values equals the pattern.
    """

    kind: str
    value: Expression
    pattern: str
    type: Type = YesNo()
    span: Span | None = _span()


Reference = Literal | FieldRef | OutcomeRef | ThresholdRef | ElementRef | Named | Today | Now | Lookup | MissingFor
Reckoning = (
    Arithmetic | Negated | DateShift | DaysBetween | AgeIn | DatePart | DayOf | NextAnniversary | Aggregate | Call
)
Logic = And | Or | Not | AtLeastOf | Quantified | AnyGroup
Test = Comparison | AgeComparison | Between | OneOf | InList | Within | WithinOf | InPeriod | IsMissing | TextTest
Condition = Logic | Test | HasStanding
Expression = Reference | Reckoning | Condition

ALWAYS = Literal(True, YesNo())
