"""Decides for every row with DuckDB, with the same answers and the same account as row by row.

Rows that SQL reads and decides go from the source to the result in one statement. The others (an unusual spelling, a
value outside its limits, something missing that SQL can't weigh) are decided by the generated Python and join them.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from contextlib import ExitStack

from attrs import evolve

from rulelang.backends.sql.dialect import NotCarried
from rulelang.backends.sql.door import Reading
from rulelang.backends.sql.figures import Sql
from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.batch.account import Asked, account, answer_speller, own_cells
from rulelang.engine.batch.cells import MOST_BRANCHES, by_cells
from rulelang.engine.batch.checking import check_table
from rulelang.engine.batch.early import EarlyLines
from rulelang.engine.batch.lined import answers_alone, cells_of, numbered_lines, open_lined, written_lines
from rulelang.engine.batch.lists import ListsInColumns, lists_in_columns, report_left_over_rows, report_records
from rulelang.engine.batch.patterns import Patterns, find_patterns, load_answers, without_patterns
from rulelang.engine.batch.places import with_measures, with_places
from rulelang.engine.batch.result import ASKED, result_query, with_whole_numbers
from rulelang.engine.batch.sets import by_sets
from rulelang.engine.batch.staging import FAULT, faulty_rows
from rulelang.engine.batch.statement import NUMBER, ODD, Statement, compose, planned, read, spelled, stored
from rulelang.engine.batch.tables import Table, Uncounted, open_table, same_columns
from rulelang.engine.batch.whys import AskedWhys, find_whys
from rulelang.engine.capabilities import limit_of
from rulelang.engine.connections.duck import Duck, literal, open_duck, quoted
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.population import measured_fields
from rulelang.engine.draft import Draft, start_draft
from rulelang.engine.running.list_rows import with_unread
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike, RunOptions
from rulelang.engine.sinks.opening import Sink, sink_format
from rulelang.engine.sources.source import Row, Source
from rulelang.engine.sources.totals import ends_with_totals
from rulelang.lowering.planned import Plan
from rulelang.model.contributions import DECIDED, NO_RULE
from rulelang.model.program import Model

LONGEST = 100_000  # characters: a longer query that weighs what is in doubt takes as long as row by row
MOST_RULES = 200  # of which a query can be made that is faster than row by row
_WRITTEN_BY_DUCK = ("csv", "tsv", "parquet")


class Elsewhere(Exception):  # noqa: N818 - no fault: the other engine does it
    """This engine doesn't do this; ``reason`` is a word of labels.toml."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_batch(
    ruleset: Decider,
    source: Source,
    options: RunOptions,
    target: PathLike | None = None,
    rejects: PathLike | None = None,
) -> RunSummary:
    """The run. Raises Elsewhere, RuleError (``not-in-sql``), and what `rulelang.engine.run.run` raises."""
    if not same_columns(source.columns):
        raise Elsewhere("file")
    limit = limit_of("duckdb", ruleset, source, options)
    if limit is not None:
        raise Elsewhere(limit)
    try:
        return _run(ruleset, source, options, target, rejects)
    except Uncounted:
        return _run(ruleset, source, options, target, rejects, cut=True)


