"""What every database gives: the columns of a table, rows, statements; all of it in one transaction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from rulelang.backends.sql.dialect import Dialect
from rulelang.engine.connections.address import Address


class ColumnType(NamedTuple):
    """A column: its name, what kind of values it holds, and its type as the database calls it.

    ``kind`` is one of ``text``, ``integer``, ``number``, ``float``, ``boolean``, ``date``, ``moment``, ``json``,
    ``list`` (of texts), ``any`` (each value has a type of its own), ``other``.
    ``digits`` are how many a number may have before and behind the point, None where its type doesn't say.
    """

    name: str
    kind: str
    type: str
    digits: tuple[int, int] | None = None


class Session(ABC):
    """An open connection, in a transaction from the first statement on.

    Used as a context manager it takes back whatever was not committed, and closes. Cells of rows are raw: what can be
    written into a column of the same type again.
    """

    dialect: Dialect
    title: str
    longest_name: int | None = None

    @abstractmethod
    def columns(self, relation: str, address: Address) -> tuple[ColumnType, ...]:
        """The columns of what stands after FROM. Raises DataError (``no-such-table``, ``no-permission``, …)."""

    @abstractmethod
    def execute(self, text: str) -> list[tuple[Any, ...]]:
        """Runs a statement, which Ctrl-C stops; its rows, with values of Python. Raises DataError."""

    @abstractmethod
    def rows(self, text: str) -> Iterator[tuple[Any, ...]]:
        """The raw rows of a query, some at a time."""

    @abstractmethod
    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Puts rows into a table."""

    @abstractmethod
    def exists(self, table: tuple[str, ...]) -> bool:
        """Whether there is such a table."""

    @abstractmethod
    def value(self, cell: Any, kind: str) -> object:
        """A raw cell as a value that fields are read from."""

    @abstractmethod
    def column_type(self, name: str) -> str:
        """The type of a column for a type of `rulelang.engine.running.output.answer_type`."""

    @abstractmethod
    def commit(self) -> None:
        """Makes everything so."""

    @abstractmethod
    def close(self) -> None:
        """Takes back what was not committed."""

    def estimate(self, address: Address) -> int | None:
        """About how many rows a table has, where that is known without counting."""
        del address
        return None

    def name(self, parts: Sequence[str]) -> str:
        """A table's name in a statement."""
        return ".".join(map(self.dialect.identifier, parts))

    def relation(self, address: Address) -> str:
        """What stands after FROM."""
        return self.name(address.table) if address.query is None else f"(\n{address.query}\n)"

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
