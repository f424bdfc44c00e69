"""Holds data to what its vocabulary asks: required, limits, format, freshness, no future, no duplicates.

Reported, never guessed at: the rules read a value as they always do, whatever its check says. Columns are checked that
rules read, and those of other fields whose declaration asks for something.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from attrs import evolve, field, frozen

from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.account.summary import Finding, QualityFinding
from rulelang.engine.account.tally import at_row
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.reading.cells import ASKED, ColumnReader
from rulelang.engine.reading.mapping import nearly_titled
from rulelang.engine.sinks.opening import Sink
from rulelang.explain.named import Renamed
from rulelang.model.contributions import BLANK
from rulelang.model.program import Model
from rulelang.values.dates import latest_overdue
from rulelang.values.durations import Duration
from rulelang.values.moments import plain_day
from rulelang.values.text import clean_text
from rulelang.values.wildcards import matches
from rulelang.vocabulary.checks import FieldChecks
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.functions import Function
from rulelang.vocabulary.privacy import shown
from rulelang.vocabulary.reading import ReadingOptions

MODES = ("report", "strict", "off")
MOST_COMPARED = 5_000_000
FIRST_ROWS = 5

# The code of a finding that fails a check, and the check in both languages.
CHECKS = {
    "required-missing": ("required", "必填"),
    "unreadable-value": ("readable", "可读"),
    "ambiguous-date": ("readable", "可读"),
    "ambiguous-number": ("readable", "可读"),
    "ambiguous-percent": ("readable", "可读"),
    "value-outside-limits": ("range", "范围"),
    "not-a-member": ("allowed values", "取值"),
    "malformed-value": ("format", "格式"),
    "function-failed": ("check can be made", "检查可执行"),
    "stale-date": ("freshness", "时效"),
    "future-date": ("not in the future", "不在未来"),
    "doubled-value": ("no duplicates", "不重复"),
}
OF_RECORDS = {"row-without-customer": ("belongs to a customer", "属于某个客户")}
FINDING_COLUMNS = {
    "en": ("row", "field", "column", "check", "value", "finding"),
    "zh": ("行号", "字段", "列", "检查", "值", "问题"),
}

FINDING_FILE = {"en": "file", "zh": "文件"}

Origin = Callable[[int], tuple[str, int]]

_REJECTED = ("unreadable-value", *ASKED)
_MOST_KNOWN = 50_000


class CheckedColumn:
    """One column and what is asked of it. ``position`` is its place in a row; ``read`` says whether the rules read it:
    rows that can't be read are then rejected, and told as such.
    """

    def __init__(self, reader: ColumnReader, checks: FieldChecks, model: Model, as_of: date, read: bool) -> None:
        self.read = read
        self.reader = reader
        self.checks = checks
        self.position = reader.position
        self.known: dict[str, tuple[Any, tuple[Diagnostic, ...]]] = {}
        self._function = None if checks.function is None else model.functions[checks.function]
        self._oldest = _oldest(checks, model, as_of)
        self._overdue = None if self._oldest is None else latest_overdue(plain_day(as_of), self._oldest)

    def judge(self, raw: object) -> tuple[Any, tuple[Diagnostic, ...]]:
        """The value of a cell (None where there is none to compare), and what it fails."""
        if not isinstance(raw, str):
            return self._judge(raw)
        found = self.known.get(raw)
        if found is None:
            if len(self.known) == _MOST_KNOWN:
                self.known.clear()
            found = self.known[raw] = self._judge(raw)
        return found

    def _judge(self, raw: object) -> tuple[Any, tuple[Diagnostic, ...]]:
        value, finding, fault = self.reader.read(raw)
        if fault is not None:
            return None, (fault,)
        failed = [finding] if finding is not None and finding.code in CHECKS else []
        if value is None or value is BLANK:
            return None, tuple(failed)
        if self._function is not None:
            failed += self._by_function(self._function, value)
        if self.checks.pattern is not None and not matches(str(value), self.checks.pattern):
            failed.append(self._finding("malformed-value", value, pattern=self.checks.pattern))
        if self._overdue is not None and _day(value) <= self._overdue:
            failed.append(self._finding("stale-date", value, oldest=self._oldest))
        return value, tuple(failed)

    def _by_function(self, function: Function, value: Any) -> list[Diagnostic]:
        found, cause = function.attempt((value,))
        if cause is not None:
            cause = cause.partition(":")[0] if self.checks.field.privacy else cause
            names = {"field": self.checks.field.name, "column": self.reader.column}
            facts = {**names, "function": function.name, "plugin": function.plugin, "cause": cause}
            return [Diagnostic("function-failed", facts=facts)]
        if found is not False:
            return []
        names = {"function": function.name, "function_zh": function.label or function.name}
        return [self._finding("malformed-value", value, **names)]

    def doubled(self, value: Any, first: int) -> Diagnostic:
        """That a value stood in an earlier row as well."""
        return self._finding("doubled-value", value, first=first)

    def _finding(self, code: str, value: Any, **facts: object) -> Diagnostic:
        own = self.checks.field
        return Diagnostic(
            code, facts={**facts, "field": own.name, "column": self.reader.column, "value": shown(own, value)}
        )


def _oldest(checks: FieldChecks, model: Model, as_of: date) -> Duration | None:
    if checks.oldest_threshold is None:
        return checks.oldest
    value = model.thresholds[checks.oldest_threshold].at(as_of)
    return value if isinstance(value, Duration) else None


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


@frozen
class _Failure:
    """What is counted of a check that failed."""

    column: CheckedColumn
    first: Diagnostic
    rows: list[int]
    count: list[int] = field(factory=lambda: [0])


class Quality:
    """The checks of one run, and what they came to.

    ``failed`` is how many cells failed a check. Findings go to ``sink`` as they come, where there is one.
    """

    def __init__(
        self,
        columns: Sequence[CheckedColumn],
        language: str,
        named: Renamed,
        reveal: bool,
        origin: Origin | None = None,
        file: str | None = None,
    ) -> None:
        """``named`` gives findings the names that readers know; ``file`` is what the rows are called by where findings
        are about rows of second tables as well.
        """
        self.columns = tuple(columns)
        self._file = file
        self._origin = origin
        self.sink: Sink | None = None
        self.failed = 0
        self._language = language
        self._named = named
        self._reveal = reveal
        self._failures: dict[tuple[str, object], _Failure] = {}
        self._seen: dict[int, dict[Any, int]] = {
            place: {} for place, each in enumerate(self.columns) if each.checks.unique
        }
        self._beyond: set[int] = set()

    def check_row(self, number: int, cells: Sequence[object]) -> None:
        """Checks the cells of a row."""
        for place, column in enumerate(self.columns):
            self.check_cell(number, place, cells[column.position])

    def check_cell(self, number: int, place: int, raw: object) -> None:
        """Checks one cell of the column at a place; rows have to come in their order."""
        column = self.columns[place]
        value, failed = (column.known.get(raw) if raw.__class__ is str else None) or column.judge(raw)
        for each in failed:
            self._fail(number, column, each, raw)
        if value is not None and place in self._seen:
            seen = self._seen[place]
            first = seen.get(value)
            if first is not None:
                self._fail(number, column, self._placed(column.doubled(value, first), number, first), raw)
            elif len(seen) < MOST_COMPARED:
                seen[value] = number
            else:
                self._beyond.add(place)

    def _placed(self, doubled: Diagnostic, number: int, first: int) -> Diagnostic:
        """With the files that the two rows stand in, where there are several."""
        if self._origin is None:
            return doubled
        (file, row), (first_file, first_row) = self._origin(number), self._origin(first)
        facts = {"file": file, "file_row": row, "first_file": first_file, "first_row": first_row}
        return evolve(doubled, facts={**doubled.facts, **facts})

    def _fail(self, number: int, column: CheckedColumn, finding: Diagnostic, raw: object) -> None:
        own = column.checks.field
        if finding.code in CHECKS:
            self.failed += 1
        failure = self._failures.get((finding.code, own.name))
        if failure is None:
            failure = self._failures[finding.code, own.name] = _Failure(column, at_row(finding, number), [])
        failure.count[0] += 1
        if len(failure.rows) < FIRST_ROWS:
            failure.rows.append(number)
        if self.sink is not None:
            lang = self._language
            check = CHECKS.get(finding.code, (finding.code, finding.code))[lang == "zh"]
            name = own.label if lang == "zh" and own.label else own.name
            message = describe(evolve(finding, facts={**finding.facts, "row": None, "field": name}), lang).message
            value = "" if raw is None else shown(own, clean_text(str(raw)), self._reveal)
            place: tuple[object, ...] = (number,) if self._file is None else (self._file, number)
            place = place if self._origin is None else self._origin(number)
            self.sink.write((*place, name, column.reader.column, check, value, message))

    def note_record(self, file: str, number: int, finding: Diagnostic) -> None:
        """Writes down what is wrong with a row of a second table."""
        if self.sink is None:
            return
        finding, place = self._named(finding), self._language == "zh"
        facts = finding.facts
        check = CHECKS.get(finding.code, OF_RECORDS.get(finding.code, (finding.code, finding.code)))[place]
        message = describe(evolve(finding, facts={**facts, "row": None, "file": None}), self._language).message
        told = (facts.get("field"), facts.get("column"), check, facts.get("value"), message)
        self.sink.write((file, number, *("" if each is None else str(each) for each in told)))

    def summary(self, absent: Iterable[str] = (), rows: int = 0) -> tuple[QualityFinding, ...]:
        """What failed, the most frequent first; ``absent`` are required fields without a column, of all ``rows``."""
        found = [
            QualityFinding(
                CHECKS[code][0],
                each.column.checks.field.name,
                each.column.checks.field.label,
                each.column.reader.column,
                each.count[0],
                tuple(each.rows),
                each.first,
            )
            for (code, _), each in self._failures.items()
            if code in CHECKS
        ]
        for name in absent:
            missing = Diagnostic("field-without-column", facts={"field": name})
            found.append(QualityFinding("required", name, None, None, rows, (), missing))
        return tuple(sorted(found, key=lambda each: -each.count))

    def findings(self, told: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings that nothing else has told."""
        known = {(each.diagnostic.code, each.diagnostic.facts.get("field")) for each in told}
        more = [
            Finding(each.first, each.count[0])
            for (code, name), each in self._failures.items()
            if (code, name) not in known and not (each.column.read and code in _REJECTED)
        ]
        names = (self.columns[place].checks.field.name for place in sorted(self._beyond))
        beyond = (Diagnostic("doubled-beyond", facts={"field": name, "most": MOST_COMPARED}) for name in names)
        return (*more, *(Finding(each, 1) for each in beyond))


