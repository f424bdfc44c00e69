"""Statements that were read before: where the text is the same, and the names that are known, so is what it says."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial

from rulelang.diagnostics.position import Source
from rulelang.memory import Memory
from rulelang.syntax.blocks import Result
from rulelang.syntax.cut import Chunk
from rulelang.syntax.words import Words, load_words

Read = Callable[[Chunk], Result]
_Known = dict[tuple[str, str | None, int], list[Result]]


def remembering(memory: Memory, source: Source, names: set[str], purpose: Hashable, read: Read) -> Read:
    """``read``, but what it read for the same purpose last time, with the same names known, is moved to its place.

    Only sound statements are known again: what is said of others may rest on the text around them.
    """
    if not memory.keeps:
        return read
    name = "statements", source.name, purpose
    words, now = load_words(), _Known()
    before: tuple[frozenset[str], Words, _Known] | None = memory.kept(name, lambda: None)
    same = before is not None and before[0] == names and before[1] is words
    memory.keep(name, (frozenset(names), words, now))
    return partial(_found, source, before[2] if same and before is not None else {}, now, read)


def _found(source: Source, known: _Known, now: _Known, read: Read, chunk: Chunk) -> Result:
    text = source.text
    column = chunk.start - text.rfind("\n", 0, chunk.start)
    key = text[chunk.start : chunk.end], chunk.kind, column
    same = known.get(key)
    result = same.pop(0) if same else read(chunk)
    if result.anchor is not None:
        source.place(result.anchor, chunk.start)
        now.setdefault(key, []).append(result)
    return result
