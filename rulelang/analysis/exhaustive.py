"""Two rulesets tried on everybody there can be, as far as one outcome goes: a proof by enumeration.

    found = tried_on_everybody(old, new, "tier", as_of, decider)

Where every condition that an outcome rests on speaks of a single field, all customers of one cell of each field are
decided alike. One of each is decided by the rules themselves, missing values and all. A condition on several fields,
or on records, is taken as an answer of its own that may be yes, no or unknown: more customers than there can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import product
from math import prod
from typing import Any

from attrs import define, evolve, field, frozen

from rulelang.analysis.cells import VALUE, finite_values
from rulelang.analysis.decisions import UNKNOWN
from rulelang.analysis.formula import LITERAL
from rulelang.analysis.likeness import same_answer
from rulelang.analysis.normal import normal
from rulelang.analysis.program import Program
from rulelang.analysis.space import EXPRESSION, FIELD, Space, Variable
from rulelang.analysis.witness import Customer, Told
from rulelang.lowering.needs import expressions_of, values_of
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.model.expressions import Expression
from rulelang.model.program import Branch, Model
from rulelang.model.scope import Scope
from rulelang.model.standing import HasStanding
from rulelang.model.walking import outcomes_read, parts
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import ListOf, YesNo

MOST_CUSTOMERS = 50_000
FEW_CUSTOMERS = 2_000  # so many are decided in less time than boxes take to be compared


@frozen
class Standing:
    """How an outcome stands for a customer: the answer (BLANK: no rule, None: undecided) and all that is possible."""

    answer: Any
    standing: str
    possible: frozenset[Any]


# How an outcome of a model stands for a customer, given by the values of the fields as rules see them.
Standings = Callable[[Mapping[str, Any]], Standing]
Decider = Callable[[Model, str], Standings]


@frozen
class Everybody:
    """What became of it: ``customer`` is the first for whom the answers ``old`` and ``new`` differ.

    ``alike``: standings and possible values are the same as well, for everybody.
    """

    customer: Customer | None = None
    old: Any = None
    new: Any = None
    alike: bool = True


def tried_on_everybody(
    old: Model, new: Model, name: str, as_of: date, decider: Decider, most: int = MOST_CUSTOMERS
) -> Everybody | None:
    """Decides one outcome for one customer of each kind; None where that proves nothing, or kinds are above ``most``.

    ``decider`` decides by a model (`rulelang.engine.advice.proving.decider_of`).
    """
    taken = _Taken()
    models = [_only(model, name, taken.by(model, as_of, tag)) for tag, model in (("old", old), ("new", new))]
    for number, model in enumerate(models):
        models[number] = evolve(model, fields={**model.fields, **taken.fields})
    kinds = _kinds(models, as_of, most)
    if kinds is None:
        return None
    alike = True
    ours, theirs = (decider(model, name) for model in models)
    for values in product(*kinds.values()):
        customer = dict(zip(kinds, values, strict=True))
        first, second = ours(customer), theirs(customer)
        if not same_answer(first.answer, second.answer):
            if taken.fields:
                return None  # nobody may be like that
            told = tuple(Told(key, value, VALUE) for key, value in customer.items() if value not in (None, BLANK))
            return Everybody(Customer(customer, told, True), first.answer, second.answer, False)
        alike &= first == second
    return Everybody(alike=alike)


@define
class _Taken:
    """Conditions that more than a field tells, each taken as a field: the same for those that mean the same."""

    fields: dict[str, Field] = field(factory=dict)
    _names: dict[Any, str] = field(factory=dict)

    def by(self, model: Model, as_of: date, tag: str) -> Callable[[Expression], Expression]:
        """Puts fields in the place of such conditions of a model."""
        scope = Scope(model, as_of, {}, {})
        told: dict[Expression, bool] = {}

        def put(condition: Expression) -> Expression:
            match condition:
                case e.And(items=items) | e.Or(items=items) | e.AtLeastOf(items=items):
                    return evolve(condition, items=tuple(map(put, items)))
                case e.Not(item=item):
                    return evolve(condition, item=put(item))
                case e.Named(operand=operand):
                    return put(operand)
            if condition not in told:
                told[condition] = _tells(condition, model, as_of)
            if told[condition]:
                return condition
            key = normal(condition, scope, lambda outcome: f"{tag}:{outcome}")
            found = self._names.setdefault(key, f"condition {len(self._names) + 1}")
            self.fields[found] = Field(found, YesNo())
            return e.FieldRef(found, YesNo())

        return put


def _tells(condition: Expression, model: Model, as_of: date) -> bool:
    """Whether the cells of single fields tell a condition."""
    space = Space()
    Program(model, Scope(model, as_of, {}, {}), space).pair(condition)
    return all(each.kind != EXPRESSION or _rests_on_few(each, space) for each in space.variables)


def _kinds(models: list[Model], as_of: date, most: int) -> dict[str, list[Any]] | None:
    """For each field that an outcome rests on a value of each kind; None where more than single fields tell, or where
    there are more than ``most`` kinds of customers.

    Values are of one kind where no condition of either ruleset tells them apart.
    """
    space = Space()
    programs = [
        Program(model, Scope(model, as_of, {}, {}), space, tag)
        for tag, model in zip(("old", "new"), models, strict=True)
    ]
    for program in programs:
        program.read()
    if not all(_is_told(value, found, space) for program in programs for found, value in _given(program)):
        return None
    space.cut()
    fields = [each for each in space.variables if each.kind == FIELD]
    if any(isinstance(each.type, ListOf) or each.vague for each in fields):
        return None
    for program in programs:
        for rule in program.rules:
            for branch in rule.branches:
                program.pair(branch.condition)
    formulas = space.formulas
    masks: dict[int, list[int]] = {each.number: [] for each in fields}
    for number, kind in enumerate(formulas.kinds):
        if kind == LITERAL and formulas.parts[number][0] in masks:
            variable, mask = formulas.parts[number]
            masks[variable].append(mask)
    found: dict[str, list[Any]] = {}
    for each in fields:
        values = _one_of_each(each, masks[each.number], most // max(prod(map(len, found.values())), 1))
        if values is None:
            return None
        found[each.name] = values
    return found


def _one_of_each(field: Variable, masks: list[int], most: int) -> list[Any] | None:
    """A value of each kind, of a field with few values, which may be given on, each of them; None if above ``most``."""
    cells = field.cells.cells
    if _has_few(field):
        return [each.value for each in cells] if len(cells) <= most else None
    kinds = [field.cells.full]
    for mask in dict.fromkeys(masks):
        kinds = [part for each in kinds for part in (each & mask, each & ~mask) if part]
        if len(kinds) > most:
            return None
    return [cells[(each & -each).bit_length() - 1].value for each in sorted(kinds, key=lambda each: each & -each)]


def _only(model: Model, name: str, put: Callable[[Expression], Expression]) -> Model:
    """The model without what an outcome does not rest on, its conditions put otherwise."""
    wanted, waiting = set[str](), [name]
    while waiting:
        here = waiting.pop()
        if here in wanted or here not in model.outcomes:
            continue
        wanted.add(here)
        for rule in model.decision(here):
            for branch in rule.branches:
                waiting += (read for expression in expressions_of(branch) for read in outcomes_read(expression))

    def without(branch: Branch) -> Branch:
        given = tuple(each for each in branch.assignments if each.outcome in wanted)
        return evolve(branch, condition=put(branch.condition), assignments=given)

    rules = tuple(
        evolve(rule, branches=tuple(map(without, rule.branches)))
        for rule in model.rules
        if any(each.outcome in wanted for branch in rule.branches for each in branch.assignments)
    )
    outcomes = {key: each for key, each in model.outcomes.items() if key in wanted}
    return evolve(model, rules=rules, outcomes=outcomes, record_outcomes={}, requirements=(), examples=())


def _given(program: Program) -> Iterator[tuple[Any, e.Expression]]:
    """What rules give: constants, UNKNOWN for what is reckoned, each with how it is written."""
    for rule in program.rules:
        for branch in rule.branches:
            for each in branch.assignments:
                found = program.constant(each)
                for value in values_of(each):
                    yield found, value


def _is_told(value: e.Expression, given: Any, space: Space) -> bool:
    """Whether all customers of one kind are given the same: a constant, or what outcomes and fields with few values
    come to.
    """
    return given is not UNKNOWN or _is_of_few(value, space)


def _has_few(field: Variable | None) -> bool:
    """Whether each cell of a field holds one value only."""
    return field is not None and (field.values is not None or finite_values(field.type) is not None)


def _rests_on_few(variable: Variable, space: Space) -> bool:
    """Whether an expression is the same for all customers of a kind: it reads outcomes, and fields with few values."""
    assert variable.expression is not None
    return _is_of_few(variable.expression, space)


def _is_of_few(expression: Expression, space: Space) -> bool:
    for part in parts(expression):
        if isinstance(part, e.FieldRef):
            read = space.by_name.get(part.name)
            if read is None or (read.kind == FIELD and not _has_few(read)):
                return False
            if read.kind == EXPRESSION and not _rests_on_few(read, space):
                return False
        elif not isinstance(part, _PLAIN):
            return False
    return True


# What has one value for one customer of each kind: everything but what looks into records.
_PLAIN = (
    *(e.Literal, e.ThresholdRef, e.OutcomeRef, e.Today, e.Arithmetic, e.Negated, e.Comparison, e.AgeComparison),
    *(e.Between, e.OneOf, e.InList, e.TextTest, e.And, e.Or, e.Not, e.AtLeastOf, e.IsMissing, e.Lookup, e.Call),
    *(e.DateShift, e.DaysBetween, e.AgeIn, e.DatePart, e.Named, HasStanding),
)
