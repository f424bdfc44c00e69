"""Two versions of a ruleset without data: proved to decide alike, or a customer for whom they differ, edit by edit."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from rulelang.analysis.difference import DIFFERENT, EQUAL, NEW, OLD, Verdict, differences
from rulelang.changes.versions import Chosen, Versions
from rulelang.engine.advice.proving import answers_of, decider_of
from rulelang.engine.ruleset import Ruleset

# An edit is proved on its own where there are no more than so many, with so many steps for each outcome.
MOST_EDITS = 40
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


def prove(versions: Versions, day: date) -> tuple[Proved, ...]:
    """The whole difference first, then each edit alone that can stand alone. Raises RuleError where a version isn't
    valid on the day.
    """
    old = Ruleset(versions.old)
    new = Ruleset(versions.new)
    answers = {OLD: answers_of(old, day), NEW: answers_of(new, day)}
    found = [Proved(differences(versions.old, versions.new, day, answers, decider=decider_of(day)))]
    if 1 < len(versions.edits) <= MOST_EDITS and versions.ground is not None and not found[0].same:
        for number in range(len(versions.edits)):
            chosen: Chosen = frozenset((number,))
            model = versions.model(chosen)
            if model is not None:
                alone = {OLD: answers[OLD], NEW: answers_of(Ruleset(model), day)}
                found.append(Proved(differences(versions.old, model, day, alone, _STEPS, decider_of(day)), number))
    return tuple(found)
