"""Rules about each record of a list: the engine against the oracle, and what a decision tells of records."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

import rulelang
from rulelang.analysis.difference import differences
from rulelang.engine.advice.proving import answers_of
from rulelang.engine.ruleset import Ruleset
from tests import oracle
from tests.strategies.cases import Case
from tests.strategies.foreach import each_cases
from tests.test_agreement import plain, possible

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]


RULES = """
field orders (订单): list of order (paid_on: date, amount (金额): number), personal
field city: text
outcome order.alert (预警): text
outcome order.points: whole number, sum
outcome flag: yes or no
for each order:
  rule "Large" ("大额"):
    if amount > 50,000 and paid_on within the last 7 days then alert = "large" ("大额") because "{amount} in {city}"
  rule "Small":
    if amount < 10 then alert = "small"
  if amount > 100 then add 3 to points
if any order has (alert is "large") then flag = yes
"""
AS_OF = date(2026, 6, 1)
ORDERS = [{"paid_on": date(2026, 5, 30), "amount": 60000}, {"amount": 5}, {"amount": 70000}]


@pytest.fixture(scope="module")
def rules() -> rulelang.Ruleset:
    return rulelang.loads(RULES)


def test_the_engine_and_the_oracle_agree(fuzz: int | None) -> None:
    def check(case: Case) -> None:
        ruleset = Ruleset(case.model)
        compiled = ruleset.compile(as_of=case.as_of)
        for row in case.rows:
            note(f"{case.as_of} {row}")
            expected = oracle.decide(case.model, row, case.as_of)
            decision = ruleset.decide(row, as_of=case.as_of)
            answers = compiled(row)
            for name in case.model.outcomes:
                assert_same(expected, decision, name, name)
                assert plain(expected.outcomes[name]) == plain(answers[name])
            judged = expected.records.get("orders", ())
            found = decision.each("orders")
            assert len(judged) == len(found)
            for name, outcome in case.model.record_outcomes.items():
                for one, element in zip(judged, found, strict=True):
                    assert_same(one, element, name, outcome.part)
                told = None if decision.values["orders"] is None else [plain(each.outcomes[name]) for each in judged]
                assert told == (None if answers[name] is None else [plain(each) for each in answers[name]])

    quiet = settings(max_examples=fuzz or 60, derandomize=fuzz is None, deadline=None, suppress_health_check=QUIET)
    quiet(given(each_cases())(check))()


def assert_same(expected: oracle.OracleDecision, found: Any, key: str, name: str) -> None:
    assert (plain(expected.outcomes[key]), expected.standings[key]) == (plain(found[name]), found.standing(name)), key
    assert possible(expected.possible[key]) == possible(found.possible(name)), key
    assert set(expected.missing_for[key]) == set(found.missing_for(name)), key


def test_a_decision_tells_of_each_record(rules: rulelang.Ruleset) -> None:
    first, second, third = rules.decide({"orders": ORDERS, "city": "Rome"}, AS_OF).each("orders")
    assert {"alert": "large", "points": 3} == dict(first)
    assert ("large", "decided", "Large") == (first["预警"], first.standing("alert"), first.rule("alert"))
    assert (1, {"paid_on": None, "amount": 5}) == (second.index, second.values)
    assert ("small", ("Small",)) == (second["alert"], second.rules("alert"))
    assert (None, "undecided", ("large", None)) == (third["alert"], third.standing("alert"), third.possible("alert"))
    assert ("order.paid_on",) == third.missing_for("alert") == third.missing
    assert "ElementDecision(orders[1]: alert='small', points=0)" == repr(second)


def test_all_known_and_in_doubt_tell_the_same(rules: rulelang.Ruleset) -> None:
    known = rules.decide({"orders": ORDERS[:1], "city": "Rome"}, AS_OF).each("orders")[0]
    doubtful = rules.decide({"orders": ORDERS, "city": "Rome"}, AS_OF).each("orders")[0]
    assert (dict(known), known.rules("points")) == (dict(doubtful), doubtful.rules("points"))
    assert known.why("points") == doubtful.why("points")


@pytest.mark.parametrize("name", ["orders", "order", "订单"])
def test_a_list_goes_by_all_its_names(rules: rulelang.Ruleset, name: str) -> None:
    assert 3 == len(rules.decide({"orders": ORDERS}, AS_OF).each(name))


def test_no_records_no_decisions(rules: rulelang.Ruleset) -> None:
    assert () == rules.decide({"orders": []}, AS_OF).each("orders") == rules.decide({}, AS_OF).each("orders")


def test_only_lists_that_are_decided_can_be_asked_for(rules: rulelang.Ruleset) -> None:
    decision = rules.decide({"orders": ORDERS}, AS_OF)
    with pytest.raises(KeyError, match="'ordres' is no list whose records are decided; nearest: orders"):
        decision.each("ordres")
    with pytest.raises(KeyError, match="'alrt' is no outcome; nearest: alert"):
        decision.each("orders")[0]["alrt"]


def test_a_compiled_function_gives_the_answers_of_records_too(rules: rulelang.Ruleset) -> None:
    compiled = rules.compile(AS_OF)
    assert {"flag": True, "order.alert": ("large", "small", None), "order.points": (3, 0, 3)} == compiled(
        {"orders": ORDERS}
    )
    assert {"flag": None, "order.alert": None, "order.points": None} == compiled({})


def test_why_shows_the_record_and_stars_out_what_is_personal(rules: rulelang.Ruleset) -> None:
    large = rules.decide({"orders": ORDERS, "city": "Rome"}, AS_OF).each("orders")[0]
    assert "true: amount > 50,000 (order.amount = ***)" in large.why("alert")
    assert "60000" not in large.why("alert")
    assert "because 60000 in Rome" in large.why("alert", reveal=True)
    assert "预警：大额（确定）" in large.why("alert", "zh")
    assert "成立：金额超过5万（金额＝60000）" in large.why("alert", "zh", reveal=True)


def test_decisions_pickle(rules: rulelang.Ruleset) -> None:
    decision = rules.decide({"orders": ORDERS, "city": "Rome"}, AS_OF)
    again = pickle.loads(pickle.dumps(decision))
    assert [dict(each) for each in decision.each("orders")] == [dict(each) for each in again.each("orders")]
    one = pickle.loads(pickle.dumps(decision.each("orders")[0]))
    assert decision.each("orders")[0].why("alert") == one.why("alert")


def test_problems_of_records_are_told_once(rules: rulelang.Ruleset) -> None:
    text = """
field orders: list of order (amount: number, parts: number)
outcome order.share: number, unique
for each order:
  rule "a": if amount / parts > 2 then share = 1
  rule "b": if amount > 1 then share = 2
  rule "c": if amount > 2 then share = 3
"""
    orders = [
        {"amount": 1, "parts": 0},
        {"amount": 1, "parts": 0},
        {"amount": 5, "parts": 5},
        {"amount": 6, "parts": 6},
    ]
    problems = rulelang.loads(text).decide({"orders": orders}, AS_OF).problems
    assert ["division-by-zero", "unique-violated"] == sorted(each.code for each in problems)


def test_what_other_engines_cannot_do_is_refused(rules: rulelang.Ruleset) -> None:
    with pytest.raises(rulelang.RuleError, match="not-in-sql"):
        rules.sql("duckdb", AS_OF)
    answers = {"old": answers_of(rules, AS_OF), "new": answers_of(rules, AS_OF)}
    verdicts = differences(rules.model, rules.model, AS_OF, answers)
    assert {"flag": "equal", "order.alert": "equal", "order.points": "equal"} == {
        each.outcome: each.kind for each in verdicts
    }  # nothing was edited: that much needs no proof
