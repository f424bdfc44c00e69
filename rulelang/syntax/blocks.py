"""What stands indented under ``for each …``: rules and tables, which then speak of one record."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Anchor
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


def in_blocks(chunks: Sequence[Chunk], results: Sequence[Result]) -> list[Result]:
    """The statements, those under a ``for each`` with the record they speak of.

    Where the head can't be read, what is under it is left out: the head's mistake is the one to mend.
    """
    elements: dict[int, Name | None] = {}
    filled = {chunk.block for chunk in chunks}
    found = []
    for chunk, result in zip(chunks, results, strict=True):
        if chunk.block is not None:
            found.append(_inside(result, chunk, elements.get(chunk.block)))
            continue
        if chunk.kind == "for_each":
            head = result.readings[0].statement if result.readings else None
            elements[chunk.start] = head.element if isinstance(head, s.ForEachStatement) else None
            if isinstance(head, s.ForEachStatement) and not head.sentences and chunk.start not in filled:
                facts = {"element": head.element.text}
                result = evolve(result, problems=(*result.problems, Diagnostic("for-each-empty", head.span, facts)))
        found.append(result)
    return found


def _inside(result: Result, chunk: Chunk, element: Name | None) -> Result:
    if element is None or not result.readings:
        return evolve(result, readings=())
    statement = result.readings[0].statement
    if not isinstance(statement, s.RuleStatement | s.TableStatement):
        facts = {"element": element.text, "statement": chunk.kind or ""}
        return evolve(result, readings=(), problems=(Diagnostic("for-each-statement", statement.span, facts),))
    readings = tuple(
        evolve(each, statement=evolve(each.statement, element=element))
        for each in result.readings
        if isinstance(each.statement, s.RuleStatement | s.TableStatement)
    )
    return evolve(result, readings=readings)


def as_rules(file: s.File) -> s.File:
    """The file with the sentences directly under a ``for each`` as rules without a title."""
    if not any(isinstance(each, s.ForEachStatement) for each in file.statements):
        return file
    readings = []
    for each in file.readings:
        ruled = tuple(map(_ruled, each)) if isinstance(each[0].statement, s.ForEachStatement) else each
        if not (isinstance(each[0].statement, s.ForEachStatement) and not each[0].statement.sentences):
            readings.append(ruled)
    return evolve(file, readings=tuple(readings))


def _ruled(reading: s.Reading) -> s.Reading:
    head = reading.statement
    if not isinstance(head, s.ForEachStatement):
        return reading
    return evolve(reading, statement=s.RuleStatement(None, head.sentences, element=head.element, span=head.span))
