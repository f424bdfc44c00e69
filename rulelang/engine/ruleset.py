"""A loaded ruleset: immutable, safe to share between threads, and it pickles.

rules = rulelang.load("lifecycle")
rules.decide({"last_purchase": date(2025, 1, 1)}, as_of=date(2026, 1, 1))["lifecycle"]
rules.run("customers.csv", "result.csv")
"""

from __future__ import annotations

import os

from rulelang.engine.deciding.decider import Decider

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from typing import Any, TypeVar, Unpack, overload

    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.engine.account.summary import RunSummary
    from rulelang.engine.frames.decide import DecidedTable
    from rulelang.engine.options import FileOptions, TableOptions

    Table = TypeVar("Table")


class Ruleset(Decider):
    """A checked ruleset: decides customers one by one, and whole files and tables; gives SQL, and checks itself."""

    # What it does besides deciding a customer is imported where it is done.

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def run(
            self,
            data: str | PathLike[str],
            target: str | PathLike[str] | None = None,
            **options: Unpack[FileOptions],
        ) -> RunSummary: ...

        @overload
        def run(self, data: Table, target: None = None, **options: Unpack[TableOptions]) -> Table: ...

    def run(self, data: Any, target: str | PathLike[str] | None = None, **options: Any) -> Any:
        """Decides for every row of a file and writes the result to ``target``; returns the account of it.

        Of a table in memory (Arrow, pandas, polars, a relation of DuckDB) it returns a table of the same kind with
        the answers, as `decide_table` does. Options (``as_of``, ``columns``, ``rejects``, ``why``, …) and errors are
        those of `rulelang.engine.run.run_file`, for tables those of `decide_table`; most they have in common.
        """
        if isinstance(data, str | os.PathLike):
            from rulelang.engine.run import run_file

            return run_file(self, data, target, **options)
        if target is not None:
            from rulelang.diagnostics.diagnostic import DataError, Diagnostic

            raise DataError((Diagnostic("table-has-no-target", facts={"file": os.fspath(target)}),))
        return self.decide_table(data, **options).table

    def decide_table(self, table: Any, **options: Unpack[TableOptions]) -> DecidedTable:
        """Decides for every row of a table in memory: the table with its answers, the rows that can't be read, and
        the account of it. Options and errors are those of `rulelang.engine.frames.decide.decide_table`.
        """
        from rulelang.engine.frames.decide import decide_table

        return decide_table(self, table, **options)

    def spark_decide(self, frame: Any, as_of: datetime.date | None = None, **options: Any) -> Any:
        """Decides for every row of a Spark data frame; options and errors are those of `rulelang.spark_decide`."""
        from rulelang.engine.spark.decide import spark_decide

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
        from rulelang.backends.sql.text import SqlOptions, sql_text
        from rulelang.engine.deciding.validity import require_validity

        day = self.as_of(as_of)
        require_validity(self.model, day)
        return sql_text(self.model, day, dialect, SqlOptions(table, dict(columns or {}), tuple(keep), standings))

    def check(self, as_of: datetime.date | None = None) -> tuple[Diagnostic, ...]:
        """What ``rulelang check`` proves: requirements that don't hold, gaps, conflicts, rules that never count."""
        from rulelang.engine.advice.checking import checked

        return checked(self, self.as_of(as_of))

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the ruleset, without cut points, to a ``.rulepack``, from which `rulelang.load` takes it without
        parsing rules. The file is written whole or not at all. Raises DataError where it can't be written.
        """
        from rulelang.engine.rulepack import save_pack

        save_pack(self.model, path)
