"""ClickHouse within the tests' own process: the package chdb."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from tests.servers.processes import NotHere


@contextlib.contextmanager
def clickhouse() -> Iterator[Adapted]:
    """A connection to a database in memory. Raises NotHere."""
    try:
        from chdb import dbapi
    except ImportError:
        raise NotHere("chdb is not installed") from None
    connection = dbapi.connect()
    try:
        yield Adapted(connection)
    finally:
        connection.close()


class Adapted:
    """The connection with the one method that the tests use."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, text: str, values: Sequence[object] = ()) -> Any:
        if text.startswith("CREATE TABLE"):
            text += " ENGINE = Memory"
        cursor = self._connection.cursor()
        if values:
            text = text.rpartition(" VALUES ")[0] + f" VALUES ({', '.join(map(_literal, values))})"
        cursor.execute(text)
        return cursor


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
