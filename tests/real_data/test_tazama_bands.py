"""The banded rules and the typology of an open-source fraud monitor as decision tables and a score card.

Each rule puts a measured value into a band, the bands of all rules have weights, and the sum raises an alert at 2,200
and stops the payment at 2,600. The rule file is written from the published tables (Apache-2.0, not part of the
project; see test_bank_marketing.py for where they are looked for) and compared with the same done in plain Python.
"""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import rulelang

FOLDER = Path(os.environ.get("RULELANG_DATA") or Path(__file__).parents[3] / "shared" / "data") / "tazama_rules"
AS_OF = date(2026, 1, 1)
ALERT, INTERDICT = 2_200, 2_600
STEP = Decimal("0.001")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the tazama_rules data is not in {FOLDER}")

Rows = list[Mapping[str, str]]


def read(name: str) -> Rows:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(rule: str) -> str:
    return rule.partition("@")[0]


def bands() -> dict[str, Rows]:
    """The bands of each rule that has bands, in the order published."""
    found: dict[str, Rows] = {}
    for row in read("rule_bands.csv"):
        if row["kind"] == "band":
            found.setdefault(number(row["rule"]), []).append(row)
    return found


def weights() -> dict[tuple[str, str], int]:
    return {(number(row["rule"]), row["outcome"]): int(row["weight"]) for row in read("typology_weights.csv")}


def rule_text() -> str:
    """The rule file: a table of bands and one of weights per rule, and the two lines over the score."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "choice decision: pass (放行) < alert (预警) < interdict (拦截)"
    yield "threshold alert_at (预警线) = 2,200"
    yield "threshold interdict_at (拦截线) = 2,600"
    yield "require interdict_at > alert_at"
    for rule, rows in bands().items():
        yield f"field value_{rule}: number"
        yield f"outcome band_{rule}: text"
        yield f'table "Bands {rule}" (first):\n| value_{rule} | => band_{rule} | because |\n|---|---|---|'
        for row in rows:
            yield f'| {_cell(row["lower_incl"], row["upper_excl"])} | "{row["outcome"]}" | {row["reason"]} |'
        scored = [(band, weight) for (of, band), weight in weights().items() if of == rule and weight]
        if scored:
            yield f'table "Weights {rule}":\n| band_{rule} | => add score |\n|---|---|'
            yield from (f'| "{band}" | {weight} |' for band, weight in scored)
    yield "outcome score (得分): whole number, sum"
    yield "outcome action (处置): decision, highest wins, else pass"
    yield 'if score >= alert_at then action = alert because "{score} of {alert_at}"'
    yield 'if score >= interdict_at then action = interdict because "{score} of {interdict_at}"'


def _cell(lower: str, upper: str) -> str:
    if lower and upper:
        return f"{lower} ..< {upper}"
    return f">= {lower}" if lower else f"< {upper}" if upper else "-"


def expected(values: Mapping[str, Decimal | None]) -> tuple[dict[str, str | None], int, str]:
    """The bands, the score and the action, worked out without rules."""
    found: dict[str, str | None] = {}
    for rule, rows in bands().items():
        value = values[rule]
        found[rule] = next(
            (
                row["outcome"]
                for row in rows
                if value is not None
                and (not row["lower_incl"] or value >= Decimal(row["lower_incl"]))
                and (not row["upper_excl"] or value < Decimal(row["upper_excl"]))
            ),
            None,
        )
    score = sum(weights().get((rule, band or ""), 0) for rule, band in found.items())
    return found, score, "interdict" if score >= INTERDICT else "alert" if score >= ALERT else "pass"


def customers(count: int) -> Iterator[dict[str, Decimal | None]]:
    """Values on the edges of the bands, just beside them, between them, and now and then missing."""
    chance = random.Random(1)
    edges = {
        rule: sorted({Decimal(edge) for row in rows for edge in (row["lower_incl"], row["upper_excl"]) if edge})
        for rule, rows in bands().items()
    }
    for _ in range(count):
        risky = chance.random()
        yield {
            rule: None
            if chance.random() < 0.02
            else own[-1] + chance.choice([0, 1]) * STEP
            if chance.random() < risky
            else own[0] - chance.choice([1, 2]) * STEP
            for rule, own in edges.items()
        }


def test_bands_score_and_action_are_those_worked_out_by_hand() -> None:
    rules = rulelang.loads(rule_text())
    actions = set()
    for values in customers(400):
        row = {f"value_{rule}": value for rule, value in values.items()}
        decision = rules.decide(row, as_of=AS_OF)
        found, score, action = expected(values)
        assert found == {rule: decision[f"band_{rule}"] for rule in found}
        assert (score, action) == (decision["score"], decision["action"])
        complete = None not in found.values()
        assert not complete or {"decided"} == {decision.standing(each) for each in ("score", "action")}
        actions.add(action)
    assert {"pass", "alert", "interdict"} == actions
