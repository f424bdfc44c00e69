"""Feeds the parsing machine with one statement, choosing at each place the longest token that it can take.

Where another choice was possible (Chinese without spaces), the choice point is kept with a copy of the machine, so that
the other reading can be taken up from there. Bullets end by layout: a line at or left of the bullet's column, ``then``,
or the closing bracket.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.syntax.cut import Chunk, end_of_content
from rulelang.syntax.lalr import END, Machine, Node, Tables, Token
from rulelang.syntax.noise import COMMAS, Noise
from rulelang.syntax.scan import QUOTES, Candidate, Scanner

MAX_DEPTH = 100
_BULLET = re.compile(r"[-•*—–·](?=[ \t])|\d{1,2}[.)](?!\d)|\(\d{1,2}\)|[①-⑳]|[一二三四五六七八九十]{1,3}、|\d{1,2}、")
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_CURRENCY = re.compile(r"[ \t]+(?:CNY|USD|EUR|GBP|HKD|JPY)\b")
_QUANTIFIERS = frozenset({"ALL_OF", "ANY_OF", "NONE_OF", "N_OF"})
# The last word of an amount.
_AMOUNTS = frozenset(
    [
        *("NUMBER", "CNY", "USD", "EUR", "GBP", "HKD", "JPY", "HALF_A_YEAR"),
        *("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "HOURS", "MINUTES", "WORKING_DAYS"),
    ]
)
# After these a condition begins, so that a name may begin with what looks like a number: 两成客户占比.
_BEFORE_A_NAME = frozenset({"IF", "AND", "OR", "NOT", "LPAR", "BULLET", "THEN", "COMMA", "PAUSE", "OTHERWISE_IF"})


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
        "after_amount",
        "after_number",
        "allowed",
        "bullets",
        "choices",
        "chunk",
        "depth",
        "failure",
        "fresh_line",
        "half",
        "lenient",
        "machine",
        "noise",
        "position",
        "quantified",
        "scanner",
        "tokens",
        "tree",
    )

    def __init__(
        self, scanner: Scanner, chunk: Chunk, machine: Machine, allowed: Collection[str] | None, lenient: bool
    ) -> None:
        self.scanner = scanner
        self.half = scanner.folded.half
        self.chunk = chunk
        self.machine = machine
        self.allowed = allowed
        self.lenient = lenient
        self.position = chunk.start
        self.fresh_line = False
        self.bullets: tuple[_Bullet, ...] = ()
        self.depth = 0
        self.after_number = False
        self.after_amount = False
        self.quantified = False
        self.noise = Noise(scanner, chunk.end)
        self.choices: list[Choice] = []
        self.tokens: Taken | None = None
        self.tree: Node | None = None
        self.failure: Failure | None = None

    @classmethod
    def begin(cls, tables: Tables, scanner: Scanner, chunk: Chunk, start: str, lenient: bool) -> Drive:
        """A pass that begins with the statement. Raises KeyError if the grammar has no such start symbol.

        ``lenient``: a name that nobody declared may begin with a keyword.
        """
        return cls(scanner, chunk, Machine.start(tables, start), None, lenient)

    def copy(self, allowed: Collection[str] | None) -> Drive:
        """A pass in the same place; undeclared names only as ``allowed`` from here on."""
        other = Drive(self.scanner, self.chunk, self.machine.copy(), allowed, self.lenient)
        other.position, other.fresh_line = self.position, self.fresh_line
        other.bullets, other.depth = self.bullets, self.depth
        other.after_number, other.after_amount = self.after_number, self.after_amount
        other.quantified = self.quantified
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
        if not self.machine.viable(END):
            self.failure = self.fail("end", self.position)
            return self
        tree = self.machine.finish()
        if tree.depth > MAX_DEPTH + _OUTSIDE:
            self.failure = self.fail(_too_deep([tree]), end - 1)
        else:
            self.tree = tree
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
            end = self.chunk.end if newline < 0 else newline
            self.take("TABLE_ROW", "", end_of_content(self.scanner.folded, position, end))
            return None
        after = self.noise.skip(self.machine, position, self.after_number, bool(self.bullets))
        if after is not None:
            self.fresh_line = "\n" in self.half[position:after]
            self.after_number = False
            self.position = after
            return None
        refused = self.refused()
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
            return self.fail(_too_deep(self.machine.values), candidate.end - 1)
        return None

    def usable(self) -> list[tuple[Candidate, str]]:
        """The tokens that the machine can take here, best first."""
        machine = self.machine
        row = machine.row
        named = "NAME" in row or "NEW_NAME" in row or "WORD" in row
        found: list[tuple[Candidate, str]] = []
        for candidate in self.scanner.candidates(self.position, self.chunk.end, self.after_number, named):
            if candidate.kind == "undeclared" and not self.permits(candidate):
                continue
            for terminal in candidate.terminals:
                if terminal in row and machine.viable(terminal):
                    found.append((candidate, terminal))
                    if candidate.kind != "phrase":
                        break
        if len(found) > 1:
            self.into_a_currency(found)
            return self.without_names_of_keywords(found)
        return found

    def into_a_currency(self, found: list[tuple[Candidate, str]]) -> None:
        """``amount in USD`` is an amount, not a member of a list called so; a list of that name comes first."""
        place = next((place for place, (_, terminal) in enumerate(found) if terminal == "CONVERTED_TO"), 0)
        end = found[place][0].end
        currency = _CURRENCY.match(self.half, end, self.chunk.end) if place else None
        if currency is not None and not self.scanner.names.at(self.half, currency.end() - 3):
            found.insert(0, found.pop(place))

    def permits(self, candidate: Candidate) -> bool:
        """Whether a name that nobody declared may be taken: in a further reading one of the usual reading; else, at
        first, one that does not begin with a keyword."""
        if self.allowed is not None:
            return candidate.value in self.allowed
        return self.lenient or not self.scanner.begins_with_keyword(candidate, self.position, self.chunk.end)

    def without_names_of_keywords(self, found: list[tuple[Candidate, str]]) -> list[tuple[Candidate, str]]:
        """A reserved word is never cut (如果 is not 如 and 果), and a type is never the name of one (字段甲：金额)."""
        first = found[0][0]
        if first.value in self.scanner.words.reserved:
            return [each for each in found if each[0] is first]
        # 币种 begins an attribute, and is what people call a field: 币种（currency）.
        ends = {each.end for each, terminal in found if each.kind == "phrase" and terminal != "MONEY_UNIT"}
        return [each for each in found if each[1] != "NEW_NAME" or each[0].end not in ends]

    def unusable(self, character: str) -> Failure | None:
        """Nothing that stands here fits: a full stop, a comma too many, or the end of what makes sense."""
        after = self.noise.full_stop(self.machine, self.position)
        if after is None and character in COMMAS:
            after = self.noise.comma_anyway(self.machine, self.position)
        if after is not None:
            self.position = after
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
        self.after_amount = terminal in _AMOUNTS
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

    # --- what is to be asked back about ---

    def refused(self) -> Failure | None:
        """Words that a careful colleague would ask back about, after an amount or before a number."""
        if self.after_amount:
            found = self.noise.asked_back(self.position)
            if found is not None:
                number = self.tokens
                while number is not None and number.token.type != "NUMBER":
                    number = number.before
                before = None if number is None else number.before
                start = self.position if number is None else number.token.start
                final = before is not None and before.token.type not in _BEFORE_A_NAME
                return evolve(self.fail(found[0], start, found[1]), final=final)
        found = self.noise.asked_back_before(self.position)
        if found is None:
            return None
        return evolve(self.fail(found[0], self.position, found[1]), final=self.tokens is not None)


class Choice:
    """A place where more than one token could stand, and the pass as it was there."""

    __slots__ = ("drive", "others", "usual")

    def __init__(self, drive: Drive, usable: list[tuple[Candidate, str]]) -> None:
        self.drive = drive.copy(drive.allowed)
        self.usual = usable[0][0]
        self.others = usable[1:]

    def of_same_words(self, number: int) -> bool:
        """Whether another token is the same phrase in another use."""
        other = self.others[number][0]
        return other.kind == self.usual.kind == "phrase" and other.end == self.usual.end

    def take(self, number: int, allowed: Collection[str] | None) -> Drive:
        """Go on from here with another token (0 is the first of the others), to the end."""
        drive = self.drive.copy(allowed)
        candidate, terminal = self.others[number]
        drive.failure = drive.choose(candidate, terminal)
        return drive.run()


def _too_deep(values: Sequence[Any]) -> str:
    """Why what was read reaches too deep: brackets in brackets, or a sum of too many terms (each one level more)."""
    node: Any = max((each for each in values if type(each) is Node), key=_depth)
    terms = 0
    while type(node) is Node:
        terms += node.data in _ARITHMETIC
        node = max(node.children, key=_depth, default=None)
    return "too-many-terms" if terms > MAX_DEPTH // 2 else "nesting-too-deep"


def _depth(value: Any) -> int:
    return value.depth if type(value) is Node else 0


_ARITHMETIC = frozenset({"plus", "minus", "times", "divide"})
# Nodes of the parse tree that stand around an expression: a rule's sentences, a branch, an action.
_OUTSIDE = 8
