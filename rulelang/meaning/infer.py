"""Names and types from use, where a file declares none (S8).

A name is taken for a date where it is compared with a length of time, for money where it is compared with an
amount, and so on; names compared with each other share their type. What the data shows (``observed``) decides
between a date and a length of time, and fills in where use says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import evolve, frozen

from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Span
from rulelang.meaning.record_outcomes import record_actions
from rulelang.meaning.vocabulary import Vocabulary, record_key, type_word
from rulelang.meaning.walk import descend, expressions, sentences
from rulelang.syntax import statements as s
from rulelang.syntax import tree as t
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Choice, Date, DateTime, Length, ListOf, Member, Money, Number, Text, Type, YesNo

# What a unit counts; whatever is not named here counts months.
_LENGTHS = {
    **dict.fromkeys(("day", "week"), "days"),
    **dict.fromkeys(("hour", "minute"), "minutes"),
    "working day": "working days",
}

_OBSERVED: dict[str, Type] = {"number": Number(), "date": Date(), "yes-no": YesNo(), "text": Text()}


@frozen
class Inferred:
    """The inferred declarations and what could not be inferred."""

    vocabulary: Vocabulary
    diagnostics: tuple[Diagnostic, ...] = ()


def infer(
    statements: Iterable[s.Statement],
    vocabulary: Vocabulary,
    columns: Iterable[str] = (),
    observed: Mapping[str, str] | None = None,
) -> Inferred:
    """The vocabulary with fields and outcomes taken from use, where none were declared."""
    if not (vocabulary.open_fields or vocabulary.open_outcomes):
        return Inferred(vocabulary)
    inference = _Inference(tuple(statements), vocabulary, tuple(columns), observed or {})
    outcomes = inference.outcomes() if vocabulary.open_outcomes else {}
    of_records = inference.record_outcomes() if vocabulary.open_outcomes else {}
    known = evolve(vocabulary.with_inferred({}, outcomes), record_outcomes={**vocabulary.record_outcomes, **of_records})
    fields = inference.fields(known) if vocabulary.open_fields else {}
    return Inferred(known.with_inferred(fields, {}), tuple(inference.diagnostics))


def counts_hours(quantity: t.Expression) -> bool:
    """Whether a length of time is written in hours or minutes."""
    return isinstance(quantity, t.Quantity) and quantity.unit in ("hour", "minute")


class _Inference:
    """What the statements show of each name."""

    def __init__(
        self,
        statements: tuple[s.Statement, ...],
        vocabulary: Vocabulary,
        columns: tuple[str, ...],
        observed: Mapping[str, str],
    ) -> None:
        self.statements = statements
        self.vocabulary = vocabulary
        self.columns = columns
        self.observed = observed
        self.diagnostics: list[Diagnostic] = []
        self.shown: dict[str, list[tuple[Type, Span]]] = {}
        self.linked: dict[str, set[str]] = {}
        self.mentioned: dict[str, Span] = {}
        self.element: Mapping[str, Type] = {}
        self.subjects = self.subject_names()

    # --- outcomes ---

    def outcomes(self) -> dict[str, Outcome]:
        """Every assigned name, with a type that fits all values it is given."""
        values: dict[str, list[tuple[t.Expression, str, Span]]] = {}
        for statement in self.statements:
            if isinstance(statement, s.RuleStatement) and statement.element is not None:
                continue
            for sentence in sentences(statement):
                for branch in sentence.branches:
                    for action in branch.actions:
                        if action.target is not None and action.target.text not in self.vocabulary.symbols:
                            entry = (action.value, action.kind, action.target.span)
                            values.setdefault(action.target.text, []).append(entry)
        return {name: self.outcome(name, given) for name, given in values.items()}

    def record_outcomes(self) -> dict[str, Outcome]:
        """The same of what is set under ``for each``: the names there are the record's first."""
        values: dict[tuple[str, str], list[tuple[t.Expression, str, Span]]] = {}
        for statement in self.statements:
            for action, listed in record_actions(statement, self.vocabulary):
                if action.target is None or listed is None or self.is_field(action.target.text, listed[1]):
                    continue
                entry = (action.value, action.kind, action.target.span)
                values.setdefault((listed[0], action.target.text), []).append(entry)
        found: dict[str, Outcome] = {}
        for (list_, part), given in values.items():
            type_ = self.vocabulary.fields[list_].type
            assert isinstance(type_, ListOf)
            self.element = {each: kind for key, label, kind in type_.fields for each in (key, label) if each}
            name = record_key(list_, type_, part)
            found[name] = evolve(self.outcome(name, given), list=list_, part=part)
        self.element = {}
        return found

    def is_field(self, name: str, record: ListOf) -> bool:
        """Whether a name stands for something that no rule sets, of the record or of the customer."""
        symbol = self.vocabulary.symbols.get(name)
        return record.field_type(name) is not None or (symbol is not None and symbol.kind != "outcome")

    def outcome(self, name: str, given: list[tuple[t.Expression, str, Span]]) -> Outcome:
        members: dict[str, None] = {}
        types: list[Type] = []
        for value, _, _ in given:
            while isinstance(value, t.Grouped):
                value = value.operand
            if (
                isinstance(value, t.Name)
                and value.text not in self.vocabulary.symbols
                and value.text not in self.columns
                and value.text not in self.element
            ):
                members[value.text] = None
            else:
                types.append(self.value_type(value) or Number())
        span = given[0][2]
        added = any(kind == "add" for _, kind, _ in given)
        if members and not types:
            type_: Type = Choice(tuple(Member(each) for each in members))
        elif members:
            type_ = Text()
        else:
            type_ = _widest(types)
        policy = "first" if not added else "sum" if isinstance(type_, Number | Money) else "collect"
        return Outcome(name, type_, policy=policy, inferred=True, span=span)

    def value_type(self, node: t.Expression) -> Type | None:
        """The type a value shows by itself."""
        match node:
            case t.Grouped(operand) | t.Negative(operand):
                return self.value_type(operand)
            case t.NumberLiteral(value, percent):
                return Number(6, percent=True) if percent else Number(0) if isinstance(value, int) else Number()
            case t.Money(_, currency):
                return Money(currency)
            case t.TextLiteral():
                return Text()
            case t.DateLiteral(value) if isinstance(value, datetime):
                return DateTime()
            case t.Relative(quantity) if counts_hours(quantity):
                return DateTime()
            case t.DateLiteral() | t.Today() | t.Relative() | t.Anniversary():
                return Date()
            case t.YesNo():
                return YesNo()
            case t.Quantity(_, unit):
                return Length(_LENGTHS.get(unit, "months"))
            case t.Age() | t.Part():
                return Number(0)
            case t.Binary(operator, left, right):
                return self.arithmetic_type(operator, left, right)
            case t.Call(t.Name(text)):
                function = self.vocabulary.functions.get(getattr(self.vocabulary.symbols.get(text), "key", ""))
                return None if function is None else function.result
            case t.Name(text):
                symbol = self.vocabulary.symbols.get(text)
                if text in self.element or symbol is None:
                    return self.element.get(text)
                table: Mapping[str, Mapping[str, Field | Outcome | object]] = {
                    "field": self.vocabulary.fields,
                    "outcome": self.vocabulary.outcomes,
                    "threshold": self.vocabulary.thresholds,
                }
                if symbol.kind == "let":
                    return self.value_type(self.vocabulary.lets[symbol.key].value)
                return getattr(table.get(symbol.kind, {}).get(symbol.key), "type", None)
        return None

    def arithmetic_type(self, operator: str, left: t.Expression, right: t.Expression) -> Type:
        first, second = self.value_type(left), self.value_type(right)
        if isinstance(first, Date | DateTime) and isinstance(second, Date | DateTime):
            return Length("days")
        if isinstance(first, DateTime) or isinstance(second, DateTime):
            return DateTime()
        for each in (first, second):
            if isinstance(each, Date | Length):
                return Date()
        if operator == "/":
            return Number()
        for each in (first, second):
            if isinstance(each, Money):
                return each
        whole = all(isinstance(each, Number) and each.decimals == 0 for each in (first, second))
        return Number(0) if whole else Number()

    # --- fields ---

    def fields(self, known: Vocabulary) -> dict[str, Field]:
        """Every name that is read and stands for nothing else, with the type its uses show."""
        self.vocabulary = known
        for statement in self.statements:
            parameters = (
                {each.text for each in statement.parameters} if isinstance(statement, s.DefineStatement) else set()
            )
            for outermost in expressions(statement):
                for node in descend(outermost):
                    self.use(node, parameters)
                self.assigned_names(statement)
        result = {}
        for name in self.mentioned:
            result[name] = Field(name, self.field_type(name), inferred=True, span=self.mentioned[name])
        for name in self.columns:
            if name not in self.vocabulary.symbols and name not in result and name in self.observed:
                result[name] = Field(name, _OBSERVED.get(self.observed[name], Text()), inferred=True)
        return result

    def subject_names(self) -> set[str]:
        """Names that stand where only something with a value of its own can stand: left of a comparison."""
        found = set(self.columns)
        for statement in self.statements:
            for outermost in expressions(statement):
                for node in descend(outermost):
                    subject = getattr(node, "left", None) or getattr(node, "value", None)
                    if isinstance(subject, t.Name):
                        found.add(subject.text)
        return found

    def unknown(self, node: t.Expression) -> str | None:
        """The name of a node that is a name nobody declared, mentioned as a field from here on."""
        while isinstance(node, t.Grouped):
            node = node.operand
        if not isinstance(node, t.Name) or node.text in self.vocabulary.symbols:
            return None
        return node.text

    def show(self, node: t.Expression, type_: Type | None, parameters: set[str]) -> None:
        name = self.unknown(node)
        if name is None or name in parameters:
            return
        self.mentioned.setdefault(name, node.span)
        if type_ is not None:
            self.shown.setdefault(name, []).append((type_, node.span))

    def use(self, node: t.Expression, parameters: set[str]) -> None:
        """What one node shows of the names directly in it."""
        match node:
            case t.Compare(operator, left, right):
                self.pair(
                    left, right, parameters, Date() if operator not in ("=", "!=", "<", "<=", ">", ">=") else None
                )
            case t.Between(value, low, high):
                self.pair(value, low, parameters, None)
                self.pair(value, high, parameters, None)
            case t.OneOf(value, options):
                for option in options:
                    self.pair(value, option, parameters, None)
            case t.CompareAgo(left=operand, quantity=quantity) | t.Within(operand, quantity=quantity) if counts_hours(
                quantity
            ):
                self.show(operand, DateTime(), parameters)
            case t.CompareAgo(left=operand) | t.Within(operand) | t.InPeriod(operand) | t.Anniversary(operand):
                self.show(operand, Date(), parameters)
            case t.Age(operand=operand) | t.Part(operand=operand):
                self.show(operand, Date(), parameters)
            case t.WithinOf(value, anchor=anchor):
                self.show(value, Date(), parameters)
                self.show(anchor, Date(), parameters)
            case t.TextTest(value=value) | t.InList(value=value):
                self.show(value, Text(), parameters)
            case t.Population(value=value):
                self.show(value, Number(), parameters)
            case t.Lookup(key=key):
                self.show(key, Text(), parameters)
            case t.Call(function, arguments):
                symbol = self.vocabulary.symbols.get(function.text)
                if symbol is not None and symbol.kind == "function":
                    wanted = self.vocabulary.functions[symbol.key].parameters
                    for argument, parameter in zip(arguments, wanted, strict=False):
                        self.show(argument, parameter.type, parameters)
            case t.Missing(value):
                self.show(value, None, parameters)
            case t.Negative(operand):
                self.show(operand, Number(), parameters)
            case t.Binary(operator, left, right):
                for each, other in ((left, right), (right, left)):
                    self.show(each, self.operand_type(operator, other, each is left), parameters)

    def operand_type(self, operator: str, other: t.Expression, is_left: bool) -> Type:
        """What arithmetic with ``other`` shows of an operand."""
        type_ = self.value_type(other)
        if isinstance(type_, Length) and operator in "+-" and is_left:
            return Date()
        if isinstance(type_, Date) and operator == "-":
            return Date()
        return type_ if isinstance(type_, Money) and operator in "+-" else Number()

    def pair(self, left: t.Expression, right: t.Expression, parameters: set[str], type_: Type | None) -> None:
        """Two sides of a comparison: each shows what the other is."""
        for each, other in ((left, right), (right, left)):
            name = self.unknown(each)
            if name is None or name in parameters:
                continue
            other_name = self.unknown(other)
            if other_name is not None and other_name not in parameters:
                if each is left:
                    if other_name in self.subjects:
                        self.linked.setdefault(name, set()).add(other_name)
                        self.linked.setdefault(other_name, set()).add(name)
                        self.show(other, None, parameters)
                        self.show(each, type_, parameters)
                    else:
                        self.show(each, type_ or Text(), parameters)
                continue
            shown = type_ or self.value_type(other)
            if isinstance(shown, Length):
                shown = self.age_type(name, shown)
            if isinstance(shown, Number):
                shown = Number()
            self.show(each, shown, parameters)

    def age_type(self, name: str, length: Length) -> Type:
        """Beside a length of time stands a date, or a number of days where the data holds plain numbers.

        A plain number beside months or years would be read in the rule's unit, another one in each rule: it stays a
        date, and the data is asked for one.
        """
        days = self.observed.get(name) == "number" and length.unit == "days"
        return length if days else DateTime() if length.unit == "minutes" else Date()

    def assigned_names(self, statement: s.Statement) -> None:
        """Names given to an outcome whose type says what they are."""
        for sentence in sentences(statement):
            for branch in sentence.branches:
                for action in branch.actions:
                    outcome = self.vocabulary.outcome(action.target.text) if action.target else None
                    if outcome is None or isinstance(outcome.type, Choice):
                        continue
                    if isinstance(action.value, t.Name) and self.unknown(action.value):
                        self.show(action.value, outcome.type, set())

    def field_type(self, name: str) -> Type:
        """One type for all uses of a name; a clash is reported."""
        group, pending = {name}, [name]
        while pending:
            for other in self.linked.get(pending.pop(), ()):
                if other not in group:
                    group.add(other)
                    pending.append(other)
        shown = [each for member in sorted(group, key=lambda each: each != name) for each in self.shown.get(member, ())]
        if not shown:
            return _OBSERVED.get(self.observed.get(name, ""), Text())
        first, _ = shown[0]
        for type_, span in shown[1:]:
            joined = _join(first, type_)
            if joined is None:
                facts = {"name": name, "first_type": type_word(first), "second_type": type_word(type_)}
                self.diagnostics.append(Diagnostic("inconsistent-use", span, facts))
                return first
            first = joined
        return first


def _join(first: Type, second: Type) -> Type | None:
    """The type that covers both, or None."""
    if isinstance(first, Money) and isinstance(second, Money):
        if first.currency and second.currency and first.currency != second.currency:
            return None
        return first if first.currency else second
    if isinstance(first, Number | Money) and isinstance(second, Number | Money):
        return first if isinstance(first, Money) else second
    return first if type(first) is type(second) else None


def _widest(types: list[Type]) -> Type:
    result = types[0]
    for each in types[1:]:
        if isinstance(result, Number) and isinstance(each, Number):
            result = result if result.decimals >= each.decimals else each
        else:
            result = _join(result, each) or Text()
    return result
