"""The names that come closest to a misspelt one, for "did you mean"."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

_CUTOFF = 0.6
_SEPARATORS = str.maketrans("", "", " _-　")


def nearest(name: str, names: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Up to ``limit`` of ``names``, closest first; case, width, spaces and underscores make no difference.

    One Chinese character of two or three is half the word, so short names and names that contain each other
    count as close where at least half of their characters agree.
    """
    wanted = _folded(name)
    if not wanted:
        return ()
    scored = []
    for position, each in enumerate(dict.fromkeys(names)):
        candidate = _folded(each)
        if each == name or not candidate:
            continue
        score = _closeness(wanted, candidate)
        if score >= _cutoff(wanted, candidate):
            scored.append((-score, position, each))
    return tuple(each for _, _, each in sorted(scored)[:limit])


def _closeness(first: str, second: str) -> float:
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    score = matcher.ratio() if matcher.quick_ratio() >= 0.4 else 0.0
    shorter, longer = sorted((first, second), key=len)
    share = 3 if _has_ideographs(shorter) else 2
    if len(shorter) >= 2 and shorter in longer and len(shorter) * share >= len(longer):
        score = max(score, 0.6 + 0.3 * len(shorter) / len(longer))
    return score


def _cutoff(first: str, second: str) -> float:
    return 0.5 if _has_ideographs(first + second) and max(len(first), len(second)) <= 4 else _CUTOFF


def _has_ideographs(text: str) -> bool:
    return any(ord(each) >= 0x3400 for each in text)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().translate(_SEPARATORS)
