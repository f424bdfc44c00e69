"""Finds the tokens that could stand at a place of a statement, best first.

The parser says which terminals it could take; the scanner looks for their phrases, for declared names (longest first),
numbers, dates and texts. An undeclared Chinese name ends where a keyword of two or more characters begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from rulelang.syntax.cut import text_end
from rulelang.syntax.fold import Folded
from rulelang.syntax.phrases import CJK, LATIN_NAME, NAME_RUN, Phrase, is_word
from rulelang.syntax.words import Words

_ONE_UNIT = re.compile(r"an?(?=\s+(?:day|week|month|quarter|year)\b)")
_DATE = re.compile(
    r"(?:\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{4}/\d{1,2}/\d{1,2}(?!\d)|\d{4}\.\d{1,2}\.\d{1,2}(?!\d)|\d{4}年\d{1,2}月\d{1,2}日)"
    # a time of day
    r"(?:(?:[ T]|(?<=日)) ?\d{1,2}:\d{2}(?::\d{2})?(?!\d|:\d)|(?<=日) ?\d{1,2}[时点](?:\d{1,2}分)?)?"
)
NUMBER = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:\s*(?:[十百千万亿]+(?![月周季])|(?:thousand|million|billion)(?![A-Za-z])))?(?:\s*[%‰])?",
    re.I,
)
_CHINESE_NUMERAL = re.compile("百分之[零一二两三四五六七八九十百0-9.]+|[零〇一二两三四五六七八九十百千万亿]+")
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿")
_NEW_NAME = re.compile(r"[^\s:()=,，、;|\"“”「」『』<>.#\[\]]+")
_AFTER_KEYWORD = re.compile(r"[\s:()=,，、;|\"“”「」『』<>\d¥$€£\[#]|$")
_BLANK = re.compile(r"[ \t\r\n]*")
_NAMES = ("NAME", "NEW_NAME")
_JOINING = frozenset({"AND", "OR", "THEN", "IF_END"})
_UNDECLARED = ("NAME", "NEW_NAME", "WORD")
QUOTES = '"“「『'


@frozen
class Candidate:
    """A token that could stand at a place: its end and the terminals it could be. ``kind``: phrase, name, undeclared,
    quoted, number, date, text, sign."""

    end: int
    terminals: tuple[str, ...]
    kind: str
    value: str


@frozen
class Names:
    """The names a statement may use, declared ones in either language: by first character, then by length, the longest
    first."""

    by_first: Mapping[str, tuple[tuple[int, frozenset[str]], ...]]

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """An index of names."""
        index: dict[str, dict[int, set[str]]] = {}
        for name in names:
            if name:
                index.setdefault(name[0], {}).setdefault(len(name), set()).add(name)
        return cls(
            {
                first: tuple((length, frozenset(each)) for length, each in sorted(lengths.items(), reverse=True))
                for first, lengths in index.items()
            }
        )

    def all(self) -> Iterator[str]:
        """Every name."""
        return (each for lengths in self.by_first.values() for _, names in lengths for each in sorted(names))

    def at(self, half: str, position: int) -> list[str]:
        """The declared names that stand at a position, longest first; Latin ones only as whole words."""
        found = []
        for length, names in self.by_first.get(half[position], ()):
            text = half[position : position + length]
            if text in names and _whole(half, position, position + length):
                found.append(text)
        return found

    def __contains__(self, name: str) -> bool:
        return any(name in names for _, names in self.by_first.get(name[:1], ()))


def _whole(half: str, start: int, end: int) -> bool:
    before = start > 0 and is_word(half[start - 1]) and is_word(half[start]) and not half[start - 1].isdigit()
    after = end < len(half) and is_word(half[end]) and is_word(half[end - 1])
    return not before and not after


@frozen
class Scanner:
    """Looks for tokens in one folded file; remembers what it found at a position."""

    folded: Folded
    words: Words
    names: Names
    _phrases: dict[int, list[tuple[int, Phrase]]] = field(factory=dict)
    _candidates: dict[tuple[int, bool], list[Candidate]] = field(factory=dict)
    _runs: dict[int, tuple[Candidate, ...]] = field(factory=dict)

    def forget(self) -> None:
        """Forget what was found: another statement is read."""
        self._phrases.clear()
        self._candidates.clear()
        self._runs.clear()

    def phrases(self, position: int, end: int, after_number: bool) -> list[tuple[int, Phrase]]:
        """The phrases that stand at a position, with their ends, longest first."""
        found = self._phrases.get(position)
        if found is None:
            found = [
                (stop, phrase)
                for stop, phrase in self.words.index.at(self.folded.key, position, end)
                if (not phrase.before_number or self.number_follows(stop, end))
                and (not phrase.line_start or self._begins_line(position))
            ]
            self._phrases[position] = found
        if not after_number:
            return [pair for pair in found if not pair[1].after_number]
        # Directly after a number a unit is a unit, whatever else the word may be.
        units = {stop for stop, phrase in found if phrase.after_number}
        return [pair for pair in found if pair[1].after_number or pair[0] not in units] if units else found

    def _begins_line(self, position: int) -> bool:
        half = self.folded.half
        return not half[half.rfind("\n", 0, position) + 1 : position].strip()

    def candidates(self, position: int, end: int, after_number: bool, named: bool = True) -> list[Candidate]:
        """Every token that could stand here; longest first, keywords before names.

        ``named``: whether the parser could take a name, so that undeclared ones are looked for as well.
        """
        key = (position, after_number)
        known = self._candidates.get(key)
        if known is None:
            known = self._candidates[key] = self._known(position, end, after_number)
        if not named or self.folded.half[position] in _NOT_A_NAME:
            return known
        if position in self._runs:
            undeclared = self._runs[position]
        else:
            undeclared = self._runs[position] = self._undeclared(position, end)
        ends = {each.end for each in known if each.kind != "phrase"}
        runs = [each for each in undeclared if each.end not in ends]
        if runs and not self._keyword_first(known, runs[0]):
            return [*runs, *known]
        return [*known, *runs]

    def _known(self, position: int, end: int, after_number: bool) -> list[Candidate]:
        half = self.folded.half
        character = half[position]
        if character in QUOTES:
            stop = text_end(self.folded.original, position)
            if stop is None or stop > end:
                return []
            return [Candidate(stop, ("TEXT_LITERAL",), "text", self.folded.original[position:stop])]
        if character == "[":
            stop = half.find("]", position, end)
            if stop < 0 or "\n" in half[position:stop]:
                return []
            return [Candidate(stop + 1, _NAMES, "quoted", half[position + 1 : stop].strip())]
        result = [
            Candidate(stop, phrase.terminals, "phrase", phrase.text)
            for stop, phrase in self.phrases(position, end, after_number)
        ]
        result += self._numbers(position, end)
        result += self._measures(position, end)
        result += [
            Candidate(position + len(name), _NAMES, "name", name)
            for name in self.names.at(half, position)
            if position + len(name) <= end and name.lower() not in self.words.reserved
        ]
        if len(result) > 1:
            result.sort(key=_order)
        terminal = _PUNCTUATION.get(character)
        if terminal is not None:
            result.append(Candidate(position + 1, (terminal,), "sign", character))
        return result

    def number_follows(self, position: int, end: int) -> bool:
        """Whether a number, an amount or the name of one comes next."""
        half = self.folded.half
        blank = _BLANK.match(half, position, end)
        assert blank is not None
        position = blank.end()
        if position >= end:
            return False
        if half[position].isdecimal() or half[position] in "¥$€£":
            return True
        if any(_AMOUNTS.intersection(phrase.terminals) for _, phrase in self.phrases(position, end, False)):
            return True
        return bool(self._numbers(position, end)) or bool(self.names.at(half, position))

    def figures_follow(self, position: int, end: int) -> bool:
        """Whether a number written out comes next, or an amount that begins with its currency."""
        blank = _BLANK.match(self.folded.half, position, end)
        assert blank is not None
        at = blank.end()
        return at < end and (bool(self._numbers(at, end)) or self.folded.half[at] in "¥$€£")

    def _numbers(self, position: int, end: int) -> list[Candidate]:
        half = self.folded.half
        if half[position].isdecimal():
            match = _DATE.match(half, position, end)
            if match:
                return [Candidate(match.end(), ("DATE_LITERAL",), "date", match.group())]
            match = NUMBER.match(self.folded.key, position, end)
            if match:
                return [Candidate(match.end(), ("NUMBER",), "number", match.group())]
        elif self.folded.key[position] in _NUMERALS:
            match = _CHINESE_NUMERAL.match(self.folded.key, position, end)
            if match and (match.group().startswith("百分之") or self._unit_follows(match.end(), end)):
                return [Candidate(match.end(), ("NUMBER",), "number", match.group())]
        elif half[position] in "aA":
            match = _ONE_UNIT.match(self.folded.key, position, end)
            if match:
                return [Candidate(match.end(), ("NUMBER",), "number", "1")]
        return []

    def _unit_follows(self, position: int, end: int) -> bool:
        """Whether a unit, a measure word or a word to be asked back about stands behind a Chinese numeral."""
        key = self.folded.key
        while position < end and key[position] == " ":
            position += 1
        if position >= end:
            return False
        if any(phrase.after_number or "CNY" in phrase.terminals for _, phrase in self.phrases(position, end, True)):
            return True
        return any(key.startswith(each, position) for each in (*self.words.measures, *self.words.refused))

    def _measures(self, position: int, end: int) -> list[Candidate]:
        """A measure word, where a declaration asks for one."""
        key = self.folded.key
        for measure in self.words.measures:
            if key[position] == measure[0] and key.startswith(measure, position) and position + len(measure) <= end:
                return [Candidate(position + len(measure), ("MEASURE",), "phrase", measure)]
        return []

    def _undeclared(self, position: int, end: int) -> tuple[Candidate, ...]:
        """The names that nobody declared. One that goes on from Latin letters into Chinese (VIP客户) is one name where
        it is declared; in a sentence the Latin part alone comes first (vip为是)."""
        half = self.folded.half
        match = LATIN_NAME.match(half, position, end)
        if match:
            if match.group().lower() in self.words.reserved:
                return ()
            latin = Candidate(match.end(), _UNDECLARED, "undeclared", match.group())
            stop = self._run_end(position, match.end(), end)
            if stop == match.end():
                return (latin,)
            mixed = half[position:stop]
            return (
                Candidate(stop, ("NEW_NAME",), "undeclared", mixed),
                latin,
                Candidate(stop, _UNDECLARED, "undeclared", mixed),
            )
        if not CJK.match(half, position):
            match = _NEW_NAME.match(half, position, end)
            return (Candidate(match.end(), ("NEW_NAME",), "undeclared", match.group()),) if match else ()
        found: list[Candidate] = []
        stop = position
        if not self._reserved_at(position):
            stop = self._run_end(position, position + 1, end)
            found.append(Candidate(stop, _UNDECLARED, "undeclared", half[position:stop]))
        # Where a name is declared it may hold a keyword: 年以上客户数.
        match = _NEW_NAME.match(half, position, end)
        if match is not None and match.end() > stop and match.group() not in self.words.reserved:
            found.append(Candidate(match.end(), ("NEW_NAME",), "undeclared", match.group()))
        return tuple(found)

    def _run_end(self, position: int, start: int, end: int) -> int:
        """Where a run of name characters ends: before the first keyword from ``start`` on."""
        run = NAME_RUN.match(self.folded.half, position, end)
        assert run is not None
        return next((index for index in range(start, run.end()) if self._run_ends(index, end)), run.end())

    def _reserved_at(self, position: int) -> bool:
        """Whether a word begins here that no undeclared name may begin with."""
        key = self.folded.key
        return any(
            phrase.words[0] in self.words.reserved and key.startswith(phrase.words[0], position)
            for phrase in self.words.stops.get(key[position], ())
        )

    def begins_with_keyword(self, candidate: Candidate, position: int, end: int) -> bool:
        """Whether an undeclared name begins with a word at which another name would end."""
        return candidate.kind == "undeclared" and self._run_ends(position, end)

    def _run_ends(self, index: int, end: int) -> bool:
        key = self.folded.key
        for phrase in self.words.stops.get(key[index], ()):
            text = phrase.words[0]
            if key.startswith(text, index) and (
                not phrase.before_number or self.number_follows(index + len(text), end)
            ):
                return True
        return False

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
        following, length = best.end, len(self.folded.half)
        if _AFTER_KEYWORD.match(self.folded.half, following) or self.names.at(self.folded.half, following):
            return True
        return any(not _JOINING.isdisjoint(phrase.terminals) for _, phrase in self.phrases(following, length, False))


def _order(candidate: Candidate) -> tuple[int, bool]:
    return (-candidate.end, candidate.kind != "phrase")


# What stands for a number without figures: half a year, an amount that begins with its currency.
_AMOUNTS = frozenset({"HALF_A_YEAR", "HALF_OF_ANOTHER", "CNY", "USD", "EUR", "GBP", "HKD", "JPY"})
_PUNCTUATION = {
    "(": "LPAR",
    ")": "RPAR",
    ":": "COLON",
    ",": "COMMA",
    "，": "COMMA",
    "、": "PAUSE",
    ";": "SEMICOLON",
    ".": "DOT",
    "·": "PAUSE",
}
_NOT_A_NAME = frozenset([*_PUNCTUATION, *QUOTES, "["])
