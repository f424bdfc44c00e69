"""Where customers stand among all, for DuckDB: cut points by queries over the whole table, then a column per measure.

A measure of a field is found by DuckDB; rows that SQL can't read are read by ours and counted along. A measure of what
is reckoned is found row by row, as the generated Python finds it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.sql.dialect import NotCarried
from rulelang.backends.sql.dialects import DUCKDB
from rulelang.backends.sql.door import Reading
from rulelang.backends.sql.figures import Sql
from rulelang.backends.sql.places import (
    MOST_CUTS,
    PLACES,
    YES_OR_NO,
    Measured,
    measured,
    place,
    require_plain_shares,
)
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.batch.cut_points import Groups, points_of, ranks, values_of
from rulelang.engine.batch.staging import faulty_rows
from rulelang.engine.batch.tables import Table, Uncounted
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.deciding.population import Cuts, has_blank, measured_fields
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.sources.parquet import parquet_files
from rulelang.engine.sources.source import Row
from rulelang.lowering.planned import Plan
from rulelang.model.evaluation import value_of
from rulelang.model.program import Hole, Measure, Model
from rulelang.model.scope import Scope
from rulelang.model.walking import fields_read
from rulelang.values.numbers import exact as exact_number
from rulelang.vocabulary.privacy import shown

_ODD, _FOUND = "rulelang_odd_places", "rulelang_found_places"


@frozen
class _Column:
    """A measure: its place among all, what it is of, and how many digits its values have before the point and behind
    it.
    """

    number: int
    of: Measured
    digits: int
    decimals: int

    @property
    def value(self) -> str:
        """The column of values."""
        return f"rulelang_v{self.number}"

    @property
    def group(self) -> str:
        """The column of groups: an empty text where there are none."""
        return f"rulelang_k{self.number}"

    @property
    def blank(self) -> str:
        """The column that says that a value, or a group, is known to be none."""
        return f"rulelang_b{self.number}"

    @property
    def type(self) -> str:
        """The type of its values."""
        return "DATE" if self.of.value.kind == "date" else f"DECIMAL(38, {self.decimals})"

    @property
    def aside(self) -> str:
        """The table of its cuts, or of the places of its values."""
        return f"rulelang_cuts{self.number}"

    @property
    def alias(self) -> str:
        return f"c{self.number}"


def with_places(
    work: RowRun, table: Table, plan: Plan, duck: Duck, readings: Mapping[str, Reading]
) -> tuple[Table, dict[str, Reading]]:
    """The table with a column for every measure that the rules read, and how those are read. Raises NotCarried."""
    model = work.ruleset.model
    used = [each for each in model.measures if each.name in (*plan.inputs, *plan.mentioned)]
    for each in used:
        require_plain_shares(each, plan)
        if work.options.why and each.kind == "share" and _is_told(each.name, model):
            raise NotCarried("share of the total")  # a reason shows all of it
    try:
        of = [measured(each, model, readings) for each in model.measures]
        columns = [_Column(number, each, each.value.digits, each.value.scale) for number, each in enumerate(of)]
    except NotCarried:
        if work.lists:
            raise
        relation, found = _one_by_one(work, table, duck), {each.name: _reading(each) for each in used}
    else:
        relation, found = _by_sql(work, table, duck, readings, columns), {each.name: _reading(each) for each in used}
    own = ", ".join(f"t.{quoted(each)}" for each in (*table.columns, "rulelang_number", *table.extra))
    unread = _unread(work, plan, readings)
    missing = "".join(f", {condition} AS {quoted(column)}" for column, condition in unread.values())
    places = ", ".join(f"m.{_column(each)}" for each in used)
    path = os.path.join(duck.folder, "placed.parquet")
    duck.execute(
        f"COPY (SELECT {own}, {places or 'NULL AS rulelang_none'}{missing} FROM {table.relation} AS t "
        f"LEFT JOIN {relation} AS m ON m.number = t.rulelang_number ORDER BY t.rulelang_number) TO {literal(path)} "
        "(FORMAT parquet, COMPRESSION snappy)"
    )
    named = {each.name: _column(each) for each in used}
    lacking = {name: column for name, (column, _) in unread.items()}
    relation = parquet_files(path, duck).relation
    return evolve(table, relation=relation, places=named, unread=lacking), found


def _is_told(name: str, model: Model) -> bool:
    """Whether a reason shows a measure."""
    reasons = (branch.reason for rule in model.rules for branch in rule.branches if branch.reason is not None)
    parts = (part for reason in reasons for part in (*reason.parts, *(reason.other or ())))
    return any(isinstance(part, Hole) and name in fields_read(part.expression) for part in parts)


def _column(measure: Measure) -> str:
    return "rulelang_place_" + "".join(each if each.isalnum() else "_" for each in measure.name)


def _reading(measure: Measure) -> Reading:
    column = f"t.{quoted(_column(measure))}"
    if measure.kind in YES_OR_NO:
        return Reading(Sql(column, "yesno"))
    return Reading(Sql(column, digits=14, scale=PLACES + 1) if measure.kind == "share" else Sql(column, digits=10))


def _type(measure: Measure) -> str:
    if measure.kind in YES_OR_NO:
        return "BOOLEAN"
    return f"DECIMAL(38, {PLACES + 1})" if measure.kind == "share" else "BIGINT"


def _unread(work: RowRun, plan: Plan, readings: Mapping[str, Reading]) -> dict[str, tuple[str, str]]:
    """Of the fields that only measures read, a column and the condition that the field is missing."""
    found = {}
    for number, name in enumerate(measured_fields(work.ruleset.model)):
        if name in readings and name not in plan.inputs:
            value = f"{readings[name].value.text} IS NULL"
            blank = work.ruleset.model.fields[name].may_be_blank
            found[name] = (f"rulelang_missing{number}", "FALSE" if blank else value)
    return found


# --- by DuckDB -------------------------------------------------------------------------------------------------------


def _by_sql(work: RowRun, table: Table, duck: Duck, readings: Mapping[str, Reading], columns: Sequence[_Column]) -> str:
    """The relation with the measures by the numbers of rows."""
    odd = " OR ".join(f"({each.odd})" for each in readings.values() if each.odd)
    columns = _read_odd(work, table, duck, odd, columns) if odd else columns
    rows = f"({_rows(table, columns, odd)})"
    saved, kept = work.options.cuts, dict[str, Groups]()
    names, joins = [], []
    for each in columns:
        measure = each.of.measure
        known = f"{each.value} IS NOT NULL AND {each.group} IS NOT NULL"
        base = f"(SELECT {each.value} AS v, {each.group} AS g FROM {rows} WHERE {known})"
        if saved is None:
            found = points_of(measure, base, each.decimals, duck)
        else:
            found = dict(saved.points.get(measure.name, {}))
        if measure.kind == "rank":
            text, join = _rank(each, base, found, saved is not None, duck)
            if saved is None:
                found = values_of(measure, each.aside, duck)
        elif sum(map(len, found.values())) <= MOST_CUTS:
            value = Sql(f"r.{each.value}", each.of.value.kind, each.digits, each.decimals)
            group = None if each.of.group is None else Sql(f"r.{each.group}", "text")
            blank = f"r.{each.blank}" if each.of.blank else ""
            text, join = place(evolve(each.of, value=value, group=group, blank=blank), found, DUCKDB).text, ""
        else:
            text, join = _in_table(each, found, duck)
        kept[measure.name] = found
        names.append(f"CAST({text} AS {_type(measure)}) AS {_column(measure)}")
        joins.append(join)
        if saved is not None and measure.group is not None:
            _report_groups(work, table, each, rows, list(found), duck)
    work.cuts = Cuts(work.ruleset.model, work.as_of, kept) if saved is None else saved
    duck.execute(f"CREATE TABLE {_FOUND} AS SELECT r.number, {', '.join(names)} FROM {rows} AS r {' '.join(joins)}")
    return _FOUND


def _report_groups(work: RowRun, table: Table, each: _Column, rows: str, groups: Sequence[str], duck: Duck) -> None:
    """Reports the rows of a group that saved cut points don't know."""
    measure = each.of.measure
    assert measure.group is not None
    model = work.ruleset.model
    field = model.fields[measure.group.name]
    text = (
        f"SELECT number, {each.group} FROM {rows} WHERE {each.value} IS NOT NULL AND {each.group} IS NOT NULL "
        f"AND {each.group} NOT IN (SELECT unnest(CAST(? AS VARCHAR[]))) ORDER BY number"
    )
    duck.execute(f"CREATE OR REPLACE TEMP TABLE rulelang_unknown AS {text}", [list(groups)])
    for number, group in duck.execute("SELECT * FROM rulelang_unknown ORDER BY number").fetchall():
        named = model.fields[measure.name].label or measure.name
        facts = {"field": named, "value": shown(field, group), "by": field.name}
        work.findings.count(Diagnostic("group-not-counted", facts=facts), (table.first or 0) + int(number))


