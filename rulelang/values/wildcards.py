"""Patterns with wildcards: ``*`` stands for any run of characters, ``?`` for one."""

from __future__ import annotations


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern describes the whole of a text, in time proportional to the product of their lengths.

    Every piece between two stars is looked for as early as possible, which is never wrong; nothing is tried twice.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return len(text) == len(pattern) and _fits(text, 0, pattern)
    if not _fits(text, 0, first):
        return False
    position = len(first)
    *middle, last = rest
    for piece in middle:
        found = _find(text, position, piece)
        if found < 0:
            return False
        position = found + len(piece)
    start = len(text) - len(last)
    return start >= position and _fits(text, start, last)


def _find(text: str, position: int, piece: str) -> int:
    """Where a piece fits first from a position on, -1 if nowhere."""
    if "?" not in piece:
        return text.find(piece, position)
    return next((at for at in range(position, len(text) - len(piece) + 1) if _fits(text, at, piece)), -1)


def _fits(text: str, at: int, piece: str) -> bool:
    """Whether a piece without stars fits at one place."""
    if "?" not in piece:
        return text.startswith(piece, at)
    stretch = text[at : at + len(piece)]
    return len(stretch) == len(piece) and all(sign in ("?", each) for sign, each in zip(piece, stretch, strict=True))
