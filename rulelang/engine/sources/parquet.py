"""Parquet: a file, a folder of them, or a pattern such as `2026-*.parquet`, all rows in the order of the names."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.connections.duck import Duck, literal, open_duck, quoted
from rulelang.engine.sources.source import Row, Source, within_limit

ENDING = ".parquet"


@frozen
class ParquetFiles:
    """The files, and the names and types of their columns."""

    name: str
    paths: tuple[str, ...]
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: int

    @property
    def relation(self) -> str:
        """What a query reads; with `file_index` and `file_row_number` every row is known."""
        return f"read_parquet([{', '.join(map(literal, self.paths))}])"


def is_parquet(path: str | os.PathLike[str]) -> bool:
    """Whether a path is Parquet: a file that says so in its first bytes, a folder with such files, a pattern."""
    name = os.fspath(path)
    if "\0" in name:
        return False
    if os.path.isdir(name):
        return any(True for _ in Path(name).rglob("*" + ENDING))
    if any(sign in name for sign in "*?["):
        return not os.path.exists(name) and any(each.endswith(ENDING) for each in glob.iglob(name, recursive=True))
    if not os.path.isfile(name):  # what is read from a pipe is gone
        return False
    try:
        with open(name, "rb") as file:
            return file.read(4) == b"PAR1"
    except OSError:
        return False


def parquet_files(path: str | os.PathLike[str], duck: Duck) -> ParquetFiles:
    """The files that a path names. Raises DataError (``engine-failed``: damaged; ``no-such-file``)."""
    name = os.fspath(path)
    if os.path.isdir(name):
        found = sorted(str(each) for each in Path(name).rglob("*" + ENDING))
    elif os.path.exists(name):
        found = [name]
    else:
        found = sorted(glob.glob(name, recursive=True))
    if not found:
        raise DataError((Diagnostic("no-such-file", facts={"file": name}),))
    relation = f"read_parquet([{', '.join(map(literal, found))}])"
    described = duck.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    rows = duck.execute(f"SELECT count(*) FROM {relation}").fetchone()[0]
    names = within_limit([str(each[0]) for each in described])
    return ParquetFiles(name, tuple(found), names, tuple(str(each[1]) for each in described), int(rows))


def open_parquet(path: str | os.PathLike[str]) -> Source:
    """The rows as a source, numbered from 1. Raises as `parquet_files`, and DataError (``missing-extra``)."""
    with open_duck(purpose=os.fspath(path)) as duck:
        files = parquet_files(path, duck)

    def read() -> Iterator[Row]:
        columns = ", ".join(map(quoted, files.columns))
        order = "ORDER BY file_index, file_row_number" if len(files.paths) > 1 else ""
        with open_duck(purpose=files.name) as duck:
            rows = duck.rows(f"SELECT {columns} FROM {files.relation} {order}")
            for number, cells in enumerate(rows, 1):
                yield Row(number, list(cells))

    return Source(
        name=files.name,
        format="parquet",
        columns=files.columns,
        read=read,
        path=files.name,
        types=files.types,
        count=lambda: files.rows,
    )
