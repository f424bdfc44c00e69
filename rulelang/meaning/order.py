"""The order of decisions (S2): an outcome after those its rules read. A circle is refused with its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.model.expressions import Expression
from rulelang.model.program import Rule
from rulelang.model.walking import decided_name, parts


def references(expression: Expression | None) -> Iterator[tuple[str, Span | None]]:
    """The outcomes an expression reads, each with its place."""
    for each in () if expression is None else parts(expression):
        name = decided_name(each)
        if name is not None:
            yield name, each.span


def decision_order(outcomes: Iterable[str], rules: Iterable[Rule]) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """Outcomes in the order they can be decided in, declared order kept where nothing else asks; or the circle."""
    names = tuple(outcomes)
    reads = _reads(names, rules)
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


def _reads(names: tuple[str, ...], rules: Iterable[Rule]) -> Mapping[str, dict[str, Span | None]]:
    """For each outcome, the outcomes that its rules read, with a place."""
    result: dict[str, dict[str, Span | None]] = {name: {} for name in names}
    for rule in rules:
        conditions: dict[str, Span | None] = {}
        assigned: set[str] = set()
        for branch in rule.branches:
            conditions.update(references(branch.condition))
            for assignment in branch.assignments:
                assigned.add(assignment.outcome)
                for expression in (assignment.value, assignment.at_least, assignment.at_most):
                    for name, span in references(expression):
                        result[assignment.outcome].setdefault(name, span)
        for outcome in assigned:
            for other, place in conditions.items():
                result[outcome].setdefault(other, place)
    return result
