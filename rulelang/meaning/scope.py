"""What resolving one statement needs: the vocabulary, the names bound locally, and the findings so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from attrs import evolve, field, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.nearest import nearest
from rulelang.diagnostics.position import Source, Span
from rulelang.meaning.bracketless import without_brackets
from rulelang.meaning.vocabulary import Vocabulary, type_word
from rulelang.model import expressions as m
from rulelang.model.program import Measure
from rulelang.syntax import tree as t
from rulelang.syntax.tables import Table
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Choice, ListOf, Text, Type

Node = TypeVar("Node")
Found = TypeVar("Found")


@frozen
class ElementScope:
    """The record in hand inside ``where (…)``: the list's key and type, and what is decided for each of its records.

    ``deciding``: under ``for each``, where it is the record that is being decided.
    """

    key: str
    type: ListOf
    outcomes: tuple[Outcome, ...] = ()
    deciding: bool = False

    @property
    def word(self) -> str:
        """What one of its records is called."""
        return self.type.element or self.key

    def names(self) -> list[str]:
        """The names and labels of everything a record has."""
        fields = [each for key, label, _ in self.type.fields for each in (key, label) if each]
        return fields + [each for outcome in self.outcomes for each in (outcome.part, outcome.label) if each]

    def find(self, name: str, span: Span | None = None) -> m.ElementRef | m.OutcomeRef | None:
        """A record's field, or what is decided for it, by name or label."""
        for key, label, type_ in self.type.fields:
            if name in (key, label):
                return m.ElementRef(self.key, key, type_, span=span)
        outcome = self.outcome(name)
        if outcome is None:
            return None
        if self.deciding:
            return m.OutcomeRef(outcome.name, outcome.type, span=span)
        return m.ElementRef(self.key, outcome.part, outcome.type, outcome.name, span=span)

    def outcome(self, name: str) -> Outcome | None:
        """What is decided for a record, by name or label."""
        return next((each for each in self.outcomes if name in (each.part, each.label)), None)


@frozen
class GroupScope:
    """The group of records in hand: bare names in aggregates are those of its records. Where not ``grouped``, it is all
    records of the list for which ``where`` holds.
    """

    element: ElementScope
    grouped: bool = True
    where: m.Expression | None = None


@frozen
class PeriodScope:
    """One of several periods: within the last ``length`` but not within the last ``before``, by the date ``by``."""

    length: m.Literal
    before: m.Literal | None
    by: t.Name | None
    span: Span


class Resolve(Protocol):
    """Types an expression: of values and of conditions there is one each, and each may hold the other."""

    def __call__(self, node: t.Expression, scope: Scope, expected: Type | None = None, /) -> m.Expression | None: ...


