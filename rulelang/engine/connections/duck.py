"""A connection to DuckDB that stays within its memory, reports how far it is, and fails in our words."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.draft import clear_abandoned, marked
from rulelang.engine.extras import extra

MEMORY = "1GB"
_EVERY = 0.2
_FULL = re.compile(r"no space left|disk (is )?full|ENOSPC|file too large", re.IGNORECASE)
_MEMORY = re.compile(r"([1-9][0-9]*(?:\.[0-9]+)?)\s*([KMGT])i?B", re.IGNORECASE)
_ASIDE = "rulelang_aside"


@frozen
class Duck:
    """An open connection; ``folder`` is for what it has to set aside, ``memory`` how many bytes it may use."""

    connection: Any
    library: Any = field(repr=False)
    folder: str
    memory: int
    _schemas: list[str] = field(factory=list, init=False, repr=False)
    _shared: dict[str, Any] = field(factory=dict, init=False, repr=False)

    def share(self, name: str, table: Any) -> None:
        """Lets queries read a table in memory by a name."""
        self._shared[name] = table
        self.connection.register(name, table)

    def keep_on_disk(self) -> None:
        """Keeps the tables that are made from now on in a file, where they take a fraction of the room."""
        if not self._schemas:
            self.execute(f"ATTACH {literal(os.path.join(self.folder, 'aside.duckdb'))} AS {_ASIDE}")
            self.execute(f"USE {_ASIDE}")
            self._schemas.append(_ASIDE)

    def execute(self, text: str, parameters: Sequence[object] = ()) -> Any:
        """Runs a statement. Raises DataError: ``disk-full``, ``out-of-memory-limit``, ``engine-failed``."""
        try:
            return self.connection.execute(text, list(parameters))
        except (self.library.Error, RuntimeError) as error:
            raise _stopped(error) from error

    def rows(self, text: str, size: int = 2000) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some at a time."""
        cursor = self._beside()
        try:
            cursor.execute(text)
            while found := cursor.fetchmany(size):
                yield from found
        except (self.library.Error, RuntimeError) as error:
            raise _stopped(error) from error
        finally:
            cursor.close()

    def follow(self, text: str, report: Callable[[float], object] | None) -> None:
        """Runs a long statement; ``report`` is told now and then which share of it is done. Ctrl-C stops it."""
        Running(self.connection, self.library, text).wait(report)

    def start(self, text: str) -> Running:
        """Starts a long statement beside those that follow."""
        return Running(self._beside(), self.library, text)

    def _beside(self) -> Any:
        """A connection that knows the same tables."""
        cursor = self.connection.cursor()
        for name, table in self._shared.items():  # a name is known to one connection alone
            cursor.register(name, table)
        for schema in self._schemas:
            cursor.execute(f"USE {schema}")
        return cursor


class Running:
    """A statement that runs in a thread of its own until it is waited for, or stopped."""

    def __init__(self, connection: Any, library: Any, text: str) -> None:
        self._connection, self._library = connection, library
        self._failed: list[BaseException] = []
        self._done = threading.Event()  # to join the thread is no help: once Ctrl-C stops that, it counts as ended

        def work() -> None:
            try:
                connection.execute(text)
            except BaseException as error:  # handed to the thread that waits
                self._failed.append(error)
            finally:
                self._done.set()

        threading.Thread(target=work, daemon=True).start()

    def wait(self, report: Callable[[float], object] | None = None) -> None:
        """Waits until it is done; Ctrl-C stops it. Raises what the statement does."""
        try:
            while not self._done.wait(_EVERY):
                if report is not None:
                    report(max(0.0, float(self._connection.query_progress())) / 100)
        except BaseException:
            self.stop()
            raise
        for error in self._failed:
            raise failure(error) if isinstance(error, self._library.Error) else error

    def stop(self) -> None:
        """Ends it, whatever it is doing; nothing happens where it is done."""
        while not self._done.is_set():
            self._connection.interrupt()
            self._done.wait(_EVERY)


@contextlib.contextmanager
def open_duck(memory: str | None = None, purpose: str = "DuckDB") -> Iterator[Duck]:
    """A connection of its own, gone with everything it set aside when the context ends.

    ``memory`` is how much it may use (default: 1 GB); beyond that it works on disk. Raises DataError
    (``missing-extra``, ``memory-option``).
    """
    library: Any = extra("batch", "duckdb", purpose)
    limit = MEMORY if memory is None else memory.strip()
    told = _MEMORY.fullmatch(limit)
    if told is None:
        raise DataError((Diagnostic("memory-option", facts={"value": memory}),))
    place = Path(tempfile.gettempdir())
    clear_abandoned(place)
    folder = str(place / marked("rulelang"))
    os.mkdir(folder, 0o700)
    connection = library.connect(":memory:")
    try:
        connection.execute(f"SET memory_limit = '{limit}'")
        connection.execute(f"SET temp_directory = {literal(folder)}")
        connection.execute("SET preserve_insertion_order = true")
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        connection.execute("SET autoinstall_known_extensions = false")
        yield Duck(connection, library, folder, int(float(told[1]) * 1000 ** (1 + "KMGT".index(told[2].upper()))))
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _stopped(error: BaseException) -> BaseException:
    """What a statement ended with: Ctrl-C, which DuckDB tells in its own way, or what went wrong."""
    if type(error).__name__ == "InterruptException" or (type(error) is RuntimeError and "interrupted" in str(error)):
        return KeyboardInterrupt()
    return error if type(error) is RuntimeError else failure(error)


def failure(error: BaseException) -> DataError:
    """What DuckDB says, in our words."""
    text = " ".join(str(error).split())
    if _FULL.search(text):
        return DataError((Diagnostic("disk-full", facts={"file": ""}),))
    if type(error).__name__ == "OutOfMemoryException":
        return DataError((Diagnostic("out-of-memory-limit", facts={"reason": text[:200]}),))
    return DataError((Diagnostic("engine-failed", facts={"engine": "DuckDB", "reason": text[:300]}),))


def literal(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name, quoted."""
    return '"' + name.replace('"', '""') + '"'
