"""Nothing is found in the rulesets that ship, and it is proved that they leave nobody out."""

from __future__ import annotations

from datetime import date

import pytest

import rulelang
from rulelang.diagnostics.render import render
from rulelang.engine.advice.findings import finding_diagnostics
from rulelang.engine.advice.proving import prove
from rulelang.plugin.discover import discover
from rulelang.plugin.locate import shipped

DAYS = (date(2026, 6, 30), date(2024, 2, 29))
# That somebody is left out here is not found, and that nobody is can't be proved: they rest on lists of records.
OPEN = {"risk_grade", "basis", "assessed_grade", "favourite"}
SHIPPED = [each.name for each in shipped(discover())]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_ruleset_has_no_faults(name: str, day: date) -> None:
    ruleset = rulelang.load(name)
    proved = prove(ruleset, day)
    assert proved is not None
    found = finding_diagnostics(proved[1], ruleset.model, day, proved[0].steps)
    assert "" == render(found, ruleset.model.sources)
    assert proved.account is not None
    assert [] == [each.name for each in proved.account.outcomes if each.complete is None and each.name not in OPEN]
