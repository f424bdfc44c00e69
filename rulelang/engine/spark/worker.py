"""What runs on the executors: the generated Python over batches of rows, of a ruleset that came as a rulepack.

Needs this package with lark and attrs, and the pyarrow that Spark itself uses there.
"""

from __future__ import annotations

import base64
import csv
import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.engine.account.tally import FindingTally
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import Cuts, Points
from rulelang.engine.reading.joined import JoinedList
from rulelang.engine.rulepack import unpack_model
from rulelang.engine.running.each_output import DecidedRecords
from rulelang.engine.running.list_rows import with_unread
from rulelang.engine.running.output import reject_reason, speller
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.source import Row, Source
from rulelang.engine.spark.records import Cut, RecordColumns, SentList, by_customer, cells_of, hold_records, recut
from rulelang.explain.words import STANDINGS as STANDING_WORDS
from rulelang.lowering import plan as p
from rulelang.lowering.planned import Plan
from rulelang.model.contributions import DECIDED, NO_RULE
from rulelang.model.policies import scale
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.reading import ReadingOptions
from rulelang.vocabulary.types import Money, Number

MARK = "rulelang-refused:"
_REJECTIONS = 10
_OF_CAPS = 10  # decimals
_MOST_KEPT = 4


@frozen
class Payload:
    """What a worker is sent: the ruleset packed, and how rows are read.

    ``columns`` are those that fields are read from, in the order in which they come, ``pairs`` columns and fields,
    ``cuts`` saved cut points with their day.
    ``cut`` is for tables of text, ``lists`` are second tables; with ``records`` what is decided for the records of
    lists is told as well.
    """

    pack: bytes
    as_of: date
    columns: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    reading: ReadingOptions
    language: str
    why: bool
    reveal: bool
    cuts: tuple[date, Mapping[str, Mapping[Any, Points]]] | None = None
    cut: Cut | None = None
    lists: tuple[SentList, ...] = ()
    records: bool = False


@frozen
class Account:
    """What a batch of rows counted: rows, rejected ones, standings by outcome, missing values by field, branches that
    made an answer, findings with their numbers, and the faults of the first rejected rows.
    """

    rows: int
    rejected: int
    standings: tuple[dict[str, int], ...]
    missing: dict[str, int]
    seen: frozenset[int]
    findings: tuple[tuple[Diagnostic, int], ...]
    rejections: tuple[tuple[Diagnostic, ...], ...]


def decimals(outcome: Outcome, plan: Plan) -> int:
    """How many decimals an outcome's column has: more than the outcome where a cap, which is not rounded, may have
    more.
    """
    own = scale(outcome.type) or 0
    of_records = (branch for stage in plan.stages for rule in stage.rules for branch in rule.branches)
    branches = (*plan.branches, *of_records)
    gifts = (gift.value for branch in branches for gift in branch.gifts if gift.outcome == outcome.name)
    exact = all(each is None or isinstance(each, int) for each in (outcome.at_least, outcome.at_most))
    capped = not exact or any(isinstance(each, p.Capped) for each in gifts)
    return max(own, _OF_CAPS) if capped and isinstance(outcome.type, Number | Money) else own


def answer_ddl(outcome: Outcome, plan: Plan) -> str:
    """The Spark type of an outcome's column; the same whichever way it was decided."""
    if outcome.policy == "collect":
        return "array<string>"
    match type(outcome.type).__name__, decimals(outcome, plan):
        case "Number" | "Money" | "Length", 0:
            return "bigint"
        case "Number" | "Money", places:
            return f"decimal(38,{places})"
        case "Date", _:
            return "date"
        case "YesNo", _:
            return "boolean"
    return "string"


