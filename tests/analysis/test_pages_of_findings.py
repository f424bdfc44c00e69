"""The pages of what is found by proof: the example to avoid gives the code, the one to prefer neither it nor an error.

Examples whose code is "possible" are tried without the second prover, as they are met.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

import pytest

import rulelang
from rulelang.analysis import solver
from rulelang.diagnostics.catalogue import describe, severity
from rulelang.engine.advice.findings import finding_diagnostics
from rulelang.engine.advice.proving import prove
from rulelang.values.moments import Moment

CATALOGUE = Path(rulelang.__file__).parent / "diagnostics" / "catalogue"
CODES = tomllib.loads((CATALOGUE / "analysis.toml").read_text("utf-8"))
PAGES = tomllib.loads((CATALOGUE / "pages" / "analysis.toml").read_text("utf-8"))
NOW = Moment.of(datetime(2026, 6, 30, 15, 30))
# Its examples are calls of the command.
GIVEN_UP = "not-decided"
CASES = [(code, lang) for code in PAGES if code != GIVEN_UP for lang in ("en", "zh")]


def found(text: str, steps: int = 400_000) -> dict[str, str]:
    """The codes found, each with its sentences in both languages."""
    ruleset = rulelang.loads(text.strip("\n") + "\n")
    day = ruleset.as_of(NOW)
    proved = prove(ruleset, day, steps)
    assert proved is not None
    told = finding_diagnostics(proved[1], ruleset.model, day, steps)
    return {each.code: describe(each).message + describe(each, "zh").message for each in told}


def test_every_code_has_a_page() -> None:
    assert set(CODES) == set(PAGES)


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_what_is_to_be_avoided_gives_its_code(code: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if code.endswith("-possible"):
        monkeypatch.setattr(solver, "is_installed", lambda: False)
    told = found(PAGES[code][f"avoid_{lang}"])
    assert code in told
    assert "{" not in told[code]


@pytest.mark.parametrize(("code", "lang"), CASES)
def test_what_is_to_be_preferred_does_not(code: str, lang: str) -> None:
    told = found(PAGES[code][f"prefer_{lang}"])
    assert code not in told
    assert [] == [each for each in told if severity(each) == "error"]


def test_a_question_is_given_up_when_the_budget_is_used_up() -> None:
    assert GIVEN_UP in found(PAGES["gap"]["avoid_en"], steps=2)