def _rows(table: Table, columns: Sequence[_Column], odd: str) -> str:
    """The number, the values, the groups and the blanks of every row, those of odd rows as Python read them."""
    items = ["t.rulelang_number AS number"]
    for each in columns:
        group = "''" if each.of.group is None else each.of.group.text
        own = (each.of.value.text, group, f"coalesce({each.of.blank or 'FALSE'}, FALSE)")
        for text, type_, name in zip(
            own, (each.type, "VARCHAR", "BOOLEAN"), (each.value, each.group, each.blank), strict=True
        ):
            found = f"CASE WHEN o.number IS NOT NULL THEN o.{name} ELSE CAST({text} AS {type_}) END" if odd else text
            items.append(f"CAST({found} AS {type_}) AS {name}")
    joined = f" LEFT JOIN {_ODD} AS o ON o.number = t.rulelang_number" if odd else ""
    return f"SELECT {', '.join(items)} FROM {table.relation} AS t{joined}"


def _read_odd(work: RowRun, table: Table, duck: Duck, odd: str, columns: Sequence[_Column]) -> Sequence[_Column]:
    """Sets aside what the rows that SQL can't read measure; the columns with as many decimals as there are."""
    model, path = work.ruleset.model, os.path.join(duck.folder, "odd_places.csv")
    digits = [(each.digits, each.decimals) for each in columns]
    own = ", ".join(f"t.{quoted(each)}" for each in table.columns)
    faulty = {row.number for row in faulty_rows(table.faults)}
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, *cells in duck.rows(f"SELECT t.rulelang_number, {own} FROM {table.relation} AS t WHERE {odd}"):
            rejected, values = (True, ()) if number in faulty else work.values_of(Row(0, table.values(cells)))
            line = [str(number)]
            if rejected:
                writer.writerow([*line, *("" for _ in columns for _ in range(3))])
                continue
            scope = Scope(model, work.as_of, dict(zip(work.fields, values, strict=True)), {})
            for place_, each in enumerate(columns):
                value = value_of(each.of.measure.value, scope)
                group = each.of.measure.group and value_of(each.of.measure.group, scope)
                if isinstance(value, int | Decimal):
                    value = f"{Decimal(value):f}"
                    whole, _, behind = value.lstrip("-").partition(".")
                    digits[place_] = max(digits[place_][0], len(whole)), max(digits[place_][1], len(behind))
                line += ["" if value is None else str(value), "" if group is None else f"={group}"]
                line.append("1" if has_blank(each.of.measure, scope) else "")
            writer.writerow(line)
    found = [evolve(each, digits=one, decimals=two) for each, (one, two) in zip(columns, digits, strict=True)]
    items = ["CAST(number AS BIGINT) AS number"]
    for each in found:
        items.append(f"CAST({each.value} AS {each.type}) AS {each.value}")
        items.append(f"substr({each.group}, 2) AS {each.group}" if each.of.group is not None else f"'' AS {each.group}")
        items.append(f"{each.blank} IS NOT NULL AS {each.blank}")
    names = ["number", *(name for each in found for name in (each.value, each.group, each.blank))]
    duck.execute(f"CREATE TABLE {_ODD} AS SELECT {', '.join(items)} FROM {_file(path, names)}")
    return found


