"""``require table "Tier" tiles spend``: the rows of a table must cover every value of a column exactly once.

Each row's condition on the column is a set of stretches of one line (numbers, dates, ages), or of members of a choice.
Laid side by side they must leave no hole and not overlap. Rows that differ in other columns stand side by side only
where they ask the same there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.lines import (
    BEGINNING,
    END,
    Cut,
    Line,
    Stretch,
    age_line,
    bound_value,
    line_of,
    stretches_of,
)
from rulelang.meaning.resolve_conditions import resolve_condition
from rulelang.meaning.resolve_values import resolve_value
from rulelang.meaning.scope import Scope
from rulelang.meaning.vocabulary import type_word
from rulelang.model import expressions as m
from rulelang.model.program import Header, Model, Requirement
from rulelang.model.scope import Scope as Values
from rulelang.model.walking import parts
from rulelang.syntax import tree as t
from rulelang.syntax.printing.sameness import canonical
from rulelang.syntax.tables import Row, Table
from rulelang.vocabulary.types import Number


@frozen
class _Tile:
    """A stretch that a row covers."""

    stretch: Stretch
    span: Span


def require_tiling(node: t.Tiles, scope: Scope) -> list[Requirement]:
    """Reports where the rows don't tile; the requirements that must hold besides where thresholds are edges."""
    found = _column(node, scope)
    if found is None:
        return []
    table, place, subject = found
    line = line_of(subject.type)
    if line is None:
        scope.report("tiling-type", node.column.span, name=node.column.text, type=type_word(subject.type))
        return []
    whole = _whole(node, subject, line, scope)
    if whole is None:
        return []
    requirements: list[Requirement] = []
    for rows in _alike(table, place):
        tiles = _tiles(rows, place, line, scope)
        if tiles is None:
            return []
        age = next((each.stretch.age for each in tiles if each.stretch.age), "")
        where = _where(table, rows[0], place, scope)
        if age:
            _check(node, age_line(age), Stretch(BEGINNING, END), tiles, where, scope)
        else:
            _check(node, line, whole, tiles, where, scope)
        requirements += _meeting(node, line, tiles, scope)
    return requirements


def _column(node: t.Tiles, scope: Scope) -> tuple[Table, int, m.Expression] | None:
    """The table, the place of the column among those of its conditions, and what it is about."""
    table = scope.tables.get(node.table)
    if table is None:
        scope.report_near("unknown-table", node.span, nearest(node.table, scope.tables), name=node.table)
        return None
    wanted = scope.vocabulary.symbols.get(node.column.text)
    names = {}
    for place, each in enumerate(table.subjects):
        if isinstance(each, t.Name):
            names[each.text] = place
            if wanted is not None and scope.vocabulary.symbols.get(each.text) == wanted:
                subject = resolve_value(each, evolve(scope, diagnostics=[]))
                return None if subject is None else (table, place, subject)
    facts = {"name": node.column.text, "table": node.table, "columns": tuple(names)}
    scope.report_near("tiling-no-column", node.column.span, nearest(node.column.text, names), **facts)
    return None


def _alike(table: Table, place: int) -> Iterable[list[Row]]:
    """The rows of a table, those together that ask the same of all other columns."""
    groups: dict[object, list[Row]] = {}
    for row in table.rows:
        others = tuple(canonical(each) for number, each in enumerate(row.conditions) if number != place)
        groups.setdefault(others, []).append(row)
    return groups.values()


def _where(table: Table, row: Row, place: int, scope: Scope) -> str:
    """What rows ask of all other columns, as it is written; empty where that is nothing."""
    cells = ((table.subjects[number], each) for number, each in enumerate(row.conditions) if number != place)
    asked = ((scope.written(subject), scope.written(each)) for subject, each in cells if each is not None)
    return ", ".join(f"{subject}: {each}" for subject, each in asked)


def _tiles(rows: Iterable[Row], place: int, line: Line, scope: Scope) -> list[_Tile] | None:
    """What the rows cover, from left to right; None where a cell is no part of the line, which is reported."""
    found: list[_Tile] = []
    values = _values(scope)
    ages: set[str] = set()
    for row in rows:
        written = row.conditions[place]
        if written is None:
            found.append(_Tile(Stretch(BEGINNING, END), row.span))
            continue
        condition = resolve_condition(written, evolve(scope, diagnostics=[]))
        if condition is None:
            return None  # reported with the row
        stretches = stretches_of(condition, line, values)
        ages |= {each.age for each in stretches or ()}
        if stretches is None or len(ages) > 1:
            scope.report("tiling-cell", written.span, text=scope.written(written))
            return None
        found += [_Tile(each, written.span) for each in stretches]
    return sorted(found, key=lambda each: each.stretch.low)


