"""Decision tables become rules: each row one branch or one rule, its cells the conditions of their columns.

A ``(first)`` table is one rule whose branches are the rows, so that its first true row decides all columns together; in
any other table every row is a rule of its own. A blank result cell sets nothing. Cells are read one by one and each
distinct text once, so a table of ten thousand rows costs what its different cells cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source, Span
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.syntax.build_tables import Column
from rulelang.syntax.parse import Known
from rulelang.syntax.table_cells import Cell, CellReader, Rows, is_result_head

MAX_ROWS = 200_000
SHARED_FROM = 1_000  # rows; cells of one text in a column of larger tables are one, standing where the first stands


@frozen
class Row:
    """A row: what it asks of each condition column (None: nothing), what it gives, and its reason."""

    conditions: tuple[t.Expression | None, ...]
    actions: tuple[s.Action, ...]
    reason: t.TextLiteral | None
    span: Span


@frozen
class Table:
    """A table that has been read: what its condition columns are about, and its rows (those that set something)."""

    statement: s.TableStatement
    subjects: tuple[t.Expression, ...]
    rows: tuple[Row, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """Its title, in both languages where it has both."""
        title = self.statement.title
        return (title.text,) if title.other is None else (title.text, title.other)


def read_rows(
    statement: s.TableStatement, rows: Rows, known: Known, texts: frozenset[str] = frozenset()
) -> tuple[Table | None, tuple[Diagnostic, ...]]:
    """A table from its cells, the head first: its own, or those of the file it names; None with what is wrong.

    ``texts`` are the names of fields and outcomes that hold texts.
    """
    if len(rows) > MAX_ROWS:
        facts = {"count": len(rows), "limit": MAX_ROWS}
        return None, (Diagnostic("too-many-rules", statement.span, facts),)
    wrong = tuple(_wrong_heads(statement, rows))
    if wrong:
        return None, wrong
    reader = CellReader(known, texts, loose=statement.file is not None)
    columns = [reader.column(cell) if cell.text else None for cell in rows[0]]
    reader.shares = len(rows) > SHARED_FROM
    if reader.diagnostics:
        return None, tuple(reader.diagnostics)
    counted = statement.policy == "count"
    found = [row for cells in rows[1:] if (row := _row(cells, columns, reader, counted)) is not None]
    if reader.diagnostics:
        return None, tuple(reader.diagnostics)
    if not found:
        return None, (Diagnostic("no-rules", statement.span, {"file": statement.title.text}),)
    subjects = [each.subject for each in columns if each is not None and each.kind == "condition"]
    return Table(statement, tuple(each for each in subjects if each is not None), tuple(found)), ()


def table_rules(table: Table) -> tuple[s.RuleStatement, ...]:
    """The rules of a table."""
    statement = table.statement
    branches = [_branch(row) for row in table.rows]
    if statement.policy == "first":
        sentence = s.Sentence(tuple(branches), span=statement.span)
        return (s.RuleStatement(statement.title, (sentence,), span=statement.span),)
    policy = None if statement.policy == "all" else statement.policy
    rules = []
    for number, branch in enumerate(branches, 1):
        title = _row_title(statement.title, number)
        sentence = s.Sentence((branch,), span=branch.span)
        rules.append(s.RuleStatement(title, (sentence,), policy=policy, span=branch.span))
    return tuple(rules)


def _wrong_heads(table: s.TableStatement, rows: Rows) -> Iterator[Diagnostic]:
    """A first row that is no head, and columns without one."""
    head = rows[0]
    if not any(is_result_head(cell.text) for cell in head):
        below = next((row for row in rows[1:] if any(is_result_head(cell.text) for cell in row)), None)
        if below is not None:
            yield Diagnostic("table-head-below", head[0].span, {"row": below[0].span.line, "title": table.title.text})
        else:
            yield Diagnostic("table-without-result", head[0].span, {"title": table.title.text})
        return
    for place, cell in enumerate(head):
        if not cell.text:
            used = next((row[place] for row in rows[1:] if len(row) > place and row[place].text), None)
            if used is not None:
                facts = {"column": place + 1, "text": used.text, "row": used.span.line}
                yield Diagnostic("table-column-without-head", cell.span, facts)


def inline_rows(table: s.TableStatement, source: Source) -> list[list[Cell]]:
    """The cells of a table that stands in the rule file, with their places."""
    rows: list[list[Cell]] = []
    source = source.counting_from(table.span.anchor)
    first = (at for at in range(table.span.start, table.span.end) if source.text[at] in "|｜")
    position = next(first, table.span.start)
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


def _row(cells: Sequence[Cell], columns: Sequence[Column | None], reader: CellReader, counted: bool) -> Row | None:
    """One row; None where it sets nothing, or is wrong. Where rows are ``counted`` each result is a 1."""
    if len(cells) > len(columns) and any(cell.text for cell in cells[len(columns) :]):
        facts = {"found": len(cells), "expected": len(columns)}
        reader.diagnostics.append(Diagnostic("table-row-too-long", cells[len(columns)].span, facts))
        return None
    conditions: list[t.Expression | None] = []
    actions: list[s.Action] = []
    reason: t.TextLiteral | None = None
    for place, column in enumerate(columns):
        cell = cells[place] if place < len(cells) else None
        if column is None or cell is None or not cell.text:
            if column is not None and column.kind == "condition":
                conditions.append(None)
            continue
        if column.kind == "condition":
            conditions.append(reader.shared(place, cell, column, reader.condition))
            continue
        value = reader.shared(place, cell, column, reader.value)
        if value is None:
            continue
        if column.kind == "because":
            reason = value if isinstance(value, t.TextLiteral) else t.TextLiteral(cell.text, span=cell.span)
        else:
            assert isinstance(column.subject, t.Name)
            actions.append(reader.action(place, cell, column, value, counted))
    return Row(tuple(conditions), tuple(actions), reason, cells[0].span) if actions else None


def _branch(row: Row) -> s.BranchSyntax:
    """A row as the branch of a rule."""
    asked: list[t.Expression] = []
    for each in row.conditions:
        if each is not None:
            asked.extend(each.items if isinstance(each, t.Connected) else (each,))
    whole = None if not asked else asked[0] if len(asked) == 1 else t.Connected("and", tuple(asked), span=row.span)
    return s.BranchSyntax(whole, row.actions, row.reason, span=row.span)
