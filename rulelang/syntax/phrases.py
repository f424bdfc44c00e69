"""Finds the phrases of the word tables in folded text: Latin ones word by word, Chinese ones and signs by length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
CJK = re.compile(f"[{_CJK}]")
_SMALL = "a-z\u00df-\u00f6\u00f8-\u00ff"  # Latin letters, those with marks of western Europe's languages among them
LETTERS = f"A-Z\u00c0-\u00d6\u00d8-\u00de{_SMALL}"
NAME_RUN = re.compile(f"[{_CJK}{LETTERS}0-9_]+")
LATIN_NAME = re.compile(f"[{LETTERS}_][{LETTERS}0-9_]*")
_WORD = re.compile(f"[{_SMALL}][{_SMALL}0-9_]*(?:['-][{_SMALL}]+)*")
_SHORT_WORD = re.compile(f"[{_SMALL}][{_SMALL}0-9_]*")
_LETTER = re.compile(f"[{LETTERS}]")
_BLANK = re.compile(r"[ \t\r\n]*")


@frozen
class Phrase:
    """One way to say a terminal; ``words`` are its parts between white space, folded."""

    words: tuple[str, ...]
    terminals: tuple[str, ...]
    after_number: bool = False
    before_number: bool = False
    line_start: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


def is_word(character: str) -> bool:
    """Whether a character can be part of a Latin name or word."""
    if character.isascii():
        return character == "_" or character.isalnum()
    return _LETTER.match(character) is not None


@frozen
class PhraseIndex:
    """Phrases by where they begin.

    ``latin`` maps a first word to (phrases that end with it, the same for the second word), and so on. ``signs`` maps a
    first character to the phrases of each length, the longest first. ``spread`` holds phrases of several words that do
    not begin with a Latin one, by first character.
    """

    latin: Mapping[str, Any]
    signs: Mapping[str, tuple[tuple[int, Mapping[str, tuple[Phrase, ...]]], ...]]
    spread: Mapping[str, tuple[Phrase, ...]]

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> PhraseIndex:
        latin: dict[str, Any] = {}
        signs: dict[str, dict[int, dict[str, tuple[Phrase, ...]]]] = {}
        spread: dict[str, tuple[Phrase, ...]] = {}
        for phrase in phrases:
            if all(_WORD.fullmatch(word) for word in phrase.words):
                children = latin
                for word in phrase.words:
                    node = children.setdefault(word, ([], {}))
                    children = node[1]
                node[0].append(phrase)
            elif len(phrase.words) == 1:
                text = phrase.text
                same = signs.setdefault(text[0], {}).setdefault(len(text), {})
                same[text] = (*same.get(text, ()), phrase)
            else:
                first = phrase.words[0][0]
                spread[first] = (*spread.get(first, ()), phrase)
        by_length = {first: tuple(sorted(each.items(), reverse=True)) for first, each in signs.items()}
        return cls(latin, by_length, spread)

    def at(self, key: str, position: int, end: int) -> list[tuple[int, Phrase]]:
        """The phrases that stand at a position of folded text, each with its end; the longest first."""
        character = key[position]
        found: list[tuple[int, Phrase]] = []
        for length, texts in self.signs.get(character, ()):
            stop = position + length
            if stop > end:
                continue
            phrases = texts.get(key[position:stop])
            if phrases is not None and not (is_word(key[stop - 1]) and stop < len(key) and is_word(key[stop])):
                found += [(stop, phrase) for phrase in phrases]
        for phrase in self.spread.get(character, ()):
            spread_stop = match_words(key, position, phrase.words)
            if spread_stop is not None and spread_stop <= end:
                found.append((spread_stop, phrase))
        if "a" <= character <= "z" or _LETTER.match(character):
            found += self._latin(key, position, end)
            if len(found) > 1:
                found.sort(key=_longest_first)
        return found

    def _latin(self, key: str, position: int, end: int) -> list[tuple[int, Phrase]]:
        if position and is_word(key[position - 1]) and not key[position - 1].isdigit():
            return []
        found: list[tuple[int, Phrase]] = []
        children = self.latin
        while True:
            match = _WORD.match(key, position)
            if match is None:
                break
            node = children.get(match.group())
            if node is None:
                match = _SHORT_WORD.match(key, position)
                assert match is not None
                node = children.get(match.group())
                if node is None:
                    break
            stop = match.end()
            if stop > end:
                break
            phrases, children = node
            found += [(stop, phrase) for phrase in phrases]
            if not children:
                break
            blank = _BLANK.match(key, stop)
            assert blank is not None
            position = blank.end()
            if position == stop:
                break
        found.reverse()
        return found


def _longest_first(pair: tuple[int, Phrase]) -> int:
    return -pair[0]


def match_words(key: str, position: int, words: tuple[str, ...]) -> int | None:
    """The end of words that stand at a position of folded text, with any white space between them, or None."""
    index = position
    for number, word in enumerate(words):
        if number:
            blank = _BLANK.match(key, index)
            assert blank is not None
            index = blank.end()
        if not key.startswith(word, index):
            return None
        index += len(word)
        if is_word(word[-1]) and index < len(key) and is_word(key[index]):
            return None
    return index