def _whole(node: t.Tiles, subject: m.Expression, line: Line, scope: Scope) -> Stretch | None:
    """The whole that must be covered: what is said, else what the field may hold."""
    low, high = BEGINNING, END
    if line.members:
        low, high = line.before(0), line.after(len(line.members) - 1)
    elif isinstance(subject, m.FieldRef):
        field = scope.vocabulary.fields[subject.name]
        low = low if field.at_least is None else line.before(field.at_least)
        high = high if field.at_most is None else line.after(field.at_most)
    values = _values(scope)
    for written, is_low in ((node.low, True), (node.high, False)):
        if written is None:
            continue
        resolved = resolve_value(written, scope, subject.type)
        bound = None if resolved is None else bound_value(resolved, values)
        if bound is None:
            if resolved is not None:
                scope.report("tiling-cell", written.span, text=scope.written(written))
            return None
        low, high = (line.before(bound), high) if is_low else (low, line.after(bound))
    return Stretch(low, high)


def _values(scope: Scope) -> Values:
    """With what edges are reckoned: the thresholds at their first values."""
    model = Model(Header(), {}, {}, scope.vocabulary.thresholds, {}, ())
    return Values(model, date.min, {}, {})


def _check(node: t.Tiles, line: Line, whole: Stretch, tiles: list[_Tile], where: str, scope: Scope) -> None:
    """Goes along the line: the first value not yet reached must be where the next tile begins."""
    reached, last = whole.low, None
    rest = {"where": where} if where else {}
    for tile in tiles:
        low, high = max(tile.stretch.low, whole.low), min(tile.stretch.high, whole.high)
        if low >= high:
            continue
        if low > reached:
            _report(node, "tiling-hole", tile.span, {**_edges(line, reached, low), **rest}, scope)
        elif low < reached and last is not None:
            facts = {**_edges(line, low, min(reached, high)), **rest}
            _report(node, "tiling-overlap", tile.span, facts, scope, Label("other-row", last.span))
        if high > reached:
            reached, last = high, tile
    if reached < whole.high:
        span = node.span if last is None else last.span
        _report(node, "tiling-hole", span, {**_edges(line, reached, whole.high), **rest}, scope)


def _report(node: t.Tiles, code: str, span: Span, facts: dict[str, Any], scope: Scope, *labels: Label) -> None:
    known = {"table": node.table, "column": node.column.text, **facts}
    scope.diagnostics.append(Diagnostic(code, span, known, (), (*labels, Label("required-here", node.span))))


def _edges(line: Line, low: Cut, high: Cut) -> dict[str, Any]:
    """The edges of a stretch as a message says them: ``at`` one value; else ``start`` (included) or ``above``, ``end``
    (included) or ``below``; or the ``members`` of a choice."""
    if line.members:
        return {"members": line.members[int(low[1]) : int(high[1])]}
    first, last = line.first(low), line.last(high)
    if first is not None and first == last:
        return {"at": first}
    facts: dict[str, Any] = {}
    if low != BEGINNING:
        facts["above" if first is None else "start"] = line.edge(low) if first is None else first
    if high != END:
        facts["below" if last is None else "end"] = line.edge(high) if last is None else last
    return facts


def _meeting(node: t.Tiles, line: Line, tiles: list[_Tile], scope: Scope) -> Iterator[Requirement]:
    """That edges which are thresholds go on meeting their neighbours, whatever values they get."""
    text, values = scope.written(node), _values(scope)
    for tile, following in pairwise(tiles):
        upper, lower = tile.stretch.upper, following.stretch.lower
        if upper is None or lower is None or upper == lower or not _reads_thresholds(upper, lower):
            continue
        if line.kind == "number" and bound_value(upper, values) != bound_value(lower, values):
            upper = m.Arithmetic("+", upper, m.Literal(1, Number(0)), upper.type)
        yield Requirement(m.Comparison("=", upper, lower), text, span=node.span)
    for tile in tiles:
        low, high = tile.stretch.lower, tile.stretch.upper
        if low is not None and high is not None and _reads_thresholds(low, high):
            yield Requirement(m.Comparison("<=", low, high), text, span=node.span)


def _reads_thresholds(*expressions: m.Expression) -> bool:
    return any(isinstance(part, m.ThresholdRef) for each in expressions for part in parts(each))
