"""The plan: what is left of a model for an emitter to print.

A condition of the plan answers one question: is it true? Unknown counts as no, so an emitter needs two-valued logic
only; every branch carries the plan of "is it false?" beside it. An operand is unknown where an input or an answer in
it is missing, or a quotient divides by zero; a test with an unknown operand is not true.

Nothing here rests on a language or on the as-of date: what depends on that date alone is `Fixed` and computed once.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.lowering.recipes import Recipe
from rulelang.model import expressions as e

# --- operands ----------------------------------------------------------------------------------------------------
# ``whole``: the value is certainly an integer. A length of time is the count of its unit.


@frozen
class Constant:
    """A value written in the rules."""

    value: Any


@frozen
class Fixed:
    """A value computed once per as-of date; ``fallible`` where it may be unknown."""

    recipe: Recipe
    whole: bool = False
    fallible: bool = False


@frozen
class Input:
    """A field of the customer."""

    name: str
    whole: bool = False


@frozen
class Element:
    """A field of the record in hand, or what was decided for it."""

    list: str
    name: str
    whole: bool = False


@frozen
class Aggregated:
    """What an aggregate or a quantifier comes to; ``answers`` are the outcomes it rests on, record by record.

    ``part`` is ``numerator`` or ``denominator`` (positive) for an average, which is a fraction.
    """

    expression: e.Aggregated
    whole: bool = False
    answers: tuple[str, ...] = ()
    part: str = ""


@frozen
class Pair:
    """Two values of a record, each of which may be unknown."""

    first: Operand
    second: Operand


@frozen
class Answer:
    """The answer of another outcome."""

    name: str
    whole: bool = False


@frozen
class Reckon:
    """``+``, ``-`` or ``*``, exact."""

    operator: str
    left: Operand
    right: Operand


@frozen
class Quotient:
    """An exact division, the outermost of its value; unknown where the denominator or one of ``divisors`` is zero."""

    numerator: Operand
    denominator: Operand
    divisors: tuple[Operand, ...] = ()


@frozen
class Shift:
    """A date ``amount`` of a unit later (``sign`` 1) or earlier (-1).

    Of working days it is unknown beyond their calendar.
    """

    date: Operand
    amount: Operand
    unit: str
    sign: int


@frozen
class Days:
    """The days from one date to a later one."""

    later: Operand
    earlier: Operand


@frozen
class Age:
    """Completed units from a date to the as-of date."""

    unit: str
    date: Operand


@frozen
class Part:
    """The year, quarter, month, day or weekday of a date; the ``date`` of a moment."""

    part: str
    date: Operand


@frozen
class Anniversary:
    """The next anniversary of a date, the as-of date included."""

    date: Operand


@frozen
class Entry:
    """The entry of a table (a Fixed mapping) under a key; where there is none the default, or unknown."""

    table: Fixed
    key: Operand
    default: Operand | None = None


@frozen
class Invoke:
    """What a function returns for arguments that may be unknown; the result may be, too."""

    function: str
    arguments: tuple[Operand, ...]


@frozen
class Rank:
    """The position of an ordered choice's value."""

    operand: Operand
    order: tuple[str, ...]


@frozen
class Truth:
    """A condition as a value: yes, no or unknown."""

    true: Test
    false: Test


@frozen
class Rounded:
    """Rounded half up to so many decimals."""

    operand: Operand
    decimals: int


@frozen
class Capped:
    """At least and then at most so much; unknown where a cap is."""

    operand: Operand
    at_least: Operand | None
    at_most: Operand | None


Operand = (
    Constant
    | Fixed
    | Input
    | Answer
    | Element
    | Aggregated
    | Pair
    | Reckon
    | Quotient
    | Shift
    | Days
    | Age
    | Part
    | Anniversary
    | Entry
    | Invoke
    | Rank
    | Truth
    | Rounded
    | Capped
)

# --- tests -------------------------------------------------------------------------------------------------------


@frozen
class Always:
    """True, or with ``never`` not true, for everybody."""

    never: bool = False


@frozen
class All:
    """All items are true."""

    items: tuple[Test, ...]


@frozen
class Some:
    """One item is true."""

    items: tuple[Test, ...]


@frozen
class AtLeast:
    """At least so many items are true."""

    count: int
    items: tuple[Test, ...]


@frozen
class Compare:
    """``left operator right``, the operator one of ``= != < <= > >=``."""

    operator: str
    left: Operand
    right: Operand


@frozen
class In:
    """The operand equals one of the values, or with ``negated`` none of them."""

    operand: Operand
    values: tuple[Any, ...]
    negated: bool = False


@frozen
class InList:
    """The text is an entry of a reference list, or with ``negated`` is not."""

    operand: Operand
    list: str
    negated: bool = False


@frozen
class Matches:
    """``contains``, ``starts``, ``ends`` or ``like`` holds, or with ``negated`` does not."""

    kind: str
    operand: Operand
    pattern: str
    negated: bool = False


@frozen
class Has:
    """A collected answer has a value, or with ``negated`` has not; that of a record is an Element."""

    answer: Answer | Element
    value: Any
    negated: bool = False


@frozen
class Missing:
    """The operand is unknown, or with ``negated`` is known."""

    operand: Operand
    negated: bool = False


@frozen
class Stands:
    """An answer's standing is the one named, or with ``negated`` another one."""

    answer: Answer
    standing: str
    negated: bool = False


@frozen
class Blank:
    """A field that may be blank is, an outcome had no rule, or no record is the latest: with that nothing compares."""

    operand: Input | Answer | Element | Aggregated


@frozen
class Switch:
    """A yes or no computed once per as-of date is yes, or with ``negated`` no."""

    fixed: Fixed
    negated: bool = False


@frozen
class Atom:
    """A condition on ``answers`` or on what records come to, judged as a whole where these are in doubt (S3, S4)."""

    true: Test
    false: Test
    answers: tuple[str, ...]


@frozen
class Judged:
    """An atom is true, or with ``false`` is false."""

    atom: Atom
    false: bool = False


Test = (
    Always | All | Some | AtLeast | Compare | In | InList | Matches | Has | Missing | Blank | Stands | Switch | Judged
)