def answers_ddl(outcomes: Sequence[Outcome], plan: Plan, why: bool) -> list[tuple[str, str]]:
    """Names and types of what a worker adds to a row."""
    found = [("reason", "string"), ("account", "string")]
    for place, each in enumerate(outcomes):
        found.append((f"a{place}", answer_ddl(each, plan)))
        if why:
            found += [(f"s{place}", "string"), (f"w{place}", "string")]
    return found


def records_ddl(work: RowRun, why: bool) -> list[tuple[str, str]]:
    """Names and types of what a worker adds for the records of lists."""
    found = []
    for number, decided in enumerate(work.decided):
        added = answers_ddl([each.outcome for each in decided.tallies], work.decider.plan, True)[2:]
        members = ", ".join(f"{name}: {type_}" for name, type_ in added if why or name[0] != "w")
        found.append((f"e{number}", f"array<struct<{members}>>"))
    return found


class Worker:
    """Decides batches for one payload."""

    def __init__(self, payload: Payload) -> None:
        ruleset = Decider(unpack_model(payload.pack, "rulepack"))
        source = Source("", "parquet", payload.columns, lambda: iter(()))
        options = RunOptions(
            payload.as_of, payload.pairs, payload.reading, language=payload.language,
            reveal=payload.reveal, cuts=None if payload.cuts is None else Cuts(ruleset.model, *payload.cuts),
            lists=tuple(each.table() for each in payload.lists),
        )  # fmt: skip
        self._payload = payload
        self._work = RowRun(ruleset, source, options)
        self._measured = self._work.measured(lambda found, row: self._work.findings.count(found, row))
        self._branches = frozenset(self._work.decider.unseen)
        outcomes = self._work.outcomes
        self._spellers = [speller(each, payload.language, True) for each in outcomes]
        self._names = [name for name, _ in answers_ddl(outcomes, self._work.decider.plan, payload.why)]
        self._lists = tuple(zip(self._work.lists, payload.lists, strict=True))
        self._decided = self._work.decided if payload.records else ()
        self._names += [name for name, _ in records_ddl(self._work, payload.why)] if payload.records else []

    def decide(
        self,
        columns: Sequence[Any],
        count: int,
        asked: Sequence[bool] | None,
        cut: Any = None,
        records: Sequence[Any] = (),
    ) -> list[Any]:
        """The columns of `answers_ddl` for a batch, and those of `records_ddl` where they are wanted, as Arrow arrays;
        rows that are not asked about get nulls.

        ``cut`` are lines that Spark could not cut into cells, null for all others; ``records`` the records of each
        second table.
        """
        import pyarrow as pa

        work, why = self._work, self._payload.why
        work.findings, work.missing = FindingTally(), [0] * len(work.fields)
        work.decider.unseen = set(self._branches)
        cells = [cells_of(each) for each in columns]
        rows = zip(*cells, strict=True) if cells else iter([()] * count)
        held = [by_customer(each) for each in records]
        elements = [self._record_columns(each) for each in self._decided]
        lines = [None] * count if cut is None else cut.to_pylist()
        reasons: list[str | None] = [None] * count
        verdicts: dict[Any, int] = {}
        places: list[int | None] = [None] * count
        told: list[list[str | None]] = [[None] * count for _ in work.outcomes] if why else []
        rejections: list[tuple[Diagnostic, ...]] = []
        number = rejected = 0
        for place, row in enumerate(rows):
            if asked is not None and not asked[place]:
                continue
            number += 1
            faults, values = self._read(row, lines[place], [next(each) for each in held])
            if faults:
                for each in elements:
                    each.take()
                rejected += 1
                if len(rejections) < _REJECTIONS:
                    rejections.append(tuple(faults))
                reasons[place] = reject_reason(faults, work.language, work.named)
                continue
            values = self._measured(Row(number, row), values)
            verdict = work.decider.decide(values)
            for each in elements:
                each.take(values, verdict)
            places[place] = verdicts.setdefault(verdict[:2], len(verdicts))
            for problem in verdict.problems:
                work.findings.count(with_unread(work, Row(number, row), problem), number)
            if why:
                for reason, line in zip(told, work.reasons.lines(values, verdict), strict=True):
                    reason[place] = line
        account = self._account(number, rejected, verdicts, places, rejections)
        packed: list[str | None] = [None] * count
        if count:
            packed[0] = base64.b64encode(pickle.dumps(account)).decode()
        found = [pa.array(reasons, pa.string()), pa.array(packed, pa.string())]
        found += self._answers(verdicts, pa.array(places, pa.int32()), told)
        for decided, each in zip(self._decided, elements, strict=True):
            spellers = [speller(outcome.outcome, work.language, True) for outcome in decided.tallies]
            behind = [decimals(outcome.outcome, work.decider.plan) for outcome in decided.tallies]
            found.append(each.column(lambda n, answer, s=spellers, b=behind: _plain(answer, s[n], b[n])))
        return found

    def _record_columns(self, decided: DecidedRecords) -> RecordColumns:
        types = [_arrow_type(each.outcome, self._work.decider.plan) for each in decided.tallies]
        return RecordColumns(self._work, decided, types, self._payload.why)

    def _read(
        self, row: Sequence[Any], line: str | None, records: Sequence[Any]
    ) -> tuple[Sequence[Diagnostic], Sequence[Any]]:
        if line is not None and self._payload.cut is not None:
            try:
                whole = recut(row, line, self._payload.cut)
            except csv.Error:
                return (Diagnostic("broken-quotes"),), ()
            if whole.fault is not None:
                return (nowhere(whole.fault),), ()
            row = whole.cells
        hold_records(self._lists, row, records)
        faults, values = self._work.read(Row(0, row))
        return tuple(map(nowhere, faults)), values

    @property
    def work(self) -> RowRun:
        """The run whose rows these are."""
        return self._work

    @property
    def lists(self) -> Sequence[tuple[JoinedList, SentList]]:
        """The second tables, and how their records are sent."""
        return self._lists

    def _account(
        self, number: int, rejected: int, verdicts: dict[Any, int], places: list[int | None], rejections: list[Any]
    ) -> Account:
        work = self._work
        rows = Counter(places)
        standings: list[Counter[str]] = [Counter() for _ in work.outcomes]
        for (answers, found), index in verdicts.items():
            stand = found or [DECIDED if each is not None else NO_RULE for each in answers]
            for counter, standing in zip(standings, stand, strict=True):
                counter[standing] += rows[index]
        missing = {reader.field.name: work.missing[place] for place, reader in work.readers if work.missing[place]}
        findings = tuple((nowhere(each.diagnostic), each.count) for each in work.findings.summary())
        seen = self._branches - work.decider.unseen
        return Account(number, rejected, tuple(map(dict, standings)), missing, seen, findings, tuple(rejections))

    def _answers(self, verdicts: dict[Any, int], places: Any, told: list[list[str | None]]) -> list[Any]:
        """A column for every outcome, made of the few verdicts that differ."""
        import pyarrow as pa

        found: list[Any] = []
        words = STANDING_WORDS[self._payload.language]
        for number, (outcome, spell) in enumerate(zip(self._work.outcomes, self._spellers, strict=True)):
            behind = decimals(outcome, self._work.decider.plan)
            type_ = _arrow_type(outcome, self._work.decider.plan)
            values = [_plain(answers[number], spell, behind) for answers, _ in verdicts]
            try:
                distinct = pa.array(values, type_)
            except (pa.ArrowInvalid, OverflowError) as error:
                facts = {"engine": "Spark", "reason": f"{outcome.name}: {error}"[:300]}
                raise DataError((Diagnostic("engine-failed", facts=facts),)) from error
            found.append(distinct.take(places))
            if told:
                standing = [
                    words[found_[number] if found_ else DECIDED if answers[number] is not None else NO_RULE]
                    for answers, found_ in verdicts
                ]
                found.append(pa.array(standing, pa.string()).take(places))
                found.append(pa.array(told[number], pa.string()))
        return found

    @property
    def names(self) -> list[str]:
        """The names of what is added to a row."""
        return self._names


