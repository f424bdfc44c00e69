"""What rules were read from besides their own files, and whether it is still as it was.

    origins = [("file", "/shop/cities.csv", "5f3c…"), ("absent", "/shop/base", None), ("installed", "", "77ab…")]
    all(state(kind, path) == found for kind, path, found in origins)

Of each there is a hash: of a ``file``'s content, of all files in a ``tree``, of a tree's ``outline`` (which files there
are, how large and when changed), and of the distributions ``installed``. This module imports next to nothing.
"""

from __future__ import annotations

import os
import sys

from rulelang import keeping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

FILE, ABSENT, TREE, OUTLINE, INSTALLED = "file", "absent", "tree", "outline", "installed"


def state(kind: str, path: str) -> str | None:
    """The hash of how something is now; None where it isn't there."""
    try:
        if kind == ABSENT:
            return "there" if os.path.exists(path) else None
        if kind == FILE or (kind == TREE and os.path.isfile(path)):
            return keeping.digest(_content(path))
        if kind == TREE:
            parts = [(os.fsencode(each), _content(each)) for each in files(path)]
            return keeping.digest(*(part for pair in parts for part in pair)) if parts else None
        found = distributions() if kind == INSTALLED else files(path)
        return keeping.digest(*(each for entry in found for each in _outline(entry)))
    except OSError:
        return None


def changed_since(kind: str, path: str, moment: int) -> bool:
    """Whether something was changed after a moment, in nanoseconds as `time.time_ns` counts; also where it is gone."""
    try:
        if kind == ABSENT:
            return os.path.exists(path)
        found = distributions() if kind == INSTALLED else files(path) if os.path.isdir(path) else [path]
        return any(_changed(each) >= moment for each in found)
    except OSError:
        return True


def files(folder: str) -> Iterator[str]:
    """All files below a folder, in order, but for what Python makes of them; the file itself where it is one."""
    if os.path.isfile(folder):
        yield folder
        return
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            if name != "__pycache__" and not name.startswith("."):
                yield from files(path)
        else:
            yield path


def distributions() -> Iterator[str]:
    """Where Python finds what is installed: its search path, and in it the description of each distribution."""
    for place in sys.path:
        try:
            names = sorted(each for each in os.listdir(place or ".") if each.endswith((".dist-info", ".egg-info")))
        except OSError:
            continue
        yield from (os.path.join(place or ".", each) for each in names)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _outline(path: str) -> tuple[bytes, bytes]:
    found = os.stat(path)
    return os.fsencode(path), b"%d %d" % (found.st_size, found.st_mtime_ns)


def _changed(path: str) -> int:
    """When a file was changed: its content, or its name or date, which a copy may have brought along."""
    found = os.stat(path)
    return max(found.st_mtime_ns, found.st_ctime_ns)
