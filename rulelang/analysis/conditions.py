"""Conditions as formulas: where a condition is true, and where it is false (elsewhere it is unknown, S3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import chain
from typing import Any, NamedTuple

from attrs import define, evolve, field

from rulelang.analysis.cells import MISSING, NONE, finite_values, is_ordered
from rulelang.analysis.formula import ALWAYS, NEVER
from rulelang.analysis.normal import is_pure, is_strict, is_told, normal
from rulelang.analysis.sides import both, difference, put, sides, taken_apart
from rulelang.analysis.space import OUTCOME, Space, Variable, may_be_none
from rulelang.analysis.thresholds import thresholds
from rulelang.diagnostics.position import Span
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.quotients import MIRRORED
from rulelang.lowering.recipes import Entries
from rulelang.model import expressions as e
from rulelang.model.evaluation import literal_value, truth_of
from rulelang.model.expressions import Expression
from rulelang.model.scope import Scope
from rulelang.model.walking import counts_working_days, own_parts, parts
from rulelang.values.durations import Duration
from rulelang.values.text import clean_text
from rulelang.vocabulary.types import Length, ListOf, Text, YesNo

MOST_CASES = 40
_CLOSED = (
    *(e.Literal, e.FieldRef, e.Arithmetic, e.Negated, e.DateShift, e.DaysBetween, e.AgeIn, e.DatePart, e.Today),
    e.NextAnniversary,
)


class Pair(NamedTuple):
    """The formulas of where a condition is true and where it is false."""

    true: int
    false: int


_UNDETERMINED = Pair(ALWAYS, ALWAYS)  # while conditions are only read
_EVER, _NOT_EVER = Pair(ALWAYS, NEVER), Pair(NEVER, ALWAYS)


@define(eq=False)
class Conditions:
    """Reads the conditions of one model into a space.

    ``tag`` tells the model apart from the other one of a comparison; ``shared``: both have the same lists, tables and
    functions; ``alike`` are the variables of the outcomes that both decide by the very same rules. ``outcome`` gives
    the variable of an outcome, ``member`` that of a value among those collected.
    """

    space: Space
    scope: Scope
    tag: str
    outcome: Callable[[str], Variable]
    member: Callable[[Variable, str], Variable | None]
    shared: bool = True
    alike: Collection[str] = ()
    places: dict[Expression, Span] = field(factory=dict)
    _known: dict[tuple[Expression, bool], Pair] = field(factory=dict)
    _asked: dict[tuple[int, bool], tuple[Expression, Pair]] = field(factory=dict)

    def pair(self, condition: Expression) -> Pair:
        """Where a condition of the model is true, and where false."""
        # By its place in memory: a branch of a long table is asked for once for every branch after it.
        key = (id(condition), self.space.is_cut)
        found = self._asked.get(key)
        if found is None:
            pair = self.of(normal(condition, self.scope, lambda name: self.outcome(name).name, self.places))
            found = self._asked[key] = (condition, pair)
        return found[1]

    def of(self, condition: Expression) -> Pair:
        """The same for a condition that is normal already."""
        key = (condition, self.space.is_cut)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._of(condition)
        return found

    def _of(self, condition: Expression) -> Pair:
        formulas = self.space.formulas
        match condition:
            case e.And(items=items) | e.Or(items=items):
                pairs = [self.of(each) for each in items]
                true, false = [each.true for each in pairs], [each.false for each in pairs]
                if isinstance(condition, e.And):
                    return Pair(formulas.all_of(true), formulas.any_of(false))
                return Pair(formulas.any_of(true), formulas.all_of(false))
            case e.Not(item=item):
                pair = self.of(item)
                return Pair(pair.false, pair.true)
            case e.AtLeastOf(count=count, items=items):
                pairs = [self.of(each) for each in items]
                fails = formulas.at_least(len(items) - count + 1, [each.false for each in pairs])
                return Pair(formulas.at_least(count, [each.true for each in pairs]), fails)
            case e.Literal(value=bool(value)):
                return _EVER if value else _NOT_EVER
            case e.Between() | e.OneOf() | e.Within() | e.WithinOf() | e.InPeriod():
                pair = self.of(taken_apart(condition, self.scope))
                return self._unless_blank(pair, sides(condition))
            case e.Comparison() | e.AgeComparison():
                return self._unless_blank(self._compared(condition), sides(condition))
            case e.IsMissing(operand=operand):
                return self._missing(operand)
            case (
                e.InList(value=e.FieldRef(type=Text(), name=name))
                | e.TextTest(value=e.FieldRef(type=Text(), name=name))
            ):
                return self._of_text(condition, self._variable(name))
            case e.FieldRef(type=YesNo(), name=name):
                return self._single(condition, self._variable(name))
            case e.Quantified(quantifier="no"):
                pair = self.of(evolve(condition, quantifier="any"))
                return Pair(pair.false, pair.true)
        return self._opaque(condition)

    # --- one variable ---

    def _variable(self, name: str) -> Variable:
        found = self.space.by_name.get(name)
        return self.space.field(self.scope.model.fields[name], self.scope) if found is None else found

    def _single(self, condition: Expression, variable: Variable) -> Pair:
        """A condition on one variable whose cells tell its answers apart."""
        if not self.space.is_cut:
            variable.conditions[condition, self.tag] = self.scope
            return _UNDETERMINED
        marks = variable.marks.get((condition, self.tag))
        if isinstance(condition, e.IsMissing):
            marks = ()
        if marks is not None and variable.cells.edges is not None:
            true, false = variable.cells.truths_between(
                marks, lambda value: variable.truth(condition, self.scope, value)
            )
        else:
            true, false = variable.truths_of(condition, self.scope)
        return Pair(self.space.within(variable, true), self.space.within(variable, false))

    def _of_text(self, condition: Expression, variable: Variable) -> Pair:
        if variable.kind == OUTCOME and isinstance(condition, e.TextTest) and condition.kind == "contains":
            member = self.member(variable, clean_text(condition.pattern))
            if member is not None:
                return self._single(e.FieldRef(member.name, YesNo()), member)
        if variable.kind == OUTCOME and variable.values is None:
            return self._opaque(condition)
        if self.space.is_cut and variable.vague and isinstance(condition, e.TextTest):
            return self._unless_blank(self._opaque(condition), [condition.value])
        if isinstance(condition, e.InList):
            variable.add(self.scope.model.lists[condition.list].values)
        return self._single(condition, variable)

    def _missing(self, operand: Expression) -> Pair:
        if isinstance(operand, e.Literal):
            return _NOT_EVER
        if isinstance(operand, e.FieldRef):
            if self._variable(operand.name).collected:
                return _NOT_EVER  # a list that was collected may be empty, never missing
            return self._single(e.IsMissing(operand), self._variable(operand.name))
        variable = self._whole(operand)
        return self._single(e.IsMissing(e.FieldRef(variable.name, operand.type)), variable)

    def _whole(self, expression: Expression, place: Span | None = None) -> Variable:
        """The variable that an expression as a whole is."""
        if isinstance(expression, e.FieldRef):
            return self._variable(expression.name)
        names = [each.name for each in parts(expression) if isinstance(each, e.FieldRef)]
        if is_told(expression):
            shared = self.shared or is_pure(expression)
        else:
            shared = self.shared and all(name in self.alike for name in names if name.startswith("\0"))
        key = (expression, "" if shared else self.tag)
        variable = self.space.expression(expression, key, self.scope)
        variable.span = variable.span or self.places.get(expression, place)
        names += [each.list for each in parts(expression) if isinstance(each, e.Aggregate | e.Quantified)]
        read = [self._variable(each) for each in dict.fromkeys(names)]
        for each in own_parts(expression):
            if isinstance(each, e.Arithmetic) and isinstance(each.right, e.FieldRef) and each.operator == "/":
                self._variable(each.right.name).add([0])
        if self.space.is_cut and variable.number not in self.space.axioms:
            self.space.require(variable, tuple(self._laws(variable, expression, read)))
        return variable

    def _laws(self, variable: Variable, expression: Expression, read: list[Variable]) -> Iterable[int]:
        """When an expression is unknown and when it is known."""
        formulas = self.space.formulas
        unknown = self.space.within(variable, variable.cells.full & ~variable.cells.known)
        own = {each.name for each in own_parts(expression) if isinstance(each, e.FieldRef)}
        own |= {each.list for each in own_parts(expression) if isinstance(each, e.Aggregate)}
        valued = {each.number: self.space.within(each, each.cells.known) for each in read}
        if is_strict(expression, aggregates=True):
            for each in read:
                if each.name in own:
                    yield formulas.any_of((valued[each.number], unknown))
        divisors = [
            each.right for each in own_parts(expression) if isinstance(each, e.Arithmetic) and each.operator == "/"
        ]
        beyond = counts_working_days(expression)  # unknown where the calendar of holidays ends
        zeros = [self._zero(each) for each in divisors if not isinstance(each, e.Literal) or each.value == 0]
        if is_strict(expression) and not beyond and None not in zeros:
            known = self.space.within(variable, variable.cells.known)
            unvalued = (formulas.opposite(each) for each in valued.values())
            yield formulas.any_of((known, *unvalued, *(each for each in zeros if each is not None)))
        elif isinstance(expression, e.Aggregate) and _is_answered(expression, self.scope):
            known = self.space.within(variable, variable.cells.known)
            here = self._variable(expression.list)
            yield formulas.any_of((known, self.space.within(here, here.cells.of_kind(MISSING))))

    def _zero(self, divisor: Expression) -> int | None:
        """Where a divisor is zero, None where that can't be told."""
        if not isinstance(divisor, e.FieldRef):
            return None
        variable = self._variable(divisor.name)
        return self.space.within(variable, variable.cells.mask_of(0))

    def _opaque(self, condition: Expression, place: Span | None = None) -> Pair:
        """A condition that is not looked into: yes, no or unknown."""
        wrapped = condition if isinstance(condition.type, YesNo) else e.IsMissing(condition)
        variable = self._whole(wrapped, place)
        return self._single(e.FieldRef(variable.name, YesNo()), variable)

    def _unless_blank(self, pair: Pair, sides: Iterable[Expression]) -> Pair:
        """Nothing compares with a field or an outcome that is known to have no value: that is false (S3)."""
        if not self.space.is_cut:
            return pair
        formulas, blank = self.space.formulas, []
        for each in sides:
            if isinstance(each, e.FieldRef) or may_be_none(each):
                variable = self._whole(each)
                blank.append(self.space.within(variable, variable.cells.of_kind(NONE)))
        true = formulas.all_of((pair.true, *map(formulas.opposite, blank)))
        return Pair(true, formulas.any_of((pair.false, *blank)))

    # --- comparisons ---

    def _compared(self, written: e.Comparison | e.AgeComparison) -> Pair:
        condition = self._closed(written)
        assert isinstance(condition, e.Comparison | e.AgeComparison)
        names = list(dict.fromkeys(each.name for each in parts(condition) if isinstance(each, e.FieldRef)))
        variables = [self._variable(each) for each in names]
        if not variables:
            truth = truth_of(condition, self.scope)
            return _EVER if truth else _NOT_EVER if truth is False else Pair(NEVER, NEVER)
        if len(variables) == 1 and self._understood(condition, variables[0]):
            return self._single(condition, variables[0])
        few = [each for each in variables if (cases := _cases(each)) is not None and len(cases) <= MOST_CASES]
        if few and len(variables) > 1:
            return self._by_cases(condition, few[0])
        return self._apart(condition, self.places.get(written))

    def _understood(self, condition: e.Comparison | e.AgeComparison, variable: Variable) -> bool:
        """Whether one variable's cells can tell a comparison apart; leaves its thresholds there."""
        if _cases(variable) is not None:
            return True
        if isinstance(variable.type, Text):
            compared = sides(condition)
            if variable.kind == OUTCOME or not all(isinstance(each, _TEXT_SIDES) for each in compared):
                return False
            variable.add(literal_value(each) for each in compared if isinstance(each, e.Literal))
            variable.add(chain.from_iterable(self._keys(each) for each in compared if isinstance(each, e.Lookup)))
            return True
        if not is_ordered(variable.type) or any(isinstance(each, e.Lookup) for each in sides(condition)):
            return False
        if self.space.is_cut:
            return (condition, self.tag) in variable.conditions

        found = thresholds(condition, variable.type, lambda each, value: variable.truth(each, self.scope, value))
        if found is not None:
            variable.cuts.update(found)
            variable.marks[condition, self.tag] = found
        return found is not None

    def _keys(self, lookup: e.Lookup) -> Iterable[str]:
        found: dict[str, Any] = fixed_value(
            Entries(lookup.table, lookup.key_column, lookup.column, lookup.type), self.scope.model, self.scope.as_of
        )
        return found

    def _by_cases(self, condition: e.Comparison | e.AgeComparison, variable: Variable) -> Pair:
        """The comparison for each value of a variable that has few."""
        formulas = self.space.formulas
        true, false = [], []
        for value in _cases(variable) or ():
            literal = _literal(value, variable)
            left, right = (put(each, variable.name, literal) for each in both(condition))
            changed = (
                evolve(condition, left=left, right=right)
                if isinstance(condition, e.Comparison)
                else evolve(condition, date=left, length=right)
            )
            pair = self.of(normal(changed, self.scope, lambda name: name))
            if self.space.is_cut:
                here = self.space.within(variable, variable.cells.mask_of(value))
                true.append(formulas.all_of((here, pair.true)))
                false.append(formulas.all_of((here, pair.false)))
        return Pair(formulas.any_of(true), formulas.any_of(false)) if self.space.is_cut else _UNDETERMINED

    def _apart(self, condition: e.Comparison | e.AgeComparison, place: Span | None) -> Pair:
        """A comparison of what no single variable tells: with a constant, or by the difference of both sides."""
        if isinstance(condition, e.Comparison):
            sign, left, right = condition.operator, condition.left, condition.right
            if isinstance(left, e.Literal):
                sign, left, right = MIRRORED[sign], right, left
            if not isinstance(right, e.Literal) and is_strict(left) and is_strict(right):
                sign, left, right = difference(sign, left, right)
            if isinstance(right, e.Literal) and is_ordered(left.type):
                variable = self._whole(left, place)
                compared = e.Comparison(sign, e.FieldRef(variable.name, left.type), right)
                if self._understood(compared, variable):
                    return self._single(compared, variable)
            if sign == "!=":
                pair = self._opaque(e.Comparison("=", left, right), place)
                return Pair(pair.false, pair.true)
            return self._opaque(e.Comparison(sign, left, right), place)
        opposite = {"<": ">=", "<=": ">"}.get(condition.operator)
        if opposite is None:
            return self._opaque(condition, place)
        pair = self._opaque(evolve(condition, operator=opposite), place)
        return Pair(pair.false, pair.true)

    def _closed(self, expression: Expression, outermost: bool = True) -> Expression:
        """The comparison with variables in place of what can't be looked into."""
        if isinstance(expression, e.Lookup) and isinstance(expression.key, e.FieldRef):
            return expression
        if not outermost and not isinstance(expression, _CLOSED):
            variable = self._whole(expression)
            return e.FieldRef(variable.name, expression.type)
        changes: dict[str, Any] = {}
        for name in ("left", "right", "date", "length", "operand", "later", "earlier"):
            part = getattr(expression, name, None)
            if isinstance(part, Expression):
                changes[name] = self._closed(part, outermost=False)
        return evolve(expression, **changes) if changes else expression


_TEXT_SIDES = (e.Literal, e.FieldRef, e.Lookup)


def _is_answered(aggregate: e.Aggregate, scope: Scope) -> bool:
    """Whether an aggregate has a value for every list there is: records it can't judge are left out (S3)."""
    if aggregate.kind not in ("count", "sum", "distinct", "busiest"):
        return False
    type_ = scope.model.fields[aggregate.list].type
    return aggregate.window is None or (isinstance(type_, ListOf) and type_.complete_from is None)


def _cases(variable: Variable) -> tuple[Any, ...] | None:
    """All values of a variable, where they are few."""
    if variable.values is not None:
        return variable.values
    if isinstance(variable.type, ListOf):
        return None
    return finite_values(variable.type)


def _literal(value: Any, variable: Variable) -> e.Literal:
    if isinstance(variable.type, Length):
        return e.Literal(Duration(value, variable.type.unit), variable.type)
    return e.Literal(value, variable.type)
