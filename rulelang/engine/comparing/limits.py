"""Limits on how many customers may move: ``down:lifecycle<=2%``, ``any:tier<=100``, ``any<=0``."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_FORM = re.compile(r"(?P<way>[^:<≤]+)(?::(?P<outcome>.+?))?(?P<sign><=|<|≤)(?P<most>[0-9.,]+)(?P<share>%?)")


@frozen
class Limit:
    """At most so many customers (a share of those decided where ``share``) may move a ``way``: up, down, None for any.

    ``strict``: fewer than that. ``outcome`` is None for every outcome on its own.
    """

    text: str
    way: str | None
    outcome: str | None
    most: Decimal
    share: bool
    strict: bool

    def exceeded(self, moves: Moves) -> bool:
        """Whether the customers of one outcome move more than that."""
        count = moves.count(self.way)
        if self.outcome not in (None, moves.outcome.name):
            return False
        most = Fraction(self.most) / 100 * moves.customers if self.share else Fraction(self.most)
        return count >= most if self.strict else count > most


@frozen
class Exceeded:
    """A limit that is exceeded: by which outcome, and by how many of how many customers."""

    limit: Limit
    outcome: str
    count: int
    customers: int


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
    return Limit(text, _WAYS[way], outcome, most, bool(found["share"]), found["sign"] == "<")


def exceeded(limits: Sequence[Limit], moves: Sequence[Moves]) -> tuple[Exceeded, ...]:
    """The limits that are exceeded, in the order given."""
    return tuple(
        Exceeded(limit, each.outcome.name, each.count(limit.way), each.customers)
        for limit in limits
        for each in moves
        if limit.exceeded(each)
    )
