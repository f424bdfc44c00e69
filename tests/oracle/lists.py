"""Lists of records, by brute force (S3): every way to decide the records that can't be judged is tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

import attrs

from rulelang.model import expressions as e
from rulelang.vocabulary.types import Choice, ListOf
from tests.oracle import calendar, groups, order
from tests.oracle.world import ANY, BLANK, NO_VALUE, World, inside

MOST_OPEN = 8  # with more records in doubt a sum, an average or the most frequent value can't be told

Aggregated = e.Aggregate | e.Quantified | e.AnyGroup
Judged = list[tuple[bool | None, Any]]  # of each record: whether it counts, and its value (None: missing)


# --- what rests on what -------------------------------------------------------------------------------------------


def own_parts(expression: e.Expression) -> Iterator[e.Expression]:
    """An expression and everything in it that is asked of the customer, not of each record."""
    yield expression
    if not isinstance(expression, Aggregated) or is_grouped(expression):
        for each in inside(expression):
            yield from own_parts(each)


def is_grouped(expression: e.Expression) -> bool:
    """Whether an aggregate or a quantifier is over the records of a group."""
    return isinstance(expression, e.Aggregate | e.Quantified) and expression.grouped


def _read(expressions: Sequence[e.Expression]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The outcomes and the aggregates that expressions read: found once, since they are the same for every customer."""
    key = tuple(map(id, expressions))
    if key not in _FOUND:
        if len(_FOUND) > MOST_FOUND:
            _FOUND.clear()
        parts = [part for each in expressions for part in own_parts(each)]
        names = tuple(dict.fromkeys(each.name for each in parts if isinstance(each, e.OutcomeRef)))
        own = (each for each in parts if isinstance(each, Aggregated) and not is_grouped(each))
        _FOUND[key] = (tuple(expressions), names, tuple(dict.fromkeys(own)))
    return _FOUND[key][1:]


MOST_FOUND = 1000
_FOUND: dict[tuple[int, ...], tuple[Any, tuple[str, ...], tuple[Any, ...]]] = {}  # with them, so that none goes


def worlds(expressions: Sequence[e.Expression], world: World) -> Iterator[World | None]:
    """Every world that differs in the outcomes and aggregates that expressions read; None where one can't be told."""
    names, aggregates = _read(expressions)
    if not names and not aggregates:
        yield world
        return
    options = [world.possible[name] for name in names] + [possible(each, world) for each in aggregates]
    for values in product(*options):
        if ANY in values:
            yield None
        else:
            answers = {name: BLANK if value is NO_VALUE else value for name, value in zip(names, values, strict=False)}
            found = (None if value is NO_VALUE else value for value in values[len(names) :])
            assumed: dict[e.Expression, Any] = dict(zip(aggregates, found, strict=True))
            yield attrs.evolve(world, answers={**world.answers, **answers}, assumed={**world.assumed, **assumed})


# --- results ------------------------------------------------------------------------------------------------------


def present(expression: Aggregated, world: World) -> Any:
    """What an aggregate comes to when the records that can't be judged are left out; None where it is unknown."""
    if expression in world.assumed:
        return world.assumed[expression]
    judged = records(expression, world)
    if judged is None:
        return None
    if isinstance(expression, e.AnyGroup):
        return groups.present(expression, world)
    return result_now(expression, judged, world)


def result_now(expression: e.Aggregate | e.Quantified, judged: Judged, world: World) -> Any:
    """What judged records come to when those that can't be judged are left out."""
    if isinstance(expression, e.Quantified):
        return quantified(expression, judged)
    if expression.kind == "streak":
        return order.streak([(truth is True, day) for truth, day in judged])
    if expression.kind in order.PICKS:
        return order.picked([pair for truth, pair in judged if truth], expression.kind)
    return aggregated(expression, [value for truth, value in judged if truth and value is not None], world)


def possible(expression: Aggregated, world: World) -> tuple[Any, ...]:
    """What an aggregate may come to; NO_VALUE where it may be unknown, ANY where it can't be told."""
    found: list[Any] = []
    for each in worlds(inside(expression), world):
        if each is None:
            found.append(ANY)
        elif world.open_records.get(expression.list) and decided_parts(expression):
            found += results_of_decided(expression, each)
        else:
            found += results(expression, records(expression, each), each)
    return tuple(dict.fromkeys(NO_VALUE if each is None else each for each in found))


