"""Reads the cells of decision tables: each distinct text once, and of texts of one shape only the first by the grammar.

Ten thousand rows with ``7776 ..< 7777`` and the like are parsed some twenty times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.bounds import with_unit
from rulelang.syntax.build_expressions import ExpressionBuilder, Refused
from rulelang.syntax.build_tables import Column, build_cell, build_column
from rulelang.syntax.cut import Chunk
from rulelang.syntax.fold import fold
from rulelang.syntax.grammar import load_tables
from rulelang.syntax.messages import failure_diagnostic
from rulelang.syntax.parse import Known
from rulelang.syntax.readings import met_in_chinese, read_otherwise, read_usually
from rulelang.syntax.scan import Scanner
from rulelang.syntax.shapes import Shapes
from rulelang.syntax.words import Words, load_words

# [1000 .. 2000), (0, 5]: the bracket at an end says whether it belongs to the range.
_INTERVALS = tuple(
    re.compile(rf"([\[(\]])\s*(.+?)\s*(?:{separator})\s*(.+?)\s*([\])\[])")
    for separator in (r"\.\.+|…|~|至|到", r",\s|，|,|;")
)
_OPENING = {"[": ">=", "(": ">", "]": ">"}
_CLOSING = {"]": "<=", ")": "<", "[": "<"}
_ENDS = (t.NumberLiteral, t.Money, t.Quantity, t.DateLiteral, t.Negative, t.Name)
_PHRASE = re.compile(r"[^\W\d_][\w'’&/.-]*(?: [\w'’&/.-]+)*")
_LIST_SIGN = re.compile(r"[,，、;；]")
_LITERALS = (t.NumberLiteral, t.Money, t.Quantity, t.DateLiteral, t.YesNo, t.Negative)


@frozen
class Cell:
    """The text of a cell and where it stands."""

    text: str
    span: Span


Rows = Sequence[Sequence[Cell]]


def is_result_head(text: str) -> bool:
    """Whether the text of a cell heads a column of results."""
    words = load_words()
    signs = {each for phrases in words.all_phrases.values() for each in phrases["HEAD_RESULT"]}
    starts = tuple(f"{each} " if each.isascii() and each.isalpha() else each for each in signs)
    return fold(text, words.traditional).key.startswith(starts)


class CellReader:
    """Reads the cells of one table. ``loose`` where they come from a spreadsheet, in which texts stand unquoted."""

    def __init__(self, known: Known, texts: frozenset[str] = frozenset(), loose: bool = False) -> None:
        self.known = known
        self.text_names = texts
        self.loose = loose
        self.words: Words = load_words()
        self.failed: dict[tuple[str, ...], Diagnostic] = {}
        self.shapes = Shapes(fold("", self.words.traditional), self.words, known.names)
        self.diagnostics: list[Diagnostic] = []
        self.shares = False
        self.met: dict[tuple[int, str], t.Expression | None] = {}
        self.actions: dict[int, s.Action] = {}
        self.parsed: dict[tuple[str, str], tuple[Any, ExpressionBuilder] | Diagnostic] = {}

    def column(self, cell: Cell) -> Column | None:
        """What the head of a column says; None where it is wrong."""
        found = self.parse("head", cell)
        if isinstance(found, Diagnostic):
            self.refuse(found, cell)
            return None
        try:
            return build_column(_at(found[1], cell), found[0])
        except Refused as refused:
            self.refuse(refused.diagnostic, cell)
            return None

    def condition(self, cell: Cell, column: Column) -> t.Expression | None:
        """The condition of a cell; None where any value will do, or the cell is wrong."""
        if cell.text.lower() in self.words.any_cell:
            return None
        assert column.subject is not None
        interval = self.interval(cell, column.subject)
        if interval is not None:
            return interval
        found = self.parse("cell", cell)
        if isinstance(found, Diagnostic):
            phrases = self.phrases(cell)
            if not phrases:
                self.refuse(found, cell)
                return None
            if len(phrases) == 1:
                return t.Compare("=", column.subject, phrases[0], span=cell.span)
            return t.OneOf(column.subject, phrases, span=cell.span)
        try:
            return self.texts(build_cell(_at(found[1], cell), found[0], column.subject), cell)
        except Refused as refused:
            self.refuse(refused.diagnostic, cell)
            return None

    def value(self, cell: Cell, column: Column) -> t.Expression | None:
        """The value of a result cell; a reason may stand without quotes."""
        if cell.text in self.words.any_cell:
            return None
        if column.kind == "because" and cell.text[0] not in '"“「『':
            return t.TextLiteral(cell.text, span=cell.span)
        found = self.parse("expression", cell)
        if isinstance(found, Diagnostic):
            phrases = self.phrases(cell)
            if len(phrases) == 1:
                return phrases[0]
            self.refuse(found, cell)
            return None
        try:
            value = self.text(_at(found[1], cell).expression(found[0]))
        except Refused as refused:
            self.refuse(refused.diagnostic, cell)
            return None
        is_text = self.loose and self.is_text(column.subject) and isinstance(value, _LITERALS)
        return t.TextLiteral(cell.text, span=cell.span) if is_text else value

    def shared(
        self, place: int, cell: Cell, column: Column, read: Callable[[Cell, Column], t.Expression | None]
    ) -> t.Expression | None:
        """What ``read`` makes of a cell, or has made of the first of this text in its column."""
        if not self.shares:
            return read(cell, column)
        key = place, cell.text
        if key not in self.met:
            self.met[key] = read(cell, column)
        return self.met[key]

    def action(self, place: int, cell: Cell, column: Column, value: t.Expression, counted: bool) -> s.Action:
        """What a result cell does; where rows are ``counted`` each result is a 1."""
        found = self.actions.get(id(value)) if self.shares else None
        if found is None:
            assert isinstance(column.subject, t.Name)
            given = t.NumberLiteral(1, span=cell.span) if counted else value
            found = s.Action("add" if counted else column.kind, column.subject, given, span=cell.span)
            self.actions[id(value)] = found
        return found

    def refuse(self, found: Diagnostic, cell: Cell) -> None:
        self.diagnostics.append(evolve(found, span=cell.span))

    # --- ranges ---

    def interval(self, cell: Cell, subject: t.Expression) -> t.Expression | None:
        """The condition of a range whose brackets say which end belongs to it; None where the cell holds no such."""
        half = fold(cell.text, {}).half
        for pattern in _INTERVALS:
            match = pattern.fullmatch(half)
            if match is None:
                continue
            ends = [self.end(evolve(cell, text=match[place])) for place in (2, 3)]
            if ends[0] is None or ends[1] is None:
                continue
            low, high = with_unit(*ends[0], *ends[1])
            lower, upper = _OPENING[match[1]], _CLOSING[match[4]]
            if lower == ">=":
                return t.Between(subject, low, high, upper == "<=", span=cell.span)
            halves = (t.Compare(lower, subject, low, span=cell.span), t.Compare(upper, subject, high, span=cell.span))
            return t.Connected("and", halves, span=cell.span)
        return None

    def end(self, cell: Cell) -> tuple[Any, t.Expression] | None:
        """One end of a range with its node of the parse tree; None where the text is none."""
        found = self.parse("expression", cell)
        if isinstance(found, Diagnostic):
            return None
        try:
            end = _at(found[1], cell).expression(found[0])
        except Refused:
            return None
        is_end = isinstance(end, _ENDS) and not (isinstance(end, t.Name) and end.text not in self.known.names)
        return (found[0], end) if is_end else None

    # --- texts without quotation marks ---

    def texts(self, condition: t.Expression, cell: Cell) -> t.Expression:
        """The condition with words that nobody declared taken as texts: spreadsheets put no quotation marks."""
        if isinstance(condition, t.Compare):
            return evolve(condition, right=self.option(condition, condition.right, cell, (condition.right,), 0))
        if isinstance(condition, t.OneOf):
            options = condition.options
            read = tuple(self.option(condition, each, cell, options, place) for place, each in enumerate(options))
            return evolve(condition, options=read)
        if isinstance(condition, t.TextTest):
            return evolve(condition, pattern=self.text(condition.pattern))
        return condition

    def option(
        self,
        condition: t.Compare | t.OneOf,
        value: t.Expression,
        cell: Cell,
        among: tuple[t.Expression, ...],
        place: int,
    ) -> t.Expression:
        """A value compared with: of a field of texts what the spreadsheet says, number or not."""
        subject = condition.left if isinstance(condition, t.Compare) else condition.value
        if not self.loose or not self.is_text(subject) or not isinstance(value, _LITERALS):
            return self.text(value)
        written = [each.strip() for each in _LIST_SIGN.split(cell.text)]
        if len(written) != len(among):
            return value
        negated = condition.operator == "!=" if isinstance(condition, t.Compare) else condition.negated
        return t.TextLiteral(_without_not(written[place]) if negated and not place else written[place], span=cell.span)

    def is_text(self, subject: t.Expression | None) -> bool:
        return isinstance(subject, t.Name) and subject.text in self.text_names

    def text(self, value: t.Expression) -> t.Expression:
        """A bare word that is no declared name, as a text."""
        if isinstance(value, t.Name) and not value.quoted and value.text not in self.known.names:
            return t.TextLiteral(value.text, span=value.span)
        return value

    def phrases(self, cell: Cell) -> tuple[t.TextLiteral, ...]:
        """The texts of several words that a spreadsheet's cell holds (``Gold card, Silver card``)."""
        parts = [each.strip() for each in _LIST_SIGN.split(cell.text)]
        if not self.loose or not all(_PHRASE.fullmatch(each) for each in parts):
            return ()
        return tuple(t.TextLiteral(each, span=cell.span) for each in parts)

    def parse(self, start: str, cell: Cell) -> tuple[Any, ExpressionBuilder] | Diagnostic:
        key = (start, cell.text)
        if key not in self.parsed:
            self.parsed[key] = self.read(start, cell)
        return self.parsed[key]

    def read(self, start: str, cell: Cell) -> tuple[Any, ExpressionBuilder] | Diagnostic:
        """What a text says that was not met before; of the texts of one shape only the first is parsed."""
        source = Source("", cell.text)
        chunk = Chunk(0, len(source.text), start)
        folded = fold(source.text, self.words.traditional)
        shapes = self.shapes.within(folded)
        shape = shapes.of(chunk)
        tree = None if shape is None else shapes.tree(shape)
        if tree is not None:
            return tree, ExpressionBuilder(source)
        failed = None if shape is None else self.failed.get(shape.parts)
        if failed is not None and self.phrases(cell):
            return failed  # a text of several words, which the grammar does not know
        outcome, choices = read_usually(load_tables(), Scanner(folded, self.words, self.known.names), chunk, start)
        if outcome.tree is None:
            failed = failure_diagnostic(source, outcome)
            if shape is not None:
                self.failed[shape.parts] = failed
            return failed
        if shape is not None and next(read_otherwise(outcome, choices), None) is None:
            shapes.remember(shape, outcome, met_in_chinese(outcome, choices))
        return outcome.tree, ExpressionBuilder(source)


def _without_not(text: str) -> str:
    return re.sub(r"^(?:not\s+|!=\s*|<>\s*|≠\s*|非\s*|不是\s*|不为\s*)", "", text)


@frozen
class _CellBuilder(ExpressionBuilder):
    """Builds expressions whose place is the cell they stand in."""

    cell: Span

    def span(self, node: Any) -> Span:
        del node
        return self.cell


def _at(builder: ExpressionBuilder, cell: Cell) -> ExpressionBuilder:
    return _CellBuilder(builder.source, cell.span)
