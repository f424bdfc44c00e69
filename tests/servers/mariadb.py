"""MariaDB as Debian packages it, in the SQL that MySQL understands."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from tests.servers.processes import NotHere, account, folder_for, free_port, program, running, with_places


@contextlib.contextmanager
def mariadb() -> Iterator[Any]:
    """A connection to a server of its own. Raises NotHere."""
    try:
        import pymysql
    except ImportError:
        raise NotHere("pymysql is not installed") from None
    server = program("mariadbd", "/usr/sbin", "/usr/libexec")
    install = program("mariadb-install-db", "/usr/bin")
    owner = account("mysql", "nobody")
    with folder_for(owner, "mariadb") as folder:
        port = free_port()
        data = f"--datadir={folder / 'data'}"
        owner.run(
            [install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"], folder
        )
        command = [server, "--no-defaults", data, f"--port={port}", "--bind-address=127.0.0.1"]
        command += [
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
            "--innodb-flush-log-at-trx-commit=0",
        ]

        def connect() -> Any:
            return pymysql.connect(host="127.0.0.1", port=port, user="root", charset="utf8mb4", autocommit=True)

        with running(owner, command, folder, lambda: connect().close()):
            connection = connect()
            try:
                yield Adapted(connection)
            finally:
                connection.close()


class Adapted:
    """The connection with the one method that the tests use."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.execute("CREATE DATABASE IF NOT EXISTS rules CHARACTER SET utf8mb4")
        self.execute("USE rules")
        self.execute("SET sql_mode = 'STRICT_ALL_TABLES'")

    def execute(self, text: str, values: Sequence[object] = ()) -> Any:
        cursor = self._connection.cursor()
        cursor.execute(with_places(text) if values else text, list(values) if values else None)
        return cursor