def decided_parts(expression: Aggregated) -> tuple[str, ...]:
    """What it reads that was decided for each record."""
    parts = [part for each in inside(expression) for part in own_parts(each)]
    return tuple(dict.fromkeys(p.name for p in parts if isinstance(p, e.ElementRef) and p.outcome is not None))


def results_of_decided(expression: Aggregated, world: World) -> list[Any]:
    """The results with everything that was decided for the records, or may yet be, one record after the other."""
    names = decided_parts(expression)
    if isinstance(expression, e.AnyGroup):
        return groups_of_decided(expression, names, world)
    ways: list[list[tuple[bool | None, Any]]] = []
    for record, options in zip(world.fields[expression.list], world.open_records[expression.list], strict=True):
        ways.append([])
        for values in product(*(options[name] for name in names)):
            untellable = ANY in values
            if untellable and (isinstance(expression, e.Quantified) or expression.kind not in order.PICKS):
                untold = True if isinstance(expression, e.Quantified) or expression.kind == "count" else None
                ways[-1].append((None, untold))
                continue
            told = {
                name: BLANK if value in (NO_VALUE, ANY) else value for name, value in zip(names, values, strict=True)
            }
            alone = attrs.evolve(world, fields={**world.fields, expression.list: [{**record, **told}]})
            judged = records(expression, alone)
            if judged is None:
                return [None]
            ways[-1] += [(None, pair) for _, pair in judged] if untellable else judged
    if isinstance(expression, e.Quantified):
        # One record in doubt is one that can't be judged.
        truths = [{truth for truth, _ in each} for each in ways]
        return [quantified(expression, [(each.pop() if len(each) == 1 else None, True) for each in truths])]
    different = [list(dict.fromkeys(each)) for each in ways]
    return [result for judged in product(*different) for result in results(expression, list(judged), world)]


def groups_of_decided(expression: e.AnyGroup, names: tuple[str, ...], world: World) -> list[Any]:
    """The same for groups: every list of records that there may be."""
    options = [list(product(*(each[name] for name in names))) for each in world.open_records[expression.list]]
    if any(ANY in values for each in options for values in each):
        return [None] if records(expression, world) is None else [ANY]
    found: list[Any] = []
    for choice in product(*options):
        told = [
            {name: BLANK if value is NO_VALUE else value for name, value in zip(names, values, strict=True)}
            for values in choice
        ]
        listed = [{**record, **one} for record, one in zip(world.fields[expression.list], told, strict=True)]
        each = attrs.evolve(world, fields={**world.fields, expression.list: listed})
        found += results(expression, records(expression, each), each)
    return found


def results(expression: Aggregated, judged: Judged | None, world: World) -> list[Any]:
    """The results of all ways to decide the records in doubt."""
    if judged is None:
        return [None]
    if isinstance(expression, e.AnyGroup):
        truth = groups.status(expression, world)
        return [True, False] if truth is None else [truth]
    if isinstance(expression, e.Quantified):
        return [quantified(expression, judged)]
    if expression.kind == "streak":
        return order.possible_streaks(judged)
    if expression.kind in order.PICKS:
        return [ANY if each is None else each for each in order.possibly_picked(judged, expression.kind)]
    relevant = [(truth, value) for truth, value in judged if truth is not False]
    if any(value is None for _, value in relevant):
        return [ANY]
    sure = [value for truth, value in relevant if truth]
    doubtful = [value for truth, value in relevant if truth is None]
    if len(doubtful) > MOST_OPEN and expression.kind in ("sum", "average", "most_frequent", *order.GAPS):
        return [ANY]
    chosen = [
        [value for value, taken in zip(doubtful, choice, strict=True) if taken]
        for choice in product((False, True), repeat=len(doubtful))
    ]
    return [aggregated(expression, [*sure, *each], world) for each in chosen]


def records(expression: Aggregated, world: World) -> Judged | None:
    """Every record of the list, judged; None where the list or a part of it is unknown."""
    listed: Any = world.fields[expression.list]
    if listed is None or not _complete(expression, world):
        return None
    return [judge(expression, record, world) for record in listed]


