"""The bytes of a source: a file, or what came from standard input or a pipe, kept in a temporary file."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import weakref
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic

STANDARD_INPUT = "-"


@frozen
class Content:
    """Bytes that can be read as often as needed: ``path`` is where they lie, ``name`` what the user calls them.

    ``kept`` says that they lie in a temporary file of ours, which ``release()`` removes.
    """

    path: Path
    name: str
    kept: bool = False

    def open(self) -> BinaryIO:
        """The bytes from the first on. Raises DataError (``unreadable-file``)."""
        try:
            return open(self.path, "rb")
        except OSError as error:
            raise unreadable(self.name, error) from error

    def head(self, size: int) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(size)

    def size(self) -> int:
        """How many bytes there are."""
        return self.path.stat().st_size

    def release(self) -> None:
        """Removes the temporary file, where there is one."""
        if self.kept:
            self.path.unlink(missing_ok=True)


def content_of(path: str | os.PathLike[str]) -> Content:
    """The content of a file, of a pipe, or of standard input (``-``).

    Raises DataError: ``no-such-file``, ``is-a-folder`` or ``unreadable-file``.
    """
    if os.fspath(path) == STANDARD_INPUT:
        return _keep(sys.stdin.buffer, STANDARD_INPUT)
    name, place = os.fspath(path), Path(path)
    try:
        mode = place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError((Diagnostic("no-such-file", facts={"file": name}, nearest=_nearby(place)),)) from error
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from error
    if stat.S_ISDIR(mode):
        raise DataError((Diagnostic("is-a-folder", facts={"file": name}),))
    content = Content(place, name)
    if stat.S_ISREG(mode):
        content.open().close()  # permission is asked for now, not in the middle of a run
        return content
    with content.open() as stream:
        return _keep(stream, name)


def unreadable(name: str, error: Exception) -> DataError:
    """The error for a file that the operating system refuses."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return DataError((Diagnostic("unreadable-file", facts={"file": name, "reason": reason}),))


def _keep(stream: BinaryIO, name: str) -> Content:
    """A copy of a stream that can be read only once, in a temporary file that goes when its Content does."""
    handle, path = tempfile.mkstemp(prefix="rulelang-", suffix=".data")
    content = Content(Path(path), name, kept=True)
    weakref.finalize(content, content.path.unlink, missing_ok=True)
    try:
        with open(handle, "wb") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
    except OSError as error:
        raise unreadable(name, error) from error
    return content


def _nearby(path: Path) -> tuple[str, ...]:
    """Files of the same folder whose names come close."""
    try:
        names = sorted(each.name for each in path.parent.iterdir() if each.is_file())
    except OSError:
        return ()
    return tuple(str(path.with_name(each)) for each in get_close_matches(path.name, names, n=3))
