"""Customers shown with texts: those that are to differ do, and all that matters is told."""

from __future__ import annotations

import re
from datetime import date

import pytest

import rulelang
from rulelang.analysis.solve import USUAL_STEPS
from rulelang.engine.advice.findings import finding_diagnostics
from rulelang.engine.advice.proving import prove

TOLD = re.compile("(\\w+) (“[^”]*”)")
AS_OF = date(2026, 6, 1)
HEAD = "field status: text\nfield kind: text\nfield country: text\nfield home: text\noutcome level: one of high, low\n"
CLOSED = 'if status is one of "frozen", "closed", "dormant" then level = low\n'


@pytest.mark.parametrize(
    ("rules", "customer"),
    [
        # Two texts that are to differ.
        (
            'if country is home then level = high\nif kind is "person" and home is "CN" then level = low\n',
            {"home": "other", "country": "other", "status": "other"},
        ),
        # They come out the same, and the kind makes up for it: then it is told.
        (
            'if country is home and status is not "frozen" and kind is not "x" then level = high\n'
            'if kind is "person" and home is "CN" then level = low\n',
            {"status": "other", "kind": "x"},
        ),
        # Three texts that are to differ, and none of them is a word for the status.
        (
            "if country is home or country is kind then level = high\nif home is kind then level = high\n",
            dict.fromkeys(("country", "home", "kind", "status"), "other"),
        ),
    ],
)
def test_what_is_told_is_enough(rules: str, customer: dict[str, str]) -> None:
    ruleset = rulelang.loads(HEAD + rules + CLOSED)
    proved = prove(ruleset, AS_OF, USUAL_STEPS)
    assert proved is not None
    found = finding_diagnostics(proved[1], ruleset.model, AS_OF, USUAL_STEPS)
    (gap,) = [each for each in found if each.code == "gap"]
    told = {name: text.strip("“”") for name, text in TOLD.findall(str(gap.facts["customer"]))}
    assert customer == {name: "other" if "other" in text else text for name, text in told.items()}
    for word in ("frozen", "person", "x", "CN", "elsewhere"):
        anybody = dict.fromkeys(("status", "kind", "country", "home"), word)
        decision = ruleset.decide({**anybody, **told}, as_of=AS_OF)
        assert ("no rule", None) == (decision.standing("level"), decision["level"])
