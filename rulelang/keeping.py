"""Files that can be made anew at any time, kept in the user's cache folder: read whole or not at all, never too many.

    key = digest(b"what it was made from", b"by what")
    content = read(f"{key}.head")           # None where there is none, or it is damaged
    write(f"{key}.head", b"...")            # does nothing where that can't be done

What is kept may hold compiled code, as Python's own cache of modules does. It is therefore read only from a folder, and
from files, that belong to this user and that nobody else may write to. This module imports next to nothing: reading
what is kept must take less than making it.
"""

from __future__ import annotations

import os
import sys
import time

from rulelang.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from hashlib import blake2b
else:
    try:
        # What `hashlib` has from there as well, without OpenSSL: to load that takes half as long as all else here.
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b

MOST_BYTES = 400_000_000  # together; the files unused for longest go first
MOST_FILES = 2_000
STARTED = time.time_ns()  # whatever was imported since is as it was then, unless it was changed later
STALE = 3600  # seconds after which a file that was never put in place is left by a process that is gone

_MARK = b"rulelang kept 1\n"
_CHECK = 32  # bytes of a check sum
_ENDINGS = (".head", ".program", ".doubts", ".model", ".day", ".name")


def folder() -> str:
    """Where derived files may be kept: ``$RULELANG_CACHE``, else the user's cache folder."""
    given = os.environ.get("RULELANG_CACHE")
    if given:
        return given
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "rulelang")


def digest(*parts: bytes) -> str:
    """A name for what was made from some parts; other parts, or the same ones cut otherwise, have another one."""
    found = blake2b(digest_size=20)
    for each in parts:
        found.update(b"%d:" % len(each))
        found.update(each)
    return found.hexdigest()


def read(name: str) -> memoryview | None:
    """The content kept under a name; None where there is none, where others may have written it, or it is damaged."""
    path = os.path.join(folder(), name)
    try:
        with open(path, "rb") as file:
            if not (_is_ours(os.fstat(file.fileno())) and _is_ours(os.stat(folder()))):
                return None
            found = file.read()
        os.utime(path)  # used just now: of all, the files unused for longest are removed
    except OSError:
        return None
    start = len(_MARK) + _CHECK
    content = memoryview(found)[start:]
    return content if found[:start] == _MARK + _checked(content) else None


def write(name: str, content: bytes) -> bool:
    """Keeps a content; whoever reads meanwhile finds the former one or this one, whole. Whether that could be done."""
    place = folder()
    temporary = os.path.join(place, f"{name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        os.makedirs(place, mode=0o700, exist_ok=True)
        if not _is_ours(os.stat(place)):
            return False
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "wb") as file:
                file.write(_MARK + _checked(memoryview(content)))
                file.write(content)
            os.replace(temporary, os.path.join(place, name))
        except BaseException:
            os.unlink(temporary)
            raise
        _remove_oldest(place)
    except OSError:
        return False
    return True


def stamp() -> bytes:
    """What stands for this program in the name of everything it keeps: its version, Python's, and in a checkout when
    its files were last changed."""
    package = os.path.dirname(os.path.abspath(__file__))
    parts = [__version__, sys.version, sys.implementation.cache_tag or "", package]
    above = os.path.dirname(package)
    grammars = os.path.join(above, "grammars")
    if os.path.isdir(grammars):
        parts.append(_state((package, grammars, os.path.join(above, "plugins"))))
    else:
        parts.append(str(os.stat(os.path.abspath(__file__)).st_mtime_ns))
    return "\n".join(parts).encode()


def _state(folders: Iterable[str]) -> str:
    """How many files are below some folders, how large they are, and when they were changed, all added up."""
    waiting = list(folders)
    count = sizes = changes = 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                for each in found:
                    name = each.name
                    if name.endswith((".py", ".toml", ".lark")):
                        state = each.stat()
                        count += 1
                        sizes += state.st_size
                        changes += state.st_mtime_ns
                    elif "." not in name and name != "__pycache__" and each.is_dir():
                        waiting.append(each.path)
        except OSError:
            continue
    return f"{count} {sizes} {changes}"


def _checked(content: memoryview) -> bytes:
    return blake2b(content, digest_size=_CHECK).digest()


def _is_ours(found: os.stat_result) -> bool:
    """Whether a folder or file is this user's, and nobody else may change it. Elsewhere than on POSIX the user's
    folders are closed to others as they are."""
    if os.name != "posix":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _remove_oldest(place: str) -> None:
    """Removes the files unused for longest where there are too many, and what killed processes have left."""
    found: list[tuple[float, int, str]] = []
    with os.scandir(place) as entries:
        for each in entries:
            if each.name.endswith((*_ENDINGS, ".part")):
                status = each.stat()
                found.append((status.st_mtime, status.st_size, each.path))
    found.sort(reverse=True)
    newest = found[0][0] if found else 0
    size = 0
    for number, (used, length, path) in enumerate(found):
        size += length
        left = path.endswith(".part") and newest - used > STALE
        if left or (number and (size > MOST_BYTES or number >= MOST_FILES)):
            try:
                os.unlink(path)
            except OSError:
                continue  # another process was first