def _run(
    ruleset: Decider,
    source: Source,
    options: RunOptions,
    target: PathLike | None,
    rejects: PathLike | None,
    cut: bool = False,
) -> RunSummary:
    """The run; where ``cut``, over rows as the source's own reader cuts them. Raises Uncounted where only that knows
    what is no customer.
    """
    if not cut and source.format == "csv" and ends_with_totals(source):
        raise Uncounted
    work = RowRun(ruleset, source, options)
    with open_duck(options.memory, source.name) as duck, ExitStack() as stack:
        plan, model, lists = planned(work), ruleset.model, None
        table, readings = _opened(work, duck, plan, target, cut)
        if table.faults is not None:
            readings[FAULT] = Reading(Sql("NULL", "text"), f"t.{FAULT}")
        customers = table
        if work.lists:
            lists = _lists(work, table, plan, duck)
            plan, model, table = lists.plan, lists.model, lists.table
            readings |= lists.readings
        if model.measures:
            table, places = _places(work, table, plan, duck, readings)
            readings |= places
        early = EarlyLines(work, duck, target)
        stack.callback(early.stop)
        statement, patterns = _way(work, table, plan, model, readings, duck, lists, early)
        one_by_one = patterns is not None and not patterns.names
        if patterns is not None and patterns.asked:
            doubtful = f"({statement.doubtful} AND {patterns.one_by_one()})"
            statement = evolve(statement, elsewhere=f"{statement.elsewhere} OR {doubtful}")
        rejected = None if rejects is None else stack.enter_context(work.open(rejects, work.reject_head))
        details = None if options.details is None else stack.enter_context(work.open_details(options.details))
        told = lists is None or report_records(work, lists, duck, rejected)
        if not told or not check_table(work, customers, duck, readings):
            raise Uncounted
        asked = _ask(work, statement, duck, rejected, lists)
        whys = find_whys(work, statement, duck) if options.why else None
        if lists is not None and not report_left_over_rows(work, lists, duck, rejected):
            raise Uncounted
        format_ = "parquet" if target is None else sink_format(target)
        by_duck = format_ in _WRITTEN_BY_DUCK and not (format_ != "parquet" and source.byte_order_mark)
        on_its_way = early.holds(asked)
        draft = early.draft if early.draft and on_its_way else _draft(target if by_duck else None, duck)
        texts = table.untyped and format_ == "parquet" and target is not None
        try:
            result = str(draft.path) if format_ == "parquet" else os.path.join(duck.folder, "result.parquet")
            progress = options.progress
            report = None if progress is None else lambda share: progress(int(share * customers.rows), customers.rows)
            text = None
            if not on_its_way:
                text = result_query(work, statement, patterns, asked, format_, texts, customers, duck, whys)
            found = f"read_parquet({literal(result)})"
            if text is None:
                found = answers_alone(work.head.columns[len(source.columns) :])
            else:
                _write_parquet(work, duck, text, result, report)
            account(work, statement, patterns, duck, found, asked, "csv" if target is None else format_)
            if on_its_way:
                early.finish(report)
            elif target is not None and table.lines is not None:
                duck.follow(written_lines(work, table.lines, duck, str(draft.path)), report)
            elif target is not None and by_duck and format_ != "parquet":
                _copy_text(work, table, duck, result, draft, format_)
            if table.lines is not None and table.lines.changed:
                raise Uncounted
            sink = None
            if target is not None and not by_duck:
                sink = stack.enter_context(work.open(target, work.head.columns))
                _pour(work, table, duck, result, sink)
            for each in (sink, rejected, details):
                if each is not None:
                    each.finish()
            if sink is None and target is not None and not work.refused:
                draft.commit()
            for each in (None if work.refused else sink, rejected, details):
                if each is not None:
                    each.commit()
        finally:
            draft.discard()
    summary = work.summary(target, rejects)
    if one_by_one and asked.rows:
        note = Diagnostic("rows-by-python", facts={"engine": "DuckDB", "count": asked.rows})
        summary = evolve(summary, notes=(*summary.notes, note))
    return summary


def _opened(
    work: RowRun, duck: Duck, plan: Plan, target: PathLike | None, cut: bool
) -> tuple[Table, dict[str, Reading]]:
    """The table of the source, and how its fields are read."""
    more = measured_fields(work.ruleset.model)
    found = None if cut else open_lined(work, duck, plan, more, target)
    if found is not None:
        return found
    table = open_table(work.source, duck, cut=cut)
    return table, read(work, table, duck, plan, more)


def _places(
    work: RowRun, table: Table, plan: Plan, duck: Duck, readings: dict[str, Reading]
) -> tuple[Table, dict[str, Reading]]:
    """The table with where customers stand among all. Raises Elsewhere."""
    try:
        return with_places(work, table, plan, duck, readings)
    except NotCarried as error:
        raise Elsewhere(error.construct) from error


