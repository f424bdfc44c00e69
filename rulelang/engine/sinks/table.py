"""A table of a database that rows are written to: there when it is committed, as a whole, and else not at all."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.connections.address import read_address
from rulelang.engine.connections.opening import open_session
from rulelang.engine.connections.session import Session

TABLE = "table"
_SOME = 5000


@frozen
class TableDraft:
    """The transaction that the table is made in."""

    session: Session

    def commit(self) -> None:
        """Makes the table visible. Raises DataError."""
        self.session.commit()
        self.session.close()

    def discard(self) -> None:
        """Takes it back, where it was not committed."""
        self.session.close()


class TableWriter:
    """Writes rows into a table, some at a time."""

    def __init__(self, session: Session, table: str, columns: Sequence[str]) -> None:
        self.session = session
        self._table, self._columns = table, columns
        self._rows: list[Sequence[object]] = []

    def write(self, cells: Sequence[object]) -> None:
        """Writes one row."""
        self._rows.append(cells)
        if len(self._rows) == _SOME:
            self.finish()

    def finish(self) -> None:
        """Writes what is left."""
        if self._rows:
            self.session.insert(self._table, self._columns, self._rows)
            self._rows = []

    def abandon(self) -> None:
        """Drops what is left."""
        self._rows = []


def open_table(path: str, columns: Sequence[str], types: Sequence[str], replace: bool) -> TableWriter:
    """A new table, in a session of its own. Raises DataError: ``database-address``, ``table-exists`` and what sessions
    raise.
    """
    address = read_address(path)
    if not address.table:
        raise DataError((Diagnostic("database-address", facts={"address": address.shown}),))
    session = open_session(address)
    try:
        make_way(session, address.table, columns, replace)
        kinds = [*types, *("VARCHAR" for _ in columns[len(types) :])]
        items = ", ".join(
            f"{session.dialect.identifier(name)} {session.column_type(kind)}"
            for name, kind in zip(columns, kinds, strict=True)
        )
        session.execute(f"CREATE TABLE {session.name(address.table)} ({items})")
        return TableWriter(session, session.name(address.table), columns)
    except BaseException:
        session.close()
        raise


def make_way(session: Session, table: tuple[str, ...], columns: Sequence[str], replace: bool) -> None:
    """Makes sure that a table may be made: there is none of that name, or it may be replaced and goes.

    Raises DataError: ``table-exists``, ``long-column``.
    """
    longest = session.longest_name
    for each in (*table, *columns):
        if longest is not None and len(each.encode()) > longest:
            facts = {"column": each, "limit": longest, "database": session.title}
            raise DataError((Diagnostic("long-column", facts=facts),))
    if session.exists(table):
        if not replace:
            raise DataError((Diagnostic("table-exists", facts={"table": ".".join(table)}),))
        session.execute(f"DROP TABLE {session.name(table)}")
