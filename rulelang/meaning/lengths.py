"""Lengths of time that need something: hours a time of day, working days a list of holidays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.meaning.kinds import counts_minutes
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model import expressions as e
from rulelang.model.contents import found_in
from rulelang.model.expressions import Expression
from rulelang.model.program import Rule
from rulelang.model.walking import parts
from rulelang.values.working_days import WorkingDays
from rulelang.vocabulary.types import Date, Length


def unfounded_lengths(
    rules: Sequence[Rule],
    others: Iterable[Expression],
    working_days: WorkingDays | None,
    memory: Memory = NO_MEMORY,
) -> tuple[Diagnostic, ...]:
    """Hours added to a day without a time (``time-needed``), working days that nobody lists
    (``no-holidays``), and spans of them (``span-of-working-days``), in rules and other expressions.
    """
    everything = [*found_in(rules, "lengths", _with_lengths, memory)]
    everything += [part for each in others for part in _with_lengths(each)]
    found = list(_hours_on_days(everything))
    counted = [each for each in everything if isinstance(each.type, Length) and each.type.unit == "working days"]
    if counted and working_days is None:
        found.append(Diagnostic("no-holidays", counted[0].span))
    for each in everything:
        span = each.rolling if isinstance(each, e.Aggregate) else each.length if isinstance(each, e.AnyGroup) else None
        if span is not None and span in counted:
            found.append(Diagnostic("span-of-working-days", each.span))
    return tuple(found)


def _with_lengths(expression: Expression) -> tuple[Expression, ...]:
    """The parts of an expression that say a length of time, or may be limited to one."""
    return tuple(
        each
        for each in parts(expression)
        if isinstance(each.type, Length) or isinstance(each, e.Aggregate | e.AnyGroup | e.DateShift)
    )


def _hours_on_days(everything: Iterable[Expression]) -> Iterator[Diagnostic]:
    for each in everything:
        if isinstance(each, e.DateShift) and counts_minutes(each.length.type) and isinstance(each.date.type, Date):
            name = getattr(each.date, "name", "today")
            yield Diagnostic("time-needed", each.span or each.length.span, {"name": name})
