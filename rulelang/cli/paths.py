"""The rule files that paths on the command line stand for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rulelang.cli.failures import FINDINGS, CommandError, wrong_call
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.plugin.locate import ENDING
from rulelang.plugin.plugin import VOCABULARY


def rule_files(paths: Iterable[str], names: bool = True) -> list[str]:
    """The rule files under some paths, each once; the name of a ruleset stands for itself where ``names`` may be used.

    Hidden folders, virtual environments and the vocabulary files of plug-ins (declarations without rules) are left
    out where a folder is searched. Raises CommandError: ``no-such-file`` (exit 2), ``no-rule-files`` (exit 1).
    """
    found: dict[str, None] = {}
    for each in paths:
        path = Path(each)
        if path.is_dir():
            inside = sorted(map(str, _walk(path)))
            if not inside:
                raise CommandError(Diagnostic("no-rule-files", facts={"folder": each}), exit_code=FINDINGS)
            found.update(dict.fromkeys(inside))
        elif path.exists() or (names and path.suffix != ENDING):
            found[each] = None
        else:
            raise wrong_call("no-such-file", file=each)
    return list(found)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if not _left_out(Path(root, each))]
        yield from (
            Path(root, each) for each in files if each.endswith(ENDING) and each != VOCABULARY and each[0] != "."
        )


def _left_out(folder: Path) -> bool:
    return folder.name.startswith((".", "__")) or folder.name == "node_modules" or (folder / "pyvenv.cfg").exists()