def nowhere(found: Diagnostic) -> Diagnostic:
    """A finding without the number of its row: rows of a cluster have none."""
    return evolve(found, facts={**found.facts, "row": None})


def _plain(answer: Any, spell: Any, places: int) -> Any:
    """An answer as its Arrow type takes it."""
    if isinstance(answer, Duration):
        return answer.amount
    if isinstance(answer, tuple):
        return list(spell(answer))
    if isinstance(answer, int | Decimal) and not isinstance(answer, bool):
        return Decimal(answer) if places else int(answer)
    return spell(answer)


def _arrow_type(outcome: Outcome, plan: Plan) -> Any:
    import pyarrow as pa

    kinds = {
        "array<string>": pa.list_(pa.string()),
        "bigint": pa.int64(),
        "date": pa.date32(),
        "boolean": pa.bool_(),
        "string": pa.string(),
    }
    return kinds.get(answer_ddl(outcome, plan)) or pa.decimal128(38, decimals(outcome, plan))


# --- what Spark calls ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=_MOST_KEPT)
def worker_for(payload: bytes) -> Worker:
    """The worker of a pickled payload; a process keeps the last few."""
    return Worker(pickle.loads(payload))


def refused(error: DataError | RuleError) -> RuntimeError:
    """The error as one that tells its reasons through Spark's, to people and to the driver."""
    packed = base64.b64encode(pickle.dumps((type(error).__name__, error.diagnostics))).decode()
    told = " ".join(describe(each, "en").message for each in error.diagnostics)
    return RuntimeError(f"{told} [{MARK}{packed}]")


