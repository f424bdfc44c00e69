"""Two versions of a ruleset, the edits between them, and what some of the edits make of the old one.

versions = compare(old, new)       # rulelang.changes.edits
versions.edits                     # rule changed, threshold changed, rule moved …
versions.model(frozenset({0, 2}))  # the old version with the first and the third edit
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import evolve, field, frozen

from rulelang.changes.alignment import Slot
from rulelang.diagnostics.position import Span
from rulelang.meaning.order import decision_order
from rulelang.model.program import MEASURE, Branch, Header, Model, Rule
from rulelang.vocabulary.types import ListOf

RULE_ADDED, RULE_REMOVED, RULE_CHANGED, RULE_MOVED = "rule added", "rule removed", "rule changed", "rule moved"
ROW_ADDED, ROW_REMOVED, ROW_CHANGED = "row added", "row removed", "row changed"
IN_FORCE, OUT_OF_FORCE = "rule in force", "rule out of force"
THRESHOLD, LIST, OUTCOME, FIELD, FUNCTION = "threshold", "list", "outcome", "field", "function"
VALUES, DAY, WHOLE = "values", "day", "whole"

DECLARED = (
    ("thresholds", THRESHOLD),
    ("lists", LIST),
    ("outcomes", OUTCOME),
    ("record_outcomes", OUTCOME),
    ("fields", FIELD),
    ("functions", FUNCTION),
)

Key = tuple[Any, ...]
Chosen = frozenset[int]


@frozen
class Edit:
    """One difference.

    ``before`` and ``after`` are what it is about: rules, branches, declarations, days; None where there is none.
    ``name`` and ``label`` are those of the rule or of what is declared.
    """

    kind: str
    name: str
    label: str | None = None
    before: Any = field(default=None, repr=False)
    after: Any = field(default=None, repr=False)

    @property
    def span(self) -> Span | None:
        """Where it stands in the new version, or stood in the old one."""
        return getattr(self.after, "span", None) or getattr(self.before, "span", None)


@frozen
class Found:
    """Where the edits belong: the rules of both versions side by side, the branches of rules that have edits of their
    own, and the number of each edit by its key: ``("changed", rule)``, ``("threshold", name)`` …
    """

    slots: tuple[Slot[Rule], ...] = ()
    branches: Mapping[str, tuple[Slot[Branch], ...]] = field(factory=dict)
    numbers: Mapping[Key, int] = field(factory=dict)


@frozen
class Versions:
    """Two versions of a ruleset, each for a day, and the edits between them.

    ``days`` differ where time itself is one of the edits. ``ground`` are both versions with the same choices, lists
    and measures; it is None where they have types that don't go together, and the edits can't be taken apart.
    """

    old: Model
    new: Model
    days: tuple[date | None, date | None]
    edits: tuple[Edit, ...]
    ground: tuple[Model, Model] | None = field(default=None, repr=False)
    found: Found = field(factory=Found, repr=False)

    @property
    def declared_values(self) -> Chosen:
        """The edits to the values a choice may have: they come with any other edit."""
        return frozenset(number for number, each in enumerate(self.edits) if each.kind == VALUES)

    def is_later(self, chosen: Chosen) -> bool:
        """Whether a version with some of the edits decides on the second of the two days."""
        return bool(chosen) if self.ground is None else self._has((DAY, ""), chosen)

    def takes_new_field(self, name: str, chosen: Chosen) -> bool:
        """Whether a version with some of the edits reads a field as the new version declares it."""
        if self.ground is None:
            return bool(chosen)
        if name.startswith(MEASURE):
            return self._has((DAY, ""), chosen)
        known = (FIELD, name) in self.found.numbers and not self._has((FIELD, name), chosen)
        return bool(chosen) and not known

    def reading(self) -> tuple[Model, Model]:
        """Models for reading data: the fields of each version and those only the other one has; the rules of both,
        so that all is read that any version with some of the edits may ask for.
        """
        if self.ground is None:
            return self.old, self.new
        old, new = self.ground
        rules = (*old.rules, *new.rules)
        measures = tuple({each.name: each for each in (*old.measures, *new.measures)}.values())
        ours, theirs = (
            {name: joint.fields[name] if isinstance(each.type, ListOf) else each for name, each in model.fields.items()}
            for model, joint in ((self.old, old), (self.new, new))
        )
        return (
            evolve(old, fields={**theirs, **ours}, rules=rules, measures=measures),
            evolve(new, fields={**ours, **theirs}, rules=rules, measures=measures),
        )

    def model(self, chosen: Chosen) -> Model | None:
        """The old version with some of the edits; None where they don't stand alone: decisions would go in circles."""
        if not chosen:
            return self.old
        if len(chosen) == len(self.edits):
            return self.new
        if self.ground is None:
            return None
        old, new = self.ground
        rules = tuple(self._rules(chosen))
        mixed: dict[str, dict[str, Any]] = {}
        for part, kind in DECLARED:
            ours, theirs = getattr(old, part), getattr(new, part)
            kept = {name: each for name, each in ours.items() if not self._has((kind, name), chosen)}
            mixed[part] = {**theirs, **kept}
        order, circle = decision_order([*mixed["outcomes"], *mixed["record_outcomes"]], rules)
        if circle:
            return None
        measures = {each.name: each for each in (*old.measures, *new.measures)}
        return evolve(
            new,
            header=Header(),
            rules=rules,
            requirements=(),
            measures=tuple(measures.values()),
            sources=(*new.sources, *old.sources),
            fields=mixed["fields"],
            outcomes={name: mixed["outcomes"][name] for name in order if name in mixed["outcomes"]},
            record_outcomes={
                name: mixed["record_outcomes"][name] for name in order if name in mixed["record_outcomes"]
            },
            thresholds=mixed["thresholds"],
            lists=mixed["lists"],
            functions=mixed["functions"],
        )

    def _has(self, key: Key, chosen: Chosen) -> bool:
        return self.found.numbers.get(key) in chosen

    def _rules(self, chosen: Chosen) -> Iterator[Rule]:
        """The rules of a version, in its order; names are made unique, since two rules may have had one."""
        taken: set[str] = set()
        for slot in self.found.slots:
            rule = self._at(slot, chosen)
            if rule is not None:
                name = rule.name
                while name in taken:
                    name += "′"
                taken.add(name)
                yield rule if name == rule.name else evolve(rule, name=name)

    def _at(self, slot: Slot[Rule], chosen: Chosen) -> Rule | None:
        old, new = slot.old, slot.new
        if old is None:
            return new if new is not None and self._has(("added", new.name), chosen) else None
        if new is None:
            return None if self._has(("removed", old.name), chosen) else old
        if slot.side != "both":
            moved = self.found.numbers.get(("moved", new.name))
            if (slot.side == "new") is not (moved is None or moved in chosen):
                return None
        return self._changed(old, new, chosen)

    def _changed(self, old: Rule, new: Rule, chosen: Chosen) -> Rule:
        """One of two versions of a rule, or what some of the edits to its branches make of it."""
        whole = self.found.numbers.get(("changed", new.name))
        if whole is not None:
            return new if whole in chosen else old
        branches: list[Branch] = []
        for place, slot in enumerate(self.found.branches.get(new.name, ())):
            number = self.found.numbers.get(("branch", new.name, place))
            branch = slot.new if number is None or number in chosen else slot.old
            if branch is not None:
                branches.append(branch)
        return evolve(new, branches=tuple(branches)) if branches else new
