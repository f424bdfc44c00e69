"""Slips that a type checker finds: checked with everything else (`tests/test_house.py`), never run.

A slip that went unnoticed would leave an ignore that nothing needs, which is an error of its own.
"""

from __future__ import annotations

import rulelang


def slips() -> None:
    rules = rulelang.load("x")
    rules.run("a.csv", asof=1)  # type: ignore[call-overload]  # as_of
    rules.decide_table(1, wy=True)  # type: ignore[call-arg]  # why
    rules.run("a.csv", quality="stirct")  # type: ignore[call-overload]  # strict
    assert rules.decide({}).standing("o") == "decidd"  # type: ignore[comparison-overlap]  # decided
    rulelang.lod("x")  # type: ignore[attr-defined]  # load
    rules.run("a.csv", as_of=None, engine="duckdb")
