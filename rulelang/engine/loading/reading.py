"""From a name, a path or a text to a ruleset that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rulelang import keeping
from rulelang.diagnostics.diagnostic import RuleError
from rulelang.diagnostics.position import Source
from rulelang.diagnostics.render import render
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.situation import Situation
from rulelang.engine.loading.candidate import PACK, Candidate, Name, candidate, name
from rulelang.engine.loading.loaded import Loaded
from rulelang.engine.loading.origins import ABSENT, FILE, INSTALLED, OUTLINE, TREE, changed_since, state
from rulelang.engine.rulepack import PACK_ENDING, read_pack, unpack_model
from rulelang.engine.ruleset import Ruleset
from rulelang.model.program import Model
from rulelang.plugin.discover import Plugins, discover
from rulelang.resources import rulesets

if TYPE_CHECKING:
    from os import PathLike

    from rulelang.pipeline import Read
    from rulelang.plugin.plugin import Plugin
    from rulelang.plugin.reads import Reads

BEFORE_THE_START = 5_000_000_000  # nanoseconds: a plug-in may be read, and changed, a little before it imports us

# What parses rules is imported where rules are parsed: a rulepack loads without it.


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
    found = candidate(reference, columns, observed, plugin_folders)
    kept = None if found is None else found.find(model_of)
    if kept is not None and found is not None and kept.rest is not None:
        return Loaded(Ruleset.of_kept(kept), *kept.rest, tuple(map(Path, found.paths)))
    return _read_anew(reference, columns, observed, plugin_folders, found)


def _read_anew(
    reference: str | Path,
    columns: Sequence[str],
    observed: Mapping[str, str] | None,
    plugin_folders: Sequence[Path],
    found: Candidate | None,
) -> Loaded:
    """As `read_ruleset`; what is read is kept for the next time as what was ``found``, once it has been compiled."""
    if Path(reference).suffix == PACK_ENDING:
        return _read_pack(Path(reference), plugin_folders, found)
    from rulelang.pipeline import Context, read_model
    from rulelang.plugin.locate import locate

    plugins = discover(plugin_folders) if plugin_folders else _plugins_if_needed(str(reference))
    located = locate(str(reference), plugins)
    if located.diagnostics:
        return Loaded(None, located.diagnostics)
    called = None if found is not None else name(reference, columns, observed, plugin_folders)
    if called is not None:
        found = called.at([str(each) for each in located.paths])
    read = read_model(located.paths, Context(plugins, tuple(columns), observed or {}))
    loaded = _loaded(read, located.paths)
    _keep_later(loaded, found, read.reads, called, plugins)
    return loaded


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


def read_text(
    text: str, name: str = "<text>", folder: Path | None = None, plugin_folders: Sequence[Path] = ()
) -> Loaded:
    """The ruleset a text says; files it names are looked for in ``folder`` (default: the current one)."""
    from rulelang.pipeline import Context, read_sources

    if not isinstance(text, str):
        raise TypeError(f"rules are a text, not {type(text).__name__}")
    context = Context(discover(plugin_folders) if plugin_folders else None)
    return _loaded(read_sources([Source(name, text)], folder or Path(), context), ())


def load_anew(
    reference: str | Path, words: Sequence[Path], found: Candidate | None, plugin_folders: Sequence[Path] = ()
) -> Ruleset:
    """The ruleset of a reference, read from its rules; what is read is kept for the next time as what was ``found``.

    Raises as `rulelang.load` does.
    """
    with _spoken(words):
        return _require(_read_anew(reference, (), None, plugin_folders, found))


def model_of(found: Candidate) -> Model:
    """The model of rules that were read before, from their text. Raises RuleError where what they name has changed."""
    if found.kind == PACK:
        return unpack_model(found.contents[0], found.reference)
    from rulelang.pipeline import Context, read_sources
    from rulelang.reference import source_of

    sources = [source_of(content, path) for path, content in zip(found.paths, found.contents, strict=True)]
    columns, observed, folders = found.surroundings
    context = Context(discover(folders) if folders else None, tuple(columns), observed or {})
    read = read_sources([each for each in sources if each is not None], Path(found.folder), context)
    if read.model is None:
        raise RuleError(read.errors, render(read.errors, read.sources))
    return read.model


def loads(
    text: str, name: str = "<text>", words: Sequence[Path] = (), *, plugin_dirs: Sequence[str | PathLike[str]] = ()
) -> Ruleset:
    """Load a ruleset from text. Raises as `load` does."""
    with _spoken(words):
        return _require(read_text(text, name, plugin_folders=tuple(map(Path, plugin_dirs))))


def _spoken(words: Sequence[Path]) -> AbstractContextManager[None]:
    if not words:
        return nullcontext()
    from rulelang.syntax.words import further_languages

    return further_languages(*(path.read_text("utf-8") for path in words))


def _plugins_if_needed(reference: str) -> Plugins | None:
    return None if Path(reference).exists() else discover()


def _read_pack(path: Path, plugin_folders: Sequence[Path], found: Candidate | None) -> Loaded:
    try:
        if found is not None:
            model = unpack_model(found.contents[0], str(path))
        else:
            model = read_pack(path, discover(plugin_folders) if plugin_folders else None)
    except RuleError as error:
        return Loaded(None, error.diagnostics)
    loaded = Loaded(Ruleset(model), (), model.sources, (path,))
    _keep_later(loaded, found, None if not model.functions else _called(model))
    return loaded


def _called(model: Model) -> Reads:
    """The plug-ins whose functions a ruleset calls."""
    from rulelang.plugin.reads import Reads

    plugins = discover()
    named = (plugins.named(each.plugin) for each in model.functions.values())
    return Reads((), (), tuple(each for each in named if each is not None), plugins)


def _keep_later(
    loaded: Loaded,
    found: Candidate | None,
    reads: Reads | None,
    called: Name | None = None,
    plugins: Plugins | None = None,
) -> None:
    """Keeps a ruleset once it has been compiled: whoever only looks at it leaves nothing behind.

    Not where a file may have changed while it was read, or a plug-in since it was imported: what is kept would belong
    to other rules than its name says. Rules that were ``called`` by a name are kept with the files it stands for, among
    those of the ``plugins`` there are.
    """
    if found is None or loaded.ruleset is None or not _is_of(loaded, found):
        return
    wanted = [] if reads is None else _origins(reads, found.begun)
    if wanted is None or any(changed_since(*each) for each in wanted):
        return
    origins = [(kind, path, state(kind, path)) for kind, path, _ in wanted]
    rest = (loaded.diagnostics, loaded.sources)
    key, paths = found.key, found.paths
    of_name = [] if called is None or plugins is None else _of_plugins(plugins, ())
    resting_on = [(kind, path, state(kind, path)) for kind, path, _ in of_name or ()]
    if any(changed_since(*each) for each in of_name or ()):
        resting_on = []

    def keep_compiled(ruleset: Decider, situation: Situation) -> None:
        from rulelang.engine.loading.keep import keep

        keep(key, ruleset, situation, origins, rest)
        if called is not None and resting_on:
            called.keep(paths, resting_on)

    loaded.ruleset.once_compiled(keep_compiled)


def _origins(reads: Reads, begun: int) -> list[tuple[str, str, int]] | None:
    """What rules were read from, each with the moment since which it may not have changed; None where that can't be
    told. Of a plug-in that is used all files count; the others may only come to stand in its way."""
    found = [(FILE, str(each.absolute()), begun) for each in reads.files]
    found += [(ABSENT, str(each.absolute()), begun) for each in reads.absent]
    if reads.plugins is None:
        return found
    of_plugins = _of_plugins(reads.plugins, reads.used)
    return None if of_plugins is None else [*found, *of_plugins]


def _of_plugins(plugins: Plugins, in_use: Sequence[Plugin]) -> list[tuple[str, str, int]] | None:
    """The same of plug-ins and shipped rulesets, some in use."""
    from rulelang.plugin.roots import roots

    used, every = roots(in_use), roots(plugins.plugins)
    if used is None or every is None or plugins.diagnostics:
        return None
    imported = keeping.STARTED - BEFORE_THE_START
    found = [(TREE, str(each), imported) for each in used]
    found += [(OUTLINE, str(each), imported) for each in (rulesets(), *every) if each not in used]
    return [*found, (INSTALLED, "", imported)]


def _is_of(loaded: Loaded, found: Candidate) -> bool:
    """Whether a ruleset was read from the very texts that were found."""
    if found.kind == PACK:
        return True
    from rulelang.reference import source_of

    texts = {each.name: each.text for each in loaded.sources}
    sources = [source_of(content, path) for path, content in zip(found.paths, found.contents, strict=True)]
    return all(each is not None and texts.get(each.name) == each.text for each in sources)


def _loaded(read: Read, paths: Sequence[Path]) -> Loaded:
    ruleset = None if read.model is None else Ruleset(read.model)
    return Loaded(ruleset, read.diagnostics, read.sources, tuple(paths))


def _require(loaded: Loaded) -> Ruleset:
    if loaded.ruleset is None:
        # Where a plug-in is wanting that is there and failed, that is the cause.
        errors = loaded.errors
        causes = (each for each in loaded.diagnostics if each.code == "plugin-failed" and each not in errors)
        found = (*errors, *causes)
        raise RuleError(found, render(found, loaded.sources))
    return loaded.ruleset
