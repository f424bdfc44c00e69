"""Spaces within a phrase of Chinese (不 低于, 在 未来30天内): the finding shows the sentence without them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.syntax.cut import Chunk, text_end
from rulelang.syntax.fault import Fault
from rulelang.syntax.fold import fold
from rulelang.syntax.grammar import load_tables
from rulelang.syntax.readings import read_usually
from rulelang.syntax.scan import QUOTES, Names, Scanner
from rulelang.syntax.words import Words

_GAP = re.compile("(?<=[\u4e00-\u9fff])[ \t]+(?=[\u4e00-\u9fff])")
_MOST_TRIED = 6
_LONGEST_PHRASE = 8
_LONGEST_STATEMENT = 10_000


def spaces_within(fault: Fault) -> Diagnostic | None:
    """The finding where a statement can be read without spaces that stand in the middle of its phrases."""
    chunk, text = fault.chunk, fault.source.text
    if chunk.kind is None or chunk.end - chunk.start > _LONGEST_STATEMENT:
        return None
    gaps = [gap for gap in _gaps(text, chunk) if _across(text, gap, fault.words) is not None]
    if not gaps:
        return None
    nearest = sorted(gaps, key=lambda gap: abs(gap[1] - fault.failure.position))
    tries = [*([each] for each in nearest[:_MOST_TRIED]), *([gaps] if len(gaps) > 1 else [])]
    for removed in tries:
        written, joints = _without(text, chunk, removed)
        if _reads(written, joints, chunk.kind, fault):
            before, after = _across(text, removed[0], fault.words) or (1, 1)
            start, end = removed[0][0] - before, removed[0][1] + after
            line = written.count("\n", 0, joints[0])
            facts = {"found": text[start:end], "written": written.split("\n")[line].strip()}
            return fault.diagnostic("spaces-within", start, end, **facts)
    return None


def _gaps(text: str, chunk: Chunk) -> Iterator[tuple[int, int]]:
    """The spaces between ideographs, outside texts."""
    place = chunk.start
    while place < chunk.end:
        gap = _GAP.match(text, place, chunk.end)
        if gap is not None:
            yield gap.span()
        end = text_end(text, place) if text[place] in QUOTES else None
        place = place + 1 if end is None else end


def _without(text: str, chunk: Chunk, gaps: list[tuple[int, int]]) -> tuple[str, list[int]]:
    """The statement without some gaps, and where its parts then join."""
    parts, joints, place = list[str](), list[int](), chunk.start
    for start, end in sorted(gaps):
        parts.append(text[place:start])
        joints.append(sum(map(len, parts)))
        place = end
    return "".join([*parts, text[place : chunk.end]]), joints


def _across(text: str, gap: tuple[int, int], words: Words) -> tuple[int, int] | None:
    """How far a phrase would reach to both sides of a gap; None where none would stand across it."""
    before = text[max(0, gap[0] - _LONGEST_PHRASE) : gap[0]]
    key = fold(before + text[gap[1] : gap[1] + _LONGEST_PHRASE], words.traditional).key
    joint = len(before)
    for start in range(joint):
        for stop, _ in words.index.at(key, start, len(key)):
            if stop > joint:
                return joint - start, stop - joint
    return None


def _reads(written: str, joints: list[int], kind: str, fault: Fault) -> bool:
    """Whether the statement can be read so, and not by taking for a name what was joined."""
    scanner = Scanner(fold(written, fault.words.traditional), fault.words, Names.of(fault.names))
    drive, _ = read_usually(load_tables(), scanner, Chunk(0, len(written), kind), kind)
    if drive.tree is None:
        return False
    undeclared = [each.token for each in drive.taken() if each.kind == "undeclared"]
    return not any(each.start < joint < each.end for each in undeclared for joint in joints)


__all__ = ["spaces_within"]
