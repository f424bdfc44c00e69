"""Decides one row after the other, and remembers which rules ever gave an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.deciding.decider import Decider
from rulelang.explain.findings import rival_findings
from rulelang.lowering.plan import Always, Invoke
from rulelang.lowering.planned import Plan
from rulelang.lowering.reading import aggregated_of, answers_of, inputs_of, nodes
from rulelang.model.contributions import BLANK

# What only a decision shows; what is odd about a cell has been said when it was read.
_OF_DECISIONS = (
    *("division-by-zero", "function-failed", "key-not-found", "list-incomplete", "records-left-out"),
    *("unique-violated", "answers-disagree", "outside-holidays"),
)


class Verdict(NamedTuple):
    """What was decided for a row, in the order of the ruleset's outcomes.

    ``standings`` is None where all of them are settled: an answer is then decided, and none says that no rule applies.
    (A named tuple because a million of them are made.) ``records`` is what the generated functions gave for the records
    of lists; ``known`` tells which of them did. ``winners`` are the branches that made each answer, where all is known.
    """

    answers: tuple[Any, ...]
    standings: tuple[str, ...] | None = None
    problems: Sequence[Diagnostic] = ()
    records: tuple[Any, ...] = ()
    known: bool = True
    winners: Sequence[Any] = ()


class RowDecider:
    """Decides rows for one as-of date. ``fields`` is the order in which it wants their values, ``outcomes`` that of
    the answers.

    A missing value is None, a blank that is an answer BLANK. ``plan`` is that of the rules.
    ``unseen`` are the branches that made no answer so far.
    """

    def __init__(self, ruleset: Decider, as_of: date) -> None:
        self._ruleset = ruleset
        self._situation = ruleset.situation(as_of)
        self._decided = self._situation.bound.decided
        self._standing = self._situation.bound.standing
        program = self._situation.bound.program
        self.plan = program.plan
        self.fields = program.fields
        self.outcomes = tuple(each.outcome.name for each in program.plan.decisions)
        open_rules = any(rule.divisors or rule.lookups or rule.calls for rule in program.plan.rules)
        self._may_stay_open = open_rules or bool(program.plan.aggregations or program.plan.stages)
        self._records = None if open_rules else _needed_of_records(program.plan, self.fields)
        self._rules = program.branch_rules
        self.unseen = set(range(len(self._rules)))

    def decide(self, values: Sequence[Any]) -> Verdict:
        """The decision for a row's values, which are as `rulelang.vocabulary.reading` gives them."""
        known = self._decided(*values)
        if known is None:
            return self._doubtful(values)
        answers, winners, records = known
        if self.unseen:
            self._see(winners)
            for stage in records:
                for _, of_record in stage:
                    self._see(of_record)
        return Verdict(tuple(answers.values()), None, (), records, True, winners)

    def tried(self, values: Sequence[Any]) -> Verdict:
        """Answers and standings alone, of a customer that nobody has: nothing odd is looked for, no rule has fired."""
        known = self._decided(*values)
        if known is not None:
            return Verdict(tuple(known[0].values()))
        found, _ = self._standing(*values)
        answers, standings = (tuple(getattr(each, name) for each in found) for name in ("answer", "standing"))
        return Verdict(answers, standings, known=False)

    def _see(self, winners: Sequence[Any]) -> None:
        """Branches that made an answer."""
        for winner in winners:
            if winner.__class__ is list:
                self.unseen.difference_update(winner)
            else:
                self.unseen.discard(winner)

    def _doubtful(self, values: Sequence[Any]) -> Verdict:
        """The decision where something is unknown."""
        found, records = self._standing(*values)
        results = dict(zip(self.outcomes, found, strict=True))
        for each in (result for stage in records for of_record in stage or () for result in of_record):
            self.unseen.difference_update(each.branches)
        for each in results.values():
            self.unseen.difference_update(each.branches)
        problems: Sequence[Diagnostic] = ()
        if self._may_stay_open and not self._all_judged(values):
            noticed = self._ruleset.decide_values(values, self._situation.as_of).problems
            problems = [each for each in noticed if each.code in _OF_DECISIONS]
        elif any(each.rivals for each in results.values()):
            problems = tuple(rival_findings(self._situation.model, results))
        answers, standings = (tuple(getattr(each, name) for each in found) for name in ("answer", "standing"))
        return Verdict(answers, standings, problems, records, known=False)

    def _all_judged(self, values: Sequence[Any]) -> bool:
        """Whether every record has all that is asked of it, and nothing else can be left open."""
        if self._records is None:
            return False
        for place, needed in self._records:
            records = values[place]
            if records is None or records is BLANK:
                return False
            for record in records:
                for name in needed:
                    value = record.get(name)
                    if value is None or value is BLANK:
                        return False
        return True

    def never_fired(self) -> tuple[str, ...]:
        """The rules in force on the as-of date that gave no row an answer."""
        unseen = {self._rules[each] for each in self.unseen}
        seen = {rule for branch, rule in enumerate(self._rules) if branch not in self.unseen}
        rules = (each for each in self._situation.model.rules if each.in_force(self._situation.as_of))
        never = unseen - seen
        return tuple(each.name for each in rules if each.name in never)


def _needed_of_records(plan: Plan, fields: Sequence[str]) -> list[tuple[int, frozenset[str]]] | None:
    """The fields that records have to have, by the places of their lists, so that all of them can be judged; None where
    it takes more than that.
    """
    if plan.stages:
        return None
    found: dict[str, frozenset[str]] = {}
    for each in plan.aggregations:
        reads = each.parts
        beyond = inputs_of(*reads) or answers_of(*reads) or aggregated_of(*reads) or each.aggregated.answers
        calls = any(isinstance(node, Invoke) for part in reads for node in nodes(part))
        if each.fallible or each.complete != Always() or each.group is not None or beyond or calls:
            return None
        found[each.list] = found.get(each.list, frozenset()) | each.needed
    return [(fields.index(name), needed) for name, needed in found.items()]
