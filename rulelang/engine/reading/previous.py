"""Last run's answers beside this run's rows: each becomes a column ``previous grade``, found by the customer's key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.reading.joined import key_place, key_text
from rulelang.engine.sources.source import Row, Source
from rulelang.meaning.previous import previous_name
from rulelang.model.program import Model
from rulelang.vocabulary.declarations import Outcome

Answers = tuple[object, ...]


def with_previous(
    source: Source, previous: Source, key: tuple[str, str], model: Model, language: str | None = None
) -> Source:
    """The source with a column for each last answer that the rules read; ``previous`` is the result of the last run.

    ``key`` are the columns that say who a customer is, in the last result and in the source; ``language`` is that of
    the new columns' titles. A customer who was not in the last run, or has no key, has no last answer; of two rows with
    one key the later one counts (``previous-doubled`` where they differ). Raises DataError (``key-column-missing``,
    ``previous-without-outcome``, ``previous-twice``).
    """
    there, here = key_place(key[0], previous.columns, previous.name), key_place(key[1], source.columns, source.name)
    wanted = [each for each in model.outcomes.values() if previous_name(each.name) in model.fields]
    columns = [_column(each, source, previous) for each in wanted]
    answers, notes = _answers(previous, there, columns)
    nothing = (None,) * len(columns)

    def rows() -> Iterator[Row]:
        for row in source.rows():
            if row.fault is not None:
                yield row
            else:
                key = key_text(row.cells[here]) if len(row.cells) > here else ""
                cells = [*row.cells, *[None] * (len(source.columns) - len(row.cells))]
                yield Row(row.number, [*cells, *answers.get(key, nothing)])

    titles = [_title(each, model, language) for each in wanted]
    return evolve(source, columns=(*source.columns, *titles), notes=(*source.notes, *notes), read=rows)


def _column(outcome: Outcome, source: Source, previous: Source) -> int:
    """Where the last result has an outcome. Raises DataError."""
    names = [each for each in (outcome.name, outcome.label) if each]
    titles = [f"{word}{each}" for word in ("previous ", "上次的") for each in names]
    twice = next((each for each in source.columns if each in titles), None)
    if twice is not None:
        facts = {"file": source.name, "column": twice, "previous": previous.name}
        raise DataError((Diagnostic("previous-twice", None, facts),))
    found = next((place for place, title in enumerate(previous.columns) if title in names), None)
    if found is None:
        facts = {"file": previous.name, "outcome": outcome.name}
        raise DataError((Diagnostic("previous-without-outcome", None, facts, nearest(outcome.name, previous.columns)),))
    return found


def _answers(
    previous: Source, key: int, columns: Iterable[int]
) -> tuple[Mapping[str, Answers], tuple[Diagnostic, ...]]:
    """The last answers by customer, and what there is to say about the file they stand in."""
    columns = tuple(columns)
    answers: dict[str, Answers] = {}
    differing: dict[str, int] = {}
    for row in previous.rows():
        name = "" if row.fault is not None or len(row.cells) <= key else key_text(row.cells[key])
        if not name:
            continue
        found = tuple(row.cells[place] if place < len(row.cells) else None for place in columns)
        if answers.get(name, found) != found:
            differing.setdefault(name, row.number)
        answers[name] = found
    if not differing:
        return answers, previous.notes
    facts = {"file": previous.name, "count": len(differing), "line": min(differing.values())}
    return answers, (*previous.notes, Diagnostic("previous-doubled", None, facts))


def _title(outcome: Outcome, model: Model, language: str | None) -> str:
    """The title of the column of last answers: its name, or in Chinese its label where it has one."""
    name = previous_name(outcome.name)
    label = model.fields[name].label
    return label if language == "zh" and label is not None else name