@frozen
class Scope:
    """Where a sentence is read.

    ``value`` and ``condition`` type what stands inside what is being typed. ``bound`` maps parameters of a ``define``
    to their arguments; ``using`` is the chain of named values and definitions being unfolded, so that a circle is
    noticed; ``element`` is the record in hand inside ``where (…)``, ``group`` the group of records, ``part`` the
    period; ``tables`` are the decision tables by title.
    """

    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    value: Resolve
    condition: Resolve
    diagnostics: list[Diagnostic] = field(factory=list)
    bound: Mapping[str, m.Expression] = field(factory=dict)
    measures: list[Measure] = field(factory=list)
    using: tuple[str, ...] = ()
    element: ElementScope | None = None
    group: GroupScope | None = None
    part: PeriodScope | None = None
    tables: Mapping[str, Table] = field(factory=dict)
    _shared: dict[tuple[object, int], Any] = field(factory=dict, repr=False)

    def once(self, node: Node, resolve: Callable[[Node, Scope], Found]) -> Found:
        """What a node comes to; of one that several rows of a table share, what it came to the first time."""
        if not self.tables:
            return resolve(node, self)
        key = resolve, id(node)
        if key not in self._shared:
            self._shared[key] = resolve(node, self)
        found: Found = self._shared[key]
        return found

    def report(self, code: str, span: Span, **facts: Any) -> None:
        """Add a finding."""
        self.diagnostics.append(Diagnostic(code, span, facts))

    def report_near(self, code: str, span: Span, near: tuple[str, ...], **facts: Any) -> None:
        """Add a finding with the nearest names."""
        self.diagnostics.append(Diagnostic(code, span, facts, near))

    def inside(self, name: str, bound: Mapping[str, m.Expression]) -> Scope:
        """The scope inside a named value or definition."""
        return evolve(self, bound=bound, using=(*self.using, name), element=None, group=None, part=None)

    def written(self, node: t.Expression) -> str:
        """The text of an expression, as the author wrote it, on one line."""
        source = self.sources.get(node.span.file)
        text = "" if source is None else source.text[node.span.start : node.span.end]
        return " ".join(text.split())

    def of_each_record(self, node: t.Name) -> bool:
        """Report a name that is decided for each record and read where there is none in hand; whether it is one."""
        records = self.vocabulary.record_outcomes.values()
        decided = next((each for each in records if node.text in (each.part, each.label)), None)
        if decided is None:
            return False
        element = decided.name.rpartition(".")[0]
        self.report("element-outcome-read", node.span, name=node.text, element=element)
        return True

    def runs_into_a_list(self, node: t.Name) -> bool:
        """Report a name that is a condition on records without its brackets; whether it is one."""
        found = without_brackets(node, self.vocabulary)
        if found is not None:
            self.diagnostics.append(found)
        return found is not None

    def unknown_name(self, node: t.Name, expected: Type | None = None) -> None:
        """Report a name that stands for nothing here, with the nearest ones that do; beside a text it is one itself."""
        if self.of_each_record(node) or self.runs_into_a_list(node):
            return
        if isinstance(expected, Text):
            self.report("text-unquoted", node.span, name=node.text)
            return
        names = [*self.vocabulary.spellings(), *self.bound]
        if self.element is not None:
            names += self.element.names()
        self.report_near("unknown-name", node.span, nearest(node.text, names), name=node.text)

    def unknown_value(self, node: t.Expression, text: str, choice: Choice) -> None:
        """Report a value that a choice does not have, with the name of what has that choice."""
        declared: list[Field | Outcome] = [*self.vocabulary.outcomes.values(), *self.vocabulary.fields.values()]
        owner = next((each for each in declared if each.type == choice), None)
        name = choice.name or ""
        gives = next((each for each in self.vocabulary.functions.values() if each.result == choice), None)
        if owner is None and not name and gives is not None:
            name = gives.label if gives.label and not text.isascii() else gives.name
        if owner is not None:
            name = owner.label if owner.label and not text.isascii() else owner.name
        spellings = [each for member in choice.members for each in member.spellings()]
        chinese = not text.isascii()
        members = tuple((member.label or member.key) if chinese else member.key for member in choice.members)
        self.report_near("unknown-value", node.span, nearest(text, spellings), value=text, name=name, members=members)

    def mismatch(self, left: t.Expression, left_type: Type, right: t.Expression, right_type: Type, span: Span) -> None:
        """Report a comparison of things that can't be compared."""
        facts = {
            "left": self.written(left),
            "left_type": type_word(left_type),
            "right": self.written(right),
            "right_type": type_word(right_type),
            "unquoted": right.text if isinstance(right, t.TextLiteral) and not isinstance(left_type, Text) else None,
        }
        self.report("type-mismatch", span, **facts)


def is_open_text(value: m.Expression, vocabulary: Vocabulary) -> bool:
    """Whether an undeclared bare name may stand for a text beside this value: where the field itself is inferred."""
    while isinstance(value, m.Named):
        value = value.operand
    return isinstance(value, m.FieldRef) and isinstance(value.type, Text) and vocabulary.fields[value.name].inferred
