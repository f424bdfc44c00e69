"""Variables, conditions and reckonings of a space in the words of z3: exactly as rules see them, missing values too.

Numbers are reals or integers, days integers, whatever has few values and every text the number of its cell; beside each
stands a Boolean for *known*. What z3 has no words for (a calendar month, a function, a list) is a value of its own, of
which some things are said at once and others when a customer shows them to be wrong (`Terms.learn`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import define, field, frozen

from rulelang.analysis.cells import MISSING, NONE, VALUE, Cell, as_key
from rulelang.analysis.formula import ALL, ALWAYS, LITERAL, NEVER
from rulelang.analysis.normal import is_strict, is_told
from rulelang.analysis.space import EXPRESSION, OUTCOME, Space, Variable
from rulelang.model import expressions as e
from rulelang.model.evaluation import value_of
from rulelang.model.expressions import Expression
from rulelang.model.scope import Scope
from rulelang.vocabulary.types import Date, DateTime, Length, Number, Text, Type, YesNo, is_numeric

LAST_DAY = 3_652_059


@frozen
class Term:
    """A value in the words of z3; ``known``: there is one, ``blank``: it is known that there is none."""

    value: Any
    known: Any
    blank: Any


@define(eq=False)
class Told:
    """An expression without words in z3 that fields and outcomes tell: ``reads`` are the terms it rests on."""

    expression: Expression
    scope: Scope
    term: Term
    reads: Mapping[str, Term]


def is_whole(type_: Type) -> bool:
    """Whether the values of an ordered type are whole."""
    return isinstance(type_, Date | Length) or (isinstance(type_, Number) and type_.decimals == 0)


@define(eq=False)
class Terms:
    """What has been said so far: a term for each variable spoken of, and ``facts`` that hold of all of them.

    ``outcome`` says what holds of the variable of an outcome; it is called once for each. ``reckoned`` gives the term
    of an expression that has words in z3, ``truth_in_words`` when a condition holds and when it doesn't.
    """

    z3: Any
    context: Any
    space: Space
    outcome: Callable[[Terms, Variable], None]
    reckoned: Callable[[Terms, Expression, Scope], Term | None]
    truth_in_words: Callable[[Terms, Expression, Scope], tuple[Any, Any] | None]
    facts: list[Any] = field(factory=list)
    spoken: dict[int, Variable] = field(factory=dict)
    told: list[Told] = field(factory=list)
    is_exact: bool = True  # nothing spoken of may be anything
    _terms: dict[int, Term] = field(factory=dict)
    _formulas: dict[int, Any] = field(factory=dict)
    _texts: dict[str, int] = field(factory=dict)
    _same: dict[int, Any] = field(factory=dict)
    _explained: set[int] = field(factory=set)

    # --- small words ---

    def number(self, value: Any) -> Any:
        """A constant number."""
        exact = Fraction(value)
        if exact.denominator == 1:
            return self.z3.IntVal(exact.numerator, self.context)
        return self.z3.RatVal(exact.numerator, exact.denominator, self.context)

    def truth(self, value: bool) -> Any:
        return self.z3.BoolVal(value, self.context)

    def fresh(self, type_: Type) -> Any:
        """A new constant for the values of an ordered type."""
        made = self.z3.FreshInt if is_whole(type_) else self.z3.FreshReal
        return made(ctx=self.context)

    def all_of(self, *items: Any) -> Any:
        return self.z3.And(*items) if len(items) > 1 else items[0] if items else self.truth(True)

    def any_of(self, *items: Any) -> Any:
        return self.z3.Or(*items) if len(items) > 1 else items[0] if items else self.truth(False)

    def opposite(self, item: Any) -> Any:
        return self.z3.Not(item)

    def choose(self, condition: Any, then: Any, otherwise: Any) -> Any:
        return self.z3.If(condition, then, otherwise, self.context)

    # --- formulas ---

    def formula(self, number: int) -> Any:
        """A formula over cells."""
        found = self._formulas.get(number)
        if found is None:
            formulas = self.space.formulas
            kind, parts = formulas.kinds[number], formulas.parts[number]
            if number in (NEVER, ALWAYS):
                found = self.truth(number == ALWAYS)
            elif kind == LITERAL:
                found = self.within(self.space.variables[parts[0]], parts[1])
            else:
                join = self.all_of if kind == ALL else self.any_of
                found = join(*map(self.formula, parts))
            self._formulas[number] = found
        return found

    def within(self, variable: Variable, mask: int) -> Any:
        """That the cell of a variable is one of a mask."""
        full = variable.cells.full
        if mask & full == full:
            return self.truth(True)
        term = self.term(variable)
        if mask.bit_count() * 2 > full.bit_count():
            return self.opposite(self.any_of(*self._runs(variable, term, full & ~mask)))
        return self.any_of(*self._runs(variable, term, mask))

    def _runs(self, variable: Variable, term: Term, mask: int) -> list[Any]:
        """The cells of a mask, those that lie side by side as one."""
        cells = variable.cells.cells
        found: list[Any] = []
        if mask & variable.cells.of_kind(MISSING):
            found.append(self.opposite(self.any_of(term.known, term.blank)))
        if mask & variable.cells.of_kind(NONE):
            found.append(term.blank)
        number = 0
        while number < len(cells):
            if not mask >> number & 1 or cells[number].kind != VALUE:
                number += 1
                continue
            start = number
            while number + 1 < len(cells) and mask >> (number + 1) & 1 and cells[number + 1].kind == VALUE:
                number += 1
            if variable.cells.ordered:
                ends = self._ends(variable, term, cells[start], cells[number])
            elif start == number:
                ends = [term.value == start]
            else:
                ends = [term.value >= start, term.value <= number]
            found.append(self.all_of(term.known, *ends))
            number += 1
        return found

    def _ends(self, variable: Variable, term: Term, first: Cell, last: Cell) -> list[Any]:
        found = []
        if first.single:
            found.append(term.value >= self.number(as_key(first.low)))
        elif first.between[0] is not None:
            found.append(term.value > self.number(first.between[0]))
        if last.single:
            found.append(term.value <= self.number(as_key(last.high)))
        elif last.between[1] is not None:
            found.append(term.value < self.number(last.between[1]))
        return found

    # --- variables ---

    def term(self, variable: Variable) -> Term:
        """The term of a variable; whatever holds of it is said once."""
        found = self._terms.get(variable.number)
        if found is None:
            found = self._terms[variable.number] = self._made(variable)
            self.spoken[variable.number] = variable
            self._limit(variable, found)
        return found

    def explain(self) -> None:
        """Says what holds of everything spoken of: outcomes, what expressions rest on, and what rests on those."""
        while waiting := [each for number, each in self.spoken.items() if number not in self._explained]:
            for each in waiting:
                self._explained.add(each.number)
                if each.kind == OUTCOME:
                    self.outcome(self, each)
                for law in self.space.axioms.get(each.number, ()):
                    self.facts.append(self.formula(law))
        self._texts_apart()

    def _made(self, variable: Variable) -> Term:
        false = self.truth(False)
        if variable.kind == EXPRESSION and variable.expression is not None:
            reckoned = self._of_expression(variable)
            if reckoned is not None:
                return reckoned
        value = self.fresh(variable.type) if variable.cells.ordered else self.z3.FreshInt(ctx=self.context)
        known = self.z3.FreshBool(ctx=self.context)
        if not variable.cells.known:
            self.facts.append(self.opposite(known))
        if not variable.cells.of_kind(NONE):
            if not variable.cells.of_kind(MISSING):
                self.facts.append(known)
            return Term(value, known, false)
        blank = self.z3.FreshBool(ctx=self.context)
        self.facts.append(self.opposite(self.all_of(known, blank)))
        if not variable.cells.of_kind(MISSING):
            self.facts.append(self.any_of(known, blank))
        return Term(value, known, blank)

    def _limit(self, variable: Variable, term: Term) -> None:
        """What values there are at all."""
        if not variable.cells.ordered:
            self.facts += [term.value >= 0, term.value < max(variable.cells.known.bit_length(), 1)]
            return
        low, high = variable.limits
        if isinstance(variable.type, Date):
            low, high = 1 if low is None else low, LAST_DAY if high is None else high
        limits = [] if low is None else [term.value >= self.number(as_key(low))]
        limits += [] if high is None else [term.value <= self.number(as_key(high))]
        if limits:
            self.facts.append(self.z3.Implies(term.known, self.all_of(*limits)))

    # --- expressions ---

    def _of_expression(self, variable: Variable) -> Term | None:
        """The term of an expression: reckoned, told by what it reads, or (None) anything."""
        expression = variable.expression
        assert expression is not None
        if isinstance(variable.type, YesNo):
            pair = self.truth_in_words(self, expression, variable.scope)
            if pair is not None:
                yes = variable.cells.number(True) or 0
                no = variable.cells.number(False) or 0
                value = self.choose(pair[0], self.number(yes), self.number(no))
                return Term(value, self.any_of(*pair), self.truth(False))
        elif variable.cells.ordered:
            found = self.reckoned(self, expression, variable.scope)
            if found is not None:
                return found
        made = self._aside(variable, expression)
        if made is None:
            self.is_exact = False
        return made

    def _aside(self, variable: Variable, expression: Expression) -> Term | None:
        """A term for an expression without words, to be told by what it reads."""
        if not is_told(expression) or not (variable.cells.ordered or isinstance(variable.type, YesNo)):
            return None
        value = self.fresh(variable.type) if variable.cells.ordered else self.z3.FreshInt(ctx=self.context)
        return self.aside(expression, variable.scope, value)

    def aside(self, expression: Expression, scope: Scope, value: Any) -> Term | None:
        """A term of its own for an expression that fields and outcomes tell; None where lists do, or tests of texts."""
        names = dict.fromkeys(each.name for each in _parts(expression) if isinstance(each, e.FieldRef))
        if any(isinstance(each, e.Aggregate | e.Quantified | e.ElementRef) for each in _parts(expression)):
            return None
        if any(isinstance(each.type, DateTime) for each in _parts(expression)):
            return None  # moments have no numbers here
        reads = {name: self.term(self.space.by_name[name]) for name in names if name in self.space.by_name}
        if len(reads) < len(names):
            return None
        known = self.z3.FreshBool(ctx=self.context)
        for each in reads.values():
            if is_strict(expression):
                self.facts.append(self.z3.Implies(known, each.known))
        made = Term(value, known, self.truth(False))
        self.told.append(Told(expression, scope, made, reads))
        return made

    def learn(self, told: Told, values: Mapping[str, Any]) -> Any:
        """What an expression is for the customer that shows it: a fact for all who are alike in what it reads."""
        seen = {name: values.get(name) for name in told.reads}
        found = value_of(told.expression, Scope(told.scope.model, told.scope.as_of, seen, {}))
        alike = []
        for name, term in told.reads.items():
            variable = self.space.by_name[name]
            if isinstance(variable.type, Text) and isinstance(seen[name], str):
                self.text(variable)  # alike is who has the same text, not one in the same cell
            alike.append(self.is_value(variable, term, seen[name]))
        self._texts_apart()
        if found is None:
            return self.z3.Implies(self.all_of(*alike), self.opposite(told.term.known))
        value = self.number(int(not found)) if isinstance(found, bool) else self.number(as_key(found))
        return self.z3.Implies(self.all_of(*alike), self.all_of(told.term.known, told.term.value == value))

    def is_value(self, variable: Variable, term: Term, value: Any) -> Any:
        """That a variable has a value, is blank, or (None) is missing."""
        if value is None:
            return self.opposite(self.any_of(term.known, term.blank))
        number = variable.cells.number(value)
        if number is not None and (variable.cells.cells[number].kind == NONE or not variable.cells.ordered):
            alike = [self.within(variable, 1 << number)]
            if variable.number in self._same and isinstance(value, str):
                alike.append(self.text(variable) == self.identity(value))
            return self.all_of(*alike)
        return self.all_of(term.known, term.value == self.number(as_key(value)))

    # --- texts, which are the same or not ---

    def identity(self, text: str) -> int:
        """The number of a text."""
        return self._texts.setdefault(text, len(self._texts))

    def text(self, variable: Variable) -> Any:
        """The number of a variable's text: of one in a cell of its own the same wherever it stands."""
        found = self._same.get(variable.number)
        if found is None:
            found = self._same[variable.number] = self.z3.FreshInt(ctx=self.context)
            term = self.term(variable)
            for number, cell in enumerate(variable.cells.cells):
                if cell.kind == VALUE and cell.single:
                    self.facts.append(self.z3.Implies(term.value == number, found == self.identity(cell.low)))
        return found

    def known_text(self, variable: Variable, model: Any) -> str | None:
        """The text that a variable is in a model, None where it is none of those that are named."""
        same = self._same.get(variable.number)
        if same is None:
            return None
        number = model.eval(same, model_completion=True).as_long()
        return next((text for text, known in self._texts.items() if known == number), None)

    def _texts_apart(self) -> None:
        """Says of every text with a number of its own in which cell of each variable it lies."""
        for place in self._same:
            variable = self.space.variables[place]
            term = self.term(variable)
            for text, number in self._texts.items():
                cell = variable.cells.number(text)
                if cell is not None:
                    self.facts.append(self.z3.Implies(self._same[place] == number, term.value == cell))


def _parts(expression: Expression) -> list[Expression]:
    from rulelang.model.walking import parts

    return list(parts(expression))


def as_decimal(value: Fraction) -> int | Decimal | None:
    """A number as data can hold it, None where its decimals don't end."""
    if value.denominator == 1:
        return int(value)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return None
    return Decimal(value.numerator) / Decimal(value.denominator)


__all__ = ["LAST_DAY", "Term", "Terms", "Told", "as_decimal", "is_numeric", "is_whole"]
