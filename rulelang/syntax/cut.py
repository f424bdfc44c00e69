"""Cuts a file into statements, each parsed alone: a broken one does not hide the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from attrs import evolve, frozen

from rulelang.syntax.fold import Folded
from rulelang.syntax.phrases import CJK
from rulelang.syntax.words import Words

# First terminal of a statement, and the start symbol of the grammar that reads it.
STARTS = {
    "RULESET": "ruleset",
    "USE": "use",
    "EXTENDS": "extends",
    "EXTENDS_FROM": "extends",
    "THRESHOLD": "threshold",
    "FIELD": "field",
    "OUTCOME": "outcome",
    "CHOICE": "choice",
    "LIST": "list",
    "HOLIDAYS": "holidays",
    "TABLE": "table",
    "RULE": "rule",
    "IF": "rule",
    "ALWAYS": "rule",
    "REPLACE": "replace",
    "REMOVE": "remove",
    "FOR_EACH": "for_each",
    "LET": "let",
    "DEFINE": "define",
    "REQUIRE": "require",
    "EXAMPLE": "example",
}
DECLARATIONS = frozenset({"threshold", "field", "outcome", "choice", "list", "let", "define"})
_OPEN_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』"}
_QUOTE_OR_COMMENT = re.compile('["“「『#＃]')
_FROM_FILE = re.compile('[取来]自\\s*["“「『]')
_AFTER_TEXT = {each: re.compile(rf"(?:\\[{each}\\]|[^{each}\n])*+{each}") for each in _OPEN_QUOTES.values()}


@frozen
class Chunk:
    """One statement: its stretch of the file and the start symbol that reads it (``None``: no statement begins so).

    ``block``: it stands indented under the ``for each`` that begins there.
    """

    start: int
    end: int
    kind: str | None
    block: int | None = None


@frozen
class Comment:
    """A ``# …`` with its place; ``own_line`` where nothing stands before it on its line."""

    text: str
    start: int
    own_line: bool


def text_end(original: str, position: int) -> int | None:
    """The offset after the text literal that opens at ``position``, or None where its line ends before it closes."""
    match = _AFTER_TEXT[_OPEN_QUOTES[original[position]]].match(original, position + 1)
    return match.end() if match else None


def cut(
    folded: Folded, words: Words, at: Chunk | None = None, known: Callable[[Chunk], bool] | None = None
) -> tuple[list[Chunk], list[Comment]]:
    """The statements of a file, and its comments; from the statement ``at`` on, as far as the first that is ``known``,
    which comes last.

    A statement begins where a line begins with the word that opens one. A sentence belongs to the head above it
    (``rule "…":``) directly below, or indented under it; a line after a comma at a line's end always goes on. What is
    indented under a ``for each`` belongs to it.
    """
    chunks: list[Chunk] = []
    comments: list[Comment] = []
    current: Chunk | None = None
    block: tuple[int, int] | None = None
    column = 0
    headed = header_only = open_end = False
    position, length = 0, len(folded.original)
    if at is not None:
        position = folded.original.rfind("\n", 0, at.start) + 1
        block = None if at.block is None else (at.block, at.block - folded.original.rfind("\n", 0, at.block) - 1)
    while position < length:
        end = folded.original.find("\n", position)
        end = length if end < 0 else end
        line = folded.half[position:end]
        start = position + len(line) - len(line.lstrip(" \t\r"))
        content_end = end_of_content(folded, start, end)
        if content_end < end:
            comments.append(Comment(folded.original[content_end:end].rstrip(), content_end, content_end == start))
        content_end = start + len(folded.half[start:content_end].rstrip())
        if content_end > start:
            opening = _opening(folded, start, words)
            is_sentence = opening in ("IF", "ALWAYS")
            below_head = is_sentence and headed and (header_only or start - position > column)
            if current is not None and (opening is None or below_head or open_end):
                current = evolve(current, end=content_end)
                header_only = False
            else:
                if current is not None:
                    chunks.append(current)
                column = start - position
                if block is not None and column <= block[1]:
                    block = None
                inside = None if block is None else block[0]
                current = Chunk(start, content_end, None if opening is None else STARTS[opening], inside)
                if known is not None and known(current):
                    return [*chunks, current], [each for each in comments if each.start < position]
                if opening == "FOR_EACH" and block is None:
                    block = (start, column)
                headed = opening in ("RULE", "REPLACE", "FOR_EACH")
                header_only = headed and not _holds_sentence(folded, start, content_end, words)
            open_end = folded.half[content_end - 1] in ",，、"
        position = end + 1
    if current is not None:
        chunks.append(current)
    return chunks, comments


def end_of_content(folded: Folded, start: int, end: int) -> int:
    """Where a line's content stops: at its comment, or at its end. Quotes protect a ``#``."""
    index = start
    while True:
        match = _QUOTE_OR_COMMENT.search(folded.original, index, end)
        if match is None:
            return end
        if match.group() in "#＃":
            return match.start()
        closed = text_end(folded.original, match.start())
        if closed is None:
            return end
        index = closed


def _opening(folded: Folded, position: int, words: Words) -> str | None:
    """The terminal that opens a statement at the beginning of a line, or None."""
    for end, phrase in words.index.at(folded.key, position, len(folded.key)):
        terminal = next((each for each in phrase.terminals if each in STARTS), None)
        if terminal is None or phrase.before_number or phrase.after_number:
            continue
        if begins_statement(folded, end, phrase.text, terminal):
            return terminal
    return None


def opening_at(folded: Folded, position: int, words: Words, terminals: Collection[str]) -> bool:
    """Whether a phrase of one of some terminals stands at a position."""
    return any(
        not phrase.after_number and not set(phrase.terminals).isdisjoint(terminals)
        for _, phrase in words.index.at(folded.key, position, len(folded.key))
    )


def begins_statement(folded: Folded, end: int, phrase: str, terminal: str) -> bool:
    """Chinese needs no space after a keyword, so a short word must be followed by what it introduces."""
    line_end = folded.half.find("\n", end)
    rest = folded.half[end : len(folded.half) if line_end < 0 else line_end].split("#", 1)[0].strip()
    if terminal in ("TABLE", "EXAMPLE", "RULESET", "EXTENDS"):
        return rest[:1] in ('"', "“", "「", "『")
    if terminal in ("RULE", "REPLACE", "REMOVE"):
        return bool(rest)
    if not CJK.match(phrase[0]):
        following = rest[:1]
        return following not in ("=", ":") or terminal in ("REQUIRE", "IF", "ALWAYS")
    if terminal in ("THRESHOLD", "LET"):
        return "=" in rest
    if terminal == "CHOICE" and _FROM_FILE.search(rest):
        return True
    if terminal in ("FIELD", "OUTCOME", "CHOICE", "DEFINE"):
        return ":" in rest
    if terminal == "USE":
        return len(rest) < 40 and "=" not in rest
    return True


def _holds_sentence(folded: Folded, start: int, end: int, words: Words) -> bool:
    """Whether the line of a rule's head goes on with the sentence itself."""
    return any(
        "IF" in phrase.terminals or "ALWAYS" in phrase.terminals
        for offset in _outside_quotes(folded.original, start, end)
        for _, phrase in words.index.at(folded.key, start + offset, end)
    )


def _outside_quotes(original: str, start: int, end: int) -> list[int]:
    offsets, index = [], start
    while index < end:
        if original[index] in _OPEN_QUOTES:
            index = text_end(original, index) or end
        else:
            offsets.append(index - start)
            index += 1
    return offsets
