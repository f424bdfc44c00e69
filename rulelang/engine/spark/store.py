"""The files of whatever Spark reads and writes (a disk, HDFS, an object store), by Hadoop's own client."""

from __future__ import annotations

import os
import secrets
from typing import Any

from rulelang.diagnostics.diagnostic import DataError, Diagnostic

_MOST_LISTED = 200_000


class Store:
    """Lists, renames and removes by path or URI."""

    def __init__(self, session: Any) -> None:
        self._jvm = session._jvm
        self._conf = session._jsc.hadoopConfiguration()

    def _path(self, name: str) -> tuple[Any, Any]:
        """The file system and the path of a full name."""
        path = self._jvm.org.apache.hadoop.fs.Path(name)
        return path.getFileSystem(self._conf), path

    def files(self, name: str) -> list[str]:
        """The data files that a path or pattern stands for, in the order of their names."""
        system, path = self._path(self.pattern(name))
        found: list[str] = []
        for status in system.globStatus(path) or ():
            listed = system.listFiles(status.getPath(), True)
            while listed.hasNext() and len(found) < _MOST_LISTED:
                each = str(listed.next().getPath().toString())
                if not _hidden(each[len(str(status.getPath().toString())) :]):
                    found.append(each)
        return sorted(found)

    def pattern(self, name: str) -> str:
        """A path or pattern to read from, the same wherever Java was started; in the name of a file nothing is one."""
        full = self.full(name)
        return _escaped(full) if full != name and os.path.exists(name) else full

    def full(self, name: str) -> str:
        """A path from its root, where this machine's disk is meant."""
        default = self._jvm.org.apache.hadoop.fs.FileSystem.getDefaultUri(self._conf).getScheme()
        return (
            os.path.abspath(name) if default == "file" and "://" not in name and not name.startswith("file:") else name
        )

    def local(self, uri: str) -> str | None:
        """The path of a file on this machine's disk; None for one elsewhere."""
        parsed = self._jvm.java.net.URI.create(self._jvm.org.apache.hadoop.fs.Path(uri).toUri().toString())
        return str(parsed.getPath()) if parsed.getScheme() in (None, "file") else None

    def require_free(self, name: str) -> None:
        """Raises DataError (``folder-in-use``) where something stands that no run of Spark has written, and
        ``no-such-folder``.
        """
        system, path = self._path(self.full(name))
        if not system.exists(path):
            parent = path.getParent()
            if parent is not None and str(parent.toString()) and not system.exists(parent):
                facts = {"file": name, "folder": str(parent.toString())}
                raise DataError((Diagnostic("no-such-folder", facts=facts),))
            return
        if system.getFileStatus(path).isDirectory():
            inside = [str(each.getPath().getName()) for each in system.listStatus(path)]
            if "_SUCCESS" in inside or not inside:
                return
        raise DataError((Diagnostic("folder-in-use", facts={"folder": name}),))

    def draft(self, name: str) -> str:
        """A hidden folder beside one that is to be written."""
        _, path = self._path(self.full(name.rstrip("/")))
        parent = path.getParent()
        return f"{parent.toString() if parent is not None else '.'}/.{secrets.token_hex(6)}.part"

    def commit(self, draft: str, name: str) -> None:
        """Puts a finished folder in place of whatever had its name. Raises DataError (``unwritable-file``)."""
        system, target = self._path(self.full(name.rstrip("/")))
        _, finished = self._path(draft)
        _, old = self._path(self.draft(name))
        replaced = bool(system.exists(target))
        if replaced:
            system.rename(target, old)
        if not system.rename(finished, target):
            if replaced:
                system.rename(old, target)
            raise DataError((Diagnostic("unwritable-file", facts={"file": name, "reason": "rename"}),))
        if replaced:
            system.delete(old, True)

    def discard(self, draft: str) -> None:
        """Takes a draft away; nothing happens where it is gone already."""
        system, path = self._path(draft)
        system.delete(path, True)


def _hidden(inside: str) -> bool:
    """Whether a file, or a folder on the way to it, is not data by Hadoop's custom."""
    return any(part.startswith((".", "_")) for part in inside.split("/") if part)


def _escaped(path: str) -> str:
    """A path in which nothing is a pattern."""
    return "".join("\\" + each if each in "*?[]{}\\" else each for each in path)
