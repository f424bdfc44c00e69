"""Keys that say whose a record is, read on the executors where they are no plain text."""

from __future__ import annotations

import csv
from typing import Any

from rulelang.engine.reading.joined import key_text
from rulelang.engine.spark.records import cells_of


def key_texts(delimiter: str, place: int) -> Any:
    """For an Arrow function: the texts of keys that come as structs of a ``cell`` and the ``line`` that could not be
    cut into cells, null for all others.
    """
    import pyarrow

    def read(asked: pyarrow.Array) -> pyarrow.Array:
        if asked.null_count == len(asked):
            return pyarrow.nulls(len(asked), pyarrow.string())
        _, cells, lines = map(cells_of, asked.flatten())
        found = [
            _text(cell, line, delimiter, place) if there else None
            for there, cell, line in zip(asked.is_valid().to_pylist(), cells, lines, strict=True)
        ]
        return pyarrow.array(found, pyarrow.string())

    read.__annotations__ = {"asked": pyarrow.Array, "return": pyarrow.Array}
    return read


def _text(cell: object, line: str | None, delimiter: str, place: int) -> str | None:
    if line is not None:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            return None
        cell = cells[place] if place < len(cells) else None
    return key_text(cell) or None
