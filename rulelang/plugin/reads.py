"""What rules were read from besides their own files."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from rulelang.plugin.discover import Plugins
from rulelang.plugin.plugin import Plugin


@frozen
class Reads:
    """What rules were read from besides their own files: the ``files`` they name, and names under which there is none
    (``absent``); the plug-ins they ``use``, and all that were at hand (``plugins``) where those had a say."""

    files: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()
    used: tuple[Plugin, ...] = ()
    plugins: Plugins | None = None

    def __add__(self, other: Reads) -> Reads:
        return Reads(
            tuple(dict.fromkeys((*self.files, *other.files))),
            tuple(dict.fromkeys((*self.absent, *other.absent))),
            tuple({each.name: each for each in (*self.used, *other.used)}.values()),
            other.plugins if self.plugins is None else self.plugins,
        )
