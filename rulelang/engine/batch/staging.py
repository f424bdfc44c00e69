"""Rows that our own readers cut (JSON, workbooks, several files, other encodings), set aside as a table for DuckDB.

Every cell keeps what it is: a column of texts, whole numbers, days or yes and no has that type. Numbers with decimals
stay as they were written, and a column with cells of several kinds holds each with a mark of its kind.
"""

from __future__ import annotations

import base64
import csv
import os
import pickle
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rulelang.engine.connections.duck import Duck, literal, quoted
from rulelang.engine.sinks.writers import as_text
from rulelang.engine.sources.source import Row, Source

FIGURES, MIXED = "FIGURES", "MIXED"
FAULT = "rulelang_fault"
_WHOLE = 1 << 63
_LONGEST = 1 << 28
_FEW_DIGITS = 38
_TYPES = {"s": "VARCHAR", "i": "BIGINT", "b": "BOOLEAN", "d": "DATE", "t": "TIMESTAMP"}


def set_aside(source: Source, duck: Duck, name: str) -> tuple[str, tuple[str, ...], dict[int, str], int, str | None]:
    """All rows of a source in a file: the query for them (with `rulelang_number`, the number that the user gives to a
    row, and `FAULT`), the types of the columns, the forms of those that have none, how many rows there are, and the
    file with those that can't be cut into cells.
    """
    path, faults = (os.path.join(duck.folder, f"{name}.{ending}") for ending in ("csv", "faults"))
    width, rows, faulty = len(source.columns), 0, 0
    kinds: list[set[str]] = [set() for _ in source.columns]
    with open(path, "w", encoding="utf-8", newline="") as file, open(faults, "wb") as aside:
        write = csv.writer(file).writerow
        for row in source.rows():
            rows += 1
            if row.fault is not None:
                faulty += 1
                pickle.dump(row, aside)
                write([row.number, "1", *[""] * width])
                continue
            cells = [_marked(each) for each in row.cells]
            for kind, text in zip(kinds, cells, strict=True):
                kind.add(text[:1])
            write([row.number, "", *cells])
    columns = [f"c{place}" for place in range(width)]
    types = ", ".join(f"{literal(each)}: 'VARCHAR'" for each in ("number", "fault", *columns))
    read = (
        f"read_csv({literal(path)}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, max_line_size = {_LONGEST}, nullstr = '')"
    )
    found = [_form(each - {""}) for each in kinds]
    items = [
        f"{_typed(column, type_, form)} AS {quoted(title)}"
        for column, title, (type_, form) in zip(columns, source.columns, found, strict=True)
    ]
    target = os.path.join(duck.folder, f"{name}.parquet")
    duck.execute(
        f"COPY (SELECT {', '.join(items)}, CAST(number AS BIGINT) AS rulelang_number, fault IS NOT NULL AS {FAULT} "
        f"FROM {read}) TO {literal(target)} (FORMAT parquet, COMPRESSION snappy)"
    )
    os.unlink(path)
    forms = {place: form for place, (_, form) in enumerate(found) if form is not None}
    relation = f"read_parquet({literal(target)})"
    return relation, tuple(type_ for type_, _ in found), forms, rows, faults if faulty else None


def _form(kinds: set[str]) -> tuple[str, str | None]:
    """The type of a column with such cells, and the form of what has none."""
    if len(kinds) <= 1 and not kinds & {"n", "x"}:
        return (_TYPES[next(iter(kinds), "s")], None)
    return ("VARCHAR", FIGURES if kinds <= {"i", "n"} else MIXED)


def _typed(column: str, type_: str, form: str | None) -> str:
    if form == MIXED:
        return column
    text = f"substr({column}, 2)"
    return text if type_ == "VARCHAR" else f"CAST({text} AS {type_})"


def _marked(cell: object) -> str:
    """A cell as text, with a mark of its kind before it; nothing for none."""
    match cell:
        case None:
            return ""
        case str() if "\0" not in cell:
            return "s" + cell
        case bool():
            return "bTRUE" if cell else "bFALSE"
        case int():
            return f"i{cell}" if -_WHOLE <= cell < _WHOLE else f"n{cell}"
        case Decimal() if cell.is_finite() and abs(cell.adjusted()) < _FEW_DIGITS and _shown_as_it_is(cell):
            return f"n{cell:f}"
        case datetime() if cell.tzinfo is None and not cell.microsecond:
            return "t" + cell.isoformat(" ")
        case date() if not isinstance(cell, datetime):
            return "d" + cell.isoformat()
    written = as_text(cell).replace("\1", "\1+").replace("\0", "\1-")
    return f"x{base64.b64encode(pickle.dumps(cell)).decode()} {written}"


def _shown_as_it_is(number: Decimal) -> bool:
    """Whether a number has no exponent that its figures don't tell, and a point, so that it reads again as itself."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent < 0


def reviver(form: str) -> Callable[[Any], object]:
    """What makes of a cell of such a form what it was."""
    return _figure if form == FIGURES else _mixed


def _figure(text: Any) -> object:
    return text if text is None else Decimal(text) if "." in text else int(text)


def _mixed(text: Any) -> object:
    if text is None:
        return None
    mark, rest = text[0], text[1:]
    match mark:
        case "s":
            return rest
        case "b":
            return rest == "TRUE"
        case "i" | "n":
            return _figure(rest)
        case "d":
            return date.fromisoformat(rest)
        case "t":
            return datetime.fromisoformat(rest)
    return pickle.loads(base64.b64decode(rest.partition(" ")[0]))  # of our own making


def shown(text: str, form: str | None, type_: str) -> str:
    """A cell as it stands in a table of text."""
    if form == MIXED:
        beyond = f"replace(substr({text}, strpos({text}, ' ') + 1), '\1-', chr(0))"
        return f"CASE WHEN starts_with({text}, 'x') THEN replace({beyond}, '\1+', '\1') ELSE substr({text}, 2) END"
    if type_ == "BOOLEAN":
        return f"CASE {text} WHEN TRUE THEN 'TRUE' WHEN FALSE THEN 'FALSE' END"
    return text if type_ == "VARCHAR" else f"CAST({text} AS VARCHAR)"


def faulty_rows(path: str | None) -> Iterator[Row]:
    """The rows that can't be cut into cells, in their order."""
    if path is None:
        return
    with open(path, "rb") as file:
        while True:
            try:
                yield pickle.load(file)  # of our own making
            except EOFError:
                return
