"""Sample customers, in a rule file's ``example`` blocks and in the files beside it.

name,        as_of,      last_purchase, expect lifecycle
a year gone, 2026-06-01, 2025-05-31,    lost
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from attrs import evolve

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.engine.sources.content import content_of
from rulelang.engine.sources.encoding import find_encoding
from rulelang.engine.sources.opening import open_source
from rulelang.engine.sources.source import SourceOptions
from rulelang.model.program import Model
from rulelang.testing.examples import read_examples
from rulelang.testing.record_tables import read_record_tables
from rulelang.testing.records import read_records
from rulelang.testing.sample import Samples
from rulelang.testing.tables import read_table

RECORD_ENDINGS = (".yaml", ".yml")


def read_samples(model: Model, files: Iterable[Path] = ()) -> Samples:
    """Reads the examples of a model, then the sample files in the order given.

    Never raises on a user's mistake: a file that can't be read at all is a finding among the diagnostics.
    """
    return sum((read_sample_file(model, each) for each in files), read_examples(model))


def read_sample_file(model: Model, path: Path) -> Samples:
    """Reads the samples of one file: YAML, or any table that ``rulelang run`` reads."""
    file = str(path)
    try:
        if path.suffix.casefold() in RECORD_ENDINGS:
            content = content_of(path)
            encoding = find_encoding(content)
            notes: tuple[Diagnostic, ...] = (encoding.note,) if encoding.note else ()
            with io.TextIOWrapper(content.open(), encoding.name) as stream:
                found = read_records(model, file, stream.read())
        else:
            records = read_record_tables(model, path)
            with open_source(path, SourceOptions(sheet=records.sheet)) as source:
                notes = source.notes
                found = read_table(model, file, source.columns, source.rows(), records)
    except DataError as error:
        found, notes = Samples((), error.diagnostics), ()
    whole = Span(file, 0, 0, 1, 1)
    placed = (each if each.span is not None else evolve(each, span=whole) for each in (*notes, *found.diagnostics))
    return Samples(found.samples, tuple(placed))


__all__ = ["read_sample_file", "read_samples"]