def judge(expression: Aggregated, record: Any, world: World) -> tuple[bool | None, Any]:
    """Whether a record counts, and what is taken from it."""
    from tests.oracle.evaluate import all_of, holds, value_of  # values hold lists, lists hold values

    inner = attrs.evolve(world, records={**world.records, expression.list: record})
    if isinstance(expression, e.Quantified):
        where = True if expression.where is None else holds(expression.where, inner)
        condition = holds(expression.condition, inner)
        if expression.quantifier == "every":
            condition = None if condition is None else not condition
        return all_of([where, condition]), True
    counts = all_of(holds(each, inner) for each in (expression.window, expression.where) if each is not None)
    if isinstance(expression, e.AnyGroup):
        return counts, (value_of(expression.by, inner), record)
    value = True if expression.value is None else value_of(expression.value, inner)
    return counts, value if expression.date is None else (value_of(expression.date, inner), value)


def _complete(expression: Aggregated, world: World) -> bool:
    """S3: whether the list is known to be complete for as far back as the window reaches."""
    from tests.oracle.evaluate import value_of

    type_ = world.model.fields[expression.list].type
    assert isinstance(type_, ListOf)
    if isinstance(expression, e.Quantified) or expression.window is None or type_.complete_from is None:
        return True
    length: Any = value_of(expression.window.length, world)
    day_before = type_.complete_from - timedelta(days=1)
    return length is not None and calendar.age_compares(">", day_before, length, world.as_of)


def quantified(expression: e.Quantified, judged: Judged) -> bool | None:
    """Kleene: whether there is such a record; for ``every``, whether there is no exception."""
    truths = [truth for truth, _ in judged]
    found = True if True in truths else None if None in truths else False
    return found if expression.quantifier == "any" or found is None else not found


def aggregated(expression: e.Aggregate, values: list[Any], world: World) -> Any:
    """The plain definition of each kind."""
    match expression.kind:
        case "count":
            return Fraction(len(values))
        case "distinct":
            return Fraction(len(set(values)))
        case "sum":
            return sum(values, Fraction(0))
        case "busiest":
            return Fraction(max((_from(day, world, expression, values) for day in values), default=0))
    if expression.kind in order.GAPS:
        return order.gap(expression.kind, values)
    if not values:
        return None
    match expression.kind:
        case "average":
            return sum(values, Fraction(0)) / len(values)
        case "largest" | "latest":
            return max(values, key=lambda value: _order(expression, value))
        case "smallest" | "earliest":
            return min(values, key=lambda value: _order(expression, value))
        case "most_frequent":
            counts = Counter(values)
            most = max(counts.values())
            return min((each for each in counts if counts[each] == most), key=lambda each: _order(expression, each))
    raise AssertionError(f"no kind {expression.kind}")


def _from(first: date, world: World, expression: e.Aggregate, days: list[date]) -> int:
    """How many days lie in the span that starts on one of them, both ends included."""
    from tests.oracle.evaluate import value_of  # values hold lists, lists hold values

    assert expression.rolling is not None
    length: Any = value_of(expression.rolling, world)
    return sum(first <= day and calendar.day_of(day) <= calendar.later(first, length) for day in days)


def _order(expression: e.Aggregate, value: Any) -> Any:
    assert expression.value is not None
    type_ = expression.value.type
    return type_.keys().index(value) if isinstance(type_, Choice) else value


# --- what would settle it -----------------------------------------------------------------------------------------


def to_be_mended(expression: e.Expression, world: World) -> set[str]:
    """The lists with records that leave an aggregate in an expression open."""
    found: set[str] = set()
    for each in (part for part in _all_parts(expression) if isinstance(part, Aggregated) and not is_grouped(part)):
        options = possible(each, world)
        settled = len(options) == 1 and options[0] not in (ANY, NO_VALUE)
        judged = records(each, world)
        unjudged = any(is_unjudged(each, truth, value, world) for truth, value in judged or ())
        if unjudged and not settled:
            found.add(each.list)
    return found


def is_unjudged(expression: Aggregated, truth: bool | None, value: Any, world: World) -> bool:
    """Whether something about a record is unknown that is asked of it."""
    if isinstance(expression, e.AnyGroup) and truth is not False:
        by, record = value
        asked = [(each, judge(each, record, world)) for each in groups.read(expression.condition)]
        return not truth or by is None or any(is_unjudged(one, *found, world) for one, found in asked)
    if isinstance(expression, e.Aggregate) and expression.kind == "streak":
        return truth is None or value is None
    if isinstance(expression, e.Aggregate) and expression.kind in order.PICKS and truth:
        return None in value
    return truth is None or (truth and value is None)


def _all_parts(expression: e.Expression) -> Iterator[e.Expression]:
    yield expression
    for each in inside(expression):
        yield from _all_parts(each)
