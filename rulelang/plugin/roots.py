"""Where the files of plug-ins lie, so that a change in any of them is noticed."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable
from pathlib import Path

from rulelang.plugin.plugin import Plugin


def roots(plugins: Iterable[Plugin]) -> tuple[Path, ...] | None:
    """The folders and files that some plug-ins are made of: their folders, and the packages their functions come from.

    None where a function comes from somewhere that can't be told.
    """
    found: dict[Path, None] = {}
    for plugin in plugins:
        if plugin.folder is not None:
            found[plugin.folder.absolute()] = None
        for each in plugin.functions:
            root = _package(getattr(inspect.unwrap(each.call), "__module__", None))
            if root is None:
                return None
            found[root] = None
    return tuple(each for each in found if not any(other in each.parents for other in found))


def _package(module: str | None) -> Path | None:
    """The folder of the package that a module belongs to, or its file where it stands alone; None for what was not
    imported by that name, such as the program that is running."""
    if module is None or module == "__main__":
        return None
    top = sys.modules.get(module.partition(".")[0])
    file = getattr(top, "__file__", None)
    if file is None:
        return None
    path = Path(file).absolute()
    return path.parent if path.stem == "__init__" else path
