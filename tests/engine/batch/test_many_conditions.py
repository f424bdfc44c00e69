"""Rows with something unknown are told apart by many conditions, each of them true, false or unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rulelang
from rulelang.engine.running.run import run
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.opening import open_source


def test_forty_conditions_that_may_be_blank(tmp_path: Path) -> None:
    rules = "field a: whole number, may be blank\nfield b: whole number\noutcome score: whole number, sum\n"
    rules += "".join(f"if a > {number} or b > {2 * number} then add 1 to score\n" for number in range(38))
    data = tmp_path / "c.csv"
    rows = [f"{a},{b}" for a in ("", *range(0, 40, 3)) for b in ("", *range(0, 80, 7))]
    data.write_text("a,b\n" + "\n".join(rows) + "\n", "utf-8")
    found = []
    for engine in ("python", "duckdb"):
        with open_source(data) as source:
            target = tmp_path / f"{engine}.csv"
            summary = run(rulelang.loads(rules), source, RunOptions(date(2026, 6, 1), engine=engine), target)
            found.append((target.read_bytes().splitlines(), [each.standings for each in summary.outcomes]))
    assert found[0] == found[1]
