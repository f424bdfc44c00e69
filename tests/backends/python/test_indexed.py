"""Decisions found through an index are those of the plain order, on every model of the agreement tests."""

from __future__ import annotations

import random
from datetime import date

import pytest

import rulelang
from rulelang.backends.python import indexed
from tests import test_agreement

AS_OF = date(2026, 1, 1)

ROWS = [(f"s{at // 10}", at % 10 * 100, f"t{at}", str(at) if at % 3 else "") for at in range(200)]
SEGMENTS = "\n".join(
    [
        "field segment: text",
        "field amount: number",
        "field vip: yes or no",
        "outcome tier: text",
        "outcome points: whole number",
        "outcome rank: whole number, highest wins",
        'table "Tiers" (first):',
        "| segment | amount | => tier | => points |",
        "|---|---|---|---|",
        *(f"| {segment} | {low} ..< {low + 100} | {tier} | {points} |" for segment, low, tier, points in ROWS),
        *(f'if segment is "s{at}" and (amount > {at} or vip) then rank = {at % 7}' for at in range(200)),
    ]
)
CUSTOMERS = [
    {"segment": segment, "amount": amount, "vip": vip}
    for segment in ("s0", "s3", "s19", "s20", None)
    for amount in (-1, 0, 99, 100, 950, 1000, None)
    for vip in (True, False, None)
]


@pytest.fixture
def index_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexed, "FEW_IN_A_TABLE", 1)
    monkeypatch.setattr(indexed, "FEW", 1)
    monkeypatch.setattr(indexed, "FEW_TO_ADD_UP", 1)
    monkeypatch.setattr(indexed, "is_worth_it", lambda shape: True)
    monkeypatch.setattr(test_agreement, "USUAL", 60)


@pytest.fixture
def index_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexed, "FEW_IN_A_TABLE", 10**9)


@pytest.mark.usefixtures("index_everything")
def test_decisions_agree_with_an_index_over_everything(fuzz: int | None) -> None:
    test_agreement.test_decisions_agree(fuzz)


@pytest.mark.usefixtures("index_everything")
def test_winners_agree_with_an_index_over_everything(fuzz: int | None) -> None:
    test_agreement.test_winners_agree(fuzz)


@pytest.mark.usefixtures("index_everything")
def test_compiled_functions_agree_with_an_index_over_everything(fuzz: int | None) -> None:
    test_agreement.test_compiled_functions_agree(fuzz)


def seen(rules: rulelang.Ruleset) -> list[object]:
    found: list[object] = []
    for number, customer in enumerate(CUSTOMERS):
        decision = rules.decide(customer, as_of=AS_OF)
        for name in decision.keys():  # noqa: SIM118 - a decision is no mapping
            standing, possible = decision.standing(name), decision.possible(name)
            found.append((name, decision[name], standing, set(possible), decision.rules(name)))
            if number % 15 == 0:
                found.append(decision.why(name))
        found.append(rules.compile(AS_OF)(customer))
    return found


def test_many_rules_are_indexed_and_answer_as_one_after_the_other(request: pytest.FixtureRequest) -> None:
    rules = rulelang.loads(SEGMENTS)
    assert "X0.first(" in rules.source and ".open(" in rules.source
    with_index = seen(rules)
    request.getfixturevalue("index_nothing")
    plain = rulelang.loads(SEGMENTS)
    assert ".first(" not in plain.source
    assert with_index == seen(plain)


ADDING = {
    "whole number, sum": "{n}",
    "number with 2 decimals, sum, at most 90": "{n}.5",
    "text, collect": '"x{m}"',
    "whole number, unique": "{n}",
}


@pytest.mark.parametrize("policy", list(ADDING))
def test_what_adds_up_is_found_by_an_index_too(policy: str, request: pytest.FixtureRequest) -> None:
    """Sums, lists and unique values of many rules are those of one rule after the other, and so are the winners."""
    dice = random.Random(3)
    rules = [
        f'if days >= {dice.randrange(50)} and days < {dice.randrange(50, 99)} and city is "c{number % 9}"'
        f" then score = {ADDING[policy].format(n=number, m=number % 7)}"
        for number in range(250)
    ]
    head = f"field days: whole number\nfield city: text\noutcome score: {policy}\n"
    text = head + "\n".join(rules)
    customers = [{"days": dice.choice((None, *range(99))), "city": f"c{number % 11}"} for number in range(120)]

    def told(ruleset: rulelang.Ruleset) -> list[object]:
        decisions = list(ruleset.decide_many(customers, AS_OF))
        found = [(each["score"], each.standings, each.possible("score"), each.rules("score")) for each in decisions]
        return [*found, *map(ruleset.compile(AS_OF), customers)]

    with_index = rulelang.loads(text)
    assert ".every(" in with_index.source
    answers = told(with_index)
    request.getfixturevalue("index_nothing")
    plain = rulelang.loads(text)
    assert ".every(" not in plain.source
    assert answers == told(plain)
