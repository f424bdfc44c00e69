"""Rulesets among threads and processes: loaded at once, shared, pickled, with functions of plug-ins in them."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.cli.failures import CommandError
from rulelang.diagnostics.render import render
from rulelang.values.errors import Unreadable

AS_OF = date(2026, 6, 1)
RULES = """\
use retail
field card (卡号): text
field seen (最近): date
list cities (城市) = "Paris", "巴黎"
field city: text
outcome state: one of right, wrong, old, else wrong
outcome points: whole number, sum
rule "Old": if seen more than 90 days ago then state = old because "{card} seen {seen}"
rule "Right": if luhn_valid(card) then state = right
if city is in cities then add 3 to points
if state is right then add 2 to points
"""
CUSTOMERS: list[dict[str, Any]] = [
    {"card": "79927398713", "seen": AS_OF, "city": "Paris"},
    {"card": "79927398713", "seen": date(2025, 1, 1), "city": "巴黎"},
    {"card": "5", "seen": AS_OF},
    {"seen": AS_OF, "city": "Rome"},
    {},
]
DAYS = [AS_OF + timedelta(days) for days in range(0, 200, 4)]


def told(rules: rulelang.Ruleset, day: date) -> list[Any]:
    """All there is to say about every customer on a day."""
    decisions = list(rules.decide_many(CUSTOMERS, day))
    fast = rules.compile(day)
    return [
        (tuple(map(decision.standing, decision.outcomes)), decision.why("state", "zh"), decision.missing, answers)
        for decision, answers in zip(decisions, map(fast, CUSTOMERS), strict=True)
    ]


def at_once(work: Callable[[int], Any], threads: int = 8) -> list[Any]:
    """What threads come to that all start at the same moment."""
    gate = threading.Barrier(threads)

    def start(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(start, range(threads)))


@pytest.fixture(scope="module")
def expected() -> list[Any]:
    rules = rulelang.loads(RULES)
    return [told(rules, day) for day in DAYS]


def test_threads_that_compile_and_decide_at_once_agree(expected: list[Any], tmp_path: Path) -> None:
    rulelang.loads(RULES).save(tmp_path / "x.rulepack")
    for fresh in (rulelang.loads(RULES), rulelang.load(tmp_path / "x.rulepack")):
        for found in at_once(lambda number, rules=fresh: [told(rules, day) for day in DAYS]):
            assert expected == found


def test_threads_that_load_at_once_agree(expected: list[Any]) -> None:
    for found in at_once(lambda number: told(rulelang.loads(RULES), DAYS[number])):
        assert found in expected
    wrong = [*at_once(lambda number: _said(RULES.replace("seen more", f"sen{number} more")))]
    assert [f"sen{number}" for number in range(8)] == [each.split("“")[1].split("”")[0] for each in wrong]


def _said(text: str) -> str:
    with pytest.raises(rulelang.RuleError) as caught:
        rulelang.loads(text)
    return render(caught.value.diagnostics, ())


def test_the_first_load_of_a_process_may_be_in_threads(tmp_path: Path) -> None:
    script = (
        "import threading, rulelang\n"
        "found = []\n"
        "def work(): found.append(rulelang.load('retail/tiers').fingerprint)\n"
        "threads = [threading.Thread(target=work) for _ in range(3)]\n"
        "[each.start() for each in threads]; [each.join() for each in threads]\n"
        "print(len(found), len(set(found)))\n"
    )
    assert "3 1" == run(script, tmp_path)


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_pickle_decides_alike_in_another_process(protocol: int, tmp_path: Path) -> None:
    rules = rulelang.loads(RULES)
    rules.decide(CUSTOMERS[0], AS_OF)
    (tmp_path / "rules.pickle").write_bytes(pickle.dumps(rules, protocol))
    script = (
        "import pickle, sys\n"
        "from datetime import date\n"
        "rules = pickle.load(open('rules.pickle', 'rb'))\n"
        "decision = rules.decide({'card': '79927398713', 'seen': date(2026, 6, 1)}, date(2026, 6, 1))\n"
        "print(decision['state'], decision.fingerprint, 'lark' in sys.modules)\n"
    )
    assert f"right {rules.fingerprint} False" == run(script, tmp_path)


def run(script: str, folder: Path) -> str:
    """What a fresh Python prints."""
    command = [sys.executable, "-X", "dev", "-c", script]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()


def test_the_first_customers_with_missing_values_come_all_at_once() -> None:
    """What serves them is made when the first one comes, on whatever day."""
    expected = [decision.standings for decision in rulelang.loads(RULES).decide_many(CUSTOMERS, AS_OF)]
    for _ in range(5):
        rules = rulelang.loads(RULES)

        def standings(number: int, rules: rulelang.Ruleset = rules) -> list[Any]:
            rules.decide({}, DAYS[number])
            return [decision.standings for decision in rules.decide_many(CUSTOMERS, AS_OF)]

        assert at_once(standings) == [expected] * 8


def test_decisions_leave_nothing_behind(fuzz: int | None) -> None:
    """``--fuzz 1000000`` makes a million decisions."""
    rules = rulelang.loads('field spend: number\nfield city: text\nif spend > 10 and city is "x" then tier = gold')

    def decide(first: int, count: int) -> None:
        rows = ({"spend": number % 97 if number % 3 else None, "city": f"c{number}"} for number in range(first, count))
        for decision in rules.decide_many(rows, AS_OF):
            decision.standing("tier")

    decide(0, 2_000)  # the texts that are kept to be known again are limited in number
    tracemalloc.start()
    try:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        decide(2_000, 2_000 + (fuzz or 10_000))
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()


def _decide_in_a_worker(rules: rulelang.Ruleset, customer: dict[str, Any]) -> Any:
    return rules.decide(customer, AS_OF)["state"]


def _load_in_a_worker(text: str) -> Any:
    return rulelang.loads(text)


def test_errors_cross_process_borders_whole() -> None:
    rules = rulelang.loads(RULES)
    with ProcessPoolExecutor(1) as pool:
        with pytest.raises(rulelang.DataError) as data:
            pool.submit(_decide_in_a_worker, rules, {"seen": "soon"}).result(60)
        with pytest.raises(rulelang.RuleError) as wrong:
            pool.submit(_load_in_a_worker, "if a >").result(60)
        assert "old" == pool.submit(_decide_in_a_worker, rules, CUSTOMERS[1]).result(60)
    assert [("unreadable-value", "seen")] == [(each.code, each.facts["field"]) for each in data.value.diagnostics]
    assert "soon" in str(data.value) and "不能读作日期" in data.value.text("zh")
    with pytest.raises(rulelang.RuleError) as here:
        rulelang.loads("if a >")
    assert (str(here.value), here.value.diagnostics) == (str(wrong.value), wrong.value.diagnostics)


def test_every_exception_is_the_same_after_pickling() -> None:
    finding = rulelang.Diagnostic("unreadable-value", facts={"field": "seen", "value": "soon"})
    errors = [rulelang.DataError((finding,)), rulelang.RuleError((finding,), "in words"), Unreadable("not-a-date", "x")]
    errors.append(CommandError(finding, exit_code=1))
    for error in errors:
        error.add_note("row 5")
        again = pickle.loads(pickle.dumps(error))
        assert (type(error), str(error), vars(error)) == (type(again), str(again), vars(again))
