"""The order of decisions (S2): an outcome after those its rules read. A circle is refused with its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.memory import NO_MEMORY, Memory
from rulelang.model.expressions import Expression
from rulelang.model.program import Assignment, Branch, Rule
from rulelang.model.walking import decided_name, distinct, parts


def references(expression: Expression | None) -> Iterator[tuple[str, Span | None]]:
    """The outcomes an expression reads, each with its place."""
    for each in () if expression is None else parts(expression):
        name = decided_name(each)
        if name is not None:
            yield name, each.span


def decision_order(
    outcomes: Iterable[str], rules: Iterable[Rule], memory: Memory = NO_MEMORY
) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """Outcomes in the order they can be decided in, declared order kept where nothing else asks; or the circle."""
    names = tuple(outcomes)
    reads = _reads(names, rules, memory)
    ordered: list[str] = []
    finished: set[str] = set()
    diagnostics: list[Diagnostic] = []
    for start in names:
        trail: list[tuple[str, list[str]]] = [(start, list(reads[start]))] if start not in finished else []
        while trail:
            current, open_ = trail[-1]
            if not open_:
                trail.pop()
                if current not in finished:
                    finished.add(current)
                    ordered.append(current)
                continue
            following = open_.pop(0)
            if following in finished:
                continue
            path = [name for name, _ in trail]
            if following in path:
                circle = (*path[path.index(following) :], following)
                diagnostics.append(Diagnostic("cycle", reads[current][following], {"path": circle}))
                return names, tuple(diagnostics)
            trail.append((following, list(reads[following])))
    return tuple(ordered), ()


_Read = dict[str, Span | None]


def _given(assignment: Assignment) -> tuple[str, _Read]:
    """An outcome, and those that the value it is given reads."""
    read: _Read = {}
    for expression in (assignment.value, assignment.at_least, assignment.at_most):
        for name, span in references(expression):
            read.setdefault(name, span)
    return assignment.outcome, read


def _of_branch(branch: Branch, known: dict[int, Any]) -> tuple[_Read, tuple[tuple[str, _Read], ...]]:
    """The outcomes that a branch's condition reads; and for each outcome it sets, those that the value reads.

    ``known`` is what was found for conditions and assignments by their identity: rows of a table share them.
    """
    read: _Read = {}
    for item in distinct((branch.condition,)):
        if id(item) not in known:
            known[id(item)] = dict(references(item))
        read.update(known[id(item)])
    for each in branch.assignments:
        if id(each) not in known:
            known[id(each)] = _given(each)
    return read, tuple(known[id(each)] for each in branch.assignments)


def _reads(names: tuple[str, ...], rules: Iterable[Rule], memory: Memory) -> Mapping[str, _Read]:
    """For each outcome, the outcomes that its rules read, with a place."""
    result: dict[str, dict[str, Span | None]] = {name: {} for name in names}
    for each in memory.each("references", _of_branches, [rule.branches for rule in rules]):
        for outcome, name, place in each:
            result[outcome].setdefault(name, place)
    return result


def _of_branches(branches: Iterable[Branch]) -> tuple[tuple[str, str, Span | None], ...]:
    """Which outcome of a rule reads which other one, and where: by its values first, then by the rule's conditions."""
    known: dict[int, Any] = {}
    conditions: _Read = {}
    assigned: dict[str, None] = {}
    found: dict[tuple[str, str], Span | None] = {}
    for branch in branches:
        read, given = _of_branch(branch, known)
        conditions.update(read)
        for outcome, names_read in given:
            assigned[outcome] = None
            for name, place in names_read.items():
                found.setdefault((outcome, name), place)
    for outcome in assigned if conditions else ():
        for name, place in conditions.items():
            found.setdefault((outcome, name), place)
    return tuple((*pair, place) for pair, place in found.items())
