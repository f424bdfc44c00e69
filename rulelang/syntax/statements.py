"""The statements of a file, as syntax: header, vocabulary, rules, tables, examples."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from rulelang.diagnostics.position import Source, Span
from rulelang.syntax.cut import Comment
from rulelang.syntax.tree import Expression, Name, TextLiteral, span_field


@frozen
class Member:
    """A value of a choice, with its other-language label."""

    name: str
    label: str | None = None
    span: Span = span_field()


@frozen
class TypeSyntax:
    """A type as written.

    ``kind``: ``date datetime money number whole percent text yesno duration one_of ordered list named``.
    ``currency`` for money, or ``name`` for the field that holds the currency, ``decimals`` for number, ``unit`` for
    duration, ``members`` for choices, ``name`` for a named choice or the element of a list, ``elements`` for a list.
    """

    kind: str
    currency: str | None = None
    decimals: int | None = None
    unit: str | None = None
    name: str | None = None
    members: tuple[Member, ...] = ()
    elements: tuple[ElementField, ...] = ()
    span: Span = span_field()


@frozen
class Attribute:
    """``required``, ``at_least`` (with a value), ``policy`` … after a type; ``values`` as the attribute needs them."""

    kind: str
    values: tuple[Expression, ...] = ()
    span: Span = span_field()


@frozen
class ElementField:
    """A field of the records of a list."""

    name: str
    label: str | None
    type: TypeSyntax
    attributes: tuple[Attribute, ...] = ()
    span: Span = span_field()


@frozen
class RulesetStatement:
    """The header: title, version, validity."""

    title: TextLiteral
    version: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    span: Span = span_field()


@frozen
class UseStatement:
    """``use retail``."""

    plugins: tuple[str, ...]
    span: Span = span_field()


@frozen
class ExtendsStatement:
    """``extends "base.rules"``; ``version`` is the one of the base for which the changes were written, ``currency``
    the one that its amounts are to be in.
    """

    path: str
    version: int | None = None
    currency: str | None = None
    span: Span = span_field()


@frozen
class ThresholdStatement:
    """A named constant, with later values by date; ``instead_of`` is what the base had when it was set anew."""

    name: Name
    label: str | None
    value: Expression
    instead_of: Expression | None = field(default=None, kw_only=True)
    dated: tuple[tuple[date, Expression], ...] = ()
    note: TextLiteral | None = None
    span: Span = span_field()


@frozen
class FieldStatement:
    """A field of the customer."""

    name: str
    label: str | None
    type: TypeSyntax
    attributes: tuple[Attribute, ...] = ()
    note: TextLiteral | None = None
    span: Span = span_field()


@frozen
class OutcomeStatement:
    """An outcome; ``element`` where it is one of each record of a list."""

    name: str
    label: str | None
    type: TypeSyntax
    attributes: tuple[Attribute, ...] = ()
    note: TextLiteral | None = None
    element: str | None = None
    span: Span = span_field()


@frozen
class ChoiceStatement:
    """A named choice; its members are written out, or stand in a column of a file."""

    name: str
    label: str | None
    ordered: bool
    members: tuple[Member, ...]
    note: TextLiteral | None = None
    file: str | None = None
    column: str | None = None
    span: Span = span_field()


@frozen
class ListStatement:
    """A reference list, from a file or written out."""

    name: Name
    label: str | None
    file: str | None = None
    column: str | None = None
    values: tuple[str, ...] = ()
    note: TextLiteral | None = None
    span: Span = span_field()


@frozen
class HolidaysStatement:
    """``holidays from "holidays.csv"``: the list by which working days are counted."""

    file: str
    note: TextLiteral | None = None
    span: Span = span_field()


@frozen
class LetStatement:
    """A named value."""

    name: Name
    label: str | None
    value: Expression
    span: Span = span_field()


@frozen
class DefineStatement:
    """A reusable condition."""

    name: Name
    label: str | None
    parameters: tuple[Name, ...]
    condition: Expression
    span: Span = span_field()


@frozen
class RequireStatement:
    """A statement about thresholds that must hold."""

    condition: Expression
    note: TextLiteral | None = None
    span: Span = span_field()


@frozen
class Action:
    """``set`` an outcome, ``add`` to it, ``put`` a value into a collection, or ``tag``. Caps apply to ``set``."""

    kind: str
    target: Name | None
    value: Expression
    at_least: Expression | None = None
    at_most: Expression | None = None
    element: Name | None = None
    span: Span = span_field()


@frozen
class BranchSyntax:
    """``if … then …``, ``otherwise if … then …``, ``otherwise …`` or ``always …`` (no condition)."""

    condition: Expression | None
    actions: tuple[Action, ...]
    reason: TextLiteral | None = None
    span: Span = span_field()


@frozen
class Sentence:
    """An ``if`` with its ``otherwise`` branches; ``always`` has one branch without condition."""

    branches: tuple[BranchSyntax, ...]
    span: Span = span_field()


@frozen
class RuleStatement:
    """A rule: its title, options and sentences; ``policy`` is the hit policy its table asks its outcomes for.

    ``element`` names the record it speaks of, where it stands under ``for each``.
    """

    title: TextLiteral | None
    sentences: tuple[Sentence, ...]
    priority: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    switched_off: bool = False
    before: str | None = None
    after: str | None = None
    replaces: bool = False
    policy: str | None = None
    element: Name | None = None
    span: Span = span_field()


@frozen
class RemoveStatement:
    """``remove rule "x"``."""

    rule: str
    span: Span = span_field()


@frozen
class ForEachStatement:
    """The head of rules about each record of a list, with the sentences that stand directly under it.

    Rules with a title and tables under it are statements of their own, with the same ``element``.
    """

    element: Name
    sentences: tuple[Sentence, ...]
    span: Span = span_field()


@frozen
class TableStatement:
    """A decision table: rows of raw cells (the first is the head), or the file and sheet it stands in."""

    title: TextLiteral
    policy: str | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    file: str | None = None
    sheet: str | None = None
    element: Name | None = None
    span: Span = span_field()


@frozen
class ExamplePair:
    """``name = value``: the value as syntax, None for ``is missing``; for expectations ``standing`` or ``rule``."""

    name: Name | None
    value: Expression | None = None
    standing: str | None = None
    rule: str | None = None
    span: Span = span_field()


@frozen
class ExampleRecords:
    """The records of a list in a sample customer: rows of raw cells, of which the first are the heads.

    ``places`` are those of the rows, ``heads`` those of the cells of the first.
    """

    list: Name
    rows: tuple[tuple[str, ...], ...]
    places: tuple[Span, ...] = field(default=(), eq=False)
    heads: tuple[Span, ...] = field(default=(), eq=False)
    span: Span = span_field()


@frozen
class ExampleStatement:
    """A sample customer in the rule file."""

    title: TextLiteral
    as_of: date | None
    given: tuple[ExamplePair, ...]
    expect: tuple[ExamplePair, ...]
    records: tuple[ExampleRecords, ...] = field(default=(), kw_only=True)
    span: Span = span_field()


Statement = (
    RulesetStatement
    | UseStatement
    | ExtendsStatement
    | ThresholdStatement
    | FieldStatement
    | OutcomeStatement
    | ChoiceStatement
    | ListStatement
    | HolidaysStatement
    | LetStatement
    | DefineStatement
    | RequireStatement
    | RuleStatement
    | RemoveStatement
    | ForEachStatement
    | TableStatement
    | ExampleStatement
)


@frozen
class Reading:
    """One way to read a statement: the usual one first. Further ones exist where Chinese text can be cut in two ways;
    ``cut`` then shows the words of this reading."""

    statement: Statement
    cut: str = ""


@frozen
class File:
    """A whole parsed file. ``readings`` holds one entry per statement, each with at least one reading; ``unread`` the
    names in declarations that could not be read."""

    source: Source = field(eq=False)
    language: str
    readings: tuple[tuple[Reading, ...], ...]
    comments: tuple[Comment, ...] = field(default=(), eq=False)
    unread: tuple[str, ...] = field(default=(), eq=False)

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(each[0].statement for each in self.readings)
