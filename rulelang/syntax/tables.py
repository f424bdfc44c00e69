"""Decision tables become rules: each row one branch or one rule, its cells the conditions of their columns.

A ``(first)`` table is one rule whose branches are the rows, so that its first true row decides all columns together; in
any other table every row is a rule of its own. A blank result cell sets nothing. Cells are read one by one and each
distinct text once, so a table of ten thousand rows costs what its different cells cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.build_expressions import ExpressionBuilder, Refused
from rulelang.syntax.build_tables import Column, build_cell, build_column
from rulelang.syntax.cut import Chunk
from rulelang.syntax.fold import fold
from rulelang.syntax.grammar import load_tables
from rulelang.syntax.messages import failure_diagnostic
from rulelang.syntax.parse import Known
from rulelang.syntax.readings import read_usually
from rulelang.syntax.scan import Scanner
from rulelang.syntax.words import Words, load_words

MAX_ROWS = 200_000


@frozen
class Cell:
    """The text of a cell and where it stands."""

    text: str
    span: Span


Rows = Sequence[Sequence[Cell]]


def table_rules(
    table: s.TableStatement, rows: Rows, known: Known
) -> tuple[tuple[s.RuleStatement, ...], tuple[Diagnostic, ...]]:
    """The rules of a table. ``rows`` are its cells, the head first: its own, or those of the file it names."""
    if len(rows) > MAX_ROWS:
        facts = {"count": len(rows), "limit": MAX_ROWS}
        return (), (Diagnostic("too-many-rules", table.span, facts),)
    reader = _Cells(known)
    columns = [reader.column(cell) for cell in rows[0]]
    branches: list[s.BranchSyntax] = []
    for row in rows[1:]:
        branch = _branch(row, columns, reader)
        if branch is not None:
            branches.append(branch)
    if reader.diagnostics:
        return (), tuple(reader.diagnostics)
    if not branches:
        return (), (Diagnostic("no-rules", table.span, {"file": table.title.text}),)
    if table.policy == "first":
        sentence = s.Sentence(tuple(branches), span=table.span)
        return (s.RuleStatement(table.title, (sentence,), span=table.span),), ()
    policy = None if table.policy == "all" else table.policy
    rules = []
    for number, branch in enumerate(branches, 1):
        title = _row_title(table.title, number)
        sentence = s.Sentence((branch,), span=branch.span)
        rules.append(s.RuleStatement(title, (sentence,), policy=policy, span=branch.span))
    return tuple(rules), ()


def inline_rows(table: s.TableStatement, source: Source) -> list[list[Cell]]:
    """The cells of a table that stands in the rule file, with their places."""
    rows: list[list[Cell]] = []
    position = table.span.start
    for row in table.rows:
        cells = []
        for text in row:
            at = source.text.find(text, position, table.span.end) if text else position
            at = position if at < 0 else at
            cells.append(Cell(text, source.span(at, at + len(text))))
            position = at + len(text)
        rows.append(cells)
    return rows


def _row_title(title: t.TextLiteral, number: int) -> t.TextLiteral:
    other = None if title.other is None else f"{title.other} #{number}"
    return t.TextLiteral(f"{title.text} #{number}", other, span=title.span)


def _branch(row: Sequence[Cell], columns: Sequence[Column | None], reader: _Cells) -> s.BranchSyntax | None:
    """One row: its conditions, its results, its reason. None for a row that sets nothing, or is wrong."""
    if len(row) > len(columns) and any(cell.text for cell in row[len(columns) :]):
        facts = {"found": len(row), "expected": len(columns)}
        reader.diagnostics.append(Diagnostic("table-row-too-long", row[len(columns)].span, facts))
        return None
    conditions: list[t.Expression] = []
    actions: list[s.Action] = []
    reason: t.TextLiteral | None = None
    for cell, column in zip(row, columns, strict=False):
        if column is None or not cell.text:
            continue
        if column.kind == "condition":
            condition = reader.condition(cell, column)
            if condition is not None:
                conditions.append(condition)
            continue
        value = reader.value(cell, column)
        if value is None:
            continue
        if column.kind == "because":
            reason = value if isinstance(value, t.TextLiteral) else t.TextLiteral(cell.text, span=cell.span)
        else:
            assert isinstance(column.subject, t.Name)
            actions.append(s.Action(column.kind, column.subject, value, span=cell.span))
    if not actions:
        return None
    span = row[0].span
    whole: t.Expression | None = None
    if len(conditions) == 1:
        whole = conditions[0]
    elif conditions:
        whole = t.Connected("and", tuple(conditions), span=span)
    return s.BranchSyntax(whole, tuple(actions), reason, span=span)


class _Cells:
    """Reads cells, each distinct text of a column once."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.words: Words = load_words()
        self.diagnostics: list[Diagnostic] = []
        self.parsed: dict[tuple[str, str], tuple[Any, ExpressionBuilder] | None] = {}

    def column(self, cell: Cell) -> Column | None:
        found = self.parse("head", cell)
        return None if found is None else build_column(_at(found[1], cell), found[0])

    def condition(self, cell: Cell, column: Column) -> t.Expression | None:
        """The condition of a cell; None where any value will do."""
        if cell.text.lower() in self.words.any_cell:
            return None
        found = self.parse("cell", cell)
        assert column.subject is not None
        if found is None:
            return None
        try:
            return self.texts(build_cell(_at(found[1], cell), found[0], column.subject))
        except Refused as refused:
            self.diagnostics.append(evolve(refused.diagnostic, span=cell.span))
            return None

    def value(self, cell: Cell, column: Column) -> t.Expression | None:
        """The value of a result cell; a reason may stand without quotes."""
        if cell.text in self.words.any_cell:
            return None
        if column.kind == "because" and cell.text[0] not in '"“「『':
            return t.TextLiteral(cell.text, span=cell.span)
        found = self.parse("expression", cell)
        if found is None:
            return None
        try:
            return self.text(_at(found[1], cell).expression(found[0]))
        except Refused as refused:
            self.diagnostics.append(evolve(refused.diagnostic, span=cell.span))
            return None

    def texts(self, condition: t.Expression) -> t.Expression:
        """The condition with words that nobody declared taken as texts: spreadsheets put no quotation marks."""
        if isinstance(condition, t.Compare):
            return evolve(condition, right=self.text(condition.right))
        if isinstance(condition, t.OneOf):
            return evolve(condition, options=tuple(self.text(each) for each in condition.options))
        if isinstance(condition, t.TextTest):
            return evolve(condition, pattern=self.text(condition.pattern))
        return condition

    def text(self, value: t.Expression) -> t.Expression:
        """A bare word that is no declared name, as a text."""
        if isinstance(value, t.Name) and not value.quoted and value.text not in self.known.names:
            return t.TextLiteral(value.text, span=value.span)
        return value

    def parse(self, start: str, cell: Cell) -> tuple[Any, ExpressionBuilder] | None:
        key = (start, cell.text)
        if key not in self.parsed:
            source = Source("", cell.text)
            chunk = Chunk(0, len(cell.text), start)
            folded = fold(cell.text, self.words.traditional)
            scanner = Scanner(folded, self.words, self.known.names)
            outcome, _ = read_usually(load_tables(), scanner, chunk, start)
            if outcome.tree is None:
                found = failure_diagnostic(source, folded, self.words, chunk, outcome.failure)
                self.diagnostics.append(evolve(found, span=cell.span))
                self.parsed[key] = None
            else:
                self.parsed[key] = (outcome.tree, ExpressionBuilder(source))
        return self.parsed[key]


@frozen
class _CellBuilder(ExpressionBuilder):
    """Builds expressions whose place is the cell they stand in."""

    cell: Span

    def span(self, node: Any) -> Span:
        del node
        return self.cell


def _at(builder: ExpressionBuilder, cell: Cell) -> ExpressionBuilder:
    return _CellBuilder(builder.source, cell.span)
