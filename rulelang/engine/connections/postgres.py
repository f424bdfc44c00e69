"""PostgreSQL, by psycopg. Every statement of a session sees the same rows, whatever others write meanwhile."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rulelang.backends.sql.dialects import POSTGRES
from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.engine.connections.address import Address
from rulelang.engine.connections.session import ColumnType, Session
from rulelang.engine.extras import extra

_INTEGERS = {21: (5, 0), 23: (10, 0), 20: (19, 0)}  # by their numbers in every server: digits
_NUMERIC = 1700
_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("float4", "float8"), "float"),
    **{"numeric": "number", "bool": "boolean", "date": "date", "timestamp": "moment"},
    **{"json": "json", "jsonb": "json", "uuid": "text"},
}
_CATEGORIES = {"S": "text", "E": "text", "A": "list"}
_TYPES = {"VARCHAR": "TEXT", "NUMBER": "NUMERIC", "VARCHAR[]": "TEXT[]", "DOUBLE": "DOUBLE PRECISION"}
_KEPT = ("BIGINT", "DATE", "BOOLEAN", "TIMESTAMP")
_NO_DATABASE = re.compile(r'database ".*" does not exist')
_MEMBER = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,]+)')
_SOME = 5000
# How values are written and texts are read must not depend on how a server was set up.
_SETTINGS = (
    "SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1; SET bytea_output = 'hex'; "
    "SET standard_conforming_strings = on; SET synchronize_seqscans = off; SET jit = off"
)


class PostgresSession(Session):
    """A connection to PostgreSQL."""

    dialect = POSTGRES
    title = "PostgreSQL"
    longest_name = 63  # bytes; what is longer the server cuts

    def __init__(self, address: Address) -> None:
        self._library: Any = extra("postgres", "psycopg", "PostgreSQL")
        self._address = address
        settings = {"connect_timeout": "10", "application_name": "rulelang", **address.settings}
        try:
            self._connection = self._library.connect(**settings, client_encoding="utf8")
            self._connection.autocommit = True
            self._connection.execute(_SETTINGS)
            self._connection.autocommit = False
            self._connection.isolation_level = self._library.IsolationLevel.REPEATABLE_READ
        except self._library.Error as error:
            raise self._refused(error) from None

    def columns(self, relation: str, address: Address) -> tuple[ColumnType, ...]:
        """The columns of a table or a query."""
        with self._failures(address):
            described = self._connection.execute(f"SELECT * FROM {relation} AS t LIMIT 0").description or ()
            oids = list({each.type_code for each in described})
            found = self._connection.execute(
                "SELECT oid, typname, typcategory, format_type(oid, NULL) FROM pg_type WHERE oid = ANY(%s)", [oids]
            ).fetchall()
        kinds = {
            oid: (_KINDS.get(name) or _CATEGORIES.get(category, "other"), shown) for oid, name, category, shown in found
        }
        return tuple(ColumnType(each.name, *kinds[each.type_code], _digits(each)) for each in described)

    def execute(self, text: str) -> list[tuple[Any, ...]]:
        """Runs a statement; Ctrl-C cancels it in the server, too."""
        with self._failures():
            cursor = self._connection.execute(text)
            return list(cursor.fetchall()) if cursor.description is not None else []

    def rows(self, text: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query from a cursor in the server, every cell as text."""
        with self._failures(), self._connection.cursor(name="rulelang_rows") as cursor:
            _read_as_text(cursor, self._library)
            cursor.itersize = _SOME
            yield from cursor.execute(text)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Copies rows into a table."""
        names = ", ".join(map(self.dialect.identifier, columns))
        command = f"COPY {table} ({names}) FROM STDIN"
        with self._failures(), self._connection.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                copy.write_row([list(each) if isinstance(each, tuple) else each for each in row])

    def exists(self, table: tuple[str, ...]) -> bool:
        """Whether there is such a table or view, for this user."""
        with self._failures():
            found = self._connection.execute("SELECT to_regclass(%s)", [self.name(table)]).fetchone()
        return bool(found is not None and found[0] is not None)

    def value(self, cell: Any, kind: str) -> object:
        """A text as the value of its type; what Python can't hold (the year 20000, infinity) stays a text."""
        if cell is None or kind == "text":
            return cell
        with contextlib.suppress(ValueError):
            match kind:
                case "integer":
                    return int(cell)
                case "number":
                    return Decimal(cell)
                case "float":
                    return float(cell)
                case "boolean":
                    return bool(cell == "t")
                case "date":
                    return date.fromisoformat(cell)
                case "moment":
                    return datetime.fromisoformat(cell)
                case "list":
                    return [plain or re.sub(r"\\(.)", r"\1", quoted) for quoted, plain in _MEMBER.findall(cell[1:-1])]
                case "json":
                    return json.loads(cell, parse_float=Decimal)
        return cell

    def column_type(self, name: str) -> str:
        """The type of a column of a result."""
        return name if name in _KEPT else _TYPES.get(name, "TEXT")

    def estimate(self, address: Address) -> int | None:
        """What the planner believes."""
        if address.query is not None:
            return None
        with self._failures():
            found = self._connection.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [self.name(address.table)]
            ).fetchone()
        return int(found[0]) if found is not None and found[0] > 0 else None

    def commit(self) -> None:
        """Ends the transaction."""
        with self._failures():
            self._connection.commit()

    def close(self) -> None:
        """Stops what still runs, takes everything back, and closes."""
        with contextlib.suppress(self._library.Error):
            if self._connection.info.transaction_status == self._library.pq.TransactionStatus.ACTIVE:
                self._connection.cancel()
        self._connection.close()

    # --- failures ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _failures(self, address: Address | None = None) -> Iterator[None]:
        try:
            yield
        except self._library.Error as error:
            raise self._failed(error, address or self._address) from None

    def _failed(self, error: Any, address: Address) -> DataError:
        """What the server says, in our words."""
        codes, reason = self._library.errors, self._reason(error)
        match error:
            case codes.UndefinedTable() | codes.InvalidSchemaName() if address.query is None:
                self._connection.rollback()
                facts = {"table": ".".join(address.table), "database": address.shown}
                return DataError((Diagnostic("no-such-table", facts=facts, nearest=self._tables_like(address)),))
            case codes.InsufficientPrivilege() | codes.ReadOnlySqlTransaction():
                return DataError((Diagnostic("no-permission", facts={"database": address.shown, "reason": reason}),))
            case codes.DuplicateTable():
                return DataError((Diagnostic("table-exists", facts={"table": ".".join(address.table)}),))
            case codes.DiskFull() | codes.ConfigurationLimitExceeded():
                server = f"{self.title}, {address.shown.partition('?')[0]}"
                return DataError((Diagnostic("disk-full", facts={"server": server, "reason": reason}),))
        if address.query is not None and str(error.sqlstate).startswith("42"):
            return DataError((Diagnostic("query-failed", facts={"database": self.title, "reason": reason}),))
        return DataError((Diagnostic("engine-failed", facts={"engine": self.title, "reason": reason}),))

    def _tables_like(self, address: Address) -> tuple[str, ...]:
        """The tables with a name like one that is not there."""
        found = self._connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') LIMIT 5000"
        ).fetchall()
        names = [name if len(address.table) == 1 else f"{schema}.{name}" for schema, name in found]
        wanted = ".".join(address.table)
        same = tuple(each for each in names if each.casefold() == wanted.casefold())
        return same or nearest(wanted, names)

    def _refused(self, error: Any) -> DataError:
        """Why there is no connection: nobody answers, or the server does not let us in."""
        reason = self._reason(error)
        facts = {"database": self._address.shown, "reason": reason}
        if _NO_DATABASE.search(reason):
            return DataError((Diagnostic("no-such-database", facts={**facts, "name": self._address.database}),))
        answered = any(word in reason for word in ("FATAL", "password", "致命", "ERROR"))
        return DataError((Diagnostic("database-login" if answered else "database-unreachable", facts=facts),))

    def _reason(self, error: Any) -> str:
        """What the driver says, on one line and without the password."""
        primary = getattr(getattr(error, "diag", None), "message_primary", None)
        text = " ".join(str(primary or error).split())[:300]
        return text.replace(self._address.secret, "***") if self._address.secret else text


def _digits(column: Any) -> tuple[int, int] | None:
    """How many digits a column's numbers may have before and behind the point."""
    if column.type_code == _NUMERIC and column.precision is not None and 0 <= (column.scale or 0) <= column.precision:
        return column.precision - (column.scale or 0), column.scale or 0
    return _INTEGERS.get(column.type_code)


def _read_as_text(cursor: Any, library: Any) -> None:
    """Every cell as the server writes it, so that a column of any type can be written again."""

    class AsText(library.adapt.Loader):  # type: ignore[misc]  # a class of the driver
        def load(self, data: Any) -> str:
            return bytes(data).decode()

    for each in library.adapters.types:
        cursor.adapters.register_loader(each.oid, AsText)
        if each.array_oid:
            cursor.adapters.register_loader(each.array_oid, AsText)
