"""The columns of a result in Spark, where names that differ in case alone are one name."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.engine.running.output import Head, head, outcome_columns
from rulelang.engine.running.row_run import RowRun


def spark_head(work: RowRun, more: tuple[str, ...] = ()) -> Head:
    """The columns of a result, with ``more`` at its end."""
    added = (*outcome_columns(work.outcomes, work.options.why, work.language), *more)
    return head_in_spark(work.source.columns, added, work.language)


def head_in_spark(columns: Sequence[str], added: Sequence[str], language: str) -> Head:
    """The columns of a table with the ``added`` ones: one that is called like an added one, in any case, keeps its
    values under another name; a note says so.
    """
    alike = {each.casefold(): each for each in added}
    return head([alike.get(each.casefold(), each) for each in columns], added, language)
