"""The kinds of tables that a program may have in memory, each as Arrow columns, and answers put beside them.

None of their libraries is loaded for a table of another kind.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.extras import extra
from rulelang.engine.sources.source import within_limit

_KINDS = "pyarrow.Table, pandas.DataFrame, polars.DataFrame, polars.LazyFrame, duckdb.DuckDBPyRelation"

Added = tuple[tuple[str, Any], ...]
"""Columns that are added: their names and Arrow arrays."""


class Frame(ABC):
    """A table of one kind. ``columns`` are its titles, ``rows`` how many rows it has."""

    columns: tuple[str, ...]
    rows: int

    @abstractmethod
    def column(self, place: int) -> Any:
        """A column as Arrow's array; as a list of Python values where they are of different types."""

    @abstractmethod
    def beside(self, titles: Sequence[str], added: Added) -> Any:
        """The table under these titles with columns added, a new one of the same kind."""

    @abstractmethod
    def some(self, places: Sequence[int], added: Added) -> Any:
        """Some of its rows, with columns added."""


def as_frame(table: Any) -> Frame:
    """The table. Raises DataError (``not-a-table``, ``missing-extra``, ``duplicate-column``, ``too-many-columns``)."""
    kind = _kind(table)
    if kind is None:
        facts = {"found": type(table).__name__, "kinds": _KINDS}
        raise DataError((Diagnostic("not-a-table", facts=facts),))
    arrow()
    found: Frame = kind(table)
    return found


def is_frame(table: Any) -> bool:
    """Whether it is a table of a kind that is known here; asks no library that is not loaded."""
    return _kind(table) is not None


def arrow() -> Any:
    """The library that every table goes through. Raises DataError (``missing-extra``)."""
    return extra("tables", "pyarrow", "pyarrow")


def _kind(table: Any) -> type[Any] | None:
    for module, name, kind in (
        ("pandas", "DataFrame", PandasFrame),
        ("polars", "DataFrame", PolarsFrame),
        ("polars", "LazyFrame", LazyFrame),
        ("duckdb", "DuckDBPyRelation", Relation),
    ):
        known = getattr(sys.modules.get(module), name, None)  # who has such a table has loaded its library
        if known is not None and isinstance(table, known):
            return kind
    return ArrowFrame if hasattr(table, "__arrow_c_stream__") else None


def _titles(names: Sequence[Any]) -> tuple[str, ...]:
    titles = [str(each) for each in names]
    twice = [each for each, count in Counter(titles).items() if count > 1]
    if twice:
        raise DataError(tuple(Diagnostic("duplicate-column", facts={"file": "", "column": each}) for each in twice))
    return within_limit(titles)


class ArrowFrame(Frame):
    """Arrow's table, or whatever gives itself as a stream of Arrow's."""

    def __init__(self, table: Any) -> None:
        self.table = table if isinstance(table, arrow().Table) else arrow().table(table)
        self.columns, self.rows = _titles(self.table.column_names), self.table.num_rows

    def column(self, place: int) -> Any:
        """A column of the table."""
        return self.table.column(place)

    def beside(self, titles: Sequence[str], added: Added) -> Any:
        """Nothing is copied."""
        return _appended(self.table.rename_columns(list(titles)), added)

    def some(self, places: Sequence[int], added: Added) -> Any:
        """The rows as a table of their own."""
        return _appended(self.table.take(arrow().array(places, arrow().int64())), added)


def _appended(table: Any, added: Added) -> Any:
    for name, array in added:
        table = table.append_column(name, array)
    return table


class PandasFrame(Frame):
    """A data frame of pandas. Its index stays; whole numbers and yes or no become columns that can be missing."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self.columns, self.rows = _titles(table.columns), len(table)

    def column(self, place: int) -> Any:
        """A column; one of objects of several types as a list."""
        pa, series = arrow(), self._table.iloc[:, place]
        try:
            return pa.array(series, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
            return [None if blank else each for each, blank in zip(series, series.isna(), strict=True)]

    def beside(self, titles: Sequence[str], added: Added) -> Any:
        """A new frame; its columns are those of the old one."""
        found = self._table.copy(deep=False)
        renamed = [old if str(old) == new else new for old, new in zip(found.columns, titles, strict=True)]
        found.columns = sys.modules["pandas"].Index(renamed, name=found.columns.name)
        for name, array in added:
            found[name] = _series(array, found.index)
        return found

    def some(self, places: Sequence[int], added: Added) -> Any:
        """The rows with their index."""
        return PandasFrame(self._table.iloc[list(places)]).beside(self.columns, added)


def _series(array: Any, index: Any) -> Any:
    pa, pandas = arrow(), sys.modules["pandas"]
    kind = {pa.int64(): "Int64", pa.bool_(): "boolean"}.get(array.type, "object")
    return pandas.Series(array.to_pylist(), index=index, dtype=kind)


class PolarsFrame(Frame):
    """A data frame of polars."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self.columns, self.rows = _titles(table.columns), table.height

    def column(self, place: int) -> Any:
        """A column; one of Python's own objects as a list."""
        series = self._table.to_series(place)
        return series.to_list() if str(series.dtype) == "Object" else series.to_arrow()

    def beside(self, titles: Sequence[str], added: Added) -> Any:
        """A new frame; its columns are those of the old one."""
        polars = sys.modules["polars"]
        found = self._table.rename(dict(zip(self.columns, titles, strict=True)))
        return found.with_columns(polars.from_arrow(array).alias(name) for name, array in added)

    def some(self, places: Sequence[int], added: Added) -> Any:
        """The rows as a frame of their own."""
        return PolarsFrame(self._table[list(places)]).beside(self.columns, added)


class LazyFrame(PolarsFrame):
    """A query of polars: it is run, and what comes of it is lazy again."""

    def __init__(self, table: Any) -> None:
        super().__init__(table.collect())

    def beside(self, titles: Sequence[str], added: Added) -> Any:
        """A query over the new frame."""
        return super().beside(titles, added).lazy()

    def some(self, places: Sequence[int], added: Added) -> Any:
        """A query over some rows."""
        return super().some(places, added).lazy()


class Relation(ArrowFrame):
    """A relation of DuckDB: its query is run, and what comes of it is a relation of the same connection."""

    def __init__(self, table: Any) -> None:
        self._relation = table
        super().__init__(table.to_arrow_table())

    def beside(self, titles: Sequence[str], added: Added) -> Any:
        """A relation over the new table."""
        return self._related(super().beside(titles, added))

    def some(self, places: Sequence[int], added: Added) -> Any:
        """A relation over some rows."""
        return self._related(super().some(places, added))

    def _related(self, rulelang_table: Any) -> Any:
        # The query finds the table by the name that it has here.
        return self._relation.query("rulelang_relation", "SELECT * FROM rulelang_table")
