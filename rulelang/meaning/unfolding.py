"""How much named values and conditions come to when they are put in place of their names.

They may use each other, so a few lines can stand for more than any machine can hold (each twice the one before); this
is found before anything is put in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.meaning.vocabulary import Vocabulary
from rulelang.meaning.walk import children, expressions
from rulelang.memory import NO_MEMORY, Memory
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t

MAX_DEPTH = 100
MAX_PARTS = 100_000


@frozen
class Extent:
    """How far an expression reaches down, and of how many parts it is made."""

    depth: int = 0
    parts: int = 0


def too_large(
    statements: Iterable[s.Statement], vocabulary: Vocabulary, memory: Memory = NO_MEMORY
) -> tuple[Diagnostic, ...]:
    """What is wrong with statements that come to too much, the first of them only: the others rest on it."""
    if not vocabulary.lets and not vocabulary.defines:
        return ()
    extents = _extents(vocabulary)
    definitions = _definitions(vocabulary)
    for key, definition in definitions.items():
        if extents[key].depth > MAX_DEPTH:
            return (Diagnostic("nesting-too-deep", definition.span, {"limit": MAX_DEPTH}),)
    everything: list[s.Statement] = [*definitions.values(), *statements]

    def extent(statement: s.Statement) -> int:
        return sum(_extent(each, vocabulary, extents).parts for each in expressions(statement))

    for statement, parts in zip(everything, memory.each("extents", extent, everything, vocabulary), strict=True):
        if parts > MAX_PARTS:
            return (Diagnostic("too-many-terms", statement.span, {"limit": MAX_PARTS}),)
    return ()


def _extents(vocabulary: Vocabulary) -> dict[str, Extent]:
    """The extent of every named value and condition, those first that others use; circles count once (they are
    reported where they are used)."""
    definitions = _definitions(vocabulary)
    uses = {key: sorted(set(_uses(_body(each), vocabulary))) for key, each in definitions.items()}
    found: dict[str, Extent] = {}
    for start in definitions:
        trail = [(start, list(uses[start]))]
        open_ = {start}
        while trail:
            key, waiting = trail[-1]
            following = next((each for each in waiting if each not in found and each not in open_), None)
            if following is not None:
                trail.append((following, list(uses[following])))
                open_.add(following)
                continue
            found.setdefault(key, _extent(_body(definitions[key]), vocabulary, found))
            trail.pop()
            open_.discard(key)
    return found


def _definitions(vocabulary: Vocabulary) -> dict[str, s.LetStatement | s.DefineStatement]:
    return {**vocabulary.lets, **vocabulary.defines}


def _body(definition: s.LetStatement | s.DefineStatement) -> t.Expression:
    return definition.value if isinstance(definition, s.LetStatement) else definition.condition


def _extent(expression: t.Expression, vocabulary: Vocabulary, extents: Mapping[str, Extent]) -> Extent:
    depth = parts = 0
    waiting = [(expression, 1)]
    while waiting:
        node, level = waiting.pop()
        own = Extent()
        for key in _key(node, vocabulary):
            own = extents.get(key, own)
        depth = max(depth, level + own.depth)
        parts += 1 + own.parts
        waiting.extend((each, level + 1) for each in children(node))
    return Extent(depth, parts)


def _uses(expression: t.Expression, vocabulary: Vocabulary) -> Iterator[str]:
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield from _key(node, vocabulary)
        waiting.extend(children(node))


def _key(node: t.Expression, vocabulary: Vocabulary) -> Iterator[str]:
    """The key of the definition that a name stands for."""
    if isinstance(node, t.Name):
        symbol = vocabulary.symbols.get(node.text)
        if symbol is not None and symbol.kind in ("let", "define"):
            yield symbol.key
