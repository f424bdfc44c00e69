"""The variables that conditions speak of: fields, outcomes, and expressions that can't be taken apart.

First every condition is read and leaves its thresholds with the variables it speaks of; then the variables are cut into
cells (`Space.cut`), and conditions become formulas over these cells. An expression over several fields, over the
records of a list, or of a kind not known here is a variable of its own: it may have any value, so that what is proved
with it holds, while a customer found with it is only possible until tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import define, field

from rulelang.analysis.cells import (
    MISSING,
    NONE,
    VALUE,
    Cell,
    Cells,
    Extras,
    as_key,
    between_cuts,
    enumerated,
    finite_values,
    is_ordered,
)
from rulelang.analysis.formula import ALWAYS, Formulas
from rulelang.analysis.texts import cells_of_text, compared_text
from rulelang.diagnostics.position import Span
from rulelang.model import expressions as e
from rulelang.model.evaluation import truth_of
from rulelang.model.expressions import Expression
from rulelang.model.lists import PICKS
from rulelang.model.program import Measure
from rulelang.model.scope import Scope
from rulelang.values.moments import clock
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Date, DateTime, ListOf, Text, Type, YesNo

FIELD, OUTCOME, EXPRESSION = "field", "outcome", "expression"
_PARTS = {"quintile": 5, "decile": 10}


@define(eq=False)
class Variable:
    """Something with cells. ``values`` are all it can be, where these are few; ``scope`` is what it is evaluated in."""

    name: str
    kind: str
    type: Type
    extras: Extras
    number: int
    scope: Scope
    expression: Expression | None = None
    span: Span | None = None
    values: tuple[Any, ...] | None = None
    limits: tuple[Any, Any] = (None, None)
    cuts: set[Fraction] = field(factory=set)
    texts: dict[str, None] = field(factory=dict)
    conditions: dict[tuple[Expression, str], Scope] = field(factory=dict)
    marks: dict[tuple[Expression, str], tuple[Fraction, ...]] = field(factory=dict)  # thresholds by condition
    collected: bool = False  # an outcome that lists values
    vague: bool = False  # a text whose tests can't be told apart
    _cells: Cells | None = None

    @property
    def cells(self) -> Cells:
        """Its cells, once it has been cut."""
        assert self._cells is not None, f"{self.name} has not been cut yet"
        return self._cells

    def cut(self) -> None:
        """Makes the cells from what has been read."""
        if self._cells is None:
            self._cells = self._made()

    def add(self, values: Any) -> None:
        """Cuts it at more values."""
        if isinstance(self.type, Text):
            self.texts.update(dict.fromkeys(each for each in values if isinstance(each, str)))
        elif is_ordered(self.type):
            self.cuts.update(as_key(each) for each in values)

    def _made(self) -> Cells:
        known = finite_values(self.type) if self.values is None else self.values
        if known is not None:
            return enumerated(known, self.extras)
        if isinstance(self.type, ListOf):
            return enumerated(("records",), self.extras)
        if isinstance(self.type, DateTime):
            # Moments are not cut: what is asked of one is an expression of its own.
            moment = Cell(VALUE, clock(self.scope.as_of), clock(self.scope.as_of))
            return Cells((moment, *self.extras.cells()), lambda _: 0)
        if isinstance(self.type, Text):
            return self._made_of_text()
        return between_cuts(self.type, self.cuts, *self.limits, self.extras)

    def _made_of_text(self) -> Cells:
        tests = [each for each, _ in self.conditions if isinstance(each, e.TextTest)]
        found = cells_of_text(self.texts, tests, self._signs(), self.extras)
        if found is None:
            self.vague = True
            found = cells_of_text(self.texts, (), self._signs(tested=False), self.extras)
        assert found is not None, "without tests there is nothing to tell apart"
        return found

    def _signs(self, tested: bool = True) -> list[Callable[[str], Any]]:
        """What tells texts apart: which of the texts compared it is, and what each further condition says of it."""
        constants, signs = set(), list[Callable[[str], Any]]()
        for (condition, _), scope in self.conditions.items():
            constant = compared_text(condition, self.name)
            if constant is not None:
                constants.add(constant)
            elif tested or not isinstance(condition, e.TextTest):
                signs.append(partial(self.truth, condition, scope))
        return [lambda text: text if text in constants else None, *signs] if constants else signs

    def truths_of(self, condition: Expression, scope: Scope) -> tuple[int, int]:
        """The masks of the cells in which a condition on this variable alone is true, and false."""
        constant = compared_text(condition, self.name) if isinstance(self.type, Text) else None
        if constant is None:
            return self.cells.truths(lambda value: self.truth(condition, scope, value))
        # Looked up: with every condition tried on every cell, long tables of texts take their square.
        number, blank = self.cells.number(constant), self.cells.of_kind(NONE)
        same = 0 if number is None or self.cells.cells[number].value != constant else 1 << number
        others = self.cells.known & ~same
        assert isinstance(condition, e.Comparison)
        return (same, others | blank) if condition.operator == "=" else (others, same | blank)

    def truth(self, condition: Expression, scope: Scope, value: Any) -> bool | None:
        """What a condition on this variable alone says of a value."""
        return truth_of(condition, Scope(scope.model, scope.as_of, {self.name: value}, {}))


@define(eq=False)
class Space:
    """All variables of one or two rulesets, and the formulas over them."""

    formulas: Formulas = field(factory=Formulas)
    variables: list[Variable] = field(factory=list)
    by_name: dict[str, Variable] = field(factory=dict)
    axioms: dict[int, tuple[int, ...]] = field(factory=dict)
    is_cut: bool = False
    _expressions: dict[Any, Variable] = field(factory=dict)

    def field(self, declared: Field, scope: Scope) -> Variable:
        """The variable of a field. Where a blank is an answer a value that can't be read is still a missing one."""
        found = self.by_name.get(declared.name)
        if found is not None:
            return found
        limits = (_plain(declared.at_least), _plain(declared.at_most))
        extras = Extras(blank=declared.may_be_blank)
        values = _parts_of(declared.name, scope.model.measures)
        made = self._added(declared.name, FIELD, declared.type, extras, scope, values)
        if is_ordered(declared.type):
            made.limits = limits
        if isinstance(declared.type, Date):
            made.add([scope.as_of])  # what lies in the future is told from what doesn't
        return made

    def outcome(self, name: str, type_: Type, values: tuple[Any, ...] | None, scope: Scope) -> Variable:
        """The variable of an outcome's answer: blank where no rule gives one, missing where it is undecided."""
        found = self.by_name.get(name)
        if found is None:
            found = self._added(name, OUTCOME, type_, Extras(True, True), scope, values)
        return found

    def expression(self, expression: Expression, key: Any, scope: Scope) -> Variable:
        """The variable of an expression; the same for expressions with one key."""
        found = self._expressions.get(key)
        if found is None:
            number = len(self.variables)
            extras = Extras(True, blank=may_be_none(expression))
            found = self._added(f"\0{number}", EXPRESSION, expression.type, extras, scope)
            found.expression = expression
            if isinstance(expression, e.Aggregate) and expression.kind in ("count", "distinct", "busiest"):
                found.limits = (0, None)
            self._expressions[key] = found
        return found

    def _added(
        self, name: str, kind: str, type_: Type, extras: Extras, scope: Scope, values: tuple[Any, ...] | None = None
    ) -> Variable:
        made = Variable(name, kind, type_, extras, len(self.variables), scope, values=values)
        self.variables.append(made)
        self.by_name[name] = made
        self.formulas.full.append(0)
        if self.is_cut:
            assert values is not None or isinstance(type_, YesNo), "when all is cut, only what has few values may come"
            self._cut(made)
        return made

    def cut(self) -> None:
        """Cuts all variables; conditions can be made formulas from here on."""
        self.is_cut = True
        for each in self.variables:
            self._cut(each)

    def _cut(self, variable: Variable) -> None:
        variable.cut()
        self.formulas.full[variable.number] = variable.cells.full

    def within(self, variable: Variable, mask: int) -> int:
        """The formula that a variable's cell is one of a mask."""
        return self.formulas.within(variable.number, mask)

    def known(self, variable: Variable) -> int:
        """The formula that a variable has a value, or is known to have none."""
        return self.within(variable, variable.cells.full & ~variable.cells.of_kind(MISSING))

    def everything(self) -> list[int]:
        """The box of all customers."""
        return list(self.formulas.full)

    def require(self, variable: Variable, formulas: tuple[int, ...]) -> None:
        """What always holds of a variable and those it rests on."""
        self.axioms[variable.number] = tuple(each for each in formulas if each != ALWAYS)


def _parts_of(name: str, measures: Iterable[Measure]) -> tuple[int, ...] | None:
    """All values of a measure that numbers the parts of the population; None of any other field."""
    for each in measures:
        if each.name == name and each.kind in _PARTS:
            return tuple(range(1, _PARTS[each.kind] + 1))
    return None


def may_be_none(expression: Expression) -> bool:
    """Whether it may be known to have no value (S3): the latest record of none, the day of a blank moment."""
    return isinstance(expression, e.DayOf) or (isinstance(expression, e.Aggregate) and expression.kind in PICKS)


def _plain(value: Any) -> Any:
    return getattr(value, "amount", value)
