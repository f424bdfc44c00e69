"""Text tables whose lines go into the result as they are, with the answers behind them.

Where a file has in quotes what needs them and nothing else, a line of the result is the line that was read and its
answers. DuckDB then cuts
lines into cells only for the columns that rules read; these are set aside with the types of their fields, which spares
reading them again from texts. A column with a cell that is not written plainly for its type is set aside as text.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Sequence
from functools import partial

from attrs import frozen

from rulelang.backends.sql.decisions import kind_of
from rulelang.backends.sql.dialects import DUCKDB
from rulelang.backends.sql.door import Reading, digits_of, written_places
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.batch.doors import yes_or_no
from rulelang.engine.batch.statement import read, spelled
from rulelang.engine.batch.tables import PIECE, TEXT, Lines, Table, filled, head_comes_first, state_of
from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.running.output import names_of
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike
from rulelang.engine.sinks.opening import sink_format
from rulelang.engine.sources.source import Source
from rulelang.lowering.planned import Plan
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Money, Number, YesNo

ANSWERS = "rulelang_answers"
"""The table of the answers of all rows in their order, with their ``number``; ``special`` ones are not written."""
_TABLE = "rulelang_cells"
_UNLIKE = "rulelang_unlike"
_OURS = {"rowid", "rulelang_number", _UNLIKE}  # names in that table
_NO_CELL = "\x02none\x02"  # what no cell and no line is
_NO_DELIMITER = "\x1e"
_FEED = 10
_IN_MEMORY = 0.6  # of the memory: cells take about as much as the file
_FEW = 40
_NEVER = (b"\0", _NO_DELIMITER.encode())  # in lines that stay as they are
_LONGEST_LINE = 1 << 20
_MOST_TYPED = 60  # columns that have a bit each
_SIGNS = ('"', "\n", "\r")  # what stands in quotes
_DELIMITERS = (",", ";", "|", "\t")


@frozen
class _Column:
    """How the cells of a column are set aside: their value, its type, and the beginning of a CASE that is 0 where they
    are plain.
    """

    value: str
    type: str
    plain: str = ""


def open_lined(
    work: RowRun, duck: Duck, plan: Plan, more: Sequence[str], target: PathLike | None
) -> tuple[Table, dict[str, Reading]] | None:
    """The table of a source whose lines can stay as they are in the ``target``, and how its fields are read; None for
    every other.
    """
    source = work.source
    if not _may_stay(work, target) or source.path is None:
        return None
    state = state_of(source.path)
    lines, has_quotes = _lines_in(source.path)
    if lines is None or not head_comes_first(source):
        return None
    if os.path.getsize(source.path) > _IN_MEMORY * duck.memory:
        duck.keep_on_disk()
    positions = work.columns.positions
    kept: set[int] = set()  # places of columns that stay texts
    while True:
        try:
            unlike, rows = _set_aside(work, duck, kept)
        except DataError as error:
            if any(each.code != "engine-failed" for each in error.diagnostics):
                raise
            return None  # too many cells, a line that is too long
        if rows != lines - 1 or (unlike & 1 and _has_blank_row(source, duck)):
            return None  # a blank line, or one that ends in quotes
        if has_quotes and not kept and _has_other_quotes(source, duck):
            return None
        typed = _typed_places(work, kept)
        unplain = {place for bit, place in enumerate(typed, start=1) if unlike >> bit & 1}
        table = _table(work, typed, rows, unplain, state)
        written = {place for place in unplain if table.types[place] != "VARCHAR"}
        if not written:
            readings = read(work, table, duck, plan, more)
            odd = {positions[name] for name, each in readings.items() if each.odd and name in positions}
            written = {
                place for place in odd if table.types[place] != "VARCHAR"
            }  # what is odd is told as it is written
            if not written:
                return table, readings
        kept |= written


def _may_stay(work: RowRun, target: PathLike | None) -> bool:
    """Whether a result can be made of the lines of such a source."""
    source, model = work.source, work.ruleset.model
    if source.format != "csv" or source.encoding not in TEXT or source.byte_order_mark or source.path is None:
        return False
    if work.lists or model.measures or len(source.columns) < 2 or source.delimiter not in _DELIMITERS:
        return False
    if not _OURS.isdisjoint(map(str.casefold, source.columns)):
        return False
    format_ = "csv" if target is None else sink_format(target)
    return format_ == ("tsv" if source.delimiter == "\t" else "csv")


def _lines_in(path: str) -> tuple[int | None, bool]:
    """How many lines a text file has, and whether any has quotation marks; None where lines can't stay as they are."""
    import numpy  # an extra, as DuckDB

    has_quotes = False
    feeds = returns = pairs = 0
    last = b""
    with open(path, "rb") as file:
        for piece in iter(partial(file.read, PIECE), b""):
            if any(each in piece for each in _NEVER):
                return None, False
            has_quotes = has_quotes or b'"' in piece
            feeds += int(numpy.count_nonzero(numpy.frombuffer(piece, numpy.uint8) == _FEED))
            if b"\r" in piece or last == b"\r":
                returns += piece.count(b"\r")
                pairs += piece.count(b"\r\n") + (last == b"\r" and piece[:1] == b"\n")
            last = piece[-1:]
    if returns and not returns == pairs == feeds:
        return None, False
    return feeds + (last != b"\n"), has_quotes


