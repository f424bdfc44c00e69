"""From a box to a customer: as few fields as possible, each at the boundary of what shows the problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from attrs import evolve, field, frozen

from rulelang.analysis.cells import MISSING, NONE, VALUE, Cell, numbers_of
from rulelang.analysis.formula import YES, Box
from rulelang.analysis.points import Answers, fields_of_expression, point_of
from rulelang.analysis.solve import Budget, Solver
from rulelang.analysis.space import EXPRESSION, FIELD, OUTCOME, Variable
from rulelang.diagnostics.position import Span
from rulelang.model import expressions as e
from rulelang.model.contributions import BLANK
from rulelang.values.numbers import add
from rulelang.vocabulary.types import ListOf, Text, is_numeric

MOST_TRIALS = 200
FEW_TRIALS = 20
MOST_BOXES = 12
MOST_STEPS_OUT = 40


@frozen
class Told:
    """What a customer is like in one field that matters: the value, and the cells that are as good."""

    name: str
    value: Any
    kind: str  # ``value``, ``missing``, ``blank``, or ``known`` where any value would do


@frozen
class Customer:
    """A customer that shows something; ``tried``: the rules themselves were asked, and it does.

    ``values`` by field, None for a missing one, BLANK for a blank that is an answer; ``told`` are the fields that
    matter. ``conditions`` are places of expressions that matter and could not be traced to fields, each with its value.
    ``provable``: not tried, and the second prover, which isn't installed, may well tell.
    """

    values: Mapping[str, Any]
    told: tuple[Told, ...]
    tried: bool
    conditions: tuple[tuple[Span | None, Any], ...] = ()
    box: tuple[int, ...] = field(default=(), repr=False, eq=False)
    provable: bool = False


def find_customer(
    solver: Solver, wanted: Sequence[int], within: Box, budget: Budget, answers: Mapping[str, Answers]
) -> Customer | None:
    """The smallest customer for whom formulas hold, None where there is none. Raises OutOfBudget.

    ``answers`` are, by the tag of a program, what its rules give.
    """
    first: Customer | None = None
    asked = list(wanted)
    for _ in range(MOST_BOXES):
        last: Customer | None = None
        for customer in candidates(solver, asked, within, budget):
            first, last = customer if first is None else first, customer
            point = point_of(solver, customer.values, answers)
            if point is not None and all(solver.space.formulas.status(each, point) == YES for each in wanted):
                return shown(solver, wanted, customer, point, within, budget)
        if last is None:
            break
        asked.append(elsewhere(solver, last))
    return first


def any_tried(solver: Solver, wanted: Sequence[int], box: Box, within: Box, answers: Mapping[str, Answers]) -> bool:
    """Whether formulas hold for one of a few customers of a box, as the rules decide for them."""
    for values in islice(_customers(solver, box, within), FEW_TRIALS):
        point = point_of(solver, values, answers)
        if point is not None and all(solver.space.formulas.status(each, point) == YES for each in wanted):
            return True
    return False


def shown(
    solver: Solver, wanted: Sequence[int], customer: Customer, point: Box, within: Box, budget: Budget
) -> Customer:
    """A customer that was tried, with the fields that matter: where it is not of its box, they are others.

    Two texts that were to differ may have come out the same, and another field have made up for it.
    """
    if any(not mask & inside for mask, inside in zip(point, customer.box, strict=True)):
        customer = _customer(solver, _widened(solver, wanted, point, within, budget), within, customer.values)
    return evolve(customer, tried=True, conditions=())


def made_small(
    solver: Solver,
    wanted: Sequence[int],
    customer: Customer,
    within: Box,
    budget: Budget,
    answers: Mapping[str, Answers],
) -> Customer:
    """A customer for whom formulas hold, who was found as one for whom more does: without what matters to that alone.

    Raises OutOfBudget.
    """
    box = _widened(solver, wanted, list(customer.box), within, budget)
    usual = next(_customers(solver, box, within))
    free = {each.name for each in solver.space.variables if box[each.number] == within[each.number]}
    own = {name: usual[name] if name in free else customer.values.get(name) for name in usual}
    for values in (own, *islice(_customers(solver, box, within), FEW_TRIALS)):
        point = point_of(solver, values, answers)
        if point is not None and all(solver.space.formulas.status(each, point) == YES for each in wanted):
            return evolve(_customer(solver, box, within, values), tried=True, conditions=())
    return customer


def elsewhere(solver: Solver, customer: Customer, runs: bool = False) -> int:
    """That a customer lies in another box than one tried in vain; of one with gaps in it (``runs``) only the values
    next to each other around those of the customer count.
    """
    formulas = solver.space.formulas
    inside = []
    for each in solver.space.variables:
        mask = customer.box[each.number]
        if runs and each.kind == FIELD and each.cells.ordered and mask != each.cells.full:
            mask = _run(mask, each.cells.mask_of(customer.values.get(each.name)))
        inside.append(formulas.within(each.number, mask))
    return formulas.opposite(formulas.all_of(inside))


def _run(mask: int, around: int) -> int:
    """The bits of a mask that hang together with one of them; all where it has no such bit."""
    if not mask & around:
        return mask
    place = around.bit_length() - 1
    rising = mask >> place
    above = (~rising & (rising + 1)).bit_length() - 1
    below = place
    while below and mask >> (below - 1) & 1:
        below -= 1
    return ((1 << (place + above)) - 1) & ~((1 << below) - 1)


def candidates(solver: Solver, wanted: Sequence[int], within: Box, budget: Budget) -> Iterator[Customer]:
    """Customers for whom formulas hold, as far as boxes tell: nobody where they hold for nobody, at the boundary first.

    Raises OutOfBudget.
    """
    found = solver.solve(wanted, within, budget)
    if found is not None:
        box = _widened(solver, wanted, found, within, budget)
        for values in islice(_customers(solver, box, within), MOST_TRIALS):
            yield _customer(solver, box, within, values)


def around(
    solver: Solver, wanted: Sequence[int], found: Box, within: Box, values: Mapping[str, Any], budget: Budget
) -> Iterator[Customer]:
    """Customers like one that has been found, the smallest first; the one itself comes last. Raises OutOfBudget."""
    box = _widened(solver, wanted, found, within, budget)
    for other in islice(_customers(solver, box, within), MOST_TRIALS):
        yield _customer(solver, box, within, other)
    yield _customer(solver, box, within, values)


def varied(solver: Solver, customer: Customer, names: Sequence[str]) -> Iterator[Customer]:
    """A customer with other values, from the same cells or near them, in some fields."""
    options: list[list[Any]] = []
    found_fields = (solver.space.by_name.get(name) for name in names)
    fields = [each for each in found_fields if each and each.kind == FIELD and not isinstance(each.type, ListOf)]
    for variable in fields:
        found: dict[Any, None] = {customer.values.get(variable.name): None}
        for number in islice(numbers_of(customer.box[variable.number] & variable.cells.known), 8):
            cell = variable.cells.cells[number]
            found.update(dict.fromkeys((cell.low, cell.high)))
            if is_numeric(variable.type) and cell.open_above:
                found.update(dict.fromkeys((add(cell.low, 1), add(cell.low, 100_000))))
        options.append(list(found))
    for chosen in product(*options):
        values = dict(zip((each.name for each in fields), chosen, strict=True))
        told = {each.name: each for each in customer.told}
        for name, value in values.items():
            if value is not None and value is not BLANK:
                told[name] = Told(name, value, VALUE)
        yield evolve(customer, values={**customer.values, **values}, told=tuple(told.values()))


# --- making a box as wide as it can be ----------------------------------------------------------------------------


def _widened(solver: Solver, wanted: Sequence[int], found: Box, within: Box, budget: Budget) -> Box:
    """The box without what doesn't matter: first whole fields, then the cells beside those it has."""
    box = list(found)
    fields = [
        each for each in solver.space.variables if each.kind != OUTCOME and box[each.number] != within[each.number]
    ]

    def tried(number: int, mask: int) -> bool:
        before = box[number]
        box[number] = mask
        if solver.holds(wanted, box, budget):
            return True
        box[number] = before
        return False

    for each in reversed(fields):
        tried(each.number, within[each.number])
    for each in fields:
        if box[each.number] != within[each.number]:
            for mask in _neighbours(each, box[each.number], within[each.number]):
                if mask & ~box[each.number] and not tried(each.number, box[each.number] | mask):
                    continue
    return box


