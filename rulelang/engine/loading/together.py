"""Which rule files of a folder decide together: those that need each other, as a run takes a folder.

A folder may hold rulesets that stand side by side, each with its own customers, or one that is cut into several files.
It is one where at most one of its files has a title (``ruleset "…"``), some file can't be read alone or reads what
another decides, and all can be read together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rulelang.engine.loading.reading import read_ruleset
from rulelang.plugin.locate import ENDING
from rulelang.syntax.parse import read_title


def one_for_folders(files: Iterable[str], given: Sequence[str], plugin_folders: Sequence[Path] = ()) -> dict[str, str]:
    """For each rule file that decides together with others the folder that stands for them.

    Files that were ``given`` by name stand for themselves.
    """
    folders: dict[Path, list[Path]] = {}
    for each in files:
        if each not in given and each.endswith(ENDING):
            folders.setdefault(Path(each).parent, []).append(Path(each))
    return {
        str(each): str(folder)
        for folder, inside in folders.items()
        if set(inside) == set(folder.glob(f"*{ENDING}")) and are_one(folder, inside, plugin_folders)
        for each in inside
    }


def are_one(folder: Path, files: Sequence[Path], plugin_folders: Sequence[Path] = ()) -> bool:
    """Whether the rule files of a folder are one ruleset."""
    if len(files) < 2 or sum(bool(read_title(each)) for each in files) > 1:
        return False
    alone = [read_ruleset(each, plugin_folders=plugin_folders).ruleset for each in files]
    models = [each.model for each in alone if each is not None]
    read = {name for model in models for name in model.fields}
    if len(models) == len(files) and all(read.isdisjoint(model.outcomes) for model in models):
        return False
    return read_ruleset(folder, plugin_folders=plugin_folders).ruleset is not None
