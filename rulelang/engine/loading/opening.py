"""Loads a ruleset by the shortest way: as it was compiled before where that was kept, else from its rules.

This module imports next to nothing, so that a ruleset that was kept decides within milliseconds.
"""

from __future__ import annotations

from rulelang.engine.loading.candidate import Candidate, candidate
from rulelang.engine.ruleset import Ruleset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from pathlib import Path

    from rulelang.model.program import Model


def _folders(given: Sequence[str | PathLike[str]]) -> Sequence[Path]:
    if not given:
        return ()
    from pathlib import Path

    return tuple(map(Path, given))


def load(
    reference: str | Path, words: Sequence[Path] = (), *, plugin_dirs: Sequence[str | PathLike[str]] = ()
) -> Ruleset:
    """Load a ruleset by name or path. Raises RuleError with all diagnostics where it has errors.

    ``words`` are word tables of further languages that the rules may be written in, ``plugin_dirs`` folders with a
    ``plugin.toml``, as ``--plugin-dir`` names them. Raises ValueError where a word table is none.
    """
    folders = _folders(plugin_dirs)
    found = None if words else candidate(reference, plugin_folders=folders)
    kept = None if found is None else found.find(_model_of)
    if kept is not None:
        return Ruleset.of_kept(kept)
    from rulelang.engine.loading.reading import load_anew

    return load_anew(reference, words, found, folders)


def _model_of(found: Candidate) -> Model:
    """The model, made from the rules as they were when they were loaded."""
    from rulelang.engine.loading.reading import model_of

    return model_of(found)
