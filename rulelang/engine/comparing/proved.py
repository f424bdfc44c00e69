"""Two versions of a ruleset without data: proved to decide alike, or a customer for whom they differ, edit by edit and
day by day.
"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, Verdict, differences
from rulelang.changes.coming import coming_days
from rulelang.changes.versions import Chosen, Versions
from rulelang.engine.advice.proving import answers_of, decider_of
from rulelang.engine.deciding.decider import Decider
from rulelang.engine.deciding.validity import broken_requirements

# An edit is proved on its own where there are no more than so many, with so many steps for each outcome.
MOST_EDITS = 40
# Later days on which dated values change, the nearest first.
MOST_DAYS = 12
_STEPS = 20_000


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


def prove(versions: Versions, day: date) -> Proof:
    """The whole difference, each edit that can stand alone, and what later days make of it. Raises RuleError where a
    version isn't valid on the day.
    """
    old, new = Decider(versions.old), Decider(versions.new)
    whole = _whole(old, new, day)
    alone = []
    if 1 < len(versions.edits) <= MOST_EDITS and versions.ground is not None and not whole.same:
        before = answers_of(old, day)
        for number in range(len(versions.edits)):
            chosen: Chosen = frozenset((number,))
            model = versions.model(chosen)
            if model is not None:
                answers = {OLD: before, NEW: answers_of(Decider(model), day)}
                alone.append(Proved(differences(versions.old, model, day, answers, _STEPS, decider_of(day)), number))
    later, open_days = [], []
    for number, each in enumerate(coming_days((versions.old, versions.new), day)):
        if number >= MOST_DAYS or any(broken_requirements(model, each) for model in (versions.old, versions.new)):
            open_days.append(each)
        else:
            later.append((each, _whole(old, new, each)))
    return Proof(day, whole, tuple(alone), tuple(later), tuple(open_days))


def _whole(old: Decider, new: Decider, day: date) -> Proved:
    answers = {OLD: answers_of(old, day), NEW: answers_of(new, day)}
    return Proved(differences(old.model, new.model, day, answers, decider=decider_of(day)))
