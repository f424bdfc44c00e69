"""Finds groups of similar customers in a source, and the rules that describe them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.extras import extra
from rulelang.engine.loading.reading import loads
from rulelang.engine.reading.cells import ColumnReader
from rulelang.engine.reading.customers import Reading
from rulelang.engine.reading.mapping import map_columns
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.running.rows import RowDecider
from rulelang.engine.sources.source import Source
from rulelang.grouping.cluster import Clusters, cluster, different_rows
from rulelang.grouping.describe import describe
from rulelang.grouping.measures import Measure, is_comparable, measures_of, typical
from rulelang.grouping.naming import distinction
from rulelang.grouping.ways import ways_of
from rulelang.grouping.write import OUTCOME, Described, write_rules
from rulelang.model.contributions import BLANK
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import type_names

_STEP = 1000


@frozen
class Group:
    """A group of customers who are alike: how many fall under its rule, and what is typical of them by measure."""

    key: str
    title: Mapping[str, str]
    customers: int
    typical: tuple[float, ...]


@frozen
class Groups:
    """What was found: the groups, the rule file, and how well it says what the clustering found.

    ``incomplete`` counts, by field, the customers left out because it is missing; ``agreement`` is the share of the
    customers whom the rules put where the clustering did; ``silhouette`` how far the clusters are apart (-1 to 1).
    """

    source: str
    as_of: date
    rows: int
    rejected: int
    compared: int
    incomplete: Mapping[str, int]
    measures: tuple[Measure, ...]
    groups: tuple[Group, ...]
    agreement: float
    silhouette: float
    text: str
    notes: tuple[Diagnostic, ...] = ()


def find_groups(
    ruleset: Ruleset,
    source: Source,
    wanted: Sequence[str],
    as_of: date,
    reading: Reading,
    count: int | None = None,
    language: str = "en",
) -> Groups:
    """Groups the customers of a source by fields (names or labels; none: all that can be compared and are not private).

    Raises DataError: what reading raises, ``unknown-field-option``, ``not-comparable``, ``nothing-to-group``,
    ``too-few-customers``, ``missing-extra``.
    """
    numpy = extra("groups", "numpy", "rulelang groups")
    table = _read(ruleset, source, _fields(ruleset, source, wanted), as_of, reading)
    measures = measures_of(table.fields)
    numbers = numpy.array(
        [[measure.number(row[table.place(measure)], as_of) for measure in measures] for row in table.complete]
    ).reshape(len(table.complete), len(measures))
    needed = max(count or 2, 2) + 1
    if different_rows(numbers) < needed:
        raise DataError((Diagnostic("too-few-customers", facts={"found": different_rows(numbers), "needed": needed}),))
    clusters = cluster(numbers, count)
    exact = [[_exact(measure, row[table.place(measure)], as_of) for row in table.complete] for measure in measures]
    ways = describe(measures, exact, numbers, clusters.labels).ways
    order = _order(ways, measures, clusters)
    described = [
        Described(number, _titles(measures, clusters, label), ways_of(ways[label], measures))
        for number, label in enumerate(order, start=1)
    ]
    decided = _decided(write_rules(measures, described, source.name, as_of, "en"), table, as_of)
    keys = {label: each.key for label, each in zip(order, described, strict=True)}
    agreement = sum(keys.get(int(label)) == key for label, key in zip(clusters.labels, decided, strict=True))
    return Groups(
        source.name,
        as_of,
        table.rows,
        table.rejected,
        len(table.complete),
        table.incomplete,
        measures,
        tuple(_group(each, measures, numbers, decided) for each in described),
        agreement / len(decided),
        clusters.silhouette,
        write_rules(measures, described, source.name, as_of, language),
        table.notes,
    )


@frozen
class _Table:
    """The customers of whom every field is known, a value for each field; and who was left out."""

    fields: tuple[Field, ...]
    complete: list[list[Any]]
    rows: int
    rejected: int
    incomplete: Mapping[str, int]
    notes: tuple[Diagnostic, ...]

    def place(self, measure: Measure) -> int:
        return self.fields.index(measure.field)


def _fields(ruleset: Ruleset, source: Source, wanted: Sequence[str]) -> tuple[Field, ...]:
    known = ruleset.model.fields
    if not wanted:
        columns = map_columns(source.columns, known, known).positions
        found = tuple(known[each] for each in columns if is_comparable(known[each].type) and not known[each].privacy)
        if not found:
            raise DataError((Diagnostic("nothing-to-group"),))
        return found
    names = {spelling: each for each in known.values() for spelling in (each.label, each.name) if spelling}
    wrong: list[Diagnostic] = []
    for each in wanted:
        if each not in names:
            wrong.append(Diagnostic("unknown-field-option", facts={"name": each}, nearest=nearest(each, names)))
        elif not is_comparable(names[each].type):
            facts = {"field": each, "type": type_names[type(names[each].type)]}
            wrong.append(Diagnostic("not-comparable", facts=facts))
    if wrong:
        raise DataError(tuple(wrong))
    return tuple(dict.fromkeys(names[each] for each in wanted))


def _read(ruleset: Ruleset, source: Source, fields: tuple[Field, ...], as_of: date, reading: Reading) -> _Table:
    columns = map_columns(source.columns, ruleset.model.fields, [each.name for each in fields], reading.pairs)
    if columns.not_found:
        raise DataError(columns.findings)
    readers = [
        ColumnReader(
            ruleset, each.name, source.columns[columns.positions[each.name]], columns.positions[each.name], as_of,
            reading.options,
        )
        for each in fields
    ]  # fmt: skip
    complete: list[list[Any]] = []
    incomplete: dict[str, int] = {}
    rows = rejected = 0
    total = source.estimate() if reading.progress is not None else None
    for row in source.rows():
        rows += 1
        if reading.progress is not None and rows % _STEP == 0:
            reading.progress(rows, total)
        cells = [] if row.fault is not None else [each.read(row.cells[each.position]) for each in readers]
        if not cells or any(each.fault is not None for each in cells):
            rejected += 1
            continue
        values = [None if each.value is BLANK else each.value for each in cells]
        for field, value in zip(fields, values, strict=True):
            if value is None:
                incomplete[field.name] = incomplete.get(field.name, 0) + 1
        if None not in values:
            complete.append(values)
    return _Table(fields, complete, rows, rejected, incomplete, (*source.notes, *columns.findings))


def _exact(measure: Measure, value: Any, as_of: date) -> Any:
    return value if measure.kind == "number" else int(measure.number(value, as_of))


def _order(ways: Iterable[int], measures: Sequence[Measure], clusters: Clusters) -> list[int]:
    """The clusters that have a rule; first those with most of the first measure, and the most recent."""
    sign = 1 if measures[0].kind == "age" else -1
    return sorted(ways, key=lambda label: (sign * float(clusters.scaled[clusters.labels == label, 0].mean()), label))


def _titles(measures: Sequence[Measure], clusters: Clusters, label: int) -> tuple[str, str]:
    deviations = clusters.scaled[clusters.labels == label].mean(axis=0)
    return distinction(measures, deviations, "en"), distinction(measures, deviations, "zh")


def _decided(text: str, table: _Table, as_of: date) -> list[str | None]:
    """What the written rules say of each customer."""
    decider = RowDecider(loads(text), as_of)
    places = [[each.name for each in table.fields].index(name) for name in decider.fields]
    position = list(decider.outcomes).index(OUTCOME)
    return [decider.decide([row[place] for place in places]).answers[position] for row in table.complete]


def _group(described: Described, measures: Sequence[Measure], numbers: Any, decided: Sequence[str | None]) -> Group:
    members = numbers[[place for place, key in enumerate(decided) if key == described.key]]
    middle = (
        tuple(typical(each, list(members[:, place])) for place, each in enumerate(measures)) if len(members) else ()
    )
    return Group(described.key, dict(zip(("en", "zh"), described.title, strict=True)), len(members), middle)
