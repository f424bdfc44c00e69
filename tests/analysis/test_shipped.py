"""The rulesets that ship have no gap, no conflict and no idle rule."""

from __future__ import annotations

from datetime import date

import pytest

import rulelang
from rulelang.diagnostics.catalogue import severity
from rulelang.diagnostics.render import render
from rulelang.engine.advice.findings import finding_diagnostics
from rulelang.engine.advice.proving import prove
from rulelang.plugin.discover import discover
from rulelang.plugin.locate import shipped

DAYS = (date(2026, 6, 30), date(2024, 2, 29))
SHIPPED = [each.name for each in shipped(discover())]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_ruleset_has_no_faults(name: str, day: date) -> None:
    ruleset = rulelang.load(name)
    proved = prove(ruleset, day)
    assert proved is not None
    found = finding_diagnostics(proved[1], ruleset.model, day, proved[0].steps)
    assert "" == render([each for each in found if severity(each.code) != "note"], ruleset.model.sources)
    assert not {"not-decided", "gap-possible"} & {each.code for each in found}
