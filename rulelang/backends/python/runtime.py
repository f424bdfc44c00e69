"""What generated code calls besides plain operators. None is unknown, on the way in and out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from rulelang.backends.python.bound import PLAIN
from rulelang.model.contributions import ANY, BLANK, NOTHING, VIOLATED, Alternative, Contribution, Walked, contribution
from rulelang.model.doubt import expanded, gathered, judged, told, walked
from rulelang.model.groups import JudgedBy
from rulelang.model.record_doubt import decided_records, gathered_records, judged_records
from rulelang.values.dates import age_in, next_anniversary
from rulelang.values.durations import Duration
from rulelang.values.moments import advanced
from rulelang.values.numbers import EXACT, Number, canonical, compare, round_half_up
from rulelang.values.numbers import add as add_any
from rulelang.values.wildcards import matches
from rulelang.values.working_days import WorkingDays


def quotient(numerator: Number, denominator: Number) -> Fraction | None:
    """The exact quotient."""
    return Fraction(numerator) / Fraction(denominator) if denominator else None


def rounded_quotient(numerator: Number, denominator: Number, decimals: int) -> Number | None:
    """The quotient rounded half up, a half away from zero."""
    if not denominator:
        return None
    if not isinstance(numerator, int) or not isinstance(denominator, int):
        return round_half_up(Fraction(numerator) / Fraction(denominator), decimals)
    size, below = abs(numerator) * 10**decimals, abs(denominator)
    units = (2 * size + below) // (2 * below)
    if (numerator < 0) is not (denominator < 0):
        units = -units
    return canonical(Decimal(units).scaleb(-decimals, EXACT)) if decimals else units


def at_most(value: Any, cap: Any) -> Any:
    """The value, or the cap where it is more."""
    return None if value is None or cap is None else cap if compare(value, cap) > 0 else value


def at_least(value: Any, cap: Any) -> Any:
    """The value, or the cap where it is less."""
    return None if value is None or cap is None else cap if compare(value, cap) < 0 else value


def shift(day: date, amount: int, unit: str, sign: int) -> date:
    """The date a length of time later or earlier."""
    moved: date = advanced(day, Duration(int(amount), unit), sign)
    return moved


def stepped(calendar: WorkingDays, day: date, amount: int) -> date | None:
    """The date so many working days later, a moment with its time of day; None beyond the calendar."""
    if not isinstance(day, datetime):
        return calendar.step(day, amount)
    found = calendar.step(day.date(), amount)
    return None if found is None else datetime.combine(found, day.time())


def opened(found: Iterable[tuple[int, bool]], places: Sequence[tuple[int, int, Alternative]]) -> list[Contribution]:
    """What the rules of a decision give and may give, from the places an index has found, each with whether it is sure.

    Of each place are known the rule, the branch and the values that it gives.
    """
    contributions = []
    for _, of_rule in groupby(found, key=lambda each: places[each[0]][0]):
        steps = [(places[at], sure or None) for at, sure in of_rule]
        contributions.append(
            contribution(Walked(branch, sure, sure, given, (given,)) for (_, branch, given), sure in steps)
        )
    return contributions


# All that generated code can reach: no builtins but these.
RUNTIME: dict[str, Any] = {
    **PLAIN,
    "ANY": ANY,
    "BLANK": BLANK,
    "NOTHING": NOTHING,
    "VIOLATED": VIOLATED,
    "add": EXACT.add,
    "subtract": EXACT.subtract,
    "multiply": EXACT.multiply,
    "add_any": add_any,
    "age_in": age_in,
    "contribution": contribution,
    "at_least": at_least,
    "at_most": at_most,
    "date": date,
    "datetime": datetime,
    "expanded": expanded,
    "decided_records": decided_records,
    "gathered": gathered,
    "gathered_records": gathered_records,
    "judged_records": judged_records,
    "judged": judged,
    "judged_by": JudgedBy,
    "matches": matches,
    "opened": opened,
    "next_anniversary": next_anniversary,
    "quotient": quotient,
    "round_half_up": round_half_up,
    "rounded_quotient": rounded_quotient,
    "shift": shift,
    "stepped": stepped,
    "told": told,
    "walked": walked,
}