def _has_other_quotes(source: Source, duck: Duck) -> bool:
    """Whether a line has quotation marks that the writer of a result would not set, or lacks some."""
    delimiter = "\\|" if source.delimiter == "|" else source.delimiter
    plain, inner = f'[^"{delimiter}]*', '([^"]|"")*'
    cell = f'({plain}|"{inner}({delimiter}|""){inner}")'
    like = literal(f"{cell}({delimiter}{cell})*")
    other = f"contains(line, '\"') AND NOT regexp_full_match(line, {like})"
    return duck.execute(f"SELECT 1 FROM {_lines(source)} WHERE {other} LIMIT 1").fetchone() is not None


def _needed(work: RowRun) -> list[int]:
    """The places of the columns that somebody looks at."""
    checked = () if work.quality is None else (each.position for each in work.quality.columns)
    return sorted({*work.columns.positions.values(), *checked})


def _fields(work: RowRun) -> dict[int, Field]:
    """The fields whose columns may have a type: by place, those that are alone there and of which no form is asked."""
    found: dict[int, list[str]] = {}
    for name, place in work.columns.positions.items():
        found.setdefault(place, []).append(name)
    checked = {} if work.quality is None else {each.position: each for each in work.quality.columns}
    fields = work.ruleset.model.fields
    alone = {place: fields[names[0]] for place, names in found.items() if len(names) == 1 and names[0] in fields}
    return {
        place: field
        for place, field in alone.items()
        if not field.missing_values and (place not in checked or not checked[place].checks.asks_more)
    }


def _typed_places(work: RowRun, kept: Collection[int]) -> list[int]:
    """The places of columns that are set aside with a type, or could have cells that are not plain."""
    found = [place for place, field in _fields(work).items() if place not in kept and _column(field, "c").plain]
    return sorted(found)[:_MOST_TYPED]


