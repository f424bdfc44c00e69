"""The short way gives what the usual way gives, and only customers of whom everything is known may take it."""

from __future__ import annotations

import pickle
import random
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

import rulelang
from rulelang.backends.python.bound import Bound
from rulelang.backends.python.program import Program
from rulelang.engine.deciding.decision import Decision
from rulelang.engine.ruleset import Ruleset

AS_OF = date(2026, 1, 1)
RULES = """\
field seen: date
field spend (消费): number, at least 0
field visits: whole number, missing is written -1
field city: text
field code: text, may be blank
field kind: one of a, b, c
field vip: yes or no
outcome tier: one of gold, silver, bronze
outcome points: whole number, sum, at most 90
outcome ratio: number with 2 decimals
outcome marks: text, collect
outcome late: text, last
if vip and spend > 100 then tier = gold, points = 50
if vip then tier = silver
if spend > 10 and city is "x" then tier = silver, marks = "x"
if spend > 10 and kind is b then tier = bronze, points = 60
if visits > 0 then ratio = spend / visits
if code is missing then marks = "no code"
if code is not "q" then marks = "not q"
if seen > 30 days or tier is gold then late = "long"
if tier is missing then late = "none"
"""
ORDERS = "field orders: list of order (amount: money)"
VALUES: dict[str, tuple[Any, ...]] = {
    "seen": (date(2025, 12, 20), date(2025, 1, 1), None, "2025-06-01", datetime(2025, 6, 1)),
    "spend": (0, 5, 50, 500, None, Decimal("10.5"), "50", 10.5, -1, True),
    "visits": (0, 1, 7, None, -1, "3", 3.0),
    "city": ("x", "y", " x ", "", None, "ｘ"),
    "code": ("q", "r", "", None),
    "kind": ("a", "b", "c", "B", "d", None),
    "vip": (True, False, None, "yes", 1),
}


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return rulelang.loads(RULES)


def customers(count: int) -> list[dict[str, Any]]:
    dice = random.Random(7)
    found = []
    for number in range(count):
        usual = number % 3 == 0  # a third are known and as they should be
        row = {name: dice.choice(values[:2] if usual else values) for name, values in VALUES.items()}
        if not usual and dice.random() < 0.3:
            del row[dice.choice(list(row))]
        if not usual and dice.random() < 0.2:
            row["消费"] = row.pop("spend", 3)
        found.append(row)
    return found


def told(decision: Decision) -> Any:
    names = tuple(decision.keys())
    facts = [(decision[each], decision.standing(each), decision.possible(each), decision.rules(each)) for each in names]
    return facts, dict(decision.values), decision.problems, [decision.why(each) for each in names[:2]], decision.missing


bind = Program.bind


def answer(decide: Any, row: dict[str, Any]) -> Any:
    try:
        return decide(row)
    except rulelang.DataError as error:
        return error.diagnostics


def test_both_ways_tell_the_same(rules: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = customers(150)
    situation = rules.situation(AS_OF)
    assert situation.quick is not None
    short = [answer(rules.compile(AS_OF), row) for row in rows]
    decided = [answer(lambda row: told(rules.decide(row, AS_OF)), row) for row in rows]
    taken = sum(situation.quick(row, Decision, situation) is not None for row in rows)
    assert 15 < taken < 100
    many = [answer(lambda row: told(*rules.decide_many([row], AS_OF)), row) for row in rows]

    def without_quick(self: Program, *given: Any) -> Bound:
        bound = bind(self, *given)
        bound.quick = bound.many = None
        return bound

    monkeypatch.setattr(Program, "bind", without_quick)
    usual = Ruleset(rules.model)
    assert usual.situation(AS_OF).quick is None
    in_a_row = [row for row, each in zip(rows, decided, strict=True) if len(each) > 1]
    assert len(in_a_row) > 60 and "raise DOUBT" in rules.source
    assert [told(each) for each in rules.decide_many(in_a_row, AS_OF)] == [each for each in decided if len(each) > 1]
    assert decided == many == [answer(lambda row: told(usual.decide(row, AS_OF)), row) for row in rows]
    assert short == [answer(usual.compile(AS_OF).__globals__["usual"], row) for row in rows]


def test_a_decision_is_not_changed_afterwards(rules: Ruleset) -> None:
    row: dict[str, Any] = {name: values[0] for name, values in VALUES.items()}
    rules.decide(row, AS_OF)  # texts are known from here on
    decision = rules.decide(row, AS_OF)
    (other,) = rules.decide_many([row], AS_OF)
    row.update(spend=500, vip=False)
    same = rules.decide({name: values[0] for name, values in VALUES.items()}, AS_OF)
    assert told(decision) == told(other) == told(same)
    assert told(pickle.loads(pickle.dumps(decision))) == told(same)


def test_lists_and_cut_points_take_the_usual_way() -> None:
    assert rulelang.loads(f"{ORDERS}\nif count of orders > 1 then a = 1").situation(AS_OF).quick is None
    ranked = rulelang.loads("field spend: number\nif spend in the top 20% then a = x")
    cuts = rulelang.loads("if spend > 1 then a = x")
    assert cuts.situation(AS_OF).quick is not None
    assert ranked.with_cuts(ranked.count([{"spend": 1}, {"spend": 2}])).situation(AS_OF).quick is None
