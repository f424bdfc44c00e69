"""What is known of one outcome of two rulesets."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rulelang.analysis.witness import Customer

EQUAL, DIFFERENT, POSSIBLE, UNDECIDED = "equal", "different", "possible", "undecided"
OLD, NEW = "old", "new"


@frozen
class Verdict:
    """What is known of one outcome of two rulesets.

    ``equal``: proved for every customer of the day. ``different``: shown by ``customer``, for whom the rules themselves
    gave ``old`` and ``new`` (BLANK: no rule, None: undecided). ``possible``: no proof, and no customer that shows a
    difference either, with ``reason``. ``undecided``: the budget of steps was used up.
    ``reason`` is ``beyond boxes``, ``field`` (``fields`` that it rests on are declared differently), ``outcome`` (only
    one has it, or declares it as another type), ``missing data``: where something is missing the standings may differ,
    and with them what is withheld; of an ``equal`` outcome the answers are the same all the same.
    """

    outcome: str
    kind: str
    customer: Customer | None = None
    old: Any = None
    new: Any = None
    reason: str = ""
    fields: tuple[str, ...] = ()
