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
from rulelang.engine.advice.findings import finding_diagnostics
from rulelang.engine.advice.proving import prove
from rulelang.testing.mutation import mutate
from rulelang.testing.samples import read_samples

DAY = date(2026, 6, 30)
CASES = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))["case"]
SAMPLES = tomllib.loads(Path(__file__).with_name("sample_faults.toml").read_text("utf-8"))["case"]


def found(rules: str) -> list[Diagnostic]:
    ruleset = rulelang.loads(rules.lstrip("\n"))
    proved = prove(ruleset, DAY)
    assert proved is not None
    return list(finding_diagnostics(proved[1], ruleset.model, DAY, proved[0].steps))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_planted_fault_is_found(case: dict[str, Any]) -> None:
    if case.get("prover"):
        pytest.importorskip("z3", reason='the second prover: pip install "rulelang[prove]"')
    findings = found(case["rules"])
    told = {each.code: describe(each).message for each in findings}
    assert {case["finds"], *case.get("also", ())} == set(told)
    assert case.get("says", "") in told[case["finds"]]
    assert describe(findings[0], "zh").message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_nothing_is_found_once_it_is_mended(case: dict[str, Any]) -> None:
    if case.get("prover"):
        pytest.importorskip("z3", reason='the second prover: pip install "rulelang[prove]"')
    before, after = case["repair"]
    assert before in case["rules"]
    mended = case["rules"].replace(before, after, 1)
    assert [] == [(each.code, describe(each).message) for each in found(mended)]


@pytest.mark.parametrize("case", SAMPLES, ids=lambda case: case["name"])
def test_samples_that_miss_a_boundary_are_told_from_those_that_have_it(case: dict[str, Any]) -> None:
    reports = []
    for rules in (case["rules"], case["rules"] + case["missing"] + "\n"):
        ruleset = rulelang.loads(rules.lstrip("\n"))
        reports.append(mutate(ruleset, read_samples(ruleset.model).samples, DAY))
    missed, complete = reports
    assert missed.survivors
    assert (100, ()) == (complete.score, complete.survivors)
    shown = [each.verdict.customer for each in missed.survivors]
    for name, value in case["shows"].items():
        assert value in {str(each.values[name]) for each in shown if each is not None}


def test_sixty_faults_are_planted() -> None:
    assert len(CASES) + len(SAMPLES) >= 60
