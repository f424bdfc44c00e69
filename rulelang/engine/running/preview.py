"""The first rows of a result, to be shown."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.engine.reading.mapping import ColumnMap
from rulelang.engine.sources.source import Source
from rulelang.model.program import Model
from rulelang.vocabulary.privacy import HIDDEN


def first_rows(
    rows: Sequence[tuple[str, ...]], reveal: bool, model: Model, source: Source, columns: ColumnMap
) -> tuple[tuple[str, ...], ...]:
    """The first rows of a run's result, with stars for what is personal or sensitive unless that is to be revealed."""
    if reveal:
        return tuple(rows)
    positions = columns.positions
    private = [each for each in (*model.fields.values(), *(check.field for check in model.checks)) if each.privacy]
    names = {spelling for each in private for spelling in (each.name, each.label)}
    places = {at for at, title in enumerate(source.columns) if title in names}
    places.update(positions[each.name] for each in private if each.name in positions)
    return tuple(tuple(HIDDEN if at in places and cell else cell for at, cell in enumerate(row)) for row in rows)
