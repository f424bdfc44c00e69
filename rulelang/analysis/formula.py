"""Formulas over variables that have finitely many cells: "the cell of this variable is one of these", and, or.

A box gives each variable the set of cells it may still have, as a bit mask. A formula holds in all of a box, in none
of it, or that is open. Formulas are numbered: two that are built alike have the same number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import define, field

NO, YES, OPEN = 0, 1, 2
NEVER, ALWAYS = 0, 1  # the numbers of the formulas that hold nowhere and everywhere

LITERAL, ALL, ANY = 0, 1, 2

Box = list[int]


@define
class Formulas:
    """The store of formulas; ``full`` has for each variable the mask of all its cells."""

    full: list[int] = field(factory=list)
    kinds: list[int] = field(factory=lambda: [ANY, ALL])
    parts: list[tuple[int, ...]] = field(factory=lambda: [(), ()])
    _numbers: dict[tuple[int, tuple[int, ...]], int] = field(factory=lambda: {(ANY, ()): NEVER, (ALL, ()): ALWAYS})
    _opposites: dict[int, int] = field(factory=dict)
    _variables: dict[int, frozenset[int]] = field(factory=dict)

    def within(self, variable: int, mask: int) -> int:
        """That the cell of a variable is one of a mask."""
        mask &= self.full[variable]
        if mask == self.full[variable]:
            return ALWAYS
        return self._number(LITERAL, (variable, mask)) if mask else NEVER

    def all_of(self, items: Iterable[int]) -> int:
        """That all hold."""
        return self._joined(ALL, items)

    def any_of(self, items: Iterable[int]) -> int:
        """That one of them holds."""
        return self._joined(ANY, items)

    def opposite(self, formula: int) -> int:
        """That it doesn't hold."""
        if formula in (NEVER, ALWAYS):
            return 1 - formula
        found = self._opposites.get(formula)
        if found is None:
            parts = self.parts[formula]
            if self.kinds[formula] == LITERAL:
                found = self.within(parts[0], self.full[parts[0]] & ~parts[1])
            else:
                found = self._joined(ANY + ALL - self.kinds[formula], map(self.opposite, parts))
            self._opposites[formula] = found
            self._opposites.setdefault(found, formula)
        return found

    def differ(self, first: int, second: int) -> int:
        """That just one of two holds."""
        either = (self.all_of((first, self.opposite(second))), self.all_of((self.opposite(first), second)))
        return self.any_of(either)

    def at_least(self, count: int, items: Sequence[int]) -> int:
        """That at least so many hold."""
        if count <= 0:
            return ALWAYS
        # Of the first n items at least k hold, one item after the other.
        reached = [ALWAYS] + [NEVER] * count
        for item in items:
            for needed in range(count, 0, -1):
                reached[needed] = self.any_of((reached[needed], self.all_of((item, reached[needed - 1]))))
        return reached[count]

    def status(self, formula: int, box: Box) -> int:
        """Whether a formula holds in all of a box (YES), in none of it (NO), or not the one nor the other."""
        kinds, every = self.kinds, self.parts
        kind, parts = kinds[formula], every[formula]
        if kind == LITERAL:
            mask = box[parts[0]]
            common = mask & parts[1]
            return NO if not common else YES if common == mask else OPEN
        decisive = NO if kind == ALL else YES
        result = YES - decisive
        for each in parts:
            if kinds[each] == LITERAL:  # most are: looked at here, without a call
                variable, wanted = every[each]
                mask = box[variable]
                common = mask & wanted
                found = NO if not common else YES if common == mask else OPEN
            else:
                found = self.status(each, box)
            if found == decisive:
                return decisive
            if found == OPEN:
                result = OPEN
        return result

    def variables(self, formula: int) -> frozenset[int]:
        """The variables it speaks of."""
        found = self._variables.get(formula)
        if found is None:
            parts = self.parts[formula]
            if self.kinds[formula] == LITERAL:
                found = frozenset(parts[:1])
            else:
                found = frozenset().union(*(self.variables(each) for each in parts))
            self._variables[formula] = found
        return found

    def _number(self, kind: int, parts: tuple[int, ...]) -> int:
        number = self._numbers.get((kind, parts))
        if number is None:
            number = self._numbers[kind, parts] = len(self.kinds)
            self.kinds.append(kind)
            self.parts.append(parts)
        return number

    def _joined(self, kind: int, items: Iterable[int]) -> int:
        """And or or, flattened; literals of one variable become one."""
        empty = ALWAYS if kind == ALL else NEVER
        masks: dict[int, int] = {}
        others: dict[int, None] = {}
        waiting = list(items)
        waiting.reverse()
        while waiting:
            each = waiting.pop()
            if each == empty:
                continue
            if each == 1 - empty:
                return each
            parts = self.parts[each]
            if self.kinds[each] == kind:
                waiting.extend(reversed(parts))
            elif self.kinds[each] == LITERAL:
                variable, mask = parts
                known = masks.get(variable)
                masks[variable] = mask if known is None else known & mask if kind == ALL else known | mask
            else:
                others[each] = None
        literals = [self.within(variable, mask) for variable, mask in sorted(masks.items())]
        if 1 - empty in literals:
            return 1 - empty
        if any(self._opposites.get(each) in others for each in others):
            return 1 - empty
        parts = tuple(each for each in (*literals, *sorted(others)) if each != empty)
        if not parts:
            return empty
        return parts[0] if len(parts) == 1 else self._number(kind, parts)