def _lists(work: RowRun, table: Table, plan: Plan, duck: Duck) -> ListsInColumns:
    """The lists of second tables as columns. Raises Elsewhere."""
    try:
        lists = lists_in_columns(work, table, plan, duck)
    except NotCarried as error:
        raise Elsewhere("list") from error
    if lists is None:
        raise Elsewhere("list")
    return lists


def _way(
    work: RowRun,
    table: Table,
    plan: Plan,
    model: Model,
    readings: dict[str, Reading],
    duck: Duck,
    lists: ListsInColumns | None,
    early: EarlyLines,
) -> tuple[Statement, Patterns | None]:
    """How the rows are decided: many rules, and those that SQL can't say, by cells; the others by SQL, and rows with
    something unknown by their patterns. Raises Elsewhere, RuleError.
    """
    many = len(plan.branches) > MOST_BRANCHES and lists is None
    refused: RuleError | None = None
    statement: Statement | None = None
    if not many:
        try:
            statement = compose(work, table, plan, model, readings, certain=True)
        except RuleError as error:
            refused = error
    if statement is None:
        shares = any(each.kind == "share" and each.name in plan.inputs for each in model.measures)
        for told in () if lists is not None or shares else (by_sets, by_cells):
            statement = told(work, table, plan, readings, duck)
            patterns = None if statement is None else find_patterns(work, statement, duck)
            if statement is not None and patterns is not None:
                return statement, patterns
        if refused is not None:
            raise refused
        if len(plan.branches) > MOST_RULES:
            raise Elsewhere("many rules")
        statement = compose(work, table, plan, model, readings, certain=True)
    early.begin(statement)
    patterns = find_patterns(work, statement, duck, lists)
    if patterns is None:
        try:
            full = compose(work, table, plan, model, readings, certain=False)
        except RuleError:  # what is in doubt can't be said in SQL, what is known can
            return without_patterns(statement)
        return (full, None) if full.length <= LONGEST else without_patterns(statement)
    return statement, patterns


def _draft(target: PathLike | None, duck: Duck) -> Draft:
    """Where the result is written until it is complete."""
    return start_draft(os.path.join(duck.folder, "result.parquet") if target is None else target)


# --- rows for the other engine -----------------------------------------------------------------------------------


def _ask(work: RowRun, statement: Statement, duck: Duck, rejected: Sink | None, lists: ListsInColumns | None) -> Asked:
    """Decides the rows that SQL leaves; their answers become a table."""
    table = statement.table
    if statement.elsewhere == "FALSE":
        return Asked(0, 0, (0,) * len(statement.outcomes))
    faulty = faulty_rows(table.faults)
    fault = next(faulty, None)
    own = (*(table.columns if table.lines is None else ()), *table.places.values())
    if statement.elsewhere == quoted(ODD):
        text = statement.odd_rows(", ".join(map(quoted, (NUMBER, *own))))
    else:
        columns = [(quoted(each), each) for each in own]
        text = statement.select([(quoted(NUMBER), NUMBER), *columns], statement.elsewhere, own)
    text = (
        f"SELECT * FROM ({text}) ORDER BY {quoted(NUMBER)}"
        if table.lines is None
        else numbered_lines(table.lines, text)
    )
    path = os.path.join(duck.folder, "asked.csv")
    count = 0
    silent = [0] * len(statement.outcomes)
    hold = None
    told = AskedWhys(work, duck) if work.options.why else None
    if lists is not None:
        keys = lists.keys(lambda each: quoted(each.column))
        hold = lists.beside(duck, f"SELECT {quoted(NUMBER)} AS number{keys} FROM ({text})")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, *cells in duck.rows(text):
            if count == 0 and table.first is None:
                raise Uncounted
            count += 1
            if fault is not None and fault.number == number:
                work.reject(fault, (fault.fault,) if fault.fault is not None else (), rejected)
                writer.writerow([number, "1", *("" for _ in statement.outcomes)])
                fault = next(faulty, None)
                continue
            if hold is not None:
                hold(int(number))
            if table.lines is not None:
                cells = [*cells_of(cells[-1], table.lines), *cells[:-1]]
            cells, places = cells[: len(table.columns)], cells[len(table.columns) :]
            row = Row((table.first or 0) + int(number), table.values(cells))
            faults, values = work.read(row)
            if faults:
                work.reject(row, faults, rejected)
                writer.writerow([number, "1", *("" for _ in statement.outcomes)])
                continue
            values = with_measures(work, table, values, places)
            verdict = work.decider.decide(values)
            if told is not None:
                told.take(number, values, verdict)
            standings = verdict.standings or [DECIDED if each is not None else NO_RULE for each in verdict.answers]
            for place, (standing, answer) in enumerate(zip(standings, verdict.answers, strict=True)):
                work.tallies[place].standings[standing] += 1
                silent[place] += answer is None
            for problem in verdict.problems:
                work.findings.count(with_unread(work, row, problem), row.number)
            writer.writerow([number, "0", *map(stored, verdict.answers)])
    if told is not None:
        told.finish()
    if count:
        load_answers(statement, duck, path, ASKED)
    return Asked(count, count - work.rejected, tuple(silent))


