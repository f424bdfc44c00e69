"""Feeds the parsing machine with one statement, choosing at each place the longest token that it can take.

Where another choice was possible (Chinese without spaces), the choice point is kept with a copy of the machine, so that
the other reading can be taken up from there. Bullets end by layout: a line at or left of the bullet's column, ``then``,
or the closing bracket.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from attrs import evolve, frozen

from rulelang.syntax.cut import Chunk
from rulelang.syntax.lalr import END, Machine, Node, Tables, Token
from rulelang.syntax.scan import QUOTES, Candidate, Scanner

MAX_DEPTH = 100
_BULLET = re.compile(r"[-•*—–·](?=[ \t])|\d{1,2}[.)](?!\d)|\(\d{1,2}\)|[①-⑳]|[一二三四五六七八九十]{1,3}、|\d{1,2}、")
_COMMAS = ",，、"
_BLANK = re.compile(r"[ \t\r\n]*")
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BEFORE_COMMA_IS_NOISE = frozenset(
    {"AND", "OR", "THEN", "OTHERWISE", "BECAUSE", "AT_MOST", "AT_LEAST", "SINCE", "UNTIL", "VALID_FROM"}
)
_AFTER_COMMA_ANYWAY = ("IF", "GIVEN", "EXPECT")
_QUANTIFIERS = frozenset({"ALL_OF", "ANY_OF", "NONE_OF", "N_OF"})
# After these a condition begins, so that a name may begin with what looks like a number: 两成客户占比.
_BEFORE_A_NAME = frozenset({"IF", "AND", "OR", "NOT", "LPAR", "BULLET", "THEN", "COMMA", "OTHERWISE_IF"})


@frozen
class Failure:
    """Where a statement stopped making sense, what could have stood there, and the tokens before.

    ``final``: no other cut of the text is to be tried.
    """

    position: int
    end: int
    reason: str
    machine: Machine
    tokens: Taken | None = None
    final: bool = False

    @property
    def before(self) -> Token | None:
        """The token before."""
        return None if self.tokens is None else self.tokens.token

    @property
    def expected(self) -> tuple[str, ...]:
        """The terminals that could have stood there."""
        return self.machine.expected()


class Taken:
    """The tokens taken so far, the last first; shared by passes that went on from here. ``kind`` as in Candidate."""

    __slots__ = ("before", "kind", "token")

    def __init__(self, before: Taken | None, token: Token, kind: str) -> None:
        self.before = before
        self.token = token
        self.kind = kind


@frozen
class _Bullet:
    column: int
    depth: int


class Drive:
    """One pass over a statement: the machine, where it is, and the choices it met.

    After :meth:`run`, either ``tree`` or ``failure`` is set.
    """

    __slots__ = (
        "after_number",
        "allowed",
        "bullets",
        "choices",
        "chunk",
        "depth",
        "failure",
        "fresh_line",
        "half",
        "machine",
        "position",
        "quantified",
        "scanner",
        "tokens",
        "tree",
    )

    def __init__(self, scanner: Scanner, chunk: Chunk, machine: Machine, allowed: Collection[str] | None) -> None:
        self.scanner = scanner
        self.half = scanner.folded.half
        self.chunk = chunk
        self.machine = machine
        self.allowed = allowed
        self.position = chunk.start
        self.fresh_line = False
        self.bullets: tuple[_Bullet, ...] = ()
        self.depth = 0
        self.after_number = False
        self.quantified = False
        self.choices: list[Choice] = []
        self.tokens: Taken | None = None
        self.tree: Node | None = None
        self.failure: Failure | None = None

    @classmethod
    def begin(cls, tables: Tables, scanner: Scanner, chunk: Chunk, start: str) -> Drive:
        """A pass that begins with the statement. Raises KeyError if the grammar has no such start symbol."""
        return cls(scanner, chunk, Machine.start(tables, start), None)

    def copy(self, allowed: Collection[str] | None) -> Drive:
        """A pass in the same place; undeclared names only as ``allowed`` from here on."""
        other = Drive(self.scanner, self.chunk, self.machine.copy(), allowed)
        other.position, other.fresh_line = self.position, self.fresh_line
        other.bullets, other.depth = self.bullets, self.depth
        other.after_number, other.quantified = self.after_number, self.quantified
        other.tokens = self.tokens
        return other

    def run(self) -> Drive:
        """Read on to the end of the statement, or to where it stops making sense."""
        end = self.chunk.end
        while self.failure is None:
            self.skip_blank()
            if self.position >= end:
                break
            self.failure = self.step()
        if self.failure is not None:
            return self
        while self.bullets and self.machine.viable("BULLETS_END"):
            self.close_bullet()
        if self.machine.viable(END):
            self.tree = self.machine.finish()
        else:
            self.failure = self.fail("end", self.position)
        return self

    def taken(self) -> list[Taken]:
        """The tokens, in the order of the text."""
        found: list[Taken] = []
        link = self.tokens
        while link is not None:
            found.append(link)
            link = link.before
        return found[::-1]

    # --- places ---

    def skip_blank(self) -> None:
        match = _SPACE.match(self.half, self.position, self.chunk.end)
        if match is not None and match.end() > self.position:
            self.fresh_line = self.fresh_line or "\n" in match.group()
            self.position = match.end()

    def fail(self, reason: str, position: int, end: int | None = None) -> Failure:
        stop = position + 1 if end is None else end
        return Failure(position, stop, reason, self.machine, self.tokens)

    # --- one token ---

    def step(self) -> Failure | None:
        position, character = self.position, self.half[self.position]
        if self.fresh_line:
            self.fresh_line = False
            if self.layout(position - self.half.rfind("\n", 0, position) - 1):
                return None
        if character in "|｜" and self.machine.viable("TABLE_ROW"):
            newline = self.half.find("\n", position, self.chunk.end)
            self.take("TABLE_ROW", "", self.chunk.end if newline < 0 else newline)
            return None
        if self.noise(character):
            return None
        refused = self.refused() if self.after_number else self.refused_before()
        if refused is not None:
            return refused
        usable = self.usable()
        while not usable and self.bullets and self.machine.viable("BULLETS_END"):
            self.close_bullet()
            usable = self.usable()
        if not usable:
            return self.unusable(character)
        if len(usable) > 1:
            self.choices.append(Choice(self, usable))
        return self.choose(*usable[0])

    def choose(self, candidate: Candidate, terminal: str) -> Failure | None:
        """Take a token."""
        if candidate.kind == "quoted" and not candidate.value:
            return self.fail("empty-name", self.position, candidate.end)
        if terminal == "LPAR":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                return self.fail("nesting-too-deep", self.position)
        elif terminal == "RPAR":
            self.depth -= 1
        if self.take(terminal, candidate.kind, candidate.end, candidate.value) > MAX_DEPTH + _OUTSIDE:
            return self.fail("nesting-too-deep", candidate.end - 1)
        return None

    def usable(self) -> list[tuple[Candidate, str]]:
        """The tokens that the machine can take here, best first."""
        machine = self.machine
        row = machine.row
        named = "NAME" in row or "NEW_NAME" in row or "WORD" in row
        found: list[tuple[Candidate, str]] = []
        for candidate in self.scanner.candidates(self.position, self.chunk.end, self.after_number, named):
            if candidate.kind == "undeclared" and self.allowed is not None and candidate.value not in self.allowed:
                continue
            for terminal in candidate.terminals:
                if terminal in row and machine.viable(terminal):
                    found.append((candidate, terminal))
                    if candidate.kind != "phrase":
                        break
        # A reserved word is never cut: 如果 is not 如 and a name that begins with 果.
        if len(found) > 1 and found[0][0].value in self.scanner.words.reserved:
            return [each for each in found if each[0] is found[0][0]]
        return found

    def unusable(self, character: str) -> Failure | None:
        """Nothing that stands here fits: a full stop, a comma too many, or the end of what makes sense."""
        if self.end_of_sentence() or (character in _COMMAS and self.skip_comma_anyway()):
            return None
        candidates = self.scanner.candidates(self.position, self.chunk.end, self.after_number)
        if character in QUOTES and not candidates:
            return self.fail("unclosed-text", self.position)
        if character == "[" and not candidates:
            return self.fail("unclosed-name", self.position)
        return self.fail("text", self.position, candidates[0].end if candidates else self.position + 1)

    def take(self, terminal: str, kind: str, end: int, value: str | None = None) -> int:
        """Feed a token; returns the depth of the deepest node it finished."""
        text = self.half[self.position : end] if value is None else value
        if terminal == "TABLE_ROW":
            text = self.scanner.folded.original[self.position : end]
        token = Token(terminal, text, self.position, end)
        depth = self.machine.take(token)
        self.tokens = Taken(self.tokens, token, kind)
        if terminal not in ("COLON", "BULLET", "BULLETS_END"):
            self.quantified = terminal in _QUANTIFIERS
        self.after_number = terminal == "NUMBER"
        self.position = end
        return depth

    # --- bullets by layout ---

    def layout(self, column: int) -> bool:
        """Bullets opened, continued or closed by a line's beginning. True where a token was taken."""
        bullet = _BULLET.match(self.half, self.position, self.chunk.end)
        if bullet and self.quantified:
            self.bullets = (*self.bullets, _Bullet(column, self.depth))
            self.take("BULLET", "", bullet.end())
            self.quantified = False
            return True
        while self.bullets and column <= self.bullets[-1].column and self.machine.viable("BULLETS_END"):
            if bullet and column == self.bullets[-1].column:
                break
            self.close_bullet()
        if bullet and self.bullets and self.machine.viable("BULLET"):
            self.take("BULLET", "", bullet.end())
            return True
        return False

    def close_bullet(self) -> None:
        """End the innermost bullets where the last token ended."""
        self.bullets = self.bullets[:-1]
        assert self.tokens is not None
        at = self.tokens.token.end
        token = Token("BULLETS_END", "", at, at)
        self.machine.take(token)
        self.tokens = Taken(self.tokens, token, "")

    # --- what carries no meaning ---

    def noise(self, character: str) -> bool:
        """A comma before a word that joins, a measure word after a number, a filler before a name."""
        if character in _COMMAS:
            return self.comma_before_joining_word()
        position, machine = self.position, self.machine
        if character == "的" and self.tokens and not machine.viable("OF") and machine.viable("NAME"):
            self.position += 1
            return True
        if self.after_number and self.measure_word():
            return True
        key = self.scanner.folded.key
        for filler in self.scanner.words.fillers:
            if (
                filler[0] == key[position]
                and key.startswith(filler, position)
                and machine.viable("NAME")
                and not self.scanner.names.at(self.half, position)
            ):
                self.position += len(filler)
                return True
        return False

    def comma_before_joining_word(self) -> bool:
        match = _BLANK.match(self.half, self.position + 1, self.chunk.end)
        assert match is not None
        following = match.end()
        if following < self.chunk.end and self.joins(following):
            self.fresh_line = self.fresh_line or "\n" in match.group()
            self.position = following
            return True
        return False

    def measure_word(self) -> bool:
        half, key, position = self.half, self.scanner.folded.key, self.position
        measures = [each for each in self.scanner.words.measures if key.startswith(each, position)]
        if not measures:
            return False
        units = self.scanner.phrases(position, self.chunk.end, True)
        viable = self.machine.viable
        longest = max((end for end, phrase in units if any(map(viable, phrase.terminals))), default=0)
        for measure in measures:
            end = position + len(measure)
            if end > longest and not _splits_word(half, end):
                self.position = end
                self.after_number = False
                return True
        return False

    def joins(self, position: int) -> bool:
        """Whether a joining word follows that the parser could take without the comma."""
        phrases = self.scanner.phrases
        if self.machine.viable("LOOKUP_ELSE") and any(
            "LOOKUP_ELSE" in phrase.terminals for _, phrase in phrases(self.position, self.chunk.end, False)
        ):
            return False
        return any(
            terminal in _BEFORE_COMMA_IS_NOISE and self.viable_after_bullets(terminal)
            for _, phrase in phrases(position, self.chunk.end, False)
            for terminal in phrase.terminals
        )

    def viable_after_bullets(self, terminal: str) -> bool:
        return self.machine.viable(terminal) or (bool(self.bullets) and terminal in ("THEN", "BECAUSE"))

    def skip_comma_anyway(self) -> bool:
        """A comma that the parser can't take, before something that it can: at a line's end, or before ``if``."""
        match = _BLANK.match(self.half, self.position + 1, self.chunk.end)
        assert match is not None
        following = match.end()
        if following < self.chunk.end:
            candidates = self.scanner.candidates(following, self.chunk.end, False)
            names = {each for candidate in candidates for each in candidate.terminals}
            if not any(each in names and self.machine.viable(each) for each in _AFTER_COMMA_ANYWAY):
                return False
        self.position = following
        return True

    def end_of_sentence(self) -> bool:
        """A full stop or semicolon at the end of a line, or 。 between two sentences."""
        following, character = self.position + 1, self.half[self.position]
        if character not in "。;；.":
            return False
        at_line_end = following >= self.chunk.end or self.half[following] in "\r\n \t"
        if not at_line_end and not (character == "。" and self.machine.viable(END)):
            return False
        self.position = following
        return True

    def refused(self) -> Failure | None:
        """Words that a careful colleague would ask back about, after a number."""
        key, position = self.scanner.folded.key, self.position
        for text, code in self.scanner.words.refused.items():
            if key.startswith(text, position):
                longer = [end for end, _ in self.scanner.phrases(position, self.chunk.end, True)]
                if max(longer, default=0) <= position + len(text):
                    assert self.tokens is not None
                    failure = self.fail(code, self.tokens.token.start, position + len(text))
                    before = self.tokens.before
                    return evolve(failure, final=before is not None and before.token.type not in _BEFORE_A_NAME)
        return None

    def refused_before(self) -> Failure | None:
        """The same before a number."""
        key, position, end = self.scanner.folded.key, self.position, self.chunk.end
        for text, code in self.scanner.words.refused_before.items():
            if text[0] == key[position] and key.startswith(text, position):
                stop = position + len(text)
                if stop < end and self.machine.viable("NUMBER") and self.scanner.number_follows(stop, end):
                    return self.fail(code, position, stop)
        return None


class Choice:
    """A place where more than one token could stand, and the pass as it was there."""

    __slots__ = ("drive", "others")

    def __init__(self, drive: Drive, usable: list[tuple[Candidate, str]]) -> None:
        self.drive = drive.copy(drive.allowed)
        self.others = usable[1:]

    def take(self, number: int, allowed: Collection[str] | None) -> Drive:
        """Go on from here with another token (0 is the first of the others), to the end."""
        drive = self.drive.copy(allowed)
        candidate, terminal = self.others[number]
        drive.failure = drive.choose(candidate, terminal)
        return drive.run()


# Nodes of the parse tree that stand around an expression: a rule's sentences, a branch, an action.
_OUTSIDE = 8


def _splits_word(half: str, end: int) -> bool:
    """A Latin measure word must be a whole word."""
    return half[end - 1].isascii() and end < len(half) and half[end].isascii() and half[end].isalnum()
