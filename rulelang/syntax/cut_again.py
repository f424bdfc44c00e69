"""Cuts a text into statements that differs in one stretch from one that was cut before: only that stretch is gone over.

Where a statement begins depends on the lines before it in the same statement, and on the block it stands in. So one may
begin at any statement before the change, and stop at the first behind it that begins where one began before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from attrs import evolve, frozen

from rulelang.syntax.cut import Chunk, Comment, cut
from rulelang.syntax.fold import Folded, fold
from rulelang.syntax.words import Words


@frozen
class Cut:
    """A text folded, its statements and its comments."""

    folded: Folded
    chunks: tuple[Chunk, ...]
    comments: tuple[Comment, ...]


def cut_whole(text: str, words: Words) -> Cut:
    """A text, cut from its beginning."""
    folded = fold(text, words.traditional)
    chunks, comments = cut(folded, words)
    return Cut(folded, tuple(chunks), tuple(comments))


def cut_again(text: str, words: Words, before: Cut) -> Cut:
    """A text, cut with the help of one that was cut before, with the same words."""
    old = before.folded.original
    first = _alike(old, text)
    last = _alike(old[first:][::-1], text[first:][::-1])
    moved = len(text) - len(old)
    folded = _folded(text, words.traditional, before.folded, first, last)
    # The last statement whose first line, with the line's end, is before the change.
    line = text.rfind("\n", 0, first) + 1
    number = bisect_left(before.chunks, line, key=lambda each: each.start) - 1
    if number < 1:
        chunks, comments = cut(folded, words)
        return Cut(folded, tuple(chunks), tuple(comments))
    at = before.chunks[number]
    begins = {each.start: place for place, each in enumerate(before.chunks[number:], number)}
    behind = len(text) - last  # from here on the texts are alike
    found: list[int] = []

    def known(chunk: Chunk) -> bool:
        place = begins.get(chunk.start - moved)
        if place is None or text.rfind("\n", 0, chunk.start) < behind:
            return False
        if chunk.kind != before.chunks[place].kind or chunk.block != _moved_block(before.chunks[place], behind, moved):
            return False
        found.append(place)
        return True

    chunks, comments = cut(folded, words, at, known)
    kept = [each for each in before.comments if each.start < at.start]
    begun = [each for each in comments if each.start >= at.start]
    if not found:
        return Cut(folded, (*before.chunks[:number], *chunks), (*kept, *begun))
    rest, place = chunks.pop(), found[0]
    same_line = text.rfind("\n", 0, rest.start) + 1 - moved
    follow = [evolve(each, start=each.start + moved) for each in before.comments if each.start >= same_line]
    tail = (
        Chunk(each.start + moved, each.end + moved, each.kind, _moved_block(each, behind, moved))
        for each in before.chunks[place:]
    )
    return Cut(folded, (*before.chunks[:number], *chunks, *tail), (*kept, *begun, *follow))


def _moved_block(chunk: Chunk, behind: int, moved: int) -> int | None:
    """Where the block of a statement begins now; one that begins before the change has not moved."""
    if chunk.block is None:
        return None
    return chunk.block + moved if chunk.block + moved >= behind else chunk.block


def _folded(text: str, traditional: Mapping[int, int], before: Folded, first: int, last: int) -> Folded:
    """The text folded: what is alike has been."""
    middle = fold(text[first : len(text) - last], traditional)
    end = len(before.original) - last
    half = before.half[:first] + middle.half + before.half[end:]
    return Folded(text, half, before.key[:first] + middle.key + before.key[end:])


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
