"""Lists of records: the engine against the oracle, and what the generated code looks like."""

from __future__ import annotations

import pickle
import re
from collections import Counter

import pytest
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings

import rulelang
from rulelang.engine.ruleset import Ruleset
from rulelang.model import contributions
from rulelang.model.walking import parts
from tests.oracle.world import expressions
from tests.strategies.cases import Case
from tests.strategies.lists import KINDS, list_cases

SETTINGS = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(list_cases())
def test_explanations_judge_as_decisions_do(case: Case) -> None:
    for row in case.rows:
        decision = Ruleset(case.model).decide(row, case.as_of)
        for name in case.model.outcomes:
            explanation = decision.explain(name)
            walked = decision.evaluation().results[name]
            assert (decision[name], decision.standing(name)) == (explanation.answer, explanation.standing)
            assert set(decision.possible(name)) == set(walked.possible)


def test_every_kind_is_generated_and_every_standing_reached() -> None:
    seen: Counter[object] = Counter()

    @settings(SETTINGS, phases=[Phase.generate])
    @given(list_cases())
    def collect(case: Case) -> None:
        found = {part for each in expressions(case.model.rules) for part in parts(each)}
        seen.update(getattr(each, "kind", getattr(each, "quantifier", None)) for each in found)
        for row in case.rows:
            decision = Ruleset(case.model).decide(row, case.as_of)
            seen.update(decision.standing(name) for name in case.model.outcomes)
            seen.update(each.code for each in decision.problems)

    collect()
    wanted = {*KINDS, "any", "every", "no", *contributions.STANDINGS, "records-left-out", "list-incomplete"}
    assert set() == {each for each in wanted if seen[each] < 3}


LIST = "field orders: list of order (paid_on: date, amount: number, channel: one of online, store)\n"


@frozen
class Order:
    amount: int


def loops(text: str) -> int:
    """The loops that judge the records of a list, in each of the three generated functions that do."""
    source = rulelang.loads(LIST + text).source
    return len(re.findall(r"for r in \w+:\n +e\d+ = ", source)) // 3


def test_twenty_aggregates_take_one_loop() -> None:
    kinds = ("count of orders", "sum of orders.amount", "average of orders.amount", "largest of orders.amount")
    text = "".join(
        f"outcome o{n}: number\nalways o{n} = {kinds[n % 4]} where (amount > {n}) within the last {n + 1} days\n"
        for n in range(20)
    )
    assert 1 == loops(text)


def test_the_same_aggregate_is_found_once() -> None:
    text = """
outcome a: text
if sum of orders.amount > 5 then a = "x"
if sum of orders.amount > 9 then a = "y"
"""
    assert 1 == rulelang.loads(LIST + text).source.count("# sum of orders") - 2


def test_what_rests_on_an_outcome_has_a_loop_of_its_own() -> None:
    text = """
outcome tier: one of gold, silver, else silver
outcome n: whole number
if count of orders > 5 then tier = gold
always n = count of orders where (amount > 10 or tier is gold)
"""
    # The first count needs no loop at all where nobody asks what else is possible.
    assert 1 == loops(text)
    assert "for r in " in rulelang.loads(LIST + text).source


def test_records_may_be_objects_and_a_ruleset_with_lists_pickles() -> None:
    ruleset = pickle.loads(pickle.dumps(rulelang.loads(LIST + "outcome n: number\nalways n = sum of orders.amount\n")))
    assert 8 == ruleset.decide({"orders": [Order(3), Order(5)]})["n"]
    assert 8 == ruleset.compile()({"orders": (Order(3), {"amount": 5})})["n"]


def test_a_record_that_cannot_be_read_is_named() -> None:
    ruleset = rulelang.loads(LIST + "outcome n: number\nalways n = sum of orders.amount\n")
    with pytest.raises(rulelang.DataError) as caught:
        ruleset.decide({"orders": [{"amount": 1}, {"amount": "x"}, {"amount": "y"}]})
    assert [("orders", 2, "amount"), ("orders", 3, "amount")] == [
        tuple(each.facts[fact] for fact in ("list", "record", "field")) for each in caught.value.diagnostics
    ]


def test_fields_that_no_rule_reads_are_not_read() -> None:
    ruleset = rulelang.loads(LIST + "outcome n: number\nalways n = sum of orders.amount\n")
    assert 1 == ruleset.decide({"orders": [{"amount": 1, "paid_on": "no day"}]})["n"]
