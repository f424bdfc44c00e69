"""What a model consists of, across all its rules."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

from rulelang.memory import NO_MEMORY, Memory
from rulelang.model.expressions import Call, Expression
from rulelang.model.program import Branch, Hole, Model, Rule
from rulelang.model.walking import distinct, parts

Found = TypeVar("Found")


def expressions(model: Model) -> Iterator[Expression]:
    """Every outermost expression: of rules (their reasons included), requirements and measures."""
    for rule in model.rules:
        yield from of_rule(rule)
    yield from beside_rules(model)


def found_in(
    rules: Sequence[Rule], name: Hashable, look: Callable[[Expression], Iterable[Found]], memory: Memory = NO_MEMORY
) -> Iterator[Found]:
    """What there is in the outermost expressions of rules, in order; what several branches of a rule share is looked at
    once. With a ``memory`` only rules are looked at whose branches are others than last time."""

    def look_at(branches: tuple[Branch, ...]) -> tuple[Found, ...]:
        outermost = distinct(each for branch in branches for each in of_branch(branch))
        return tuple(chain.from_iterable(map(look, outermost)))

    return chain.from_iterable(memory.each(name, look_at, [rule.branches for rule in rules]))


def functions_called(model: Model, memory: Memory = NO_MEMORY) -> tuple[str, ...]:
    """The functions of plug-ins that it calls, each once, by name."""
    found = set(found_in(model.rules, "called", _called, memory))
    found.update(name for each in beside_rules(model) for name in _called(each))
    return tuple(sorted(found))


def beside_rules(model: Model) -> Iterator[Expression]:
    """The outermost expressions of requirements and measures."""
    yield from (each.condition for each in model.requirements)
    yield from (each.value for each in model.measures)


def _called(outermost: Expression) -> tuple[str, ...]:
    return tuple(each.function for each in parts(outermost) if isinstance(each, Call))


def of_rule(rule: Rule) -> Iterator[Expression]:
    """Every outermost expression of a rule, its reasons included."""
    for branch in rule.branches:
        yield from of_branch(branch)


def of_branch(branch: Branch) -> Iterator[Expression]:
    """The same of a branch."""
    yield branch.condition
    yield from values_of(branch)
    if branch.reason is not None:
        shown = (*branch.reason.parts, *(branch.reason.other or ()))
        yield from (part.expression for part in shown if isinstance(part, Hole))


def values_of(branch: Branch) -> Iterator[Expression]:
    """What a branch gives, and within which limits."""
    for each in branch.assignments:
        yield from (part for part in (each.value, each.at_least, each.at_most) if part is not None)
