"""An SQLite file, by Python's own sqlite3. A statement runs aside, so that Ctrl-C can stop it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from attrs import evolve

from rulelang.backends.sql.dialects import SQLITE
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.connections.address import Address
from rulelang.engine.connections.session import ColumnType, Session
from rulelang.values.durations import Duration
from rulelang.values.text import clean_text

T = TypeVar("T")

_TYPES = {
    "VARCHAR": "TEXT",
    "BIGINT": "INTEGER",
    "BOOLEAN": "INTEGER",
    "DOUBLE": "REAL",
    "NUMBER": "NUMERIC",
    "ANY": "",
}
_SOME = 5000
_EVERY = 0.1


class SqliteSession(Session):
    """A connection to an SQLite file; it is not made where there is none."""

    dialect = evolve(SQLITE, clean="rulelang_clean({x})", nfc="{x}")
    title = "SQLite"

    def __init__(self, address: Address) -> None:
        self._address = address
        if not os.path.isfile(address.database):
            facts = {"name": address.database, "database": address.shown, "reason": "no such file"}
            raise DataError((Diagnostic("no-such-database", facts=facts),))
        self._connection = sqlite3.connect(address.database, check_same_thread=False, isolation_level=None)
        self._connection.create_function("rulelang_clean", 1, _clean, deterministic=True)
        with self._failures():
            self._connection.execute("BEGIN")

    def columns(self, relation: str, address: Address) -> tuple[ColumnType, ...]:
        """The columns; what stands in one of them may be of any type."""
        with self._failures(address):
            described = self._connection.execute(f"SELECT * FROM {relation} AS t LIMIT 0").description
        return tuple(ColumnType(str(each[0]), "any", "any") for each in described)

    def execute(self, text: str) -> list[tuple[Any, ...]]:
        """Runs a statement."""
        return self._aside(lambda: self._connection.execute(text).fetchall())

    def rows(self, text: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query."""
        with self._failures():
            cursor = self._connection.execute(text)
            while found := cursor.fetchmany(_SOME):
                yield from found

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Puts rows into a table."""
        names = ", ".join(map(self.dialect.identifier, columns))
        places = ", ".join("?" for _ in columns)
        with self._failures():
            given = ([_stored(each) for each in row] for row in rows)
            self._connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", given)

    def exists(self, table: tuple[str, ...]) -> bool:
        """Whether there is such a table or view."""
        with self._failures():
            found = self._connection.execute(
                "SELECT 1 FROM sqlite_master WHERE lower(name) = lower(?)", [table[-1]]
            ).fetchone()
        return found is not None

    def value(self, cell: Any, kind: str) -> object:
        """A cell is a value already; bytes are none."""
        return repr(cell) if isinstance(cell, bytes) else cell

    def column_type(self, name: str) -> str:
        """The type of a column of a result."""
        return _TYPES.get(name, "TEXT")

    def commit(self) -> None:
        """Ends the transaction."""
        with self._failures():
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Takes everything back that was not committed."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.rollback()
        self._connection.close()

    def _aside(self, work: Callable[[], T]) -> T:
        """Does something in another thread, so that this one hears Ctrl-C."""
        done: list[T] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                done.append(work())
            except BaseException as error:  # handed to the thread that waits
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_EVERY)
        except BaseException:
            self._connection.interrupt()
            thread.join()
            raise
        with self._failures():
            for error in failed:
                raise error
        return done[0]

    @contextlib.contextmanager
    def _failures(self, address: Address | None = None) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._failed(error, address or self._address) from None

    def _failed(self, error: sqlite3.Error, address: Address) -> DataError:
        """What SQLite says, in our words."""
        reason = " ".join(str(error).split())[:300]
        if "no such table" in reason and address.query is None:
            names = [str(row[0]) for row in self._connection.execute("SELECT name FROM sqlite_master")]
            facts = {"table": ".".join(address.table), "database": address.shown}
            return DataError((Diagnostic("no-such-table", facts=facts, nearest=nearest(address.table[-1], names)),))
        if "not a database" in reason:
            facts = {"name": address.database, "database": address.shown, "reason": reason}
            return DataError((Diagnostic("no-such-database", facts=facts),))
        if "readonly" in reason or "unable to open" in reason:
            return DataError((Diagnostic("no-permission", facts={"database": address.shown, "reason": reason}),))
        if "disk is full" in reason:
            return DataError((Diagnostic("disk-full", facts={"file": address.shown}),))
        if address.query is not None and isinstance(error, sqlite3.OperationalError) and "locked" not in reason:
            return DataError((Diagnostic("query-failed", facts={"database": self.title, "reason": reason}),))
        return DataError((Diagnostic("engine-failed", facts={"engine": self.title, "reason": reason}),))


def _clean(value: object) -> str | None:
    """A text as rules compare it; SQLite itself knows no Unicode."""
    return clean_text(value if isinstance(value, str) else str(value)) if value is not None else None


def _stored(value: Any) -> object:
    """A value as SQLite keeps it: exact numbers as whole ones or in floating point, dates as texts."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Duration):
        return value.amount
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return value
