"""Rules as they lie there, and whether they were compiled before.

This module imports next to nothing, so that a ruleset that was kept decides within milliseconds.
"""

from __future__ import annotations

import os
import sys
import time

from rulelang.engine.deciding.kept import Kept, find, key_of
from rulelang.engine.loading.origins import state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rulelang.model.program import Model

    Surroundings = tuple[Sequence[str], Mapping[str, str] | None, Sequence[Path]]

RULES, PACK = ".rules", ".rulepack"


class Candidate:
    """Rules that may have been kept: their reference, the key they are kept under, and the folder where the files that
    they name are looked for; ``surroundings`` are the columns of the data, what they seem to hold, and folders of
    plug-ins; ``begun`` is when it was looked at, in nanoseconds."""

    __slots__ = ("begun", "contents", "folder", "key", "kind", "paths", "reference", "surroundings")

    def __init__(self, reference: str, kind: str, paths: Sequence[str], surroundings: Surroundings) -> None:
        self.reference, self.kind, self.paths, self.surroundings = reference, kind, paths, surroundings
        self.begun = time.time_ns()
        self.folder = os.path.dirname(paths[0])
        contents = []
        for path in paths:
            with open(path, "rb") as file:
                contents.append(file.read())
        self.contents = contents
        # A rulepack is the same wherever it lies; places in rule files are told by the files' names.
        names = [] if kind == PACK else [os.getcwd(), *paths]
        columns, observed, folders = surroundings
        seen = [*columns, *(text for pair in sorted((observed or {}).items()) for text in pair)]
        counts = f"{len(columns)} {len(seen)}"
        told = (*names, *seen, *map(os.path.abspath, folders), counts)
        self.key = key_of(kind, *(each.encode("utf-8", "surrogatepass") for each in told), *contents)

    def find(self, make: Callable[[Candidate], Model]) -> Kept | None:
        """What was kept of these rules, if all that they name is as it was; ``make`` makes their model anew."""
        kept = find(self.key, lambda: make(self))
        if kept is None or any(state(what, path) != found for what, path, found in kept.head["origins"]):
            return None
        return kept


def candidate(
    reference: str | Path,
    columns: Sequence[str] = (),
    observed: Mapping[str, str] | None = None,
    plugin_folders: Sequence[Path] = (),
) -> Candidate | None:
    """The rules of a reference where it is a file or a folder; None where it isn't, or they are in a language that
    only this call knows."""
    path = os.fspath(reference)
    words = sys.modules.get("rulelang.syntax.words")
    if words is not None and words.languages() != words.SHIPPED:
        return None
    seen = columns, observed, plugin_folders
    try:
        if path.endswith(PACK):
            return None if plugin_folders else Candidate(path, PACK, [path], ((), None, ()))
        if os.path.isdir(path):
            found = sorted(each for each in os.listdir(path) if each.endswith(RULES))
            return Candidate(path, RULES, [os.path.join(path, each) for each in found], seen) if found else None
        return Candidate(path, RULES, [path], seen) if os.path.isfile(path) else None
    except (OSError, UnicodeError):
        return None  # whoever reads it in earnest says what is wrong
