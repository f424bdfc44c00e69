"""PostgreSQL as Debian packages it, with a role that needs a password and one that may do anything."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.servers.processes import NotHere, account, folder_for, free_port, program, running, with_places

PASSWORD = "s3cret/word"
_ACCESS = """
local all all trust
host all clerk 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a server of its own, without a table in it. Raises NotHere.

    The role `rules` owns it; `clerk` has the password of this module and no rights but to connect.
    """
    try:
        import psycopg
    except ImportError:
        raise NotHere("psycopg is not installed") from None
    server = program("postgres", "/usr/lib/postgresql/*/bin")
    owner = account("postgres", "nobody")
    with folder_for(owner, "postgres") as folder:
        data, port = folder / "data", free_port()
        tools = os.path.dirname(server)
        owner.run(
            [f"{tools}/initdb", "-D", str(data), "-U", "rules", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            folder,
        )
        _write(data / "pg_hba.conf", _ACCESS)
        command = [server, "-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-F"]
        command += ["-c", "max_connections=20", "-c", "shared_buffers=64MB"]
        url = f"postgresql://rules@127.0.0.1:{port}/postgres"
        with running(owner, command, folder, lambda: psycopg.connect(url).close(), signal.SIGINT):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE ROLE clerk LOGIN PASSWORD '{PASSWORD}'")
            yield url


def _write(path: Path, text: str) -> None:
    """Over a file of the server's, which stays the server's."""
    with open(path, "r+", encoding="utf-8") as file:
        file.truncate()
        file.write(text)


class Adapted:
    """A connection with the one method that the tests use."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, text: str, values: Sequence[object] = ()) -> Any:
        import psycopg

        cursor = psycopg.ClientCursor(self._connection)  # a text in the statement takes the type of its column
        return cursor.execute(with_places(text) if values else text, list(values) or None)
