"""Proofs about a loaded ruleset: the rules have the last word on every customer found, and a population is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from attrs import frozen

from rulelang.analysis import exhaustive
from rulelang.analysis.account import Account
from rulelang.analysis.checks.beyond import too_long
from rulelang.analysis.examine import examine
from rulelang.analysis.exhaustive import Standing, Standings
from rulelang.analysis.formula import YES
from rulelang.analysis.inquiry import Finding, Inquiry
from rulelang.analysis.points import point_of
from rulelang.analysis.solve import USUAL_STEPS, fields_of
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.advice.near_customers import Values
from rulelang.engine.advice.seen import Seen
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.validity import broken_requirements
from rulelang.engine.reading.customers import Customers, Reading
from rulelang.engine.sources.source import Source
from rulelang.model.contributions import BLANK, NO_RULE
from rulelang.model.program import Model
from rulelang.vocabulary.types import DateTime, ListOf


def answers_of(ruleset: Decider, as_of: date) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """The answers by outcome: BLANK where no rule gives one, None where it is undecided.

    Customers are given by their values as rules see them: None is a missing one, BLANK a blank that is an answer.
    """
    names = ruleset.situation(as_of).bound.program.fields

    def answers(customer: Mapping[str, Any]) -> Mapping[str, Any]:
        decision = ruleset.decide_values([customer.get(name) for name in names], as_of)
        return {
            name: BLANK if decision.standing(name) == NO_RULE else answer for name, answer in decision.outcomes.items()
        }

    return answers


def decider_of(as_of: date) -> exhaustive.Decider:
    """Decides an outcome by any model as of a day, and says how it stands."""

    def decider(model: Model, outcome: str) -> Standings:
        ruleset = Decider(model)
        names = ruleset.situation(as_of).bound.program.fields

        def stands(customer: Mapping[str, Any]) -> Standing:
            decision = ruleset.decide_values([customer.get(name) for name in names], as_of)
            standing = decision.standing(outcome)
            answer = BLANK if standing == NO_RULE else decision.outcomes[outcome]
            return Standing(answer, standing, frozenset(decision.possible(outcome)))

        return stands

    return decider


def day_of(model: Model, wanted: date) -> date:
    """A day on which a ruleset is valid: the one wanted, else the nearest."""
    header = model.header
    if header.valid_from is not None and wanted < header.valid_from:
        return header.valid_from
    return min(wanted, header.valid_until or wanted)


def timed_field(model: Model) -> str | None:
    """A field with a time of day: proofs know days only. None where there is none."""
    for name, each in model.fields.items():
        inner = [type_ for _, _, type_ in each.type.fields] if isinstance(each.type, ListOf) else []
        if any(isinstance(type_, DateTime) for type_ in (each.type, *inner)):
            return name
    return None


class Proved(NamedTuple):
    """The inquiry into a ruleset with what it found and proved; no inquiry where the ruleset is too long for one."""

    inquiry: Inquiry | None
    findings: tuple[Finding, ...]
    account: Account | None


def prove(
    ruleset: Decider, as_of: date, steps: int = USUAL_STEPS, known: Callable[[], Sequence[Values]] | None = None
) -> Proved | None:
    """What is proved of a ruleset on a day; None where its thresholds break a requirement on that day.

    Where customers are ``known``, by their values as rules see them, those who show what can't be proved are looked for
    among them, and put together.
    """
    if broken_requirements(ruleset.model, as_of):
        return None
    long = too_long(ruleset.model)
    if long is not None:
        return Proved(None, (long,), None)
    inquiry = Inquiry.of(ruleset.model, as_of, answers_of(ruleset, as_of), steps)
    shows = None if known is None else Seen(ruleset, as_of, known).shows
    return Proved(inquiry, *examine(inquiry, shows))


@frozen
class Count:
    """How many rows of a population a finding concerns; None where that can't be told.

    The data lacks the columns ``without``: a number is then the least that it can be.
    """

    rows: int | None
    total: int
    without: tuple[str, ...] = ()


def count_population(
    inquiry: Inquiry, findings: Sequence[Finding], source: Source, reading: Reading
) -> tuple[dict[int, Count], tuple[Diagnostic, ...]]:
    """For each finding that comes with a customer how many rows of a source it concerns, and notes on the source.

    Raises DataError as `rulelang.engine.run.run` does.
    """
    customers = Customers([inquiry.model], [inquiry.as_of], source, reading)
    asked = {place: each for place, each in enumerate(findings) if each.customer is not None}
    counts = dict.fromkeys(asked, 0)
    answers = {"": inquiry.answers}
    present: set[str] | None = None
    for each in customers:
        values = each.values[0]
        present = set(values) if present is None else present
        point = point_of(inquiry.solver, values, answers)
        if point is None:
            continue
        for place, finding in asked.items():
            if all(inquiry.space.formulas.status(formula, point) == YES for formula in finding.wanted):
                counts[place] += 1
    missing = _without(inquiry.model, source, reading)
    found = {}
    for place, finding in asked.items():
        shown = tuple(name for name in _shown_by(finding) if name in missing)
        lacking = tuple(name for name in fields_of(inquiry.solver, finding.wanted) if name in missing)
        rows = None if shown or (lacking and not counts[place]) else counts[place]
        found[place] = Count(rows, customers.rows - customers.rejected, shown or lacking)
    return found, customers.notes


def _shown_by(finding: Finding) -> tuple[str, ...]:
    """The fields that matter in the customer of a finding."""
    assert finding.customer is not None
    return tuple(each.name for each in finding.customer.told)


def _without(model: Model, source: Source, reading: Reading) -> set[str]:
    """The fields without a column in a source."""
    from rulelang.engine.reading.mapping import map_columns

    lists = {each.list for each in reading.lists}
    used = [each.name for each in model.fields.values() if not isinstance(each.type, ListOf)]
    columns = map_columns(source.columns, model.fields, used, reading.pairs)
    others = {name for name, each in model.fields.items() if isinstance(each.type, ListOf) and name not in lists}
    return {*columns.not_found, *others}
