"""Every conformance case on Spark, a few queries for all of them, from the SQL that is emitted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import rulelang
from tests.backends.sql.on_spark import Asked, on_spark
from tests.conformance import test_sql as marks
from tests.conformance.case_files import ConformanceCase, read_cases
from tests.conformance.test_conformance import load, plain, read_texts

pytestmark = pytest.mark.xdist_group("spark")

# What stands in the way is what stands in DuckDB's: `spark_decide` has the generated Python decide it.
# A run by Spark has no table of its own to find places among all in.
NOTIMPL = {*marks.NOTIMPL["duckdb"], "place among all"} - {"place by a reckoned value"}
NEVER = marks.NEVER["duckdb"]
_BATCH = 30


def test_every_case_is_decided_alike_or_refused_by_name(spark: Any) -> None:
    groups: dict[tuple[str, Any, date], list[ConformanceCase]] = {}
    for case in read_cases():
        if case.error is None:
            groups.setdefault((case.rules, case.files, case.as_of), []).append(case)
    asked = []
    for (rules, files, as_of), cases in groups.items():
        model = load(rules, files).model
        asked.append(Asked(model, [read_texts(model, case.given) for case in cases], as_of))
    batches = [asked[start : start + _BATCH] for start in range(0, len(asked), _BATCH)]
    found = [each for batch in batches for each in on_spark(spark, batch)]
    refused: set[str] = set()
    compared, different = 0, []
    for cases, results in zip(groups.values(), found, strict=True):
        if isinstance(results, rulelang.RuleError):
            refused |= {str(each.facts["construct"]) for each in results.diagnostics}
            continue
        for case, answered in zip(cases, results, strict=True):
            if answered is None or not answered.told:
                continue
            for outcome, expected in case.expect.items():
                compared += 1
                answer = (answered.answers[outcome], answered.standings[outcome])
                if (plain(expected.answer), expected.standing) != answer:
                    different.append((case.name, outcome, expected, answer))
    assert [] == different
    assert NOTIMPL | NEVER == refused, "a mark that nothing needs any more has to go; a new refusal has to be marked"
    assert compared > 300
