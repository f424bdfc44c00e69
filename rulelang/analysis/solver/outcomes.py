"""What an outcome is for a customer, in the words of z3: how the rules that apply combine (S1), and what stays open.

Whatever is not said exactly allows more than there is, never less: that z3 finds nobody is a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define

from rulelang.analysis.cells import MISSING, NONE, numbers_of
from rulelang.analysis.decisions import Decision, Gift, Giver, Present, Taken
from rulelang.analysis.normal import normal
from rulelang.analysis.program import Program
from rulelang.analysis.solver.reckoning import reckoned
from rulelang.analysis.solver.terms import Term, Terms, is_whole
from rulelang.analysis.space import Variable
from rulelang.model.expressions import Expression
from rulelang.model.policies import scale
from rulelang.model.program import Assignment
from rulelang.model.walking import divides
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Outcome

MOST_COMPARED = 40

Definition = Callable[[Variable], Decision | None]


def outcome_in_words(definition: Definition, programs: Sequence[Program]) -> Callable[[Terms, Variable], None]:
    """Says what holds of an outcome's variable: by the decision behind it."""

    def say(terms: Terms, variable: Variable) -> None:
        decision = definition(variable)
        if decision is not None:
            _Said(terms, decision, programs).say()

    return say


@define(eq=False)
class _Said:
    """One decision being put into words."""

    terms: Terms
    decision: Decision
    programs: Sequence[Program]

    def say(self) -> None:
        terms, decision = self.terms, self.decision
        if decision.member is None and decision.outcome.policy == "collect":
            return  # what is asked of a list is asked of its members
        told = isinstance(decision, Present)
        if told and decision.outcome.policy in ("sum", "collect"):
            return
        earlier: list[Any] = []
        for group in decision.groups:
            gives = terms.any_of(*(terms.formula(giver.gives) for giver in group))
            self._when(terms.all_of(gives, *earlier), self._of_group(group))
            earlier.append(terms.opposite(gives))
        self._when(terms.all_of(*earlier), self._of_none())

    def _when(self, condition: Any, holds: Any) -> None:
        """That something holds of the outcome in a case, unless the answer is withheld."""
        terms, decision = self.terms, self.decision
        if decision.outcome.when_missing:
            cells = decision.variable.cells
            others = cells.of_kind(MISSING) | (cells.known if decision.outcome.when_missing == "worst" else 0)
            holds = terms.any_of(holds, terms.all_of(terms.formula(decision.doubt), self._is(others)))
        terms.facts.append(terms.z3.Implies(condition, holds))

    def _is(self, mask: int) -> Any:
        return self.terms.within(self.decision.variable, mask)

    @property
    def _missing(self) -> Any:
        return self._is(self.decision.variable.cells.of_kind(MISSING))

    def _of_none(self) -> Any:
        """No rule gives anything."""
        terms, decision = self.terms, self.decision
        cells = decision.variable.cells
        if decision.member is not None:
            fallback = decision.combiner.fallback
            has = isinstance(fallback, tuple) and decision.member in fallback
            return self._or_unknown(self._is(cells.mask_of(has)))
        fixed = decision.last_resort
        if fixed is not None:
            value = decision.combiner.fallback
            if cells.ordered and value is not None:
                return self._equals(Term(terms.number(_key(value)), terms.truth(True), terms.truth(False)))
            return self._is(fixed)
        none = terms.all_of(terms.formula(decision.silent), self._is(cells.of_kind(NONE)))
        return terms.any_of(none, terms.all_of(terms.formula(decision.doubt), self._missing))

    def _or_unknown(self, holds: Any) -> Any:
        return self.terms.any_of(holds, self.terms.all_of(self.terms.formula(self.decision.doubt), self._missing))

    def _of_group(self, group: Sequence[Giver]) -> Any:
        """What the rules of one group make of the outcome, once one of them gives something."""
        terms, decision = self.terms, self.decision
        if decision.member is not None:
            return self._membership(group)
        branches = [each for giver in group for each in giver.branches if each.gift is not None]
        match decision.outcome.policy:
            case "first" | "last":
                order = list(group) if decision.outcome.policy == "first" else list(group)[::-1]
                return self._foremost(order)
            case "unique":
                several = self._several([terms.formula(giver.gives) for giver in group])
                one = terms.all_of(*(self._given(each) for each in branches))
                return terms.choose(several, self._missing, one)
            case "any":
                return self._agreed(branches)
            case "highest" | "lowest":
                return self._best(branches)
        return self._total(group)

    def _foremost(self, order: Sequence[Giver]) -> Any:
        terms = self.terms
        held: list[Any] = []
        before: list[Any] = []
        for giver in order:
            for each in giver.branches:
                if each.gift is not None:
                    held.append(terms.any_of(*before, self._given(each)))
            before.append(terms.formula(giver.gives))
        return terms.all_of(*held)

    def _given(self, each: Taken) -> Any:
        """Where a branch is taken its gift is the answer."""
        assert each.gift is not None
        return self.terms.z3.Implies(self.terms.formula(each.taken), self._gift(each.gift))

    def _several(self, items: Sequence[Any]) -> Any:
        if len(items) < 2:
            return self.terms.truth(False)
        return self.terms.z3.AtLeast(*items, 2)

    def _gift(self, gift: Gift) -> Any:
        terms, cells = self.terms, self.decision.variable.cells
        if gift.values is not None:
            if cells.ordered and len(gift.values) == 1 and gift.values[0] is not None:
                value = self.decision.combiner.finished(gift.values[0])
                return self._equals(Term(terms.number(_key(value)), terms.truth(True), terms.truth(False)))
            return self._is(gift.mask)
        if gift.copied is not None:
            source = gift.copied
            held = [terms.z3.Implies(terms.within(source, source.cells.full & ~source.cells.known), self._missing)]
            for number in numbers_of(source.cells.known):
                mask = cells.mask_of(source.cells.cells[number].low)
                held.append(terms.z3.Implies(terms.within(source, 1 << number), self._is(mask)))
            return terms.all_of(*held)
        value = self._value(gift) if cells.ordered and len(gift.assignments) == 1 else None
        if value is not None:
            return terms.choose(value.known, self._equals(self._finished(value)), self._missing)
        known = self._is(gift.mask & ~cells.of_kind(MISSING))
        return terms.any_of(known, terms.all_of(terms.formula(gift.unknown), self._missing))

    def _equals(self, value: Term) -> Any:
        own = self.terms.term(self.decision.variable)
        return self.terms.all_of(own.known, own.value == value.value)

    # --- several rules ---

    def _agreed(self, branches: Sequence[Taken]) -> Any:
        """All that give something give the same, or there is no answer."""
        if self.decision.variable.cells.ordered:
            return self._agreed_number(branches)
        given = self._by_cell(branches)
        if given is None:
            return self._is(self.decision.variable.cells.full)
        terms = self.terms
        differ = self._several(list(given.values()))
        known = terms.any_of(*given.values())
        agreed = terms.all_of(*(terms.z3.Implies(here, self._is(1 << cell)) for cell, here in given.items()))
        return terms.choose(terms.all_of(known, terms.opposite(differ)), agreed, self._missing)

    def _by_cell(self, branches: Sequence[Taken]) -> dict[int, Any] | None:
        """For each value where some branch gives it; None where that can't be said."""
        terms, cells = self.terms, self.decision.variable.cells
        found: dict[int, list[Any]] = {}
        for each in branches:
            assert each.gift is not None
            gift, taken = each.gift, terms.formula(each.taken)
            if gift.values is not None:
                for number in numbers_of(gift.mask & cells.known):
                    found.setdefault(number, []).append(taken)
            elif gift.copied is not None:
                for place in numbers_of(gift.copied.cells.known):
                    target = cells.number(gift.copied.cells.cells[place].low)
                    if target is None:
                        return None
                    here = terms.all_of(taken, terms.within(gift.copied, 1 << place))
                    found.setdefault(target, []).append(here)
            else:
                return None
        return {number: terms.any_of(*places) for number, places in sorted(found.items())}

    def _agreed_number(self, branches: Sequence[Taken]) -> Any:
        """The number that all give; one that nobody knows is taken to agree."""
        terms = self.terms
        own = terms.term(self.decision.variable)
        given: list[tuple[Any, Any]] = []  # where a number is given, and which
        for each in branches:
            assert each.gift is not None
            value = self._value(each.gift)
            if value is None or len(branches) > MOST_COMPARED:
                return self._is(self.decision.variable.cells.full)
            given.append((terms.all_of(terms.formula(each.taken), value.known), self._finished(value).value))
        differ = terms.any_of(
            *(
                terms.all_of(one[0], other[0], one[1] != other[1])
                for place, one in enumerate(given)
                for other in given[place + 1 :]
            )
        )
        agreed = terms.all_of(own.known, *(terms.z3.Implies(here, own.value == value) for here, value in given))
        known = terms.any_of(*(here for here, _ in given))
        return terms.choose(terms.all_of(known, terms.opposite(differ)), agreed, self._missing)

    def _best(self, branches: Sequence[Taken]) -> Any:
        terms, decision = self.terms, self.decision
        if decision.variable.cells.ordered:
            return self._best_number(branches)
        gifts = [(terms.formula(each.taken), each.gift) for each in branches if each.gift is not None]
        given = self._by_cell(branches)
        if given is None or any(gift.mask & ~decision.ranked for _, gift in gifts if gift.values is not None):
            return self._is(decision.variable.cells.known | decision.variable.cells.of_kind(MISSING))
        # Where one is not known something better may come.
        copied = ((taken, gift.copied) for taken, gift in gifts if gift.copied is not None)
        unknown = terms.any_of(
            *(terms.all_of(taken, terms.opposite(terms.within(each, each.cells.known))) for taken, each in copied)
        )
        held = []
        for cell, here in given.items():
            better = [other for number, other in given.items() if decision.worse_than(1 << number) >> cell & 1]
            best = terms.all_of(here, *map(terms.opposite, better))
            held.append(terms.z3.Implies(best, terms.any_of(self._is(1 << cell), terms.all_of(unknown, self._missing))))
        none = terms.opposite(terms.any_of(*given.values()))
        return terms.all_of(*held, terms.z3.Implies(none, self._missing))

    def _best_number(self, branches: Sequence[Taken]) -> Any:
        """The greatest of some numbers, or the least; not told where one of them is not."""
        terms, decision = self.terms, self.decision
        anything = self._is(decision.variable.cells.known | decision.variable.cells.of_kind(MISSING))
        if not decision.variable.cells.ordered:
            return anything
        own = terms.term(decision.variable)
        reached, held, unknown = [], [], []
        for each in branches:
            assert each.gift is not None
            value = self._value(each.gift)
            if value is None:
                return anything
            finished, taken = self._finished(value), terms.formula(each.taken)
            bound = own.value >= finished.value if decision.outcome.policy == "highest" else own.value <= finished.value
            reached.append(terms.all_of(taken, own.value == finished.value))
            held.append(terms.z3.Implies(taken, bound))
            unknown.append(terms.all_of(taken, terms.opposite(value.known)))
        best = terms.all_of(own.known, terms.any_of(*reached), *held)
        return terms.choose(terms.any_of(*unknown), self._missing, best)

    def _total(self, group: Sequence[Giver]) -> Any:
        """The sum of what all rules of a group give."""
        terms, decision = self.terms, self.decision
        added, unknown = [], []
        decimals: int | None = 0
        for giver in group:
            for each in giver.branches:
                if each.gift is None:
                    continue
                taken, values = terms.formula(each.taken), each.gift.values
                if values is not None and None not in values:
                    amount = terms.number(sum(map(_fraction, values)))
                    places = max((_places(value) for value in values), default=0)
                    decimals = None if decimals is None else max(decimals, places)
                else:
                    parts = [self._assigned(one) for one in each.gift.assignments]
                    if any(part is None for part in parts):
                        return self._is(decision.variable.cells.known | decision.variable.cells.of_kind(MISSING))
                    known = [part for part in parts if part is not None]
                    amount = terms.z3.Sum(*(part.value for part in known)) if len(known) > 1 else known[0].value
                    unknown.append(terms.all_of(taken, *(terms.opposite(part.known) for part in known)))
                    decimals = None
                added.append(terms.choose(taken, amount, terms.number(0)))
        total = terms.z3.Sum(*added) if len(added) > 1 else added[0]
        wanted = scale(decision.outcome.type)
        rounded = total if decimals is not None and wanted is not None and decimals <= wanted else self._round(total)
        capped = self._capped(Term(rounded, terms.truth(True), terms.truth(False)))
        return terms.choose(terms.any_of(*unknown), self._missing, self._equals(capped))

    def _membership(self, group: Sequence[Giver]) -> Any:
        """Whether a value is among those that the rules of a group collect."""
        terms, decision = self.terms, self.decision
        cells = decision.variable.cells
        having, perhaps = [], []
        for giver in group:
            for each in giver.branches:
                if each.gift is None:
                    continue
                if each.gift.values is None:
                    perhaps.append(terms.formula(each.taken))
                elif decision.member in each.gift.values:
                    having.append(terms.formula(each.taken))
        yes, no = self._is(cells.mask_of(True)), self._or_unknown(self._is(cells.mask_of(False)))
        open_ = terms.all_of(terms.any_of(*perhaps), terms.any_of(yes, no, self._missing))
        return terms.any_of(open_, terms.choose(terms.any_of(*having), yes, no))

    # --- what is given ---

    def _value(self, gift: Gift) -> Term | None:
        """A number that a branch gives, before the caps of the outcome; None where it can't be said."""
        terms = self.terms
        if gift.values is not None:
            if len(gift.values) != 1 or gift.values[0] is None:
                return None
            return Term(terms.number(_key(gift.values[0])), terms.truth(True), terms.truth(False))
        return self._assigned(gift.assignments[0]) if len(gift.assignments) == 1 else None

    def _assigned(self, assignment: Assignment) -> Term | None:
        """What an assignment gives: rounded, then kept within its own caps (S6)."""
        terms, outcome = self.terms, self.decision.outcome
        rounds = outcome.policy != "sum"
        value = self._reckoned(assignment.value)
        if value is None:
            return None
        value = Term(self._round(value.value) if rounds else value.value, value.known, value.blank)
        for cap, least in ((assignment.at_least, True), (assignment.at_most, False)):
            if cap is None:
                continue
            limit = self._reckoned(cap)
            if limit is None:
                return None
            bound = self._round(limit.value) if rounds and divides(cap) else limit.value
            beyond = value.value < bound if least else value.value > bound
            known = terms.all_of(value.known, limit.known)
            value = Term(terms.choose(beyond, bound, value.value), known, value.blank)
        return value

    def _reckoned(self, expression: Expression) -> Term | None:
        program = next((each for each in self.programs if self._is_of(each)), None)
        if program is None:
            return None
        told = normal(expression, program.scope, lambda name: program.outcome(name).name)
        return reckoned(self.terms, told, program.scope)

    def _is_of(self, program: Program) -> bool:
        return program.decisions.get(self.decision.outcome.name) is self.decision

    def _finished(self, value: Term) -> Term:
        return self._capped(value)

    def _capped(self, value: Term) -> Term:
        """Within the caps of the outcome."""
        terms, outcome, shown = self.terms, self.decision.outcome, value.value
        for cap, least in ((outcome.at_least, True), (outcome.at_most, False)):
            if cap is not None:
                bound = terms.number(_key(cap.amount if isinstance(cap, Duration) else cap))
                shown = terms.choose(shown < bound if least else shown > bound, bound, shown)
        return Term(shown, value.known, value.blank)

    def _round(self, value: Any) -> Any:
        """Half up, away from zero, to the decimals of the outcome."""
        return rounded(self.terms, value, self.decision.outcome)


def rounded(terms: Terms, value: Any, outcome: Outcome) -> Any:
    """A number at the scale of an outcome."""
    decimals = scale(outcome.type)
    if decimals is None or value.is_int():
        return value
    unit, half = terms.number(10**decimals), terms.number(_fraction("1/2"))
    whole = terms.z3.ToInt
    scaled = value * unit
    near = terms.choose(value >= 0, whole(scaled + half), -whole(half - scaled))
    return near if is_whole(outcome.type) else terms.z3.ToReal(near) / unit


def _key(value: Any) -> Any:
    return value.toordinal() if hasattr(value, "toordinal") else value


def _fraction(value: Any) -> Any:
    from fractions import Fraction

    return Fraction(value)


def _places(value: Any) -> int:
    exponent = getattr(value, "as_tuple", lambda: None)()
    return 0 if exponent is None else max(-exponent.exponent, 0)
