"""Finds the plug-ins installed, and those in folders the user gives. One that fails is named, the rest goes on."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.plugin.plugin import GROUP, Plugin

MANIFEST = "plugin.toml"


@frozen
class Plugins:
    """The plug-ins at hand, and findings about those that could not be loaded."""

    plugins: tuple[Plugin, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    def named(self, name: str) -> Plugin | None:
        """The plug-in with this name or label."""
        return next((each for each in self.plugins if each.answers_to(name)), None)


def discover(folders: Sequence[Path] = ()) -> Plugins:
    """Every installed plug-in and every plug-in folder, by name. Two of one name are refused: neither counts."""
    import importlib.metadata  # slow to load, and not needed for rules that use no plug-in

    found: list[tuple[Plugin, str]] = []
    diagnostics: list[Diagnostic] = []
    for entry in importlib.metadata.entry_points(group=GROUP):
        origin = entry.dist.name if entry.dist is not None else entry.value
        try:
            value = entry.load()
            if not isinstance(value, Plugin):
                raise TypeError(f"{entry.value} is not a rulelang.Plugin")
        except Exception as error:  # a plug-in is a stranger's code: whatever it raises is its own fault
            cause = f"{type(error).__name__}: {error}"
            diagnostics.append(
                Diagnostic("plugin-failed", None, {"name": entry.name, "origin": origin, "cause": cause})
            )
            continue
        found.append((value, origin))
    for folder in folders:
        loaded = _folder_plugin(folder, diagnostics)
        if loaded is not None:
            found.append((loaded, str(folder)))
    names = [plugin.name for plugin, _ in found]
    for name in sorted({each for each in names if names.count(each) > 1}):
        origins = tuple(sorted(origin for plugin, origin in found if plugin.name == name))
        if len(set(origins)) > 1 or len({str(plugin.folder) for plugin, _ in found if plugin.name == name}) > 1:
            diagnostics.append(Diagnostic("plugin-twice", None, {"name": name, "origins": origins}))
            found = [each for each in found if each[0].name != name]
    unique = {plugin.name: plugin for plugin, _ in found}
    return Plugins(tuple(unique[name] for name in sorted(unique)), tuple(diagnostics))


def _folder_plugin(folder: Path, diagnostics: list[Diagnostic]) -> Plugin | None:
    """The plug-in a folder with a ``plugin.toml`` describes."""
    try:
        facts = tomllib.loads((folder / MANIFEST).read_text("utf-8"))
        return Plugin(
            name=str(facts["name"]),
            version=str(facts["version"]),
            folder=folder,
            label=facts.get("label"),
            summary=str(facts.get("summary", "")),
            summary_label=str(facts.get("summary_label", "")),
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        facts_ = {"name": folder.name, "origin": str(folder), "cause": f"{type(error).__name__}: {error}"}
        diagnostics.append(Diagnostic("plugin-failed", None, facts_))
        return None