def _neighbours(variable: Variable, mask: int, within: int) -> Iterator[int]:
    """Cells beside those of a mask, going outward, and all others of a choice."""
    lowest, highest = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
    last = len(variable.cells.cells)
    for distance in range(1, MOST_STEPS_OUT):
        for number in (highest + distance, lowest - distance):
            if 0 <= number < last and within >> number & 1:
                yield 1 << number


# --- choosing values ----------------------------------------------------------------------------------------------


def _customers(solver: Solver, box: Box, within: Box) -> Iterator[dict[str, Any]]:
    """Customers of a box: the one at the boundary first, then others, so that expressions take the values wanted."""
    fields = [each for each in solver.space.variables if each.kind == FIELD]
    usual = {each.name: chosen_value(each, box[each.number], within[each.number]) for each in fields}
    yield usual
    wanted = [
        each for each in solver.space.variables if each.kind == EXPRESSION and box[each.number] != each.cells.full
    ]
    if not wanted:
        return
    names = dict.fromkeys(name for each in wanted for name in fields_of_expression(each))
    free = [each for each in fields if each.name in names and not isinstance(each.type, ListOf)]
    options = [_options(each, box[each.number], wanted, box) for each in free]
    for chosen in product(*options):
        values = {**usual, **dict(zip((each.name for each in free), chosen, strict=True))}
        yield values
        for each in wanted:
            moved = _moved(each, box[each.number], values)
            if moved is not None:
                yield {**values, **moved}