def decide_batches(
    payload: bytes, own: Sequence[int], places: Sequence[int], cut: int | None, lists: Sequence[int], batches: Any
) -> Iterator[Any]:
    """For `mapInArrow`: all rows of each batch with their ``own`` columns and what was decided.

    ``places`` are the columns that fields are read from, ``cut`` that of lines that could not be cut into cells,
    ``lists`` those of records.
    """
    import pyarrow as pa

    try:
        worker = worker_for(payload)
        for batch in batches:
            lines = None if cut is None else batch.column(cut)
            found = worker.decide(
                [batch.column(each) for each in places],
                batch.num_rows,
                None,
                lines,
                [batch.column(each) for each in lists],
            )
            kept, names = ([each[place] for place in own] for each in (batch.columns, batch.schema.names))
            yield pa.RecordBatch.from_arrays([*kept, *found], names=[*names, *worker.names])
    except (DataError, RuleError) as error:
        raise refused(error) from None


def decide_some(payload: bytes, with_lines: bool, asked: Any) -> Any:
    """For an Arrow function: a struct of cells for rows that are asked about and null for others, answers as a struct.

    With ``with_lines`` the last member is a line that could not be cut into cells.
    """
    import pyarrow as pa

    try:
        worker = worker_for(payload)
        wanted = asked.is_valid()
        members = [] if asked.null_count == len(asked) else asked.flatten()
        if not members and asked.null_count == len(asked):
            return pa.nulls(len(asked), _struct(worker))
        lines = members.pop() if with_lines else None
        members.pop(0)  # there is always one, so that a row that is asked about is no null
        found = worker.decide(members, len(asked), wanted.to_pylist(), lines)
        return pa.StructArray.from_arrays(found, names=worker.names)
    except (DataError, RuleError) as error:
        raise refused(error) from None


def _struct(worker: Worker) -> Any:
    import pyarrow as pa

    empty = worker.decide([pa.nulls(0)] * len(worker._payload.columns), 0, None)
    return pa.struct([(name, each.type) for name, each in zip(worker.names, empty, strict=True)])
