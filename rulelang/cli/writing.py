"""Writes a text file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Puts a text in place of a file (UTF-8): written beside it first, so that a full disk leaves the old one.

    The file's permissions stay; a link stays a link. Raises OSError.
    """
    target = path.resolve()
    handle, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(draft, target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