def chosen_value(variable: Variable, mask: int, within: int | None = None) -> Any:
    """The value at the boundary of a mask; None (missing) where nothing is asked of the field."""
    within = mask if within is None else within
    if isinstance(variable.type, ListOf):
        return () if mask & variable.cells.known and mask != variable.cells.full else None
    if mask == within and mask & variable.cells.of_kind(MISSING):
        return BLANK if variable.extras.blank else None
    cell, at_low = boundary(variable, mask, within)
    return None if cell.kind == MISSING else BLANK if cell.kind == NONE else cell.low if at_low else cell.high


def boundary(variable: Variable, mask: int, within: int) -> tuple[Cell, bool]:
    """The cell of a mask that lies beside one that isn't in it but could be, and whether its lower end does."""
    cells = variable.cells.cells
    values = [number for number in numbers_of(mask) if cells[number].kind == VALUE]
    if not values:
        return cells[next(numbers_of(mask))], True
    if variable.cells.ordered:
        edges: list[tuple[bool, int, bool]] = []
        for number in values:
            below = number > 0 and (within & ~mask) >> (number - 1) & 1 == 1
            above = number + 1 < len(cells) and cells[number + 1].kind == VALUE and (within & ~mask) >> (number + 1) & 1
            if below or above:
                edges.append((not cells[number].single, number, below))
        if edges:
            _, number, at_low = min(edges)
            return cells[number], at_low
        singles = [number for number in values if cells[number].single]
        if singles:
            return cells[singles[0]], True
    return cells[values[0]], not cells[values[0]].open_below


def _options(variable: Variable, mask: int, wanted: Sequence[Variable], box: Box) -> list[Any]:
    """Values worth trying for a field: those at the ends of its cells."""
    found: dict[Any, None] = {}
    for number in islice(numbers_of(mask & variable.cells.known), 6):
        cell = variable.cells.cells[number]
        found[cell.low] = None
        found[cell.high] = None
        if isinstance(variable.type, Text) and variable.cells.number(f"{cell.low}x") == number:
            found[f"{cell.low}x"] = None
    if is_numeric(variable.type) and len(found) < 3:
        found.update(dict.fromkeys((1, 2, 10, 100, 1000)))
    if not found or mask & ~variable.cells.known == mask:
        return [chosen_value(variable, mask, variable.cells.full)]
    return list(found)


def _moved(variable: Variable, mask: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """A change of one field so that a difference takes the value wanted."""
    expression = variable.expression
    if not mask & variable.cells.known:
        return None
    target = boundary(variable, mask & variable.cells.known, variable.cells.full)[0].low
    match expression:
        case e.Arithmetic(operator="-", left=e.FieldRef(name=name), right=e.FieldRef(name=other)):
            base = values.get(other)
            return None if base is None or base is BLANK else {name: add(base, target)}
        case e.DaysBetween(later=e.FieldRef(name=name), earlier=e.FieldRef(name=other)):
            from datetime import timedelta

            base = values.get(other)
            try:
                return None if base is None or base is BLANK else {name: base + timedelta(days=int(target))}
            except OverflowError:
                return None
    return None


def kind_of(value: Any) -> str:
    """How a value is told: itself, missing or blank."""
    return MISSING if value is None else NONE if value is BLANK else VALUE


def _customer(solver: Solver, box: Box, within: Box, values: Mapping[str, Any]) -> Customer:
    told = []
    conditions = []
    for variable in solver.space.variables:
        mask = box[variable.number]
        if variable.kind == FIELD and mask != within[variable.number]:
            value = values.get(variable.name, BLANK if variable.extras.blank else None)
            kind = kind_of(value)
            if kind == VALUE and mask & variable.cells.known == variable.cells.known:
                kind = "known"
            told.append(Told(variable.name, value, kind))
        elif variable.kind == EXPRESSION and mask != within[variable.number]:
            assert variable.expression is not None
            cell, _ = boundary(variable, mask, within[variable.number])
            for name in fields_of_expression(variable):
                if values.get(name) is None and not mask & variable.cells.of_kind(MISSING):
                    continue  # known, and so is what it reads: no value could be found for it
                known = solver.space.by_name.get(name)
                if known is not None and known.kind == FIELD and name in values and name not in [t.name for t in told]:
                    told.append(Told(name, values[name], kind_of(values[name])))
            conditions.append((variable.span, None if cell.kind == MISSING else cell.low))
    return Customer(values, tuple(told), False, tuple(conditions), tuple(box))
