"""The names a single file may use besides its own: those of the plug-ins it names with ``use``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from rulelang.diagnostics.position import Source
    from rulelang.syntax.statements import Statement
    from rulelang.vocabulary.functions import Function


def borrowed(
    source: Source, plugin_folders: Sequence[Path] = (), chain: tuple[Path, ...] = ()
) -> tuple[Statement, ...]:
    """The declarations that a file's ``use`` and ``extends`` bring in; what is not there brings none."""
    from rulelang.plugin.discover import discover
    from rulelang.reference import read_source
    from rulelang.syntax.parse import declared_names, parse
    from rulelang.syntax.statements import ExtendsStatement, UseStatement

    statements = parse(source)[0].statements
    uses = [each for each in statements if isinstance(each, UseStatement)]
    found: list[Statement] = []
    for base in (each for each in statements if isinstance(each, ExtendsStatement)):
        path = Path(source.name).parent / base.path
        read = read_source(path)[0] if path.is_file() and path not in chain else None
        if read is not None:
            declared = borrowed(read, plugin_folders, (*chain, path))
            found += declared
            names = [name for each in declared for name in declared_names(each)]
            found += parse(read, names)[0].statements
    if not uses:
        return tuple(found)
    plugins = discover(plugin_folders)
    for name in (name for each in uses for name in each.plugins):
        plugin = plugins.named(name)
        vocabulary = None if plugin is None or plugin.vocabulary is None else read_source(plugin.vocabulary)[0]
        if vocabulary is not None:
            found += parse(vocabulary)[0].statements
    return tuple(found)


def functions(source: Source, plugin_folders: Sequence[Path] = ()) -> tuple[Function, ...]:
    """The functions that a file's ``use`` brings in."""
    from rulelang.plugin.discover import discover
    from rulelang.syntax.parse import parse
    from rulelang.syntax.statements import UseStatement

    uses = [each for each in parse(source)[0].statements if isinstance(each, UseStatement)]
    if not uses:
        return ()
    plugins = discover(plugin_folders)
    used = (plugins.named(name) for each in uses for name in each.plugins)
    return tuple(function for plugin in used if plugin is not None for function in plugin.provided_functions)


def spellings(statements: Sequence[Statement], language: str, called: Sequence[Function] = ()) -> dict[str, str]:
    """For every name that has a label the spelling in a language: the Latin name in English, else the label.

    The Latin one is the name, whichever stands first. A spelling that would stand for two names is left out, and one
    that somewhere stands without a label.
    """
    from rulelang.syntax.words import CJK

    pairs: dict[str, set[str]] = {}
    labelled = [(each.name, each.label) for each in called if each.label is not None]
    for first, second in (*_labelled(statements), *labelled):
        latin, other = (second, first) if CJK.search(first) and not CJK.search(second) else (first, second)
        known, wanted = (other, latin) if language == "en" else (latin, other)
        pairs.setdefault(known, set()).add(wanted)
    for each in _unlabelled(statements):
        if each in pairs:
            pairs[each].add(each)
    return {known: next(iter(wanted)) for known, wanted in pairs.items() if len(wanted) == 1}


def _labelled(statements: Sequence[Statement]) -> Iterator[tuple[str, str]]:
    """Name and label of everything that has both."""
    for each in _nodes(statements):
        name, label = getattr(each, "name", None), getattr(each, "label", None)
        text = getattr(name, "text", name)
        if isinstance(text, str) and isinstance(label, str):
            yield text, label


def _unlabelled(statements: Sequence[Statement]) -> Iterator[str]:
    """The values of choices that have no label."""
    from rulelang.syntax.statements import Member

    for each in _nodes(statements):
        if isinstance(each, Member) and each.label is None:
            yield each.name


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple | list):
        for each in node:
            yield from _nodes(each)
    elif hasattr(type(node), "__attrs_attrs__"):
        yield node
        for each in attrs.fields(type(node)):
            yield from _nodes(getattr(node, each.name))
