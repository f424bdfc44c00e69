"""Requirements about tables: bands that tile, weights that add up. What is found is named with its edges."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.diagnostics.position import Source
from rulelang.pipeline import read_sources

HEAD = """field n: number
field whole: whole number, between 0 and 100
field paid: money in CNY, at least 0
field day: date
field born: date
field wait: duration in days, at least 0 days
field vip: yes or no
field size: small < medium < large
field city: text
threshold t = 10
outcome score: whole number, sum
"""


def errors(text: str, folder: Path = Path()) -> list[Diagnostic]:
    return list(read_sources([Source("t.rules", text)], folder).errors)


def table(column: str, *cells: str) -> str:
    rows = "".join(f"\n| {cell} | 1 |" for cell in cells)
    return f'{HEAD}table "T":\n| {column} | => add score |{rows}\n'


def found(column: str, cells: tuple[str, ...], limits: str = "") -> list[tuple[str, dict[str, object]]]:
    text = table(column, *cells) + f'require table "T" tiles {column}{limits}\n'
    edges = ("at", "start", "above", "end", "below", "members")
    return [(each.code, {name: each.facts[name] for name in edges if name in each.facts}) for each in errors(text)]


@pytest.mark.parametrize(
    ("column", "cells", "limits"),
    [
        ("n", ("< 10", "10 ..< 20", ">= 20"), ""),
        ("n", (">= 20", "< 10", "[10 .. 20)"), ""),
        ("n", ("<= 10", "(10 .. 20]", "> 20"), ""),
        ("n", ("0 ..< 5", "5 .. 9"), " between 0 and 9"),
        ("n", ("0 ..< 5", ">= 5"), " at least 0"),
        ("n", ("< 10", "10", "> 10"), ""),
        ("n", ("not 10", "10"), ""),
        ("n", ("-",), ""),
        ("n", ("< t", ">= t", "is missing"), ""),
        ("whole", ("0 .. 9", "10 .. 99", "100"), ""),
        ("whole", ("<= 9", ">= 10"), ""),
        ("paid", ("< 1,000", "1,000 ..< 2,000", ">= 2,000"), ""),
        ("day", ("before 2026-01-01", "2026-01-01 .. 2026-12-31", "on or after 2027-01-01"), ""),
        ("born", ("<= 90 days", "> 90 days"), ""),
        ("born", ("< 6 months", "6 months ..< 12 months", ">= 1 year"), ""),
        ("born", ("0 days .. 89 days", ">= 90 days", "< 0 days"), ""),
        ("wait", ("<= 3 days", "4 days .. 9 days", ">= 10 days"), ""),
        ("vip", ("yes", "no"), ""),
        ("size", ("small", ">= medium"), ""),
        ("size", ("small, large", "not small, large"), ""),
    ],
)
def test_bands_that_tile(column: str, cells: tuple[str, ...], limits: str) -> None:
    assert [] == found(column, cells, limits)


@pytest.mark.parametrize(
    ("column", "cells", "limits", "wrong"),
    [
        ("n", ("< 10", "> 10"), "", [("tiling-hole", {"at": 10})]),
        ("n", ("< 10", ">= 20"), "", [("tiling-hole", {"start": 10, "below": 20})]),
        ("n", ("<= 10", "> 20"), "", [("tiling-hole", {"above": 10, "end": 20})]),
        ("n", ("<= 10", ">= 10"), "", [("tiling-overlap", {"at": 10})]),
        ("n", ("< 10", "5 ..< 20", ">= 20"), "", [("tiling-overlap", {"start": 5, "below": 10})]),
        ("n", ("0 ..< 10", ">= 10"), "", [("tiling-hole", {"below": 0})]),
        ("n", ("< 10", "10 ..< 20"), "", [("tiling-hole", {"start": 20})]),
        ("n", ("0 ..< 10", "10 .. 20"), " between 0 and 30", [("tiling-hole", {"above": 20, "end": 30})]),
        ("n", ("-", "5"), "", [("tiling-overlap", {"at": 5})]),
        ("n", ("< 10.5", ">= 10.6"), "", [("tiling-hole", {"start": Decimal("10.5"), "below": Decimal("10.6")})]),
        ("whole", ("0 .. 9", "11 .. 100"), "", [("tiling-hole", {"at": 10})]),
        ("whole", ("1 .. 9", "10 .. 90"), "", [("tiling-hole", {"at": 0}), ("tiling-hole", {"start": 91, "end": 100})]),
        ("paid", ("0 .. 1,000", "1,001 .. 2,000", "> 2,000"), "", [("tiling-hole", {"above": 1000, "below": 1001})]),
        ("day", ("before 2026-01-01", "after 2026-01-01"), "", [("tiling-hole", {"at": date(2026, 1, 1)})]),
        ("vip", ("yes",), "", [("tiling-hole", {"members": ("no",)})]),
        ("size", ("<= medium", "medium"), "", [
            ("tiling-hole", {"members": ("large",)}), ("tiling-overlap", {"members": ("medium",)})
        ]),
        ("city", ('"a"',), "", [("tiling-type", {})]),
        ("born", ("<= 90 days", "> 3 months"), "", [("tiling-cell", {})]),
        ("n", ("whole", "< 3"), "", [("tiling-cell", {})]),
    ],
)  # fmt: skip
def test_holes_and_overlaps_are_named(
    column: str, cells: tuple[str, ...], limits: str, wrong: list[tuple[str, dict[str, object]]]
) -> None:
    assert wrong == found(column, cells, limits)


def test_ages_of_days_and_months() -> None:
    ((code, facts),) = found("born", ("<= 90 days", "> 91 days"))
    assert ("tiling-hole", "91 days") == (code, str(facts["at"]))


def test_random_bands_are_judged_as_by_trying_every_value() -> None:
    chance = random.Random(7)
    seen = set()
    for _ in range(60):
        edges = sorted(chance.sample(range(1, 30), 3))
        ends = [0, *edges, 30]
        bands = [(low, high) for low, high in pairwise(ends)]
        moved = chance.randrange(len(bands)) if chance.random() < 0.7 else None
        if moved is not None:
            low, high = bands[moved]
            bands[moved] = (max(0, low + chance.choice((-1, 0, 1))), min(30, high + chance.choice((-1, 0, 1))))
        covered = [sum(low <= value < high for low, high in bands) for value in range(30)]
        cells = tuple(f"{low} ..< {high}" for low, high in bands if low < high)
        wrong = found("n", cells, " between 0 and 29")
        hole = 0 in covered
        assert hole == any(code == "tiling-hole" and facts != {"above": 29} for code, facts in _below_30(wrong))
        assert (max(covered) > 1) == any(code == "tiling-overlap" for code, _ in wrong)
        seen.add((hole, max(covered) > 1))
    assert 3 <= len(seen)


def _below_30(wrong: list[tuple[str, dict[str, object]]]) -> list[tuple[str, dict[str, object]]]:
    """Without a hole that begins after the last whole number asked for."""
    return [each for each in wrong if each[1].get("above") != 29]


def test_rows_stand_side_by_side_where_the_other_columns_ask_the_same() -> None:
    rows = "| n | vip | => add score |\n| < 5 | yes | 1 |\n| >= 5 | yes | 2 |\n| < 7 | no | 1 |\n| >= 8 | no | 2 |\n"
    (wrong,) = errors(f'{HEAD}table "T":\n{rows}require table "T" tiles n\n')
    assert ("tiling-hole", 7, 8) == (wrong.code, wrong.facts["start"], wrong.facts["below"])


def test_place_and_remedy_in_both_languages() -> None:
    text = table("n", "< 10", "> 10") + "要求表“T”的n不重不漏\n"
    (wrong,) = errors(text)
    assert wrong.span is not None and text.splitlines()[wrong.span.line - 1] == "| > 10 | 1 |"
    (label,) = wrong.labels
    assert text.splitlines()[label.span.line - 1].startswith("要求")


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ('require table "U" tiles n', "unknown-table"),
        ('require table "T" tiles vip', "tiling-no-column"),
        ('if table "T" tiles n then add 1 to score', "tiling-outside-require"),
        ('require sum of score in table "U" is 100', "unknown-table"),
        ('require sum of vip in table "T" is 100', "unknown-outcome"),
        ("require sum of weight in table nowhere is 100", "unknown-list"),
    ],
)
def test_what_cannot_be_required(sentence: str, code: str) -> None:
    assert [code] == [each.code for each in errors(table("n", "< 10", ">= 10") + sentence)]


def test_thresholds_as_edges_go_on_meeting() -> None:
    text = (
        "field n: number\nthreshold low = 10\nthreshold high = 20; 30 from 2027-01-01\nthreshold top = 20\n"
        'outcome score: whole number, sum\ntable "T":\n| n | => add score |\n'
        '| < low | 1 |\n| low ..< high | 2 |\n| >= top | 3 |\nrequire table "T" tiles n\n'
    )
    rules = rulelang.loads(text)
    assert 3 == rules.decide({"n": 20}, as_of=date(2026, 1, 1))["score"]
    for wrong, day in (
        (rules, date(2027, 1, 1)),
        (rules.with_thresholds(top=21), date(2026, 1, 1)),
        (rules.with_thresholds(low=25), date(2026, 1, 1)),
    ):
        with pytest.raises(rulelang.RuleError) as refused:
            wrong.decide({"n": 20}, as_of=day)
        assert "requirement-not-met" == refused.value.diagnostics[0].code


# --- score cards ---

CARD = """field age: whole number
field city: one of a, b
outcome score: whole number, sum, at least 0, at most {cap}
table "Card":
| age  | city | => add score |
| < 30 | -    | 40           |
| -    | a    | 35           |
| -    | b    | {last}       |
require sum of score in table "Card" is 100
"""


def test_weights_that_add_up() -> None:
    rules = rulelang.loads(CARD.format(cap=70, last=25))
    assert 70 == rules.decide({"age": 20, "city": "a"}, as_of=date(2026, 1, 1))["score"]
    assert 25 == rules.decide({"age": 40, "city": "b"}, as_of=date(2026, 1, 1))["score"]


def test_weights_that_do_not_add_up_name_the_sum() -> None:
    (wrong,) = errors(CARD.format(cap=70, last=20))
    assert ("requirement-not-met", 95, 100) == (wrong.code, wrong.facts["left"], wrong.facts["right"])


@pytest.mark.parametrize(("total", "value"), [("sum", 100), ("largest", 40), ("smallest", 25), ("count", 3)])
def test_other_totals(total: str, value: int) -> None:
    text = CARD.format(cap=70, last=25)
    assert [] == errors(f'{text}require {total} of score in table "Card" is {value}\n')
    assert ["requirement-not-met"] == [
        each.code for each in errors(f'{text}require {total} of score in table "Card" > {value}\n')
    ]


def test_factors_scaled_by_weights_of_a_reference_table(tmp_path: Path) -> None:
    """Each factor is scored from 1 to 5; its share of 100 points is its weight."""
    (tmp_path / "weights.csv").write_text("factor,weight\ngeography,40\nproduct,35\nchannel,25\n", "utf-8")
    text = (
        "field geography: whole number\nfield product: whole number\nfield channel: whole number\n"
        'list weights from "weights.csv"\noutcome score: whole number, sum, at most 100\n'
        + "".join(f'always add weight of "{each}" in weights * {each} / 5 to score\n' for each in FACTORS)
        + "require sum of weight in table weights is {}\n"
    )
    (tmp_path / "card.rules").write_text(text.format(100), "utf-8")
    decision = rulelang.load(tmp_path / "card.rules").decide(dict.fromkeys(FACTORS, 3), as_of=date(2026, 1, 1))
    assert 60 == decision["score"]
    (wrong,) = errors(text.format(90), tmp_path)
    assert ("requirement-not-met", 100, 90) == (wrong.code, wrong.facts["left"], wrong.facts["right"])


FACTORS = ("geography", "product", "channel")