def _file(path: str, names: Sequence[str]) -> str:
    types = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in names)
    return (
        f"read_csv({literal(path)}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, nullstr = '')"
    )


def _rank(each: _Column, base: str, found: Groups, saved: bool, duck: Duck) -> tuple[str, str]:
    """The place of a value: 1 more than there are larger ones."""
    if not saved:
        ranks(base, each.aside, duck)
        join = f"LEFT JOIN {each.aside} AS {each.alias} ON {each.alias}.g = r.{each.group} "
        return f"{each.alias}.place", join + f"AND {each.alias}.v = r.{each.value}"
    groups = [(group or "", point) for group, points in found.items() for point in points]
    _keep(each, groups, f"{each.aside}_all", duck)
    ranks(f"{each.aside}_all", each.aside, duck)
    duck.execute(f"CREATE TABLE {each.aside}_n AS SELECT g, count(*) AS n FROM {each.aside}_all GROUP BY g")
    join = (
        f"LEFT JOIN {each.aside}_n AS n{each.number} ON n{each.number}.g = r.{each.group} "
        f"ASOF LEFT JOIN {each.aside} AS {each.alias} ON {each.alias}.g = r.{each.group} "
        f"AND r.{each.value} >= {each.alias}.v"
    )
    text = f"coalesce({each.alias}.place, n{each.number}.n + 1)"
    return f"CASE WHEN r.{each.value} IS NOT NULL THEN {text} END", join


