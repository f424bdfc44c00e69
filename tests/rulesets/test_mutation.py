"""The sample customers of the shipped rulesets notice every mistake that changes anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import rulelang
from rulelang.engine.loading.reading import read_ruleset
from rulelang.plugin.discover import discover
from rulelang.plugin.locate import shipped
from rulelang.testing.discover import samples_beside
from rulelang.testing.mutation import mutate
from rulelang.testing.samples import read_samples

SHIPPED = {each.name: each for each in shipped(discover())}
QUICK = ("allocation", "relationship/interest", "retail/tiers", "value/abc")
DAY = date(2026, 6, 30)
START = Path(rulelang.__file__).parent / "cli" / "start"


@pytest.mark.parametrize("name", SHIPPED)
def test_no_mistake_goes_unnoticed(name: str, fuzz: int | None) -> None:
    if name not in QUICK and fuzz is None:
        pytest.skip("takes its time: pytest tests/rulesets/test_mutation.py --fuzz 1")
    noticed(SHIPPED[name].path)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_folder_begins_with_samples_that_notice_every_mistake(language: str) -> None:
    noticed(START / language / "lifecycle.rules")


def noticed(rules: Path) -> None:
    ruleset = read_ruleset(rules).ruleset
    assert ruleset is not None
    samples = read_samples(ruleset.model, samples_beside(rules)).samples
    report = mutate(ruleset, samples, DAY)
    assert () == report.survivors
    assert () == report.open
    assert 100 == report.score
    assert report.killed > 20
