"""Opens a connection to the database that an address names."""

from __future__ import annotations

from rulelang.engine.connections.address import Address
from rulelang.engine.connections.session import Session


def open_session(address: Address) -> Session:
    """A connection of its own. Raises DataError: ``missing-extra``, ``database-unreachable``, ``database-login``."""
    if address.kind == "sqlite":
        from rulelang.engine.connections.sqlite import SqliteSession

        return SqliteSession(address)
    from rulelang.engine.connections.postgres import PostgresSession

    return PostgresSession(address)
