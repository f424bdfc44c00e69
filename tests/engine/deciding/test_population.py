"""Measures of the whole base: against plain definitions by brute force, with ties, groups and missing values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rulelang
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.deciding.population import Counting
from rulelang.engine.reading.cut_files import cuts_to_json, load_cuts
from rulelang.engine.run import RunOptions, run, run_file
from rulelang.engine.sources.opening import open_source

AS_OF = date(2026, 6, 1)
RULES = """\
field spend (消费): number
field branch (支行): text
outcome best: yes or no
outcome score: whole number
"""


def measured(sentence: str, rows: list[dict[str, Any]]) -> list[Any]:
    """The only measure of a ruleset with one sentence, for every row."""
    rules = rulelang.loads(RULES + sentence)
    counting = Counting(rules.model, AS_OF)
    for row in rows:
        counting.add(row)
    cuts = counting.cuts()
    return [cuts.measures(row)["measure 1"] for row in rows]


amounts = st.lists(st.integers(0, 12), min_size=1, max_size=30)


def top(values: list[int], count: int) -> list[bool]:
    """In the top: fewer than ``count`` customers have more."""
    return [sum(other > value for other in values) < count for value in values]


@given(amounts, st.integers(1, 40))
def test_top_counts_customers_and_keeps_ties_together(values: list[int], count: int) -> None:
    rows = [{"spend": each} for each in values]
    assert top(values, count) == measured(f"if spend in the top {count} then best = yes", rows)
    assert [sum(other < each for other in values) < count for each in values] == measured(
        f"if spend in the bottom {count} then best = yes", rows
    )


@given(amounts, st.integers(1, 100))
def test_a_share_is_rounded_up_to_whole_customers(values: list[int], percent: int) -> None:
    rows = [{"spend": each} for each in values]
    count = math.ceil(Fraction(percent, 100) * len(values))
    assert top(values, count) == measured(f"if spend in the top {percent}% then best = yes", rows)


@given(amounts, st.integers(1, 100))
def test_those_who_make_up_a_share_of_the_total(values: list[int], percent: int) -> None:
    found = measured(f"if spend making up the top {percent}% then best = yes", [{"spend": each} for each in values])
    wanted = Fraction(percent, 100) * sum(values)
    if sum(values):
        expected = [_before(values, value) < wanted for value in values]
        assert expected == found


def _before(values: list[int], value: int) -> int:
    """What the customers with more bring, plus those with as much but for one: ties are taken in together."""
    return sum(other for other in values if other > value)


@given(amounts)
def test_quintiles_are_those_of_r_and_numpy(values: list[int]) -> None:
    ordered = sorted(values)

    def quantile(share: Fraction) -> Fraction:
        place = share * (len(ordered) - 1)
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    edges = [quantile(Fraction(number, 5)) for number in range(1, 5)]
    expected = [1 + sum(edge < value for edge in edges) for value in values]
    assert expected == measured("always score = quintile of spend", [{"spend": each} for each in values])


def test_whole_numbers_are_cut_at_whole_numbers() -> None:
    rules = rulelang.loads("field visits: whole number\noutcome score: whole number\nalways score = quintile of visits")
    counting = Counting(rules.model, AS_OF)
    for visits in (0, 1, 2, 4):
        counting.add({"visits": visits})
    assert (1, 2, 2, 3) == counting.cuts().points["measure 1"][None]


@given(amounts)
def test_rank_and_share(values: list[int]) -> None:
    rows = [{"spend": each} for each in values]
    ranks = [1 + sum(other > value for other in values) for value in values]
    assert ranks == measured("always score = rank of spend", rows)
    if sum(values):
        shares = measured("if share of total of spend > 10% then best = yes", rows)
        assert 1 == sum(shares)


def test_groups_are_measured_apart_and_missing_values_left_out() -> None:
    rows = [
        {"spend": 100, "branch": "A"},
        {"spend": 200, "branch": "A"},
        {"spend": 50, "branch": "B"},
        {"spend": None, "branch": "B"},
        {"spend": 900, "branch": None},
    ]
    sentence = "if spend in the top 1 of each branch then best = yes"
    assert [False, True, True, None, None] == measured(sentence, rows)
    assert [False, True, True, None, None] == measured("如果消费在各支行内排名前1那么best为是", rows)


@pytest.fixture
def base(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "base.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def test_a_run_counts_first_and_saved_cuts_judge_one_customer(base: Callable[[str], Path], tmp_path: Path) -> None:
    rules = rulelang.loads(RULES + "if spend in the top 20% then best = yes\nalways best = no")
    data = base("id,spend\n" + "\n".join(f"{number},{number * 100}" for number in range(1, 11)))
    summary = run_file(rules, data, tmp_path / "out.csv", as_of=AS_OF)
    assert summary.cuts is not None
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert ["yes" if number > 8 else "no" for number in range(1, 11)] == [line.split(",")[-2] for line in lines[1:]]
    stored = tmp_path / "cuts.json"
    stored.write_text(json.dumps(cuts_to_json(summary.cuts, rules.fingerprint)), "utf-8")
    again = load_cuts(stored, rules.model, rules.fingerprint)
    assert [{"measure 1": False}, {"measure 1": True}] == [again.measures({"spend": each}) for each in (899, 900)]
    judged = rules.with_cuts(again)
    assert [False, True] == [judged.decide({"spend": each}, as_of=AS_OF)["best"] for each in ("899", 900)]
    assert "provisional" == rules.decide({"spend": 900}, as_of=AS_OF).standing("best")
    with pytest.raises(DataError) as refused:
        load_cuts(stored, rules.model, "another")
    assert ["cuts-of-other-rules"] == [each.code for each in refused.value.diagnostics]


@pytest.mark.parametrize("amount", ["120%", "0", "1.5", "0%"])
def test_impossible_amounts_are_refused(amount: str) -> None:
    with pytest.raises(rulelang.RuleError) as refused:
        rulelang.loads(RULES + f"if spend in the top {amount} then best = yes")
    assert ["population-amount"] == [each.code for each in refused.value.diagnostics]


def test_a_group_that_saved_cut_points_do_not_know_is_reported(base: Callable[[str], Path], tmp_path: Path) -> None:
    rules = rulelang.loads(
        "field id: text\nfield city: text\nfield spend: number\noutcome best: yes or no\n"
        "if spend in the top 20% of each city then best = yes otherwise best = no"
    )
    cuts = run_file(rules, base("id,city,spend\n1,A,1\n2,A,2\n"), tmp_path / "out.csv", as_of=AS_OF).cuts
    assert cuts is not None
    with open_source(base("id,city,spend\n1,A,2\n2,B,2\n3,B,\n4,,2\n5,B,1\n")) as source:
        summary = run(rules, source, RunOptions(AS_OF, cuts=cuts))
    (finding,) = summary.findings
    assert ("group-not-counted", 2, 3, "B") == (
        *(finding.diagnostic.code, finding.count),
        *(finding.diagnostic.facts["row"], finding.diagnostic.facts["value"]),
    )
    decision = rules.with_cuts(cuts).decide({"city": "B", "spend": 2}, AS_OF)
    assert ("provisional", ["group-not-counted"]) == (
        decision.standing("best"),
        [each.code for each in decision.problems],
    )
    assert not rules.with_cuts(cuts).decide({"city": "A", "spend": 2}, AS_OF).problems
