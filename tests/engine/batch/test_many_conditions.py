"""What is unusual in the rows that DuckDB leaves to Python: very many conditions, very many decimals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rulelang
from rulelang.engine.run import run
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


def test_caps_are_as_exact_as_the_values_that_they_are_read_from(tmp_path: Path) -> None:
    rules = "field spend: money\noutcome rate: number with 2 decimals\nalways rate = 1, at most spend\n"
    data, target = tmp_path / "c.csv", tmp_path / "out.csv"
    data.write_text("spend\n5\n0.0112\n0.000000001\n0.123456\n", "utf-8")
    for engine in ("python", "duckdb"):
        with open_source(data) as source:
            run(rulelang.loads(rules), source, RunOptions(date(2026, 6, 1), engine=engine), target)
        answers = [line.split(",")[1] for line in target.read_text("utf-8").splitlines()[1:]]
        assert ["1", "0.0112", "0.000000001", "0.123456"] == answers
