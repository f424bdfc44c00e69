"""Decisions of an earlier run, decided again: which would differ now, and why.

    history = Replay(versions, days, source).over(Reading(), target="differ.csv")

The file is what ``rulelang run`` wrote: the customers' columns, a column for each outcome, with ``--why`` its standing
and its reason. Where an older version of the rules is given, a difference is put down to the edits between the two;
an answer that the older version does not give either is one that the file alone tells.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

from attrs import frozen

from rulelang.changes.versions import Versions
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.comparing.comparing import WAYS, Wanted, held_text, key_place
from rulelang.engine.comparing.limits import Exceeded, Limit, Movers, exceeded
from rulelang.engine.comparing.movements import Cause, Held, Move, Movements, Moves, direction, held_by
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.customers import Customers, Reading, Values
from rulelang.engine.running.output import STANDING_WORDS, SUFFIXES, head, outcome_name
from rulelang.engine.running.rows import RowDecider
from rulelang.engine.sinks.opening import SinkOptions, open_sink
from rulelang.engine.sources.source import Source
from rulelang.model.contributions import NO_RULE, UNDECIDED
from rulelang.values.errors import Unreadable
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.reading import AS_WRITTEN, read_value
from rulelang.vocabulary.types import Choice, YesNo

COLUMNS = {
    "en": ("row", "outcome", "recorded", "now", "direction", "cause", "recorded_reason", "reason_now"),
    "zh": ("行号", "结论", "当时结果", "现在结果", "升降", "原因", "当时理由", "现在理由"),
}
# Why an answer differs where no edit explains it.
OTHERWISE = "recorded otherwise"
_PREVIEW = 10
_BETWEEN = ("; ", "、")


@frozen
class Differing:
    """A decision that would differ now. ``cause`` is a set of edits, or OTHERWISE where the older version does not give
    the recorded answer, or the name of the rule that decides now where there is no older version.
    """

    row: int
    key: str
    move: Move
    cause: Cause | str
    recorded_reason: str
    reason: str


@frozen
class Impact:
    """What came of deciding a file's decisions again; ``moves`` go from the recorded answers to those of now."""

    versions: Versions
    days: tuple[date, date]
    source: str
    rows: int
    rejected: int
    differing: int
    moves: tuple[Moves, ...]
    causes: Mapping[str, Mapping[Cause | str, int]]
    preview: tuple[Differing, ...]
    not_recorded: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    exceeded: tuple[Exceeded, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    target: str | None = None


@frozen
class _Column:
    """Where the decisions of one outcome stand: its answer, its standing and its reason (None: not there)."""

    outcome: Outcome
    answer: int
    standing: int | None
    reason: int | None


class Replay:
    """Decides again what a file holds decisions of. Raises DataError (``no-decisions``) where it holds none."""

    def __init__(
        self, versions: Versions, days: tuple[date, date], source: Source, older: bool, wanted: Wanted | None = None
    ) -> None:
        """``older``: the older version is another than the new one, or its day is."""
        self.versions, self.days, self.source, self.older = versions, days, source, older
        self.wanted = wanted or Wanted()
        self.ruleset = Decider(versions.new)
        self._new = RowDecider(self.ruleset, days[1])
        self._old = RowDecider(Decider(versions.old), days[0])
        self._movements = Movements(versions, days, self.wanted.outcomes)
        outcomes = [
            each
            for each in versions.new.outcomes.values()
            if not self.wanted.outcomes or each.name in self.wanted.outcomes
        ]
        found = [(each, _column(each, source.columns)) for each in outcomes]
        self.columns = [column for _, column in found if column is not None]
        self.not_recorded = tuple(each.name for each, column in found if column is None)
        if not self.columns:
            facts = {"file": source.name, "outcomes": tuple(each.name for each in outcomes)}
            raise DataError((Diagnostic("no-decisions", facts=facts),))
        self.rules = {each.name: each.label for each in versions.new.rules}

    def over(self, reading: Reading, tell: Callable[[Cause | str], str] = str, target: str | None = None) -> Impact:
        """Goes through the whole file; the decisions that differ are written to ``target``."""
        key, language = self.wanted.key, self.wanted.language
        customers = Customers(self.versions.reading(), self.days, self.source, reading)
        place = key_place(key, self.source)
        names = [each.outcome.name for each in self.columns]
        matrix: dict[str, Counter[tuple[Held, Held]]] = {name: Counter() for name in names}
        ways: dict[str, Counter[str]] = {name: Counter() for name in names}
        causes: dict[str, Counter[Cause | str]] = {name: Counter() for name in names}
        preview: list[Differing] = []
        decided, movers = 0, Movers()
        with ExitStack() as stack:
            sink = None
            if target is not None:
                columns = head(self.source.columns, COLUMNS[language], language).columns
                sink = stack.enter_context(open_sink(target, columns, SinkOptions(made_on=self.days[1])))
            for customer in customers:
                decided += 1
                found = list(self._of(customer.row.cells, customer.values, matrix, language))
                movers.add(self._way(each.move) for each in found)
                for each in found:
                    name = each.move.outcome
                    outcome = self.versions.new.outcomes[name]
                    way = self._way(each.move)
                    ways[name][way] += 1
                    causes[name][each.cause] += 1
                    row = customer.row
                    if len(preview) < _PREVIEW:
                        text = "" if place is None else clean_text(str(row.cells[place] or ""))
                        preview.append(
                            Differing(row.number, text, each.move, each.cause, each.recorded_reason, each.reason)
                        )
                    if sink is not None:
                        answers = (held_text(held, outcome, language) for held in (each.move.before, each.move.after))
                        told = (WAYS[language][way], tell(each.cause), each.recorded_reason, each.reason)
                        sink.write([*row.cells, row.number, outcome_name(outcome, language), *answers, *told])
            if sink is not None:
                sink.finish()
                sink.commit()
        moves = tuple(
            Moves(each.outcome, decided, ways[each.outcome.name], matrix[each.outcome.name], {})
            for each in self.columns
        )
        return Impact(
            self.versions,
            self.days,
            self.source.name,
            customers.rows,
            customers.rejected,
            movers.all,
            moves,
            causes,
            tuple(preview),
            self.not_recorded,
            self.wanted.limits,
            exceeded(self.wanted.limits, moves, movers, decided, self.source.name),
            customers.notes,
            None if target is None else os.fspath(target),
        )

    def _way(self, move: Move) -> str:
        return direction(self.versions.new.outcomes[move.outcome], move.before, move.after)

    def _of(
        self,
        cells: Sequence[object],
        values: Sequence[Values],
        matrix: Mapping[str, Counter[tuple[Held, Held]]],
        language: str,
    ) -> Iterator[Differing]:
        """The decisions of one row that would differ now."""
        before, after = values[0], values[-1]
        now = held_by(self._new, [after.get(name) for name in self._new.fields])
        then: Mapping[str, Held] | None = None
        moves: Mapping[str, Move] = {}
        decision = None
        for column in self.columns:
            name = column.outcome.name
            recorded, held = _recorded(column, cells), now[name]
            if _same(recorded, held):
                recorded = held
            if recorded != held or isinstance(column.outcome.type, Choice | YesNo):
                matrix[name][recorded, held] += 1
            if recorded == held:
                continue
            if then is None:
                then = held_by(self._old, [before.get(each) for each in self._old.fields])
                moves = {each.outcome: each for each in self._movements.of(values)} if self.older else {}
                decision = self.ruleset.decide_values([after.get(each) for each in self._new.fields], self.days[1])
            assert decision is not None
            reason = decision.reason(name, language)
            cause: Cause | str = OTHERWISE
            if self.older and name in then and _same(recorded, then[name]) and name in moves:
                cause = moves[name].cause
            elif not self.older:
                cause = decision.rule(name) or held.standing
            text = "" if column.reason is None else clean_text(str(cells[column.reason] or ""))
            yield Differing(0, "", Move(name, recorded, held), cause, text, reason)


def _same(recorded: Held, held: Held) -> bool:
    """Whether a recorded answer is the one held; where no standing was recorded, none is none."""
    if recorded.answer is None and held.answer is None:
        return recorded.standing in ("", held.standing)
    return bool(recorded.answer == held.answer)


def _column(outcome: Outcome, columns: Sequence[str]) -> _Column | None:
    """Where the decisions of an outcome stand among some columns."""
    for name in (outcome.name, outcome.label):
        if name is not None and name in columns:
            standing, reason = (
                next(
                    (columns.index(name + each[place]) for each in SUFFIXES.values() if name + each[place] in columns),
                    None,
                )
                for place in (0, 1)
            )
            return _Column(outcome, columns.index(name), standing, reason)
    return None


def _recorded(column: _Column, cells: Sequence[object]) -> Held:
    """What a file says that was decided."""
    raw = cells[column.answer]
    answer = _answer(raw, column.outcome)
    if answer is not None:
        return Held(answer)
    said = "" if column.standing is None else clean_text(str(cells[column.standing] or ""))
    for words in STANDING_WORDS.values():
        for standing, word in words.items():
            if said == word:
                return Held((), "") if column.outcome.policy == "collect" else Held(None, _none(standing))
    return Held(() if column.outcome.policy == "collect" else None, "")


def _none(standing: str) -> str:
    return UNDECIDED if standing == UNDECIDED else NO_RULE


def _answer(raw: object, outcome: Outcome) -> Any:
    """An answer as results write it."""
    if outcome.policy == "collect" and raw is not None:
        parts: list[object] = list(raw) if isinstance(raw, list | tuple) else [str(raw)]
        for between in _BETWEEN:
            parts = [piece for part in parts for piece in str(part).split(between)]
        found = (_one(part, outcome) for part in parts)
        return tuple(each for each in found if each is not None) or None
    return _one(raw, outcome)


def _one(raw: object, outcome: Outcome) -> Any:
    labels = {label: key for key, label in outcome.text_labels}
    text = clean_text(raw) if isinstance(raw, str) else raw
    try:
        known = labels.get(text, text) if isinstance(text, str) else text
        return read_value(Field(outcome.name, outcome.type), known, AS_WRITTEN)
    except Unreadable:
        return str(text)  # an answer that the rules of now don't know