def _keep(each: _Column, values: Sequence[tuple[str, Fraction]], name: str, duck: Duck) -> None:
    """A table of values with their groups."""
    dates = each.of.value.kind == "date"
    texts = [date.fromordinal(int(value)).isoformat() if dates else f"{exact_number(value)}" for _, value in values]
    places = max((len(text.partition(".")[2]) for text in texts), default=0)
    type_ = "DATE" if dates else f"DECIMAL(38, {places})"
    duck.execute(
        f"CREATE TABLE {name} AS SELECT unnest(CAST(? AS VARCHAR[])) AS g, "
        f"CAST(unnest(CAST(? AS VARCHAR[])) AS {type_}) AS v",
        [[group for group, _ in values], texts],
    )


def _in_table(each: _Column, found: Groups, duck: Duck) -> tuple[str, str]:
    """The place by cuts that stand in a table, for each group its own. Raises NotCarried."""
    kind = each.of.measure.kind
    if kind == "share":
        raise NotCarried("share of the total")
    groups = {group or "": points for group, points in found.items() if points}
    up = kind in ("top", "making_up")
    width = max(map(len, groups.values()))
    columns = [[_on_grid(points[place_], each, up) for points in groups.values()] for place_ in range(width)]
    items = ", ".join(f"CAST(unnest(CAST(? AS VARCHAR[])) AS {each.type}) AS p{place_}" for place_ in range(width))
    duck.execute(
        f"CREATE TABLE {each.aside} AS SELECT unnest(CAST(? AS VARCHAR[])) AS g, {items}", [list(groups), *columns]
    )
    join = f"LEFT JOIN {each.aside} AS {each.alias} ON {each.alias}.g = r.{each.group}"
    known = f"r.{each.value} IS NOT NULL AND {each.alias}.g IS NOT NULL"
    if kind in YES_OR_NO:
        sign = ">=" if up else "<="
        blank = f"WHEN r.{each.blank} THEN FALSE " if each.of.blank else ""
        return f"CASE {blank}WHEN {known} THEN r.{each.value} {sign} {each.alias}.p0 END", join
    counts = " + ".join(f"CAST(r.{each.value} > {each.alias}.p{place_} AS INTEGER)" for place_ in range(width))
    return f"CASE WHEN {known} THEN 1 + {counts} END", join


def _on_grid(point: Fraction, each: _Column, up: bool) -> str:
    """The nearest value that the column can have, above or below a point."""
    unit = 1 if each.of.value.kind == "date" else 10**each.decimals
    count = ceil(point * unit) if up else floor(point * unit)
    if each.of.value.kind == "date":
        return date.fromordinal(count).isoformat()
    return f"{Decimal(count).scaleb(-each.decimals):f}"


# --- by Python -------------------------------------------------------------------------------------------------------


def _one_by_one(work: RowRun, table: Table, duck: Duck) -> str:
    """The relation with the measures by the numbers of rows, each row read by Python."""
    if table.first is None:
        raise Uncounted
    measures = work.ruleset.model.measures
    cuts = work.cuts = work.options.cuts or work.counted()
    path = os.path.join(duck.folder, "places.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in work.source.rows():
            if row.fault is not None:
                continue
            rejected, values = work.values_of(row)
            if not rejected:
                known = dict(zip(work.fields, values, strict=True))
                for finding in cuts.not_counted(known, work.as_of) if work.options.cuts is not None else ():
                    work.findings.count(finding, row.number)
                found = cuts.measures(known, work.as_of)
                written = (_written(found[each.name]) for each in measures)
                writer.writerow([row.number - table.first, *written])
    items = [f"CAST({_column(each)} AS {_type(each)}) AS {_column(each)}" for each in measures]
    items.insert(0, "CAST(number AS BIGINT) AS number")
    file_ = _file(path, ["number", *map(_column, measures)])
    duck.execute(f"CREATE TABLE {_FOUND} AS SELECT {', '.join(items)} FROM {file_}")
    return _FOUND


def _written(found: Any) -> str:
    """A measure as text; a share as `rulelang.backends.sql.places` has it."""
    if found is None or isinstance(found, bool):
        return {None: "", True: "TRUE", False: "FALSE"}[found]
    if isinstance(found, Fraction) and found.denominator != 1:
        units = abs(found) * 10**PLACES
        count = floor(units) * 10 + (units.denominator != 1)
        return f"{Decimal(count if found > 0 else -count).scaleb(-PLACES - 1):f}"
    return str(int(found))


def with_measures(work: RowRun, table: Table, values: Sequence[Any], cells: Sequence[Any]) -> Sequence[Any]:
    """The values of a row as the rules take them, with its measures: the cells of `Table.places`."""
    if not table.places:
        return values
    found = list(values[: len(work.decider.fields)])
    for name, cell in zip(table.places, cells, strict=True):
        if name in work.decider.fields:
            found[work.decider.fields.index(name)] = cell
    return found
