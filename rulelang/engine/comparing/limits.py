"""Limits on how many customers may move: ``down:lifecycle<=2%``, ``any:tier<=100``, ``any<=0``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.comparing.movements import DOWN, UP, Moves
from rulelang.model.program import Model
from rulelang.values.text import clean_text, fold_width

_WAYS = {
    **dict.fromkeys(("down", "下降", "降"), DOWN),
    **dict.fromkeys(("up", "上升", "升"), UP),
    **dict.fromkeys(("any", "变动", "任何"), None),
}
_FORM = re.compile(r"(?P<way>[^:<≤]+)(?::(?P<outcome>.+?))?(?:<=|≤)(?P<most>[0-9.,]+)(?P<share>%?)")


@frozen
class Limit:
    """At most so many customers (a share of those decided where ``share``) may move a ``way``: up, down, None for any.

    ``outcome`` is None for customers who move in one outcome or more.
    """

    text: str
    way: str | None
    outcome: str | None
    most: Decimal
    share: bool

    def exceeded(self, count: int, customers: int) -> bool:
        """Whether so many of the customers are too many."""
        return count > (Fraction(self.most) / 100 * customers if self.share else Fraction(self.most))


@frozen
class Exceeded:
    """A limit that is exceeded: in which outcome (None: in one or more), and by how many of how many customers."""

    limit: Limit
    outcome: str | None
    count: int
    customers: int


class Movers:
    """Counts the customers who move in one outcome or more: ``all`` of them, and by direction."""

    def __init__(self) -> None:
        self.all = 0
        self.ways: Counter[str] = Counter()

    def add(self, ways: Iterable[str]) -> None:
        """A customer's moves, by direction."""
        found = set(ways)
        self.all += bool(found)
        self.ways.update(found)

    def count(self, way: str | None = None) -> int:
        """How many moved in some outcome, or went up or down in one."""
        return self.all if way is None else self.ways[way]


def read_limit(text: str, model: Model) -> Limit:
    """The limit a text states. Raises DataError (``not-a-limit``, ``unknown-outcome``)."""
    found = _FORM.fullmatch("".join(fold_width(clean_text(text)).split()))
    way = None if found is None else found["way"].casefold()
    if found is None or way not in _WAYS:
        raise DataError((Diagnostic("not-a-limit", facts={"value": text}),))
    outcome = None
    if found["outcome"] is not None:
        spellings = ((spelling, each.name) for each in model.outcomes.values() for spelling in (each.label, each.name))
        names = {"".join(spelling.split()): name for spelling, name in spellings if spelling}
        if found["outcome"] not in names:
            near = nearest(found["outcome"], names)
            raise DataError((Diagnostic("unknown-outcome", facts={"name": found["outcome"]}, nearest=near),))
        outcome = names[found["outcome"]]
    try:
        most = Decimal(found["most"].replace(",", ""))
    except InvalidOperation:
        raise DataError((Diagnostic("not-a-limit", facts={"value": text}),)) from None
    return Limit(text, _WAYS[way], outcome, most, bool(found["share"]))


def exceeded(
    limits: Sequence[Limit], moves: Sequence[Moves], movers: Movers, customers: int, source: str
) -> tuple[Exceeded, ...]:
    """The limits that are exceeded, in the order given, among the customers of a source.

    Raises DataError (``limit-without-customers``) where nobody was decided: no limit holds then.
    """
    if limits and not customers:
        raise DataError((Diagnostic("limit-without-customers", facts={"file": source}),))
    found = []
    for limit in limits:
        count = movers.count(limit.way)
        if limit.outcome is not None:
            count = sum(each.count(limit.way) for each in moves if each.outcome.name == limit.outcome)
        if limit.exceeded(count, customers):
            found.append(Exceeded(limit, limit.outcome, count, customers))
    return tuple(found)
