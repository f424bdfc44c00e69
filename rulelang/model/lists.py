"""What is asked of lists of records, as nodes of expressions.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from rulelang.diagnostics.position import Span
from rulelang.vocabulary.types import Type, YesNo

if TYPE_CHECKING:
    from rulelang.model.expressions import Expression, Literal, ThresholdRef, Within

GAPS = ("largest_gap", "smallest_gap", "average_gap")
PICKS = ("latest_record", "earliest_record")
FRACTIONS = ("average", "average_gap")


def _span() -> Span | None:
    result: Span | None = field(default=None, eq=False, kw_only=True)
    return result


@frozen
class ElementRef:
    """The value of a field of the record in hand: inside a ``where``, an aggregate's value, a quantifier.

    ``outcome`` is the key of what was decided for that record, where it is no field (``order.alert``).
    """

    list: str
    name: str
    type: Type
    outcome: str | None = None
    span: Span | None = _span()


@frozen
class Aggregate:
    """One value of the records of a list.

    ``kind``: ``count``, ``sum``, ``average``, ``largest``, ``smallest``, ``earliest``, ``latest``, ``distinct`` (how
    many different values), ``most_frequent`` (ties: the smallest). Records count for which ``where`` and ``window``
    are true; ``window`` is a Within over an ElementRef. ``value`` is what is aggregated, None for ``count``.

    ``busiest`` is the largest number of records whose dates (``value``) lie at most ``rolling`` apart. ``streak`` is
    the length of the longest run of records that count, one after the other by ``value``, their date; records of one
    day follow each other as the list has them. ``largest_gap``, ``smallest_gap`` and ``average_gap`` are of the days
    from each record's date (``value``) to that of the next. ``latest_record`` and ``earliest_record`` are the
    ``value`` of the record that is last or first by ``date`` (of several on that day: the last or first in the
    list); where no record counts they are known to have no value.

    Unknown where the list is absent, or where the window reaches back before the list's ``complete_from``. Over no
    records ``count``, ``distinct``, ``busiest``, ``streak`` and ``sum`` are 0, the others unknown (there is no such
    value). Records whose ``where`` is unknown or whose value is missing are left out: the result is then doubtful (S3).

    ``grouped``: over the records of the group in hand, not over the whole list.
    """

    kind: str
    list: str
    value: Expression | None
    where: Expression | None
    window: Within | None
    type: Type
    rolling: Literal | ThresholdRef | None = None
    date: ElementRef | None = None
    grouped: bool = False
    span: Span | None = _span()


@frozen
class Quantified:
    """``any``, ``every`` or ``no`` record of a list (among those where ``where`` is true) satisfies the condition.

    Kleene. Over no records ``any`` is false, ``every`` and ``no`` are true; an absent list is unknown. ``grouped``
    as in `Aggregate`.
    """

    quantifier: str
    list: str
    condition: Expression
    where: Expression | None = None
    grouped: bool = False
    type: Type = YesNo()
    span: Span | None = _span()


@frozen
class AnyGroup:
    """The condition holds of some group of a list's records (among those where ``where`` and ``window`` are true).

    With ``length`` a group is a stretch of days: all records from the day of one to the day of another at most so much
    later, by the date ``by``. Without, it is all records with the same value of ``by``. The condition reads aggregates
    that are ``grouped``.

    A record that may or may not count, and one whose ``by`` is missing, may be in any group. True where the condition
    is true of some group, false where it is false of all, else unknown; over no records false.
    """

    list: str
    by: Expression
    condition: Expression
    where: Expression | None = None
    window: Within | None = None
    length: Literal | ThresholdRef | None = None
    type: Type = YesNo()
    span: Span | None = _span()


Aggregated = Aggregate | Quantified | AnyGroup
