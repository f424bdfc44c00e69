"""When answers change by themselves: for each customer the next day on which an outcome is another, no data being new.

for change in Calendar(ruleset, start, end).changes(values): ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from attrs import evolve, frozen

from rulelang.changes.coming import coming_days
from rulelang.changes.turning import Turning
from rulelang.changes.versions import Edit
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.comparing.comparing import held_text, key_place
from rulelang.engine.comparing.dated_turn import DatedTurn
from rulelang.engine.comparing.movements import Held, held_by
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.customers import Customers, Reading, Values
from rulelang.engine.running.output import head, outcome_name
from rulelang.engine.running.rows import RowDecider
from rulelang.engine.sinks.opening import SinkOptions, open_sink
from rulelang.engine.sources.source import Source
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Outcome

COLUMNS = {
    "en": ("row", "date", "days", "outcome", "from", "to", "rule", "cause"),
    "zh": ("行号", "日期", "天数", "结论", "原结果", "新结果", "规则", "原因"),
}
_PREVIEW = 20

# The dated thresholds, rules and lists behind a change in words.
Tell = Callable[[Sequence[Edit]], str]


@frozen
class Change:
    """On a day an outcome becomes another by itself; ``rule`` is the one that makes the difference, None where none
    does. ``cause`` are the thresholds, rules and lists that are dated and change on that day, where the outcome would
    stay what it is without them.
    """

    outcome: str
    day: date
    before: Held
    after: Held
    rule: str | None = None
    cause: tuple[Edit, ...] = ()


@frozen
class Caused:
    """How many changes come from what changes in the rules themselves on a day."""

    day: date
    cause: tuple[Edit, ...]
    changes: int


@frozen
class Scheduled:
    """A change of a customer: the row, and what the key column says there."""

    row: int
    key: str
    change: Change


@frozen
class Schedule:
    """What changes by itself between two days.

    ``counts`` is how many customers change in each outcome, ``months`` how many changes fall into each month, ``daily``
    are outcomes left out because they count from the day itself, ``ends`` the day on which the rules cease to be valid
    where that comes first.
    """

    source: str
    start: date
    end: date
    rows: int
    rejected: int
    customers: int
    outcomes: tuple[Outcome, ...]
    counts: Mapping[str, int]
    months: Mapping[str, int]
    preview: tuple[Scheduled, ...]
    daily: tuple[str, ...] = ()
    ends: date | None = None
    days_decided: int = 0
    notes: tuple[Diagnostic, ...] = ()
    target: str | None = None
    causes: tuple[Caused, ...] = ()


class Calendar:
    """Finds changes after ``start`` up to ``end``: it decides on the days on which something turns for a customer."""

    def __init__(self, ruleset: Decider, start: date, end: date, wanted: Sequence[str] = ()) -> None:
        """``wanted`` are outcomes by name; none of them: all but those that count from the day itself."""
        valid_until = ruleset.model.header.valid_until
        self.ends = valid_until if valid_until is not None and valid_until < end else None
        self.ruleset, self.start, self.end = ruleset, start, self.ends or end
        self._turning = Turning(ruleset.model, start, self.end)
        names = tuple(wanted) or tuple(ruleset.model.outcomes)
        self.daily = () if wanted else tuple(name for name in names if self._turning.moves_daily(name))
        self.outcomes = tuple(name for name in names if name not in self.daily)
        self._deciders: dict[date, RowDecider] = {}
        self._dated = dict.fromkeys(coming_days((ruleset.model,), start), None)
        self._turns: dict[date, DatedTurn] = {}
        self.decided = 0
        self._decider(start)

    def changes(self, values: Values, every: bool = False) -> Iterator[Change]:
        """The next change of each outcome, with ``every`` all of them, in the order of their days."""
        known = {name: self._turning.days(name, values) for name in self.outcomes}
        if any(each is None for each in known.values()):
            days: Sequence[date] = [
                self.start + timedelta(days=each + 1) for each in range((self.end - self.start).days)
            ]
        else:
            days = sorted({day for each in known.values() for day in each or ()})
        if not days:
            return
        before = self.held(self.start, values)
        waiting = set(self.outcomes)
        for day in days:
            turning = [
                name
                for name in self.outcomes
                if name in waiting and (known[name] is None or day in (known[name] or ()))
            ]
            if not turning:
                continue
            after = self.held(day, values)
            for name in turning:
                if after[name] != before[name]:
                    yield Change(name, day, before[name], after[name])
                    before = {**before, name: after[name]}
                    if not every:
                        waiting.discard(name)

    def held(self, day: date, values: Values) -> Mapping[str, Held]:
        """What a customer has of each outcome on a day."""
        self.decided += 1
        decider = self._decider(day)
        return held_by(decider, [values.get(name) for name in decider.fields])

    def _decider(self, day: date) -> RowDecider:
        if day not in self._deciders:
            self._deciders[day] = RowDecider(self.ruleset, day)
        return self._deciders[day]

    def cause(self, values: Values, change: Change) -> tuple[Edit, ...]:
        """What changes in the rules themselves on the day of a change, where that makes it."""
        if change.day not in self._dated:
            return ()
        if change.day not in self._turns:
            self._turns[change.day] = DatedTurn.of(self.ruleset.model, change.day)
        return self._turns[change.day].cause(values, change.outcome, change.before)

    def rule(self, values: Values, change: Change) -> str | None:
        """The rule that makes the change: of several that add up the one that came, else the one that went."""
        after = self._rules(values, change.outcome, change.day)
        before = self._rules(values, change.outcome, change.day - timedelta(days=1))
        came = [each for each in after if each not in before]
        went = [each for each in before if each not in after] if len(before) > len(after) else []
        return next(iter([*came, *went, *after]), None)

    def _rules(self, values: Values, outcome: str, day: date) -> tuple[str, ...]:
        read = [values.get(name) for name in self._decider(day).fields]
        return self.ruleset.decide_values(read, day).rules(outcome)


def schedule(
    calendar: Calendar,
    source: Source,
    reading: Reading,
    *,
    every: bool = False,
    target: str | None = None,
    key: str | None = None,
    language: str = "en",
    tell: Tell = str,
) -> Schedule:
    """The changes of all customers of a source; written to ``target``, a row for each, the customer's columns first,
    and what ``tell`` says of its cause.

    Raises DataError and RuleError as `rulelang.engine.run.run` does.
    """
    model = calendar.ruleset.model
    outcomes = {name: model.outcomes[name] for name in calendar.outcomes}
    rules = {each.name: each.label for each in model.rules}
    customers = Customers([model], [calendar.start], source, reading)
    place = key_place(key, source)
    counts: Counter[str] = Counter()
    months: Counter[str] = Counter()
    causes: dict[tuple[Any, ...], Caused] = {}
    preview: list[Scheduled] = []
    changing = 0
    with ExitStack() as stack:
        sink = None
        if target is not None:
            columns = head(source.columns, COLUMNS[language], language).columns
            marked = source.format == "excel" or source.encoding not in (None, "utf-8")
            options = SinkOptions("utf-8-sig" if marked else "utf-8", made_on=calendar.start)
            sink = stack.enter_context(open_sink(target, columns, options))
        for customer in customers:
            values, row = customer.values[0], customer.row
            seen: set[str] = set()
            for change in calendar.changes(values, every):
                seen.add(change.outcome)
                months[f"{change.day:%Y-%m}"] += 1
                cause = calendar.cause(values, change)
                if cause:
                    behind = (change.day, *((each.kind, each.name) for each in cause))
                    known = causes.get(behind, Caused(change.day, cause, 0))
                    causes[behind] = evolve(known, changes=known.changes + 1)
                if sink is None and len(preview) == _PREVIEW:
                    continue
                rule = calendar.rule(values, change)
                found = evolve(change, rule=rule, cause=cause)
                if len(preview) < _PREVIEW:
                    text = "" if place is None else clean_text(str(row.cells[place] or ""))
                    preview.append(Scheduled(row.number, text, found))
                if sink is not None:
                    label = rules.get(rule or "")
                    sink.write(
                        [
                            *row.cells,
                            row.number,
                            *_cells(found, outcomes[change.outcome], label, calendar, language),
                            tell(cause) if cause else "",
                        ]
                    )
            changing += bool(seen)
            counts.update(seen)
        if sink is not None:
            sink.finish()
            sink.commit()
    return Schedule(
        source.name,
        calendar.start,
        calendar.end,
        customers.rows,
        customers.rejected,
        changing,
        tuple(outcomes.values()),
        counts,
        months,
        tuple(preview),
        calendar.daily,
        calendar.ends,
        calendar.decided,
        customers.notes,
        target,
        tuple(causes.values()),
    )


def _cells(change: Change, outcome: Outcome, label: str | None, calendar: Calendar, language: str) -> Sequence[Any]:
    return (
        change.day,
        (change.day - calendar.start).days,
        outcome_name(outcome, language),
        held_text(change.before, outcome, language),
        held_text(change.after, outcome, language),
        label if language == "zh" and label else change.rule,
    )
