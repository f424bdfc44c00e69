"""How good sample customers are: rulesets with one small mistake each, and whether some sample notices it.

    report = mutate(ruleset, samples, today)
    report.score, report.survivors

A mistake that changes no customer's answer is proved to be none and doesn't count; one that no sample notices comes
with a customer who would.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, Verdict, differences
from rulelang.analysis.mutants import Mutant, mutants
from rulelang.diagnostics.diagnostic import DataError, RuleError
from rulelang.engine.advice.proving import answers_of, decider_of
from rulelang.engine.ruleset import Ruleset
from rulelang.testing.expected import equal
from rulelang.testing.run_samples import in_sentence, rules_deciding
from rulelang.testing.sample import Sample
from rulelang.vocabulary.reading import as_given

Answers = Callable[[Mapping[str, Any]], Mapping[str, Any]]

MOST_DAYS = 2
USUAL_STEPS = 60_000


@frozen
class Survivor:
    """A mistake that no sample notices, and a customer who would on ``as_of``: the answers of ``outcome`` differ."""

    mutant: Mutant
    as_of: date
    verdict: Verdict


@frozen
class MutationReport:
    """What became of the mutants: ``killed`` by a sample, ``equivalent`` by proof, ``open`` where neither is known.

    ``untried`` is how many were left when the time was up.
    """

    killed: int
    equivalent: int
    survivors: tuple[Survivor, ...]
    open: tuple[Mutant, ...]
    untried: int = 0

    @property
    def score(self) -> int:
        """The share of killed mutants among those that differ, in whole percent, rounded down."""
        counted = self.killed + len(self.survivors)
        return 100 * self.killed // counted if counted else 100


def mutate(
    ruleset: Ruleset,
    samples: Sequence[Sample],
    today: date,
    steps: int = USUAL_STEPS,
    progress: Callable[[int, int], None] | None = None,
    seconds: float | None = None,
) -> MutationReport:
    """Tries every mutant of a ruleset on the samples that pass; ``seconds`` is the time for it (None: all it takes).

    ``progress`` is told how many mutants are done, and of how many.
    """
    end = None if seconds is None else time.monotonic() + seconds
    plain = Ruleset(evolve(ruleset.model, requirements=()))
    passing = [each for each in samples if not each.faults and each.expect and passes(plain, each, today)]
    days = _days(passing, today)
    answers = {day: answers_of(plain, day) for day in days}  # and of later days, as they are asked for
    killed = equivalent = 0
    survivors: list[Survivor] = []
    unknown: list[Mutant] = []
    # What held only before the samples' days is history.
    waiting = [each for each in mutants(ruleset.model) if each.until is None or each.until > min(days)]
    untried = 0
    for number, mutant in enumerate(waiting):
        if progress is not None:
            progress(number, len(waiting))
        if end is not None and time.monotonic() > end:
            untried = len(waiting) - number
            break
        changed = Ruleset(mutant.model)
        noticing = next((place for place, each in enumerate(passing) if not passes(changed, each, today)), None)
        if noticing is not None:
            killed += 1
            # A sample that notices one mistake often notices the next, which is beside it.
            passing.insert(0, passing.pop(noticing))
            continue
        found = _told_apart(plain, changed, mutant, days, answers, steps)
        if found is None:
            equivalent += 1
        elif isinstance(found, Survivor):
            survivors.append(found)
        else:
            unknown.append(mutant)
    return MutationReport(killed, equivalent, tuple(survivors), tuple(unknown), untried)


def _told_apart(
    plain: Ruleset, changed: Ruleset, mutant: Mutant, days: Sequence[date], answers: dict[date, Answers], steps: int
) -> Survivor | Mutant | None:
    """A survivor with its customer; None where there is proved to be none; else the mutant itself."""
    # What is decided for each record is not compared: a threshold may matter there.
    certain = mutant.change.kind != "threshold" or not plain.model.record_outcomes
    for day in _shown_on(mutant, days):
        if day not in answers:
            answers[day] = answers_of(plain, day)
        both = {OLD: answers[day], NEW: answers_of(changed, day)}
        verdicts = differences(plain.model, mutant.model, day, both, steps, decider_of(day))
        shown = next((each for each in verdicts if each.kind == DIFFERENT), None)
        if shown is not None:
            return Survivor(mutant, day, shown)
        certain &= all(each.kind == EQUAL for each in verdicts)
    return None if certain else mutant


def _shown_on(mutant: Mutant, days: Sequence[date]) -> Sequence[date]:
    """The days on which a mutant may differ: those of the samples at that time, else the first of it."""
    first, last = mutant.since or date.min, mutant.until or date.max
    return [each for each in days if first <= each < last] or [max(first, min(days))]


def _days(samples: Iterable[Sample], today: date) -> list[date]:
    """The days on which mutants are compared: those that most samples are decided on."""
    counted = Counter(each.as_of or today for each in samples)
    return [day for day, _ in counted.most_common(MOST_DAYS)] or [today]


def day_of_samples(samples: Iterable[Sample], today: date) -> date:
    """The day on which most samples are decided."""
    return _days(samples, today)[0]


def passes(ruleset: Ruleset, sample: Sample, today: date) -> bool:
    """Whether everything expected of a sample comes out."""
    try:
        decision = ruleset.decide(
            as_given(sample.given, ruleset.model.fields), today if sample.as_of is None else sample.as_of
        )
    except (DataError, RuleError):
        return False
    for each in sample.expect:
        match each.aspect:
            case "value":
                if not equal(each.value, decision[each.outcome]):
                    return False
            case "standing":
                if decision.standing(each.outcome) != each.value:
                    return False
            case "rule":
                deciding = rules_deciding(ruleset.model, decision)
                if each.value not in deciding and each.value not in {in_sentence(rule) for rule in deciding}:
                    return False
            case _:
                return False
    return True
