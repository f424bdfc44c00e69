"""Spark against the oracle: generated rulesets and adversarial customers, many of them in one query.

Few by default; `pytest tests/test_spark_agreement.py --fuzz 3000` searches on with so many fresh rulesets.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from rulelang.diagnostics.diagnostic import RuleError
from tests import oracle
from tests.backends.sql.on_spark import Asked, on_spark
from tests.strategies import Case, cases
from tests.test_agreement import plain

pytestmark = pytest.mark.xdist_group("spark")

_BATCH = 30


def test_sql_on_spark_agrees(spark: Any, fuzz: int | None) -> None:
    """The oracle's answers and standings wherever SQL can tell; what Spark can't carry is refused by name."""
    gathered: list[Case] = []
    chosen = settings(
        max_examples=fuzz or _BATCH,
        derandomize=fuzz is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    chosen(given(cases())(lambda case: gathered.append(case)))()
    batches = [gathered[start : start + _BATCH] for start in range(0, len(gathered), _BATCH)]
    compared = sum(agreed(spark, batch) for batch in batches)
    print(f"{len(gathered)} rulesets, {compared} decisions compared")
    assert compared


def agreed(spark: Any, batch: list[Case]) -> int:
    """How many decisions of a batch could be compared, and are equal."""
    compared = 0
    found = on_spark(spark, [Asked(each.model, each.rows, each.as_of) for each in batch])
    for case, results in zip(batch, found, strict=True):
        if isinstance(results, RuleError):
            assert {"not-in-sql"} == {each.code for each in results.diagnostics}
            continue
        for row, answered in zip(case.rows, results, strict=True):
            if answered is None or not answered.told:
                continue
            compared += 1
            expected = oracle.decide(case.model, row, case.as_of)
            for name in case.model.outcomes:
                assert (plain(expected.outcomes[name]), expected.standings[name]) == (
                    answered.answers[name],
                    answered.standings[name],
                ), (case.as_of, row, name, case.model)
    return compared