# --- the result ----------------------------------------------------------------------------------------------------


def _write_parquet(work: RowRun, duck: Duck, text: str, path: str, report: Callable[[float], object] | None) -> None:
    """A query as a file, whole numbers with 64 bits where they find room."""
    form = f"TO {literal(path)} (FORMAT parquet, COMPRESSION snappy)"
    narrow = with_whole_numbers(work, duck, text)
    try:
        duck.follow(f"COPY ({narrow}) {form}", report)
    except DataError as error:
        if narrow == text or any(each.code != "engine-failed" for each in error.diagnostics):
            raise
        duck.follow(f"COPY ({with_whole_numbers(work, duck, text, beyond=True)}) {form}", report)


def _copy_text(work: RowRun, table: Table, duck: Duck, result: str, draft: Draft, format_: str) -> None:
    """The result as a text table."""
    source = work.source
    delimiter = "\t" if format_ == "tsv" else source.delimiter if source.delimiter in (",", ";", "|") else ","
    described = duck.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(result)})").fetchall()
    own, wide = len(source.columns), 3 if work.options.why else 1
    items = []
    for place, (name, kind, *_) in enumerate(described):
        text = quoted(str(name))
        if place >= own and (place - own) % wide == 0:
            outcome = work.outcomes[(place - own) // wide]
            text = spelled(text, outcome, names_of(outcome, work.language), False, work.language)
        elif place in table.forms:
            text = table.text(place, text)
        elif kind == "BOOLEAN" and place < own:
            text = f"CASE {text} WHEN TRUE THEN 'TRUE' WHEN FALSE THEN 'FALSE' END"
        elif str(kind).startswith("TIMESTAMP"):
            text = f"CAST({text} AS VARCHAR)"
        if str(kind).startswith("VARCHAR"):
            text = f"nullif({text}, '')"  # nothing is written for a text without characters, as for none
        items.append(f"{text} AS {quoted(str(name))}")
    duck.follow(
        f"COPY (SELECT {', '.join(items)} FROM read_parquet({literal(result)})) TO {literal(str(draft.path))} "
        f"(FORMAT csv, HEADER true, DELIMITER {literal(delimiter)})",
        None,
    )


def _pour(work: RowRun, table: Table, duck: Duck, result: str, sink: Sink) -> None:
    """The result row by row into a file of another format."""
    own = len(work.source.columns)
    spell = answer_speller(work, sink.format)
    for cells in duck.rows(f"SELECT * FROM read_parquet({literal(result)})"):
        answers = spell(cells[own:])
        shown = own_cells(work, table, cells[:own], sink.format)
        sink.write([*shown, *answers])