def _column(field: Field | None, name: str) -> _Column:
    """How a column is set aside."""

    def when(plain: str) -> str:
        return f"CASE WHEN {name} = '' THEN 0 WHEN {plain} THEN 0"

    text = f"CASE WHEN {name} <> '' THEN {name} END"  # DuckDB makes the file's reader cast a column as it is, and fail
    match None if field is None else field.type:
        case Date():
            value = f"TRY_CAST({text} AS DATE)"
            return _Column(value, "DATE", when(f"{name} LIKE '____-__-__' AND {value} >= DATE '1000-01-01'"))
        case YesNo():
            value = yes_or_no(name, upper=True)
            return _Column(value, "BOOLEAN", when(f"({value}) IS NOT NULL"))
        case Number(percent=True):
            return _Column(name, "VARCHAR")  # what it says depends on its sign
        case Number() | Money() | Length():
            assert field is not None
            digits, scale = digits_of(field)
            kind = DUCKDB.number_type(digits, scale)
            value = f"TRY_CAST({text} AS {kind})"
            if scale:
                places = f"(\\.{written_places(field, scale)})?"
                plain = f"regexp_full_match({name}, '-?[0-9]{{1,{digits}}}{places}') AND {value} IS NOT NULL"
                return _Column(value, kind, when(plain))
            # One or two characters that come to as many digits are those digits, which is found faster.
            short = f"WHEN 1 THEN {value} >= 0 WHEN 2 THEN {value} >= 10"
            shown = f"CAST({value} AS VARCHAR) = {name} AND abs({value}) < {10**digits}"
            return _Column(value, kind, when(f"CASE strlen({name}) {short} ELSE {shown} END"))
        case Choice(members=members) if len(members) <= _FEW:
            keys = " ".join(f"WHEN {literal(each.key)} THEN 0" for each in members)
            return _Column(name, "VARCHAR", f"CASE {name} WHEN '' THEN 0 {keys}")
    return _Column(name, "VARCHAR")


def _set_aside(work: RowRun, duck: Duck, kept: Collection[int]) -> tuple[int, int]:
    """Makes the table of the cells that somebody looks at. Which columns have a cell that is not plain, as a bit each
    (the first is for the first cells of rows), and how many rows there are. Raises DataError.
    """
    source, fields = work.source, _fields(work)
    typed = _typed_places(work, kept)
    items, tests = [], []
    first = quoted(source.columns[0])
    is_filled = f"({first} >= '!' AND {first} < '\x7f') OR ({first} >= '一' AND {first} < '\ua000')"
    tests.append(f"CASE WHEN {is_filled} THEN 0 ELSE 1 END")
    for place in _needed(work):
        name = quoted(source.columns[place])
        column = _column(fields.get(place) if place in typed else None, name)
        items.append(f"{column.value} AS {name}")
        if column.plain:
            bit = 1 << typed.index(place) + 1
            tests.append(f"{column.plain} ELSE {bit} END")
    duck.execute(f"DROP TABLE IF EXISTS {_TABLE}")
    items.append(f"CAST({' + '.join(tests)} AS UBIGINT) AS {_UNLIKE}")
    duck.follow(f"CREATE TABLE {_TABLE} AS SELECT {', '.join(items)} FROM {_cells(source)}", None)
    unlike, rows = duck.execute(f"SELECT coalesce(bit_or({_UNLIKE}), 0), count(*) FROM {_TABLE}").fetchone()
    return int(unlike), int(rows)


def _cells(source: Source) -> str:
    """The rows of a file, every cell a text."""
    columns = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in source.columns)
    return _read(source, columns, source.delimiter or ",", '"')


def _read(source: Source, columns: str, delimiter: str, quote: str) -> str:
    return (
        f"read_csv({literal(source.path or '')}, auto_detect = false, header = false, skip = 1, "
        f"columns = {{{columns}}}, delim = {literal(delimiter)}, quote = '{quote}', escape = '{quote}', "
        f"strict_mode = true, max_line_size = {_LONGEST_LINE}, nullstr = {literal(_NO_CELL)}, "
        "allow_quoted_nulls = false)"
    )


def _lines(source: Source) -> str:
    """The lines below the head, as they are."""
    return _read(source, "'line': 'VARCHAR'", _NO_DELIMITER, "")


def _has_blank_row(source: Source, duck: Duck) -> bool:
    """Whether a row has nothing but blank cells."""
    blank = f"SELECT 1 FROM {_cells(source)} WHERE NOT ({filled(source.columns)}) LIMIT 1"
    return duck.execute(blank).fetchone() is not None


def _table(work: RowRun, typed: Collection[int], rows: int, unplain: Collection[int], state: tuple[int, int]) -> Table:
    source, fields = work.source, _fields(work)
    types = tuple(
        _column(fields[place], "c").type if place in typed else "VARCHAR" for place, _ in enumerate(source.columns)
    )
    relation = f"(SELECT *, rowid AS rulelang_number FROM {_TABLE})"
    kept = Lines(_lines(source), source.delimiter or ",", source.path or "", state)
    plain = frozenset(source.columns[place] for place in typed if place not in unplain)
    return Table(relation, source.columns, types, rows, 2, lines=kept, plain=plain)


