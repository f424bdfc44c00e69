"""Customers that good samples should have among them: each condition deciding its rule, once true and once false.

A condition decides where the rule applies if it holds and doesn't if it fails, everything else being the same (modified
condition / decision coverage).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from rulelang.analysis.inquiry import Inquiry
from rulelang.model import expressions as e
from rulelang.model.expressions import ALWAYS, Expression
from rulelang.model.program import Rule
from rulelang.model.walking import bare
from rulelang.vocabulary.types import YesNo

NEVER = e.Literal(False, YesNo())


@frozen
class Obligation:
    """Customers of one kind: ``condition`` of a branch of ``rule`` decides, and is ``wanted``."""

    rule: Rule
    number: int
    condition: Expression
    wanted: bool
    formulas: tuple[int, ...]


def obligations(inquiry: Inquiry) -> Iterator[Obligation]:
    """Every obligation of the rules in force; some may be such that nobody can meet them."""
    formulas = inquiry.space.formulas
    for rule, number, branch in inquiry.branches():
        reached = [formulas.opposite(inquiry.program.pair(each.condition).true) for each in rule.branches[:number]]
        for atom, with_truth in single_conditions(branch.condition):
            holds, fails = (inquiry.program.pair(with_truth(each)).true for each in (ALWAYS, NEVER))
            decides = formulas.all_of((holds, formulas.opposite(fails)))
            opposed = formulas.all_of((fails, formulas.opposite(holds)))
            pair = inquiry.program.pair(atom)
            for wanted, formula in ((True, pair.true), (False, pair.false)):
                asked = (formulas.any_of((decides, opposed)), formula, *reached)
                yield Obligation(rule, number, atom, wanted, asked)


class _With:
    """A condition with a truth in place of one of its single conditions."""

    def __init__(self, path: Sequence[int], condition: Expression) -> None:
        self.path = path
        self.condition = condition

    def __call__(self, truth: Expression) -> Expression:
        return _replaced(self.condition, list(self.path), truth)


def _replaced(condition: Expression, path: list[int], truth: Expression) -> Expression:
    condition = bare(condition)
    if not path:
        return truth
    match condition:
        case e.And(items=items) | e.Or(items=items) | e.AtLeastOf(items=items):
            index = path[0]
            changed = _replaced(items[index], path[1:], truth)
            return evolve(condition, items=(*items[:index], changed, *items[index + 1 :]))
        case e.Not(item=item):
            return evolve(condition, item=_replaced(item, path[1:], truth))
    raise TypeError(f"{type(condition).__name__} has no conditions in it")


def single_conditions(condition: Expression) -> Iterator[tuple[Expression, _With]]:
    """The single conditions of a condition, each with a way to put a truth in its place."""
    for atom, path in _atoms(condition, ()):
        yield atom, _With(path, condition)


def _atoms(condition: Expression, path: tuple[int, ...]) -> Iterator[tuple[Expression, tuple[int, ...]]]:
    condition = bare(condition)
    match condition:
        case e.And(items=items) | e.Or(items=items) | e.AtLeastOf(items=items):
            for index, item in enumerate(items):
                yield from _atoms(item, (*path, index))
        case e.Not(item=item):
            yield from _atoms(item, (*path, 0))
        case e.Literal():
            return
        case _:
            yield condition, path
