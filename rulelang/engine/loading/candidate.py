"""Rules as they lie there, and whether they were compiled before.

This module imports next to nothing, so that a ruleset that was kept decides within milliseconds.
"""

from __future__ import annotations

import os
import sys
import time

from rulelang import keeping
from rulelang.engine.deciding.kept import Kept, find, key_of, read_plain
from rulelang.engine.loading.origins import state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rulelang.model.program import Model

    Surroundings = tuple[Sequence[str], Mapping[str, str] | None, Sequence[Path]]
    Origins = Sequence[tuple[str, str, str | None]]

RULES, PACK = ".rules", ".rulepack"


class Candidate:
    """Rules that may have been kept: their reference, the key they are kept under, and the folder where the files that
    they name are looked for; ``surroundings`` are the columns of the data, what they seem to hold, and folders of
    plug-ins; ``begun`` is when it was looked at, in nanoseconds; ``known`` what was found of the state of things."""

    __slots__ = ("begun", "contents", "folder", "key", "kind", "known", "paths", "reference", "surroundings")

    def __init__(self, reference: str, kind: str, paths: Sequence[str], surroundings: Surroundings) -> None:
        self.reference, self.kind, self.paths, self.surroundings = reference, kind, paths, surroundings
        self.begun = time.time_ns()
        self.folder = os.path.dirname(paths[0])
        self.known: dict[tuple[str, str], str | None] = {}
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
        return kept if kept is not None and _as_they_were(kept.head["origins"], self.known) else None


def _as_they_were(origins: Origins, known: dict[tuple[str, str], str | None]) -> bool:
    """Whether things are in the state in which they were; what is looked at is looked at once."""
    for kind, path, found in origins:
        if (kind, path) not in known:
            known[kind, path] = state(kind, path)
        if known[kind, path] != found:
            return False
    return True


class Name:
    """A ruleset called by its name, as `rulelang.plugin.locate` finds it: where its files were found is kept for as
    long as the rulesets and plug-ins there are stay as they are."""

    __slots__ = ("key", "reference", "surroundings")

    def __init__(self, reference: str, surroundings: Surroundings) -> None:
        self.reference, self.surroundings = reference, surroundings
        told = (reference, os.getcwd(), *map(os.path.abspath, surroundings[2]))
        self.key = key_of("name", *(each.encode("utf-8", "surrogatepass") for each in told))

    def candidate(self) -> Candidate | None:
        """The rules that the name stood for last time, where it still does."""
        kept, known = read_plain(f"{self.key}.name"), dict[tuple[str, str], "str | None"]()
        if kept is None or not _as_they_were(kept["origins"], known):
            return None
        found = self.at(kept["paths"])
        found.known.update(known)
        return found

    def at(self, paths: Sequence[str]) -> Candidate:
        """The rules that were found under the name."""
        return Candidate(self.reference, RULES, paths, self.surroundings)

    def keep(self, paths: Sequence[str], origins: Origins) -> None:
        """Keeps where its rules were found, which rests on the state of some things."""
        import marshal

        keeping.write(f"{self.key}.name", marshal.dumps({"paths": list(paths), "origins": list(origins)}))


def name(
    reference: str | Path,
    columns: Sequence[str] = (),
    observed: Mapping[str, str] | None = None,
    plugin_folders: Sequence[Path] = (),
) -> Name | None:
    """The name that a reference is; None for a path, or where rules may be in a language that only this call knows."""
    path = os.fspath(reference)
    if not _only_shipped_languages() or path.endswith((RULES, PACK)) or os.path.exists(path):
        return None
    return Name(path, (columns, observed, plugin_folders))


def _only_shipped_languages() -> bool:
    words = sys.modules.get("rulelang.syntax.words")
    return words is None or words.languages() == words.SHIPPED


def candidate(
    reference: str | Path,
    columns: Sequence[str] = (),
    observed: Mapping[str, str] | None = None,
    plugin_folders: Sequence[Path] = (),
) -> Candidate | None:
    """The rules of a reference where it is a file, a folder or a name that was found before; None where it isn't, or
    they are in a language that only this call knows."""
    path = os.fspath(reference)
    if not _only_shipped_languages():
        return None
    seen = columns, observed, plugin_folders
    try:
        if path.endswith(PACK):
            return None if plugin_folders else Candidate(path, PACK, [path], ((), None, ()))
        if os.path.isdir(path):
            found = sorted(each for each in os.listdir(path) if each.endswith(RULES))
            return Candidate(path, RULES, [os.path.join(path, each) for each in found], seen) if found else None
        if os.path.isfile(path):
            return Candidate(path, RULES, [path], seen)
        called = name(path, *seen)
        return None if called is None else called.candidate()
    except (OSError, UnicodeError):
        return None  # whoever reads it in earnest says what is wrong