def checked_columns(
    ruleset: Decider,
    readers: Iterable[ColumnReader],
    columns: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    as_of: date,
    reading: ReadingOptions,
) -> tuple[CheckedColumn, ...]:
    """The columns with something to check, in the order of the data: those that rules read, and further ones."""
    model = ruleset.model
    shared = {each.field.name: each for each in readers}
    taken = {each.position for each in shared.values()}
    further = Decider(evolve(model, fields=with_checked(model)))
    found = []
    for checks in model.checks:
        name = checks.field.name
        reader = shared.get(name)
        if reader is None and checks.declared:
            position = _position(checks, columns, pairs)
            if position is not None and position not in taken:
                reader = ColumnReader(further, name, columns[position], position, as_of, reading)
        if reader is not None:
            found.append(CheckedColumn(reader, checks, model, as_of, name in shared))
    return tuple(sorted(found, key=lambda each: each.position))


def _position(checks: FieldChecks, columns: Sequence[str], pairs: Sequence[tuple[str, str]]) -> int | None:
    """The only column that is called like a field no rule reads, or that the caller says is its."""
    own = {clean_text(each) for each in (checks.field.name, checks.field.label) if each}
    titles = {column for column, name in pairs if clean_text(name) in own} or own
    places = [place for place, column in enumerate(columns) if clean_text(column) in titles]
    places = places or nearly_titled(columns, checks.field, ())
    return places[0] if len(places) == 1 else None


def unchecked_fields(
    model: Model, read: Collection[str], found: Iterable[CheckedColumn], unused: Sequence[str]
) -> tuple[Diagnostic, ...]:
    """A note for each field that rules don't ``read`` and no column could be checked for: where it is required, or
    where a column that nothing uses is nearly called like it.
    """
    looked_at = {each.checks.field.name for each in found}
    notes = []
    for checks in model.checks:
        field = checks.field
        if field.name in read or field.name in looked_at or not checks.declared:
            continue
        close = tuple(
            dict.fromkeys(each for name in (field.name, field.label) if name for each in nearest(name, unused))
        )
        if close or field.required or checks.unique:
            notes.append(Diagnostic("check-without-column", facts={"field": field.name}, nearest=close))
    return tuple(notes)


def required_without_column(model: Model, not_found: Iterable[str]) -> tuple[str, ...]:
    """The required fields that the rules read and the data has no column for."""
    return tuple(name for name in not_found if model.fields[name].required)


def with_checked(model: Model) -> dict[str, Field]:
    """The fields that a column may be said to belong to: those of the rules, and those that are only checked."""
    return {**{each.field.name: each.field for each in model.checks}, **model.fields}
