"""Finds the rule files a name stands for: a path, a folder, or a ruleset of the package or of a plug-in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.plugin.discover import Plugins, discover
from rulelang.plugin.plugin import VOCABULARY
from rulelang.resources import rulesets
from rulelang.syntax.parse import read_title

ENDING = ".rules"


@frozen
class Shipped:
    """A ruleset with a name (``lifecycle``, ``retail/tiers``) and its titles, as its header says, in both languages."""

    name: str
    path: Path
    titles: tuple[str, ...]
    plugin: str = ""
    plugin_label: str = ""

    def answers_to(self, name: str) -> bool:
        """Whether this is the ruleset called so: by name, or by title, with the plug-in before it or not."""
        owner, _, rest = name.rpartition("/")
        if name == self.name or name in self.titles:
            return True
        return (
            bool(owner)
            and owner in (self.plugin, self.plugin_label)
            and (rest in self.titles or f"{self.plugin}/{rest}" == self.name)
        )


@frozen
class Located:
    """The files that decide together, and where they were found; or the finding that says why not."""

    paths: tuple[Path, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def locate(reference: str, plugins: Plugins | None = None) -> Located:
    """The rule files of a reference: an existing path first, then a shipped name in either language."""
    path = Path(reference)
    if path.is_dir():
        found = tuple(sorted(each for each in path.glob(f"*{ENDING}") if each.is_file()))
        return Located(found) if found else Located((), (Diagnostic("no-rule-files", None, {"folder": reference}),))
    if path.is_file():
        return Located((path,))
    if path.suffix == ENDING or len(path.parts) > 2:
        return Located((), (Diagnostic("no-such-file", None, {"file": reference}),))
    plugins = discover() if plugins is None else plugins
    known = tuple(shipped(plugins))
    matches = [each for each in known if each.answers_to(reference)]
    if len(matches) == 1:
        return Located((matches[0].path,))
    if matches:
        names = tuple(sorted(each.name for each in matches))
        return Located((), (Diagnostic("ambiguous-ruleset", None, {"name": reference, "names": names}),))
    names = tuple(name for each in known for name in (each.name, *each.titles))
    return Located((), (Diagnostic("no-such-ruleset", None, {"name": reference}, nearest(reference, names)),))


@cache
def called(file: str, lang: str) -> str:
    """What a file of rules is called in a language: a ruleset that ships by its name, any other file by its path."""
    path = Path(file)
    if not path.is_absolute():
        return file
    root, folder = rulesets(), path.parent
    if path.is_relative_to(root):
        name = folder.relative_to(root).as_posix()
        name = name if path.stem == folder.name else f"{name}/{path.stem}"
    elif folder.name == "rulesets" and any((folder.parent / each).is_file() for each in ("__init__.py", "plugin.toml")):
        name = f"{folder.parent.name.removeprefix('rulelang_')}/{path.stem}"
    else:
        return file
    title = next((each for each in read_title(path) if not each.isascii()), None)
    return title if title is not None and lang == "zh" else name


def shipped(plugins: Plugins) -> Iterator[Shipped]:
    """Every ruleset that comes with the package or a plug-in."""
    root = rulesets()
    for path in sorted(root.rglob(f"*{ENDING}")):
        folder = path.parent.relative_to(root).as_posix()
        name = folder if path.stem == path.parent.name else f"{folder}/{path.stem}".removeprefix("./")
        yield Shipped(name, path, read_title(path))
    for plugin in plugins.plugins:
        if plugin.rulesets is None:
            continue
        for path in sorted(plugin.rulesets.glob(f"*{ENDING}")):
            if path.name != VOCABULARY:
                yield Shipped(f"{plugin.name}/{path.stem}", path, read_title(path), plugin.name, plugin.label or "")
