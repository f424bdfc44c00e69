"""Two versions of a ruleset without data: proved to decide alike, or a customer for whom they differ, edit by edit and
day by day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from attrs import frozen

from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, POSSIBLE, UNDECIDED, Verdict, differences
from rulelang.analysis.solve import USUAL_STEPS
from rulelang.changes.coming import coming_days
from rulelang.changes.versions import Chosen, Versions
from rulelang.engine.advice.near_customers import Values
from rulelang.engine.advice.proving import answers_of, decider_of
from rulelang.engine.comparing.nearby import MOST_TRIED, Differing, Nearby
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.validity import broken_requirements

# An edit is proved on its own where there are no more than so many, with so many steps for each outcome.
MOST_EDITS = 40
# Later days on which dated values change, the nearest first.
MOST_DAYS = 12
_STEPS = 20_000
# So many customers are tried for an edit alone and for a later day.
_FEW_TRIED = 1_500


@frozen
class Proved:
    """What is known of the difference that all edits make, or one ``edit`` by its number, for each outcome."""

    verdicts: tuple[Verdict, ...]
    edit: int | None = None

    @property
    def same(self) -> bool:
        """Whether it is proved that every outcome is decided alike."""
        return all(each.kind == EQUAL for each in self.verdicts)

    @property
    def customers(self) -> tuple[Values, ...]:
        """The customers who show that an outcome differs."""
        return tuple(each.customer.values for each in self.verdicts if each.customer is not None)

    @property
    def shown(self) -> Verdict | None:
        """The first outcome that a customer shows to differ."""
        return next((each for each in self.verdicts if each.kind == DIFFERENT and each.customer is not None), None)


@frozen
class Proof:
    """What is known of two versions as of a ``day``, of each edit ``alone``, and ``later``: from each day on which a
    dated threshold, rule or list of either changes. ``open_days`` are later ones that were not gone into: a version
    breaks its requirements then, or there are too many.
    """

    day: date
    whole: Proved
    alone: tuple[Proved, ...] = ()
    later: tuple[tuple[date, Proved], ...] = ()
    open_days: tuple[date, ...] = ()

    @property
    def same(self) -> bool:
        """Whether every outcome is proved to be decided alike, on the day and from each later one."""
        return self.whole.same and not self.open_days and all(each.same for _, each in self.later)


def prove(versions: Versions, day: date, known: Iterable[Values] = ()) -> Proof:
    """The whole difference, each edit that can stand alone, and what later days make of it. Where nothing is proved of
    an outcome, customers who show a difference are looked for among those ``known``, as rules see their values, and
    near them. Raises RuleError where a version isn't valid on the day.
    """
    old, new = Decider(versions.old), Decider(versions.new)
    customers = [{}, *known]
    whole = _proved(old, new, day, customers)
    customers = [*whole.customers, *customers]
    alone = []
    if 1 < len(versions.edits) <= MOST_EDITS and versions.ground is not None and not whole.same:
        for number in range(len(versions.edits)):
            chosen: Chosen = frozenset((number,))
            model = versions.model(chosen)
            if model is not None:
                alone.append(_proved(old, Decider(model), day, customers, _STEPS, _FEW_TRIED, number))
    later, open_days = [], []
    for number, each in enumerate(coming_days((versions.old, versions.new), day)):
        if number >= MOST_DAYS or any(broken_requirements(model, each) for model in (versions.old, versions.new)):
            open_days.append(each)
        else:
            later.append((each, _proved(old, new, each, customers, tried=_FEW_TRIED)))
    return Proof(day, whole, tuple(alone), tuple(later), tuple(open_days))


def _proved(
    old: Decider,
    new: Decider,
    day: date,
    known: Sequence[Values],
    steps: int = USUAL_STEPS,
    tried: int = MOST_TRIED,
    edit: int | None = None,
) -> Proved:
    answers = {OLD: answers_of(old, day), NEW: answers_of(new, day)}
    verdicts = differences(old.model, new.model, day, answers, steps, decider_of(day))
    common = old.model.outcomes.keys() & new.model.outcomes.keys()
    still = [each.outcome for each in verdicts if each.kind in (POSSIBLE, UNDECIDED) and each.outcome in common]
    if not still:
        return Proved(verdicts, edit)
    found = [each.customer.values for each in verdicts if each.customer is not None]
    differing = Nearby(old, new, day, tried).find(still, [*found, *known])
    return Proved(tuple(_shown(each, differing.get(each.outcome)) for each in verdicts), edit)


def _shown(verdict: Verdict, found: Differing | None) -> Verdict:
    return verdict if found is None else Verdict(verdict.outcome, DIFFERENT, found.customer, found.old, found.new)
