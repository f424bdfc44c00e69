"""Two versions of a ruleset on the customers of a source: who moves, and which edit is the cause.

summary = compare_on(versions, days, source, Reading(), target="movers.csv")
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from rulelang.changes.versions import Versions
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.wording import show_value
from rulelang.engine.comparing.limits import Exceeded, Limit, Movers, exceeded
from rulelang.engine.comparing.movements import DOWN, UP, Cause, Held, Move, Movements, Moves, direction
from rulelang.engine.reading.customers import Customers, Reading
from rulelang.engine.running.output import STANDING_WORDS, head, outcome_name, speller
from rulelang.engine.sinks.opening import Sink, SinkOptions, open_sink
from rulelang.engine.sources.source import Source
from rulelang.values.durations import Duration
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Length, YesNo

COLUMNS = {
    "en": ("row", "outcome", "before", "after", "direction", "cause"),
    "zh": ("行号", "结论", "原结果", "新结果", "升降", "原因"),
}
WAYS = {"en": {UP: "up", DOWN: "down", "": ""}, "zh": {UP: "升", DOWN: "降", "": ""}}
_PREVIEW = 10

Tell = Callable[[Cause], str]


@frozen
class Mover:
    """A customer who moves: the row, what the key column says there, and one move."""

    row: int
    key: str
    move: Move


@frozen
class Compared:
    """What came of comparing two versions on data. ``movers`` is how many customers move in one outcome or more."""

    versions: Versions
    days: tuple[date, date]
    source: str
    rows: int
    rejected: int
    movers: int
    moves: tuple[Moves, ...]
    preview: tuple[Mover, ...]
    limits: tuple[Limit, ...] = ()
    exceeded: tuple[Exceeded, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    target: str | None = None


@frozen
class Wanted:
    """What is asked of a comparison: ``outcomes`` by name (none: all), ``limits``, the ``key`` column that says who a
    customer is, ``language`` of the file of movers.
    """

    outcomes: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    key: str | None = None
    language: str = "en"


def compare_on(
    versions: Versions,
    days: tuple[date, date],
    source: Source,
    reading: Reading,
    wanted: Wanted | None = None,
    target: str | None = None,
    tell: Tell = str,
) -> Compared:
    """Decides every customer with both versions; who moves is written to ``target``, a row for each move, with what
    ``tell`` says of its cause. Raises DataError and RuleError as `rulelang.engine.run.run` does.
    """
    wanted = wanted or Wanted()
    movements = Movements(versions, days, wanted.outcomes)
    customers = Customers(versions.reading(), days, source, reading)
    place = key_place(wanted.key, source)
    first: dict[str, list[Mover]] = {each.name: [] for each in movements.outcomes}
    movers = Movers()
    with ExitStack() as stack:
        writer = None if target is None else _Writer(movements, source, wanted.language, tell)
        sink = None if writer is None or target is None else stack.enter_context(writer.open(target, days[1]))
        for customer in customers:
            moves = movements.of(customer.values)
            movers.add(direction(versions.new.outcomes[each.outcome], each.before, each.after) for each in moves)
            for move in moves:
                row = customer.row
                if len(first[move.outcome]) < _PREVIEW:
                    key = "" if place is None else clean_text(str(row.cells[place] or ""))
                    first[move.outcome].append(Mover(row.number, key, move))
                if sink is not None and writer is not None:
                    sink.write([*row.cells, row.number, *writer.cells(move)])
        if sink is not None:
            sink.finish()
            sink.commit()
    summary = movements.summary()
    return Compared(
        versions,
        days,
        source.name,
        customers.rows,
        customers.rejected,
        movers.all,
        summary,
        _preview(movements.outcomes, first),
        wanted.limits,
        exceeded(wanted.limits, summary, movers, customers.rows - customers.rejected, source.name),
        customers.notes,
        None if target is None else os.fspath(target),
    )


def _preview(outcomes: Sequence[Outcome], first: Mapping[str, Sequence[Mover]]) -> tuple[Mover, ...]:
    """The first movers: from class to class before those whose figures or texts have changed."""
    order = sorted(outcomes, key=lambda each: not isinstance(each.type, Choice | YesNo))
    return tuple(mover for each in order for mover in first[each.name])[:_PREVIEW]


def key_place(key: str | None, source: Source) -> int | None:
    """The place of the column that says who a customer is, None where there is none of that name."""
    return source.columns.index(key) if key in source.columns else None


@frozen
class _Writer:
    """Writes moves as rows: the customer's own columns, then the move."""

    movements: Movements
    source: Source
    language: str
    tell: Tell
    _outcomes: dict[str, Outcome] = field(init=False)

    @_outcomes.default
    def _by_name(self) -> dict[str, Outcome]:
        return {each.name: each for each in self.movements.outcomes}

    def open(self, target: str, day: date) -> Sink:
        columns = head(self.source.columns, COLUMNS[self.language], self.language).columns
        marked = self.source.format == "excel" or self.source.encoding not in (None, "utf-8")
        return open_sink(target, columns, SinkOptions("utf-8-sig" if marked else "utf-8", made_on=day))

    def cells(self, move: Move) -> Sequence[object]:
        outcome = self._outcomes[move.outcome]
        return (
            outcome_name(outcome, self.language),
            held_text(move.before, outcome, self.language),
            held_text(move.after, outcome, self.language),
            WAYS[self.language][direction(outcome, move.before, move.after)],
            self.tell(move.cause),
        )


def held_text(held: Held, outcome: Outcome, language: str) -> Any:
    """An answer as results write it; where there is none, why, in brackets."""
    if held.answer is not None:
        answer = held.answer
        if isinstance(outcome.type, Length) and isinstance(answer, int):
            answer = Duration(answer, outcome.type.unit)
        return speller(outcome, language, typed=False)(answer)
    words = STANDING_WORDS[language][held.standing]
    return f"（{words}）" if language == "zh" else f"({words})"


def held_json(held: Held) -> Any:
    """An answer for other programs; where there is none, its standing."""
    answer = held.answer
    if answer is None:
        return {"standing": held.standing}
    if isinstance(answer, tuple):
        return list(answer)
    return answer if isinstance(answer, bool | int | Decimal | str) else show_value(answer, "en")
