"""Where a table is: `postgresql://user@host:5432/bank?table=customers`, `sqlite:///bank.db?query=select …`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from attrs import field, frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic

SCHEMES: Mapping[str, str] = {"postgresql": "postgresql", "postgres": "postgresql", "sqlite": "sqlite"}

_STARS = "***"
_SECRET = re.compile(r"(?<=://)([^/?#@]*):([^/?#]*)@")
_PASSWORD = re.compile(r"(?i)([?&](?:password|sslpassword)=)[^&#]*")
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')


@frozen
class Address:
    """A table or a query in a database.

    ``settings`` is what the driver connects with; of an SQLite file it is the ``database``. ``table`` are the parts of
    a table's name, ``query`` is a query that stands in its place. ``shown`` is the address without its password.
    """

    kind: str
    database: str
    settings: Mapping[str, str] = field(repr=False)
    table: tuple[str, ...]
    query: str | None
    shown: str

    @property
    def title(self) -> str:
        return {"sqlite": "SQLite"}.get(self.kind, "PostgreSQL")

    @property
    def place(self) -> tuple[object, ...]:
        """What tells one database from another."""
        names = ("host", "port", "hostaddr", "dbname")
        return (self.kind, self.database, *(self.settings.get(each, "") for each in names))

    @property
    def secret(self) -> str:
        return self.settings.get("password", "")


def is_address(path: object) -> bool:
    """Whether a path is the address of something in a database."""
    return isinstance(path, str) and "://" in path


def is_beside(path: object, address: Address) -> bool:
    """Whether a path is the address of a table in the database of another address."""
    return isinstance(path, str) and is_address(path) and read_address(path).place == address.place


def masked(path: str) -> str:
    """A path as it may be shown: an address without its password."""
    if "://" not in path:
        return path
    return _PASSWORD.sub(rf"\1{_STARS}", _SECRET.sub(rf"\1:{_STARS}@", path))


def read_address(text: str) -> Address:
    """The address. Raises DataError (``unknown-database``, ``database-address``)."""
    shown = masked(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _unclear(shown) from None
    kind = SCHEMES.get(parts.scheme.casefold())
    if kind is None:
        raise DataError((Diagnostic("unknown-database", facts={"name": parts.scheme, "known": tuple(SCHEMES)}),))
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    table, query = given.pop("table", None), given.pop("query", None)
    if (table is None) == (query is None):
        raise _unclear(shown)
    names = () if table is None else table_name(table)
    if table is not None and not names:
        raise _unclear(shown)
    if kind == "sqlite":
        return Address(kind, _file(parts, shown), {}, names, query, shown)
    settings = {**given, "dbname": unquote(parts.path.lstrip("/")), "host": parts.hostname or given.get("host", "")}
    settings |= {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or given.get("password", "")),
    }
    settings["port"] = str(port) if port is not None else given.get("port", "")
    known = {name: value for name, value in settings.items() if value}
    return Address(kind, known.get("dbname", ""), known, names, _single(query), shown)


def _file(parts: SplitResult, shown: str) -> str:
    """The path of an SQLite file: three slashes and a path from here, four and one from the root."""
    path = unquote(parts.path)
    if parts.netloc or not path.startswith("/") or len(path) == 1:
        raise _unclear(shown)
    return path[1:]


def _single(query: str | None) -> str | None:
    return None if query is None else query.strip().rstrip(";").rstrip()


def table_name(text: str) -> tuple[str, ...]:
    """The parts of a table's name, written as they are: `bank.customers`, `"a.b"."c"`. Empty: there is no such name."""
    found: list[str] = []
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None:
            return ()
        found.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        place = match.end()
        if place < len(text) and (text[place] != "." or place + 1 == len(text)):
            return ()
        place += 1
    return tuple(found)


def _unclear(shown: str) -> DataError:
    return DataError((Diagnostic("database-address", facts={"address": shown}),))
