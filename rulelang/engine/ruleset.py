"""A loaded ruleset: immutable, safe to share between threads, and it pickles.

rules = rulelang.load("lifecycle")
rules.decide({"last_purchase": date(2025, 1, 1)}, as_of=date(2026, 1, 1))["lifecycle"]
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeVar, overload

from attrs import evolve, field, frozen

from rulelang.backends.python.program import Program, build
from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.decision import Decision, Rest
from rulelang.engine.misspelled import misspelled_keys
from rulelang.engine.reading.population import Cuts, MeasuredReader, count_all
from rulelang.engine.situation import Situation, as_of_for, counts_hours, require_validity
from rulelang.model.fingerprint import fingerprint
from rulelang.model.program import Model
from rulelang.values.durations import Duration, read_duration
from rulelang.values.errors import Unreadable
from rulelang.values.moments import Moment, plain_day
from rulelang.vocabulary.declarations import Field, Threshold, Value
from rulelang.vocabulary.reading import read_value
from rulelang.vocabulary.rows import as_row
from rulelang.vocabulary.types import Length, type_names

if TYPE_CHECKING:
    from rulelang.engine.frames.decide import DecidedTable
    from rulelang.engine.running.summary import RunSummary
    from rulelang.explain.findings import Spellings

MOST_SITUATIONS = 64

Kept = TypeVar("Kept")
Table = TypeVar("Table")

_NOTHING: Sequence[Diagnostic] = ()  # one for all customers of whom there is nothing to report


@frozen
class Ruleset:
    """A checked ruleset that decides. What it has compiled is kept and is no part of its value."""

    model: Model
    cuts: Cuts | None = field(default=None, eq=False)
    _kept: dict[str, Any] = field(factory=dict, init=False, eq=False, repr=False)
    _situations: dict[datetime.date, Situation] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that stand for the meaning of the rules."""
        return self._keep("fingerprint", lambda: fingerprint(self.model))

    def decide(self, customer: Any, as_of: datetime.date | None = None) -> Decision:
        """Decides one customer: a mapping by field name or label, an attrs or dataclass object.

        The as-of date is today where none is given. Raises DataError for a value that can't be read, RuleError where
        the ruleset isn't valid on the as-of date.
        """
        situation = self.situation(as_of)
        quick = situation.quick
        if quick is not None and customer.__class__ is dict:
            made = quick(customer)
            if made is not None:
                return Decision(situation, *made)
        return _decide(situation, customer)

    def decide_values(self, values: Sequence[Any], as_of: datetime.date | None = None) -> Decision:
        """Decides a customer whose values have been read, in the order that the compiled program takes.

        A missing value is None, a blank that is an answer `rulelang.model.contributions.BLANK`.
        """
        return _decide_values(self.situation(as_of), tuple(values), _NOTHING)

    def decide_many(self, customers: Iterable[Any], as_of: datetime.date | None = None) -> Iterator[Decision]:
        """Decides customers one by one, all as of the same day; raises as `decide` does."""
        situation = self.situation(as_of)
        return _decide_each(situation, customers)

    def compile(self, as_of: datetime.date | None = None) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """A plain function from a mapping to the outcomes' answers, for hot loops; it raises as `decide` does."""
        situation = self.situation(as_of)
        if self.cuts is None:
            return situation.bound.outcomes
        return lambda row: situation.bound.answers(_values(situation, row, []))

    @overload
    def run(
        self, data: str | PathLike[str], target: str | PathLike[str] | None = None, **options: Any
    ) -> RunSummary: ...

    @overload
    def run(self, data: Table, target: None = None, **options: Any) -> Table: ...

    def run(self, data: Any, target: str | PathLike[str] | None = None, **options: Any) -> Any:
        """Decides for every row of a file and writes the result to ``target``; returns the account of it.

        Of a table in memory (Arrow, pandas, polars, a relation of DuckDB) it returns a table of the same kind with
        the answers, as `decide_table` does. Options (``as_of``, ``columns``, ``rejects``, ``why``, …) and errors are
        those of `rulelang.engine.running.run.run_file`, for tables those of `decide_table`.
        """
        if isinstance(data, str | PathLike):
            from rulelang.engine.running.run import run_file  # which needs this module

            return run_file(self, data, target, **options)
        if target is not None:
            raise DataError((Diagnostic("table-has-no-target", facts={"file": os.fspath(target)}),))
        return self.decide_table(data, **options).table

    def decide_table(self, table: Any, **options: Any) -> DecidedTable:
        """Decides for every row of a table in memory: the table with its answers, the rows that can't be read, and
        the account of it. Options and errors are those of `rulelang.engine.frames.decide.decide_table`.
        """
        from rulelang.engine.frames.decide import decide_table  # which needs this module

        return decide_table(self, table, **options)

    def spark_decide(self, frame: Any, as_of: datetime.date | None = None, **options: Any) -> Any:
        """Decides for every row of a Spark data frame; options and errors are those of `rulelang.spark_decide`."""
        from rulelang.engine.spark.decide import spark_decide  # which needs this module

        return spark_decide(frame, self, as_of, **options)

    def sql(
        self,
        dialect: str = "duckdb",
        as_of: datetime.date | None = None,
        *,
        table: str = "customers",
        columns: Mapping[str, str] | None = None,
        keep: Sequence[str] = (),
        standings: bool = False,
    ) -> str:
        """The rules as one SQL query over a table with a column per field (``columns``: field to column).

        ``keep`` are columns that pass through; with ``standings`` each outcome has its standing beside it. The as-of
        date is today where none is given. Raises DataError (``unknown-dialect``) and RuleError (``not-in-sql``: what
        the dialect can't carry, with its place; what `decide` raises for the day).
        """
        from rulelang.backends.sql.text import SqlOptions, sql_text  # not needed to decide

        day = self.as_of(as_of)
        require_validity(self.model, day)
        return sql_text(self.model, day, dialect, SqlOptions(table, dict(columns or {}), tuple(keep), standings))

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the ruleset to a ``.rulepack``, from which `rulelang.load` takes it without parsing rules.

        The file is written whole or not at all. Cut points are no part of it: they belong to a base of customers and
        have files of their own. Raises DataError where it can't be written.
        """
        from rulelang.engine.rulepack import save_pack  # not needed to decide

        save_pack(self.model, path)

    def with_thresholds(self, **values: Any) -> Ruleset:
        """The ruleset with other values of some thresholds, by name or label; text is read as in a rule file.

        Raises RuleError for a threshold that doesn't exist or a value that doesn't fit.
        """
        changed = dict(self.model.thresholds)
        for name, value in values.items():
            threshold = _threshold(self.model, name)
            changed[threshold.name] = evolve(threshold, value=_threshold_value(threshold, value), dated=())
        other = Ruleset(evolve(self.model, thresholds=changed), self.cuts)
        # The generated code leaves thresholds open, so it serves both.
        other._kept["program"] = self._program
        return other

    def count(self, customers: Iterable[Any], as_of: datetime.date | None = None) -> Cuts:
        """The cut points of a whole base of customers, each as `decide` takes it; for `with_cuts`."""
        return count_all(self.model, customers, self.as_of(as_of))

    def with_cuts(self, cuts: Cuts) -> Ruleset:
        """The ruleset with cut points of a whole base, so that ``decide`` knows where one customer stands among all.

        They come from `count`, from the summary of a run, or from a file that ``rulelang run --save-cuts`` wrote and
        `rulelang.engine.reading.cut_files.load_cuts` reads.
        """
        return evolve(self, cuts=cuts)

    def situation(self, as_of: datetime.date | None = None) -> Situation:
        """The ruleset bound to an as-of date, today where none is given. Raises RuleError as `decide` does."""
        plain = as_of if as_of.__class__ is datetime.date else None
        kept = None if plain is None else self._situations.get(plain)
        if kept is not None:
            return kept
        day = self.as_of(as_of)
        # Two moments of one day are as good as equal to whatever counts in days.
        key = day.moment if isinstance(day, Moment) else day
        kept = self._situations.get(key)
        if kept is None:
            require_validity(self.model, day)
            kept = Situation(self, day, self._program.bind(self.model, day))
            if len(self._situations) >= MOST_SITUATIONS:
                oldest = list(self._situations)[0]  # noqa: RUF015 - a list is made at once, even among threads
                self._situations.pop(oldest, None)
            self._situations[key] = kept
        return kept

    def as_of(self, given: datetime.date | None = None) -> datetime.date:
        """The as-of date where one is given or none: today; with its time of day where the rules count hours.

        Raises RuleError (``as-of-needs-time``) where they do and the date given has no time.
        """
        if not self._keep("hours", lambda: counts_hours(self.model)):
            return datetime.date.today() if given is None else plain_day(given)
        return as_of_for(self.model, given)

    @property
    def source(self) -> str:
        """The generated Python, for those who want to read it."""
        return self._program.emitted.source

    @property
    def spellings(self) -> Mapping[str, Spellings]:
        """The texts that the rules compare fields with."""
        from rulelang.explain.findings import spellings  # not needed to decide

        return self._keep("spellings", lambda: spellings(self.model))

    @property
    def measured(self) -> MeasuredReader:
        """Reads what measures of the population rest on."""
        return self._keep("measured", lambda: MeasuredReader(self.model))

    @property
    def _program(self) -> Program:
        return self._keep("program", lambda: build(self.model))

    def _keep(self, name: str, make: Callable[[], Kept]) -> Kept:
        """Makes something once; two threads may both make it, and get the same."""
        if name not in self._kept:
            self._kept.setdefault(name, make())
        kept: Kept = self._kept[name]
        return kept

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.model, self.cuts)


def _decide_each(situation: Situation, customers: Iterable[Any]) -> Iterator[Decision]:
    quick, new = situation.quick, object.__new__
    for customer in customers:
        made = quick(customer) if quick is not None and customer.__class__ is dict else None
        if made is None:
            yield _decide(situation, customer)
            continue
        # Filled in here, since calling the class takes as long as deciding.
        decision = new(Decision)
        decision._situation = situation
        decision._values, decision._known = made
        decision._rest = None
        yield decision


def _decide(situation: Situation, customer: Any) -> Decision:
    row = customer if customer.__class__ is dict else as_row(customer)
    report: list[Diagnostic] = []
    bound = situation.bound
    values = _values(situation, row, report)
    if None in values and row.__class__ is dict and not row.keys() <= bound.program.known_keys:
        missing = [name for name, value in zip(bound.program.fields, values, strict=True) if value is None]
        report.extend(misspelled_keys(situation.model, row, missing))
    return _decide_values(situation, values, report or _NOTHING)


def _values(situation: Situation, row: Mapping[str, Any], report: list[Diagnostic]) -> tuple[Any, ...]:
    """What a customer's row says of the fields, and where cut points are known, of the customer's place among all."""
    bound, cuts = situation.bound, situation.ruleset.cuts
    values = bound.read(row, report)
    if cuts is None:
        return values
    # As they are: a share of the total is exact, and may have no finite decimals to be read from.
    measures = cuts.measures(situation.ruleset.measured.read(row), situation.as_of)
    return tuple(measures.get(*each) for each in zip(bound.program.fields, values, strict=True))


def _decide_values(situation: Situation, values: tuple[Any, ...], report: Sequence[Diagnostic]) -> Decision:
    bound = situation.bound
    known = bound.decided(*values)
    if known is None:
        results, judged = bound.standing(*values)
        return Decision(situation, values, None, Rest(None, results, report, judged))
    answers, winners, decided = known
    return Decision(situation, values, answers, Rest(winners, None, report, decided))


def _threshold(model: Model, name: str) -> Threshold:
    for each in model.thresholds.values():
        if name in (each.name, each.label):
            return each
    names = [spelling for each in model.thresholds.values() for spelling in (each.name, each.label) if spelling]
    raise RuleError((Diagnostic("unknown-threshold", facts={"name": name}, nearest=tuple(nearest(name, names))),))


def _threshold_value(threshold: Threshold, value: Any) -> Value:
    """A threshold's value from a Python value or a text."""
    try:
        if isinstance(threshold.type, Length):
            length = read_duration(value) if isinstance(value, str) else value
            if isinstance(length, int) and not isinstance(length, bool):
                length = Duration(length, threshold.type.unit)
            if isinstance(length, Duration) and length.unit == threshold.type.unit:
                return length
        else:
            read = read_value(Field(threshold.name, threshold.type), value)
            if read is not None and not isinstance(read, tuple):
                return read
    except Unreadable:
        pass
    facts = {"name": threshold.name, "value": value, "type": type_names[type(threshold.type)]}
    raise RuleError((Diagnostic("threshold-value", facts=facts),))
