"""From a name, a path or a text to a ruleset that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.diagnostic import Diagnostic, RuleError
from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.engine.rulepack import PACK_ENDING, read_pack
from rulelang.engine.ruleset import Ruleset
from rulelang.plugin.discover import Plugins, discover

if TYPE_CHECKING:
    from rulelang.pipeline import Read

# What parses rules is imported where rules are parsed: a rulepack loads without it.


@frozen
class Loaded:
    """A ruleset, or None with the errors that stand in its way; ``paths`` are its files."""

    ruleset: Ruleset | None
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...] = ()
    paths: tuple[Path, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(each for each in self.diagnostics if severity(each.code) == "error")


def read_ruleset(
    reference: str | Path,
    columns: Sequence[str] = (),
    observed: Mapping[str, str] | None = None,
    plugin_folders: Sequence[Path] = (),
) -> Loaded:
    """The ruleset a reference stands for: a ``.rules`` file, a folder of them, a ``.rulepack``, or a shipped name.

    ``columns`` are names the data brings, ``observed`` what they seem to hold; both matter only where a file declares
    no fields of its own.
    """
    if Path(reference).suffix == PACK_ENDING:
        return _read_pack(Path(reference), plugin_folders)
    from rulelang.pipeline import Context, read_model
    from rulelang.plugin.locate import locate

    plugins = discover(plugin_folders) if plugin_folders else _plugins_if_needed(str(reference))
    located = locate(str(reference), plugins)
    if located.diagnostics:
        return Loaded(None, located.diagnostics)
    read = read_model(located.paths, Context(plugins, tuple(columns), observed or {}))
    return _loaded(read, located.paths)


def read_located(paths: Sequence[Path], plugin_folders: Sequence[Path], shown: Callable[[Source], Source]) -> Loaded:
    """The ruleset of some files that decide together; ``shown`` gives a text the name under which messages know it."""
    from rulelang.pipeline import Context, read_sources
    from rulelang.reference import read_source

    found = [read_source(path) for path in paths]
    problems = tuple(each for _, diagnostics in found for each in diagnostics)
    if problems:
        return Loaded(None, problems)
    sources = [shown(source) for source, _ in found if source is not None]
    plugins = discover(plugin_folders) if plugin_folders else None
    return _loaded(read_sources(sources, paths[0].parent, Context(plugins)), paths)


def read_text(text: str, name: str = "<text>", folder: Path | None = None) -> Loaded:
    """The ruleset a text says; files it names are looked for in ``folder`` (default: the current one)."""
    from rulelang.pipeline import read_sources

    return _loaded(read_sources([Source(name, text)], folder or Path()), ())


def load(reference: str | Path, words: Sequence[Path] = ()) -> Ruleset:
    """Load a ruleset by name or path. Raises RuleError with all diagnostics where it has errors.

    ``words`` are word tables of further languages that the rules may be written in. Raises ValueError where one is
    none.
    """
    with _spoken(words):
        return _require(read_ruleset(reference))


def loads(text: str, name: str = "<text>", words: Sequence[Path] = ()) -> Ruleset:
    """Load a ruleset from text. Raises as `load` does."""
    with _spoken(words):
        return _require(read_text(text, name))


def _spoken(words: Sequence[Path]) -> AbstractContextManager[None]:
    if not words:
        return nullcontext()
    from rulelang.syntax.words import further_languages

    return further_languages(*(path.read_text("utf-8") for path in words))


def _plugins_if_needed(reference: str) -> Plugins | None:
    return None if Path(reference).exists() else discover()


def _read_pack(path: Path, plugin_folders: Sequence[Path]) -> Loaded:
    try:
        model = read_pack(path, discover(plugin_folders) if plugin_folders else None)
    except RuleError as error:
        return Loaded(None, error.diagnostics)
    return Loaded(Ruleset(model), (), model.sources, (path,))


def _loaded(read: Read, paths: Sequence[Path]) -> Loaded:
    ruleset = None if read.model is None else Ruleset(read.model)
    return Loaded(ruleset, read.diagnostics, read.sources, tuple(paths))


def _require(loaded: Loaded) -> Ruleset:
    if loaded.ruleset is None:
        raise RuleError(loaded.errors, render(loaded.errors, loaded.sources))
    return loaded.ruleset
