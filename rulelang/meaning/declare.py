"""First pass: the declarations of the files become a vocabulary; doubled names and impossible types are reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from rulelang.diagnostics.diagnostic import Diagnostic, Label
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Span
from rulelang.meaning.changeable import changeable
from rulelang.meaning.choice_files import members_in_file
from rulelang.meaning.constants import constant
from rulelang.meaning.declared_checks import KINDS as CHECKS
from rulelang.meaning.holidays import read_holidays
from rulelang.meaning.limits import limit, policy_fits, unfit_date
from rulelang.meaning.own_currencies import with_currencies
from rulelang.meaning.record_outcomes import placed
from rulelang.meaning.repeated import declared_once
from rulelang.meaning.vocabulary import (
    TAG_NAMES,
    TAGS,
    TAGS_LABEL,
    Symbol,
    Vocabulary,
    key_and_label,
    note_of,
    type_word,
)
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.values.working_days import WorkingDays
from rulelang.vocabulary.declarations import Field, ListFile, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.functions import Function
from rulelang.vocabulary.types import (
    Choice,
    Date,
    DateTime,
    Length,
    ListOf,
    Member,
    Money,
    Number,
    Text,
    Type,
    YesNo,
)

# The entries of list files, by the rule file that names them, their own name and the column.
Entries = Mapping[tuple[str, str, str | None], ListFile]

# A function that a plug-in brings, and the place of the ``use`` that asks for it.
Used = tuple[Function, Span]


def declare(
    statements: Iterable[s.Statement], entries: Entries, functions: Iterable[Used] = ()
) -> tuple[Vocabulary, tuple[Diagnostic, ...]]:
    """The vocabulary of some statements and functions; ``entries`` are the list files already read."""
    declaring = _Declaring(entries)
    declared = declared_once(statements)
    order = (s.ChoiceStatement, s.ThresholdStatement, s.FieldStatement, s.OutcomeStatement, s.ListStatement)
    for kind in (*order, s.HolidaysStatement, s.LetStatement, s.DefineStatement):
        for statement in declared:
            if isinstance(statement, kind):
                declaring.add(statement)
    for function, span in functions:
        declaring.add_function(function, span)
    vocabulary, problems = with_currencies(declaring.vocabulary())
    return vocabulary, (*declaring.diagnostics, *problems)


class _Declaring:
    """Collects declarations of one ruleset."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self.diagnostics: list[Diagnostic] = []
        self.symbols: dict[str, Symbol] = {}
        self.places: dict[str, Span] = {}
        self.fields: dict[str, Field] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.record_outcomes: dict[str, Outcome] = {}
        self.thresholds: dict[str, Threshold] = {}
        self.lists: dict[str, ReferenceList] = {}
        self.choices: dict[str, Choice] = {}
        self.lets: dict[str, s.LetStatement] = {}
        self.defines: dict[str, s.DefineStatement] = {}
        self.functions: dict[str, Function] = {}
        self.working_days: WorkingDays | None = None

    def vocabulary(self) -> Vocabulary:
        outcomes = dict(self.outcomes)
        symbols = dict(self.symbols)
        if not any(name in symbols and symbols[name].kind == "outcome" for name in TAG_NAMES):
            outcomes[TAGS] = Outcome(TAGS, Text(), TAGS_LABEL, policy="collect", inferred=True)
            symbols[TAGS] = Symbol("outcome", TAGS)
            symbols.setdefault(TAGS_LABEL, Symbol("outcome", TAGS))
        return Vocabulary(
            self.fields,
            outcomes,
            self.thresholds,
            self.lists,
            self.choices,
            self.lets,
            self.defines,
            self.functions,
            symbols,
            open_fields=not self.fields,
            open_outcomes=not self.outcomes and not self.record_outcomes,
            record_outcomes=self.record_outcomes,
            working_days=self.working_days,
        )

    def report(self, code: str, span: Span, **facts: Any) -> None:
        self.diagnostics.append(Diagnostic(code, span, facts))

    def name(self, kind: str, name: str, label: str | None, span: Span) -> tuple[str, str | None]:
        key, other = key_and_label(name, label)
        for spelling in dict.fromkeys(each for each in (key, other) if each):
            if spelling in self.symbols:
                labels = (Label("first-declared-here", self.places[spelling]),)
                self.diagnostics.append(Diagnostic("duplicate-name", span, {"name": spelling}, (), labels))
                continue
            self.symbols[spelling] = Symbol(kind, key)
            self.places[spelling] = span
        return key, other

    def add(self, statement: s.Statement) -> None:
        match statement:
            case s.ChoiceStatement():
                self.add_choice(statement)
            case s.ThresholdStatement():
                self.add_threshold(statement)
            case s.FieldStatement():
                self.add_field(statement)
            case s.OutcomeStatement():
                self.add_outcome(statement)
            case s.ListStatement():
                self.add_list(statement)
            case s.HolidaysStatement(file):
                found, problems = read_holidays(statement, self.entries.get((statement.span.file, file, None)))
                self.diagnostics.extend(problems)
                if self.working_days not in (None, found):
                    self.report("holidays-twice", statement.span)
                self.working_days = found
            case s.LetStatement():
                self.lets[self.name("let", statement.name.text, statement.label, statement.name.span)[0]] = statement
            case s.DefineStatement():
                self.defines[self.name("define", statement.name.text, statement.label, statement.name.span)[0]] = (
                    statement
                )

    # --- types ---

    def members(self, members: tuple[s.Member, ...]) -> tuple[Member, ...]:
        result: list[Member] = []
        seen: set[str] = set()
        for each in members:
            key, label = key_and_label(each.name, each.label)
            for spelling in (key, label):
                if spelling in seen:
                    self.report("duplicate-name", each.span, name=spelling)
                if spelling:
                    seen.add(spelling)
            result.append(Member(key, label))
        return tuple(result)

    def type(self, written: s.TypeSyntax) -> Type:
        match written.kind:
            case "date":
                return Date()
            case "datetime":
                return DateTime()
            case "money":
                return Money(written.currency, by=written.name)
            case "number":
                return Number(6 if written.decimals is None else written.decimals)
            case "whole":
                return Number(0)
            case "percent":
                return Number(6, percent=True)
            case "text":
                return Text()
            case "yesno":
                return YesNo()
            case "duration":
                return Length(written.unit or "days")
            case "one_of":
                return Choice(self.members(written.members))
            case "ordered":
                return Choice(self.members(written.members), ordered=True)
            case "list":
                return self.list_type(written)
        name = written.name or ""
        symbol = self.symbols.get(name)
        if symbol is not None and symbol.kind == "choice":
            return self.choices[symbol.key]
        near = nearest(name, [*self.choices, "date", "number", "text", "money", "whole number", "percent"])
        self.diagnostics.append(Diagnostic("unknown-type", written.span, {"name": name}, near))
        return Text()

    def list_type(self, written: s.TypeSyntax) -> ListOf:
        """A list with the fields of its records; which date it goes by, and from when on it is complete, may be said
        among them as well.
        """
        elements = tuple((*key_and_label(e.name, e.label), self.type(e.type)) for e in written.elements)
        type_ = ListOf(written.name or "", elements)
        limits: dict[str, dict[str, Any]] = {}
        for element in written.elements:
            key, kind = key_and_label(element.name, element.label)[0], type_.field_type(element.name)
            for attribute in element.attributes:
                value = next(iter(attribute.values), None)
                if attribute.kind == "dated_by":
                    type_ = evolve(type_, dated_by=type_.key_of(getattr(value, "text", "")))
                elif attribute.kind == "complete_from":
                    type_ = evolve(type_, complete_from=getattr(value, "value", None))
                elif attribute.kind in ("at_least", "at_most", "limits") and kind is not None:
                    limits.setdefault(key, {}).update(self.field_attribute(key, kind, attribute))
                else:
                    self.report("record-field-attribute", attribute.span)
        found = ((key, each.get("at_least"), each.get("at_most")) for key, each in limits.items())
        return evolve(type_, limits=tuple(each for each in found if each[1:] != (None, None)))

    def add_choice(self, statement: s.ChoiceStatement) -> None:
        key, _ = self.name("choice", statement.name, statement.label, statement.span)
        if statement.file is None:
            self.choices[key] = Choice(self.members(statement.members), statement.ordered, key)
            return
        file = self.entries.get((statement.span.file, statement.file, None), ListFile())
        members, problems = members_in_file(statement, file)
        self.diagnostics.extend(problems)
        self.choices[key] = Choice(members, False, key)

    # --- things that have values ---

    def add_threshold(self, statement: s.ThresholdStatement) -> None:
        key, label = self.name("threshold", statement.name.text, statement.label, statement.name.span)
        found = constant(statement.value)
        if found is None:
            self.report("threshold-not-constant", statement.value.span, name=statement.name.text)
            found = (0, Number())
        value, type_ = found
        dated = []
        for start, later in statement.dated:
            then = constant(later, type_)
            if then is None:
                self.report("threshold-not-constant", later.span, name=statement.name.text)
            else:
                dated.append((start, then[0]))
        if [start for start, _ in dated] != sorted({start for start, _ in dated}):
            self.report("dates-not-ascending", statement.span, name=statement.name.text)
        note, note_label = note_of(statement.note)
        self.thresholds[key] = Threshold(
            key, type_, value, label, note, note_label, tuple(sorted(dated)), span=statement.span
        )

    def add_field(self, statement: s.FieldStatement) -> None:
        type_ = self.type(statement.type)
        key, label = self.name("field", statement.name, statement.label, statement.span)
        facts: dict[str, Any] = {}
        for attribute in (each for each in statement.attributes if each.kind not in CHECKS):
            facts.update(self.field_attribute(key, type_, attribute))
        if isinstance(type_, ListOf):
            dated_by = facts.pop("dated_by", type_.dated_by)
            type_ = evolve(type_, dated_by=dated_by, complete_from=facts.pop("complete_from", type_.complete_from))
            self.diagnostics.extend(unfit_date(type_, statement.span))
        if facts.pop("may_be_future", False) and isinstance(type_, Date | DateTime):
            type_ = type(type_)(may_be_future=True)
        note, note_label = note_of(statement.note)
        self.fields[key] = Field(key, type_, label, note, note_label, **facts, span=statement.span)

    def field_attribute(self, name: str, type_: Type, attribute: s.Attribute) -> dict[str, Any]:
        match attribute.kind:
            case "required" | "may_be_blank" | "may_be_future":
                return {attribute.kind: True}
            case "changeable":
                return {"changeable": self.kept(changeable(name, type_, attribute))}
            case "personal" | "sensitive":
                return {"privacy": attribute.kind}
            case "missing_written":
                return {
                    "missing_values": tuple(each.text for each in attribute.values if isinstance(each, t.TextLiteral))
                }
            case "dated_by" if isinstance(type_, ListOf):
                return {"dated_by": type_.key_of(getattr(attribute.values[0], "text", ""))}
            case "complete_from" if isinstance(type_, ListOf):
                return {"complete_from": getattr(attribute.values[0], "value", None)}
            case "counted_in":
                return {"counted_in": getattr(attribute.values[0], "text", None)}
            case "at_least" | "at_most":
                return {attribute.kind: self.limit(name, type_, attribute.values[0], attribute.kind)}
            case "limits":
                low, high = attribute.values
                return {
                    "at_least": self.limit(name, type_, low, "at_least"),
                    "at_most": self.limit(name, type_, high, "at_most"),
                }
        self.report("unexpected-text", attribute.span, found=attribute.kind.replace("_", " "))
        return {}

    def limit(self, name: str, type_: Type, written: t.Expression, kind: str) -> Any:
        return self.kept(limit(name, type_, written, kind))

    def kept(self, found: tuple[Any, tuple[Diagnostic, ...]]) -> Any:
        self.diagnostics.extend(found[1])
        return found[0]

    def add_outcome(self, statement: s.OutcomeStatement) -> None:
        type_ = self.type(statement.type)
        if statement.element is not None:
            self.add_record_outcome(statement, statement.element, type_)
            return
        key, label = self.name("outcome", statement.name, statement.label, statement.span)
        self.outcomes[key] = self.outcome(key, label, type_, statement)

    def add_record_outcome(self, statement: s.OutcomeStatement, element: str, type_: Type) -> None:
        place = placed(statement, element, self.fields, self.record_outcomes.values())
        if isinstance(place, Diagnostic):
            self.diagnostics.append(place)
            return
        found = self.outcome(place.key, place.label, type_, statement)
        self.record_outcomes[place.key] = evolve(found, list=place.list, part=place.part)

    def outcome(self, key: str, label: str | None, type_: Type, statement: s.OutcomeStatement) -> Outcome:
        facts: dict[str, Any] = {}
        for attribute in statement.attributes:
            facts.update(self.outcome_attribute(key, type_, attribute))
        note, note_label = note_of(statement.note)
        return Outcome(key, type_, label, note, note_label, **facts, span=statement.span)

    def outcome_attribute(self, name: str, type_: Type, attribute: s.Attribute) -> dict[str, Any]:
        kind = attribute.kind
        if kind.startswith("policy_"):
            policy = kind.removeprefix("policy_")
            if not policy_fits(policy, type_):
                self.report("policy-type", attribute.span, policy=policy, outcome=name, type=type_word(type_))
                return {}
            return {"policy": policy}
        if kind in ("undecided_when_missing", "worst_when_missing"):
            return {"when_missing": kind.removesuffix("_when_missing")}
        if kind in ("at_least", "at_most"):
            return {kind: self.limit(name, type_, attribute.values[0], kind)}
        if kind == "limits":
            low, high = map(self.limit, (name, name), (type_, type_), attribute.values, ("at_least", "at_most"))
            return {"at_least": low, "at_most": high}
        if kind == "last_resort":
            found = constant(attribute.values[0], type_)
            if found is None:
                written = attribute.values[0]
                if isinstance(type_, Choice) and isinstance(written, t.Name):
                    facts = {"value": written.text, "name": name, "members": type_.keys()}
                    near = nearest(written.text, [each for member in type_.members for each in member.spellings()])
                    self.diagnostics.append(Diagnostic("unknown-value", written.span, facts, near))
                else:
                    self.report("last-resort-not-constant", written.span, name=name)
                return {}
            return {"last_resort": found[0]}
        self.report("unexpected-text", attribute.span, found=kind.replace("_", " "))
        return {}

    def add_list(self, statement: s.ListStatement) -> None:
        key, label = self.name("list", statement.name.text, statement.label, statement.name.span)
        if statement.file is None:
            file = ListFile(frozenset(statement.values))
        else:
            file = self.entries.get((statement.span.file, statement.file, statement.column), ListFile())
        self.lists[key] = ReferenceList(
            key,
            file.values,
            label,
            statement.file or "",
            statement.column or "",
            file.columns,
            file.rows,
            span=statement.span,
        )

    def add_function(self, function: Function, span: Span) -> None:
        """A function of a plug-in. No name stands for two things: then both are named."""
        taken = next((each for each in function.spellings if each in self.symbols), None)
        if taken is None:
            self.functions[function.name] = function
            for each in function.spellings:
                self.symbols[each] = Symbol("function", function.name)
                self.places[each] = span
            return
        symbol = self.symbols[taken]
        other = self.functions.get(symbol.key) if symbol.kind == "function" else None
        if other is not None and other.plugin == function.plugin:
            return  # the plug-in is used twice
        labels = (Label("first-declared-here", self.places[taken]),)
        facts: dict[str, Any] = {"name": taken, "plugin": function.plugin}
        if other is None:
            self.diagnostics.append(Diagnostic("function-name-taken", span, {**facts, "kind": symbol.kind}, (), labels))
        else:
            self.diagnostics.append(Diagnostic("function-twice", span, {**facts, "other": other.plugin}, (), labels))
