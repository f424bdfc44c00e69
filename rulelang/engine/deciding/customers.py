"""From a customer, as the caller has them, to a decision: by the short way where it is open, else value by value."""

from __future__ import annotations

from itertools import repeat, starmap

from rulelang.engine.deciding.decision import Decision, decide_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from rulelang.diagnostics.diagnostic import Diagnostic
    from rulelang.engine.deciding.objects import Road
    from rulelang.engine.deciding.situation import Situation


def decide_each(situation: Situation, customers: Iterable[Any]) -> Iterator[Decision]:
    """Decides customers one by one, each when it is asked for."""

    def otherwise(customer: Any) -> Decision:
        return (decide_row if customer.__class__ is dict else decide_object)(situation, customer)

    kind, many = dict, situation.many
    if isinstance(customers, list | tuple) and customers and customers[0].__class__ is not dict:
        kind, many = customers[0].__class__, _road(situation, customers[0]).many(customers[0], len(customers))
    if many is None:
        return map(otherwise, customers)
    # Made beside the customers, since calling the class takes nearly as long as deciding.
    return many(zip(customers, starmap(Decision, repeat(())), strict=False), otherwise, situation, kind)


def decide_object(situation: Situation, customer: Any) -> Decision:
    """Decides a customer that is no dict."""
    road: Road = situation.roads.get(id(customer.__class__)) or _road(situation, customer)
    decision: Decision | None = road.quick(customer, Decision, situation)
    return decide_row(situation, road.row(customer)) if decision is None else decision


def _road(situation: Situation, customer: Any) -> Road:
    """How objects of a customer's class are decided."""
    from rulelang.engine.deciding.objects import Road  # not needed for dicts

    return situation.roads.get(id(customer.__class__)) or Road.added(situation, customer.__class__)


def decide_row(situation: Situation, row: Any) -> Decision:
    """Decides a customer by the values of a row."""
    report: list[Diagnostic] = []
    bound = situation.bound
    values = values_of(situation, row, report)
    if None in values and row.__class__ is dict and not row.keys() <= bound.program.known_keys:
        from rulelang.engine.deciding.misspelled import misspelled_keys

        missing = [name for name, value in zip(bound.program.fields, values, strict=True) if value is None]
        report.extend(misspelled_keys(situation.ruleset.declarations, row, missing))
    return decide_values(situation, values, report or ())


def values_of(situation: Situation, row: Mapping[str, Any], report: list[Diagnostic]) -> tuple[Any, ...]:
    """What a customer's row says of the fields, and where cut points are known, of the customer's place among all."""
    bound, cuts = situation.bound, situation.ruleset.cuts
    values = bound.read(row, report)
    if cuts is None:
        return values
    known = situation.ruleset.measured.read(row)
    report.extend(cuts.not_counted(known, situation.as_of))
    measures = cuts.measures(known, situation.as_of)  # exact: a share of the total may have no finite decimals
    return tuple(measures.get(*each) for each in zip(bound.program.fields, values, strict=True))
