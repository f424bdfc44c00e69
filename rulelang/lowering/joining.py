"""Joins tests without needless nesting: what is always true or never true disappears."""

from __future__ import annotations

from collections.abc import Iterable

from rulelang.lowering.plan import All, Always, Some, Test

ALWAYS, NEVER = Always(), Always(never=True)


def all_of(tests: Iterable[Test]) -> Test:
    """All of some tests as one test."""
    items: dict[Test, None] = {}
    for each in tests:
        if each == NEVER:
            return NEVER
        if each != ALWAYS:
            items.update(dict.fromkeys(each.items if isinstance(each, All) else (each,)))
    if not items:
        return ALWAYS
    return All(tuple(items)) if len(items) > 1 else next(iter(items))


def some_of(tests: Iterable[Test]) -> Test:
    """One of some tests as one test."""
    items: dict[Test, None] = {}
    for each in tests:
        if each == ALWAYS:
            return ALWAYS
        if each != NEVER:
            items.update(dict.fromkeys(each.items if isinstance(each, Some) else (each,)))
    if not items:
        return NEVER
    return Some(tuple(items)) if len(items) > 1 else next(iter(items))
