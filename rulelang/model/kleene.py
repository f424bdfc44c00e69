"""And, or and not of truths that may be unknown (None), by Kleene (S3)."""

from __future__ import annotations

from collections.abc import Iterable


def every(truths: Iterable[bool | None]) -> bool | None:
    """And: one false is enough for false, else one unknown for unknown."""
    result: bool | None = True
    for each in truths:
        if each is False:
            return False
        result = result and each
    return result


def some(truths: Iterable[bool | None]) -> bool | None:
    """Or: one true is enough for true, else one unknown for unknown."""
    return opposite(every(opposite(each) for each in truths))


def opposite(truth: bool | None) -> bool | None:
    """Not: unknown stays unknown."""
    return None if truth is None else not truth


def at_least(count: int, truths: list[bool | None]) -> bool | None:
    """Whether at least so many hold."""
    certain = sum(each is True for each in truths)
    possible = sum(each is not False for each in truths)
    return True if certain >= count else None if possible >= count else False
