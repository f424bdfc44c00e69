"""Finds the tokens that could stand at a place of a statement, best first.

The parser says which terminals it could take; the scanner looks for their phrases, for declared names (longest first),
numbers, dates and texts. An undeclared Chinese name ends where a keyword of two or more characters begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from rulelang.syntax.cut import match_phrase, text_end
from rulelang.syntax.fold import Folded
from rulelang.syntax.words import CJK, NAME_RUN, Phrase, Words

_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{4}/\d{1,2}/\d{1,2}(?!\d)|\d{4}\.\d{1,2}\.\d{1,2}(?!\d)|\d{4}年\d{1,2}月\d{1,2}日"
)
NUMBER = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:\s*(?:[十百千万亿]+(?![月周季])|(?:thousand|million|billion)(?![A-Za-z])))?(?:\s*[%‰])?",
    re.I,
)
_CHINESE_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千万亿半]+|百分之[零一二两三四五六七八九十百0-9.]+")
_NEW_NAME = re.compile(r"[^\s:()=,，、;|\"“”「」『』<>.#\[\]]+")
_LATIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_AFTER_KEYWORD = re.compile(r"[\s:()=,，、;|\"“”「」『』<>\d¥$€£\[#]|$")


@frozen
class Candidate:
    """A token that could stand at a place: its end and the terminals it could be."""

    end: int
    terminals: tuple[str, ...]
    kind: str
    value: str
    undeclared: bool = False


@frozen
class Names:
    """The names a statement may use: declared ones in either language, by first character, longest first."""

    by_first: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        index: dict[str, list[str]] = {}
        for name in {each for each in names if each}:
            index.setdefault(name[0], []).append(name)
        return cls({first: tuple(sorted(each, key=lambda n: (-len(n), n))) for first, each in index.items()})

    def at(self, half: str, position: int) -> list[str]:
        """The declared names that stand at a position, longest first; Latin ones only as whole words."""
        return [
            name
            for name in self.by_first.get(half[position], ())
            if half.startswith(name, position) and _whole(half, position, position + len(name))
        ]


def _is_word(character: str) -> bool:
    return character == "_" or (character.isascii() and character.isalnum())


def _whole(half: str, start: int, end: int) -> bool:
    before = start > 0 and _is_word(half[start - 1]) and _is_word(half[start])
    after = end < len(half) and _is_word(half[end]) and _is_word(half[end - 1])
    return not before and not after


@frozen
class Scanner:
    """Looks for tokens in one folded file."""

    folded: Folded
    words: Words
    names: Names

    def phrases(self, position: int, end: int, after_number: bool) -> list[tuple[int, Phrase]]:
        """The phrases that stand at a position, with their ends, longest first."""
        key, half = self.folded.key, self.folded.half
        found = []
        for phrase in self.words.at(key, position):
            if phrase.after_number and not after_number:
                continue
            stop = match_phrase(key, position, phrase.words)
            if stop is None or stop > end:
                continue
            if phrase.before_number and not self._number_follows(stop, end):
                continue
            if phrase.line_start and half[half.rfind("\n", 0, position) + 1 : position].strip():
                continue
            found.append((stop, phrase))
        found.sort(key=lambda pair: -pair[0])
        return found

    def candidates(self, position: int, end: int, after_number: bool) -> list[Candidate]:
        """Every token that could stand here, whatever the parser expects; longest first, keywords before names."""
        half = self.folded.half
        character = half[position]
        if character in '"“「『':
            stop = text_end(self.folded.original, position)
            if stop is None or stop > end:
                return []
            return [Candidate(stop, ("TEXT_LITERAL",), "text", self.folded.original[position:stop])]
        if character == "[":
            stop = half.find("]", position, end)
            if stop > position + 1 and "\n" not in half[position:stop]:
                name = half[position + 1 : stop].strip()
                return [Candidate(stop + 1, ("NAME", "NEW_NAME"), "quoted", name)]
        result = [
            Candidate(stop, phrase.terminals, "phrase", phrase.text)
            for stop, phrase in self.phrases(position, end, after_number)
        ]
        result += self._numbers(position, end)
        result += self._declared(position, end)
        result.sort(key=lambda each: (-each.end, each.kind != "phrase"))
        undeclared = self._undeclared(position, end)
        if undeclared is not None and all(each.end != undeclared.end or each.kind == "phrase" for each in result):
            at = len(result) if self._keyword_first(result, undeclared) else 0
            result.insert(at, undeclared)
        if half[position] in _PUNCTUATION:
            result.append(Candidate(position + 1, (_PUNCTUATION[half[position]],), "sign", half[position]))
        return result

    def _number_follows(self, position: int, end: int) -> bool:
        half = self.folded.half
        while position < end and half[position] in " \t\r\n":
            position += 1
        if position >= end:
            return False
        if half[position].isdigit() or half[position] in "¥$€£":
            return True
        return bool(self._numbers(position, end)) or any(
            name for name in self.names.at(half, position) if CJK.match(name) or " " not in name
        )

    def _numbers(self, position: int, end: int) -> list[Candidate]:
        half = self.folded.half
        match = _DATE.match(half, position, end)
        if match:
            return [Candidate(match.end(), ("DATE_LITERAL",), "date", match.group())]
        match = NUMBER.match(half, position, end)
        if match:
            return [Candidate(match.end(), ("NUMBER",), "number", match.group())]
        match = _CHINESE_NUMERAL.match(self.folded.key, position, end)
        if match:
            stop = match.end()
            if match.group().startswith("百分之") or self._unit_follows(stop, end):
                return [Candidate(stop, ("NUMBER",), "number", match.group())]
        return []

    def _unit_follows(self, position: int, end: int) -> bool:
        key = self.folded.key
        while position < end and key[position] == " ":
            position += 1
        if position >= end:
            return False
        if any(phrase.after_number for _, phrase in self.phrases(position, end, True)):
            return True
        return any(key.startswith(each, position) for each in (*self.words.measures, "元"))

    def _declared(self, position: int, end: int) -> list[Candidate]:
        return [
            Candidate(position + len(name), ("NAME", "NEW_NAME"), "name", name)
            for name in self.names.at(self.folded.half, position)
            if position + len(name) <= end
        ]

    def _undeclared(self, position: int, end: int) -> Candidate | None:
        half = self.folded.half
        match = _LATIN_NAME.match(half, position, end)
        if match:
            if match.group().lower() in self.words.reserved:
                return None
            return Candidate(match.end(), ("NAME", "NEW_NAME", "WORD"), "name", match.group(), True)
        if not CJK.match(half, position):
            match = _NEW_NAME.match(half, position, end)
            return Candidate(match.end(), ("NEW_NAME",), "name", match.group(), True) if match else None
        run = NAME_RUN.match(half, position, end)
        assert run is not None
        stop = run.end()
        for index in range(position + 1, stop):
            if self._run_ends(index, end):
                stop = index
                break
        return Candidate(stop, ("NAME", "NEW_NAME", "WORD"), "name", half[position:stop], True)

    def _run_ends(self, index: int, end: int) -> bool:
        key = self.folded.key
        return any(
            key.startswith(phrase.text, index)
            and (not phrase.before_number or self._number_follows(index + len(phrase.text), end))
            for phrase in self.words.stops.get(key[index], ())
        )

    def _keyword_first(self, others: list[Candidate], undeclared: Candidate) -> bool:
        """Whether what is known comes before an undeclared run.

        A declared name or number does; so does a keyword of two or more characters, and one of a single character
        where a name, a number or a sign follows it.
        """
        if not others:
            return False
        best = others[0]
        if best.kind != "phrase" or best.end >= undeclared.end:
            return True
        start = best.end - len(best.value)
        if not CJK.match(self.folded.half, start):
            return False
        if len(best.value) > 1 or best.value == "的":
            return True
        following = best.end
        return bool(_AFTER_KEYWORD.match(self.folded.half, following)) or bool(
            following < len(self.folded.half) and self.names.at(self.folded.half, following)
        )


_PUNCTUATION = {
    "(": "LPAR",
    ")": "RPAR",
    ":": "COLON",
    ",": "COMMA",
    "，": "COMMA",
    "、": "COMMA",
    ";": "SEMICOLON",
    ".": "DOT",
    "·": "COMMA",
}
