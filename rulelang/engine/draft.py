"""A file that is written aside, in the folder it belongs to, and takes its name only when it is complete."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import secrets
import shutil
import stat
from pathlib import Path
from zlib import crc32

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic

_ASIDE = re.compile(r"(?:tmp_)?\.?rulelang-([0-9a-f]{8})-([0-9]+)-[0-9a-f]{12}(?:\.part)?")


@frozen
class Draft:
    """``path`` is where to write now, ``target`` what it becomes; a device or a pipe is both."""

    path: Path
    target: Path

    def commit(self) -> None:
        """Puts the finished file in place of whatever had its name. Raises OSError."""
        if self.path != self.target:
            os.replace(self.path, self.target)

    def discard(self) -> None:
        """Takes the draft away; nothing happens where it is gone already."""
        if self.path != self.target:
            self.path.unlink(missing_ok=True)


def start_draft(path: str | os.PathLike[str]) -> Draft:
    """An empty file beside the one that is to be written, with the rights that one has or would get.

    A device or a pipe (``/dev/null``) can't be replaced: it is written to directly. Raises DataError:
    ``is-a-folder``, ``no-such-folder``, ``unwritable-file``.
    """
    name = os.fspath(path)
    try:
        target = Path(path).resolve()
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and stat.S_ISDIR(mode):
            raise DataError((Diagnostic("is-a-folder", facts={"file": name}),))
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, os.strerror(13), name)
        if mode is not None and not stat.S_ISREG(mode):
            return Draft(target, target)
        if not target.parent.is_dir():
            facts = {"file": name, "folder": str(target.parent)}
            raise DataError((Diagnostic("no-such-folder", facts=facts),))
        clear_abandoned(target.parent)
        draft = Draft(target.with_name(f".{marked('rulelang')}.part"), target)
        os.close(os.open(draft.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        if mode is not None:
            shutil.copymode(target, draft.path)
        return draft
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise unwritable(name, error) from error


def marked(name: str) -> str:
    """A name for something set aside that tells which process did, on which machine."""
    return f"{name}-{_machine()}-{os.getpid()}-{secrets.token_hex(6)}"


def clear_abandoned(folder: Path) -> None:
    """Takes away what runs on this machine set aside in a folder and, being killed, left behind."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            found = _ASIDE.fullmatch(path.name)
            if found is None or found[1] != _machine() or _is_alive(int(found[2])):
                continue
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _machine() -> str:
    return f"{crc32(platform.node().encode()):08x}"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is another user's
    return True


def unwritable(name: str, error: Exception) -> DataError:
    """The error for a file that can't be written: ``disk-full`` or ``unwritable-file``."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return DataError((Diagnostic("disk-full", facts={"file": name}),))
    reason = getattr(error, "strerror", None) or type(error).__name__
    return DataError((Diagnostic("unwritable-file", facts={"file": name, "reason": reason}),))


def same_file(first: str | os.PathLike[str], second: str | os.PathLike[str]) -> bool:
    """Whether two paths lead to one file, be it by a link, or would if it were there."""
    with contextlib.suppress(OSError, ValueError):  # one of them is not there yet
        if os.path.samefile(first, second):
            return True
    return os.path.realpath(first) == os.path.realpath(second)
