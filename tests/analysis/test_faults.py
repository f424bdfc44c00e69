"""Rulesets with one planted fault each, and their repaired twins: every fault is found, none is invented."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.diagnostics.catalogue import describe
from rulelang.diagnostics.diagnostic import Diagnostic
from rulelang.engine.proving import prove
from rulelang.report.proofs import finding_diagnostics

DAY = date(2026, 6, 30)
CASES = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))["case"]
# What is said of rulesets without a fault.
HARMLESS = {"score-range", "score-range-possible"}


def found(rules: str) -> list[Diagnostic]:
    ruleset = rulelang.loads(rules.lstrip("\n"))
    proved = prove(ruleset, DAY)
    assert proved is not None
    return list(finding_diagnostics(proved[1], ruleset.model, DAY, proved[0].steps))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_planted_fault_is_found(case: dict[str, Any]) -> None:
    findings = found(case["rules"])
    told = {each.code: describe(each).message for each in findings}
    assert {case["finds"], *case.get("also", ())} == set(told) - HARMLESS
    assert case.get("says", "") in told[case["finds"]]
    assert describe(findings[0], "zh").message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_nothing_is_found_once_it_is_mended(case: dict[str, Any]) -> None:
    before, after = case["repair"]
    assert before in case["rules"]
    mended = case["rules"].replace(before, after, 1)
    assert [] == [(each.code, describe(each).message) for each in found(mended) if each.code not in HARMLESS]
