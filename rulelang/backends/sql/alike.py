"""What decides about a row, as a few columns: rows that have them in common are decided alike.

Rules see of a field only what their conditions come to, be it true, false or unknown. So the truths of all conditions
on fields, packed into numbers, stand for a row; where a rule reckons with a field or gives it on, its value does, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from rulelang.backends.sql.conditions import Printer
from rulelang.backends.sql.dialect import Dialect
from rulelang.lowering import plan as p
from rulelang.lowering.plan import Operand, Test
from rulelang.lowering.planned import Plan
from rulelang.lowering.reading import answers_of, inputs_of, nodes

_PACKED = 39  # so many threefold truths are one number of 64 bits
_TURNED = {">=": "<", ">": "<=", "!=": "="}


@frozen
class Alike:
    """The expressions that rows decided alike have in common: packed truths, and values of fields."""

    truths: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return (*self.truths, *self.values)


def alike(plan: Plan, printer: Printer, dialect: Dialect) -> Alike:
    """The columns for a ruleset whose answers rest on fields. Raises NotCarried."""
    blank = frozenset(name for name in plan.inputs if printer.model.fields[name].may_be_blank)
    parts = _Parts(blank)
    for decision in plan.decisions:
        for rule in decision.rules:
            for branch in rule.branches:
                parts.add_branch(branch.true, branch.false)
                for gift in branch.gifts:
                    parts.add_values(gift.value)
            for divisor in rule.divisors:
                parts.add(p.Compare("=", divisor, p.Constant(0)))
            for lookup in rule.lookups:
                parts.add(p.Missing(lookup))
    digits = [_digit(test, other, printer) for test, other in parts.found]
    packed = [_packed(digits[at : at + _PACKED], dialect) for at in range(0, len(digits), _PACKED)]
    return Alike(tuple(packed), tuple(printer.inputs[name].text for name in parts.raw))


class _Parts:
    """Collects the conditions on fields, and the fields whose values themselves count."""

    def __init__(self, blank: frozenset[str]) -> None:
        self._blank = blank
        self._found: dict[tuple[Test, Test | None], None] = {}
        self._raw: dict[str, None] = {}

    @property
    def found(self) -> Sequence[tuple[Test, Test | None]]:
        """Conditions; those that SQL may take for false where they are unknown, with the test that they are false."""
        return tuple(self._found)

    @property
    def raw(self) -> Sequence[str]:
        return tuple(self._raw)

    def add_branch(self, true: Test, false: Test) -> None:
        if not answers_of(true, false):
            self._found[(_plain(true), None) if self._exact(true) else (true, false)] = None
            return
        for part in (true, false):
            for each in _on_fields(part):
                self.add(each)

    def add(self, test: Test) -> None:
        """A condition; of one that rests on outcomes as well the fields it reads."""
        if answers_of(test):
            self.add_values(test)
        elif self._exact(test):
            self._found[_plain(test), None] = None
        else:
            self._found[test, p.Always(never=True)] = None

    def add_values(self, part: Operand | Test) -> None:
        self._raw.update(dict.fromkeys(inputs_of(part)))

    def _exact(self, test: Test) -> bool:
        return is_exact(test, self._blank)


def is_exact(test: Test, blank: frozenset[str]) -> bool:
    """Whether a condition is NULL in SQL exactly where it is unknown, and else true or false; ``blank`` are the fields
    that may be blank.
    """
    return all(name not in blank for name in inputs_of(test)) and all(map(_is_exact, nodes(test)))


def _is_exact(node: Operand | Test) -> bool:
    match node:
        case p.AtLeast() | p.Has() | p.Blank() | p.Stands() | p.Judged() | p.InList() | p.Quotient():
            return False
        case p.Compare(right=p.Constant(value="")) | p.Compare(left=p.Constant(value="")):
            return False
        case p.In(values=values):
            return bool(values) and "" not in values
        case p.Matches(pattern=pattern):
            return bool(pattern)
    return True


def _plain(test: Test) -> Test:
    """The condition or its opposite, whichever is the plainer: either tells rows apart as well as the other."""
    match test:
        case p.Compare(operator=sign, left=left, right=right) if sign in _TURNED:
            return p.Compare(_TURNED[sign], left, right)
        case p.In(operand=operand, values=values, negated=True):
            return p.In(operand, values)
        case p.Matches(kind=kind, operand=operand, pattern=pattern, negated=True):
            return p.Matches(kind, operand, pattern)
    return test


def _on_fields(test: Test) -> Iterator[Test]:
    """The largest parts of a condition that rest on no outcome, and those that rest on outcomes in one piece."""
    if isinstance(test, p.All | p.Some | p.AtLeast) and answers_of(test):
        for each in test.items:
            yield from _on_fields(each)
    else:
        yield test


def _digit(test: Test, other: Test | None, printer: Printer) -> str:
    if other is None:
        return f"COALESCE(CAST({printer.test(test)} AS INTEGER), 2)"
    first = f"CASE WHEN {printer.test(test)} THEN 1"
    second = "" if isinstance(other, p.Always) else f" WHEN {printer.test(other)} THEN 0"
    return f"{first}{second} ELSE {2 if second else 0} END"


def _packed(digits: Sequence[str], dialect: Dialect) -> str:
    # A factor of 64 bits by its type: that of a small one would leave too few for the product.
    return _sum([f"CAST({3**place} AS {dialect.whole}) * ({each})" for place, each in enumerate(digits)])


def _sum(items: Sequence[str]) -> str:
    """A sum as a balanced tree: databases limit how deep an expression may be."""
    if len(items) == 1:
        return items[0]
    middle = len(items) // 2
    return f"({_sum(items[:middle])} + {_sum(items[middle:])})"


def same(names: Iterable[str], left: str, right: str) -> str:
    """The condition that two relations have the columns in common; none is like none."""
    return " AND ".join(f"{left}.{each} IS NOT DISTINCT FROM {right}.{each}" for each in names)
