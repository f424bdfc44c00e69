"""Builds one sample from its entries (title, cell, place), whatever kind of file they come from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.model.program import Model
from rulelang.testing.cells import read_cell, written
from rulelang.testing.expected import OPEN, read_expected, read_expected_standing
from rulelang.testing.sample import Expectation, Sample
from rulelang.testing.titles import Title
from rulelang.values.moments import Moment
from rulelang.values.text import clean_text, near_key
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import DateTime

_DAY = Field("as_of", DateTime(may_be_future=True), "基准日")

# What a sample without a name is called, in the language of the rules.
_UNNAMED = {
    "row": {"en": "row {}", "zh": "第{}行"},
    "sample": {"en": "sample {}", "zh": "第{}个样例"},
}


@frozen
class Entry:
    """One cell of a sample: what its title means, the title as written, what it holds, and where.

    ``record`` is the place, from 0, of the record in its list that it is expected of.
    """

    title: Title
    column: str
    cell: object
    place: Span | None
    record: int | None = None


def unnamed(model: Model, kind: str, number: int) -> str:
    """The name of a sample that has none: the ``row`` or the ``sample`` of that number."""
    return _UNNAMED[kind][model.language].format(number)


def build_sample(
    model: Model, entries: Iterable[Entry], place: Span | None, nameless: str, findings: tuple[Diagnostic, ...] = ()
) -> Sample:
    """Reads the entries of one sample; ``nameless`` is its name where it has none, ``findings`` are known faults.

    Whatever can't be read is left out and becomes a fault, so that one run shows all of them: ``sample-unreadable``,
    ``sample-not-a-member``, ``sample-not-a-standing``, ``sample-unknown-rule``, ``sample-expects-nothing``.
    """
    name = nameless
    given: dict[str, Any] = {}
    expect: list[Expectation] = []
    as_of: date | None = None
    faults: list[Diagnostic] = list(findings)
    for entry in entries:
        read = _read(model, entry)
        if isinstance(read, Diagnostic):
            faults.append(read)
        elif isinstance(read, Expectation):
            _add(expect, read)
        elif entry.title.meaning == "field":
            given[entry.title.key] = read
        elif entry.title.meaning == "as_of" and isinstance(read, date):
            as_of = read
        elif entry.title.meaning == "name" and isinstance(read, str):
            name = read or nameless
    if not expect and not faults:
        faults.append(Diagnostic("sample-expects-nothing", place))
    named = tuple(evolve(each, facts={**each.facts, "name": name}) for each in faults)
    return Sample(name, as_of, given, tuple(expect), place, named)


def _read(model: Model, entry: Entry) -> object:
    """What a cell says: a value, an expectation, None for a blank, or a finding."""
    title = entry.title
    match title.meaning:
        case "name":
            return clean_text(written(entry.cell))
        case "as_of":
            return _as_of(entry)
        case "field":
            return read_cell(model.fields[title.key], entry.cell, entry.place, entry.column)
        case "value":
            return _of_record(read_expected(model.outcome(title.key), entry.cell, entry.place, entry.column), entry)
        case "standing":
            standing = read_expected_standing(model.outcome(title.key), entry.cell, entry.place, entry.column)
            return _of_record(standing, entry)
        case "rule":
            return _expected_rule(model, entry)
    return None


def _as_of(entry: Entry) -> object:
    """The day of a sample, with its time where one is written."""
    read = read_cell(_DAY, entry.cell, entry.place, entry.column)
    if not isinstance(read, datetime):
        return read
    timed = read.time() != time.min or ":" in written(entry.cell)
    return Moment.of(read) if timed else read.date()


def _of_record(read: Expectation | Diagnostic | None, entry: Entry) -> Expectation | Diagnostic | None:
    """What is expected, of the record that it is expected of."""
    return evolve(read, record=entry.record) if isinstance(read, Expectation) else read


def _add(expect: list[Expectation], more: Expectation) -> None:
    """Adds an expectation; values expected of one ``collect`` outcome one by one are expected together."""
    for place, each in enumerate(expect):
        alike = (each.outcome, each.record) == (more.outcome, more.record)
        if alike and isinstance(each.value, tuple) and isinstance(more.value, tuple):
            both = f"{each.written}; {more.written}"
            expect[place] = evolve(each, value=(*each.value, *more.value), written=both)
            return
    expect.append(more)


def _expected_rule(model: Model, entry: Entry) -> Expectation | Diagnostic | None:
    """The rule that is to be taken, by its name or its label; the expectation holds its name."""
    wanted = clean_text(written(entry.cell))
    if not wanted:
        return None
    if near_key(wanted) == OPEN:
        return Expectation("", "open", None, wanted, entry.place)
    found = next((each.name for each in model.rules if wanted in (each.name, each.label)), None)
    if found is None:
        names = [each for rule in model.rules for each in (rule.name, rule.label) if each is not None]
        return Diagnostic("sample-unknown-rule", entry.place, {"rule": wanted}, nearest(wanted, names))
    return Expectation("", "rule", found, wanted, entry.place)


__all__ = ["Entry", "build_sample", "unnamed"]
