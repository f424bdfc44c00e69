"""What was decided for the records of lists, as a frame with a row for each of them."""

from __future__ import annotations

from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.running.each_output import ElementTable, Nested
from rulelang.engine.running.output import Head, outcome_columns
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.spark.heads import head_in_spark

_PAIR = "rulelang_pair"
_OWNER = "rulelang_owner"


def records_frame(work: RowRun, frame: Any, table: ElementTable) -> Any:
    """A row for each record that was decided, with its own columns and its outcomes, for a table that is asked for.

    ``frame`` has the customers with the records of second tables (``r0`` …) and what was decided for records (``e0``
    …). Raises DataError (``engine-cannot``: records that are texts).
    """
    number = work.decided.index(table.decided)
    origin, more = table.origin, []
    if isinstance(origin, Nested):
        records, own = _nested(frame, origin), [_OWNER, *_parts(frame, origin)]
        more = [f"c{origin.key} AS {_OWNER}"]
    else:
        place = next(n for n, each in enumerate(work.lists) if each.field.name == table.decided.list)
        records, own = f"r{place}", [f"{_PAIR}.{{}}.m{n}" for n, _ in enumerate(origin.columns)]
    why = ("a", "s", "w") if work.options.why else ("a",)
    decided = [f"{_PAIR}.e{number}.{each}{n}" for n, _ in enumerate(table.decided.outcomes) for each in why]
    pairs = f"explode(arrays_zip({records}, e{number})) AS {_PAIR}"
    found = frame.filter("reason IS NULL").selectExpr(*more, pairs)
    return found.selectExpr(*(each.format(records) for each in own), *decided).toDF(*records_head(work, table).columns)


def records_head(work: RowRun, table: ElementTable) -> Head:
    """The columns of a table of records."""
    added = outcome_columns(table.decided.outcomes, work.options.why, work.language)
    return head_in_spark(table.origin.columns, added, work.language)


def _nested(frame: Any, origin: Nested) -> str:
    """The column of records in the customers' own table."""
    kind = dict(frame.dtypes).get(f"c{origin.place}", "")
    if not kind.startswith("array<struct"):
        raise DataError((Diagnostic("engine-cannot", facts={"engine": "spark", "construct": "list"}),))
    return f"c{origin.place}"


def _parts(frame: Any, origin: Nested) -> list[str]:
    """The fields of a nested record, each by its name or its label."""
    known = frame.schema[f"c{origin.place}"].dataType.elementType.fieldNames()
    found = []
    for name, label in origin.parts:
        spellings = [each for each in (name, label) if each is not None and each in known]
        there = [f"{_PAIR}.{{}}.`{each.replace('`', '``')}`" for each in spellings]
        found.append(f"coalesce({', '.join(there)})" if there else "CAST(NULL AS STRING)")
    return found
