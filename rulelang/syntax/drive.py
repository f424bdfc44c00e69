"""Drives Lark's LALR parser over one statement, token by token, choosing at each place the longest token it can take.

Where another choice was possible (Chinese without spaces), the choice point is kept, so that the caller can ask for the
other reading. Bullets end by layout: a line at or left of the bullet's column, ``then``, or the closing bracket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import lark
from attrs import frozen
from lark import Token
from lark.parsers.lalr_analysis import Shift

from rulelang.syntax.cut import Chunk
from rulelang.syntax.scan import Candidate, Scanner

MAX_DEPTH = 200
_BULLETS = "-•*—–"
_BEFORE_COMMA_IS_NOISE = frozenset(
    {"AND", "OR", "THEN", "OTHERWISE", "BECAUSE", "AT_MOST", "AT_LEAST", "SINCE", "UNTIL", "VALID_FROM"}
)


@frozen
class Choice:
    """A place where more than one token could stand; ``count`` says how many."""

    position: int
    count: int


@frozen
class Failure:
    """Where a statement stopped making sense, what could have stood there, and the token before."""

    position: int
    end: int
    reason: str
    expected: tuple[str, ...] = ()
    before: str = ""


@frozen
class Outcome:
    """The parse tree or the failure, with the choice points met and the tokens taken."""

    tree: Any = None
    failure: Failure | None = None
    choices: tuple[Choice, ...] = ()
    tokens: tuple[tuple[str, int, int], ...] = ()


@frozen
class _Bullet:
    column: int
    depth: int


def drive(parser: lark.Lark, scanner: Scanner, chunk: Chunk, start: str, chosen: Mapping[int, int]) -> Outcome:
    """Parse one statement; ``chosen`` says which candidate to take at a position (the best, where it says nothing)."""
    return _Drive(parser, scanner, chunk, start, chosen).run()


class _Drive:
    """The state of one pass over a statement."""

    def __init__(
        self, parser: lark.Lark, scanner: Scanner, chunk: Chunk, start: str, chosen: Mapping[int, int]
    ) -> None:
        self.interactive = parser.parse_interactive(start=start)
        self.state = self.interactive.parser_state
        self.table: Any = self.state.parse_conf.states
        self.scanner = scanner
        self.half = scanner.folded.half
        self.chunk = chunk
        self.chosen = chosen
        self.position = chunk.start
        self.bullets: list[_Bullet] = []
        self.depth = 0
        self.after_number = False
        self.quantified = False
        self.choices: list[Choice] = []
        self.tokens: list[tuple[str, int, int]] = []

    def run(self) -> Outcome:
        while True:
            self.skip_blank()
            if self.position >= self.chunk.end:
                break
            failure = self.step()
            if failure is not None:
                return Outcome(None, failure, tuple(self.choices), tuple(self.tokens))
        while self.bullets and self.viable("BULLETS_END"):
            self.close_bullet()
        if not self.viable("$END"):
            return Outcome(None, self.failure("end", self.position), tuple(self.choices), tuple(self.tokens))
        tree = self.interactive.feed_eof()  # type: ignore[no-untyped-call]  # lark has no types here
        return Outcome(tree, None, tuple(self.choices), tuple(self.tokens))

    # --- places ---

    def skip_blank(self) -> None:
        half, end = self.half, self.chunk.end
        while self.position < end:
            if half[self.position] in " \t\r\n":
                self.position += 1
            elif half[self.position] == "#":
                newline = half.find("\n", self.position)
                self.position = end if newline < 0 else newline
            else:
                return

    def line_column(self) -> int | None:
        """The column of the current position if it is the first on its line, else None."""
        start = self.half.rfind("\n", 0, self.position) + 1
        if self.position == self.chunk.start or self.half[start : self.position].strip():
            return None
        return self.position - start

    # --- what the parser can take ---

    def viable(self, terminal: str) -> bool:
        """Whether the parser could take this terminal now, seen through its pending reductions."""
        stack = self.state.state_stack
        virtual: list[Any] = []
        depth = len(stack)
        while True:
            state = virtual[-1] if virtual else stack[depth - 1]
            entry = self.table[state].get(terminal)
            if entry is None:
                return False
            action, argument = entry
            if action is Shift:
                return True
            size = len(argument.expansion)
            dropped = min(size, len(virtual))
            if dropped:
                del virtual[len(virtual) - dropped :]
            depth -= size - dropped
            origin = virtual[-1] if virtual else stack[depth - 1]
            following = self.table[origin][argument.origin.name][1]
            if terminal == "$END" and following == self.state.parse_conf.end_state:
                return True
            virtual.append(following)

    def expected(self) -> tuple[str, ...]:
        names = [each for each in self.table[self.state.position] if each.isupper() or each == "$END"]
        return tuple(sorted(each for each in names if self.viable(each)))

    def failure(self, reason: str, position: int, end: int | None = None) -> Failure:
        stop = position + 1 if end is None else end
        return Failure(position, stop, reason, self.expected(), self.tokens[-1][0] if self.tokens else "")

    # --- one token ---

    def step(self) -> Failure | None:
        column = self.line_column()
        if column is not None and self.layout(column):
            return None
        if self.half[self.position] in "|｜" and self.viable("TABLE_ROW"):
            newline = self.half.find("\n", self.position, self.chunk.end)
            self.take("TABLE_ROW", self.chunk.end if newline < 0 else newline)
            return None
        if self.noise():
            return None
        refused = self.refused()
        if refused is not None:
            return refused
        candidates = self.scanner.candidates(self.position, self.chunk.end, self.after_number)
        usable = self.usable(candidates)
        while not usable and self.bullets and self.viable("BULLETS_END"):
            self.close_bullet()
            usable = self.usable(candidates)
        if not usable:
            if self.end_of_sentence():
                return None
            if self.half[self.position] in ",，、" and self.skip_comma_anyway():
                return None
            end = candidates[0].end if candidates else self.position + 1
            reason = "text" if candidates or self.half[self.position] not in '"“「『' else "unclosed-text"
            return self.failure(reason, self.position, end)
        if len(usable) > 1:
            self.choices.append(Choice(self.position, len(usable)))
        candidate, terminal = usable[min(self.chosen.get(self.position, 0), len(usable) - 1)]
        if terminal == "LPAR":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                return self.failure("nesting-too-deep", self.position)
        if terminal == "RPAR":
            self.depth -= 1
        self.take(terminal, candidate.end, candidate.value)
        return None

    def usable(self, candidates: list[Candidate]) -> list[tuple[Candidate, str]]:
        found: list[tuple[Candidate, str]] = []
        for candidate in candidates:
            terminal = next((each for each in candidate.terminals if self.viable(each)), None)
            if terminal is None:
                continue
            if candidate.value.lower() in self.scanner.words.reserved and candidate.kind == "name":
                continue
            if any(each.end == candidate.end and candidate.kind == each.kind for each, _ in found):
                continue
            found.append((candidate, terminal))
        return found

    def take(self, terminal: str, end: int, value: str | None = None) -> None:
        text = self.half[self.position : end] if value is None else value
        if terminal in ("TEXT_LITERAL", "TABLE_ROW"):
            text = self.scanner.folded.original[self.position : end]
        token = Token(terminal, text, start_pos=self.position, end_pos=end, line=0, column=0, end_line=0, end_column=0)
        self.interactive.feed_token(token)
        self.tokens.append((terminal, self.position, end))
        if terminal not in ("COLON", "BULLET", "BULLETS_END"):
            self.quantified = terminal in ("ALL_OF", "ANY_OF", "NONE_OF", "N_OF")
        self.after_number = terminal == "NUMBER"
        self.position = end

    # --- bullets by layout ---

    def layout(self, column: int) -> bool:
        """Bullets opened, continued or closed by a line's beginning. True where a token was taken."""
        bullet = self.half[self.position] in _BULLETS and self.half[self.position + 1 : self.position + 2] in (
            " ",
            "\t",
        )
        if bullet and self.quantified:
            self.bullets.append(_Bullet(column, self.depth))
            self.take("BULLET", self.position + 1)
            self.quantified = False
            return True
        while self.bullets and column <= self.bullets[-1].column and self.viable("BULLETS_END"):
            if bullet and column == self.bullets[-1].column:
                break
            self.close_bullet()
        if bullet and self.bullets and self.viable("BULLET"):
            self.take("BULLET", self.position + 1)
            return True
        return False

    def close_bullet(self) -> None:
        self.bullets.pop()
        self.take("BULLETS_END", self.position, "")

    # --- what carries no meaning ---

    def noise(self) -> bool:
        """A comma before a word that joins, a measure word after a number, a filler before a name."""
        half, key, position = self.half, self.scanner.folded.key, self.position
        if half[position] in ",，、":
            following = position + 1
            while following < self.chunk.end and half[following] in " \t\r\n":
                following += 1
            if following < self.chunk.end and self.joins(following):
                self.position = following
                return True
        if half[position] == "的" and not self.viable("OF") and self.viable("NAME") and self.tokens:
            self.position += 1
            return True
        if self.after_number:
            units = self.scanner.phrases(position, self.chunk.end, True)
            longest = max(
                (end for end, phrase in units if any(self.viable(each) for each in phrase.terminals)), default=0
            )
            for measure in self.scanner.words.measures:
                end = position + len(measure)
                if key.startswith(measure, position) and end > longest and not _splits_word(half, position, end):
                    self.position = end
                    self.after_number = False
                    return True
        for filler in self.scanner.words.fillers:
            if key.startswith(filler, position) and self.viable("NAME") and not self.scanner.names.at(half, position):
                self.position += len(filler)
                return True
        return False

    def joins(self, position: int) -> bool:
        """Whether a joining word follows that the parser could take without the comma."""
        if self.viable("LOOKUP_ELSE") and any(
            "LOOKUP_ELSE" in phrase.terminals
            for _, phrase in self.scanner.phrases(self.position, self.chunk.end, False)
        ):
            return False
        return any(
            terminal in _BEFORE_COMMA_IS_NOISE and self.viable_after_bullets(terminal)
            for _, phrase in self.scanner.phrases(position, self.chunk.end, False)
            for terminal in phrase.terminals
        )

    def viable_after_bullets(self, terminal: str) -> bool:
        return self.viable(terminal) or (bool(self.bullets) and terminal in ("THEN", "BECAUSE"))

    def skip_comma_anyway(self) -> bool:
        """A comma that the parser can't take, before something that it can: at a line's end, or before ``if``."""
        half, end = self.half, self.chunk.end
        following = self.position + 1
        while following < end and half[following] in " \t\r\n":
            following += 1
        if following >= end:
            self.position = following
            return True
        candidates = self.scanner.candidates(following, end, False)
        names = {each for candidate in candidates for each in candidate.terminals}
        if {"IF", "GIVEN", "EXPECT", "NOTE"}.intersection(each for each in names if self.viable(each)):
            self.position = following
            return True
        return False

    def end_of_sentence(self) -> bool:
        """A full stop or semicolon at the end of a line."""
        if self.half[self.position] not in "。;；." or (
            self.position + 1 < self.chunk.end and self.half[self.position + 1] not in "\r\n \t"
        ):
            return False
        self.position += 1
        return True

    def refused(self) -> Failure | None:
        """Words that a careful colleague would ask back about, after a number."""
        if not self.after_number:
            return None
        for text, code in self.scanner.words.refused.items():
            if self.scanner.folded.key.startswith(text, self.position):
                longer = [end for end, _ in self.scanner.phrases(self.position, self.chunk.end, True)]
                if max(longer, default=0) <= self.position + len(text):
                    return self.failure(code, self.tokens[-1][1], self.position + len(text))
        return None


def _splits_word(half: str, start: int, end: int) -> bool:
    """A Latin measure word must be a whole word."""
    return half[end - 1].isascii() and end < len(half) and half[end].isascii() and half[end].isalnum()
