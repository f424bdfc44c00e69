"""The files that a run writes: none of them may be one that it reads, or another that it writes."""

from __future__ import annotations

import os

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.draft import same_file
from rulelang.engine.sinks.opening import STANDARD_OUTPUT

PathLike = str | os.PathLike[str]


def refuse_same_files(source: str | None, *targets: PathLike | None) -> None:
    """Raises DataError (``same-file``) where a file would be read and written, or written twice, at the same time."""
    files = [os.fspath(each) for each in (source, *targets) if each is not None]
    for place, path in enumerate(files):
        if any(same_file(path, other) for other in files[:place]) and not _is_device(path):
            raise DataError((Diagnostic("same-file", facts={"file": path}),))


def _is_device(path: str) -> bool:
    return path != STANDARD_OUTPUT and os.path.exists(path) and not os.path.isfile(path)
