"""The names a ruleset may use and what each stands for; built from declarations, extended by inference."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, field, frozen

from rulelang.model.expressions import Expression
from rulelang.model.walking import bare, decided_name
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.values.working_days import WorkingDays
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList, Threshold
from rulelang.vocabulary.functions import Function
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Money, Number, Text, Type, YesNo

TAGS = "tags"
TAGS_LABEL = "标签"
# Names under which an author may declare the outcome that tags go to.
TAG_NAMES = (TAGS, TAGS_LABEL, "tag")


@frozen
class Symbol:
    """What a spelling stands for: ``kind`` is field, outcome, threshold, list, let, define, function or choice."""

    kind: str
    key: str


@frozen
class Vocabulary:
    """Everything a ruleset's sentences may speak of, by key; ``symbols`` maps each spelling in either language.

    ``open_fields`` / ``open_outcomes``: none was declared, so names are taken from use (S8). ``working_days`` is the
    calendar of the list of holidays, where there is one.
    """

    fields: dict[str, Field]
    outcomes: dict[str, Outcome]
    thresholds: dict[str, Threshold]
    lists: dict[str, ReferenceList]
    choices: dict[str, Choice]
    lets: dict[str, s.LetStatement]
    defines: dict[str, s.DefineStatement]
    functions: dict[str, Function]
    symbols: dict[str, Symbol]
    open_fields: bool
    open_outcomes: bool
    record_outcomes: dict[str, Outcome] = field(factory=dict)
    working_days: WorkingDays | None = None

    def list_of(self, name: str) -> tuple[str, ListOf] | None:
        """The key and type of a list of records, by the list's name or label or by its element's name."""
        return list_named(name, self.fields.values())

    def outcomes_of(self, list_: str) -> tuple[Outcome, ...]:
        """What is decided for each record of a list."""
        return tuple(each for each in self.record_outcomes.values() if each.list == list_)

    def tags_of(self, list_: str) -> str | None:
        """The outcome that tags of a record go to."""
        named = (each.name for each in self.outcomes_of(list_) if {each.part, each.label}.intersection(TAG_NAMES))
        return next(named, None)

    def decided(self, name: str) -> Outcome:
        """The outcome of a customer or of a record with this key."""
        found = self.outcomes.get(name)
        return self.record_outcomes[name] if found is None else found

    def collects(self, value: Expression) -> bool:
        """Whether a value is an outcome that lists values."""
        name = decided_name(bare(value))
        return name is not None and self.decided(name).policy == "collect"

    def field(self, name: str) -> Field | None:
        """The field with this name or label."""
        symbol = self.symbols.get(name)
        return self.fields[symbol.key] if symbol and symbol.kind == "field" else None

    @property
    def tags(self) -> str:
        """The outcome that tags go to: the author's own, or the one that is always there."""
        symbols = (self.symbols.get(name) for name in TAG_NAMES)
        return next((each.key for each in symbols if each is not None and each.kind == "outcome"), TAGS)

    def outcome(self, name: str) -> Outcome | None:
        """The outcome with this name or label."""
        symbol = self.symbols.get(name)
        return self.outcomes[symbol.key] if symbol and symbol.kind == "outcome" else None

    def spellings(self) -> tuple[str, ...]:
        """All names a sentence may use, choice members included."""
        names = list(self.symbols)
        types: list[Type] = [each.type for each in self.fields.values()]
        types += [each.type for each in (*self.outcomes.values(), *self.record_outcomes.values())]
        for each in self.record_outcomes.values():
            names += [each.part, *([each.label] if each.label else [])]
        for type_ in (*types, *self.choices.values()):
            if isinstance(type_, Choice):
                names += [spelling for member in type_.members for spelling in member.spellings()]
        return tuple(dict.fromkeys(names))

    def with_inferred(self, fields: dict[str, Field], outcomes: dict[str, Outcome]) -> Vocabulary:
        """The vocabulary with inferred fields and outcomes added."""
        symbols = dict(self.symbols)
        symbols.update({name: Symbol("field", name) for name in fields})
        symbols.update({name: Symbol("outcome", name) for name in outcomes})
        for name, each in outcomes.items():
            if each.label:
                symbols.setdefault(each.label, Symbol("outcome", name))
        return evolve(self, fields={**self.fields, **fields}, outcomes={**self.outcomes, **outcomes}, symbols=symbols)


def list_named(name: str, fields: Iterable[Field]) -> tuple[str, ListOf] | None:
    """The key and type of the list that a name stands for: its own, its label or else its element's."""
    lists = [(each, each.type) for each in fields if isinstance(each.type, ListOf)]
    own = ((field.name, type_) for field, type_ in lists if name in (field.name, field.label))
    by_element = ((field.name, type_) for field, type_ in lists if name == type_.element)
    return next(own, None) or next(by_element, None)


def record_key(list_: str, type_: ListOf, name: str) -> str:
    """The key of a record's outcome: ``order.alert``."""
    return f"{type_.element or list_}.{name}"


def key_and_label(name: str, label: str | None) -> tuple[str, str | None]:
    """The key is the Latin name, whichever stands first (S12)."""
    if label is not None and label.isascii() and not name.isascii():
        return label, name
    return name, label


def type_word(type_: Type) -> str:
    """A type as messages name it."""
    if isinstance(type_, Money):
        return f"money in {type_.currency}" if type_.currency else "money"
    if isinstance(type_, Number):
        return "percent" if type_.percent else "whole number" if type_.decimals == 0 else "number"
    words = {
        YesNo: "yes or no",
        Text: "text",
        Date: "date",
        DateTime: "date and time",
        Length: "length of time",
        Choice: "choice",
        ListOf: "list",
    }
    return words[type(type_)]


def note_of(note: t.TextLiteral | None) -> tuple[str | None, str | None]:
    """A note in both languages."""
    return (None, None) if note is None else key_and_label(note.text, note.other)
