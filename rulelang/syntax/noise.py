"""What stands in a sentence and means nothing (commas, measure words, full stops), and what is asked back about."""

from __future__ import annotations

import re

from attrs import frozen

from rulelang.syntax.lalr import END, Machine
from rulelang.syntax.scan import Scanner

COMMAS = ",，、"
_BLANK = re.compile(r"[ \t\r\n]*")
# A comma before one of these joins nothing of its own.
_JOINING = frozenset(
    [
        *("AND", "OR", "THEN", "OTHERWISE", "OTHERWISE_IF", "BECAUSE"),
        *("AT_MOST", "AT_LEAST", "SINCE", "UNTIL", "VALID_FROM", "NOTE", "CAP_BY", "LOOKUP_ELSE"),
    ]
)
_AFTER_BULLETS = ("THEN", "BECAUSE")
_AFTER_COMMA_ANYWAY = ("IF", "GIVEN", "EXPECT")


@frozen
class Noise:
    """Looks for what may be skipped in one statement; each method gives the position after it, or None."""

    scanner: Scanner
    end: int

    def skip(self, machine: Machine, position: int, after_number: bool, in_bullets: bool) -> int | None:
        """A comma before a word that joins, a measure word after a number, a 的 that joins nothing."""
        character = self.scanner.folded.half[position]
        if character in COMMAS:
            return self._comma(machine, position, in_bullets)
        if character == "的" and not machine.viable("OF") and machine.viable("NAME") and len(machine.values):
            return position + 1
        return self._measure(machine, position) if after_number else None

    def _comma(self, machine: Machine, position: int, in_bullets: bool) -> int | None:
        phrases = self.scanner.phrases
        following = self._next(position)
        if following >= self.end:
            return None
        if machine.viable("LOOKUP_ELSE") and any(
            "LOOKUP_ELSE" in phrase.terminals for _, phrase in phrases(position, self.end, False)
        ):
            return None
        joins = any(
            terminal in _JOINING and (machine.viable(terminal) or (in_bullets and terminal in _AFTER_BULLETS))
            for _, phrase in phrases(following, self.end, False)
            for terminal in phrase.terminals
        )
        return following if joins else None

    def _measure(self, machine: Machine, position: int) -> int | None:
        half, key = self.scanner.folded.half, self.scanner.folded.key
        measures = [each for each in self.scanner.words.measures if key.startswith(each, position)]
        if not measures:
            return None
        units = self.scanner.phrases(position, self.end, True)
        longest = max((stop for stop, phrase in units if any(map(machine.viable, phrase.terminals))), default=0)
        for measure in measures:
            stop = position + len(measure)
            if stop > longest and not _splits_word(half, stop):
                return stop
        return None

    def comma_anyway(self, machine: Machine, position: int) -> int | None:
        """A comma that the parser can't take, before something that it can: at the end, or before ``if``."""
        following = self._next(position)
        if following < self.end:
            candidates = self.scanner.candidates(following, self.end, False)
            names = {each for candidate in candidates for each in candidate.terminals}
            if not any(each in names and machine.viable(each) for each in _AFTER_COMMA_ANYWAY):
                return None
        return following

    def full_stop(self, machine: Machine, position: int) -> int | None:
        """A full stop or semicolon at the end of a line, or between two sentences."""
        following, character = position + 1, self.scanner.folded.half[position]
        if character not in "。;；.":
            return None
        at_line_end = following >= self.end or self.scanner.folded.half[following] in "\r\n \t"
        if not at_line_end and (character == "." or not machine.viable(END)):
            return None
        return following

    def asked_back(self, position: int) -> tuple[str, int] | None:
        """左右, 折 and the like after an amount: the code of the message and where the word ends."""
        key = self.scanner.folded.key
        for text, code in self.scanner.words.refused.items():
            stop = position + len(text)
            if text[0] == key[position] and key.startswith(text, position) and stop <= self.end:
                longer = [end for end, _ in self.scanner.phrases(position, self.end, True)]
                if max(longer, default=0) <= stop:
                    return code, stop
        return None

    def asked_back_before(self, position: int) -> tuple[str, int] | None:
        """大约 and the like before a number."""
        half, key = self.scanner.folded.half, self.scanner.folded.key
        for text, code in self.scanner.words.refused_before.items():
            stop = position + len(text)
            stands = text[0] == key[position] and key.startswith(text, position) and not _splits_word(half, stop)
            if stands and self.scanner.figures_follow(stop, self.end):
                return code, stop
        return None

    def _next(self, position: int) -> int:
        match = _BLANK.match(self.scanner.folded.half, position + 1, self.end)
        assert match is not None
        return match.end()


def _splits_word(half: str, end: int) -> bool:
    """A Latin word must be a whole word."""
    return half[end - 1].isascii() and end < len(half) and half[end].isascii() and half[end].isalnum()
