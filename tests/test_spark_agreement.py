"""Spark against the oracle: generated rulesets and adversarial customers, many of them in one query.

Few by default; `pytest tests/test_spark_agreement.py --fuzz 300` searches on with so many fresh rulesets, and with many
more customers.
"""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings

from rulelang.diagnostics.diagnostic import RuleError
from tests import oracle
from tests.backends.sql.on_spark import Asked, on_spark
from tests.strategies import Case, cases
from tests.strategies.cases import many_rows
from tests.test_agreement import plain

pytestmark = pytest.mark.xdist_group("spark")

_BATCH = 30
_MANY = 400  # customers of a ruleset in a long search


def test_sql_on_spark_agrees(spark: Any, fuzz: int | None, request: pytest.FixtureRequest) -> None:
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
    if fuzz:
        gathered = [
            evolve(each, rows=many_rows(each.model, each.as_of, _MANY, place)) for place, each in enumerate(gathered)
        ]
    compared = 0
    try:
        for start in range(0, len(gathered), _BATCH):
            compared += agreed(spark, gathered[start : start + _BATCH])
    finally:
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            if fuzz:
                print(f"\n{compared:,} pairs of a ruleset and a row on Spark, of {len(gathered):,} rulesets")
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
