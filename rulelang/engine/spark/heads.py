"""The columns of a result in Spark, where names that differ in case alone are one name."""

from __future__ import annotations

from rulelang.engine.running.output import Head, head, outcome_columns
from rulelang.engine.running.row_run import RowRun


def spark_head(work: RowRun, more: tuple[str, ...] = ()) -> Head:
    """The columns of a result, with ``more`` at its end: an input column that is called like an added one, in any
    case, keeps its values under another name; a note says so.
    """
    added = (*outcome_columns(work.outcomes, work.options.why, work.language), *more)
    alike = {each.casefold(): each for each in added}
    return head([alike.get(each.casefold(), each) for each in work.source.columns], added, work.language)
