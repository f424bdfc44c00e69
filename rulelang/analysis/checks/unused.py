"""Rules that never apply, never count, or count for one outcome and lose another."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from rulelang.analysis.account import RULE, Proof
from rulelang.analysis.decisions import Decision, Giver
from rulelang.analysis.formula import NEVER
from rulelang.analysis.inquiry import Finding, Inquiry, OutOfBudget
from rulelang.analysis.witness import Customer
from rulelang.model.program import Branch, Rule

_ORDERED = ("first", "last")


def unused(inquiry: Inquiry) -> Iterator[Finding | Proof]:
    """``contradiction``, ``unreachable-rule``, ``unreachable-branch``, ``shadowed-outcome``, ``loses-outcome``."""
    places = _Places(inquiry)
    lost: set[tuple[str, str]] = set()  # of the rows of one table, and of one rule's outcomes, the first is enough
    for rule, number, branch in inquiry.branches():
        try:
            for each in _of(inquiry, places, rule, number, branch):
                if isinstance(each, Proof):
                    yield each
                    continue
                key = (_table(rule.name), each.others[0].name if each.others else "")
                if each.code != "loses-outcome" or key not in lost:
                    yield each
                if each.code == "loses-outcome":
                    lost.add(key)
        except OutOfBudget:
            yield inquiry.left_open("unused", branch.span or rule.span, rule=rule.name)


def _table(name: str) -> str:
    """The name of the table of which a rule is a row; of any other rule its own."""
    table, mark, row = name.rpartition(" #")
    return table if mark and row.isdigit() else name


@define(eq=False)
class _Places:
    """For each ordered outcome the rules in the order in which they count, and which may match the same customer."""

    inquiry: Inquiry
    _orders: dict[str, tuple[list[Giver], list[list[int]], dict[str, int]]] = field(factory=dict)

    def before(self, decision: Decision, rule: Rule) -> list[Giver]:
        """The rules that count before one, as far as they may match the same customer."""
        name = decision.outcome.name
        if name not in self._orders:
            groups = (
                decision.groups if decision.outcome.policy == "first" else [group[::-1] for group in decision.groups]
            )
            order = [giver for group in groups for giver in group]
            numbers = {giver.rule.name: place for place, giver in enumerate(decision.givers)}
            self._orders[name] = (order, self.inquiry.rivals(decision), numbers)
        order, rivals, numbers = self._orders[name]
        meeting = set(rivals[numbers[rule.name]])
        found: list[Giver] = []
        for giver in order:
            if giver.rule.name == rule.name:
                return found
            if numbers[giver.rule.name] in meeting:
                found.append(giver)
        return found


def _of(inquiry: Inquiry, places: _Places, rule: Rule, number: int, branch: Branch) -> Iterator[Finding | Proof]:
    formulas, everybody = inquiry.space.formulas, inquiry.everybody
    span = branch.span or rule.span
    taken = inquiry.program.taken(rule, number)
    applies = taken != NEVER and inquiry.shows([taken])
    if not applies:
        true = inquiry.program.pair(branch.condition).true
        if true == NEVER or inquiry.never([true], everybody):
            yield Finding("contradiction", span, rule=rule.name)
            yield Proof(RULE, shown=False)
            return
        if taken == NEVER or inquiry.never([taken], everybody):
            yield Finding("unreachable-branch", span, rule=rule.name, values=(("number", number + 1),))
            yield Proof(RULE, shown=False)
            return
    outcomes = list(dict.fromkeys(each.outcome for each in branch.assignments))
    ordered = [name for name in outcomes if inquiry.model.outcomes[name].policy in _ORDERED]
    lost: dict[str, list[Giver]] = {}
    counts = applies and len(ordered) < len(outcomes)
    for name in ordered:
        earlier = places.before(inquiry.program.decide(name), rule)
        wins = [taken, *(formulas.opposite(giver.gives) for giver in earlier)]
        if applies if not earlier else inquiry.shows(wins):
            counts = True
        elif earlier and inquiry.never(wins, everybody):
            lost[name] = earlier
    if lost and len(lost) == len(outcomes):
        winners = _winners(inquiry, taken, next(iter(lost.values())))
        yield Finding("unreachable-rule", span, rule=rule.name, others=winners)
        yield Proof(RULE, shown=False)
        return
    yield Proof(RULE, rule=rule.name, number=number, shown=counts)
    for name, earlier in lost.items():
        yield Finding("shadowed-outcome", span, name, rule.name, _winners(inquiry, taken, earlier))
    if len(outcomes) > 1:
        yield from _losing(inquiry, places, rule, branch, taken, [name for name in ordered if name not in lost])


def _winners(inquiry: Inquiry, taken: int, earlier: list[Giver]) -> tuple[Rule, ...]:
    """The one rule that always comes first, or as few as together do."""
    formulas, everybody = inquiry.space.formulas, inquiry.everybody
    for giver in earlier:
        if inquiry.never([taken, formulas.opposite(giver.gives)], everybody):
            return (giver.rule,)
    needed = list(earlier)
    for giver in earlier:
        rest = [each for each in needed if each is not giver]
        if inquiry.never([taken, *(formulas.opposite(each.gives) for each in rest)], everybody):
            needed = rest
    return tuple(each.rule for each in needed)


def _losing(
    inquiry: Inquiry, places: _Places, rule: Rule, branch: Branch, taken: int, ordered: list[str]
) -> Iterator[Finding]:
    """A rule that loses one outcome to another rule and yet sets the others (S1)."""
    formulas = inquiry.space.formulas
    wins = {each.outcome: taken for each in branch.assignments}
    for name in ordered:
        earlier = places.before(inquiry.program.decide(name), rule)
        wins[name] = formulas.all_of((taken, *(formulas.opposite(giver.gives) for giver in earlier)))
    for name in ordered:
        decision = inquiry.program.decide(name)
        own = next(each.gift for giver in decision.givers for each in giver.branches if each.branch is branch)
        assert own is not None
        kept = formulas.any_of(formula for other, formula in wins.items() if other != name)
        for giver in places.before(decision, rule):
            others = [
                each.taken
                for each in giver.branches
                if each.gift is not None and (each.gift.values is None or each.gift.values != own.values)
            ]
            wanted = (taken, formulas.any_of(others), kept)
            within = inquiry.sound
            customer = inquiry.find(wanted, within)
            if customer is None or not customer.tried:
                continue
            still = tuple(
                other
                for other, formula in wins.items()
                if other != name and not inquiry.never([*_at(inquiry, customer), formula], within)
            )
            span, values = branch.span or rule.span, (("kept", still),)
            yield Finding(
                "loses-outcome", span, name, rule.name, (giver.rule,), values, customer, wanted, tuple(within)
            )
            break


def _at(inquiry: Inquiry, customer: Customer) -> list[int]:
    """That the fields that matter are those of a customer."""
    named = ((inquiry.space.by_name[each.name], each.value) for each in customer.told)
    return [inquiry.space.within(variable, variable.cells.mask_of(value)) for variable, value in named]
