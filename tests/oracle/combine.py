"""How several matches of one outcome combine (S1), and how an assigned number is rounded (S6)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from rulelang.model.program import Rule
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Money, Number
from tests.oracle.world import ANY, NO_VALUE, Sentinel, plain

VIOLATED = Sentinel("VIOLATED")  # two rules matched where at most one may
LAST_RESORT = "else"

Given = tuple[object, ...]  # what one rule gives to one outcome; () is nothing
NOTHING: Given = ()


@frozen
class Combined:
    """The result (a value, NO_VALUE, ANY or VIOLATED), the rule that won, and the values that rule each other out."""

    value: object
    winner: str | None = None
    rivals: tuple[object, ...] = ()


def round_half_up(number: Fraction, decimals: int) -> Fraction:
    """S6: to so many decimals; a half goes away from zero, as in a bookkeeper's hand."""
    scaled = abs(number) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    if scaled - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole if number >= 0 else -whole, 10**decimals)


def rounded(outcome: Outcome, value: object) -> object:
    """A value at the scale of its outcome; only numbers and money have one."""
    if isinstance(value, Fraction) and isinstance(outcome.type, Number | Money):
        return round_half_up(value, outcome.type.decimals)
    return value


def capped(value: Any, at_least: Any, at_most: Any) -> Any:
    """A number or date kept within limits; None is no limit."""
    if value in (ANY, NO_VALUE):
        return value
    if at_least is not None and value < at_least:
        value = at_least
    if at_most is not None and value > at_most:
        value = at_most
    return value


def combine(outcome: Outcome, rules: Sequence[Rule], given: Sequence[Given]) -> Combined:
    """What the outcome is when its rules, foremost first, give these values."""
    matches = [(rule, values) for rule, values in zip(rules, given, strict=True) if values != NOTHING]
    if not matches:
        return _no_match(outcome)
    foremost = matches[0][0].priority
    matches = [(rule, values) for rule, values in matches if rule.priority == foremost]
    result = _by_policy(outcome, matches)
    if outcome.policy == "collect" or result.value is VIOLATED:
        return result
    return Combined(_within_outcome(outcome, result.value), result.winner)


def _no_match(outcome: Outcome) -> Combined:
    if outcome.last_resort is not None:
        value = _within_outcome(outcome, rounded(outcome, plain(outcome.last_resort)))
        return Combined((value,) if outcome.policy == "collect" else value, LAST_RESORT)
    if outcome.policy == "sum":
        return Combined(_within_outcome(outcome, Fraction(0)))
    return Combined(() if outcome.policy == "collect" else NO_VALUE)


def _within_outcome(outcome: Outcome, value: object) -> object:
    return capped(value, plain(outcome.at_least), plain(outcome.at_most))


def _by_policy(outcome: Outcome, matches: Sequence[tuple[Rule, Given]]) -> Combined:
    values: list[Any] = [value for _, given in matches for value in given]
    match outcome.policy:
        case "first":
            return Combined(matches[0][1][0], matches[0][0].name)
        case "last":
            return Combined(matches[-1][1][-1], matches[-1][0].name)
        case "unique" if len(matches) > 1:
            return Combined(VIOLATED, None, tuple(dict.fromkeys(_within_outcome(outcome, each) for each in values)))
        case "unique":
            return Combined(values[0], matches[0][0].name)
        case "any":
            known = list(dict.fromkeys(_within_outcome(outcome, each) for each in values if each is not ANY))
            if len(known) > 1:
                return Combined(VIOLATED, None, tuple(known))
            agreed = known[0] if known else ANY
            return Combined(agreed, next((rule.name for rule, given in matches if ANY not in given), None))
        case "highest" | "lowest":
            best = extreme(outcome, values, outcome.policy)
            winner = next((rule.name for rule, given in matches if best in given), None)
            return Combined(best, winner)
        case "sum":
            if ANY in values:
                return Combined(ANY)
            return Combined(rounded(outcome, sum(values, Fraction(0))))
        case "collect":
            return Combined(ANY if ANY in values else tuple(dict.fromkeys(values)))
    raise AssertionError(f"no policy {outcome.policy}")


def order(outcome: Outcome, value: Any) -> Any:
    """What a value is ordered by: ordered choices by rank."""
    if isinstance(outcome.type, Choice):
        return outcome.type.keys().index(str(value))
    return value


def extreme(outcome: Outcome, values: Sequence[object], which: str) -> Any:
    """The highest or lowest of some values. One that can't be told could be any, unless none can go further."""
    known = [value for value in values if value is not ANY]
    pick = max if which == "highest" else min
    best = pick(known, key=lambda value: order(outcome, value)) if known else ANY
    return ANY if ANY in values and best != end(outcome, which) else best


def end(outcome: Outcome, which: str) -> object:
    """The member of an ordered choice beyond which there is none; None for all other types."""
    return outcome.type.keys()[-1 if which == "highest" else 0] if isinstance(outcome.type, Choice) else None
