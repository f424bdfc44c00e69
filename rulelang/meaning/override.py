"""A ruleset on top of another (S11): what it takes over, replaces, removes, puts before or after, and sets anew.

Everything that was changed is kept as a deviation from the base.
"""

from __future__ import annotations

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.moved_base import in_currency_of, threshold_changed
from rulelang.model.program import Deviation
from rulelang.syntax import statements as s

Readings = tuple[s.Reading, ...]

MOST_LISTED = 12


def override(
    base: list[Readings], own: list[Readings]
) -> tuple[list[Readings], tuple[Deviation, ...], tuple[Diagnostic, ...]]:
    """The statements of both together: own rules first, then the inherited ones, changed in their place."""
    merging = _Merging(base)
    for each in own:
        merging.add(each)
    return merging.result(), tuple(merging.deviations), tuple(merging.diagnostics)


class _Merging:
    """The base's statements while the changes are worked in."""

    def __init__(self, base: list[Readings]) -> None:
        self.inherited = [
            each for each in base if not isinstance(each[0].statement, s.RulesetStatement | s.ExtendsStatement)
        ]
        self.head = [each for each in base if isinstance(each[0].statement, s.RulesetStatement)]
        self.first: list[Readings] = []
        self.declared: list[Readings] = []
        self.deviations: list[Deviation] = []
        self.diagnostics: list[Diagnostic] = []

    def result(self) -> list[Readings]:
        return [*self.head, *self.declared, *self.first, *self.inherited]

    def add(self, readings: Readings) -> None:
        match readings[0].statement:
            case s.RulesetStatement():
                self.head = [readings]
            case s.ExtendsStatement():
                pass
            case s.ThresholdStatement() as statement:
                self.threshold(statement, readings)
            case s.FieldStatement() as statement:
                self.field(statement, readings)
            case s.RuleStatement() as statement:
                self.rule(statement, readings)
            case s.RemoveStatement() as statement:
                place = self.place(statement.rule, statement.span)
                if place is not None:
                    self.deviate("removed", statement.rule, statement.span, self.inherited.pop(place))
            case s.HolidaysStatement():
                self.inherited = [
                    each for each in self.inherited if not isinstance(each[0].statement, s.HolidaysStatement)
                ]
                self.declared.append(readings)
            case _:
                self.declared.append(readings)

    def rule(self, statement: s.RuleStatement, readings: Readings) -> None:
        name = "" if statement.title is None else statement.title.text
        if statement.replaces:
            place = self.place(name, statement.span)
            if place is not None:
                replaced = self.inherited[place]
                self.deviate("replaced", name, statement.span, replaced)
                self.left_out(name, statement, replaced[0].statement)
                self.inherited[place] = _settled(readings, replaced[0].statement)
                self.moved(statement, place)
            return
        for other, after in ((statement.before, 0), (statement.after, 1)):
            if other is not None:
                place = self.place(other, statement.span)
                if place is not None:
                    self.deviate("added", name, statement.span)
                    self.inherited.insert(place + after, _settled(readings))
                return
        self.deviate("added", name or f"line {statement.span.line}", statement.span)
        self.first.append(readings)

    def left_out(self, name: str, statement: s.RuleStatement, base: s.Statement) -> None:
        """Says where the base's rule had an ``otherwise`` and the one in its place has none."""
        assert isinstance(base, s.RuleStatement)
        had, has = (any(len(each.branches) > 1 for each in rule.sentences) for rule in (base, statement))
        if had and not has:
            self.diagnostics.append(Diagnostic("replaced-without-otherwise", statement.span, {"name": name}))

    def moved(self, statement: s.RuleStatement, place: int) -> None:
        """Puts a rule that replaces another before or after a third, where it says so."""
        for other, after in ((statement.before, 0), (statement.after, 1)):
            if other is not None:
                rule = self.inherited.pop(place)
                found = self.place(other, statement.span)
                self.inherited.insert(place if found is None else found + after, rule)

    def threshold(self, statement: s.ThresholdStatement, readings: Readings) -> None:
        names = {statement.name.text, statement.label} - {None}
        for place, each in enumerate(self.inherited):
            found = each[0].statement
            if isinstance(found, s.ThresholdStatement) and names & {found.name.text, found.label}:
                changed = tuple(threshold_changed(statement, found))
                self.diagnostics.extend(changed)
                if any(one.code in ("base-threshold-type", "base-threshold-unit") for one in changed):
                    return  # with the base's value the rest can be judged
                self.deviate("threshold", found.name.text, statement.span, each)
                named = in_currency_of(found, evolve(statement, name=found.name, label=found.label, instead_of=None))
                self.inherited[place] = (s.Reading(named, readings[0].cut),)
                return
        if statement.instead_of is not None:
            have = [each[0].statement for each in self.inherited]
            thresholds = tuple(each.name.text for each in have if isinstance(each, s.ThresholdStatement))
            near = nearest(statement.name.text, thresholds)
            facts = {"name": statement.name.text, "thresholds": thresholds[:MOST_LISTED] or None}
            self.diagnostics.append(Diagnostic("base-has-no-threshold", statement.span, facts, near))
            readings = (s.Reading(evolve(statement, instead_of=None), readings[0].cut),)
        self.declared.append(readings)

    def field(self, statement: s.FieldStatement, readings: Readings) -> None:
        """A field declared anew takes the place of the base's."""
        names = {statement.name, statement.label} - {None}
        for place, each in enumerate(self.inherited):
            found = each[0].statement
            if isinstance(found, s.FieldStatement) and names & {found.name, found.label}:
                self.deviate("field", found.name, statement.span, each)
                self.inherited[place] = readings
                return
        self.declared.append(readings)

    def place(self, name: str, span: Span) -> int | None:
        """Where an inherited rule stands; a name that the base does not have (any more) is reported."""
        names: list[str] = []
        rules: list[str] = []
        for place, each in enumerate(self.inherited):
            statement = each[0].statement
            if isinstance(statement, s.RuleStatement) and statement.title is not None:
                titles = [each_ for each_ in (statement.title.text, statement.title.other) if each_]
                if name in titles:
                    return place
                names.extend(titles)
                rules.append(statement.title.text)
        facts = {"name": name, "rules": tuple(rules[:MOST_LISTED]) or None}
        self.diagnostics.append(Diagnostic("base-has-no-rule", span, facts, nearest(name, names)))
        return None

    def deviate(self, kind: str, name: str, span: Span, base: Readings | None = None) -> None:
        base_span = None if base is None else base[0].statement.span
        self.deviations.append(Deviation(kind, name, span=span, base=base_span))


def _settled(readings: Readings, place: s.Statement | None = None) -> Readings:
    """The rule as an ordinary one: where it goes has been dealt with.

    In the ``place`` of a rule about each record it is one as well.
    """
    settled = []
    for reading in readings:
        statement = reading.statement
        assert isinstance(statement, s.RuleStatement)
        element = statement.element
        if element is None and isinstance(place, s.RuleStatement):
            element = place.element
        ordinary = evolve(statement, replaces=False, before=None, after=None, element=element)
        settled.append(s.Reading(ordinary, reading.cut))
    return tuple(settled)
