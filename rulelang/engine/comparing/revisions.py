"""Rules as they were in a revision of a git repository: ``HEAD~1:rules/x.rules``, ``v1.2:rules``.

The rule files of the revision, and the lists and tables they name, are taken out of the repository into a folder of
their own, so that a base or a list beside a rule file is the one of that revision as well.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.engine.loading.loaded import Loaded
from rulelang.engine.loading.reading import read_located
from rulelang.plugin.locate import ENDING

_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".json", ".yaml")


def is_revision(reference: str) -> bool:
    """Whether a reference names a revision: something before a colon, and no file of that name."""
    before, colon, _ = reference.partition(":")
    return bool(colon) and len(before) > 1 and not before.startswith("-") and not Path(reference).exists()


def read_revision(reference: str, plugin_folders: Sequence[Path] = (), folder: Path | None = None) -> Loaded:
    """The ruleset of ``REVISION:PATH``; the path is that in the repository, or from the ``folder`` one is in.

    Raises DataError: ``no-such-revision`` (also where there is no repository, or no git), ``not-in-revision``.
    """
    revision, _, path = reference.partition(":")
    here = folder or Path()
    root = Path(_git(reference, here, "rev-parse", "--show-toplevel").decode().strip())
    prefix = _git(reference, here, "rev-parse", "--show-prefix").decode().strip()
    names = _git(reference, root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", revision).decode().split("\0")
    for wanted in dict.fromkeys((_plain(path), _plain(prefix + path))):
        inside = [name for name in names if name == wanted or not wanted or name.startswith(f"{wanted}/")]
        if inside:
            break
    else:
        raise DataError((Diagnostic("not-in-revision", facts={"revision": revision, "file": path}),))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rulelang-")))
        texts = _contents(reference, root, revision, [name for name in names if name.endswith(ENDING)])
        written = "\n".join(text.decode("utf-8", "replace") for text in texts.values())
        tables = [each for each in names if each.endswith(_TABLES) and PurePosixPath(each).name in written]
        for name, content in {**texts, **_contents(reference, root, revision, tables)}.items():
            target = place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        found = place / wanted
        paths = sorted(found.glob(f"*{ENDING}")) if found.is_dir() else [found]
        if not paths:
            raise DataError((Diagnostic("not-in-revision", facts={"revision": revision, "file": path}),))
        return read_located(paths, plugin_folders, lambda each: _named(each, place, revision))


def _named(source: Source, place: Path, revision: str) -> Source:
    name = Path(source.name)
    inside = name.relative_to(place).as_posix() if name.is_relative_to(place) else source.name
    return Source(f"{revision}:{inside}", source.text)


def _plain(path: str) -> str:
    """A path inside a repository: without ``./`` and ``..``."""
    parts: list[str] = []
    for each in PurePosixPath(path.replace("\\", "/")).parts:
        if each == ".." and parts:
            parts.pop()
        elif each not in (".", "/", ".."):
            parts.append(each)
    return "/".join(parts)


def _contents(reference: str, root: Path, revision: str, names: Iterable[str]) -> Mapping[str, bytes]:
    """What files of a revision hold."""
    wanted = [name for name in names if "\n" not in name]
    asked = "".join(f"{revision}:{name}\n" for name in wanted).encode()
    answer = _git(reference, root, "cat-file", "--batch", given=asked)
    found: dict[str, bytes] = {}
    start = 0
    for name in wanted:
        end = answer.index(b"\n", start)
        head = answer[start:end].split()
        if len(head) == 3 and head[2].isdigit():
            size = int(head[2])
            found[name] = answer[end + 1 : end + 1 + size]
            start = end + size + 2
        else:
            start = end + 1
    return found


def _git(reference: str, folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, input=given, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (
            error.stderr.decode("utf-8", "replace") if isinstance(error, subprocess.CalledProcessError) else str(error)
        )
        reason = said.strip().splitlines()[0] if said.strip() else "git"
        facts = {"reference": reference, "reason": reason.removeprefix("fatal: ")}
        raise DataError((Diagnostic("no-such-revision", facts=facts),)) from None
    return done.stdout
