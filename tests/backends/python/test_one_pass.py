"""Twenty aggregates over a list are one loop over it, and come out as a loop written by hand does."""

from __future__ import annotations

import random
import re

import rulelang
from tests.benchmarks.lists import AGGREGATES, AS_OF, as_rules, by_hand, customers, same, twenty_passes


def test_the_generated_code_goes_through_the_list_once() -> None:
    assert 20 == len(AGGREGATES)
    source = rulelang.loads(as_rules()).source
    functions = dict(re.findall(r"^def (\w+)\(.*?\):\n(.*?)(?=^def |\Z)", source, re.MULTILINE | re.DOTALL))
    # Whoever has nothing missing is decided by `decided`; `outcomes` looks at each value as it came, then counts.
    assert [1, 2] == [functions[name].count("for r in f0:") for name in ("decided", "outcomes")]


def test_the_answers_are_those_of_a_loop_by_hand() -> None:
    rules = rulelang.loads(as_rules())
    compiled = rules.compile(AS_OF)
    for row in customers(3, 100):
        assert same(by_hand(row), twenty_passes(row))
        assert same(by_hand(row), list(compiled(row).values()))
        assert same(by_hand(row), [rules.decide(row, as_of=AS_OF)[f"a{place}"] for place in range(20)])


def test_so_they_are_where_values_are_missing() -> None:
    chance = random.Random(1)
    compiled = rulelang.loads(as_rules()).compile(AS_OF)
    for row in customers(3, 100):
        for each in row["transactions"]:
            if chance.random() < 0.2:
                each[chance.choice(sorted(each))] = None
        assert same(by_hand(row), list(compiled(row).values()))
