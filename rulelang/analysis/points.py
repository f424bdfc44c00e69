"""One customer as a point in the space: the cell of each field, of what the rules answer, and of each expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rulelang.analysis.formula import Box
from rulelang.analysis.normal import is_told
from rulelang.analysis.solve import Solver
from rulelang.analysis.space import EXPRESSION, FIELD, OUTCOME, Variable
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.evaluation import aggregated_value, value_of
from rulelang.model.expressions import Expression
from rulelang.model.scope import Scope
from rulelang.model.walking import parts
from rulelang.vocabulary.types import Length, ListOf, Number

# What the rules give a customer: the answer of each outcome, BLANK where no rule gives one, None where undecided.
Answers = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def point_of(solver: Solver, values: Mapping[str, Any], answers: Mapping[str, Answers]) -> Box | None:
    """The cells of one customer, the outcomes and expressions included; None where a value lies in no cell."""
    point: Box = []
    given = {tag: asked(values) for tag, asked in answers.items()}
    seen: dict[str, Any] = {}
    for variable in solver.space.variables:
        if variable.kind == FIELD:
            value = values.get(variable.name, BLANK if variable.extras.blank else None)
            seen[variable.name] = value
            if not _can_be(variable, value):
                return None
            if isinstance(variable.type, ListOf) and value is not None:
                value = "records"
        elif variable.kind == OUTCOME:
            value = seen[variable.name] = _answer(variable, given)
        else:
            value = None
        point.append(variable.cells.mask_of(value))
    open_: set[str] = set()
    for variable in solver.space.variables:
        if variable.kind == EXPRESSION:
            assert variable.expression is not None
            if not is_told(variable.expression) or not open_.isdisjoint(fields_of_expression(variable)):
                point[variable.number] = variable.cells.full
                open_.add(variable.name)
                continue
            value = _reckoned(variable.expression, Scope(variable.scope.model, variable.scope.as_of, seen, {}))
            seen[variable.name] = value
            point[variable.number] = variable.cells.mask_of(value)
    return point if all(point) else None


def _reckoned(expression: Expression, scope: Scope) -> Any:
    """What an expression comes to, BLANK where it is known that there is no value."""
    if isinstance(expression, e.Aggregate):
        return aggregated_value(expression, scope)
    return BLANK if scope.is_blank(expression) else value_of(expression, scope)


def _can_be(variable: Variable, value: Any) -> bool:
    """Whether data can hold a value: a whole number has no decimals."""
    type_ = variable.type
    whole = isinstance(type_, Length) or (isinstance(type_, Number) and type_.decimals == 0)
    return not whole or value is None or value is BLANK or value == int(value)


def _answer(variable: Variable, given: Mapping[str, Mapping[str, Any]]) -> Any:
    """The answer behind an outcome's variable, or whether a value is in a list."""
    tag, _, name = variable.name.removeprefix("\0o").partition(":")
    name, _, member = name.partition("\0")
    answer = given.get(tag, {}).get(name)
    if member:
        return None if answer is None else isinstance(answer, tuple) and member in answer
    return BLANK if variable.collected else answer


def fields_of_expression(variable: Variable) -> list[str]:
    """The fields that an expression speaks of."""
    assert variable.expression is not None
    return [each.name for each in parts(variable.expression) if isinstance(each, e.FieldRef)]
