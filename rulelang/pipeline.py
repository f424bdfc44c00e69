"""The road from a rule file to its checked model, one line per step.

    text ──gather──▶ trees (files, bases, plug-in vocabularies, lists, tables) ──build_model──▶ model ──▶ (engine)

:func:`read_model` is the whole of it; the layers below do the work and return values with diagnostics.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import evolve, frozen

from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.explain.labelled import with_labels_from
from rulelang.gather import Context, gather
from rulelang.meaning.build import Surroundings, build_model
from rulelang.memory import Memory
from rulelang.model.program import Model
from rulelang.plugin.reads import Reads
from rulelang.plugin.words import spoken
from rulelang.reference import read_source
from rulelang.uncollected import uncollected


@frozen
class Read:
    """A model, or None with the errors that stand in its way; ``sources`` are the texts the diagnostics point into.

    ``reads`` is what else they were read from.
    """

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]
    reads: Reads = Reads()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(each for each in self.diagnostics if severity(each.code) == "error")


def read_model(paths: Sequence[Path], context: Context | None = None) -> Read:
    """The model of some rule files that decide together."""
    sources: list[Source] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        source, problem = read_source(path)
        diagnostics.extend(problem)
        if source is not None:
            sources.append(source)
    if diagnostics:
        return Read(None, tuple(diagnostics), tuple(sources))
    return read_sources(sources, paths[0].parent if paths else Path(), context)


def read_sources(
    sources: Sequence[Source], folder: Path, context: Context | None = None, memory: Memory | None = None
) -> Read:
    """The model of some texts; ``folder`` is where the files they name are looked for.

    With a ``memory`` that keeps what was read last time, only what has changed since then is read and worked out.
    """
    memory = Memory() if memory is None else memory
    memory.forget()
    with uncollected():
        return _read(sources, folder, Context() if context is None else context, memory)


def _read(sources: Sequence[Source], folder: Path, context: Context, memory: Memory) -> Read:
    with spoken(sources, context.plugins, memory) as (plugins, unspoken):
        return _read_spoken(sources, folder, evolve(context, plugins=plugins), unspoken, memory)


def _read_spoken(
    sources: Sequence[Source], folder: Path, context: Context, unspoken: Sequence[Diagnostic], memory: Memory
) -> Read:
    gathered = gather(sources, folder, context, (), memory)
    surroundings = Surroundings(
        gathered.entries,
        context.columns,
        context.observed,
        gathered.vocabulary,
        gathered.deviations,
        gathered.functions,
        gathered.tables,
        gathered.table_sources,
        gathered.base_thresholds,
    )
    model, found = build_model(gathered.files, surroundings, memory)
    unread = frozenset(name for file in gathered.files for name in file.unread)
    diagnostics = _in_order(_without_echoes((*unspoken, *gathered.diagnostics, *found), unread), gathered.sources)
    diagnostics = _cut(diagnostics)
    if diagnostics:
        statements = (each for file in gathered.files for each in file.statements)
        diagnostics = with_labels_from((*gathered.vocabulary, *statements))(diagnostics)
    failed = any(severity(each.code) == "error" for each in diagnostics)
    return Read(None if failed else model, diagnostics, gathered.sources, gathered.reads)


# What is only found because something else is wrong: a name whose declaration can't be read is unknown to its users.
_ECHOES = frozenset(
    {"unknown-name", "text-unquoted", "unknown-outcome", "unknown-list", "name-as-condition", "example-unknown-name"}
)

# A rule that can't be read may use what no other does.
_ECHOES_OF_ANY = frozenset(
    {"unused-field", "unused-threshold", "unused-outcome", "threshold-without-use", "threshold-near-base"}
)

MOST_ERRORS = 100


def _cut(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The diagnostics with so many errors at most, and how many more there are."""
    errors = [each for each in diagnostics if severity(each.code) == "error"]
    if len(errors) <= MOST_ERRORS:
        return diagnostics
    left_out = set(map(id, errors[MOST_ERRORS:]))
    rest = Diagnostic("too-many-errors", None, {"count": len(left_out)})
    return (*(each for each in diagnostics if id(each) not in left_out), rest)


def _without_echoes(diagnostics: tuple[Diagnostic, ...], unread: frozenset[str]) -> tuple[Diagnostic, ...]:
    """The diagnostics without those that mending others will do away with."""
    kept = [each for each in diagnostics if each.code not in _ECHOES or each.facts.get("name") not in unread]
    errors = {each.code for each in kept if severity(each.code) == "error"}
    quiet = _ECHOES_OF_ANY if errors - {"threshold-near-base"} else frozenset()
    return tuple(
        each for each in kept if (each.code != "no-rules" or errors == {"no-rules"}) and each.code not in quiet
    )


def _in_order(diagnostics: tuple[Diagnostic, ...], sources: Sequence[Source]) -> tuple[Diagnostic, ...]:
    """The diagnostics in the order of the files and of the lines in them, whatever pass found them; those without a
    place come last."""
    files = {source.name: number for number, source in enumerate(sources)}
    last = len(files)

    def place(diagnostic: Diagnostic) -> tuple[int, int]:
        span = diagnostic.span
        return (last + 1, 0) if span is None else (files.get(span.file, last), span.start)

    return tuple(sorted(diagnostics, key=place))


__all__ = ["Context", "Read", "read_model", "read_sources"]
