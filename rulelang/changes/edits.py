"""Finds the edits between two versions of a ruleset: what somebody did to the one to get the other.

Names, labels, notes, reasons, comments and the language of a file mean nothing: no edit. Neither does a rule that
stands elsewhere among rules for other outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import evolve

from rulelang.changes.alignment import Slot, align
from rulelang.changes.common import with_common_measures, with_common_types
from rulelang.changes.versions import (
    DAY,
    DECLARED,
    IN_FORCE,
    LIST,
    OUT_OF_FORCE,
    ROW_ADDED,
    ROW_CHANGED,
    ROW_REMOVED,
    RULE_ADDED,
    RULE_CHANGED,
    RULE_MOVED,
    RULE_REMOVED,
    VALUES,
    WHOLE,
    Edit,
    Found,
    Key,
    Versions,
)
from rulelang.model.fingerprint import meaning, tables
from rulelang.model.program import Branch, Model, Rule
from rulelang.vocabulary.lookups import as_on
from rulelang.vocabulary.types import Choice

Days = tuple[date | None, date | None]


def compare(old: Model, new: Model, days: Days = (None, None)) -> Versions:
    """The edits between two versions, in the order of the rules, declarations last.

    Where the two are to decide on different days, the day is an edit as well; thresholds and rules that are dated are
    then compared as they are in force on these days.
    """
    dated = days[0] != days[1]
    old, new = with_common_measures(old, new)
    first, second = (
        _pinned(model, day) if dated else _switched_on(model) for model, day in zip((old, new), days, strict=True)
    )
    one, other, unlike = with_common_types(first, second)
    if unlike:
        return Versions(old, new, days, (Edit(WHOLE, ", ".join(unlike), None, old, new),))
    finder = _Finder(one, other, {each.name for model in (old, new) for each in model.rules} if dated else set())
    slots = finder.rules()
    finder.declarations()
    finder.values(first, second)
    if dated:
        finder.note((DAY, ""), Edit(DAY, "", None, *days))
    return Versions(old, new, days, tuple(finder.edits), (one, other), Found(slots, finder.branches, finder.numbers))


def _switched_on(model: Model) -> Model:
    return evolve(model, rules=tuple(each for each in model.rules if not each.switched_off))


def _pinned(model: Model, day: date | None) -> Model:
    """The model as it is on a day."""
    assert day is not None
    rules = (evolve(each, valid_from=None, valid_until=None) for each in model.rules if each.in_force(day))
    thresholds = {name: evolve(each, value=each.at(day), dated=()) for name, each in model.thresholds.items()}
    lists = {name: as_on(each, day) for name, each in model.lists.items()}
    return evolve(model, rules=tuple(rules), thresholds=thresholds, lists=lists)


class _Finder:
    """Collects edits, and the keys under which a version finds theirs. ``dated`` are rules that may only be out of
    force where they are not there.
    """

    def __init__(self, old: Model, new: Model, dated: set[str]) -> None:
        self.old, self.new, self.dated = old, new, dated
        self.edits: list[Edit] = []
        self.numbers: dict[Key, int] = {}
        self.branches: dict[str, tuple[Slot[Branch], ...]] = {}

    def note(self, key: Key, edit: Edit) -> None:
        self.numbers[key] = len(self.edits)
        self.edits.append(edit)

    def rules(self) -> tuple[Slot[Rule], ...]:
        slots = align(self.old.rules, self.new.rules, meaning, (_own_name, _by_outcomes))
        found = ({id(each): place for place, each in enumerate(model.rules)} for model in (self.old, self.new))
        places = next(found), next(found)
        both = [(slot.old, slot.new) for slot in slots if slot.old and slot.new and slot.side != "old"]
        for slot in slots:
            old, new = slot.old, slot.new
            if old is None and new is not None:
                kind = IN_FORCE if new.name in self.dated else RULE_ADDED
                self.note(("added", new.name), Edit(kind, new.name, new.label, None, new))
            elif new is None and old is not None:
                kind = OUT_OF_FORCE if old.name in self.dated else RULE_REMOVED
                self.note(("removed", old.name), Edit(kind, old.name, old.label, old, None))
            elif old is not None and new is not None and slot.side != "old":
                if slot.moved and _matters(old, new, both, places):
                    self.note(("moved", new.name), Edit(RULE_MOVED, new.name, new.label, old, new))
                if meaning(old) != meaning(new):
                    self._changes(old, new)
        return slots

    def _changes(self, old: Rule, new: Rule) -> None:
        alike = meaning(evolve(old, branches=())) == meaning(evolve(new, branches=()))
        if not alike or max(len(old.branches), len(new.branches)) == 1:
            self.note(("changed", new.name), Edit(RULE_CHANGED, new.name, new.label, old, new))
            return
        slots = self.branches[new.name] = _branch_slots(old, new)
        for place, slot in enumerate(slots):
            if slot.old is None or slot.new is None:
                kind = ROW_ADDED if slot.old is None else ROW_REMOVED
            elif meaning(slot.old) == meaning(slot.new):
                continue
            else:
                kind = ROW_CHANGED
            self.note(("branch", new.name, place), Edit(kind, new.name, new.label, slot.old, slot.new))

    def declarations(self) -> None:
        for part, kind in DECLARED:
            ours, theirs = getattr(self.old, part), getattr(self.new, part)
            cells = [
                {name: rest for name, *rest in tables(each)} if kind == LIST else {} for each in (self.old, self.new)
            ]
            for name in ours:
                same = name in theirs and meaning(ours[name]) == meaning(theirs[name])
                looked_up = name in cells[0] and name in cells[1]
                if name in theirs and not (same and (not looked_up or cells[0][name] == cells[1][name])):
                    label = getattr(theirs[name], "label", None)
                    self.note((kind, name), Edit(kind, name, label, ours[name], theirs[name]))

    def values(self, old: Model, new: Model) -> None:
        """What may be the value of a choice; the versions are those before they came to common ground."""
        for part, kind in DECLARED:
            for name, each in getattr(new, part).items():
                before = getattr(old, part).get(name)
                type_ = getattr(before, "type", None)
                if isinstance(type_, Choice) and meaning(type_) != meaning(each.type):
                    self.note((VALUES, kind, name), Edit(VALUES, name, each.label, before, each))


def _own_name(rule: Rule) -> str | None:
    """The name of a rule, None where it only says on which line it stands."""
    return None if rule.span is not None and rule.name == f"line {rule.span.line}" else rule.name


def _by_outcomes(rule: Rule) -> frozenset[str] | None:
    """What unnamed rules are told apart by, where nothing else helps: the outcomes they give something to."""
    return None if _own_name(rule) is not None else _outcomes(rule)


def _outcomes(rule: Rule) -> frozenset[str]:
    return frozenset(each.outcome for branch in rule.branches for each in branch.assignments)


def _matters(
    old: Rule, new: Rule, both: Iterable[tuple[Rule, Rule]], places: tuple[Mapping[int, int], Mapping[int, int]]
) -> bool:
    """Whether a rule that moved passed another one that gives something to one of its outcomes."""
    mine = _outcomes(old) | _outcomes(new)
    return any(
        one is not old
        and bool(mine & (_outcomes(one) | _outcomes(other)))
        and (places[0][id(one)] < places[0][id(old)]) != (places[1][id(other)] < places[1][id(new)])
        for one, other in both
    )


def _no_name(branch: Branch) -> None:
    """Branches have no names by which to know them again."""


def _branch_slots(old: Rule, new: Rule) -> tuple[Slot[Branch], ...]:
    """The branches of two versions of a rule, side by side; one that was replaced stands beside what replaced it.

    A branch that moved is one that was removed and one that was added.
    """
    waiting = list(align(old.branches, new.branches, meaning, (_no_name,)))
    paired: list[Slot[Branch]] = []
    while waiting:
        run = next((place for place, each in enumerate(waiting) if each.side == "both"), len(waiting))
        removed = [each.old for each in waiting[:run] if each.side == "old"]
        added = [each.new for each in waiting[:run] if each.side == "new"]
        for place in range(max(len(removed), len(added))):
            one = removed[place] if place < len(removed) else None
            paired.append(Slot(one, added[place] if place < len(added) else None))
        paired += waiting[run : run + 1]
        del waiting[: run + 1]
    return tuple(paired)
