"""Cells that rows of a large table have in common are read once: the table means what it means row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.engine.ruleset import Ruleset
from rulelang.model.expressions import And
from rulelang.model.fingerprint import fingerprint
from rulelang.pipeline import read_model

RULES = """\
field segment: text
field spend: whole number
outcome tier: text, else "none"
outcome points: whole number, sum
table "Tariff"{policy} from "tariff.csv"
"""
ROWS = [f"s{number % 40},{number // 40} ..< {number // 40 + 2},t{number % 7},{number % 3}" for number in range(1_200)]


@pytest.mark.parametrize("policy", ["", " (first)"])
def test_a_large_table_means_what_it_means_row_by_row(
    policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tariff.rules"
    path.write_text(RULES.format(policy=policy), "utf-8")
    (tmp_path / "tariff.csv").write_text("\n".join(["segment,spend,=> tier,=> add points", *ROWS]), "utf-8")
    shared = read_model([path]).model
    monkeypatch.setattr("rulelang.syntax.tables.SHARED_FROM", 10_000)
    apart = read_model([path]).model
    assert shared is not None
    assert apart is not None
    assert shared == apart
    assert fingerprint(shared) == fingerprint(apart)
    conditions = [
        [each for rule in model.rules for branch in rule.branches if isinstance(branch.condition, And)
         for each in branch.condition.items]
        for model in (shared, apart)
    ]  # fmt: skip
    assert [len({id(each) for each in found}) for found in conditions] == [70, 2_400]
    customers = [{"segment": f"s{number % 45}", "spend": number % 33} for number in range(20)]
    told = [
        [(dict(each), each.standings, each.rules("tier"), each.rules("points")) for each in many]
        for many in (Ruleset(model).decide_many(customers) for model in (shared, apart))
    ]
    assert told[0] == told[1]


def test_what_is_wrong_in_many_rows_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "tariff.rules"
    path.write_text(RULES.format(policy=""), "utf-8")
    wrong = [row.replace("s7,", "in nowhere,") for row in ROWS]
    (tmp_path / "tariff.csv").write_text("\n".join(["segment,spend,=> tier,=> add points", *wrong]), "utf-8")
    found = read_model([path]).errors
    assert [each.code for each in found] == ["unknown-list"]
    assert [each.span.line for each in found if each.span] == [9]
