"""One row after the other: read, decided, written, counted.

The state of a run, for every engine: what it counts, and how it reads, decides and writes a row.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.account.summary import FieldSummary, Rejection, RunSummary
from rulelang.engine.account.tally import FindingTally, OutcomeTally, at_row
from rulelang.engine.connections.address import masked
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import Counting, Cuts, measured_fields
from rulelang.engine.number_formats import NumberFormat
from rulelang.engine.reading.cells import ASKED, ColumnReader
from rulelang.engine.reading.joined import JoinedList, hand_out, join_lists
from rulelang.engine.reading.mapping import ColumnMap, map_columns
from rulelang.engine.reading.proofs import proof_in
from rulelang.engine.reading.quality import (
    FINDING_COLUMNS,
    FINDING_FILE,
    Quality,
    checked_columns,
    required_without_column,
    unchecked_fields,
    with_checked,
)
from rulelang.engine.running.answers import TYPED_FORMATS, Answers
from rulelang.engine.running.each_output import add_tables, decided_records
from rulelang.engine.running.list_rows import read_lists, reject_record, report_left_over, with_unread
from rulelang.engine.running.number_formats import made_numbers, number_formats
from rulelang.engine.running.output import (
    REJECT_COLUMNS,
    REJECT_FILE,
    Head,
    answer_type,
    head,
    outcome_columns,
    reject_columns,
    reject_reason,
    speller,
)
from rulelang.engine.running.preview import first_rows
from rulelang.engine.running.reasons import Reasons
from rulelang.engine.running.rows import RowDecider, Verdict
from rulelang.engine.running.run_options import PathLike, RunOptions
from rulelang.engine.sinks.opening import Sink, SinkOptions, open_sink, sink_format
from rulelang.engine.sinks.writers import Takes, as_text
from rulelang.engine.sources.source import Row, Source
from rulelang.explain.named import named_for
from rulelang.model.contributions import BLANK

_STEP = 1000
_PREVIEW = 10
_REJECTIONS = 10


class RowRun:
    """The state of one run: what it counts, and how it reads, decides and writes a row."""

    def __init__(self, ruleset: Decider, source: Source, options: RunOptions) -> None:
        model = ruleset.model
        self.ruleset, self.source, self.options = ruleset, source, options
        self.as_of = ruleset.as_of(options.as_of)
        self.language = options.language or model.language
        self.decider = RowDecider(ruleset, self.as_of)
        self.named = named_for(model, self.language)
        self.reasons = Reasons(ruleset, self.as_of, self.language, options.reveal)
        self.fields = tuple(dict.fromkeys((*self.decider.fields, *measured_fields(model))))
        measures = {each.name for each in model.measures}
        tables, pairs = hand_out(options.lists, options.pairs, model)
        self.lists = join_lists(ruleset, tables, source, options.reading, options.as_of)
        elsewhere = {*measures, *(each.field.name for each in self.lists)}
        used = [name for name in model.fields if name in self.fields and name not in elsewhere]
        self.columns: ColumnMap = map_columns(source.columns, with_checked(model), used, pairs)
        self.outcomes = tuple(model.outcomes.values())
        self.decided = decided_records(ruleset, ruleset.situation(self.as_of))
        told = (options.why, self.language, options.key)
        add_tables(self.decided, options.each, self.lists, self.columns.positions, source, self.fields, told)
        added = outcome_columns(self.outcomes, options.why, self.language)
        self.head: Head = head(source.columns, added, self.language)
        self.reject_columns = reject_columns(source.columns, [each.source.columns for each in self.lists])
        rejected = REJECT_COLUMNS[self.language]
        marks = (*rejected, REJECT_FILE[self.language]) if self.lists else rejected
        self.reject_head = head(self.reject_columns, marks, self.language).columns
        self.readers = self._readers()
        self.quality = self._quality(pairs)
        self.tallies = tuple(OutcomeTally(each) for each in self.outcomes)
        self.findings = FindingTally()
        self.missing = [0] * len(self.fields)
        self.cuts: Cuts | None = None
        self.answers: Answers | None = None
        self.rows = self.rejected = 0
        self.rejections: list[Rejection] = []
        self.preview: list[tuple[str, ...]] = []

    def _readers(self) -> tuple[tuple[int, ColumnReader], ...]:
        """For each field that has a column, its place among the values that the rules take, and its reader."""
        found = []
        for place, name in enumerate(self.fields):
            position = self.columns.positions.get(name)
            if position is not None:
                column = self.source.columns[position]
                reader = ColumnReader(self.ruleset, name, column, position, self.as_of, self.options.reading)
                found.append((place, reader))
        return tuple(found)

    def _quality(self, pairs: Sequence[tuple[str, str]]) -> Quality | None:
        """What is asked of the data; None where nobody asks."""
        if self.options.quality == "off":
            return None
        readers, titles = (each for _, each in self.readers), self.source.columns
        found = checked_columns(self.ruleset, readers, titles, pairs, self.as_of, self.options.reading)
        file = self.source.name if self.lists else None
        return Quality(found, self.language, self.named, self.options.reveal, self.source.origin, file)

    def open_details(self, path: PathLike) -> Sink:
        """The file for every place that fails a check."""
        file = (FINDING_FILE[self.language],) if self.source.origin is not None or self.lists else ()
        sink = self.open(path, (*file, *FINDING_COLUMNS[self.language]))
        if self.quality is not None:
            self.quality.sink = sink
        return sink

    @property
    def asks_percent(self) -> bool:
        """Whether a percentage beyond the whole is asked about where it has no sign."""
        return self.options.reading.percent_figures is None

    @property
    def refused(self) -> bool:
        """Whether nothing is written because the data fails what is asked of it."""
        if self.quality is None or self.options.quality != "strict":
            return False
        return bool(self.quality.failed or self.rejected or self._absent())

    def _looked_at(self) -> set[str]:
        """The columns that are checked, and those by which the records of second tables are found."""
        checked = set() if self.quality is None else {each.reader.column for each in self.quality.columns}
        return checked | {self.source.columns[each.customer_place] for each in self.lists}

    @property
    def unused_columns(self) -> tuple[str, ...]:
        """The columns that nobody looks at."""
        return tuple(each for each in self.columns.unused if each not in self._looked_at())

    def _absent(self) -> tuple[str, ...]:
        return required_without_column(self.ruleset.model, self.columns.not_found)

    def open(self, path: PathLike, columns: Sequence[str]) -> Sink:
        """A file for rows with these columns, written like the source: with its delimiter, and a byte order mark
        where it came from a program that needs one to see that a file is UTF-8 (Excel).
        """
        source = self.source
        delimiter = source.delimiter if source.delimiter in (",", ";", "|") else ","
        types = (*(source.types or ("VARCHAR",) * len(source.columns)), *self._answer_types())
        known = types if len(types) == len(columns) else ()
        encoding = "utf-8-sig" if source.byte_order_mark else "utf-8"
        formats = self.number_formats if tuple(columns) == self.head.columns and sink_format(path) == "excel" else ()
        options = SinkOptions(encoding, delimiter or ",", self.as_of, known, self.options.replace, formats)
        return open_sink(path, columns, options)

    @property
    def number_formats(self) -> tuple[NumberFormat, ...]:
        """How a workbook shows the numbers in the columns of the result."""
        readers = (each for _, each in self.readers)
        return number_formats(self.source, readers, self.outcomes, self.options.why, self.language)

    def _answer_types(self) -> list[str]:
        """The types of the columns that decisions add, for formats that have any."""
        more = ["VARCHAR", "VARCHAR"] if self.options.why else []
        return [each for outcome in self.outcomes for each in (answer_type(outcome), *more)]

    def spellers(self, format_: str) -> list[Callable[[Any], object]]:
        """How the answers of each outcome are written in a format."""
        return [speller(each, self.language, format_ in TYPED_FORMATS) for each in self.outcomes]

    def go(self, sink: Sink | None, rejects: Sink | None) -> None:
        """Reads, decides and writes every row."""
        progress, total = self.options.progress, None
        if progress is not None:
            total = self.source.estimate()
        read_lists(self, rejects)
        write = self._writer(sink)
        measured, quality = self.measured(self.findings.count), self.quality
        for row in self.source.rows():
            self.rows += 1
            if quality is not None and row.fault is None:
                quality.check_row(row.number, row.cells)
            faults, values = ((row.fault,), ()) if row.fault is not None else self.read(row)
            if faults:
                self.reject(row, faults, rejects)
            else:
                write(row, measured(row, values))
            if progress is not None and self.rows % _STEP == 0:
                progress(self.rows, total)
        report_left_over(self, rejects)
        if progress is not None:
            progress(self.rows, self.rows)

    def measured(
        self, notice: Callable[[Diagnostic, int], None] | None = None
    ) -> Callable[[Row, Sequence[Any]], Sequence[Any]]:
        """How the values of a row get its measures: where rules ask for any, the whole source is counted first.

        ``notice`` is told of a row whose group the cut points don't know.
        """
        model, fields = self.ruleset.model, self.fields
        wanted = len(self.decider.fields)
        if not model.measures:
            return lambda row, values: values
        cuts = self.cuts = self.cuts or self.options.cuts or self.counted()
        places = {name: place for place, name in enumerate(self.decider.fields)}

        def measured(row: Row, values: Sequence[Any]) -> Sequence[Any]:
            found = list(values[:wanted])
            known = dict(zip(fields, values, strict=True))
            if notice is not None and self.options.cuts is not None:
                for finding in cuts.not_counted(known, self.as_of):
                    notice(finding, row.number)
            for name, measure in cuts.measures(known, self.as_of).items():
                if name in places:
                    found[places[name]] = measure
            return found

        return measured

    def counted(self) -> Cuts:
        """The cut points of the whole source; rows that can't be read are not counted."""
        counting = Counting(self.ruleset.model, self.as_of)
        for row in self.source.rows():
            if row.fault is None:
                faulty, values = self.values_of(row)
                if not faulty:
                    counting.add(dict(zip(self.fields, values, strict=True)))
        return counting.cuts()

    def values(self, row: Row) -> Sequence[Any]:
        """The values of a row that can be read, in the order that the rules take; nothing is counted."""
        return self.values_of(row)[1]

    def values_of(self, row: Row) -> tuple[bool, Sequence[Any]]:
        """The values of a row, and whether a cell of it can't be read; nothing is counted."""
        values: list[Any] = [None] * len(self.fields)
        for place, reader in self.readers:
            value, _, fault = reader.read(row.cells[reader.position])
            if fault is not None:
                return True, values
            values[place] = value
        self._join(row, values)
        return False, values

    def _join(self, row: Row, values: list[Any]) -> None:
        """The records of a customer, from the tables that have them."""
        for joined in self.lists:
            if joined.field.name in self.fields:
                values[self.fields.index(joined.field.name)] = joined.of(row.cells[joined.customer_place])

    def read(self, row: Row) -> tuple[Sequence[Diagnostic], Sequence[Any]]:
        """The values of a row in the order that the rules take, or the faults of its cells."""
        values: list[Any] = [None] * len(self.fields)
        faults: list[Diagnostic] = []
        findings: list[Diagnostic] = []
        cells = row.cells
        for place, reader in self.readers:
            raw = cells[reader.position]
            cell = reader.known.get(raw) if raw.__class__ is str else None
            value, finding, fault = cell or reader.read(raw)
            values[place] = value
            if finding is not None:
                findings.append(finding)
            if fault is not None:
                self._asked_for(fault, row.number, reader.position)
                faults.append(at_row(fault, row.number))
        self._join(row, values)
        if not faults:
            for finding in findings:
                self.findings.count(finding, row.number)
            if None in values:
                for place, _ in self.readers:
                    self.missing[place] += values[place] is None
        return faults, values

    def _asked_for(self, fault: Diagnostic, row: int, position: int) -> None:
        """Stops the run where only the user can say what is meant. Raises DataError (`ASKED`)."""
        if fault.code not in ASKED:
            return
        proof = proof_in(self.source, position, fault.code)
        facts = {} if proof is None else {"order": proof.order, "proof": proof.value, "proof_row": proof.row}
        raise DataError((at_row(evolve(fault, facts={**fault.facts, **facts}), row),))

    def _writer(self, sink: Sink | None) -> Callable[[Row, Sequence[Any]], None]:
        """How a row is decided, counted and written."""
        format_ = sink.format if sink is not None else "csv"
        numbers = made_numbers(self.source, format_, (each for _, each in self.readers))
        as_values = [each for each in self.readers if each[1] in numbers and each[1].unit is None]
        answers = Answers(self.tallies, self.language, format_, self.options.why)
        self.answers = answers
        decide, alike = self.decider.decide, answers.alike

        def write(row: Row, values: Sequence[Any]) -> None:
            verdict = decide(values)
            same = alike.get(verdict[:2]) or answers.new(verdict)
            same.rows += 1
            cells = [*row.cells, *same.cells]
            for place, reader in as_values:
                if values[place] is not None and values[place] is not BLANK:
                    cells[reader.position] = values[place]
            if self.options.why:
                self._explain(values, verdict, cells)
            for each in self.decided:
                each.take(row, values, verdict)
            for problem in verdict.problems:
                self.findings.count(with_unread(self, row, problem), row.number)
            if sink is not None:
                sink.write(cells)
            if len(self.preview) < _PREVIEW:
                self.preview.append(tuple(map(as_text, cells)))

        return write

    def _explain(self, values: Sequence[Any], verdict: Verdict, cells: list[object]) -> None:
        """Fills in the reason of every outcome."""
        width = len(self.source.columns)
        for place, reason in enumerate(self.reasons.lines(values, verdict)):
            cells[width + 3 * place + 2] = reason

    def reject(self, row: Row, faults: Sequence[Diagnostic], sink: Takes | None) -> None:
        """Sets a row aside with its reasons."""
        self.rejected += 1
        if len(self.rejections) < _REJECTIONS:
            self.rejections.append(Rejection(row.number, tuple(faults)))
        if sink is None:
            return
        width = len(self.source.columns)
        cells = [*row.cells[:width], *[None] * (len(self.reject_columns) - len(row.cells[:width]))]
        reason = reject_reason(faults, self.language, self.named)
        beyond = "; ".join(map(as_text, row.cells[width:]))
        columns = ", ".join(str(each.facts["column"]) for each in faults if "column" in each.facts)
        file = [self.source.name] if self.lists else []
        sink.write([*cells, row.number, columns, f"{reason} [{beyond}]" if beyond else reason, *file])

    def reject_record(self, joined: JoinedList, row: Row, faults: Sequence[Diagnostic], sink: Takes | None) -> None:
        """Puts a row of a second table beside the rejected ones; what can be read of it still counts."""
        reject_record(self, joined, row, faults, sink)

    def summary(self, target: PathLike | None, rejects: PathLike | None) -> RunSummary:
        """The account of the run."""
        if self.answers is not None:
            self.answers.count()
        decided = self.rows - self.rejected
        fields = [FieldSummary(each.field.name, each.column, self.missing[place]) for place, each in self.readers]
        empty = () if self.rows else (Diagnostic("no-rows", facts={"file": self.source.name}),)
        joined = tuple(finding for each in self.lists for finding in each.findings())
        findings, quality, refused = self.findings.summary(), None, self.refused
        if self.quality is not None:
            quality = self.quality.summary(self._absent(), self.rows)
            findings = (*findings, *self.quality.findings(findings))
        if refused:
            facts = {"count": sum(each.count for each in quality or ()), "rows": self.rows}
            empty = (*empty, Diagnostic("quality-refused", facts=facts))
        if self.quality is not None:
            checked = self.quality.columns
            empty = (*unchecked_fields(self.ruleset.model, self.fields, checked, self.unused_columns), *empty)
        return RunSummary(
            source=self.source.name,
            target=None if target is None or refused else os.fspath(target),
            rejects=None if rejects is None else masked(os.fspath(rejects)),
            as_of=self.as_of,
            fingerprint=self.ruleset.fingerprint,
            language=self.language,
            rows=self.rows,
            rejected=self.rejected,
            outcomes=tuple(each.summary() for each in self.tallies),
            fields=(*fields, *(FieldSummary(each, None, decided) for each in self.columns.not_found)),
            never_fired=self.decider.never_fired(),
            findings=findings,
            rejections=tuple(self.rejections),
            notes=(*self.source.notes, *self.options.notes, *self.columns.findings, *self.head.notes, *empty, *joined),
            unused_columns=self.unused_columns,
            columns=self.head.columns,
            preview=first_rows(self.preview, self.options.reveal, self.ruleset.model, self.source, self.columns),
            cuts=self.cuts,
            lists=tuple(each.summary() for each in self.lists),
            elements=tuple(each.summary() for each in self.decided),
            quality=quality,
            refused=refused,
            details=None if self.options.details is None else os.fspath(self.options.details),
        )
