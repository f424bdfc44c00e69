"""Whether a rule can still change a result: against every combination of what the others may give."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulelang.explain.changes import can_change
from rulelang.model.contributions import ANY, Contribution
from rulelang.model.policies import POLICIES, Combiner
from rulelang.vocabulary.declarations import Outcome
from rulelang.vocabulary.types import Choice, Member, Number, Text

LEVEL = Choice(tuple(map(Member, ("low", "medium", "high"))), ordered=True)


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Combiner, list[list[Contribution]]]:
    policy = draw(st.sampled_from(sorted(POLICIES)))
    type_: Any = {"sum": Number(0), "collect": Text()}.get(policy, LEVEL)
    values = {"sum": st.sampled_from([0, 1, 2, 50]), "collect": st.sampled_from("ab")}.get(
        policy, st.sampled_from(LEVEL.keys())
    )
    outcome = Outcome("o", type_, policy=policy, at_most=10 if policy == "sum" else None)
    alternatives = st.lists(st.one_of(st.just(()), values.map(lambda each: (each,))), min_size=1, max_size=3)
    rules = alternatives.map(lambda each: Contribution(0, each[0], tuple(dict.fromkeys(each))))
    return Combiner(outcome), draw(st.lists(st.lists(rules, max_size=2), min_size=1, max_size=2))


def result(combiner: Combiner, groups: list[list[Contribution]], chosen: dict[int, tuple[Any, ...]]) -> Any:
    known = [[Contribution(0, chosen[id(each)], (chosen[id(each)],)) for each in group] for group in groups]
    combined = combiner.combine(known)
    return "violated" if combined.rivals else combined.answer


@given(decisions())
def test_a_rule_matters_where_some_combination_of_the_others_makes_it_matter(
    case: tuple[Combiner, list[list[Contribution]]],
) -> None:
    combiner, groups = case
    every = [each for group in groups for each in group]
    for rule in every:
        others = [each for each in every if each is not rule]
        matters = False
        for rest in product(*(each.alternatives for each in others)):
            chosen = {id(each): given for each, given in zip(others, rest, strict=True)}
            results = {result(combiner, groups, {**chosen, id(rule): given}) for given in rule.alternatives}
            matters = matters or len(results) > 1
        assert can_change(combiner, groups, rule) == matters


def test_a_value_that_cannot_be_told_matters_unless_nothing_beats_what_is_known() -> None:
    combiner = Combiner(Outcome("o", LEVEL, policy="highest"))
    unknown = Contribution(0, (None,), ((ANY,),))
    high, low = (Contribution(1, (value,), ((value,),)) for value in ("high", "low"))
    assert can_change(combiner, [[unknown, low]], unknown)
    assert not can_change(combiner, [[unknown, high]], unknown)
