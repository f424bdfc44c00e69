"""Finds rule files and the sample customers beside them.

``shop.rules`` has its samples in ``shop.samples.csv``, ``.tsv``, ``.xlsx``, ``.json`` or ``.yaml``, in Chinese also
``shop.样例.csv``; several such files count together.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.engine.rulepack import PACK_ENDING

RULES_ENDING = ".rules"
SAMPLE_MARKS = (".samples", ".样例", ".樣例")
SAMPLE_ENDINGS = (".csv", ".tsv", ".xlsx", ".json", ".yaml", ".yml")


@frozen
class Found:
    """One rule file and its sample files, both in the order of their names."""

    rules: Path
    samples: tuple[Path, ...]


@frozen
class Discovery:
    """What stands under the paths searched."""

    found: tuple[Found, ...]
    diagnostics: tuple[Diagnostic, ...]


def find_rulesets(paths: Iterable[Path | str]) -> Discovery:
    """Finds every rule file under some paths, with its sample files.

    A path is a folder (searched with its subfolders; hidden ones and virtual environments are left out), a rule file,
    a rulepack, or a sample file, which stands for its rule file and for itself alone.
    Findings: ``no-such-file``, ``no-rule-files``, ``samples-without-rules``. That a ruleset has no samples at all is
    for the caller to say: its rule file may hold ``example`` blocks.
    """
    samples: dict[Path, dict[Path, None]] = {}
    diagnostics: list[Diagnostic] = []
    for given in paths:
        path = Path(given)
        if not path.exists():
            diagnostics.append(Diagnostic("no-such-file", facts={"file": str(path)}))
            continue
        files = sorted(_walk(path)) if path.is_dir() else [path]
        rules = [each for each in files if each.suffix.casefold() == RULES_ENDING]
        if path.suffix == PACK_ENDING and path.is_file():
            rules = [path]  # named, never found: in a folder it stands beside the rules it was made from
        for each in rules:
            samples.setdefault(each, {}).update(dict.fromkeys(samples_beside(each)))
        for each in files:
            home = rules_of(each)
            if home is None:
                continue
            if home.is_file():
                samples.setdefault(home, {})[each] = None
            else:
                diagnostics.append(_orphan(each, home))
        if not rules and not any(rules_of(each) for each in files):
            diagnostics.append(Diagnostic("no-rule-files", facts={"folder": str(path)}))
    found = tuple(Found(rules, tuple(sorted(files))) for rules, files in sorted(samples.items()))
    return Discovery(found, tuple(diagnostics))


def samples_beside(rules: Path) -> tuple[Path, ...]:
    """The sample files of a rule file or a rulepack, in the order of their names."""
    written = rules.with_suffix(RULES_ENDING)
    return tuple(sorted(each for each in rules.parent.iterdir() if rules_of(each) == written and each.is_file()))


def rules_of(path: Path) -> Path | None:
    """The rule file that a sample file belongs to by its name; None where the file is not named as one."""
    if path.suffix.casefold() not in SAMPLE_ENDINGS:
        return None
    mark = Path(path.stem).suffix
    if mark.casefold() not in SAMPLE_MARKS:
        return None
    return path.with_name(path.stem.removesuffix(mark) + RULES_ENDING)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if not _left_out(Path(root, each))]
        yield from (Path(root, each) for each in files if not each.startswith("."))


def _left_out(folder: Path) -> bool:
    return folder.name.startswith((".", "__")) or folder.name == "node_modules" or (folder / "pyvenv.cfg").exists()


def _orphan(samples: Path, rules: Path) -> Diagnostic:
    facts = {"file": samples.name, "rules": rules.name}
    return Diagnostic("samples-without-rules", Span(str(samples), 0, 0, 1, 1), facts)


__all__ = ["Discovery", "Found", "find_rulesets", "rules_of", "samples_beside"]
