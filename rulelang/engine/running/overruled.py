"""Rules that gave no row an answer: did their conditions hold, and another rule decided?

Such a rule is put beside the others with an outcome of its own, and the rows are decided once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from attrs import evolve

from rulelang.engine.deciding.decider import Decider
from rulelang.engine.running.row_run import RowRun
from rulelang.engine.running.rows import RowDecider
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.source import Source
from rulelang.model.expressions import ALWAYS
from rulelang.model.program import Assignment, Model, Rule
from rulelang.model.walking import answers_named
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import YesNo

_MOST_RULES = 200
# Rows times rules: some tenths of a second.
_MOST_TRIED = 400_000
_PROBE = "rulelang matched "


def overruled(work: RowRun, never_fired: Sequence[str]) -> tuple[str, ...]:
    """Of the rules that gave no answer those whose conditions hold for one of the first rows all the same.

    The second tables of the run have to be read already.
    """
    model = work.ruleset.model
    silent = set(never_fired[:_MOST_RULES])
    rules = [each for each in model.rules if each.name in silent and each.each is None]
    if not rules:
        return ()
    decider = RowDecider(Decider(_probed(model, rules)), work.as_of)
    measured = work.measured()
    places = [decider.outcomes.index(_PROBE + each.name) for each in rules]
    order = {name: place for place, name in enumerate(work.decider.fields)}
    wanted = [order[name] for name in decider.fields]
    found: set[str] = set()
    for row in islice(work.source.rows(), _MOST_TRIED // len(rules)):
        faulty, values = (True, ()) if row.fault is not None else work.values_of(row)
        if faulty:
            continue
        values = measured(row, values)
        answers = decider.tried([values[place] for place in wanted]).answers
        found |= {rule.name for rule, place in zip(rules, places, strict=True) if answers[place] is True}
        if len(found) == len(rules):
            break
    return tuple(each.name for each in rules if each.name in found)


def overruled_in(ruleset: Decider, source: Source, options: RunOptions, never_fired: Sequence[str]) -> tuple[str, ...]:
    """The same of a run whose rows were decided elsewhere, without second tables."""
    return overruled(RowRun(ruleset, source, options), never_fired) if never_fired else ()


def _probed(model: Model, rules: Sequence[Rule]) -> Model:
    """The model with an outcome more for each of the rules: yes where it matches; without the rest of it where no
    condition reads an outcome.
    """
    outcomes = {_PROBE + each.name: Outcome(_PROBE + each.name, YesNo()) for each in rules}
    probes = []
    for each in rules:
        given = (Assignment(_PROBE + each.name, ALWAYS),)
        branches = tuple(evolve(branch, assignments=given, reason=None) for branch in each.branches)
        probes.append(evolve(each, name=_PROBE + each.name, branches=branches, priority=None))
    alone = not model.record_outcomes and not any(
        answers_named(branch.condition) for each in rules for branch in each.branches
    )
    if alone:
        return evolve(model, outcomes=outcomes, rules=tuple(probes))
    return evolve(model, outcomes={**model.outcomes, **outcomes}, rules=(*model.rules, *probes))
