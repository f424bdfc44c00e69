"""Last run's answers beside this run's rows: each becomes a column ``previous grade``, found by the customer's key."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.sources.source import Row, Source
from rulelang.meaning.previous import previous_name
from rulelang.model.program import Model
from rulelang.values.text import clean_text


def with_previous(source: Source, previous: Source, key: str, model: Model) -> Source:
    """The source with a column for each last answer that the rules read; ``previous`` is the result of the last run.

    ``key`` is the column that says who a customer is, in both. A customer who was not in the last run has no last
    answer; of two rows with one key the later one counts. Raises DataError (``key-column-missing``,
    ``previous-without-outcome``, ``previous-twice``).
    """
    places = [_place(each, key) for each in (source, previous)]
    wanted = [each for each in model.outcomes.values() if previous_name(each.name) in model.fields]
    columns = []
    for outcome in wanted:
        found = [place for place, title in enumerate(previous.columns) if title in (outcome.name, outcome.label)]
        if not found:
            facts = {"file": previous.name, "outcome": outcome.name}
            raise DataError(
                (Diagnostic("previous-without-outcome", None, facts, nearest(outcome.name, previous.columns)),)
            )
        columns.append(found[0])
        names = [each for each in (outcome.name, outcome.label) if each]
        titles = [f"{word}{each}" for word in ("previous ", "上次的") for each in names]
        twice = next((each for each in source.columns if each in titles), None)
        if twice is not None:
            facts = {"file": source.name, "column": twice, "previous": previous.name}
            raise DataError((Diagnostic("previous-twice", None, facts),))
    answers = {
        _key(row.cells[places[1]]): tuple(row.cells[column] for column in columns)
        for row in previous.rows()
        if row.fault is None
    }
    nothing = (None,) * len(columns)

    def rows() -> Iterator[Row]:
        for row in source.rows():
            if row.fault is not None:
                yield row
            else:
                yield Row(row.number, [*row.cells, *answers.get(_key(row.cells[places[0]]), nothing)])

    names = [previous_name(each.name) for each in wanted]
    return evolve(source, columns=(*source.columns, *names), read=rows)


def _place(source: Source, key: str) -> int:
    if key not in source.columns:
        near = nearest(key, source.columns)
        raise DataError((Diagnostic("key-column-missing", None, {"file": source.name, "column": key}, near),))
    return source.columns.index(key)


def _key(cell: object) -> str:
    """A key as text: the number 7 and the text "7" are one customer."""
    text = clean_text(str(cell))
    return text.removesuffix(".0") if isinstance(cell, float) else text
