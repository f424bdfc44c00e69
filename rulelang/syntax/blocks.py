"""What stands indented under ``for each …``: rules and tables, which then speak of one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Anchor
from rulelang.memory import NO_MEMORY, Memory
from rulelang.syntax import statements as s
from rulelang.syntax.cut import Chunk
from rulelang.syntax.tree import Name


@frozen
class Result:
    """The readings of a statement, or what is wrong with it; and the names it declares, or would have declared.

    ``anchor`` is what all its places count from, None where some don't.
    """

    readings: tuple[s.Reading, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    names: tuple[str, ...] = ()
    anchor: Anchor | None = None


def in_blocks(
    chunks: Sequence[Chunk], results: Sequence[Result], file: str = "", memory: Memory = NO_MEMORY
) -> list[Result]:
    """The statements of a file, those under a ``for each`` with the record they speak of.

    Where the head can't be read, what is under it is left out: the head's mistake is the one to mend.
    """
    blocks: dict[int, Iterator[Result]] = {}
    inside: dict[int, list[tuple[Chunk, Result]]] = {}
    for chunk, result in zip(chunks, results, strict=True):
        if chunk.block is not None:
            inside.setdefault(chunk.block, []).append((chunk, result))
    found = []
    for chunk, result in zip(chunks, results, strict=True):
        if chunk.block is not None:
            found.append(next(blocks[chunk.block]))
            continue
        if chunk.kind == "for_each":
            head = result.readings[0].statement if result.readings else None
            element = head.element if isinstance(head, s.ForEachStatement) else None
            under = inside.get(chunk.start, [])
            kinds = {id(each): below.kind for below, each in under}
            work = partial(_inside, kinds, element)
            name = "inside", file, len(blocks)
            blocks[chunk.start] = iter(memory.each(name, work, [each for _, each in under], element))
            if isinstance(head, s.ForEachStatement) and not head.sentences and not under:
                facts = {"element": head.element.text}
                result = evolve(result, problems=(*result.problems, Diagnostic("for-each-empty", head.span, facts)))
        found.append(result)
    return found


def _inside(kinds: Mapping[int, str | None], element: Name | None, result: Result) -> Result:
    if element is None or not result.readings:
        return evolve(result, readings=())
    statement = result.readings[0].statement
    if not isinstance(statement, s.RuleStatement | s.TableStatement):
        facts = {"element": element.text, "statement": kinds[id(result)] or ""}
        return evolve(result, readings=(), problems=(Diagnostic("for-each-statement", statement.span, facts),))
    readings = tuple(
        evolve(each, statement=evolve(each.statement, element=element))
        for each in result.readings
        if isinstance(each.statement, s.RuleStatement | s.TableStatement)
    )
    return evolve(result, readings=readings)


def as_rules(file: s.File, memory: Memory = NO_MEMORY) -> s.File:
    """The file with the sentences directly under a ``for each`` as rules without a title."""
    if not any(isinstance(each, s.ForEachStatement) for each in file.statements):
        return file
    found = memory.each(("as rules", file.source.name), _as_rule, file.readings)
    return evolve(file, readings=tuple(each for each in found if each))


def _as_rule(readings: tuple[s.Reading, ...]) -> tuple[s.Reading, ...]:
    first = readings[0].statement
    if not isinstance(first, s.ForEachStatement):
        return readings
    return tuple(map(_ruled, readings)) if first.sentences else ()


def _ruled(reading: s.Reading) -> s.Reading:
    head = reading.statement
    if not isinstance(head, s.ForEachStatement):
        return reading
    return evolve(reading, statement=s.RuleStatement(None, head.sentences, element=head.element, span=head.span))
