"""Prints tests and operands of the plan as Python expressions that nothing unknown can trip.

A test becomes a list of conjuncts, guards first: `f0 is not None`, `f0 > L3`. What earlier conjuncts have made sure
is not asked again. Deeply nested tests are put into variables on lines of their own, since Python limits parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from attrs import field, frozen

from rulelang.backends.python.names import Lines, Names
from rulelang.lowering import plan as p
from rulelang.lowering.plan import Operand, Test
from rulelang.lowering.reading import nodes
from rulelang.model.contributions import NO_RULE, PROVISIONAL, UNDECIDED

DEEPEST = 20

_SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_EXACT = {"+": "add", "-": "subtract", "*": "multiply"}
_PARTS = {
    "date": "{}.date()",
    "year": "{}.year",
    "month": "{}.month",
    "day": "{}.day",
    "weekday": "{}.isoweekday()",
    "quarter": "(({}.month + 2) // 3)",
}
_TEXT_TESTS = {
    "contains": ("{pattern} in {text}", "{pattern} not in {text}"),
    "starts": ("{text}.startswith({pattern})", "not {text}.startswith({pattern})"),
    "ends": ("{text}.endswith({pattern})", "not {text}.endswith({pattern})"),
    "like": ("matches({text}, {pattern})", "not matches({text}, {pattern})"),
}

READ = (p.Input, p.Answer, p.Element, p.Aggregated)
Read = p.Input | p.Answer | p.Element | p.Aggregated


@frozen
class Printer:
    """Prints for one function of the generated code.

    ``variables`` are the variables of inputs and answers by name, of a record's fields by list and name, and of what is
    aggregated by its expression; ``nullable`` those that may be None, ``verdicts`` the
    variables of atoms judged beforehand, ``blankable`` the variables that may be BLANK, ``results`` the variables of
    full results by outcome, where the function has them.
    """

    names: Names
    lines: Lines
    variables: Mapping[Any, str]
    nullable: frozenset[str]
    verdicts: Mapping[p.Atom, str] = field(factory=dict)
    blankable: frozenset[str] = frozenset()
    results: Mapping[str, str] = field(factory=dict)
    _numbers: Iterator[int] = field(factory=count)

    # --- tests -------------------------------------------------------------------------------------------------

    def test(self, test: Test, known: set[str] | None = None, depth: int = 0) -> str:
        """The expression that is true where the test is."""
        known = set() if known is None else known
        if isinstance(test, p.Some):
            return " or ".join(self._conjunction(each, set(known), depth) for each in test.items)
        return self._conjunction(test, known, depth)

    def _conjunction(self, test: Test, known: set[str], depth: int) -> str:
        return " and ".join(self._conjuncts(test, known, depth)) or "True"

    def _conjuncts(self, test: Test, known: set[str], depth: int) -> list[str]:
        """The texts that are all true where the test is; ``known`` gains what they make sure is not None."""
        if depth > DEEPEST and isinstance(test, p.All | p.Some | p.AtLeast):
            return [self._own_line(self.test(test))]
        match test:
            case p.Always(never=never):
                return ["False"] if never else []
            case p.All(items=items):
                return [text for each in items for text in self._conjuncts(each, known, depth + 1)]
            case p.Some():
                return [f"({self.test(test, set(known), depth + 1)})"]
            case p.AtLeast(count=needed, items=items):
                counted = (f"bool({self.test(each, set(known), depth + 1)})" for each in items)
                return [f"{' + '.join(counted)} >= {needed}"]
            case p.Compare(operator=sign, left=left, right=right):
                return self._compared(sign, left, right, known)
            case p.In(operand=operand, values=values, negated=negated):
                guards, text = self._equated(operand, negated, known)
                if len(values) == 1:
                    return [*guards, f"{text} {'!=' if negated else '=='} {self.names.constant(values[0])}"]
                return [*guards, f"{text} {'not in' if negated else 'in'} {self.names.collection(values)}"]
            case p.InList(operand=operand, list=name, negated=negated):
                guards, text = self._equated(operand, negated, known)
                return [*guards, f"{text} {'not in' if negated else 'in'} {self.names.reference(name)}"]
            case p.Matches(kind=kind, operand=operand, pattern=pattern, negated=negated):
                guards = []
                text = self.operand(operand, known, guards)
                form = _TEXT_TESTS[kind][negated]
                return [*guards, form.format(text=text, pattern=self.names.constant(pattern))]
            case p.Has(answer=answer, value=value, negated=negated):
                guards = []
                text = self.operand(answer, known, guards)
                return [*guards, f"{self.names.constant(value)} {'not in' if negated else 'in'} {text}"]
            case p.Missing(operand=operand, negated=negated):
                return self._missing(operand, negated, known)
            case p.Blank(operand=operand):
                variable = self.variable(operand)
                return [f"{variable} is BLANK" if variable in self.blankable else "False"]
            case p.Stands():
                return [self._stands(test)]
            case p.Switch(fixed=fixed, negated=negated):
                return [f"not {self.names.fixed(fixed)}" if negated else self.names.fixed(fixed)]
            case p.Judged(atom=atom, false=false):
                verdict = self.verdicts.get(atom)
                if verdict is not None:
                    return [f"{verdict} is {not false}"]
                return self._conjuncts(atom.false if false else atom.true, known, depth)

    def _equated(self, operand: Operand, negated: bool, known: set[str]) -> tuple[list[str], str]:
        """Guards and text of something to be equal to constants: None and BLANK never are, and need no guard."""
        guards: list[str] = []
        text = self.operand(operand, known, guards)
        return ([] if isinstance(operand, READ) and not negated else guards), text

    def _compared(self, sign: str, left: Operand, right: Operand, known: set[str]) -> list[str]:
        if sign == "=" and isinstance(right, p.Constant):
            guards, first = self._equated(left, False, known)
            second = self.operand(right, known, guards)
        else:
            guards = []
            first, second = self.operand(left, known, guards), self.operand(right, known, guards)
        if second in ("True", "False") or first in ("True", "False"):
            return [*guards, f"{first} {'is' if sign == '=' else 'is not'} {second}"]
        return [*guards, f"{first} {_SIGNS[sign]} {second}"]

    def _missing(self, operand: Operand, negated: bool, known: set[str]) -> list[str]:
        value = self.value(operand, known)
        read = p.Input | p.Answer | p.Element | p.Aggregated
        if isinstance(operand, read) and self.variable(operand) in self.blankable:
            guards: list[str] = []
            self._guarded(self.variable(operand), known if negated else set(known), guards)
            present = " and ".join(guards)
            return guards if negated else [f"not ({present})" if present else "False"]
        if value in known or (isinstance(operand, READ) and value not in self.nullable):
            return [] if negated else ["False"]
        if not negated:
            return [f"{value} is None" if value.isidentifier() else f"({value}) is None"]
        if value.isidentifier():
            known.add(value)
            return [f"{value} is not None"]
        return [f"({value}) is not None"]

    def _stands(self, test: p.Stands) -> str:
        """Whether an outcome has a standing; where everything is known it is decided, or no rule applies."""
        result = self.results.get(test.answer.name)
        if result is not None:
            return f"{result}.standing {'!=' if test.negated else '=='} {self.names.constant(test.standing)}"
        if test.standing in (PROVISIONAL, UNDECIDED):
            return str(test.negated)
        variable = self.variable(test.answer)
        none = f"({variable} is None or {variable} is BLANK)"
        return none if (test.standing == NO_RULE) is not test.negated else f"not {none}"

    def _own_line(self, text: str) -> str:
        """A variable for an expression, set on a line before."""
        name = f"c{next(self._numbers)}"
        self.lines.add(f"{name} = {text}")
        return name

    def variable(self, operand: Read) -> str:
        """The variable of something that is read."""
        match operand:
            case p.Element(list=name, name=part):
                return self.variables[name, part]
            case p.Aggregated(expression=expression):
                return self.variables[expression]
        return self.variables[operand.name]

    # --- operands ----------------------------------------------------------------------------------------------

    def may_be_unknown(self, operand: Operand) -> bool:
        """Whether a value can be None."""
        if isinstance(operand, p.Constant):  # most often asked of these
            return False
        return not isinstance(operand, p.Pair) and any(
            isinstance(each, p.Truth | p.Quotient | p.Entry | p.Invoke)
            or (isinstance(each, p.Shift) and each.unit == "working days")
            or (isinstance(each, p.Fixed) and each.fallible)
            or (isinstance(each, READ) and self.variable(each) in self.nullable | self.blankable)
            for each in nodes(operand)
        )

    def value(self, operand: Operand, known: set[str] | None = None) -> str:
        """The expression of an operand's value, None where it is unknown."""
        if isinstance(operand, READ) and not (isinstance(operand, p.Aggregated) and operand.part):
            variable = self.variable(operand)
            if variable not in self.blankable:
                return variable
        guards: list[str] = []
        text = self._plain(operand, set(known or ()), guards)
        return f"{text} if {' and '.join(guards)} else None" if guards else text

    def operand(self, operand: Operand, known: set[str], guards: list[str], depth: int = 0) -> str:
        """The text of an operand that is known once the guards hold; they are appended in order."""
        in_working_days = isinstance(operand, p.Shift) and operand.unit == "working days"
        of_its_own = isinstance(operand, p.Truth | p.Quotient | p.Capped | p.Entry | p.Invoke) or in_working_days
        if of_its_own or depth > DEEPEST:
            # Unknown for reasons of its own: kept in a variable, so that it is reckoned once.
            name = f"v{next(self._numbers)}"
            value = self.value(operand, known if depth <= DEEPEST else None)
            if depth > DEEPEST:
                self.lines.add(f"{name} = {value}")
                guards.append(f"{name} is not None")
            else:
                guards.append(f"({name} := {value}) is not None")
            return name
        return self._plain(operand, known, guards, depth)

    def _plain(self, operand: Operand, known: set[str], guards: list[str], depth: int = 0) -> str:
        match operand:
            case p.Constant(value=bool(value)):
                return str(value)
            case p.Constant(value=value):
                return self.names.constant(value)
            case p.Fixed():
                name = self.names.fixed(operand)
                return self._guarded(name, known, guards) if operand.fallible else name
            case p.Input() | p.Answer() | p.Element() | p.Aggregated():
                variable = self.variable(operand)
                text = (
                    self._guarded(variable, known, guards) if variable in self.nullable | self.blankable else variable
                )
                return f"{text}.{operand.part}" if isinstance(operand, p.Aggregated) and operand.part else text
            case p.Pair(first=first, second=second):
                return f"({self.value(first)}, {self.value(second)})"
            case p.Reckon(operator=sign, left=left, right=right):
                return self._reckoned(sign, left, right, known, guards, depth)
            case p.Shift(date=moved, amount=amount, unit=unit, sign=sign):
                day = self.operand(moved, known, guards, depth + 1)
                length = self.operand(amount, known, guards, depth + 1)
                if unit == "working days":
                    return f"stepped({self.names.working_days()}, {day}, {'' if sign > 0 else '-'}{length})"
                return f"shift({day}, {length}, {self.names.constant(unit)}, {sign:d})"
            case p.Days(later=later, earlier=earlier):
                end = self.operand(later, known, guards, depth + 1)
                return f"({end} - {self.operand(earlier, known, guards, depth + 1)}).days"
            case p.Age(unit=unit, date=moment):
                day = self.operand(moment, known, guards, depth + 1)
                return f"age_in({self.names.constant(unit)}, {day}, AS_OF)"
            case p.Part(part=part, date=moment):
                return _PARTS[part].format(self.operand(moment, known, guards, depth + 1))
            case p.Anniversary(date=moment):
                return f"next_anniversary({self.operand(moment, known, guards, depth + 1)}, AS_OF)"
            case p.Entry(table=table, key=key, default=default):
                name = self.operand(key, known, guards, depth + 1)
                entry = f"{self.names.fixed(table)}.get({name})"
                if default is None:
                    return entry
                return f"{self.names.fixed(table)}.get({name}, {self.value(default, known)})"
            case p.Invoke(function=function, arguments=arguments):
                given = ", ".join(self.value(each, known) for each in arguments)
                return f"{self.names.function(function)}({given})"
            case p.Rank(operand=inner, order=order):
                return f"{self.names.ranks(order)}[{self.operand(inner, known, guards, depth + 1)}]"
            case p.Truth(true=true, false=false):
                yes, no = self.test(true, set(known)), self.test(false, set(known))
                return f"(True if {yes} else False if {no} else None)"
            case p.Quotient(numerator=numerator, denominator=denominator, divisors=divisors):
                return f"quotient({self._fraction(numerator, denominator, divisors, known, guards)})"
            case p.Rounded(operand=p.Quotient(numerator=top, denominator=bottom, divisors=divisors), decimals=decimals):
                return f"rounded_quotient({self._fraction(top, bottom, divisors, known, guards)}, {decimals:d})"
            case p.Rounded(operand=inner, decimals=decimals):
                return f"round_half_up({self.operand(inner, known, guards, depth + 1)}, {decimals:d})"
            case p.Capped(operand=inner, at_least=low, at_most=high):
                text = self.value(inner, known)
                if low is not None:
                    text = f"at_least({text}, {self.value(low, known)})"
                return text if high is None else f"at_most({text}, {self.value(high, known)})"

    def _guarded(self, name: str, known: set[str], guards: list[str]) -> str:
        if name not in known:
            known.add(name)
            guards += [f"{name} is not None"] * (name not in self.blankable or name in self.nullable)
            guards += [f"{name} is not BLANK"] * (name in self.blankable)
        return name

    def _fraction(
        self, top: Operand, bottom: Operand, divisors: tuple[Operand, ...], known: set[str], guards: list[str]
    ) -> str:
        texts = [self.operand(top, known, guards), self.operand(bottom, known, guards)]
        guards += [f"{self.operand(each, known, guards)} != 0" for each in divisors]
        return ", ".join(texts)

    def _reckoned(
        self, sign: str, left: Operand, right: Operand, known: set[str], guards: list[str], depth: int
    ) -> str:
        """Python's own operators where both sides are certainly integers: on decimals they would round."""
        first = self.operand(left, known, guards, depth + 1)
        second = self.operand(right, known, guards, depth + 1)
        if is_whole(left) and is_whole(right):
            return f"({first} {sign} {second})"
        exact = f"{_EXACT[sign]}({first}, {second})"
        sides = ((left, first), (right, second))
        if not all(text.isidentifier() for _, text in sides) or any(_is_decimal(side) for side, _ in sides):
            return exact
        asked = (f"{text}.__class__ is int" for side, text in sides if not is_whole(side))
        return f"({first} {sign} {second} if {' and '.join(dict.fromkeys(asked))} else {exact})"


def is_whole(operand: Operand) -> bool:
    """Whether an operand is certainly an integer."""
    match operand:
        case p.Constant(value=value):
            return isinstance(value, int)
        case p.Fixed() | p.Input() | p.Answer() | p.Element() | p.Aggregated():
            return operand.whole
        case p.Days() | p.Age() | p.Part() | p.Rank():
            return True
        case p.Reckon(left=left, right=right):
            return is_whole(left) and is_whole(right)
        case p.Rounded(decimals=decimals):
            return decimals <= 0
    return False


def _is_decimal(operand: Operand) -> bool:
    return isinstance(operand, p.Constant) and not isinstance(operand.value, int)
