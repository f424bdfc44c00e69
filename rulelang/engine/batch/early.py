"""Lines are written while their account is still being made, where nothing that is yet to come can change an answer.

Most files have no row that SQL can't read or decide. If one shows all the same, what was written is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable

from rulelang.engine.batch.account import Asked
from rulelang.engine.batch.lined import ANSWERS, written_lines
from rulelang.engine.batch.result import result_query
from rulelang.engine.batch.statement import Statement
from rulelang.engine.connections.duck import Duck, Running
from rulelang.engine.draft import Draft, start_draft
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.run_options import PathLike


class EarlyLines:
    """The lines of a result, on their way into a draft of the target."""

    def __init__(self, work: RowRun, duck: Duck, target: PathLike | None) -> None:
        self._work, self._duck, self._target = work, duck, target
        self._running: Running | None = None
        self.draft: Draft | None = None

    def begin(self, statement: Statement) -> None:
        """Starts, where every answer is that of the statement. Raises DataError."""
        work, table = self._work, statement.table
        if self._target is None or table.lines is None or statement.elsewhere != "FALSE" or statement.rests_on_doubt:
            return
        if work.options.why:
            return
        draft = start_draft(self._target)
        if draft.path == draft.target:
            return  # what went into a pipe can't be taken back
        self.draft = draft
        nobody = Asked(0, 0, (0,) * len(statement.outcomes))
        result_query(work, statement, None, nobody, "csv", False, table, self._duck)
        self._running = self._duck.start(written_lines(work, table.lines, self._duck, str(draft.path)))

    def holds(self, asked: Asked) -> bool:
        """Whether the lines are on their way and nobody had to be asked; otherwise what was written is gone."""
        if self._running is None:
            return False
        if not asked.rows:
            return True
        self.stop()
        self._duck.execute(f"DROP TABLE {ANSWERS}")
        self._running = None
        return False

    def finish(self, report: Callable[[float], object] | None) -> None:
        """Waits for the last line; ``report`` is told how far it is. Raises DataError."""
        if self._running is not None:
            self._running.wait(report)

    def stop(self) -> None:
        """Ends what is still on its way, and takes the draft away unless it was committed."""
        if self._running is not None:
            self._running.stop()
        if self.draft is not None:
            self.draft.discard()
