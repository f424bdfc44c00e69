"""Customers that the samples lack: those who notice a mistake nobody noticed, and those for whom a condition decides.

suggestions = suggest(ruleset, samples, report, today)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from rulelang.analysis.formula import YES, Box
from rulelang.analysis.inquiry import Inquiry
from rulelang.analysis.mutants import Change
from rulelang.analysis.obligations import Obligation, obligations
from rulelang.analysis.points import point_of
from rulelang.analysis.solve import OutOfBudget
from rulelang.diagnostics.diagnostic import DataError, RuleError
from rulelang.engine.advice.proving import answers_of
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import BLANK
from rulelang.testing.mutation import MutationReport, Survivor, day_of_samples
from rulelang.testing.sample import Sample
from rulelang.vocabulary.reading import as_given

STEPS = 20_000


@frozen
class Suggestion:
    """A customer to be confirmed: the values known of them, and the outcomes left open.

    ``rule`` is what they are for: a ``change`` that they notice, or (None) a condition that decides there, ``wanted``
    true or false.
    """

    as_of: date
    values: Mapping[str, Any]
    outcomes: tuple[str, ...]
    rule: str
    change: Change | None = None
    wanted: bool | None = None


def suggest(ruleset: Ruleset, samples: Sequence[Sample], report: MutationReport, today: date) -> tuple[Suggestion, ...]:
    """The customers missing among the samples, as few as serve; a mistake that one of them notices needs no other."""
    plain = Ruleset(evolve(ruleset.model, requirements=()))
    found: list[Suggestion] = []
    for survivor in report.survivors:
        place = _noticed(plain, survivor, found)
        outcome = survivor.verdict.outcome
        if place is not None:
            outcomes = tuple(dict.fromkeys((*found[place].outcomes, outcome)))
            found[place] = evolve(found[place], outcomes=outcomes)
            continue
        customer = survivor.verdict.customer
        assert customer is not None, "a survivor has a customer"
        change, rule = survivor.mutant.change, survivor.mutant.rule
        found.append(Suggestion(survivor.as_of, _known(customer.values), (outcome,), rule, change))
    return (*found, *_for_conditions(plain, samples, found, day_of_samples(samples, today)))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value is not BLANK}


def _noticed(plain: Ruleset, survivor: Survivor, found: Sequence[Suggestion]) -> int | None:
    """The place of a customer suggested already who notices a mistake in the same outcome."""
    name = survivor.verdict.outcome
    changed = Ruleset(survivor.mutant.model)
    for place, each in enumerate(found):
        try:
            old, new = (
                one.decide(as_given(each.values, one.model.fields), each.as_of)[name] for one in (plain, changed)
            )
        except (DataError, RuleError):
            continue
        if old != new:
            return place
    return None


def _for_conditions(
    plain: Ruleset, samples: Sequence[Sample], found: Sequence[Suggestion], day: date
) -> list[Suggestion]:
    """For each condition that decides for no sample, true or false, a customer for whom it does."""
    answers = answers_of(plain, day)
    inquiry = Inquiry.of(plain.model, day, answers, STEPS)
    points: list[Box] = []
    for values in (*(each.given for each in samples if (each.as_of or day) == day), *(each.values for each in found)):
        point = _point(plain, inquiry, values)
        if point is not None:
            points.append(point)
    more: list[Suggestion] = []
    for each in obligations(inquiry):
        if any(_meets(inquiry, each, point) for point in points):
            continue
        try:
            customer = inquiry.find(each.formulas, inquiry.plausible)
        except OutOfBudget:
            continue
        if customer is None or not customer.tried:
            continue
        outcomes = tuple(dict.fromkeys(a.outcome for a in each.rule.branches[each.number].assignments))
        suggestion = Suggestion(day, _known(customer.values), outcomes, each.rule.name, wanted=each.wanted)
        more.append(suggestion)
        point = _point(plain, inquiry, suggestion.values)
        if point is not None:
            points.append(point)
    return more


def _meets(inquiry: Inquiry, obligation: Obligation, point: Box) -> bool:
    return all(inquiry.space.formulas.status(each, point) == YES for each in obligation.formulas)


def _point(plain: Ruleset, inquiry: Inquiry, values: Mapping[str, Any]) -> Box | None:
    """The cells of a sample; None where it can't be read."""
    bound = plain.situation(inquiry.as_of).bound
    try:
        read = dict(zip(bound.program.fields, bound.read(dict(values), []), strict=True))
    except (DataError, RuleError):
        return None
    return point_of(inquiry.solver, read, {"": inquiry.answers})
