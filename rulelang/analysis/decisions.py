"""What an outcome can be in a box, from what its rules may give there.

The answer meant is the present one (S4). Where something is unknown an outcome that withholds its answer may come to
more here than it does in truth, never to less: what is proved holds for every customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from rulelang.analysis.cells import MISSING, NONE, as_key, numbers_of
from rulelang.analysis.formula import NEVER, NO, OPEN, YES, Box, Formulas
from rulelang.analysis.meeting import Meeting, places_in
from rulelang.analysis.space import Space, Variable
from rulelang.model.contributions import BLANK
from rulelang.model.policies import Combiner
from rulelang.model.program import Assignment, Branch, Rule
from rulelang.values.numbers import add
from rulelang.vocabulary.declarations import Outcome

UNKNOWN = object()  # no constant
MANY = 24  # rules of one priority, from which on those that may apply are looked up


@frozen
class Gift:
    """What a branch gives to an outcome: constants (None where a value isn't constant), and the cells they lie in.

    ``unknown`` holds where the value is not known; ``copied`` is the variable whose value is given on.
    """

    values: tuple[Any, ...] | None
    mask: int = 0
    assignments: tuple[Assignment, ...] = ()
    unknown: int = NEVER
    copied: Variable | None = None


@frozen
class Taken:
    """A branch as a decision sees it: the formula of its being taken, and its gift if it has one for the outcome."""

    branch: Branch
    taken: int
    gift: Gift | None


@frozen
class Giver:
    """A rule of a decision with its branches; of many ``meeting`` tells those that may be taken in a box."""

    rule: Rule
    branches: tuple[Taken, ...]
    gives: int
    meeting: Meeting | None = field(default=None, eq=False, repr=False)

    def near(self, box: Box) -> Sequence[Taken]:
        """The branches that may be taken in a box, as far as single variables tell."""
        if self.meeting is None:
            return self.branches
        return [self.branches[place] for place in places_in(self.meeting.inside(box))]

    @classmethod
    def of(cls, rule: Rule, branches: tuple[Taken, ...], gives: int, formulas: Formulas) -> Giver:
        many = len(branches) > MANY
        return cls(rule, branches, gives, Meeting.of(formulas, [each.taken for each in branches]) if many else None)


@frozen
class Alternatives:
    """What a rule can give in a box; ``surely``: it gives something everywhere in it."""

    gifts: tuple[Gift, ...]
    surely: bool


@define(eq=False)
class Decision:
    """An outcome's decision.

    ``doubt`` holds where something that it rests on is unknown, ``silent`` where no rule can give anything, whatever
    comes to be known.
    """

    outcome: Outcome
    variable: Variable
    groups: tuple[tuple[Giver, ...], ...]
    doubt: int
    silent: int
    space: Space
    combiner: Combiner
    member: str | None = None  # of a list: whether this value is in it
    ranked: int = 0  # the cells of values that can be told better from worse
    givers: tuple[Giver, ...] = field(init=False)
    _meetings: tuple[Meeting | None, ...] = field(init=False)

    @property
    def steps(self) -> int:
        """What it costs to tell what the outcome may be."""
        return len(self.givers) // (1 if len(self.givers) <= MANY else MANY) + 1

    @givers.default
    def _all_givers(self) -> tuple[Giver, ...]:
        return tuple(giver for group in self.groups for giver in group)

    @_meetings.default
    def _meetings_of_groups(self) -> tuple[Meeting | None, ...]:
        formulas = self.space.formulas
        return tuple(
            Meeting.of(formulas, [each.gives for each in group]) if len(group) > MANY else None for group in self.groups
        )

    def _near(self, box: Box) -> Iterator[Sequence[Giver]]:
        """Of each group the rules that may give something in a box, as far as single variables tell."""
        for group, meeting in zip(self.groups, self._meetings, strict=True):
            yield group if meeting is None else [group[place] for place in places_in(meeting.inside(box))]

    def possible(self, box: Box) -> int:
        """The cells that the outcome can have for the customers of a box."""
        if self.member is not None:
            return self._membership(box)
        result = 0
        for group in self._near(box):
            given = [self._alternatives(giver, box) for giver in group]
            found, surely = self._of_group(given)
            result |= found
            if surely:
                break
        else:
            result |= self._fallback(box)
        if self.outcome.when_missing and self._doubtful(box):
            cells = self.variable.cells
            result |= cells.of_kind(MISSING) | (cells.known if self.outcome.when_missing == "worst" else 0)
        return result

    def split(self, box: Box) -> int | None:
        """A formula that is open in a box and bears on the outcome; None where there is none.

        What gives the few values that are wanted, or that are not, is asked first: it tells most.
        """
        status, mask = self.space.formulas.status, box[self.variable.number]
        rest = self.variable.cells.full & ~mask
        few = mask if mask.bit_count() <= rest.bit_count() else rest
        later = None
        for giver in (giver for group in self._near(box) for giver in group):
            for each in giver.near(box):
                question = None if each.gift is None else self._open(each.taken, each.gift, box)
                if question is not None:
                    if each.gift is not None and each.gift.mask & few:
                        return question
                    later = question if later is None else later
        if later is not None:
            return later
        return self.doubt if status(self.doubt, box) == OPEN else None

    def _open(self, taken: int, gift: Gift, box: Box) -> int | None:
        """What is open of a gift: whether it is given, whether its value is known, which value is given on."""
        status, copied = self.space.formulas.status, gift.copied
        found = status(taken, box)
        if found == OPEN:
            return taken
        if found == YES and status(gift.unknown, box) == OPEN:
            return gift.unknown
        if found == YES and copied is not None and box[copied.number] & (box[copied.number] - 1):
            return self.space.within(copied, box[copied.number] & -box[copied.number])
        return None

    def _alternatives(self, giver: Giver, box: Box) -> Alternatives:
        status = self.space.formulas.status
        gifts = []
        for each in giver.near(box):
            if each.gift is None:
                continue
            found = status(each.taken, box)
            if found == YES:
                return Alternatives((self._here(each.gift, box),), True)
            if found == OPEN:
                gifts.append(self._here(each.gift, box))
        return Alternatives(tuple(gifts), bool(gifts) and status(giver.gives, box) == YES)

    def _here(self, gift: Gift, box: Box) -> Gift:
        """A gift with the cells that it can lie in for the customers of a box."""
        if gift.values is not None:
            return gift
        cells, mask = self.variable.cells, gift.mask
        unknown = cells.of_kind(MISSING)
        if gift.copied is not None:
            source = gift.copied.cells
            mask = 0
            for number in numbers_of(box[gift.copied.number] & source.known):
                mask |= cells.mask_of(source.cells[number].low)
            return evolve(gift, mask=mask | (unknown if box[gift.copied.number] & ~source.known else 0))
        return gift if self.space.formulas.status(gift.unknown, box) != NO else evolve(gift, mask=mask & ~unknown)

    def _of_group(self, given: Sequence[Alternatives]) -> tuple[int, bool]:
        """The cells that the rules of one group can give, and whether they surely give one."""
        surely = any(each.surely for each in given)
        match self.outcome.policy:
            case "first" | "last":
                result = 0
                for each in given if self.outcome.policy == "first" else reversed(given):
                    for gift in each.gifts:
                        result |= gift.mask
                    if each.surely:
                        break
                return result, surely
            case "highest" | "lowest":
                return self._best(given), surely
            case "sum":
                return self._total(given), surely
        result = 0
        for each in given:
            for gift in each.gifts:
                result |= gift.mask
        sure, maybe = sum(each.surely for each in given), sum(bool(each.gifts) for each in given)
        violated = self.variable.cells.of_kind(MISSING)
        if self.outcome.policy == "unique" and maybe > 1:
            result = violated if sure > 1 else result | violated
        elif maybe > 1 and _may_disagree(gift for each in given for gift in each.gifts):
            result |= violated
        return result, surely

    def _best(self, given: Sequence[Alternatives]) -> int:
        """Of ordered values the best: none that is worse than what some rule surely gives."""
        ranked, sign = self.ranked, 1 if self.outcome.policy == "highest" else -1
        order = {number: self._rank(number) for number in numbers_of(ranked)}
        floors = []
        result = 0
        for each in given:
            masks = [gift.mask for gift in each.gifts]
            for mask in masks:
                result |= mask
            if each.surely and not any(mask & ~ranked for mask in masks):
                floors.append(min(sign * order[number] for mask in masks for number in numbers_of(mask)))
        if not floors:
            return result
        floor = max(floors)
        worse = sum(1 << number for number, rank in order.items() if sign * rank < floor)
        return result & ~worse

    def worse_than(self, mask: int) -> int:
        """The ranked cells that are worse than all of a mask."""
        sign = 1 if self.outcome.policy == "highest" else -1
        floor = min(sign * self._rank(number) for number in numbers_of(mask))
        return sum(1 << number for number in numbers_of(self.ranked) if sign * self._rank(number) < floor)

    @property
    def last_resort(self) -> int | None:
        """The cells of what is given where no rule gives anything; None where that depends on what is known."""
        if self.combiner.fallback is None or self.outcome.policy == "collect":
            return None
        cells = self.variable.cells
        return cells.mask_of(self.combiner.fallback) or cells.known

    def _rank(self, number: int) -> Any:
        value = self._value(number)
        return self.combiner.ranks[value] if self.combiner.ranks else as_key(value)

    def _value(self, number: int) -> Any:
        return self.variable.cells.cells[number].low

    def _total(self, given: Sequence[Alternatives]) -> int:
        """Of sums all between the least and the largest total."""
        least: Any = 0
        most: Any = 0
        for each in given:
            totals = [_sum(gift) for gift in each.gifts] + ([] if each.surely else [0])
            if not totals:
                continue
            if any(each is None for each in totals):
                return self.variable.cells.known | self.variable.cells.of_kind(MISSING)
            least, most = add(least, min(totals)), add(most, max(totals))
        return self._between(self.combiner.finished(least), self.combiner.finished(most))

    def bounds(self, box: Box) -> tuple[Any, Any] | None:
        """The least and the largest total that a sum may have in a box; None where that can't be told."""
        least: Any = 0
        most: Any = 0
        for giver in (giver for group in self._near(box) for giver in group):
            each = self._alternatives(giver, box)
            totals = [_sum(gift) for gift in each.gifts] + ([] if each.surely else [0])
            if None in totals or len(self.groups) > 1:
                return None
            if totals:
                least, most = add(least, min(totals)), add(most, max(totals))
        return self.combiner.finished(least), self.combiner.finished(most)

    def _between(self, low: Any, high: Any) -> int:
        cells = self.variable.cells
        first, last = cells.number(low), cells.number(high)
        if first is None or last is None:
            return cells.known
        return ((1 << (last + 1)) - 1) & ~((1 << first) - 1)

    def _fallback(self, box: Box) -> int:
        cells, fixed = self.variable.cells, self.last_resort
        if fixed is not None:
            return fixed
        none = cells.of_kind(NONE) if self.space.formulas.status(self.silent, box) != NO else 0
        return none | (cells.of_kind(MISSING) if self._doubtful(box) else 0)

    def _doubtful(self, box: Box) -> bool:
        return self.space.formulas.status(self.doubt, box) != NO

    def _membership(self, box: Box) -> int:
        """Whether a value is among those collected."""
        cells = self.variable.cells
        unknown = cells.of_kind(MISSING) if self._doubtful(box) else 0
        yes, no, result = cells.mask_of(True), cells.mask_of(False), 0
        if self.outcome.when_missing:
            result |= unknown  # the list may be withheld, or another one stand in its place
        for group in self._near(box):
            given = [self._alternatives(giver, box) for giver in group]
            having = [[self._has(gift) for gift in each.gifts] for each in given]
            if any(
                each.surely and all(found is True for found in has) for each, has in zip(given, having, strict=True)
            ):
                return result | yes
            if any(found is not False for has in having for found in has):
                result |= yes
            if any(each.surely for each in given):
                return result | no | unknown
        fallback = self.combiner.fallback
        result |= yes if isinstance(fallback, tuple) and self.member in fallback else no
        return result | unknown

    def _has(self, gift: Gift) -> bool | None:
        return None if gift.values is None else self.member in gift.values


def _may_disagree(gifts: Iterable[Gift]) -> bool:
    """Whether of some gifts two may be different values."""
    values = [None if each.values is None else set(each.values) for each in gifts]
    return None in values or len(set().union(*(each for each in values if each is not None))) > 1


def _sum(gift: Gift) -> Any:
    if gift.values is None:
        return None
    total: Any = 0
    for each in gift.values:
        total = add(total, each)
    return total


@define(eq=False)
class Present(Decision):
    """What rules give, whether or not it is withheld."""

    fallback: Any = None

    def _value(self, number: int) -> Any:
        return self.variable.cells.cells[number].low[1]

    @property
    def last_resort(self) -> int:
        return self.variable.cells.mask_of(BLANK if self.fallback is None else ("constant", self.fallback))
