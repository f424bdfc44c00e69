"""The doctor holds Spark against the generated Python, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

import rulelang
from rulelang.engine.comparing.comparing_engines import boundary_rows, compare_engines, written_aside
from rulelang.engine.running.run_options import RunOptions
from rulelang.engine.sources.opening import open_source
from rulelang.engine.spark import statement
from tests.engine.spark.test_decide import AS_OF

pytestmark = pytest.mark.xdist_group("spark")

RULES = """
field spend: money
field paid: date
outcome tier: text
rule "rich": if spend > 100 then tier = "gold" otherwise tier = "silver"
rule "new": if paid within the last 30 days then tier = "new"
"""


def test_spark_agrees_on_the_rows_and_at_the_limits_or_differs_in_a_row(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, options = rulelang.loads(RULES), RunOptions(AS_OF)
    data = tmp_path / "a.csv"
    data.write_text("spend,paid\n100,2026-06-01\nmuch,\n1.5万,\n,2025-01-01\n101,2025-06-01\n", "utf-8")
    typed = tmp_path / "a.parquet"
    duckdb.execute(
        f"COPY (SELECT i * 1.5 AS spend, DATE '2026-06-30' - i::INTEGER AS paid FROM range(100) t(i)) TO '{typed}'"
    )
    with open_source(data) as source, open_source(typed) as other:
        limits = written_aside(boundary_rows(rules, source, options), str(tmp_path))
        assert [None] * 3 == [
            compare_engines(rules, each, options, "spark").difference for each in (source, limits, other)
        ]
        right = statement.Statement.answer
        monkeypatch.setattr(statement.Statement, "answer", lambda *given: f"replace({right(*given)}, 'gold', 'lead')")
        found = compare_engines(rules, source, options, "spark").difference
    assert found is not None
    assert (5, "tier", ("gold", "lead"), "rich") == (found.row, found.outcome, found.answers, found.rule)