# --- the result ----------------------------------------------------------------------------------------------------


def numbered_lines(lines: Lines, numbers: str) -> str:
    """A query for the rows of a query with a column ``rulelang_number``, in their order, with their ``line``."""
    counted = f"(SELECT line, row_number() OVER () - 1 AS place FROM {lines.relation})"
    return (
        f"SELECT n.*, l.line FROM ({numbers}) AS n JOIN {counted} AS l ON n.rulelang_number = l.place "
        "ORDER BY n.rulelang_number"
    )


def first_lines(lines: Lines, count: int) -> str:
    """A query for the first lines with their answers, in the order of the result."""
    return f"SELECT {_answers()}, l.line FROM {_beside(lines)} WHERE NOT a.special LIMIT {count}"


def _answers() -> str:
    return "a.* EXCLUDE (number, special)"


def _beside(lines: Lines) -> str:
    return f"{lines.relation} AS l POSITIONAL JOIN {ANSWERS} AS a"


def answers_alone(titles: Sequence[str]) -> str:
    """The answers that are written, as a relation with the titles of a result."""
    items = "".join(f"a{place} AS {quoted(title)}, " for place, title in enumerate(titles))
    return f"(SELECT {items}number AS file_row_number FROM {ANSWERS} WHERE NOT special)"


def written_lines(work: RowRun, lines: Lines, duck: Duck, path: str) -> str:
    """The statement that writes the result: every line with its answers."""
    wide, language = 3 if work.options.why else 1, work.language
    types = [str(kind) for _, kind, *_ in duck.execute(f"DESCRIBE {ANSWERS}").fetchall()][1:]
    parts = ["l.line"]
    for place in range(wide * len(work.outcomes)):
        value, outcome = f"a.a{place}", work.outcomes[place // wide]
        if place % wide:
            value = _in_quotes(value, lines.delimiter)
        elif types[place] != "BIGINT":  # which is written as it is
            value = spelled(value, outcome, names_of(outcome, language), False, language)
            value = _cell(value, outcome, lines.delimiter)
        parts.append(f"CAST({value} AS VARCHAR)")
    where = " WHERE NOT a.special" if work.rejected else ""
    text = f"concat({f', {literal(lines.delimiter)}, '.join(parts)})"  # none adds nothing
    head = io.StringIO()
    csv.writer(head, delimiter=lines.delimiter).writerow(work.head.columns)
    title = quoted(head.getvalue().removesuffix("\r\n"))
    return (
        f"COPY (SELECT {text} AS {title} FROM {_beside(lines)}{where}) TO {literal(path)} "
        f"(FORMAT csv, HEADER true, DELIMITER {literal(lines.delimiter)}, QUOTE '', ESCAPE '')"
    )


def _cell(value: str, outcome: Outcome, delimiter: str) -> str:
    """An answer as a cell: what can have a delimiter in it stands in quotes."""
    if outcome.policy != "collect":
        if kind_of(outcome) in ("number", "date", "yesno"):
            return value
        if isinstance(outcome.type, Choice) and not any(
            sign in spelling
            for each in outcome.type.members
            for spelling in each.spellings()
            for sign in (*_SIGNS, delimiter)
        ):
            return value
    return _in_quotes(value, delimiter)


def _in_quotes(value: str, delimiter: str) -> str:
    value = f"CAST({value} AS VARCHAR)"
    tests = " OR ".join(f"contains({value}, {literal(each)})" for each in (delimiter, *_SIGNS))
    return f"""CASE WHEN {tests} THEN '"' || replace({value}, '"', '""') || '"' ELSE {value} END"""


def cells_of(line: str, lines: Lines) -> list[str]:
    """The cells of a line."""
    if '"' in line:
        return next(csv.reader([line], delimiter=lines.delimiter))
    return line.split(lines.delimiter)
