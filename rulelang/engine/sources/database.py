"""A table or a query of a database, row by row from a cursor in the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.connections.address import Address, read_address
from rulelang.engine.connections.opening import open_session
from rulelang.engine.sources.source import Row, Source, within_limit

_TYPES = {
    "integer": "BIGINT",
    "number": "NUMBER",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "any": "ANY",
}


def open_database(path: str) -> Source:
    """The rows of a table or a query, numbered from 1 in the order in which they come.

    Raises DataError: ``unknown-database``, ``database-address``, ``database-login``, ``no-such-table`` and others
    (engines.toml).
    """
    return open_address(read_address(path))


def open_address(address: Address) -> Source:
    """The same for an address that was read."""
    with open_session(address) as session:
        columns = session.columns(session.relation(address), address)
        estimated = session.estimate(address)
    names = within_limit([each.name for each in columns])
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        facts = {"file": address.shown}
        raise DataError(tuple(Diagnostic("duplicate-column", facts={**facts, "column": each}) for each in twice))

    def read() -> Iterator[Row]:
        with open_session(address) as session:
            kinds = [each.kind for each in columns]
            for number, cells in enumerate(session.rows(f"SELECT * FROM {session.relation(address)} AS t"), 1):
                yield Row(number, [session.value(cell, kind) for cell, kind in zip(cells, kinds, strict=True)])

    return Source(
        name=address.shown,
        format="database",
        columns=names,
        read=read,
        types=tuple(_TYPES.get(each.kind, "VARCHAR") for each in columns),
        count=lambda: estimated,
        address=address,
    )
