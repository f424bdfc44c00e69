"""A connection to the database of each dialect that tests can run: `execute(text, values)`, with `?` for a value."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import duckdb

from rulelang.backends.sql.dialect import Dialect
from rulelang.backends.sql.dialects import CLICKHOUSE, DUCKDB, MYSQL, POSTGRES, SQLITE

EXECUTED: Mapping[str, Dialect] = {each.name: each for each in (DUCKDB, SQLITE, POSTGRES, MYSQL, CLICKHOUSE)}


def connect(dialect: str, stack: ExitStack, postgres_url: str = "") -> Any:
    """The connection, open as long as the stack. Raises NotHere where the machine has no such database."""
    if dialect == "duckdb":
        return stack.enter_context(duckdb.connect())
    if dialect == "sqlite":
        connection = sqlite3.connect(":memory:")
        stack.callback(connection.close)
        return connection
    if dialect == "postgres":
        import psycopg

        from tests.servers.postgres import Adapted

        return Adapted(stack.enter_context(psycopg.connect(postgres_url, autocommit=True)))
    if dialect == "mysql":
        from tests.servers.mariadb import mariadb

        return stack.enter_context(mariadb())
    from tests.servers.clickhouse import clickhouse

    return stack.enter_context(clickhouse())
