"""Sentences of one shape are parsed once: what was read for the first of them serves for the others.

    if days >= 373 and country is "CN" then tier = gold
    if days >= 90 and country is "DE" then tier = silver

Both are `if NAME >= 0 and NAME is "" then NAME = NAME`. What the parser makes of a sentence does not depend on which
number, text or name stands in a place, so long as no word of it means anything to the language: such parts are left
out of the shape, and all else, white space included, is kept. A figure beside anything but a space counts with its
length (`3月` is a month, `12.` begins a bullet), and a word that a phrase of the word tables or a longer declared name
could hold is kept as it is. Only sentences with a single reading are remembered.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from attrs import evolve, field, frozen

from rulelang.syntax.cut import Chunk
from rulelang.syntax.drive import Drive
from rulelang.syntax.fold import Folded
from rulelang.syntax.lalr import Node, Token
from rulelang.syntax.phrases import LATIN_NAME, LETTERS
from rulelang.syntax.scan import Names
from rulelang.syntax.words import Words

KINDS = frozenset({"rule", "example", "cell", "expression"})

# What may differ: texts, names in brackets, comments, numbers between spaces, words that stand alone.
_PARTS = re.compile(
    r"""("(?:\\["\\]|[^"\n])*+"|“(?:\\[”\\]|[^”\n])*+”|「(?:\\[」\\]|[^」\n])*+」|『(?:\\[』\\]|[^』\n])*+』"""
    r"|[\[【［][^\]】］\n]*[\]】］]|[#＃][^\n]*"
    r"|(?<=[ \t\n])[0-9]+(?=[ \t\r\n]|\Z)"
    rf"|(?<![\w'’-])[{LETTERS}_][{LETTERS}0-9_]*(?![\w'’-]))"
)
_ODD = re.compile("[\x00-\x08＂]")  # the marks below, and a quotation mark that the scanner takes for another
_TEXT, _NUMBER, _COMMENT, _DECLARED, _UNDECLARED = "\x01", "\x02", "\x03", "\x04", "\x05"
_OPENINGS = {'"': _TEXT, "“": _TEXT, "「": _TEXT, "『": _TEXT, "#": _COMMENT, "＃": _COMMENT}
_FIGURE = re.compile("[0-9]")
_FIGURES = re.compile(f"(?<![{LETTERS}_0-9])[0-9]+(?![{LETTERS}_0-9])")

Place = tuple[int, int]  # a part of the sentence, and how many characters into it


@frozen
class _Leaf:
    """A token; ``text`` where it is the same in all sentences of the shape, else None: it is cut from the file."""

    type: str
    text: str | None
    start: int
    end: int


@frozen
class _Branch:
    data: str
    children: tuple[_Branch | _Leaf, ...]
    depth: int
    start: int
    end: int


@frozen
class _Template:
    """A tree whose parts begin and end at one of some ``places``, by their number; most places serve several parts."""

    tree: _Branch
    places: tuple[Place, ...]


@frozen
class Shape:
    """The shape of one sentence, and where its parts begin in the file; where it ends comes last."""

    parts: tuple[str, ...]
    starts: Sequence[int]


@frozen
class Shapes:
    """The shapes met in one file, with some names known; or in the cells of one table, each a text of its own."""

    folded: Folded
    words: Words
    names: Names
    _templates: dict[tuple[str, ...], _Template] = field(factory=dict)
    _marks: dict[str, str] = field(factory=dict)
    _longer: tuple[str, ...] = field()
    _in_longer: frozenset[str] = field()
    _figures_count: bool = field()

    @_longer.default
    def _names_of_more_than_a_word(self) -> tuple[str, ...]:
        declared = (name for sized in self.names.by_first.values() for _, names in sized for name in names)
        return tuple(each for each in declared if not LATIN_NAME.fullmatch(each))

    @_in_longer.default
    def _words_of_longer_names(self) -> frozenset[str]:
        return frozenset(word for name in self._longer for word in LATIN_NAME.findall(name))

    @_figures_count.default
    def _names_with_figures(self) -> bool:
        return any(map(_FIGURE.search, self._longer))

    def within(self, folded: Folded) -> Shapes:
        """The same shapes, for another text."""
        return evolve(self, folded=folded)

    def of(self, chunk: Chunk) -> Shape | None:
        """The shape of a statement, None for one that is better parsed."""
        text = self.folded.original[chunk.start : chunk.end]
        if chunk.kind not in KINDS or _ODD.search(text):
            return None
        parts = _PARTS.split(text)
        starts = list(accumulate(map(len, parts), initial=chunk.start))
        marks = self._marks
        for at in range(1, len(parts), 2):
            part = parts[at]
            parts[at] = marks.get(part) or self._mark(part)
        if not self._figures_count:
            parts[::2] = [_FIGURES.sub(_zeros, each) if _FIGURE.search(each) else each for each in parts[::2]]
        return Shape((*parts, chunk.kind), starts)

    def tree(self, shape: Shape) -> Node | None:
        """The parse tree of a sentence of a shape that is known."""
        template = self._templates.get(shape.parts)
        if template is None:
            return None
        return self._branch(template.tree, [shape.starts[part] + offset for part, offset in template.places])

    def remember(self, shape: Shape, drive: Drive, chosen: bool) -> None:
        """Keep what a pass read of a sentence that has no other reading; ``chosen``: where it could be cut, it was."""
        if chosen and any(each.kind == "undeclared" and _FIGURE.search(each.token.text) for each in drive.taken()):
            return  # what tells readings apart are the names they bring in, and their figures are not in the shape
        places: dict[Place, int] = {}
        tree = None if drive.tree is None else self._template(drive.tree, shape, places)
        if isinstance(tree, _Branch):
            self._templates[shape.parts] = _Template(tree, tuple(places))

    def _mark(self, part: str) -> str:
        """What stands for a part of a sentence in its shape."""
        first = part[0]
        if first in _OPENINGS:
            return _OPENINGS[first]
        if first in "[【［":
            return part
        if first.isdigit():
            return _NUMBER
        mark = self._marks[part] = self._mark_of_word(part)
        return mark

    def _mark_of_word(self, word: str) -> str:
        lower = word.lower()
        if lower in self.words.spoken or lower.startswith(self.words.beginnings) or word in self._in_longer:
            return word
        return _DECLARED if word in self.names else _UNDECLARED

    # --- templates -----------------------------------------------------------------------------------------------

    def _template(self, value: Node | Token, shape: Shape, places: dict[Place, int]) -> _Branch | _Leaf | None:
        """A tree with places in the shape instead of places in the file; None where a place is within a part that
        differs."""
        start, end = _place(value.start, shape), _place(value.end, shape)
        if start is None or end is None:
            return None
        first, last = (places.setdefault(each, len(places)) for each in (start, end))
        if isinstance(value, Token):
            touched = shape.parts[start[0] : end[0] + (end[1] > 0)]
            if all(each[:1] > _UNDECLARED and not _FIGURE.search(each) for each in touched if each):
                return _Leaf(value.type, value.text, first, last)
            cut = self._cut(value.type, value.start, value.end)
            return _Leaf(value.type, None, first, last) if cut == value.text else None
        children = [self._template(each, shape, places) for each in value.children]
        found = tuple(each for each in children if each is not None)
        return _Branch(value.data, found, value.depth, first, last) if len(found) == len(children) else None

    def _cut(self, type_: str, start: int, end: int) -> str:
        """The text of a token as the scanner cuts it."""
        folded = self.folded
        text = folded.key if type_ == "NUMBER" else folded.original if type_ == "TEXT_LITERAL" else folded.half
        return text[start:end]

    def _branch(self, template: _Branch, positions: Sequence[int]) -> Node:
        children: list[Node | Token] = []
        for each in template.children:
            if type(each) is _Branch:
                children.append(self._branch(each, positions))
                continue
            assert type(each) is _Leaf
            start, end = positions[each.start], positions[each.end]
            text = self._cut(each.type, start, end) if each.text is None else each.text
            children.append(Token(each.type, text, start, end))
        return Node(template.data, children, positions[template.start], positions[template.end], template.depth)


def _zeros(figures: re.Match[str]) -> str:
    return "0" * len(figures.group())


def _place(position: int, shape: Shape) -> Place | None:
    """The part of a sentence in which a place of the file is; None in the middle of a part that may differ."""
    starts = shape.starts
    number = bisect_right(starts, position) - 1
    offset = position - starts[number]
    return None if offset and shape.parts[number][:1] <= _UNDECLARED else (number, offset)
